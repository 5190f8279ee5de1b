package board

import (
	"errors"
	"fmt"
	"syscall"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/config"
	"hillock/hw/pulse"
)

// openPin takes a pin for pulses, low. One that another program holds is no error: it is asked for again.
func openPin(out config.Output) (*pulse.Pin, error) {
	p, explain, err := Pin(out.Pin)
	if err != nil {
		return nil, fmt.Errorf("output %s: %w", out.Name, err)
	}
	d, err := pulse.New(p, pulseOpts(out))
	if err != nil && !isBusy(err) {
		return nil, fmt.Errorf("output %s: %w", out.Name, explain(err))
	}
	d.Explain = explain
	return d, nil
}

// isBusy tells that another program holds a pin.
func isBusy(err error) bool { return is(err, syscall.EBUSY) }

// Pin is a pin of a configuration as its parts take it, and what turns its refusals into what to do. It is not taken yet;
// one that has a Close has it to give the pin back.
func Pin(name string) (gpio.PinIO, func(error) error, error) {
	p := gpioreg.ByName(name)
	if p == nil {
		return nil, nil, noPin(name)
	}
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	p = kernelLine(p)
	return p, pinTrouble(p), nil // before a refusal, which makes periph forget who holds it
}

// kernelLine is the line of the kernel's character device for a pin, the same on every Pi. Where periph knows the chip,
// as on a Pi up to 4, its registry holds a pin of bcm283x in the line's place. That one writes to the registers past the
// kernel: it takes a pin that another program holds, and leaves it high when the program is killed. Where it has no
// registers, as on a Pi 5, and on a 2B and 3B, whose line called PWM0_OUT ends its driver's start, it passes on to the line
// but hides it, so that one whose first Out failed cannot be given back. A line costs a system call at each level.
func kernelLine(p gpio.PinIO) gpio.PinIO {
	b, ok := p.(*bcm283x.Pin)
	if !ok || len(gpioioctl.Chips) == 0 {
		return p
	}
	if l := gpioioctl.Chips[0].ByNumber(b.Number()); l != nil { // as bcm283x finds it
		return l
	}
	return p
}

func pulseOpts(out config.Output) pulse.Opts {
	return pulse.Opts{Width: out.Width, Every: out.Every, Invert: out.Invert}
}

// Off puts one output of a configuration at rest, dark, and releases it: for whoever finds it as a program that was killed
// has left it.
func Off(out config.Output, cfg *config.Config) error {
	if out.Driver != "pulse" {
		s, err := openShow(out, cfg)
		if err != nil {
			return err
		}
		fault := s.Fault()
		return errors.Join(fault, s.end())
	}
	p, explain, err := Pin(out.Pin)
	if err != nil {
		return fmt.Errorf("output %s: %w", out.Name, err)
	}
	d, err := pulse.New(p, pulseOpts(out))
	if err != nil {
		return fmt.Errorf("output %s: %w", out.Name, explain(err))
	}
	return d.Halt()
}
