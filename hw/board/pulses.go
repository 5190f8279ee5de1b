package board

import (
	"errors"
	"fmt"
	"syscall"

	"hillock/config"
	"hillock/hw/pulse"
)

// openPin takes a pin for pulses, low. One that another program holds is no error: it is asked for again.
func openPin(out config.Output, pi Pi) (*pulse.Pin, error) {
	p, err := pi.OpenPin(out.Pin)
	if err != nil {
		return nil, fmt.Errorf("output %s: %w", out.Name, err)
	}
	d, err := pulse.New(p, pulseOpts(out))
	if err != nil && !isBusy(err) {
		return nil, fmt.Errorf("output %s: %w", out.Name, err)
	}
	return d, nil
}

// isBusy tells that another program holds a pin.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }

func pulseOpts(out config.Output) pulse.Opts {
	return pulse.Opts{Width: out.Width, Every: out.Every, Invert: out.Invert}
}

// Off puts one output of a configuration at rest, dark, and releases it: for whoever finds it as a program that was killed
// has left it.
func Off(out config.Output, cfg *config.Config, pi Pi) error {
	if out.Driver != "pulse" {
		s, err := openShow(out, cfg, pi)
		if err != nil {
			return err
		}
		fault := s.Fault()
		return errors.Join(fault, s.end())
	}
	p, err := pi.OpenPin(out.Pin)
	if err != nil {
		return fmt.Errorf("output %s: %w", out.Name, err)
	}
	d, err := pulse.New(p, pulseOpts(out))
	if err != nil {
		return fmt.Errorf("output %s: %w", out.Name, err)
	}
	return d.Halt()
}
