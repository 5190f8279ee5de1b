package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/trace"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/wiring"
	"hillock/neuron"
)

// onWeb is a run as the web shows it: the leg that runs now.
//
// Locks are taken in this order: onWeb.mu, leg.adjusting, then one of monitor.mu, times.mu, wires.mu and trace.Record's, none of
// which is held while another lock of the program is taken, but visit.mu under wires.mu. The web server's locks come before
// all of them (see its package comment): onWeb.mu is never held while the server is called.
type onWeb struct {
	mu  sync.Mutex // never held by the loop
	leg *leg
	now snapshot
	kit web.Kit

	before heartbeat // what was known when the leg began
}

func newOnWeb(l *leg) *onWeb {
	w := &onWeb{before: heartbeat{at: l.loop.Clock.Now()}}
	w.show(l)
	return w
}

// show goes on with a leg.
func (w *onWeb) show(l *leg) {
	w.leg, w.now = l, snapshot{}
	kit, err := wiring.New(l.cfg)
	if err != nil {
		kit = nil // one that has no drawing runs as well
	}
	w.kit = onPage(l.cfg, kit)
}

// follow is what happens between two legs, with nobody looking.
func (w *onWeb) follow(l *leg, change func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leg.monitor.read(&w.now)
	w.before = w.heartbeat()
	if err := change(); err != nil {
		return err
	}
	w.show(l)
	return nil
}

// heartbeat returns that of the loop, as of the latest w.now.
func (w *onWeb) heartbeat() heartbeat {
	if w.now.tick.Due == 0 {
		return w.before
	}
	return heartbeat{true, w.now.tick.Began}
}

// Stalled implements web.Run.
func (w *onWeb) Stalled() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leg.monitor.read(&w.now)
	return w.heartbeat().stalled(w.leg.loop.Clock.Now(), quietTime())
}

// Hello implements web.Run.
func (w *onWeb) Hello() web.Hello {
	w.mu.Lock()
	defer w.mu.Unlock()
	cfg, virtual := w.leg.running(), w.leg.virtual
	w.leg.monitor.read(&w.now)
	h := web.Hello{Version: versionLine(), Where: w.leg.where, Virtual: virtual != nil, Faults: []string{},
		Inputs: []web.Input{}, Outputs: []web.Output{},
		Step:    w.now.tick.Steps + 1,
		Loop:    web.Loop{DT: readable.Milliseconds(cfg.Loop.DT), Tick: readable.Milliseconds(cfg.Loop.Tick), Speed: cfg.Loop.Speed},
		Sliders: []web.Slider{{Key: "speed", Symbol: "speed", Name: "speed against life", Unit: "×", Low: 0.001, High: 10, Decimals: 3, Logarithmic: true}},
		Kit:     w.kit}
	for i, n := range cfg.Neurons {
		is := described(n)
		is.Inputs, is.Color, is.Curve = append([]string{}, n.Inputs...), i, curve(cfg, w.leg.board, n)
		h.Neurons = append(h.Neurons, is)
	}
	for _, in := range cfg.Inputs {
		low, high := in.Part.Range()
		if isOfModelTime(in) { // a recorded current has the ends that are in its file
			low, high = w.leg.board.Range(in)
		}
		h.Inputs = append(h.Inputs, web.Input{Name: in.Name, Driver: in.Driver, Where: whereIs(in), Shape: shapeOf(in), Low: low, High: high,
			Turnable: virtual != nil && virtual.Knobs[in.Name] != nil})
	}
	for _, out := range cfg.Outputs {
		pin := strings.Join(config.Pins(out.Part), " ")
		if bus, _ := config.Place(out.Part); bus != "" {
			pin = bus
		}
		h.Outputs = append(h.Outputs, web.Output{Name: out.Name, Driver: out.Driver, Pin: pin, Neuron: out.Neuron, Lamps: lamps(out)})
	}
	if virtual != nil {
		for _, t := range trials() {
			if t.lacks(cfg) == "" {
				h.Faults = append(h.Faults, t.name)
			}
		}
	}
	return h
}

// described is a neuron as its model describes it.
func described(n config.Neuron) web.Neuron {
	m, levels := n.Model(), n.Levels()
	is := web.Neuron{Name: n.Name, Model: m.Name, Equation: m.Equation, Params: map[string]float64{}, Sliders: []web.Slider{},
		Reset: web.Level(levels.Reset), Rest: web.Level(levels.Rest), Threshold: web.Level(levels.Threshold),
		Memory: m.Sum(neuron.TimeConstant, n.Params), Refractory: m.Sum(neuron.Refractory, n.Params)}
	for _, d := range m.Params {
		is.Params[d.Key] = d.Of(n.Params)
		if s := d.Slider; d.Adjustable && s.Low < s.High {
			is.Sliders = append(is.Sliders, web.Slider{Key: d.Key, Symbol: d.Symbol, Name: d.Help, Unit: d.Unit, Low: s.Low, High: s.High,
				Decimals: s.Decimals, Logarithmic: s.Logarithmic})
		}
	}
	if theory, _ := n.Theory(); theory != nil {
		is.Rheobase = new(theory.Rheobase())
	}
	return is
}

