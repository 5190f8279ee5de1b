package modeltime

import (
	"fmt"
	"io"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/neuron"
)

// Progress draws a progress bar on a terminal, after the first second of a run.
type Progress struct {
	w     io.Writer
	all   int64
	start time.Time
	every int64 // steps between two readings of the clock
	next  int64 // step of the next reading
	shown bool
}

// NewProgress returns a bar for a number of steps; nil without a terminal.
func NewProgress(w io.Writer, all int64) *Progress {
	if !readable.Rewrites(w) {
		return nil
	}
	return &Progress{w: w, all: all, start: time.Now(), every: 1 << 20}
}

// Tick reads the clock now and then, and draws the bar.
func (p *Progress) Tick(t neuron.Tick) {
	if t.Steps < p.next {
		return
	}
	p.next = t.Steps + p.every
	took := time.Since(p.start)
	if took < time.Second {
		return
	}
	p.shown = true
	part := float64(t.Steps) / float64(p.all)
	left := time.Duration(float64(took) * (1 - part) / part).Round(time.Second)
	fmt.Fprintf(p.w, "\r%s %3.0f %%, %v left \x1b[K", readable.Bar(part, 40), 100*part, left)
}

// Done wipes the bar.
func (p *Progress) Done() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
