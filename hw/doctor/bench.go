package doctor

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/wiring"
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
		for _, check := range []func(func(Finding) bool) bool{b.chips, b.bus, b.capacitors, b.outputs} {
			if !check(yield) {
				return
			}
		}
	}
}

// byPort are the inputs of a kind, by the port of the part that they are on.
func byPort(inputs []config.Input, kind func(config.Input) bool) (all [][]config.Input) {
	var ports []string
	for _, in := range inputs {
		place := in.Port + fmt.Sprint(in.Address)
		i := slices.Index(ports, place)
		switch {
		case !kind(in):
		case i < 0:
			ports = append(ports, place)
			all = append(all, []config.Input{in})
		default:
			all[i] = append(all[i], in)
		}
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

func isChip(in config.Input) bool { return strings.HasPrefix(in.Driver, "mcp") }

// spot is where a pin is, in words: "GPIO9, header pin 21".
func spot(pin string) string {
	if at := config.Position(pin); at > 0 {
		return fmt.Sprintf("%s, header pin %d", pin, at)
	}
	return pin
}

// leg is a pin of a chip, in words: "DOUT, chip pin 12".
func leg(driver, name string) string {
	for i, n := range wiring.Pinout(driver) {
		if n == name || strings.HasPrefix(n, name+"/") || strings.HasSuffix(n, "/"+name) {
			return fmt.Sprintf("%s, chip pin %d", name, i+1)
		}
	}
	return name
}

// ground is what a chip calls its ground.
func ground(driver string) string {
	if slices.Contains(wiring.Pinout(driver), "VSS") {
		return "VSS"
	}
	return "DGND"
}
