package neuron

// A Synapse connects neurons and spike inputs to neurons: a table of synapses with the same parameters.
type Synapse struct {
	Name   string
	Kind   SynapseKind
	Weight float64 // in the unit of its kind; negative: inhibits
	Tau    float64 // time constant, ms; 0 for kinds without one
	Delay  int64   // steps from the spike to its arrival, at least 1
	Gain   Gain    // factor of the weight

	// Targets are the postsynaptic neurons, by source. From and Targets are numbers of the network: see NewNet.
	From    []int32
	Targets [][]int32

	Plastic *STDP // nil: the weight is constant
}

// Gain scales the weight of a synapse from -1 to 1 with a current from outside. The zero value is the factor 1.
type Gain struct {
	Input     Input
	Low, High float64 // currents for -1 and 1, nA
}

// known is an Input that can say whether its current is that of a reading. A failed part has none, and 0 nA says nothing about its
// knob.
type known interface{ HasReading() bool }

// Factor returns the factor at a current in nA: 0 without a reading.
func (g Gain) Factor(current float64) float64 {
	if k, ok := g.Input.(known); ok && !k.HasReading() {
		return 0
	}
	return min(1, max(-1, float64(2*((current-g.Low)/(g.High-g.Low)))-1))
}

// SynapseKind is the response of a neuron to a spike. Each kind is one file.
type SynapseKind int

const (
	Exp   SynapseKind = iota // a current that decays
	Alpha                    // a current that rises and decays
	Delta                    // a jump of V
)

// synapseKinds returns the descriptions of all kinds, in the order of the constants.
func synapseKinds() []synapseKind { return []synapseKind{expKind(), alphaKind(), deltaKind()} }

// synapseKind describes a kind of synapse.
type synapseKind struct {
	name   string // as in the configuration
	unit   string // of the weight
	hasTau bool
	open   func(place) receiver
}

// SynapseKinds returns all kinds, the default first.
func SynapseKinds() (all []SynapseKind) {
	for k := range synapseKinds() {
		all = append(all, SynapseKind(k))
	}
	return all
}

// String returns the name in a configuration.
func (k SynapseKind) String() string { return synapseKinds()[k].name }

// Unit returns the unit of the weight: "nA" or "mV".
func (k SynapseKind) Unit() string { return synapseKinds()[k].unit }

// HasTau reports whether the kind has a time constant.
func (k SynapseKind) HasTau() bool { return synapseKinds()[k].hasTau }

// place is the end of synapses of one kind and time constant on a group. They share one receiver, as in NEST's iaf_psc_exp: the
// cost grows with the spikes and not with the synapses.
type place struct {
	group   Group
	tau, dt float64 // ms
}

// A receiver takes the arrivals of spikes and keeps their currents.
type receiver interface {
	// arrive delivers a spike with one weight to some neurons of the group.
	arrive(targets []int32, weight float64)
	// decay takes one step without arrivals.
	decay()
	// current returns the synaptic currents, nA, by neuron; nil for a kind without currents.
	current() []float64
	// drive returns the currents as Integrate takes them, nA. For forward Euler they are the synaptic currents.
	drive() []float64
	// take adds the state of another receiver of the same kind. at maps its neurons to those of the group, -1: gone.
	take(from receiver, at func(int) int)
}

// add adds the values of another group's neurons.
func add(to, from []float64, at func(int) int) {
	for i, v := range from {
		if k := at(i); k >= 0 {
			to[k] += v
		}
	}
}

// exactly is a group with an exact integrator: receivers use propagators too.
type exactly interface {
	// propagators returns tau_m in ms, exp(-dt/tau_m) and true, or false for a forward Euler group.
	propagators() (tauM, p22 float64, ok bool)
}

// carry returns the factors for the drive of a group with an exact integrator: of the synaptic current, and of the slope x of an
// alpha current. It returns false for forward Euler.
//
// With L = dt/tau - dt/tau_m, V moves by R_m/tau_m exp(-dt/tau_m) dt times the integral of the current's course, which is
// f0(L) s + dt f1(L) x with f_n(L) = sum over k of (-L)^k / (k! (k+n+1)). The series has no pole at tau = tau_m
// (S. Rotter and M. Diesmann, Biol. Cybern. 81, 381, 1999; propagators P21, P31 of NEST).
func (p place) carry() (s, x float64, ok bool) {
	g, ok := p.group.(exactly)
	if !ok {
		return 1, 0, false
	}
	tauM, p22, ok := g.propagators()
	if !ok {
		return 1, 0, false
	}
	l := p.dt/p.tau - p.dt/tauM
	term := 1.0
	for k := 0.0; k < 40; k++ {
		s += term / (k + 1)
		x += term / (k + 2)
		term *= -l / (k + 1)
	}
	scale := p22 * (p.dt / tauM) / (1 - p22)
	return scale * s, scale * p.dt * x, true
}
