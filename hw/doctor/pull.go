package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"

	"hillock/config"
)

// A Pullable pin is one that may be pulled up and down to see what hangs on it: an input that nobody has, or a pin of a bus
// that can be given back to it.
type Pullable struct {
	gpio.PinIO
	was gpio.Pull
	as  pin.Func // the function of a bus that it has, or none
}

// Take tells whether a pin may be pulled: where the Pi tells past the kernel what the pin does, and what that is. A Pi 5 does
// not, and the kernel's line would not give a pin back to its bus.
func (b *Bench) Take(name string) (*Pullable, bool) {
	p, ok := b.Pi.DirectPin(name)
	f, _ := p.(pin.PinFunc)
	if !ok || f == nil || b.Held[name] != "" {
		return nil, false
	}
	as := f.Func()
	switch {
	case strings.HasPrefix(string(as), "In/"):
		as = ""
	case strings.HasPrefix(string(as), "Out/") || !slices.Contains(f.SupportedFuncs(), as):
		return nil, false
	}
	was := p.Pull()
	if was == gpio.PullNoChange { // it cannot be read: as it is after power-up
		was = p.DefaultPull()
	}
	return &Pullable{p, was, as}, was != gpio.PullNoChange
}

// Pull makes it an input with a pull, and gives it back its bus.
func (f *Pullable) Pull(p gpio.Pull) error {
	if err := f.In(p, gpio.NoEdge); err != nil || f.as == "" {
		return err
	}
	return f.back()
}

// back gives a pin back to its bus.
func (f *Pullable) back() error {
	if f.as == "" {
		return nil
	}
	return f.PinIO.(pin.PinFunc).SetFunc(f.as)
}

// Restore leaves it as it was.
func (f *Pullable) Restore() error { return cmp.Or(f.In(f.was, gpio.NoEdge), f.back()) }

// Unused are the pins that the configuration has no use for and that may be pulled.
func (b *Bench) Unused() (all []*Pullable) {
	taken := map[string]bool{"GPIO0": true, "GPIO1": true} // those have the EEPROM of a HAT on them
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
		if f, ok := b.Take(name); ok && f.as == "" {
			all = append(all, f)
		}
	}
	return all
}

// Settle is how long a level takes to follow a pull: many times 50 kOhm into some 100 pF, and a thread to come back.
const Settle = time.Millisecond
