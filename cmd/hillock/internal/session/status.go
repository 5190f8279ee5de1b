package session

import (
	"fmt"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/neuron"
)

// Status describes a run at an instant. It is a value: nothing in it changes later.
type Status struct {
	Where   string // name of the Pi
	Virtual bool
	Config  *config.Config // as it runs; read only
	File    *config.Config // as last read from the file; read only
	Reloads int            // of the configuration so far

	Tick         neuron.Tick // the latest; Due is 0 before the first tick
	Speed        float64     // of the model in that tick
	SpeedChanged bool        // during the run
	Skipped      Skipped

	Neurons     []NeuronStatus  // as in Config
	Synapses    []SynapseStatus // as in Config
	Inputs      []InputStatus   // as in Config, without spike inputs
	SpikeInputs []SpikeInput    // the others of Config.Inputs
	Outputs     []OutputStatus  // as in Config
	Dropped     int64           // arrivals dropped so far: in skipped time, and at changes of the network

	Late     Percentiles  // of the ticks, at most a quarter of a second old
	Overload Overload     // of the machine; zero without one
	Grant    *clock.Grant // real-time permissions of the loop; nil before it has asked
	Stalled  string       // "no tick for 3.2 s"; "" while the loop runs
	Missed   int64        // steps missing from the Record

	Net *class.Status // the board in its class; nil: the run has none

	Fault  string           // of the virtual Pi
	Game   fault.Game       // of a hidden fault
	Faults []string         // all faults of the virtual Pi; none on a real one
	Doctor []doctor.Finding // findings about the fault
}

// NeuronStatus is a neuron at an instant, or a population: V, Synaptic, W and Intervals are then those of its first neuron.
type NeuronStatus struct {
	Name         string
	Count        int        // neurons
	V, Current   float64    // mV, nA
	HasSynaptic  bool       // synapses with a current end here
	Synaptic     float64    // synaptic current, nA
	HasW         bool       // the model has adaptation
	W            float64    // adaptation current, nA
	Spikes       int64      // of all neurons
	Rate         float64    // firing rate, Hz of model time; of a population the mean over the latest second
	RealTimeRate float64    // spikes of a neuron per second in real time
	Members      Members    // of a population
	Prediction   Prediction // at this current
	Intervals    Intervals
	Low, High    float64    // nA: smallest and largest current, possible or measured
	InputRange   [2]float64 // nA: smallest and largest current of its inputs
}

// Intervals are the interspike intervals of a neuron in steps, as defined by trace.Intervals. Without an interval only Since is set.
type Intervals struct {
	Since    int64 // spikes before this step do not count
	N        int   // intervals, at most 1000
	Latest   int64
	Mean, CV float64 // CV: the standard deviation over the mean
}

// InputStatus is an input at an instant.
type InputStatus struct {
	Name      string
	Config    config.Input
	Reading   board.Reading
	Knob      *float64 // position of the virtual Pi's knob, whatever its part reads; nil for a real knob and other inputs
	Low, High float64  // the currents at its ends, nA
	Note      Note     // note on a reading without a fault
	Fault     Fault
}

// OutputStatus is an output at an instant.
type OutputStatus struct {
	Name   string
	High   bool    // it shows a spike
	Lit    bool    // and the LED lights
	Row    [2]int  // lit LEDs and all LEDs of a bar or a strip; 0, 0 for other outputs
	Every  float64 // s between pulses that run together; else 0
	Oracle *Oracle // nil for an output that shows the spikes themselves
	Fault  Fault
	config config.Output
}

// Note returns a note on pulses that run together, else "".
func (o OutputStatus) Note() string {
	if o.Every == 0 {
		return ""
	}
	_, opts := parts.LED(o.config)
	return fmt.Sprintf("%s stays lit: its pulses of %s run together, one comes every %s", o.Name, readable.Seconds(opts.Width.Seconds()), readable.Seconds(o.Every))
}

// Fault is a fault of a part. Cause is "" for a working part.
type Fault struct {
	Part, State string
	Cause       string // message of the driver, often with the wires to check
	Means       string // consequence for the run
	Advice      string // further remedy
}

// Note describes a suspicious reading.
type Note struct{ Seen, Means, Advice string }

// String returns the note as a line, "" for no note.
func (n Note) String() string {
	if n.Means == "" {
		return n.Seen
	}
	return n.Seen + ": " + n.Means + ": " + n.Advice
}

