package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"

	"hillock/config"
	"hillock/hw/board"
)

// Pullable is a pin for a test with the pull-up and the pull-down: a free input, or a pin of a bus with a way back.
type Pullable struct {
	gpio.PinIO
	was  gpio.Pull
	as   pin.Func // its function on a bus, "" for none
	line bool     // a line of the kernel, to release after each use
}

// unused is the function of an unused pin on a Pi 5, in the words of the program pinctrl.
const unused = "no"

// Take returns a pin for tests with its pulls. It returns an error with the reason if the pin is in use, or if its function
// cannot be read past the kernel: the kernel's line would not return the pin to its bus.
func (b *Bench) Take(name string) (*Pullable, error) {
	f, err := b.direct(name)
	if err == nil && f.was == gpio.PullNoChange {
		f.was, err = f.searched()
	}
	return f, err
}

// TakeLine returns a pin of the configuration without a bus, as a line of the kernel, if Take cannot.
func (b *Bench) TakeLine(name string) (*Pullable, error) {
	f, err := b.kernelLine(name)
	if err == nil {
		f.was, err = f.searched()
		f.close()
	}
	return f, err
}

// direct returns a pin past the kernel. An unreadable pull is gpio.PullNoChange, as on a Pi up to 3.
func (b *Bench) direct(name string) (*Pullable, error) {
	if by := b.Held[name]; by != "" {
		return nil, fmt.Errorf("%q holds %s", by, name)
	}
	p, ok := b.Pi.DirectPin(name)
	f, _ := p.(pin.PinFunc)
	if !ok || f == nil {
		return nil, ErrNoPulls
	}
	as := f.Func()
	switch {
	case strings.HasPrefix(string(as), "In/"):
		as = ""
	case strings.HasPrefix(string(as), "Out/") || !slices.Contains(f.SupportedFuncs(), as):
		return nil, fmt.Errorf("%s has the function %s", name, as)
	}
	return &Pullable{PinIO: p, was: p.Pull(), as: as}, nil
}

// kernelLine returns a free pin as an open input of the kernel. The kernel does not report pulls.
func (b *Bench) kernelLine(name string) (*Pullable, error) {
	if by := b.Held[name]; by != "" {
		return nil, fmt.Errorf("%q holds %s", by, name)
	}
	p, err := b.Pi.OpenPin(name)
	if err != nil {
		return nil, err
	}
	f := &Pullable{PinIO: p, was: gpio.PullNoChange, line: true}
	if err := f.In(gpio.PullNoChange, gpio.NoEdge); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// usual returns the pull of a pin after power-up: GPIO0 to GPIO8 have a pull-up, the others up to 27 a pull-down
// (BCM2835-ARM-Peripherals, table 6-31).
func (f *Pullable) usual() gpio.Pull {
	if f.Number() <= 8 {
		return gpio.PullUp
	}
	return gpio.PullDown
}

// asUsual reports whether the level of the pin is that of its pull after power-up. Another level comes from another pull, such
// as gpio=17=pu in config.txt, or from outside.
func (f *Pullable) asUsual() bool { return f.Read() == gpio.Level(f.usual() == gpio.PullUp) }

// searched returns an unreadable pull. A pin with an unusual level is set to its usual pull: if the level follows, the
// other pull was there.
func (f *Pullable) searched() (gpio.Pull, error) {
	usual := f.usual()
	if f.asUsual() {
		return usual, nil
	}
	if err := f.Pull(usual); err != nil {
		return usual, err
	}
	if time.Sleep(Settle); !f.asUsual() { // from outside
		return usual, nil
	}
	if usual == gpio.PullUp {
		return gpio.PullDown, nil
	}
	return gpio.PullUp, nil
}

// ErrNoPulls means that neither the registers of the GPIO nor the program pinctrl are within reach.
var ErrNoPulls = errors.New("neither the registers of the GPIO nor the program pinctrl are within reach")

// WithoutPulls returns the finding on a failed part after a check without pulls. err is the reason.
func WithoutPulls(check string, err error) Finding {
	f := Finding{Check: check, Result: Skipped, Seen: "not checked with the pull-up and the pull-down: " + err.Error(),
		Means: "several faults look the same, and a wire in a wrong hole is found at GPIO22 to GPIO27 only"}
	if errors.Is(err, ErrNoPulls) {
		f.Do = "install the program with 'sudo apt install raspi-utils', or use 'sudo hillock doctor' on a Pi up to 4; then run the doctor again"
	}
	return f
}

// Slow reports whether each call takes some ms: the doctor cannot time the pin.
func (f *Pullable) Slow() bool {
	_, slow := f.PinIO.(*board.Program)
	return slow
}

// Pull sets the pull of the pin. A pin of a bus returns to its bus.
func (f *Pullable) Pull(p gpio.Pull) error {
	if err := f.In(p, gpio.NoEdge); err != nil || f.as == "" {
		return err
	}
	return f.back()
}

// back returns the pin to its bus.
func (f *Pullable) back() error {
	if f.as == "" {
		return nil
	}
	return f.PinIO.(pin.PinFunc).SetFunc(f.as)
}

// Restore leaves the pin as Take found it.
func (f *Pullable) Restore() error {
	defer f.close()
	return cmp.Or(f.In(f.was, gpio.NoEdge), f.back())
}

// close releases a line of the kernel. The next use requests it again.
func (f *Pullable) close() {
	if c, ok := f.PinIO.(interface{ Close() }); ok && f.line {
		c.Close()
	}
}

// Unused returns pins for tests, outside of the configuration.
func (b *Bench) Unused() (all []*Pullable) {
	taken := map[string]bool{"GPIO0": true, "GPIO1": true} // for the EEPROM of a HAT
	for _, u := range uses(b.Config) {
		taken[u.pin] = true
	}
	for _, port := range b.Config.Ports() {
		for _, p := range config.PortPins(port) {
			taken[p] = true
		}
	}
	for _, back := range b.Back {
		taken[back] = true
	}
	for n := range 28 {
		name := fmt.Sprintf("GPIO%d", n)
		if taken[name] || b.Reserved[name] {
			continue
		}
		f, err := b.direct(name)
		if errors.Is(err, ErrNoPulls) && n >= firstPlain {
			f, err = b.kernelLine(name)
		}
		if err == nil && f.untouched() {
			all = append(all, f)
		}
	}
	return all
}

// firstPlain is the first of the pins up to GPIO27 without a bus on a usual Pi.
const firstPlain = 22

// untouched reports whether a pin has no function, and a known pull for Restore. It sets nothing. If the pull cannot be
// read, the pin must have its usual level. A line of the kernel has no function to read.
func (f *Pullable) untouched() bool {
	defer f.close()
	switch {
	case f.as != "" && f.as != unused:
		return false
	case f.was == gpio.PullNoChange:
		f.was = f.usual()
		return f.asUsual()
	}
	return true
}

// Settle is the time for a level to follow a new pull: many times 50 kOhm x 100 pF, plus the wake-up of a thread.
const Settle = time.Millisecond