// curve is the firing rate over the currents that a neuron's inputs can give together.
func curve(cfg *config.Config, b *board.Board, n config.Neuron) []web.Point {
	low, high := given(cfg, b, n)
	theory, _ := n.Theory()
	if low == high {
		low, high = min(0, low), max(high, 1)
		if theory != nil {
			high = max(high, 2*theory.Rheobase())
		}
	}
	points := make([]web.Point, 101)
	for i := range points {
		at := low + float64((high-low)*float64(i)/100)
		points[i] = web.Point{I: at}
		if theory != nil {
			points[i].Exact, points[i].Discrete = new(finite(theory.ExactRate(at))), new(theory.DiscreteRate(at))
		}
	}
	return points
}

// finite is v, and 0 for a rate without end, which JSON has no number for.
func finite(v float64) float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	return v
}

// Status implements web.Run.
func (w *onWeb) Status() web.Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.leg
	cfg := l.running()
	l.monitor.read(&w.now)
	late := l.monitor.times.read().Late
	st := web.Status{T: float64(w.now.tick.Steps) * cfg.Loop.DT.Seconds(), Steps: w.now.tick.Steps, Fault: trials()[l.wires.pulled()].name,
		Skipped:  readable.Milliseconds(w.now.skipped.model),
		Stalled:  w.heartbeat().stalled(l.loop.Clock.Now(), quietTime()),
		Lateness: web.Lateness{P50: late.P50, P99: late.P99, Max: late.Max},
		Neurons:  []web.NeuronStatus{}, Inputs: []web.InputStatus{}, Outputs: []web.OutputStatus{}, Doctor: []web.Finding{}}
	for i, n := range cfg.Neurons {
		c := &w.now.cells[i]
		is := web.NeuronStatus{Name: n.Name, V: c.v, I: c.current, Spikes: c.spikes,
			Rate: c.rate(w.now.tick.Steps, cfg.Loop.DT), WallHz: c.blinks(w.now.tick.Began)}
		if p := session.Now(n, cfg.Inputs, c.current); p.Exists() {
			is.Predicted = &p.Hz
		} else {
			is.NoPrediction = p.Reason
		}
		st.Neurons = append(st.Neurons, is)
	}
	for _, in := range cfg.Inputs {
		r := l.board.Inputs[in.Name].Reading()
		is := web.InputStatus{Name: in.Name, Position: r.Position, Current: r.Current, State: r.State.String(), Note: note(r)}
		if r.Fault != nil {
			is.Fault = r.Fault.Error()
		}
		if l.virtual != nil && l.virtual.Knobs[in.Name] != nil {
			at := l.virtual.Knobs[in.Name].Position()
			is.Knob = &at
		}
		st.Inputs = append(st.Inputs, is)
		if f, ok := found(is); ok && l.virtual == nil {
			st.Doctor = append(st.Doctor, f)
		}
	}
	for _, out := range cfg.Outputs {
		is := web.OutputStatus{Name: out.Name, On: l.isOn(out)}
		if err := faultOf(l.board, out); err != nil {
			is.Fault = err.Error()
			if l.virtual == nil {
				st.Doctor = append(st.Doctor, web.Finding{Check: out.Name, Result: "failed", Seen: is.Fault, Means: out.Name + " shows nothing of " + out.Neuron,
					Do: "end the run and ask hillock doctor"})
			}
		}
		st.Outputs = append(st.Outputs, is)
	}
	for _, f := range l.wires.findings() {
		st.Doctor = append(st.Doctor, web.Finding{Check: f.Check, Result: string(f.Result), Seen: f.Seen, Means: f.Means, Do: f.Do})
	}
	return st
}

// found is what the run itself can tell of an input's wires, on a real Pi: the doctor asks the chip more, and would come
// between the loop and it.
func found(in web.InputStatus) (web.Finding, bool) {
	f := web.Finding{Check: in.Name, Result: "failed", Seen: in.Fault, Do: "hillock doctor finds the wire, when the run has ended"}
	switch {
	case in.State == board.Holding.String():
		f.Means = "the latest reading failed: the last good current is held"
	case in.State == board.Lost.String():
		f.Means = "it does not answer: the current is 0 nA until it does"
	case in.Note != "":
		f.Result = "not possible here"
		f.Seen, f.Do, _ = strings.Cut(in.Note, ": ")
		f.Means, f.Do, _ = strings.Cut(f.Do, ": ")
	default:
		return f, false
	}
	return f, true
}

