package part

import (
	"errors"
	"syscall"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
	"hillock/hw/frames"
	"hillock/hw/line"
)

// painter draws an output beside the loop: see frames.Painter.
type painter interface {
	// Halt turns the output off. If a transfer hangs, it returns a frames.ErrHangs, and the output turns off after Ended.
	Halt() error
	Ended() <-chan struct{}
}

// halt turns an output off and then calls closeIt, after a hanging transfer if there is one.
func halt(p painter, closeIt func() error) error {
	err := p.Halt()
	if errors.Is(err, frames.ErrHangs) {
		go func() {
			<-p.Ended()
			_ = closeIt() // the caller has gone on
		}()
		return nil
	}
	return errors.Join(err, closeIt())
}

// openLines opens pins for a row. A busy pin is no error: its line requests it again later.
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

// openGroup opens pins that change together. A busy pin is no error: the group requests it again later.
func openGroup(pi board.Pi, names ...string) (*line.Group, error) {
	var pins []gpio.PinOut
	for _, name := range names {
		p, err := pi.OpenPin(name)
		if err != nil {
			return nil, err
		}
		pins = append(pins, p)
	}
	g, err := line.NewGroup("line", pins...)
	if err != nil && !isBusy(err) {
		return nil, errors.Join(err, g.Halt())
	}
	return g, nil
}

// isBusy reports whether another program holds the pin.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }
