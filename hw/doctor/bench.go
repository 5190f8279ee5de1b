package doctor

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
)

// Pi is a board.Pi with a way to its pins past the kernel.
type Pi interface {
	board.Pi
	// DirectPin returns a pin. Reading it keeps its function, even if another program holds it. The pin
	// is a pin.PinFunc too. It returns false if this Pi has no such way to its pins.
	DirectPin(name string) (gpio.PinIO, bool)
}

// Bench is a Pi with the parts of a configuration, and a hand beside them. Its checks restore pins and pulls, and leave
// outputs dark.
type Bench struct {
	Config *config.Config
	Pi     Pi
	Hand   Hand // nil: there is no person to turn knobs and to see LEDs
	// Back maps an output to the input pin at the other end of a second wire from the output's pin.
	Back map[string]string
	// Held maps a pin to its holder. The checks leave these pins alone.
	Held map[string]string
	// Reserved has the pins set up by the firmware or the device tree. The search for wires in wrong holes leaves them alone.
	Reserved map[string]bool
	// Rebind returns the remedy for a bus with a lost pin. If it is nil, the remedy is a reboot.
	Rebind func(bus string) string
	// MISOFloats is true on a Pi without a pull at MISO, a Pi 5.
	MISOFloats bool
	// Unit is the unit of the outputs' codes; 0 is CodeUnit.
	Unit time.Duration
	// Begin gets the name of each check before it runs. Nil is allowed.
	Begin func(check string)

	ctx     context.Context // of the running checks
	against map[string]bool // outputs that would drive against something else
}

// Checked is the part of an input with a check of its own.
type Checked interface {
	// Check yields the findings of all inputs on one chip. It returns the last result of yield.
	Check(b *Bench, inputs []config.Input, yield func(Finding) bool) bool
}

// Addressed is a part on an I2C bus with several possible addresses.
type Addressed interface {
	// Addresses returns all addresses of this kind of part, and how to choose one.
	Addresses() (all []int, how string)
}

// Seen is the part of an output.
type Seen interface {
	Called() string           // the word for it, "LED"
	Dark() (means, do string) // the cause and the remedy if it shows nothing
}

// Asked is the part of an output with a chip that answers.
type Asked interface {
	// Ask asks the chip of an output, and leaves it off. seen is its wrong answer, with the cause and the remedy; "" is a good answer.
	// The error is that of a transfer.
	Ask(pi board.Pi) (seen, means, do string, err error)
}

// Showing is the part of an output that does not rise and fall with the membrane.
type Showing interface {
	// Shows returns a request to notice the output, and what it does with four spikes: "listen to", "click four times".
	Shows() (notice, should string)
}

// Acting is an open output with a show of its own for the checks, in place of a membrane or of spikes.
type Acting interface {
	Act(pause func(time.Duration) error) error
}

// Hand is a person at the bench, or a virtual one. Its methods return an error if the person has left.
type Hand interface {
	// Turn turns the knob of an input all the way down and all the way up, or presses its button. It returns after that, or when
	// ctx ends. A caution is for the person to read first, "" for none.
	Turn(ctx context.Context, in config.Input, caution string) error
	// Look watches an output while show runs, and reports whether the output does what it should.
	Look(out config.Output, should string, show func() error) (does bool, err error)
}

// Wires checks the wires, part by part, until ctx ends. It yields each finding at once. Nothing else may use the parts
// meanwhile.
func (b *Bench) Wires(ctx context.Context) iter.Seq[Finding] {
	return func(each func(Finding) bool) {
		b.ctx = ctx
		failed := map[string]bool{}
		yield := func(f Finding) bool {
			failed[f.Check] = failed[f.Check] || f.Result == Failed
			return ctx.Err() == nil && each(f)
		}
		for _, check := range []func(func(Finding) bool) bool{b.chips, b.buses, b.pins, b.jumpers, b.outputs} {
			if !check(yield) {
				return
			}
		}
		b.edges(failed, yield)
	}
}

// Context returns the context of the running checks.
func (b *Bench) Context() context.Context { return b.ctx }

// begin reports the name of the next check.
func (b *Bench) begin(check string) {
	if b.Begin != nil {
		b.Begin(check)
	}
}

// SkipInputs yields a skipped check for each input, with the reason.
func SkipInputs(inputs []config.Input, reason string, yield func(Finding) bool) bool {
	for _, in := range inputs {
		if !yield(Finding{Check: in.Name, Result: Skipped, Seen: "not checked: " + reason}) {
			return false
		}
	}
	return true
}

// chips checks the inputs on SPI.
func (b *Bench) chips(yield func(Finding) bool) bool {
	return b.check(func(port string, _ int) bool { return strings.HasPrefix(port, "SPI") }, yield)
}

// pins checks the inputs without a bus.
func (b *Bench) pins(yield func(Finding) bool) bool {
	return b.check(func(port string, _ int) bool { return port == "" }, yield)
}

// check checks the inputs at the places selected by at. Inputs on one chip are checked together.
func (b *Bench) check(at func(port string, address int) bool, yield func(Finding) bool) bool {
	for _, inputs := range together(b.Config.Inputs) {
		c, ok := inputs[0].Part.(Checked)
		port, address := config.Place(inputs[0].Part)
		if !ok || !at(port, address) {
			continue
		}
		b.begin(cmp.Or(port, inputs[0].Name))
		if !c.Check(b, inputs, yield) {
			return false
		}
	}
	return true
}

// together groups inputs by their chip.
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

// pause waits for d. It returns an error as soon as the checks end.
func (b *Bench) pause(d time.Duration) error {
	select {
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Spot returns a pin with its place on the header: "GPIO9 (header pin 21)".
func Spot(pin string) string {
	if at := config.Position(pin); at > 0 {
		return fmt.Sprintf("%s (header pin %d)", pin, at)
	}
	return pin
}

// Line returns a signal with its pin and its place on the header: "MISO (GPIO9, header pin 21)".
func Line(signal, pin string) string {
	if at := config.Position(pin); at > 0 {
		return fmt.Sprintf("%s (%s, header pin %d)", signal, pin, at)
	}
	return fmt.Sprintf("%s (%s)", signal, pin)
}
