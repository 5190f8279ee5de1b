package board

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/analog"

	"hillock/config"
	"hillock/hw/pulse"
)

// The part of an input implements OnChip, BesideLoop or InModelTime.

// Turned is the part of an input with a knob. String returns its name in messages, "mcp3008 on SPI0.0": inputs on one chip
// have the same name.
type Turned interface {
	config.InputPart
	fmt.Stringer
	// Calibration returns the conversion from raw values to a current.
	Calibration() config.Knob
	// FullScale returns the raw value at the knob's upper end without a calibration, 0 if that follows from the parts.
	FullScale() int
}

// Curved is a Turned part with a position not proportional to the raw value, such as a light sensor.
type Curved interface {
	// Position returns the position for a smoothed raw value, from 0 to 1.
	Position(raw float64) float64
}

// OnChip is a part that the loop itself reads: a channel of a chip that answers well within a tick.
type OnChip interface {
	Turned
	// OpenChip opens the chip for all inputs on it.
	OpenChip(pi Pi) (Chip, error)
}

// Chip is an open chip.
type Chip interface {
	// Channel opens the channel of a part.
	Channel(part config.Part) (Channel, error)
	Close() error
}

// Channel is an open channel of a chip.
type Channel interface {
	Read() (analog.Sample, error)
}

// BesideLoop is a part with a reading longer than a tick.
type BesideLoop interface {
	Turned
	OpenSensor(pi Pi) (Sensor, error)
}

// Sensor is an open part with a reading longer than a tick. It has a method Ends if the raw values at the knob's ends
// follow from its parts.
type Sensor interface {
	Raw() (raw int32, err error) // blocks during the reading
	End() error                  // leaves the part inert
}

// Ends returns the raw values at the knob's two ends: from the configuration, or else from the part.
func Ends(part Turned, s Sensor) [2]int {
	ends := part.Calibration().Ends
	if own, ok := s.(interface{ Ends() [2]int }); ok && ends == [2]int{} {
		return own.Ends()
	}
	return ends
}

// InModelTime is a part without a knob: a current in model time.
type InModelTime interface {
	config.InputPart
	// Play returns the current. Its file, if it has one, is relative to the folder of the configuration. A current may have
	// a method Range with its own lowest and highest value.
	Play(folder string) (config.Wave, error)
}

// OutputPart is the part of an output.
type OutputPart interface {
	config.Part
	// Open opens the part on a Pi. A pin in use by another program is no error: the part requests it again later.
	Open(pi Pi, shown Shown) (Output, error)
}

// Shown is the data of a neuron for its outputs.
type Shown struct {
	Low, High float64       // mV: the lowest potential, and the threshold
	DT        time.Duration // of a step
	Speed     float64       // model time per real time
}

// shown returns the data of a neuron, alone or in a population, or nothing for an unknown neuron.
func shown(cfg *config.Config, name string) Shown {
	n, ok := cfg.Neuron(name)
	if !ok {
		return Shown{}
	}
	levels := n.Levels()
	return Shown{Low: levels.Lowest(), High: levels.Threshold.V, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed}
}

// Output is an open output: see neuron.Output. The other interfaces here add to it.
type Output interface {
	Tick(now time.Duration)
	Spike(step int64, now time.Duration)
	Fault() error // the error of the latest write, nil if it was good
	Failed() int64
	// Close turns the output off and releases its pins or bus, after a hanging transfer if there is one.
	Close() error
}

// Leveled is an output that shows the membrane.
type Leveled interface {
	Output
	Level(v float64) // shows V, mV, after a tick
}

// Pulsing is an output with a count of its pulses.
type Pulsing interface {
	Output
	High() bool // reports whether a pulse is under way
	Pulses() int64
	Merged() int64 // spikes during a pulse; each made it longer
}

// Blinking is a part with one pin and a pulse for each spike.
type Blinking interface {
	Pulse() (pin string, opts pulse.Opts)
}

// Successor is a part that can take over the open output of another part, because both cannot be open at once.
type Successor interface {
	Succeeds(old config.Part) bool
	// TakeOver continues with an output. The old part must not use it any more.
	TakeOver(old Output) Output
}
