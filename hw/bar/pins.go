package bar

import (
	"errors"
	"fmt"

	"hillock/hw/line"
)

// pins is a row of LEDs with one line each.
type pins []*line.Line

func (p pins) leds() int { return len(p) }

// show writes to each line, and continues after an error.
func (p pins) show(next picture) error {
	var errs []error
	for i, l := range p {
		if err := set(l, i < next.lit); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (p pins) dark() error {
	var errs []error
	for _, l := range p {
		errs = append(errs, l.Halt())
	}
	return errors.Join(errs...)
}

func (p pins) String() string { return fmt.Sprint([]*line.Line(p)) }

// set turns a line on or off, unless it already is.
func set(l *line.Line, on bool) error {
	if l.On() == on && l.Fault() == nil {
		return nil
	}
	if l.Set(on) != nil {
		return l.Fault()
	}
	return nil
}
