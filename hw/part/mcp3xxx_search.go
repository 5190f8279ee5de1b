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

// stray is a wire of a chip that is found in another hole than its own.
type stray struct {
	signal, leg string // "CE0" and "CS"
	hole        string // "GPIO25"
	seen        string // what gave it away
	or          string // what can be done beside putting it right
}

// search looks for the wire of a silent chip in the holes that it may be in by mistake: another chip select, and pins that
// nobody uses. Those are pulled up and down, no more. What comes of that is certain, and takes the place of f's list.
func (e *examination) search(f doctor.Finding) doctor.Finding {
	for _, look := range []func() (stray, bool){e.otherSelect, e.strayInput, e.strayOutput} {
		if s, ok := look(); ok {
			f.Seen = s.seen
			f.Means = fmt.Sprintf("%s (%s) is wired to %s", e.part.leg(s.leg), s.signal, doctor.Spot(s.hole))
			f.Do = fmt.Sprintf("put that wire into %s%s", doctor.Spot(e.lines[s.signal]), s.or)
			return f
		}
	}
	return f
}

// hears tells whether a conversion is answered. With MISO pulled up an answer is never all zeros, and nobody's is all ones.
func (e *examination) hears(dev *mcp3xxx.Dev) bool {
	p, err := dev.Single(0)
	if err != nil {
		return false
	}
	x, err := p.Examine()
	return err == nil && x.Repeats(e.model.Bits()) && !x.Zeros()
}

// otherSelect asks at the other chip selects of the bus.
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
			continue // it is not turned on
		}
		heard := e.pull(gpio.PullUp) == nil && e.hears(chip.Dev)
		if chip.port.Close() == nil && heard {
			return stray{e.part.selects(), "CS", lines[fmt.Sprintf("CE%d", cs)], "the chip answers on " + other.Port, fmt.Sprintf(", or set port = %q", other.Port)}, true
		}
	}
	return stray{}, false
}

// strayInput pulls pins that nobody uses: a chip whose CS hangs on one answers when it is low, and one whose DIN does
// answers without a start bit when it is high.
func (e *examination) strayInput() (s stray, found bool) {
	if e.miso == nil || e.pull(gpio.PullUp) != nil {
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
			return stray{e.part.selects(), "CS", p.Name(), fmt.Sprintf("the chip answers when %s is pulled low", p.Name()), ""}, true
		case talks:
			return stray{"MOSI", "DIN", p.Name(), fmt.Sprintf("the chip answers before it is asked when %s is pulled high", p.Name()), ""}, true
		}
	}
	return s, false
}

func (*examination) after(d time.Duration) bool {
	time.Sleep(d)
	return true
}

// strayOutput looks for the chip's output: while it stays selected after a conversion, it drives that low. On MOSI it does
// so where the two are swapped and the pull-up of MISO is what the chip hears.
func (e *examination) strayOutput() (s stray, found bool) {
	p, err := e.dev.Single(0)
	if err != nil || e.miso == nil || e.pull(gpio.PullUp) != nil {
		return s, false
	}
	pins := e.Unused()
	mosi, ok := e.Take(e.lines["MOSI"])
	if ok {
		pins = append(pins, mosi)
	}
	// low are the levels of the pins, pulled up, while the chip is let go or in the grip of a transfer.
	low := func(ask func() (mcp3xxx.Answer, error)) (all []bool) {
		if _, err := ask(); err != nil {
			return make([]bool, len(pins))
		}
		for _, pin := range pins {
			_ = pin.In(gpio.PullUp, gpio.NoEdge) // what it reads then says nothing
		}
		time.Sleep(doctor.Settle)
		for _, pin := range pins {
			all = append(all, pin.Read() == gpio.Low)
		}
		for _, pin := range pins {
			_ = pin.Restore() // asked again below
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
					s.or = fmt.Sprintf(", and the one in there to %s: the two are swapped", e.part.leg("DIN"))
				}
			}
			return s, true
		}
	}
	return s, false
}