// Record implements web.Run.
func (w *onWeb) Record() *trace.Record {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.leg.record
}

// On implements web.Run. Those after the 32nd stay dark.
func (w *onWeb) On(pulses *[32]int64) (bits uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := 0
	for _, out := range w.leg.cfg.Outputs {
		n := lamps(out)
		if first+n > len(pulses) {
			break
		}
		switch o := w.leg.board.Outputs[out.Name].(type) {
		case board.Pulsing:
			now := o.Pulses()
			if (o.High() || now != pulses[first]) && !w.leg.wires.dark() {
				bits |= 1 << first
			}
			pulses[first] = now
		case interface{ Lit() (lit, leds int) }:
			lit, leds := o.Lit()
			bits |= (1<<((lit*n+leds-1)/leds) - 1) << first
		}
		first += n
	}
	return bits
}

// isOn tells whether an output pulses now.
func (l *leg) isOn(out config.Output) bool {
	p, ok := l.board.Outputs[out.Name].(board.Pulsing)
	return ok && p.High()
}

// Ticks implements web.Run.
func (w *onWeb) Ticks(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	w.mu.Lock()
	times := w.leg.monitor.times
	w.mu.Unlock()
	return times.lateness(bounds)
}

// TOML implements web.Run.
func (w *onWeb) TOML() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.leg.running().Portable().TOML()
}

// Turn implements web.Run.
func (w *onWeb) Turn(input string, position float64) (was float64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leg.virtual == nil {
		return 0, errors.New("turn: the knob is on the desk: turn it there")
	}
	knob := w.leg.virtual.Knobs[input]
	if knob == nil || !slices.ContainsFunc(w.leg.cfg.Inputs, func(in config.Input) bool { return in.Name == input }) {
		return 0, fmt.Errorf("turn: no input with a knob is called %.40q", input)
	}
	was = knob.Position()
	knob.Set(position)
	return was, nil
}

// Fault implements web.Run.
func (w *onWeb) Fault(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leg.virtual == nil {
		return errors.New("fault: the wires are on the desk: pull one out there")
	}
	i := slices.Index(trialNames(), name)
	if i < 0 {
		return fmt.Errorf("fault: the virtual Pi has no fault %.40q", name)
	}
	if err := trials()[i].check(w.leg.cfg); err != nil {
		return err
	}
	w.leg.pull(i)
	return nil
}

// Set implements web.Run.
func (w *onWeb) Set(name, key string, value float64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if key == "speed" {
		return w.leg.runAt(value)
	}
	return w.renew(func(cfg *config.Config) error {
		i := slices.IndexFunc(cfg.Neurons, func(n config.Neuron) bool { return n.Name == name })
		if i < 0 {
			return fmt.Errorf("set: no neuron is called %.40q", name)
		}
		n := &cfg.Neurons[i]
		d, ok := n.Model().Param(key)
		if !ok || !d.Adjustable {
			return fmt.Errorf("set: a neuron has no %.40q", key)
		}
		n.Params = d.With(n.Params, value)
		return nil
	})
}

// Reset implements web.Run.
func (w *onWeb) Reset() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.renew(func(cfg *config.Config) error {
		*cfg = *w.leg.cfg
		return nil
	})
}

// renew changes the neurons. What was seen of their rates is not theirs any more.
func (w *onWeb) renew(change func(*config.Config) error) error {
	err := w.leg.adjust(change)
	if err == nil {
		w.leg.record.Measure(paramsOf(w.leg.running()))
	}
	return err
}

// paramsOf returns the parameters of a configuration's neurons.
func paramsOf(cfg *config.Config) []neuron.Params {
	params := make([]neuron.Params, len(cfg.Neurons))
	for i, n := range cfg.Neurons {
		params[i] = n.Params
	}
	return params
}

// runAt lets the model run at another speed.
func (l *leg) runAt(speed float64) error {
	return l.adjust(func(cfg *config.Config) error {
		for _, in := range cfg.Inputs {
			if isOfModelTime(in) {
				return fmt.Errorf("speed: the current of input %s is made for the file's speed: change it there", in.Name)
			}
		}
		cfg.Loop.Speed = math.Round(speed*1e9) / 1e9
		return nil
	})
}

// adjust changes the parameters and the speed of what runs, whole or not at all. A person at the terminal may do so beside one
// at a browser.
func (l *leg) adjust(change func(*config.Config) error) error {
	l.adjusting.Lock()
	defer l.adjusting.Unlock()
	cfg := *l.running()
	cfg.Neurons = slices.Clone(cfg.Neurons)
	if err := change(&cfg); err != nil {
		return err
	}
	if err := l.loop.Adjust(paramsOf(&cfg), cfg.Loop.Speed); err != nil {
		return err
	}
	l.adjusted.Store(&cfg)
	return nil
}
