package doctor

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
)

// Pi is a board.Pi of which pins may be looked at past the kernel.
type Pi interface {
	board.Pi
	// DirectPin returns a pin, a pin.PinFunc too, that keeps its function while it is looked at, whoever has it. It returns
	// false where the Pi has no such way to its pins.
	DirectPin(name string) (gpio.PinIO, bool)
}

// Bench is the parts of a configuration as they are wired to a Pi, and the hand beside them. Its checks leave pins and
// pulls as they found them, outputs dark.
type Bench struct {
	Config *config.Config
	Pi     Pi
	Hand   Hand // nil where nobody is there
	// Back is, by the name of an output, the input pin that a second wire leads back to from its pin.
	Back map[string]string
	// Held is who holds a pin, by its name: such pins are left alone.
	Held map[string]string

	ctx context.Context // of the checks under way
}

// Checked is the part of an input that can be looked at.
type Checked interface {
	// Check looks at the part of all inputs that are on its chip, and says what it finds. It returns what yield last said.
	Check(b *Bench, inputs []config.Input, yield func(Finding) bool) bool
}

// Addressed is a part on an I2C bus that can have several addresses.
type Addressed interface {
	// Addresses are those that its kind can have; how says what makes it another one.
	Addresses() (all []int, how string)
}

// Seen is the part of an output.
type Seen interface {
	Called() string           // what a person calls it, "LED"
	Dark() (means, do string) // what it means that it shows nothing
}

// Hand is whoever stands at the bench. An error is that nobody does any more.
type Hand interface {
	// Turn turns the knob of an input all the way down and all the way up, and returns when that is done or ctx ends.
	Turn(ctx context.Context, in config.Input) error
	// Look looks at an output while show shows something on it, and tells whether it does what it should.
	Look(out config.Output, should string, show func() error) (does bool, err error)
}

// Wires checks the wires, part by part: each finding as it is there, until ctx ends. Nobody else may use the parts
// meanwhile.
func (b *Bench) Wires(ctx context.Context) iter.Seq[Finding] {
	return func(each func(Finding) bool) {
		b.ctx = ctx
		yield := func(f Finding) bool { return ctx.Err() == nil && each(f) }
		for _, check := range []func(func(Finding) bool) bool{b.chips, b.buses, b.pins, b.outputs} {
			if !check(yield) {
				return
			}
		}
	}
}

// Context ends with the checks under way.
func (b *Bench) Context() context.Context { return b.ctx }

// chips checks what is on SPI.
func (b *Bench) chips(yield func(Finding) bool) bool {
	return b.check(func(port string, _ int) bool { return strings.HasPrefix(port, "SPI") }, yield)
}

// pins checks the inputs that are on no bus.
func (b *Bench) pins(yield func(Finding) bool) bool {
	return b.check(func(port string, _ int) bool { return port == "" }, yield)
}

// check checks the inputs at some places, those of one chip together.
func (b *Bench) check(at func(port string, address int) bool, yield func(Finding) bool) bool {
	for _, inputs := range together(b.Config.Inputs) {
		c, ok := inputs[0].Part.(Checked)
		if ok && at(config.Place(inputs[0].Part)) && !c.Check(b, inputs, yield) {
			return false
		}
	}
	return true
}

// together are the inputs, by the chip that they are on.
func together(inputs []config.Input) (all [][]config.Input) {
	type place struct {
		port    string
		address int
	}
	at := map[place]int{}
	for _, in := range inputs {
		port, address := config.Place(in.Part)
		i, ok := at[place{port, address}]
		if port == "" || !ok {
			i = len(all)
			at[place{port, address}] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], in)
	}
	return all
}

// pause waits, and reports that ctx has ended.
func (b *Bench) pause(d time.Duration) error {
	select {
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Spot is where a pin is, in words: "GPIO9, header pin 21".
func Spot(pin string) string {
	if at := config.Position(pin); at > 0 {
		return fmt.Sprintf("%s, header pin %d", pin, at)
	}
	return pin
}
