package sim

import (
	"fmt"
	"math"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Lui is a Lu.i board: an analog leaky integrate-and-fire neuron (giant-axon/lu.i-neuron-pcb; Stradmann et al. 2025). Join
// its terminals to pins of a Pi or of another board. Out stands for the three equal terminals of the axon.
//
// A pulse above 1.8 V charges a synapse for as long as it is high: its weight is proportional to its width. At the
// threshold, Out has 2.5 V for LuiPulse, and the membrane stays at 0 V. Between spikes the equations are those of the
// board's README, in forward Euler steps of 0.1 ms:
//
//	dV/dt = (Leak - V)/TauM + I,   dI/dt = (Weight*high/LuiPulse - I)/TauSyn
type Lui struct {
	In  [3]*Pin // synapses
	Out *Pin

	weights [3]float64 // in V
	m       membrane   // guarded by the desk's lock, as all below
	due     time.Duration
	comes   bool // due is the time of the next change of Out
}

// LuiParts are the trimmers of a Lui. A zero means the default, named beside each of them.
type LuiParts struct {
	Leak   physic.ElectricPotential // V at rest, up to 2.5 V; 0 V
	TauM   time.Duration            // of the membrane, up to 2.2 s; 200 ms
	TauSyn time.Duration            // of the synapses, up to 200 ms; 20 ms
	// Weight is the change of V by one pulse of LuiPulse, without leak. Below 0 it inhibits. 300 mV.
	Weight [3]physic.ElectricPotential
}

// LuiPulse is the width of a Lu.i's pulse, about 15 ms: 22 kOhm and 1 uF reach half of the supply.
const LuiPulse = 15250 * time.Microsecond

const (
	luiVolts     = 2.5  // of the supply
	luiThreshold = 1.29 // V: 100 kOhm and 110 kOhm to the supply, 56 kOhm to ground
)

// NewLui puts a Lu.i board on the desk of a Pi. V begins at 0 V.
func NewLui(beside *Pi, parts LuiParts) *Lui {
	orElse(&parts.TauM, 200*time.Millisecond)
	orElse(&parts.TauSyn, 20*time.Millisecond)
	d := beside.desk
	d.lock()
	defer d.unlock()
	l := &Lui{Out: terminal("out", volts{high: luiVolts}, nil)}
	l.m = membrane{leak: float64(parts.Leak) / float64(physic.Volt), tauM: max(parts.TauM, luiStep), tauSyn: max(parts.TauSyn, luiStep), at: d.now()}
	pins := []*Pin{l.Out}
	for i := range l.In {
		if parts.Weight[i] == 0 {
			parts.Weight[i] = 300 * physic.MilliVolt
		}
		l.weights[i] = float64(parts.Weight[i]) / float64(physic.Volt)
		l.In[i] = terminal(fmt.Sprintf("in %d", i+1), volts{least: 1.8, most: 20}, l.hear)
		pins = append(pins, l.In[i])
	}
	d.add("Lu.i", pins...)
	d.sources = append(d.sources, l)
	l.plan()
	return l
}

// V returns the membrane potential.
func (l *Lui) V() physic.ElectricPotential {
	d := l.Out.desk
	d.lock()
	defer d.unlock()
	m := l.m
	m.elapse(d.now())
	return physic.ElectricPotential(m.v * float64(physic.Volt))
}

// hear takes a change of level at an input.
func (l *Lui) hear(e Edge) {
	l.m.elapse(e.At)
	drive := 0.0
	for i, in := range l.In {
		if in.net.level() == gpio.High {
			drive += l.weights[i]
		}
	}
	l.m.drive = drive / LuiPulse.Seconds()
	l.plan()
}

// plan finds the next change of Out.
func (l *Lui) plan() {
	if !l.m.held {
		l.due, l.comes = l.m.crossing()
	}
	l.Out.desk.changed.Broadcast()
}

// next implements source.
func (l *Lui) next() (at time.Duration, ok bool) { return l.due, l.comes }

// run implements source: a pulse begins, or ends.
func (l *Lui) run(at time.Duration) {
	l.m.elapse(at)
	l.m.held = !l.m.held
	l.m.v = 0
	l.due = at + LuiPulse
	l.Out.emit(gpio.Level(l.m.held))
	l.plan()
}

// membrane is V and I of a Lui at a time.
type membrane struct {
	leak         float64 // in V
	tauM, tauSyn time.Duration
	drive        float64 // of I, in V/s
	held         bool    // V is held at 0 V

	v, i float64 // in V, V/s
	at   time.Duration
}

const luiStep = 100 * time.Microsecond

// step advances by dt and reports whether V or I still change.
func (m *membrane) step(dt time.Duration) bool {
	v, i := m.v, m.i
	if !m.held {
		m.v += float64((m.leak-v)*(dt.Seconds()/m.tauM.Seconds())) + float64(i*dt.Seconds())
		m.v = min(max(m.v, 0), luiVolts)
	}
	m.i += float64((m.drive - i) * (dt.Seconds() / m.tauSyn.Seconds()))
	m.at += dt
	return math.Abs(m.v-v) > 1e-9 || math.Abs(m.i-i) > 1e-9
}

// elapse advances to a time.
func (m *membrane) elapse(to time.Duration) {
	for m.at < to && m.step(min(luiStep, to-m.at)) {
	}
	m.at = max(m.at, to)
}

// crossing returns the time of the next threshold, and false if V stays below it.
func (m membrane) crossing() (at time.Duration, ok bool) {
	for moves := true; m.v < luiThreshold; moves = m.step(luiStep) {
		// I tends to drive, and V to Leak + TauM*I.
		if highest := m.leak + float64(m.tauM.Seconds()*max(m.i, m.drive)); !moves || highest < luiThreshold {
			return 0, false
		}
	}
	return m.at, true
}

var _ source = &Lui{}
