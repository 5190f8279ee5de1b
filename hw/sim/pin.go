package sim

import (
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
)

// Pin is a GPIO of the virtual Pi. A program has it as a gpio.PinIO; Level, Edges, Drive, Release, Wire and SetFault
// are the side of the wire.
//
// A pin in its SPI function has no levels of its own: the bits on a bus are not recorded. A program that takes such a
// pin as a GPIO would break the bus on a Pi, here it does not.
type Pin struct {
	clock   Clock
	number  int
	name    string
	aliases []string // further names in gpioreg
	alt     pin.Func // its bus function, if it has one
	reset   gpio.Pull

	mu      *sync.Mutex // the Pi's, one for all pins
	net     net
	woken   sync.Cond // on pending and epoch
	special bool      // in its bus function
	output  bool
	out     gpio.Level // of the output
	driven  bool       // from outside
	drive   gpio.Level // of the outside
	circuit Circuit    // or nil
	pull    gpio.Pull
	edge    gpio.Edge // which edges count
	pending int       // edges that WaitForEdge has not reported yet
	epoch   int       // a wait ends when it changes
	record  record
	fault   error
}

// Clock is the time that the pin lives in.
func (p *Pin) Clock() Clock { return p.clock }

// maxPending is how many unreported edges a pin holds, as many as the kernel's queue of a line.
const maxPending = 16

func newPin(c Clock, levels *sync.Mutex, number int, pull gpio.Pull, alt pin.Func) *Pin {
	p := &Pin{clock: c, number: number, name: fmt.Sprintf("GPIO%d", number), alt: alt, reset: pull, mu: levels, pull: pull}
	p.net, p.woken.L = net{p}, levels
	return p
}

// Out implements gpio.PinOut. It fails with ErrShort where another output drives the same wire to the other level.
func (p *Pin) Out(l gpio.Level) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil {
		return fmt.Errorf("sim: %s: out: %w", p.name, p.fault)
	}
	if other := p.net.against(p, l); other != nil {
		return fmt.Errorf("sim: %s: out %s: %w: %s drives the wire %s: make one of them an input", p.name, word(l), ErrShort, other, word(other.out))
	}
	p.record.ready()
	before := p.net.level()
	p.output, p.special, p.out = true, false, l
	p.watch(gpio.NoEdge)
	p.note(before, ByProgram)
	return nil
}

// In implements gpio.PinIn. It forgets edges that were not reported and ends a WaitForEdge that is under way. If it
// changes the level, by letting go of an output or by its pull, that goes into the record.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	if pull > gpio.PullUp {
		return fmt.Errorf("sim: %s: in: no such pull: %s", p.name, pull)
	}
	if edge < gpio.NoEdge || edge > gpio.BothEdges {
		return fmt.Errorf("sim: %s: in: no such edge: %d", p.name, int(edge))
	}
	return p.input("in", pull, edge, false)
}

// Read implements gpio.PinIn. It gives the level of an output too, as on a BCM283x; periph's driver for other Pis
// turns the pin into an input there, so that a program should not rely on it.
func (p *Pin) Read() gpio.Level {
	return p.Level()
}

// WaitForEdge implements gpio.PinIn. Up to 16 edges wait to be reported, one by each call. With a timeout of 0 it
// asks without waiting, below 0 it waits for ever. It returns false after the timeout, when In, Out, Halt or SetFunc
// takes the pin away from it, and at once if In asked for no edge.
func (p *Pin) WaitForEdge(timeout time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.edge == gpio.NoEdge {
		return false
	}
	epoch := p.epoch
	expired := timeout == 0
	if p.pending == 0 && timeout > 0 {
		stop := alarm(p.clock, timeout, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			expired = true
			p.woken.Broadcast()
		})
		defer stop()
	}
	for p.pending == 0 && p.epoch == epoch && !expired {
		p.woken.Wait()
	}
	if p.epoch != epoch || p.pending == 0 {
		return false
	}
	p.pending--
	return true
}

// Halt implements conn.Resource: it ends a WaitForEdge that is under way and stops looking for edges. The level stays.
func (p *Pin) Halt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch(gpio.NoEdge)
	return nil
}

// Pull implements gpio.PinIn.
func (p *Pin) Pull() gpio.Pull {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull
}

// DefaultPull implements gpio.PinIn.
func (p *Pin) DefaultPull() gpio.Pull {
	return p.reset
}

// PWM implements gpio.PinOut: there is none.
func (p *Pin) PWM(gpio.Duty, physic.Frequency) error {
	return fmt.Errorf("sim: %s: pwm: not modelled: use Out", p.name)
}

// String implements conn.Resource.
func (p *Pin) String() string {
	return p.name
}

// Name implements pin.Pin.
func (p *Pin) Name() string {
	return p.name
}

