package line

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"periph.io/x/conn/v3/gpio"
)

// Group is several GPIO outputs that change together. Bit 0 of a value is the first pin. Any goroutine may call its
// methods.
type Group struct {
	part string
	pins []gpio.PinOut

	mu     sync.Mutex // guards the pins; no other lock is taken under it
	halted bool
	out    Outputs // nil: not requested
	levels gpio.GPIOValue
}

// Outputs are the requested pins of a Group.
type Outputs interface {
	// Out sets the pins in mask. Its error names the pins.
	Out(levels, mask gpio.GPIOValue) error
	Close() error
}

// Together is a pin with a common request for several pins: one system call then sets all of them.
type Together interface {
	gpio.PinOut
	// Together makes pins outputs, low. It returns nil if they cannot be requested together.
	Together(pins []gpio.PinOut) Outputs
}

// NewGroup makes pins outputs, low. part begins its messages. If a pin refuses, NewGroup returns an error and a Group:
// each Set asks for the pins again.
func NewGroup(part string, pins ...gpio.PinOut) (*Group, error) {
	g := &Group{part: part, pins: pins}
	return g, g.Set(0, g.all())
}

// Set sets the pins in mask to the levels. After Halt, Set does nothing and returns ErrHalted.
func (g *Group) Set(levels, mask gpio.GPIOValue) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.halted {
		return ErrHalted
	}
	return g.set(levels, mask)
}

func (g *Group) set(levels, mask gpio.GPIOValue) error {
	if g.out == nil {
		if err := g.request(); err != nil {
			return err
		}
	}
	if err := g.out.Out(levels, mask); err != nil {
		err = errors.Join(fmt.Errorf("%s: %w", g.part, err), g.out.Close())
		g.out = nil
		return err
	}
	g.levels = g.levels&^mask | levels&mask
	return nil
}

// request makes all pins outputs, or none. Pins without a common request are requested one by one: the error then names
// the pin.
func (g *Group) request() error {
	if t, ok := g.pins[0].(Together); ok {
		g.out = t.Together(g.pins)
	}
	if g.out != nil {
		return nil
	}
	alone := oneByOne(g.pins)
	if err := alone.Out(0, g.all()); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", g.part, err), alone.Close())
	}
	g.out = alone
	return nil
}

// all returns the mask of all pins.
func (g *Group) all() gpio.GPIOValue { return 1<<len(g.pins) - 1 }

// Halt sets the pins low for good and releases them. It does not touch refused pins, unless one was left high. A second
// Halt does nothing. See Line.Halt for the level after that.
func (g *Group) Halt() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.halted {
		return nil
	}
	g.halted = true
	if g.out == nil && g.levels == 0 {
		return nil
	}
	if err := g.set(0, g.all()); err != nil {
		return err
	}
	return g.out.Close()
}

// String returns the names of the pins: "GPIO24, GPIO23".
func (g *Group) String() string {
	var names []string
	for _, p := range g.pins {
		names = append(names, p.Name())
	}
	return strings.Join(names, ", ")
}

// oneByOne are pins without a common request, set in their order.
type oneByOne []gpio.PinOut

// Out implements Outputs.
func (pins oneByOne) Out(levels, mask gpio.GPIOValue) error {
	for i, p := range pins {
		if mask>>i&1 == 0 {
			continue
		}
		if err := p.Out(gpio.Level(levels>>i&1 == 1)); err != nil {
			return fmt.Errorf("%s: %w", p.Name(), err)
		}
	}
	return nil
}

// Close implements Outputs.
func (pins oneByOne) Close() error {
	var errs []error
	for _, p := range pins {
		errs = append(errs, p.Halt())
		release(p)
	}
	return errors.Join(errs...)
}
