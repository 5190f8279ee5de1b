package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/pin"
	"periph.io/x/host/v3/bcm283x"

	"hillock/config"
	"hillock/hw/sim"
)

// A free pin is one that may be pulled up and down to see what hangs on it: an input that nobody has, or a pin of a bus
// that can be given back to it.
type free struct {
	gpio.PinIO
	was gpio.Pull
	as  pin.Func // the function of a bus that it has, or none
}

// take tells whether a pin may be pulled: where the Pi's registers tell what it does, and what that is. On a Pi 5 they do
// not, and the kernel's line would not give a pin back to its bus.
func (b *Bench) take(name string) (*free, bool) {
	p := gpioreg.ByName(name)
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	f, ok := p.(pin.PinFunc)
	if !ok || b.Held[name] != "" || !hasRegisters(p) {
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
	return &free{p, was, as}, was != gpio.PullNoChange
}

// hasRegisters tells whether a pin is read past the kernel, which leaves it what it is. Where it is not, to ask periph's
// line of the kernel for its function would make it an input.
func hasRegisters(p gpio.PinIO) (has bool) {
	switch p := p.(type) {
	case *sim.Pin:
		return true
	case *bcm283x.Pin:
		defer func() { has = recover() == nil }() // there is no other way to tell (host v3.8.5)
		p.FastRead()
	}
	return false
}

// pull makes it an input with a pull, and gives it back its bus.
func (f *free) pull(p gpio.Pull) error {
	if err := f.In(p, gpio.NoEdge); err != nil || f.as == "" {
		return err
	}
	return f.back()
}

// back gives a pin back to its bus.
func (f *free) back() error {
	if f.as == "" {
		return nil
	}
	return f.PinIO.(pin.PinFunc).SetFunc(f.as)
}

// restore leaves it as it was.
func (f *free) restore() error { return cmp.Or(f.In(f.was, gpio.NoEdge), f.back()) }

// unused are the pins that the configuration has no use for and that may be pulled.
func (b *Bench) unused() (all []*free) {
	taken := map[string]bool{"GPIO0": true, "GPIO1": true} // those have the EEPROM of a HAT on them
	for _, u := range uses(b.Config) {
		taken[u.pin] = true
	}
	for _, port := range Ports(b.Config) {
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
		if f, ok := b.take(name); ok && f.as == "" {
			all = append(all, f)
		}
	}
	return all
}

// settle is how long a level takes to follow a pull: many times 50 kOhm into some 100 pF, and a thread to come back.
const settle = time.Millisecond