// Number implements pin.Pin: the GPIO's number, not the header's.
func (p *Pin) Number() int {
	return p.number
}

// Function implements pin.Pin.
func (p *Pin) Function() string {
	return string(p.Func())
}

// Func implements pin.PinFunc.
func (p *Pin) Func() pin.Func {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch l := p.net.level(); {
	case p.special:
		return p.alt
	case p.output && l == gpio.High:
		return gpio.OUT_HIGH
	case p.output:
		return gpio.OUT_LOW
	case l == gpio.High:
		return gpio.IN_HIGH
	}
	return gpio.IN_LOW
}

// SupportedFuncs implements pin.PinFunc.
func (p *Pin) SupportedFuncs() []pin.Func {
	if p.alt == pin.FuncNone {
		return []pin.Func{gpio.IN, gpio.OUT}
	}
	return []pin.Func{gpio.IN, gpio.OUT, p.alt}
}

// SetFunc implements pin.PinFunc.
func (p *Pin) SetFunc(f pin.Func) error {
	switch f {
	case gpio.FLOAT:
		return p.In(gpio.Float, gpio.NoEdge)
	case gpio.IN:
		return p.In(gpio.PullNoChange, gpio.NoEdge)
	case gpio.IN_LOW:
		return p.In(gpio.PullDown, gpio.NoEdge)
	case gpio.IN_HIGH:
		return p.In(gpio.PullUp, gpio.NoEdge)
	case gpio.OUT, gpio.OUT_LOW:
		return p.Out(gpio.Low)
	case gpio.OUT_HIGH:
		return p.Out(gpio.High)
	}
	if f == pin.FuncNone || f != p.alt && f != p.alt.Generalize() {
		return fmt.Errorf("sim: %s: no such function: %q", p.name, f)
	}
	return p.input("set function", gpio.PullNoChange, gpio.NoEdge, true)
}

// Level is what the outside sees on the pin: the output, or else the level that Drive put on it, or else that of the
// circuit, or else the pull. A floating input, which is anything on the bench, is Low.
func (p *Pin) Level() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.net.level()
}

// Edges returns the changes of level, oldest first: the latest KeptEdges of them. Edge.By tells the program's edges from
// those of Drive and Release and of a wire. What a circuit does by itself makes no edges.
func (p *Pin) Edges() []Edge {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.record.latest()
}

// EdgeCount returns how many edges there were in all, kept or not.
func (p *Pin) EdgeCount() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.record.count
}

// Drive puts a level on the pin from outside, as a button or a wire does, until Release. An output is stronger: there
// the level takes effect when the program makes the pin an input. On the bench that is a short, avoid it.
func (p *Pin) Drive(l gpio.Level) {
	p.outside(true, l)
}

// Release takes the outside away from the pin, as an open button does: an input falls back to its pull.
func (p *Pin) Release() {
	p.outside(false, gpio.Low)
}

// SetFault makes Out, In and SetFunc fail with err, wrapped, and change nothing; nil ends that.
func (p *Pin) SetFault(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = err
}

// input makes the pin an input, or with special gives it to its bus.
func (p *Pin) input(op string, pull gpio.Pull, edge gpio.Edge, special bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil {
		return fmt.Errorf("sim: %s: %s: %w", p.name, op, p.fault)
	}
	before := p.net.level()
	p.output, p.special = false, special
	if pull != gpio.PullNoChange {
		p.pull = pull
	}
	p.watch(edge)
	p.note(before, ByProgram)
	return nil
}

// outside changes what drives the pin from outside.
func (p *Pin) outside(driven bool, l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.net.level()
	p.driven, p.drive = driven, l
	p.note(before, ByOutside)
}

// watch starts looking for edges anew and ends the waits that are under way. It is called with p.mu held, as note and change.
func (p *Pin) watch(e gpio.Edge) {
	p.edge, p.pending = e, 0
	p.epoch++
	p.woken.Broadcast()
}

// note records what p's change did to its net since the level was before.
func (p *Pin) note(before gpio.Level, by Driver) {
	l := p.net.level()
	if l == before {
		return
	}
	now := p.clock.Now()
	for _, other := range p.net {
		if other == p {
			other.change(Edge{now, l, by})
		} else {
			other.change(Edge{now, l, ByWire})
		}
	}
}

// change records an edge and counts it for WaitForEdge, which does not report what the program itself did to the pin.
func (p *Pin) change(e Edge) {
	p.record.add(e)
	counts := e.Level == gpio.High && p.edge&gpio.RisingEdge != 0 || e.Level == gpio.Low && p.edge&gpio.FallingEdge != 0
	if counts && e.By != ByProgram {
		p.pending = min(p.pending+1, maxPending)
		p.woken.Broadcast()
	}
}

var (
	_ gpio.PinIO  = &Pin{}
	_ pin.PinFunc = &Pin{}
)
