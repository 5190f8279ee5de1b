package doctor

import (
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
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
func (a *adc) search(f Finding) Finding {
	for _, look := range []func() (stray, bool){a.otherSelect, a.strayInput, a.strayOutput} {
		if s, ok := look(); ok {
			f.Seen = s.seen
			f.Means = fmt.Sprintf("%s (%s) is wired to %s", leg(a.in.Driver, s.leg), s.signal, spot(s.hole))
			f.Do = fmt.Sprintf("put that wire into %s%s", spot(a.lines[s.signal]), s.or)
			return f
		}
	}
	return f
}

// hears tells whether a conversion is answered. With MISO pulled up an answer is never all zeros, and nobody's is all ones.
func (a *adc) hears(dev *mcp3xxx.Dev) bool {
	p, err := dev.Single(0)
	if err != nil {
		return false
	}
	x, err := p.Examine()
	return err == nil && x.Repeats(a.model.Bits()) && !x.Zeros()
}

// otherSelect asks at the other chip selects of the bus.
func (a *adc) otherSelect() (stray, bool) {
	bus, _, _ := strings.Cut(a.in.Port, ".")
	for cs := range 3 {
		in := a.in
		in.Port = fmt.Sprintf("%s.%d", bus, cs)
		lines := config.PortPins(in.Port)
		if lines == nil || a.uses(in.Port) {
			continue
		}
		dev, port, err := board.OpenChip(in, a.Pi)
		if err != nil {
			continue // it is not turned on
		}
		heard := a.pull(gpio.PullUp) == nil && a.hears(dev)
		if port.Close() == nil && heard {
			return stray{a.selects(), "CS", lines[fmt.Sprintf("CE%d", cs)], "the chip answers on " + in.Port, fmt.Sprintf(", or set port = %q", in.Port)}, true
		}
	}
	return stray{}, false
}

// uses tells whether a port has a chip of its own.
func (a *adc) uses(port string) bool {
	for _, p := range Ports(a.Config) {
		if p == port {
			return true
		}
	}
	return false
}

// selects is the chip select's role on the port.
func (a *adc) selects() string { return "CE" + a.in.Port[len(a.in.Port)-1:] }

// strayInput pulls pins that nobody uses: a chip whose CS hangs on one answers when it is low, and one whose DIN does
// answers without a start bit when it is high.
func (a *adc) strayInput() (s stray, found bool) {
	if a.miso == nil || a.pull(gpio.PullUp) != nil {
		return s, false
	}
	for _, p := range a.unused() {
		selected := p.pull(gpio.PullUp) == nil && p.pull(gpio.PullDown) == nil && a.after(settle) && a.hears(a.dev)
		talks := p.pull(gpio.PullUp) == nil && a.after(settle) && a.talks()
		if p.restore() != nil {
			continue
		}
		switch {
		case selected:
			return stray{a.selects(), "CS", p.Name(), fmt.Sprintf("the chip answers when %s is pulled low", p.Name()), ""}, true
		case talks:
			return stray{"MOSI", "DIN", p.Name(), fmt.Sprintf("the chip answers before it is asked when %s is pulled high", p.Name()), ""}, true
		}
	}
	return s, false
}

func (*adc) after(d time.Duration) bool {
	time.Sleep(d)
	return true
}

// strayOutput looks for the chip's output: while it stays selected after a conversion, it drives that low. On MOSI it does
// so where the two are swapped and the pull-up of MISO is what the chip hears.
func (a *adc) strayOutput() (s stray, found bool) {
	p, err := a.dev.Single(0)
	if err != nil || a.miso == nil || a.pull(gpio.PullUp) != nil {
		return s, false
	}
	pins := a.unused()
	mosi, ok := a.take(a.lines["MOSI"])
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
		time.Sleep(settle)
		for _, pin := range pins {
			all = append(all, pin.Read() == gpio.Low)
		}
		for _, pin := range pins {
			_ = pin.restore() // asked again below
		}
		return all
	}
	gripped, free := low(p.Grip), low(p.Examine)
	for i, pin := range pins {
		if gripped[i] && !free[i] {
			s = stray{"MISO", "DOUT", pin.Name(), fmt.Sprintf("the chip drives %s", pin.Name()), ""}
			if pin == mosi {
				s.seen = "the chip drives MOSI"
				if a.model.Channels() > 1 {
					s.or = fmt.Sprintf(", and the one in there to %s: the two are swapped", leg(a.in.Driver, "DIN"))
				}
			}
			return s, true
		}
	}
	return s, false
}
