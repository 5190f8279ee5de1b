package sim

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Hole is the end of a chip's wire on the header: "" is the wire's own pin, "GPIO25" another pin. Choose a pin without
// a circuit.
type Hole string

// The holes without a GPIO.
const (
	Loose Hole = "loose" // in the air: a data or clock input reads low, CS high
	To3V3 Hole = "3V3"
	ToGND Hole = "GND"
)

// Exists reports whether the header has the hole, or a wire may be loose.
func (h Hole) Exists() bool {
	switch h {
	case "", Loose, To3V3, ToGND:
		return true
	}
	number, ok := strings.CutPrefix(string(h), "GPIO")
	n, err := strconv.Atoi(number)
	return ok && err == nil && n >= 0 && n < gpios && strconv.Itoa(n) == number
}

// pin returns the pin of a hole, or nil.
func (p *Port) pin(h Hole) *Pin { return p.pi.find(string(h)) }

// level returns the level in a hole.
func (p *Port) level(h Hole) gpio.Level {
	if pin := p.pin(h); pin != nil {
		return pin.Level()
	}
	return h == To3V3
}

// rewire moves the chip's wires to other holes. Callers hold bus.mu.
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

// selectFrom is take for a chip with a misplaced CS. No transfer moves that CS.
func (p *Port) selectFrom(h Hole) {
	if p.tap != nil && p.tap.high.Swap(false) { // since the previous transfer
		p.sel(false)
	}
	p.sel(h != Loose && p.level(h) == gpio.Low)
}

// stray puts the level of a misplaced DOUT on its pin. Callers hold bus.mu.
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

// tap is a high-impedance input on a pin. It remembers a high level.
type tap struct{ high atomic.Bool }

// Level implements Circuit.
func (t *tap) Level(_ time.Duration, l gpio.Level, _ float64) gpio.Level {
	if l == gpio.High {
		t.high.Store(true)
	}
	return l
}

var _ Circuit = &tap{}
