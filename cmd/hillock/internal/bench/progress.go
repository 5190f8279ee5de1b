package bench

import (
	"fmt"
	"io"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/readable"
)

// progress rewrites a line on the terminal w every second: a phase, its time so far and its duration. stop wipes the line.
// Elsewhere progress prints nothing.
func progress(w io.Writer, phase string, duration time.Duration) (stop func()) {
	if !readable.Rewrites(w) {
		return func() {}
	}
	return draw(w, phase, duration)
}

func draw(w io.Writer, phase string, duration time.Duration) (stop func()) {
	ended := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for s := 0; ; s++ {
			fmt.Fprintf(w, "\r%s: %d s of %s\x1b[K", phase, s, readable.Seconds(duration.Seconds()))
			select {
			case <-tick.C:
			case <-ended:
				fmt.Fprint(w, "\r\x1b[K")
				return
			}
		}
	})
	return func() {
		close(ended)
		drawing.Wait()
	}
}