// Parts returns the faults of all parts, in the order of the configuration. A working part has no Cause.
func (s *Status) Parts() (all []Fault) {
	for _, in := range s.Inputs {
		all = append(all, in.Fault)
	}
	for _, in := range s.SpikeInputs {
		if in.Edges != nil {
			all = append(all, in.Fault)
		}
	}
	for _, out := range s.Outputs {
		all = append(all, out.Fault)
	}
	return all
}

// Input returns the input of a name. There must be one.
func (s *Status) Input(name string) InputStatus {
	return s.Inputs[slices.IndexFunc(s.Inputs, func(in InputStatus) bool { return in.Name == name })]
}

// Broken returns the faults of the broken parts.
func (s *Status) Broken() []Fault {
	return slices.DeleteFunc(s.Parts(), func(f Fault) bool { return f.Cause == "" })
}

// Ready reports whether the loop has made a tick and each input has answered.
func (s *Status) Ready() bool {
	works := func(in InputStatus) bool { return in.Reading.State == board.OK && in.Fault.Cause == "" }
	return s.Tick.Due > 0 && !slices.ContainsFunc(s.Inputs, func(in InputStatus) bool { return !works(in) })
}

// Status returns the run at this instant. It does not wait for the loop.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leg
	l.monitor.read(&s.now)
	st := Status{Where: s.hw.Where, Virtual: s.hw.Virtual != nil, Config: l.running(), File: l.cfg, Reloads: l.reloads,
		Tick: s.now.tick, Speed: s.now.speed, SpeedChanged: s.now.changed, Skipped: s.now.skipped,
		Late: l.monitor.times.latest(s.now.tick.Began), Grant: l.grant.Load(), Stalled: s.stalled(),
		Fault: s.wires.Fault().Name, Game: s.wires.Game(), Faults: l.faults, Doctor: s.wires.Findings()}
	if st.Game.Hidden > 0 {
		st.Fault = fault.Unknown
	}
	st.Net = l.net()
	st.Overload = overload(s.now.cost, st.Config)
	for i, n := range st.Config.Neurons {
		st.Neurons = append(st.Neurons, l.neuron(n, &s.now, i))
	}
	st.Synapses, st.SpikeInputs, st.Dropped = l.synapses(st.Config, &s.now), l.spikeInputs(&s.now), l.lost+s.now.dropped
	for _, in := range st.Config.Inputs {
		if l.board.Inputs[in.Name] != nil {
			st.Inputs = append(st.Inputs, l.input(in))
		}
	}
	for _, out := range st.Config.Outputs {
		st.Outputs = append(st.Outputs, l.output(out, &st))
	}
	if l.record != nil {
		l.record.Look(func(_, missed int64, cells []trace.Cell) {
			st.Missed = missed
			for i := range cells {
				st.Neurons[i].Intervals = intervals(&cells[i])
			}
		})
	}
	return st
}

func intervals(c *trace.Cell) Intervals {
	is := c.Intervals()
	if len(is.Steps) == 0 {
		return Intervals{Since: is.Since}
	}
	return Intervals{Since: is.Since, N: len(is.Steps), Latest: is.Steps[0], Mean: is.Mean, CV: is.CV}
}

func (l *leg) neuron(n config.Neuron, now *snapshot, i int) NeuronStatus {
	c := &now.cells[i]
	low, high := inputRange(l.cfg, l.board, n)
	is := NeuronStatus{Name: n.Name, Count: max(1, n.Count), V: c.v, Synaptic: c.synaptic, W: c.w, Current: c.current, Spikes: c.spikes, Rate: c.rate(now.tick.Steps, l.cfg.Loop.DT),
		RealTimeRate: c.blinks(now.tick.Began), Prediction: Now(n, l.cfg, c.current), InputRange: [2]float64{low, high}}
	is.HasSynaptic = slices.ContainsFunc(l.cfg.Synapses, func(s config.Synapse) bool { return s.Kind.HasTau() && s.IsOnto(n.Name) })
	is.HasW = adapts(n.Params)
	is.Members = l.members.of(i, now.tick.Steps, l.cfg.Loop.DT)
	if now.tick.Due > 0 {
		low, high = min(low, c.lowest), max(high, c.highest)
	}
	is.Low, is.High = span(low, high)
	return is
}

