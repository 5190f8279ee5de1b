package edge

import (
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Opts are the rules for the spikes of one pin.
type Opts struct {
	Pin     string
	Falling bool          // a pulse is low, and begins with a falling edge
	Pull    gpio.Pull     // PullUp, PullDown or Float
	Dead    time.Duration // a pulse begins at least this long after the edge before it: contacts of a button bounce
	Width   bool          // the spike comes at the end of the pulse, with its width in ms as its gain; otherwise at its start, with gain 1
}

// line returns the line of a request. Only the dead time and the width need the ends of pulses.
func (o Opts) line() Line {
	return Line{Pin: o.Pin, Rising: o.ends() || !o.Falling, Falling: o.ends() || o.Falling, Pull: o.Pull}
}

// ends reports whether the ends of pulses are needed.
func (o Opts) ends() bool { return o.Dead > 0 || o.Width }

// Counts are the edges of an input without a spike, so far.
type Counts struct {
	Ignored int64 // starts of pulses in the dead time
	Lost    int64 // edges dropped by a full buffer before they were read, and pulses too short for a width
}

// Inputs are the spikes of pins. Read belongs to one goroutine at a time; any goroutine may call the other methods.
//
// All pins are in one request. If it is refused, each pin has a request of its own, and Inputs requests a refused pin again until it is
// free.
type Inputs struct {
	open    func([]Line) (Port, error)
	clock   func() time.Duration
	inputs  []input
	ports   []*opened
	buf     [256]Edge
	reopen  []int // inputs to request again
	looking bool  // a goroutine requests pins again
	found   chan result
	ended   atomic.Bool
	over    chan struct{}
}

// input is the state of a pin.
type input struct {
	Opts
	began time.Duration // of the present pulse
	high  bool          // a pulse is under way
	edge  time.Duration // time of the latest edge
	start bool          // the latest edge was the start of a pulse
	seen  bool          // there was an edge

	ignored, lost atomic.Int64
	fault         atomic.Pointer[error]
}

// opened is an open request.
type opened struct {
	Port
	of     []int         // inputs, by line
	offset time.Duration // of the port's clock from the loop's
	within time.Duration // time of its readings: the error is half of it at most
	set    time.Duration // time of the offset, on the loop's clock
	known  bool          // offset
}

// result is the result of requests for refused pins.
type result struct {
	ports  []*opened
	failed []int
}

// reopenEvery is the time between two requests for a refused pin.
const reopenEvery = 500 * time.Millisecond

// New requests pins with open. A refused pin is no error: see Fault.
func New(open func([]Line) (Port, error), pins ...Opts) *Inputs {
	in := &Inputs{open: open, inputs: make([]input, len(pins)), found: make(chan result, 1), over: make(chan struct{})}
	all := make([]int, len(pins))
	for i, o := range pins {
		in.inputs[i].Opts, all[i] = o, i
	}
	r := in.request(all)
	in.ports, in.reopen = r.ports, r.failed
	return in
}

// request requests pins: in one request, or else one by one.
func (in *Inputs) request(all []int) (r result) {
	ask := func(of []int) error {
		var lines []Line
		for _, i := range of {
			lines = append(lines, in.inputs[i].line())
		}
		p, err := in.open(lines)
		if err == nil {
			r.ports = append(r.ports, &opened{Port: p, of: of})
		}
		return err
	}
	if ask(all) == nil {
		return r
	}
	for _, i := range all {
		if err := ask([]int{i}); err != nil {
			in.inputs[i].fault.Store(&err)
			r.failed = append(r.failed, i)
		}
	}
	return r
}

// On sets the loop's clock, before the first Read: the times of spikes are on it.
func (in *Inputs) On(clock func() time.Duration) { in.clock = clock }

// Read calls add for each new spike, with the index of its pin, its time on the loop's clock, and its gain. It does not wait.
func (in *Inputs) Read(now time.Duration, add func(pin int, at time.Duration, gain float64)) {
	in.recover()
	for k := 0; k < len(in.ports); k++ {
		p := in.ports[k]
		p.synchronize(now, in.clock)
		for {
			n, err := p.Read(in.buf[:])
			for _, e := range in.buf[:n] {
				in.inputs[p.of[e.Line]].take(p.of[e.Line], e, e.At-p.offset, add)
			}
			if err != nil {
				in.lose(p, err)
				in.ports = append(in.ports[:k], in.ports[k+1:]...)
				k--
				break
			}
			if n < len(in.buf) {
				break
			}
		}
	}
}

// take takes an edge of an input.
//
// The kernel names an edge by the level of its line some time later (edge_irq_thread in drivers/gpio/gpiolib-cdev.c). Two equal names
// in a row hide an edge: a pulse or a gap was shorter than that time. A line with one edge in its request has exact names.
func (i *input) take(pin int, e Edge, at time.Duration, add func(int, time.Duration, float64)) {
	starts := e.Rising != i.Falling
	hides := i.ends() && i.seen && i.start == starts && e.Lost == 0
	dead := i.seen && at-i.edge < i.Dead
	i.edge, i.start, i.seen = at, starts, true
	if e.Lost > 0 {
		i.lost.Add(e.Lost)
		i.high = false // its edges are not known
	}
	switch {
	case hides && starts: // the pulse before ended just now
		i.ignored.Add(1)
	case (hides || starts) && dead:
		i.ignored.Add(1)
	case hides && i.Width:
		i.lost.Add(1)
	case hides:
		add(pin, at, 1)
	case starts:
		i.began, i.high = at, true
		if !i.Width {
			add(pin, at, 1)
		}
	case i.high:
		i.high = false
		if i.Width {
			add(pin, at, float64(at-i.began)/1e6)
		}
	}
}

// A clock's offset is taken again after this time.
const offsetEvery = time.Second

// synchronize measures the offset of the port's clock. A quicker measurement replaces a slower one. The loop's clock goes on while a
// machine is suspended, and CLOCK_MONOTONIC does not: a change of more than a millisecond replaces any.
func (p *opened) synchronize(now time.Duration, clock func() time.Duration) {
	if p.known && now-p.set < offsetEvery {
		return
	}
	tries := 3
	if !p.known {
		tries = 10
	}
	best, offset := time.Duration(1<<62), time.Duration(0)
	for range tries {
		before := clock()
		at := p.Now()
		after := clock()
		if after-before < best {
			best, offset = after-before, at-before-(after-before)/2
		}
	}
	if change := (offset - p.offset).Abs(); !p.known || best < p.within || change > best+time.Millisecond {
		p.offset, p.within = offset, best
	}
	p.known, p.set = true, now
}

// lose gives up a port after an error.
func (in *Inputs) lose(p *opened, err error) {
	_ = p.Close() // it is given up
	for _, i := range p.of {
		in.inputs[i].fault.Store(&err)
		in.inputs[i].high, in.inputs[i].seen = false, false
	}
	in.reopen = append(in.reopen, p.of...)
}

// recover takes the pins that were requested again, and lets a goroutine request the refused ones.
func (in *Inputs) recover() {
	select {
	case r := <-in.found:
		in.looking = false
		in.ports = append(in.ports, r.ports...)
		for _, p := range r.ports {
			for _, i := range p.of {
				in.inputs[i].fault.Store(nil)
			}
		}
		in.reopen = append(in.reopen, r.failed...)
	default:
	}
	if in.looking || len(in.reopen) == 0 {
		return
	}
	in.looking = true
	wanted := in.reopen
	in.reopen = nil
	go func() {
		select {
		case <-time.After(reopenEvery):
		case <-in.over:
		}
		if in.ended.Load() {
			in.found <- result{}
			return
		}
		in.found <- in.request(wanted)
	}()
}

// Counts returns the counts of a pin.
func (in *Inputs) Counts(pin int) Counts {
	i := &in.inputs[pin]
	return Counts{Ignored: i.ignored.Load(), Lost: i.lost.Load()}
}

// Fault returns the error of a refused pin, or nil.
func (in *Inputs) Fault(pin int) error {
	if err := in.inputs[pin].fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Close releases the pins. Read must not be called any more. A second Close does nothing.
func (in *Inputs) Close() error {
	if in.ended.Swap(true) {
		return nil
	}
	close(in.over)
	if in.looking {
		in.ports = append(in.ports, (<-in.found).ports...)
	}
	var first error
	for _, p := range in.ports {
		if err := p.Close(); first == nil {
			first = err
		}
	}
	in.ports = nil
	return first
}
