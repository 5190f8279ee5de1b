package part

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/mcp3xxx"
)

// stray is a wire of a chip in a wrong hole.
type stray struct {
	signal, leg string // "CE0" and "CS"
	hole        string // "GPIO25"
	seen        string // the evidence
	or          string // a remedy beside moving the wire, "" for none
}

// search looks for a wire of a silent chip in wrong holes: another chip select, and the unused pins. It only sets the pulls of
// these pins. What it finds is certain, and replaces the list of wires in f.
func (e *examination) search(f doctor.Finding) doctor.Finding {
	for _, look := range []func() (stray, bool){e.otherSelect, e.strayInput, e.strayOutput} {
		if s, ok := look(); ok {
			e.found = true
			f.Seen = s.seen
			f.Means = fmt.Sprintf("%s is wired to %s instead of %s", e.part.leg(s.leg), doctor.Spot(s.hole), s.signal)
			f.Do = fmt.Sprintf("move that wire to %s%s", doctor.Line(s.signal, e.lines[s.signal]), s.or)
			return f
		}
	}
	return f
}

// hears reports whether the chip answers a request. With the pull-up at MISO, an answer is never all zeros, and silence is all
// ones. Without that pull a code of 0 counts as silence.
func (e *examination) hears(dev *mcp3xxx.Dev) bool {
	p, err := dev.Single(0)
	if err != nil {
		return false
	}
	x, err := p.Examine()
	return err == nil && x.Repeats(e.model.Bits()) && !x.Zeros()
}

// otherSelect tries the other chip selects of the bus.
func (e *examination) otherSelect() (stray, bool) {
	bus, _, _ := strings.Cut(e.part.Port, ".")
	for cs := range 3 {
		other := e.part
		other.Port = fmt.Sprintf("%s.%d", bus, cs)
		lines := config.PortPins(other.Port)
		if lines == nil || slices.Contains(e.Config.Ports(), other.Port) {
			continue
		}
		chip, err := other.open(e.Pi)
		if err != nil {
			continue // this port is off
		}
		heard := e.pull(gpio.PullUp) == nil && e.hears(chip.Dev)
		if chip.port.Close() == nil && heard {
			return stray{e.part.selects(), "CS", lines[fmt.Sprintf("CE%d", cs)], "the chip answers on " + other.Port, fmt.Sprintf(", or set port = %q", other.Port)}, true
		}
	}
	return stray{}, false
}

// strayInput pulls each unused pin low and high. A chip with CS at this pin answers while it is low. A chip with DIN there
// answers without a start bit while it is high.
func (e *examination) strayInput() (s stray, found bool) {
	if e.pull(gpio.PullUp) != nil {
		return s, false
	}
	for _, p := range e.Unused() {
		selected := p.Pull(gpio.PullUp) == nil && p.Pull(gpio.PullDown) == nil && e.after(doctor.Settle) && e.hears(e.dev)
		talks := p.Pull(gpio.PullUp) == nil && e.after(doctor.Settle) && e.talks()
		if p.Restore() != nil {
			continue
		}
		switch {
		case selected:
			return stray{e.part.selects(), "CS", p.Name(), fmt.Sprintf("the chip answers if %s is low", p.Name()), ""}, true
		case talks:
			return stray{"MOSI", "DIN", p.Name(), fmt.Sprintf("the chip answers without a request if %s is high", p.Name()), ""}, true
		}
	}
	return s, false
}

func (*examination) after(d time.Duration) bool {
	time.Sleep(d)
	return true
}

// strayOutput looks for the chip's output, DOUT. A chip still selected after a conversion drives DOUT low. If MISO and MOSI are
// swapped, DOUT is at MOSI, and DIN follows the pull-up of MISO.
func (e *examination) strayOutput() (s stray, found bool) {
	p, err := e.dev.Single(0)
	if err != nil || e.pull(gpio.PullUp) != nil {
		return s, false
	}
	pins := e.Unused()
	mosi, err := e.Take(e.lines["MOSI"])
	if err == nil {
		pins = append(pins, mosi)
	}
	// low reports for each pin whether it is low with its pull-up after ask: Grip keeps the chip selected, Examine does not.
	low := func(ask func() (mcp3xxx.Answer, error)) (all []bool) {
		if _, err := ask(); err != nil {
			return make([]bool, len(pins))
		}
		for _, pin := range pins {
			_ = pin.In(gpio.PullUp, gpio.NoEdge) // after an error the pin reads the same both times
		}
		time.Sleep(doctor.Settle)
		for _, pin := range pins {
			all = append(all, pin.Read() == gpio.Low)
		}
		for _, pin := range pins {
			_ = pin.Restore() // tried again by the next call
		}
		return all
	}
	gripped, free := low(p.Grip), low(p.Examine)
	for i, pin := range pins {
		if gripped[i] && !free[i] {
			s = stray{"MISO", "DOUT", pin.Name(), fmt.Sprintf("the chip drives %s", pin.Name()), ""}
			if pin == mosi {
				s.seen = "the chip drives MOSI"
				if e.model.Channels() > 1 {
					s.or = fmt.Sprintf(", and the wire there to %s: the two are swapped", e.part.leg("DIN"))
				}
			}
			return s, true
		}
	}
	return s, false
}
