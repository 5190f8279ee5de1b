package sim

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
)

// Pin is a GPIO of the virtual Pi. Programs use it as a gpio.PinIO. Level, Edges, Drive, Release, Wire and SetFault are
// for the test.
//
// A pin in its SPI function has no level of its own: the bits on a bus are not recorded. On a real Pi, a program that
// uses such a pin as a GPIO breaks the bus; on the virtual Pi it does not.
type Pin struct {
	number  int
	name    string
	aliases []string // other names in gpioreg
	alt     pin.Func // bus function, or FuncNone
	reset   gpio.Pull

	desk  *desk
	board string // such as "Pi 1"
	order int    // on the desk
	volts volts
	heard func(Edge) // gets each change of level, or nil

	// Guarded by the desk's lock:
	net     net
	special bool // in the bus function
	output  bool
	out     gpio.Level // level of the output
	driven  bool       // by Drive
	drive   gpio.Level // level of Drive
	circuit Circuit    // or nil
	pull    gpio.Pull
	edge    gpio.Edge // edges to report
	pending int       // edges not yet reported
	epoch   int       // a change ends every wait
	record  record
	fault   error

	request  *request  // for edges, or nil
	line     int       // in the request
	reported gpio.Edge // edges for the request
}

// Clock returns the Pi's clock.
func (p *Pin) Clock() Clock { return p.desk.clock }

// maxPending is the capacity for unreported edges: the size of the kernel's queue for a line.
const maxPending = 16

func newPin(number int, pull gpio.Pull, alt pin.Func) *Pin {
	return &Pin{number: number, name: fmt.Sprintf("GPIO%d", number), alt: alt, volts: piVolts(), reset: pull, pull: pull}
}

// Out implements gpio.PinOut. It returns ErrShort if another output drives the same wire to the other level.
func (p *Pin) Out(l gpio.Level) error {
	p.desk.lock()
	defer p.desk.unlock()
	if err := p.refuses(); err != nil {
		return fmt.Errorf("sim: %s: out: %w", p.name, err)
	}
	if other := p.net.against(p, l); other != nil {
		return fmt.Errorf("sim: %s: out %s: %w: %s drives the wire %s: make one of them an input", p.name, word(l), ErrShort, other.where(), word(other.out))
	}
	p.record.ready()
	before := p.net.level()
	p.output, p.special, p.out = true, false, l
	p.watch(gpio.NoEdge)
	p.note(before, ByProgram)
	return nil
}

// In implements gpio.PinIn. It drops unreported edges and ends a running WaitForEdge. Releasing an output or changing
// the pull may change the level; Edges then has an edge by the program.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	if pull > gpio.PullUp {
		return fmt.Errorf("sim: %s: in: unknown pull %s", p.name, pull)
	}
	if edge < gpio.NoEdge || edge > gpio.BothEdges {
		return fmt.Errorf("sim: %s: in: unknown edge %d", p.name, int(edge))
	}
	return p.input("in", pull, edge, false)
}

// Read implements gpio.PinIn. It also reads an output, as on a BCM283x. Do not rely on that: periph's driver for other
// Pis turns an output into an input on Read.
func (p *Pin) Read() gpio.Level {
	return p.Level()
}

// WaitForEdge implements gpio.PinIn. Each call reports one edge; up to 16 edges wait. A timeout of 0 does not wait, and
// a negative one waits for ever. It returns false after the timeout and when In, Out, Halt or SetFunc ends the wait. It
// returns false at once if In asked for no edge.
func (p *Pin) WaitForEdge(timeout time.Duration) bool {
	p.desk.lock()
	defer p.desk.unlock()
	if p.edge == gpio.NoEdge {
		return false
	}
	epoch := p.epoch
	expired := timeout == 0
	if p.pending == 0 && timeout > 0 {
		defer p.desk.wakeAfter(timeout, func() { expired = true })()
	}
	for p.pending == 0 && p.epoch == epoch && !expired {
		p.desk.wait()
	}
	if p.epoch != epoch || p.pending == 0 {
		return false
	}
	p.pending--
	return true
}

// Halt implements conn.Resource. It ends a running WaitForEdge and stops the edge detection. The level stays.
func (p *Pin) Halt() error {
	p.desk.lock()
	defer p.desk.unlock()
	p.watch(gpio.NoEdge)
	return nil
}

// Pull implements gpio.PinIn.
func (p *Pin) Pull() gpio.Pull {
	p.desk.lock()
	defer p.desk.unlock()
	return p.pull
}

