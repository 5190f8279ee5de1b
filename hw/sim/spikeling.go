package sim

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Spikeling is a Spikeling 1.0: an Arduino with Izhikevich's model (Baden et al. 2018, firmware in BadenLab/Spikeling). Its
// levels are those of 5 V logic: Divide joins Out to a pin of a Pi, and Join a pin to In.
//
// Each ms in which an input is high adds its gain to the synaptic current: the weight is proportional to the width of the
// pulse. A spike is a pulse of 1 ms on Out; it begins at a whole ms. It is longer while V is above -30 mV. Not modelled are
// the photodiode, the noise and the stimulator: by default, the firmware uses the first input as the stimulator's output.
type Spikeling struct {
	In  [2]*Pin // synapses
	Out *Pin    // axon

	parts SpikelingParts
	c     spiky // guarded by the desk's lock, as all below
	due   time.Duration
}

// SpikelingParts are the dials of a Spikeling.
type SpikelingParts struct {
	Current float64    // in the units of the model; about 4 is the rheobase
	Gain    [2]float64 // of the synapses, from -10 to 10, in the units of the model
}

// Times of the firmware.
const (
	spikyStep = 100 * time.Microsecond
	spikyTick = time.Millisecond // of inputs and output
	spikyMost = time.Second      // between two looks at the future
)

// NewSpikeling puts a Spikeling on the desk of a Pi. Its neuron begins at rest, in the mode of tonic spiking.
func NewSpikeling(beside *Pi, parts SpikelingParts) *Spikeling {
	d := beside.desk
	d.lock()
	defer d.unlock()
	s := &Spikeling{parts: parts, Out: terminal("out", volts{high: 5}, nil)}
	s.c = spiky{v: -65, u: -13, at: d.now(), start: d.now(), current: parts.Current}
	pins := []*Pin{s.Out}
	for i := range s.In {
		// An ATmega328P on 5 V needs 3 V (0.6 of its supply).
		s.In[i] = terminal(fmt.Sprintf("in %d", i+1), volts{least: 3, most: 5.5}, s.hear)
		pins = append(pins, s.In[i])
	}
	d.add("Spikeling", pins...)
	d.sources = append(d.sources, s)
	s.plan()
	return s
}

// hear takes a change of level at an input.
func (s *Spikeling) hear(e Edge) {
	s.c.elapse(e.At)
	s.c.gain = 0
	for i, in := range s.In {
		if in.net.level() == gpio.High {
			s.c.gain += s.parts.Gain[i]
		}
	}
	s.plan()
}

// plan finds the next change of Out.
func (s *Spikeling) plan() {
	c, out := s.c, s.c.out
	for s.due = s.c.at + spikyMost; c.at < s.due; {
		if c.step(); c.out != out {
			s.due = c.at
		}
	}
	s.Out.desk.changed.Broadcast()
}

// next implements source.
func (s *Spikeling) next() (at time.Duration, ok bool) { return s.due, true }

// run implements source.
func (s *Spikeling) run(at time.Duration) {
	s.c.elapse(at)
	s.Out.emit(s.c.out)
	s.plan()
}

// spiky is the state of a Spikeling at a time.
type spiky struct {
	current, gain float64 // gain of the high inputs

	v, u, synapse float64
	spike         bool       // since the latest output
	out           gpio.Level // of Out
	at, start     time.Duration
}

// step runs the firmware's loop for one step of the model.
func (c *spiky) step() {
	c.at += spikyStep
	tick := (c.at-c.start)%spikyTick == 0
	if tick {
		c.synapse += c.gain
	}
	c.synapse = float64(c.synapse * 0.995)
	const dt, a, b, reset, d = 0.1, 0.02, 0.2, -65, 6
	i := c.current + c.synapse
	c.v += float64(dt * (float64(0.04*c.v*c.v) + float64(5*c.v) + 140 - c.u + i))
	c.u += float64(dt * float64(a*(float64(b*c.v)-c.u)))
	if c.v >= 30 {
		c.v, c.u = reset, c.u+d
	}
	c.v = max(c.v, -90)
	c.spike = c.spike || c.v > -30
	if tick {
		c.out, c.spike = gpio.Level(c.spike), false
	}
}

// elapse runs all steps that end up to a time.
func (c *spiky) elapse(to time.Duration) {
	for c.at+spikyStep <= to {
		c.step()
	}
}

var _ source = &Spikeling{}
