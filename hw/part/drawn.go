package part

import (
	"errors"
	"syscall"

	"hillock/hw/board"
	"hillock/hw/frames"
	"hillock/hw/line"
)

// A painter draws an output beside the loop: see frames.Painter.
type painter interface {
	// Halt leaves it dark. Where a transfer hangs, its error is a frames.ErrHangs, and it goes dark after Ended.
	Halt() error
	Ended() <-chan struct{}
}

// halt leaves an output dark and then closes what it is on: where a transfer hangs, when that returns.
func halt(p painter, closeIt func() error) error {
	err := p.Halt()
	if errors.Is(err, frames.ErrHangs) {
		go func() {
			<-p.Ended()
			_ = closeIt() // nobody waits for it
		}()
		return nil
	}
	return errors.Join(err, closeIt())
}

// openLines takes pins for a row. One that another program holds is asked for again.
func openLines(pi board.Pi, invert bool, names ...string) (lines []*line.Line, err error) {
	for _, name := range names {
		p, err := pi.OpenPin(name)
		if err == nil {
			var l *line.Line
			if l, err = line.New("line", p, invert); err == nil || isBusy(err) {
				lines = append(lines, l)
				continue
			}
		}
		for _, l := range lines {
			err = errors.Join(err, l.Halt())
		}
		return nil, err
	}
	return lines, nil
}

// isBusy tells that another program holds a pin.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }
