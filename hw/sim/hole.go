package sim

import (
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Hole is where a wire of a chip ends on the header: in its own pin if it is "", or else in that of a name, "GPIO25".
// A pin there is one that no circuit is wired to.
type Hole string

// The holes that are no pins of a program's.
const (
	Loose Hole = "loose" // in the air: what hangs on the wire reads low, a CS high
	To3V3 Hole = "3V3"
	ToGND Hole = "GND"
)

// pin returns the pin that a hole belongs to, or nil.
func (p *Port) pin(h Hole) *Pin { return p.pi.find(string(h)) }

// level is what a chip's input finds in a hole.
func (p *Port) level(h Hole) gpio.Level {
	if pin := p.pin(h); pin != nil {
		return pin.Level()
	}
	return h == To3V3
}

// rewire takes the wires out of the holes that they are in and puts them into others. It is called with bus.mu held.
func (p *Port) rewire(f Faults) {
	if p.tap != nil {
		p.pin(p.faults.CS).Wire(nil)
		p.tap = nil
	}
	if pin := p.pin(f.CS); pin != nil {
		p.tap = &tap{}
		pin.Wire(p.tap)
	}
	if pin := p.pin(p.faults.DOUT); pin != nil && f.DOUT != p.faults.DOUT {
		pin.Release()
	}
	if f.CS != p.faults.CS {
		p.bus.held = nil
		p.sel(false)
	}
}

// selectFrom is take for a chip whose CS is in another hole, where no transfer moves it.
func (p *Port) selectFrom(h Hole) {
	if p.tap != nil && p.tap.high.Swap(false) { // since the transfer before
		p.sel(false)
	}
	p.sel(h != Loose && p.level(h) == gpio.Low)
}

// stray puts what the chip drives on the pin that its output is wired to by mistake. It is called with bus.mu held.
func (p *Port) stray() {
	pin := p.pin(p.faults.DOUT)
	if pin == nil || p.chip == nil {
		return
	}
	if l, driven := p.chip.DOUT(); driven {
		pin.Drive(l)
	} else {
		pin.Release()
	}
}

// tap is an input that hangs on a pin and takes nothing from it: it sees whether the pin was high.
type tap struct{ high atomic.Bool }

// Level implements Circuit.
func (t *tap) Level(_ time.Duration, l gpio.Level, _ float64) gpio.Level {
	if l == gpio.High {
		t.high.Store(true)
	}
	return l
}

var _ Circuit = &tap{}