func (l *leg) input(in config.Input) InputStatus {
	r := l.board.Inputs[in.Name].Reading()
	is := InputStatus{Name: in.Name, Config: in, Reading: r, Note: note(in, r)}
	is.Low, is.High = in.Part.Range()
	if parts.IsOfModelTime(in) { // a recorded current has the ends of its file
		is.Low, is.High = l.board.Range(in)
	}
	is.Fault = Fault{Part: in.Name, State: r.State.String()}
	if r.Fault != nil {
		is.Fault.Cause = r.Fault.Error()
	}
	switch r.State {
	case board.Holding:
		is.Fault.Means = "the latest reading failed: the last good current is held"
	case board.Lost:
		is.Fault.Means = "the part does not answer: the current is 0 nA until it answers"
	}
	if is.Fault.Means != "" {
		is.Fault.Advice = "to find the wire, end the run and run 'hillock doctor'"
	}
	if v := l.hw.Virtual; v != nil && v.Knobs[in.Name] != nil {
		is.Knob = new(v.Knobs[in.Name].Position())
	}
	return is
}

// note returns the note on a reading.
func note(in config.Input, r board.Reading) Note {
	switch {
	case r.State != board.OK:
		return Note{Seen: r.State.String()}
	case r.Raw == 0:
		h := board.HandlingOf(in)
		return Note{"reads 0", h.Zero + ", or a wire is loose", h.Raise + ", or end the run and run 'hillock doctor'"}
	}
	return Note{}
}

func (l *leg) output(out config.Output, st *Status) OutputStatus {
	o := l.board.Outputs[out.Name]
	is := OutputStatus{Name: out.Name, Fault: Fault{Part: out.Name, State: "refused"}, config: out}
	if err := o.Fault(); err != nil {
		is.Fault.Cause, is.Fault.Means, is.Fault.Advice = err.Error(), out.Name+" shows nothing of "+out.Neuron, "end the run and run 'hillock doctor'"
	}
	if p, ok := o.(board.Pulsing); ok {
		is.High = p.High()
		is.Lit = is.High && !l.wires.Fault().Dark(out.Name)
	}
	if row, ok := o.(interface{ Lit() (lit, leds int) }); ok {
		is.Row[0], is.Row[1] = row.Lit()
	}
	for i, n := range st.Config.Neurons {
		if n.Name == out.Neuron && st.Neurons[i].Count == 1 {
			is.Every = together(out, st.Neurons[i].Rate*st.Config.Loop.Speed)
		}
	}
	is.Oracle = l.oracle(out, st)
	return is
}

// together returns the time between an LED's pulses, s, if they run together at a rate in Hz of real time; else 0.
func together(out config.Output, rate float64) float64 {
	_, opts := parts.LED(out)
	hz := rate / float64(max(1, opts.Every))
	if !parts.IsLED(out) || hz*opts.Width.Seconds() < 1 {
		return 0
	}
	return 1 / hz
}

// inputRange returns the smallest and the largest total input current of a neuron, nA.
func inputRange(cfg *config.Config, b *board.Board, n config.Neuron) (low, high float64) {
	for _, in := range cfg.Inputs {
		if slices.Contains(n.Inputs, in.Name) {
			l, h := b.Range(in)
			low, high = low+l, high+h
		}
	}
	return low, high
}

// span widens a range of less than 1 pA to 1 nA.
func span(low, high float64) (float64, float64) {
	if high-low < 1e-3 {
		high = low + 1
	}
	return low, high
}

// Lit returns a bit for each lamp, in the order of the configuration: lit now, or lit since the previous call. The caller keeps
// the counts of pulses between calls. Lamps after the 32nd stay dark.
func (s *Session) Lit(pulses *[32]int64) (bits uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := 0
	for _, out := range s.leg.cfg.Outputs {
		n := parts.Lamps(out)
		if first+n > len(pulses) {
			break
		}
		switch o := s.leg.board.Outputs[out.Name].(type) {
		case board.Pulsing:
			now := o.Pulses()
			if (o.High() || now != pulses[first]) && !s.wires.Fault().Dark(out.Name) {
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

// heartbeat is the time of a loop's latest tick.
type heartbeat struct {
	ticked bool          // there was a tick
	at     time.Duration // its beginning; without a tick, that of the run
}

// heartbeat returns the loop's heartbeat, as of s.now. s.mu is held.
func (s *Session) heartbeat() heartbeat {
	if s.now.tick.Due == 0 {
		return s.before
	}
	return heartbeat{true, s.now.tick.Began}
}

// stalled returns "no tick for 3.2 s", as of s.now, or "" for a silence within Quiet. Before its first tick the loop counts as
// stalled. s.mu is held.
func (s *Session) stalled() string {
	h := s.heartbeat()
	silence := s.clock.Now() - h.at
	if h.ticked && silence <= s.o.Quiet {
		return ""
	}
	return fmt.Sprintf("no tick for %.1f s", silence.Seconds())
}

// Stalled returns Status.Stalled.
func (s *Session) Stalled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leg.monitor.read(&s.now)
	return s.stalled()
}
