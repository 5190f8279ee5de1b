package web

import (
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/wiring"
	"hillock/neuron"
)

// shown renders a session as a Run.
type shown struct {
	*session.Session
	version string
	drawn   atomic.Pointer[drawn]

	mu    sync.Mutex // guards moved; no other lock is taken under it
	moved moved
}

// moved are the wires that a hand has moved, with the fault that they make.
type moved struct {
	of    *config.Config
	wires []MovedWire
	fault string
}

// drawn is the drawn kit and the network of a configuration.
type drawn struct {
	of      *config.Config
	kit     Kit
	network Network
	desk    *desk // nil: the kit fits on no breadboard
}

// Of returns a session as a Run for a Server.
func Of(s *session.Session, version string) Run { return &shown{Session: s, version: version} }

// On implements Run.
func (w *shown) On(pulses *[32]int64) uint32 { return w.Lit(pulses) }

// Ticks implements Run.
func (w *shown) Ticks(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	return w.Lateness(bounds)
}

// onlyGain reports whether an input scales weights and is the current of no neuron.
func onlyGain(cfg *config.Config, name string) bool {
	drives := slices.ContainsFunc(cfg.Neurons, func(n config.Neuron) bool { return slices.Contains(n.Inputs, name) })
	return !drives && slices.ContainsFunc(cfg.Synapses, func(s config.Synapse) bool { return s.Gain == name })
}

// Hello implements Run.
func (w *shown) Hello() Hello {
	st := w.Session.Status()
	cfg := st.Config
	h := Hello{Version: w.version, Where: st.Where, Virtual: st.Virtual, Faults: append([]string{}, st.Faults...),
		Inputs: []Input{}, Outputs: []Output{}, Desk: []DeskWire{},
		Step:    st.Tick.Steps + 1,
		Loop:    Loop{DT: readable.Milliseconds(cfg.Loop.DT), Tick: readable.Milliseconds(cfg.Loop.Tick), Speed: cfg.Loop.Speed},
		Sliders: []Slider{{Key: "speed", Symbol: "speed", Name: "speed, in multiples of real time", Unit: "×", Low: 0.001, High: 10, Decimals: 3, Logarithmic: true}}}
	d := w.draw(&st)
	h.Kit, h.Network = d.kit, d.network.now(&st)
	if d.desk != nil {
		h.Desk = d.desk.wires
	}
	shown := cfg.Neurons[:min(len(cfg.Neurons), maxCells)]
	h.LeftOut = len(cfg.Neurons) - len(shown)
	for i, n := range shown {
		is := described(n)
		is.Inputs, is.Color = append([]string{}, n.Inputs...), i
		theory, _ := cfg.Theory(n)
		is.Curve = curve(theory, st.Neurons[i].InputRange[0], st.Neurons[i].InputRange[1], max(10, min(100, 1600/len(shown))))
		h.Neurons = append(h.Neurons, is)
	}
	if r := w.Record(); r != nil {
		r.Look(func(_, _ int64, cells []trace.Cell) {
			for i := range h.Neurons {
				inner := cells[i].History.Inner()
				h.Neurons[i].Synaptic, h.Neurons[i].Adapts = inner && st.Neurons[i].HasSynaptic, inner && st.Neurons[i].HasW
			}
		})
	}
	for _, is := range st.Inputs {
		in := is.Config
		shown := Input{Name: in.Name, Driver: in.Driver, Where: parts.Where(in), Shape: parts.Shape(in), Low: is.Low, High: is.High, Unit: "nA",
			Turnable: is.Knob != nil}
		if onlyGain(cfg, in.Name) {
			shown.Low, shown.High, shown.Unit = -1, 1, "×"
		}
		h.Inputs = append(h.Inputs, shown)
	}
	for _, out := range cfg.Outputs {
		pin := strings.Join(config.Pins(out.Part), " ")
		if bus, _ := config.Place(out.Part); bus != "" {
			pin = bus
		}
		h.Outputs = append(h.Outputs, Output{Name: out.Name, Driver: out.Driver, Pin: pin, Neuron: out.Neuron, Lamps: parts.Lamps(out)})
	}
	return h
}

// draw returns the drawn kit and network of the run's file, drawn once.
func (w *shown) draw(st *session.Status) *drawn {
	if d := w.drawn.Load(); d != nil && d.of == st.File {
		return d
	}
	n, err := wiring.New(st.File)
	if err != nil {
		n = nil // a configuration without a drawing runs too
	}
	var inputs []config.Input
	for _, in := range st.Inputs {
		inputs = append(inputs, in.Config)
	}
	d := &drawn{st.File, onPage(st.File, inputs, n), networkOf(st.File), newDesk(st.File, n)}
	w.drawn.Store(d)
	return d
}

// described returns a neuron from the description of its model.
func described(n config.Neuron) Neuron {
	m, levels := n.Model(), n.Levels()
	is := Neuron{Name: n.Name, Count: max(1, n.Count), Model: m.Name, Equation: m.Equation, Params: map[string]float64{}, Sliders: []Slider{},
		Reset: Level(levels.Reset), Rest: Level(levels.Rest), Threshold: Level(levels.Threshold),
		Memory: m.Sum(neuron.TimeConstant, n.Params), Refractory: m.Sum(neuron.Refractory, n.Params)}
	if is.Count > 1 {
		is.Rows = rowsOf(is.Count)
	}
	for _, d := range m.Params {
		is.Params[d.Key] = d.Of(n.Params)
		if s := d.Slider; d.Adjustable && s.Low < s.High {
			slider := Slider{Key: d.Key, Symbol: d.Symbol, Name: d.Help, Unit: d.Unit, Low: s.Low, High: s.High, Decimals: s.Decimals, Logarithmic: s.Logarithmic}
			if d.Role == neuron.Adaptation {
				slider.Group = "adaptation"
			}
			is.Sliders = append(is.Sliders, slider)
		}
	}
	if theory, _ := n.Theory(); theory != nil {
		is.Rheobase = new(theory.Rheobase())
	}
	return is
}