// DefaultPull implements gpio.PinIn.
func (p *Pin) DefaultPull() gpio.Pull {
	return p.reset
}

// PWM implements gpio.PinOut. It is not modelled and returns an error.
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

// Number implements pin.Pin. It is the number of the GPIO, not of the header pin.
func (p *Pin) Number() int {
	return p.number
}

// Function implements pin.Pin.
func (p *Pin) Function() string {
	return string(p.Func())
}

// Func implements pin.PinFunc.
func (p *Pin) Func() pin.Func {
	p.desk.lock()
	defer p.desk.unlock()
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
		return fmt.Errorf("sim: %s: unknown function %q", p.name, f)
	}
	return p.input("set function", gpio.PullNoChange, gpio.NoEdge, true)
}

// Level returns the level on the pin: of an output on its wire, else of Drive, else of the circuit, else of the pulls.
// A floating input reads Low here; on the bench it reads anything.
func (p *Pin) Level() gpio.Level {
	p.desk.lock()
	defer p.desk.unlock()
	return p.net.level()
}

// Edges returns the changes of level, oldest first: the latest KeptEdges of them. Edge.By is the cause. A circuit that
// changes with time makes no edges.
func (p *Pin) Edges() []Edge {
	p.desk.lock()
	defer p.desk.unlock()
	return p.record.latest()
}

// EdgeCount returns the number of all edges, kept or not.
func (p *Pin) EdgeCount() uint64 {
	p.desk.lock()
	defer p.desk.unlock()
	return p.record.count
}

// Drive puts a level on the pin from outside, as a button does, until Release. An output is stronger: the level then
// takes effect when the program makes the pin an input. On the bench that is a short circuit.
func (p *Pin) Drive(l gpio.Level) {
	p.outside(true, l)
}

// Release ends Drive, as an open button does: an input returns to its pull.
func (p *Pin) Release() {
	p.outside(false, gpio.Low)
}

// SetFault makes Out, In and SetFunc return err, wrapped, and change nothing. A nil err ends the fault.
func (p *Pin) SetFault(err error) {
	p.desk.lock()
	defer p.desk.unlock()
	p.fault = err
}

// input makes the pin an input. With special, the pin goes to its bus.
func (p *Pin) input(op string, pull gpio.Pull, edge gpio.Edge, special bool) error {
	p.desk.lock()
	defer p.desk.unlock()
	if err := p.refuses(); err != nil {
		return fmt.Errorf("sim: %s: %s: %w", p.name, op, err)
	}
	p.become(pull, edge, special)
	return nil
}

// become makes the pin an input. Callers of become, watch, note and change hold the lock.
func (p *Pin) become(pull gpio.Pull, edge gpio.Edge, special bool) {
	before := p.net.level()
	p.output, p.special = false, special
	if pull != gpio.PullNoChange {
		p.pull = pull
	}
	p.watch(edge)
	p.note(before, ByProgram)
}

// outside sets the level of Drive, or removes it.
func (p *Pin) outside(driven bool, l gpio.Level) {
	p.desk.lock()
	defer p.desk.unlock()
	p.put(driven, l)
}

// put is outside for callers with the lock.
func (p *Pin) put(driven bool, l gpio.Level) {
	before := p.net.level()
	p.driven, p.drive = driven, l
	p.note(before, ByOutside)
}

// watch sets the edges to report and ends running waits.
func (p *Pin) watch(e gpio.Edge) {
	p.edge, p.pending = e, 0
	p.epoch++
	p.desk.changed.Broadcast()
}

// note records the edges on p's net if its level is no longer before.
func (p *Pin) note(before gpio.Level, by Driver) {
	l := p.net.level()
	if l == before {
		return
	}
	now := p.desk.now()
	for _, other := range p.net {
		if other == p {
			other.change(Edge{now, l, by})
		} else {
			other.change(Edge{now, l, ByWire})
		}
	}
}

// change records an edge and reports it: to the pin's request, and to WaitForEdge unless the program made the edge on
// this pin.
func (p *Pin) change(e Edge) {
	p.record.add(e)
	if p.heard != nil {
		p.heard(e)
	}
	kind := gpio.FallingEdge
	if e.Level == gpio.High {
		kind = gpio.RisingEdge
	}
	if p.reported&kind != 0 {
		p.request.put(p.line, e)
	}
	if p.edge&kind != 0 && e.By != ByProgram {
		p.pending = min(p.pending+1, maxPending)
		p.desk.changed.Broadcast()
	}
}

var (
	_ gpio.PinIO  = &Pin{}
	_ pin.PinFunc = &Pin{}
)
