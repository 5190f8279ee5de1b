package board

import (
	"cmp"
	"fmt"
	"strconv"
	"syscall"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/hw/bias"
)

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

// hostPin is a pin of this machine. Its refusals name the holder of the pin, or what to do.
type hostPin struct {
	gpio.PinIO
	holder string
}

// newHostPin notes who holds a pin before a refusal: periph looks that up at its start and forgets it at the first refusal.
func newHostPin(p gpio.PinIO) *hostPin {
	holder := ""
	if c, ok := p.(interface{ Consumer() string }); ok {
		holder = c.Consumer()
	}
	if holder != "" {
		holder = strconv.Quote(holder)
	}
	return &hostPin{p, cmp.Or(holder, "another program")}
}

// Out implements gpio.PinOut.
func (p *hostPin) Out(l gpio.Level) error { return p.explain(p.PinIO.Out(l)) }

// In implements gpio.PinIn.
func (p *hostPin) In(pull gpio.Pull, edge gpio.Edge) error { return p.explain(p.PinIO.In(pull, edge)) }

// Unpull turns the pull off while the pin is not in use. In with gpio.Float leaves a pull that the pin has from before.
func (p *hostPin) Unpull() error { return p.explain(bias.Off(p.PinIO)) }

// Close gives a line back to the kernel. The pins of other drivers have nothing to give back.
func (p *hostPin) Close() {
	if c, ok := p.PinIO.(interface{ Close() }); ok {
		c.Close()
	}
}

// explain adds to an error of the pin who holds it, or what to do.
func (p *hostPin) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case is(err, syscall.EBUSY):
		return refusal{err, syscall.EBUSY, p.holder + " holds it: stop that, or choose another pin"}
	case is(err, syscall.EPERM), is(err, syscall.EACCES):
		return fmt.Errorf("%w: %s", err, joinGroup("gpio"))
	}
	return err
}

// refusal is an error of a pin with the system's error, which periph's gpioioctl keeps as text alone, and with what to do.
type refusal struct {
	error
	errno  syscall.Errno
	advice string
}

func (r refusal) Error() string   { return r.error.Error() + ": " + r.advice }
func (r refusal) Unwrap() []error { return []error{r.error, r.errno} }
