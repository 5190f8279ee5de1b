package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/readable"
)

// Scope draws a run on a terminal and takes keys, until ctx ends or the user quits. page is nil without --web.
func Scope(ctx context.Context, run Run, page *Page, input io.Reader, out io.Writer) error {
	var link *paced
	if f, ok := out.(*os.File); ok {
		link = &paced{File: f}
		out = link
	}
	in, _ := input.(*os.File)
	restore := restorer(in)
	drawing, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	left := make(chan struct{})
	screen := newScreen(run, page, link)
	screen.glyphs = braille.Glyphs(os.Getenv)
	screen.left = sync.OnceFunc(func() { close(left) })
	p := tea.NewProgram(screen, tea.WithContext(drawing), tea.WithInput(input), tea.WithOutput(out),
		tea.WithoutSignalHandler(), tea.WithFPS(frames), tea.WithColorProfile(readable.Colors(out)))
	requests, stop := reportRequests()
	defer stop()
	resumed, stopResumed := resumptions()
	defer stopResumed()
	over := make(chan struct{})
	joined := make(chan struct{})
	go func() {
		defer close(joined)
		run := ctx.Done()
		for {
			select {
			case <-run:
				run = nil // once
				p.Send(ended{})
			case <-requests:
				p.Send(reportRequest{})
			case <-resumed:
				// The shell has reset raw mode and written to the terminal.
				if in != nil {
					_, _ = term.MakeRaw(int(in.Fd())) // bubbletea restores the first state at the end
				}
				p.Send(tea.ClearScreen())
			case <-over:
				return
			}
		}
	}()
	drawn := make(chan error, 1)
	go func() {
		_, err := p.Run()
		drawn <- err
	}()
	err := drawnBy(drawn, ctx.Done(), left)
	if errors.Is(err, errStopped) {
		giveUp() // releases the goroutine above from p.Send
		restore()
	}
	close(over)
	<-joined
	return err
}

// patience limits the wait for a terminal at the end of a run.
const patience = 2 * time.Second

// errStopped reports a terminal that accepts no output.
var errStopped = fmt.Errorf("terminal: accepts no output for %s: the terminal or its connection has stopped: the last picture stays on the screen", readable.Seconds(patience.Seconds()))

// drawnBy waits for the end of the drawing: without a limit during the run, then for patience.
func drawnBy(drawn <-chan error, ended, left <-chan struct{}) error {
	select {
	case err := <-drawn:
		return err
	case <-ended:
	case <-left:
	}
	patience := time.NewTimer(patience)
	defer patience.Stop()
	select {
	case err := <-drawn:
		return err
	case <-patience.C:
		return errStopped
	}
}

// restorer returns a function to reset raw mode after bubbletea has failed.
func restorer(in *os.File) func() {
	if in == nil {
		return func() {}
	}
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(int(in.Fd()), state) } // TCSETS does not wait for the output
}

const frames = 30 // the most per second

// paced is a terminal. It measures its writes: over a slow connection they take long.
type paced struct {
	*os.File
	took atomic.Int64 // ns, of the latest write
}

func (p *paced) Write(b []byte) (int, error) {
	began := time.Now()
	n, err := p.File.Write(b)
	p.took.Store(int64(time.Since(began)))
	return n, err
}

// pause returns the time until the next frame, four times the cost of this one. Bubbletea compares frames in about twice the
// time of drawing. So three quarters of the processor and of a slow connection stay free.
func (p *paced) pause(draw time.Duration) time.Duration {
	took := 3 * draw
	if p != nil {
		took += time.Duration(p.took.Load())
	}
	return min(max(time.Second/frames, 4*took), 2*time.Second)
}

// CanDraw reports whether in is a keyboard and out a terminal for the scope. A dumb terminal cannot move its cursor.
func CanDraw(in io.Reader, out io.Writer) bool {
	return Is(out) && Is(in) && readable.Colors(out) > colorprofile.NoTTY
}

// Is reports whether f is a terminal, directly or behind a queue.
func Is(f any) bool {
	if q, ok := f.(*bounded.Queue); ok {
		f = q.Unwrap()
	}
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
