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

// kernelLine returns the line of the kernel's character device for a pin, the same on every Pi. If periph knows the chip,
// as on a Pi up to 4, its registry has a pin of bcm283x instead. That pin writes to the registers past the kernel: it takes
// a pin from another program, and stays high after a kill. A Pi 5 has no such registers, and on a 2B and 3B the driver
// stops at the line PWM0_OUT. There, bcm283x passes calls on to the line but hides it, and a line could not be released
// after a failed first Out. A line costs a system call for each level.
func kernelLine(p gpio.PinIO) gpio.PinIO {
	b, ok := p.(*bcm283x.Pin)
	if !ok || len(gpioioctl.Chips) == 0 {
		return p
	}
	if l := gpioioctl.Chips[0].ByNumber(b.Number()); l != nil { // as bcm283x does
		return l
	}
	return p
}

// hostPin is a pin of this machine. Its errors name the holder of the pin, or the remedy.
type hostPin struct {
	gpio.PinIO
	holder string
}

// newHostPin saves the holder of a pin before any error: periph reads it at its start and forgets it at the first error.
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

// Unpull turns the pull off while the pin is not in use. In with gpio.Float would leave an older pull in place.
func (p *hostPin) Unpull() error { return p.explain(bias.Off(p.PinIO)) }

// Close releases a line of the kernel. Pins of other drivers need no release.
func (p *hostPin) Close() {
	if c, ok := p.PinIO.(interface{ Close() }); ok {
		c.Close()
	}
}

// explain adds the holder of the pin or the remedy to an error.
func (p *hostPin) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case is(err, syscall.EBUSY):
		return refusal{err, syscall.EBUSY, p.holder + " holds it: stop that program, or choose another pin"}
	case is(err, syscall.EPERM), is(err, syscall.EACCES):
		return fmt.Errorf("%w: %s", err, joinGroup("gpio"))
	}
	return err
}

// refusal is an error of a pin with its system error and advice. periph's gpioioctl keeps only the text of the system
// error.
type refusal struct {
	error
	errno  syscall.Errno
	advice string
}

func (r refusal) Error() string   { return r.error.Error() + ": " + r.advice }
func (r refusal) Unwrap() []error { return []error{r.error, r.errno} }
