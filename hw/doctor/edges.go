package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
)

// edges checks the buttons, and the wires from other boards. Inputs of failed checks are left alone.
func (b *Bench) edges(failed map[string]bool, yield func(Finding) bool) bool {
	for _, in := range b.Config.Inputs {
		part, ok := in.Part.(board.Jumpered)
		if !ok || failed[in.Name] {
			continue
		}
		e := &contact{Bench: b, in: in, falling: part.Edges().Falling, pull: part.Edges().Pull}
		output, local := (&wires{board: BoardName(b.Config)}).want(&socket{wants: part.From()})
		if local && output != "" {
			continue
		}
		b.begin(in.Name)
		if !e.check(part.Edges().Pin, output, yield) {
			return false
		}
	}
	return true
}

// contact is the pin of a button, or of a wire from another board.
type contact struct {
	*Bench
	in      config.Input
	falling bool
	pull    gpio.Pull
	p       *Pullable
}

// check yields the findings on a pin. output is the one of another board, "" for a button.
func (c *contact) check(pin, output string, yield func(Finding) bool) bool {
	f := Finding{Check: c.in.Name, Result: Failed}
	var err error
	if c.p, err = c.Take(pin); err != nil {
		c.p, err = c.TakeLine(pin)
	}
	if err != nil {
		f.Seen, f.Do = err.Error(), fmt.Sprintf("stop the program that holds %s, or choose another pin", Spot(pin))
		return yield(f)
	}
	defer c.p.Restore()
	rest, err := c.rest()
	switch {
	case err != nil:
		f.Seen = err.Error()
		return yield(f)
	case output != "":
		c.wire(&f, output, rest)
		return yield(f)
	}
	c.button(&f, rest)
	if !yield(f) || f.Result != Passed {
		return f.Result != Passed
	}
	if c.Hand == nil {
		return yield(Finding{Check: c.in.Name, Result: Skipped, Seen: "not pressed: only a person can press the button", Do: onTerminal})
	}
	return yield(c.press())
}

// levels are the numbers of readings of a pin: under the pull-up and the pull-down in turn.
type levels struct{ open, low, high int }

// read adds a reading under both pulls.
func (c *contact) read(l *levels) error {
	var level [2]bool
	for i, pull := range []gpio.Pull{gpio.PullUp, gpio.PullDown} {
		if err := c.p.Pull(pull); err != nil {
			return err
		}
		if err := c.pause(Settle); err != nil {
			return err
		}
		level[i] = c.p.Read() == gpio.High
	}
	switch {
	case level[0] && (!level[1] || c.pulledUp()):
		l.open++
	case level[0] && level[1]:
		l.high++
	case !level[0] && !level[1]:
		l.low++
	}
	return nil
}

// pulledUp reports whether the Raspberry Pi itself pulls the pin up, as socket.pulledUp.
func (c *contact) pulledUp() bool { return (&socket{pin: c.p.Name()}).pulledUp() }

// rest reads the pin for 40 ms.
func (c *contact) rest() (l levels, err error) {
	for range 20 {
		if err := c.read(&l); err != nil {
			return l, err
		}
	}
	return l, nil
}

// rail returns where a press joins the pin to, and the words for the level there.
func (c *contact) rail() (rail, level, with string) {
	if c.pull == gpio.PullUp {
		return "GND", "low", "pull-up"
	}
	return "3V3", "high", "pull-down"
}

// button completes the finding on the pin of a button at rest.
func (c *contact) button(f *Finding, l levels) {
	rail, level, with := c.rail()
	pressed, other := l.high, l.low
	if rail == "GND" {
		pressed, other = l.low, l.high
	}
	switch spot := Spot(c.p.Name()); {
	case pressed > l.open:
		f.Seen = fmt.Sprintf("%s stays %s, even with the %s", spot, level, with)
		f.Means = fmt.Sprintf("the button is pressed, both wires are at legs that are always joined, or the wire is at %s", rail)
		f.Do = "release the button; use two legs at opposite corners"
	case other > l.open && rail == "3V3":
		f.Seen, f.Means = spot+" stays low, even with the pull-up", "its wire is at GND, or the button joins it to GND"
		f.Do = fmt.Sprintf("connect the button to 3V3, or set edge = \"falling\" in input.%s for a button to GND", c.in.Name)
	case other > l.open:
		f.Seen, f.Means = spot+" stays high, even with the pull-down", "its wire is at 3V3, or the button joins it to 3V3"
		f.Do = fmt.Sprintf("connect the button to GND, or set edge = \"rising\" in input.%s for a button to 3V3", c.in.Name)
	default:
		f.Result, f.Seen = Passed, fmt.Sprintf("%s follows its pulls: the button is open", spot)
	}
}

