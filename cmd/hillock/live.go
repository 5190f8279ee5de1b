package main

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
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// live shows the run on a terminal and turns the virtual Pi's knob, until ctx ends or the person does.
func (v *view) live(ctx context.Context, cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	var link *paced
	if f, ok := out.(*os.File); ok {
		link = &paced{File: f}
		out = link
	}
	in, _ := cmd.InOrStdin().(*os.File)
	restore := restorer(in)
	drawing, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	left := make(chan struct{})
	screen := newScreen(v, link)
	screen.left = sync.OnceFunc(func() { close(left) })
	p := tea.NewProgram(screen, tea.WithContext(drawing), tea.WithInput(cmd.InOrStdin()), tea.WithOutput(out),
		tea.WithoutSignalHandler(), tea.WithFPS(frames))
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

// errStopped says that the scope could not be ended.
var errStopped = fmt.Errorf("the terminal: it takes nothing for %v: it is stopped, or its link is: the scope was left on it", printPatience)

// drawnBy waits for the end of the drawing: for ever while the run goes on, then for printPatience.
func drawnBy(drawn <-chan error, ended, left <-chan struct{}) error {
	select {
	case err := <-drawn:
		return err
	case <-ended:
	case <-left:
	}
	patience := time.NewTimer(printPatience)
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

// hasColors tells whether a terminal is one to draw on: not a dumb one, and none that NO_COLOR forbids colours on.
func hasColors(w io.Writer) bool { return colorprofile.Detect(w, os.Environ()) > colorprofile.ASCII }