// curve returns the firing rates over the range of a neuron's total input current, nA, in a number of parts.
func curve(theory neuron.Theory, low, high float64, parts int) []Point {
	if low == high {
		low, high = min(0, low), max(high, 1)
		if theory != nil {
			high = max(high, 2*theory.Rheobase())
		}
	}
	points := make([]Point, parts+1)
	for i := range points {
		at := low + float64((high-low)*float64(i)/float64(parts))
		points[i] = Point{I: at}
		if theory != nil {
			points[i].Exact, points[i].Discrete = new(finite(theory.ExactRate(at))), new(theory.DiscreteRate(at))
		}
	}
	return points
}

// finite returns v, or 0 for an infinite rate: JSON has no infinite number.
func finite(v float64) float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	return v
}

// Status implements Run.
func (w *shown) Status() Status {
	st := w.Session.Status()
	is := Status{T: float64(st.Tick.Steps) * st.Config.Loop.DT.Seconds(), Steps: st.Tick.Steps, Fault: st.Fault, Game: Game(st.Game),
		Skipped: readable.Milliseconds(st.Skipped.Model), Dropped: st.Dropped, Stalled: st.Stalled,
		Lateness: Lateness{P50: st.Late.P50, P99: st.Late.P99, Max: st.Late.Max},
		Neurons:  []NeuronStatus{}, Synapses: []SynapseStatus{}, SpikeInputs: []SpikeInput{}, Inputs: []InputStatus{}, Outputs: []OutputStatus{}, Doctor: []Finding{}}
	dt := readable.Milliseconds(st.Config.Loop.DT)
	for _, n := range st.Neurons {
		s := NeuronStatus{Name: n.Name, V: n.V, I: n.Current, Spikes: n.Spikes, Rate: n.Rate, Neurons: n.Count, CV: n.Members.CV, Slowest: n.Members.Low, Fastest: n.Members.High, RealTimeHz: n.RealTimeRate,
			NoPrediction: n.Prediction.Reason, ISI: float64(n.Intervals.Latest) * dt, Intervals: Intervals{n.Intervals.Since, n.Intervals.N, n.Intervals.Mean * dt, n.Intervals.CV}}
		if n.Prediction.Exists() {
			s.Predicted = &n.Prediction.Hz
		}
		if n.HasSynaptic {
			s.Synaptic = &n.Synaptic
		}
		if n.HasW {
			s.W = &n.W
		}
		is.Neurons = append(is.Neurons, s)
	}
	for _, s := range st.Synapses {
		is.Synapses = append(is.Synapses, SynapseStatus{s.Name, s.Gain, s.Mean, s.Low, s.High, s.Kind.Unit(), s.Arrivals})
	}
	for _, in := range st.SpikeInputs {
		is.SpikeInputs = append(is.SpikeInputs, SpikeInput{in.Name, in.Spikes, (*EdgeCounts)(in.Edges), (*RemoteCounts)(in.Remote), in.Fault.Cause, in.Button})
	}
	for _, in := range st.Inputs {
		r := in.Reading
		is.Inputs = append(is.Inputs, InputStatus{Name: in.Name, Position: r.Position, Current: r.Current, State: r.State.String(),
			Note: in.Note.String(), Fault: in.Fault.Cause, Knob: in.Knob})
	}
	for _, out := range st.Outputs {
		is.Outputs = append(is.Outputs, OutputStatus{Name: out.Name, On: out.High, Lit: out.Note(), Fault: out.Fault.Cause, Oracle: oracleOf(out.Oracle)})
	}
	if !st.Virtual {
		is.Doctor = append(is.Doctor, seen(&st)...)
	}
	is.Moved, is.Net = w.movedNow(&st), netOf(st.Net)
	for _, f := range st.Doctor {
		is.Doctor = append(is.Doctor, Finding{Check: f.Check, Result: string(f.Result), Seen: f.Seen, Means: f.Means, Do: f.Do})
	}
	return is
}

// oracleOf returns an oracle for the page, or nil.
func oracleOf(o *session.Oracle) *Oracle {
	if o == nil {
		return nil
	}
	is := &Oracle{Ahead: readable.Milliseconds(o.Ahead), Lights: o.Lights, Wrong: o.Wrong, Missed: o.Missed, Note: o.Note(), Codes: []OneCode{}}
	for _, c := range o.Codes {
		code := OneCode{Input: c.Input}
		if d, ok := c.Sooner(); ok {
			code.Sooner = new(readable.Milliseconds(d))
		}
		is.Codes = append(is.Codes, code)
	}
	return is
}

// seen returns the findings of the run itself about the wires of a real Pi. Checks by the doctor would disturb the loop.
func seen(st *session.Status) (all []Finding) {
	for _, in := range st.Inputs {
		switch {
		case in.Fault.Means != "":
			all = append(all, finding(in.Fault))
		case in.Note.Seen != "":
			all = append(all, Finding{Check: in.Name, Result: "warning", Seen: in.Note.Seen, Means: in.Note.Means, Do: in.Note.Advice})
		}
	}
	for _, in := range st.SpikeInputs {
		if in.Fault.Cause != "" {
			all = append(all, finding(in.Fault))
		}
	}
	for _, out := range st.Outputs {
		if out.Fault.Cause != "" {
			all = append(all, finding(out.Fault))
		}
	}
	return all
}

func finding(f session.Fault) Finding {
	return Finding{Check: f.Part, Result: "failed", Seen: f.Cause, Means: f.Means, Do: f.Advice}
}
