package board

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/config"
	"hillock/hw/bias"
	"hillock/hw/line"
)

// chipLines is a GPIO chip of the kernel with its lines: gpioioctl.GPIOChip.
type chipLines interface {
	Label() string
	LineCount() int
	ByNumber(number int) *gpioioctl.GPIOLine
}

// kernelLine returns the line of the kernel's character device for a pin, the same on every Pi: the pin's BCM number is
// the offset on the chip with a label pinctrl-*. Names of lines differ. GPIO4 is GPIO_GCLK on mainline kernels, and GPIO17
// is PIN11 on the first kernels for a Pi 5. p is the pin of that name in periph's registry, nil for none. kernelLine returns
// false if there is neither.
//
// If periph knows the chip, as on a Pi up to 4, its registry has a pin of bcm283x. That pin writes to the registers past
// the kernel: it takes a pin from another program, and stays high after a kill. Without registers it passes calls on to
// the line but hides it, and a line could not be released after a failed first Out. A line costs a system call for each
// level.
func kernelLine[C chipLines](name string, p gpio.PinIO, chips []C) (pin gpio.PinIO, ok bool) {
	n, numbered := headerNumber(name)
	switch known := p.(type) {
	case nil, *gpioioctl.GPIOLine:
	case *bcm283x.Pin:
		n, numbered = known.Number(), true // name may be an alias
	default:
		return p, true // of another driver
	}
	for _, c := range chips {
		if !numbered || !strings.HasPrefix(c.Label(), "pinctrl-") || n >= c.LineCount() {
			continue
		}
		if l := c.ByNumber(n); l != nil {
			return headerPin{l, fmt.Sprintf("GPIO%d", n)}, true
		}
	}
	return p, p != nil
}

// headerNumber returns the BCM number in a name such as GPIO17, or false.
func headerNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "GPIO")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0 && strconv.Itoa(n) == digits
}

// headerPin is a line with the name of its pin.
type headerPin struct {
	*gpioioctl.GPIOLine
	name string
}

// Name implements pin.Pin.
func (p headerPin) Name() string { return p.name }

// String implements conn.Resource.
func (p headerPin) String() string { return p.name }

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
	return &hostPin{p, cmp.Or(holder, unknownHolder)}
}

const unknownHolder = "another program"

// Out implements gpio.PinOut.
func (p *hostPin) Out(l gpio.Level) error { return p.explain(p.PinIO.Out(l)) }

// In implements gpio.PinIn.
func (p *hostPin) In(pull gpio.Pull, edge gpio.Edge) error { return p.explain(p.PinIO.In(pull, edge)) }

// Unpull turns the pull off while the pin is not in use. In with gpio.Float would leave an older pull in place.
func (p *hostPin) Unpull() error {
	if h, ok := p.PinIO.(headerPin); ok {
		return p.explain(bias.Off(h.GPIOLine))
	}
	return p.explain(bias.Off(p.PinIO))
}

// Together implements line.Together for lines of one chip. gpioioctl finds a line by its name in the kernel, so the name
// must not be empty or in use twice.
func (p *hostPin) Together(pins []gpio.PinOut) line.Outputs {
	var chip *gpioioctl.GPIOChip
	var names, lines []string
	for _, other := range pins {
		h, _ := other.(*hostPin)
		if h == nil {
			return nil
		}
		l, ok := h.PinIO.(headerPin)
		if !ok {
			return nil
		}
		on := bias.Chip(l.GPIOLine)
		if on == nil || chip != nil && on != chip || on.ByName(l.GPIOLine.Name()) != l.GPIOLine {
			return nil
		}
		chip, names, lines = on, append(names, l.name), append(lines, l.GPIOLine.Name())
	}
	set, err := chip.LineSet(gpioioctl.LineOutput, gpio.NoEdge, gpio.PullNoChange, lines...)
	if err != nil {
		return nil // a single line returns the reason
	}
	return lineSet{set, strings.Join(names, ", ")}
}

// lineSet is a set of lines. Its errors name the pins.
type lineSet struct {
	*gpioioctl.LineSet
	names string
}

// Out implements line.Outputs.
func (s lineSet) Out(levels, mask gpio.GPIOValue) error {
	if err := s.LineSet.Out(levels, mask); err != nil {
		return fmt.Errorf("%s: %w", s.names, err)
	}
	return nil
}

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
		do := "stop that program, or choose another pin"
		if holder, _ := strconv.Unquote(p.holder); Selects(holder) {
			do = FreeSelect(p.Name())
		}
		return refusal{err, syscall.EBUSY, p.holder + " holds it: " + do}
	case is(err, syscall.EPERM), is(err, syscall.EACCES):
		return fmt.Errorf("%w: %s", err, joinGroup("gpio"))
	}
	return err
}

// Selects reports whether the holder of a pin is the kernel's SPI driver: the pin is a chip select, "spi0 CS1".
func Selects(holder string) bool {
	return strings.HasPrefix(holder, "spi") && strings.Contains(holder, " CS")
}

// FreeSelect returns the remedy for a pin in use as a chip select.
func FreeSelect(pin string) string {
	if way := config.FreeSelect(pin); way != "" {
		return way + ", or choose another pin"
	}
	return "choose another pin"
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
