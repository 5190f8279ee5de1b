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

// Pullable is a pin for a test with the pull-up and the pull-down: a free input, or a pin of a bus that can return to its bus.
type Pullable struct {
	gpio.PinIO
	was gpio.Pull
	as  pin.Func // its function on a bus, "" for none
}

// unused is the function of an unused pin on a Pi 5, in the words of the program pinctrl.
const unused = "no"

// Take returns a pin for tests with its pulls. It returns an error with the reason if the pin is in use, or if its function
// cannot be read past the kernel: the kernel's line would not return the pin to its bus.
func (b *Bench) Take(name string) (*Pullable, error) {
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
	was := p.Pull()
	if was == gpio.PullNoChange { // unreadable: assume the pull after power-up
		was = p.DefaultPull()
	}
	if was == gpio.PullNoChange {
		return nil, fmt.Errorf("the pull of %s is unknown", name)
	}
	return &Pullable{p, was, as}, nil
}

// ErrNoPulls means that neither the registers of the GPIO nor the program pinctrl are within reach.
var ErrNoPulls = errors.New("neither the registers of the GPIO nor the program pinctrl are within reach")

// WithoutPulls returns the finding on a failed part that the doctor could not examine with its pulls. err is the reason.
func WithoutPulls(check string, err error) Finding {
	f := Finding{Check: check, Result: Skipped, Seen: "not checked with the pull-up and the pull-down: " + err.Error(),
		Means: "several faults look the same, and wires in wrong holes are not found"}
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
func (f *Pullable) Restore() error { return cmp.Or(f.In(f.was, gpio.NoEdge), f.back()) }

// Unused returns the pins for tests that the configuration does not use.
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
		if taken[name] {
			continue
		}
		if f, err := b.Take(name); err == nil && (f.as == "" || f.as == unused) {
			all = append(all, f)
		}
	}
	return all
}

// Settle is the time for a level to follow a new pull: many times 50 kOhm x 100 pF, plus the wake-up of a thread.
const Settle = time.Millisecond
