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

// Scope shows a run on a terminal and turns the virtual Pi's knob, until ctx ends or the person does. page is nil where browsers
// do not find the run.
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
				// The shell has taken the terminal out of raw mode meanwhile, and written on it.
				if in != nil {
					_, _ = term.MakeRaw(int(in.Fd())) // at the end bubbletea restores what it found in the beginning
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
		giveUp() // what sends to p no longer waits
		restore()
	}
	close(over)
	<-joined
	return err
}

// patience is how long the end of a run waits for a terminal.
const patience = 2 * time.Second

// errStopped says that the scope could not be ended.
var errStopped = fmt.Errorf("the terminal: it takes nothing for %v: it is stopped, or its link is: the scope was left on it", patience)

// drawnBy waits for the end of the drawing: for ever while the run goes on, then for patience.
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

// restorer returns what takes a terminal out of raw mode, where bubbletea cannot.
func restorer(in *os.File) func() {
	if in == nil {
		return func() {}
	}
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(int(in.Fd()), state) } // TCSETS: it does not wait for the output
}

const frames = 30 // a second, at most

// paced is a terminal that knows how long it takes: what is written to one behind a slow link waits until it is taken.
type paced struct {
	*os.File
	took atomic.Int64 // ns, the latest write
}

func (p *paced) Write(b []byte) (int, error) {
	began := time.Now()
	n, err := p.File.Write(b)
	p.took.Store(int64(time.Since(began)))
	return n, err
}

// pause is how long until the next frame, where one takes so long to draw, and bubbletea twice as long again to compare it with
// the one before: a small Pi and a slow link have three quarters of the time for themselves.
func (p *paced) pause(draw time.Duration) time.Duration {
	took := 3 * draw
	if p != nil {
		took += time.Duration(p.took.Load())
	}
	return min(max(time.Second/frames, 4*took), 2*time.Second)
}

// CanDraw reports whether there is a keyboard, and a terminal to draw the scope on: no dumb one, whose cursor does not move.
func CanDraw(in io.Reader, out io.Writer) bool {
	return Is(out) && Is(in) && readable.Colors(out) > colorprofile.NoTTY
}

// Is reports whether a file, or one behind a queue, is a terminal.
func Is(f any) bool {
	if q, ok := f.(*bounded.Queue); ok {
		f = q.Unwrap()
	}
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