// press returns the finding on a button while the hand presses it.
func (c *contact) press() Finding {
	f := Finding{Check: c.in.Name, Result: Failed}
	l, err := c.watch()
	if err != nil {
		f.Result, f.Seen, f.Do = Skipped, "not pressed: "+err.Error(), "run 'hillock doctor' again"
		return f
	}
	rail, level, _ := c.rail()
	pressed, other, wrong := l.high, l.low, "GND"
	if rail == "GND" {
		pressed, other, wrong = l.low, l.high, "3V3"
	}
	switch spot := Spot(c.p.Name()); {
	case pressed > 0 && other == 0:
		f.Result, f.Seen = Passed, fmt.Sprintf("a press makes %s %s", spot, level)
	case other > 0:
		f.Seen = fmt.Sprintf("a press joins %s to %s", spot, wrong)
		f.Means = fmt.Sprintf("the button's other leg is at %s, and input.%s wants %s", wrong, c.in.Name, rail)
		f.Do = fmt.Sprintf("move the wire from %s to %s", wrong, rail)
	default:
		f.Seen = fmt.Sprintf("%s stays open while the button is pressed", spot)
		f.Means = "a wire of the button is loose or in the wrong hole, or the button was not pressed"
		f.Do = fmt.Sprintf("connect one side of the button to %s and the other side to %s", spot, rail)
	}
	return f
}

// watch reads the pin while the hand presses the button.
func (c *contact) watch() (l levels, err error) {
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(c.ctx)
	defer func() { // the hand stops before watch returns
		stop()
		for range done {
		}
	}()
	go func() {
		defer close(done)
		done <- turn(ctx, c.Hand, c.in, "")
	}()
	for {
		if err := c.read(&l); err != nil {
			return l, err
		}
		select {
		case err := <-done:
			return l, err
		case <-time.After(readEvery):
		}
	}
}

// wire completes the finding on the wire from an output of another board.
func (c *contact) wire(f *Finding, output string, l levels) {
	name, _, _ := strings.Cut(output, "/")
	spot := Spot(c.p.Name())
	most := max(l.open, l.low, l.high)
	switch {
	case l.open == most && !c.pulledUp():
		f.Result = Warning
		f.Seen = spot + " is not driven: it follows the pull-up and the pull-down"
		f.Means = fmt.Sprintf("the wire from %s is loose, or nothing drives its other end: the board %s is off", output, name)
		f.Do = fmt.Sprintf("connect %s to %s, and GND to GND; switch %s on", output, spot, name)
	case l.high == most && !c.falling:
		f.Seen = spot + " stays high, even with the pull-down"
		f.Means = fmt.Sprintf("its wire is at 3V3, or %s rests high", output)
		f.Do = fmt.Sprintf("check both ends of the wire; for an output that rests high, set edge = \"falling\" in input.%s", c.in.Name)
	case l.low == most && c.falling:
		f.Seen = spot + " stays low, even with the pull-up"
		f.Means = fmt.Sprintf("its wire is at GND, or %s rests low", output)
		f.Do = fmt.Sprintf("check both ends of the wire; for an output that rests low, set edge = \"rising\" in input.%s", c.in.Name)
	default:
		level := "low"
		if c.falling {
			level = "high"
		}
		f.Result, f.Seen = Passed, fmt.Sprintf("%s rests %s", spot, level)
		if c.pull != gpio.Float { // a divider holds the pin alone
			f.Seen += fmt.Sprintf(": %s drives it", name)
		}
	}
}
