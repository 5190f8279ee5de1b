package board

import (
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/analog"

	"hillock/config"
	"hillock/hw/pulse"
)

// The part of an input is one of OnChip, BesideLoop and InModelTime.

// Turned is the part of an input that a hand turns. Its String is what messages call it, "mcp3008 on SPI0.0": inputs on one
// chip have the same.
type Turned interface {
	config.InputPart
	fmt.Stringer
	// Calibration is how its raw values become a current.
	Calibration() config.Knob
	// FullScale is the raw value at the knob's upper end, where nothing is calibrated; 0 where that follows from the parts.
	FullScale() int
}

// OnChip is a part that the loop asks itself: a channel of a chip that answers well within a tick.
type OnChip interface {
	Turned
	// OpenChip opens the chip, for all inputs that are on it.
	OpenChip(pi Pi) (Chip, error)
}

// Chip is an open chip.
type Chip interface {
	// Channel is the one that a part is on.
	Channel(part config.Part) (Channel, error)
	Close() error
}

// Channel is an open channel of a chip.
type Channel interface {
	Read() (analog.Sample, error)
}

// BesideLoop is a part that takes longer to ask than a tick.
type BesideLoop interface {
	Turned
	OpenSensor(pi Pi) (Sensor, error)
}

// Sensor is an open part that takes longer to ask than a tick. Where its raw values at the knob's ends follow from its parts, it
// has a method Ends.
type Sensor interface {
	Raw() (raw int32, err error) // blocks for as long as it takes
	End() error                  // leaves it inert
}

// Ends are the raw values at the knob's two ends, where the configuration leaves them to the part.
func Ends(part Turned, s Sensor) [2]int {
	ends := part.Calibration().Ends
	if own, ok := s.(interface{ Ends() [2]int }); ok && ends == [2]int{} {
		return own.Ends()
	}
	return ends
}

// InModelTime is a part that needs no hand: a current in the model's time.
type InModelTime interface {
	config.InputPart
	// Play makes the current; a file of its own is sought in the folder of the configuration. A current with a method Range has
	// its own lowest and highest value.
	Play(folder string) (config.Wave, error)
}

// OutputPart is the part of an output.
type OutputPart interface {
	config.Part
	// Open opens it on a Pi. A pin that another program holds is no error: it is asked for again.
	Open(pi Pi, shown Shown) (Output, error)
}

// Shown is what an output shows of its neuron.
type Shown struct {
	Low, High float64       // mV: the lowest potential, and the threshold
	DT        time.Duration // of a step
	Speed     float64       // model time over wall time
}

// shown is what there is to show of a neuron; of one that the configuration does not have, nothing.
func shown(cfg *config.Config, name string) Shown {
	i := slices.IndexFunc(cfg.Neurons, func(n config.Neuron) bool { return n.Name == name })
	if i < 0 {
		return Shown{}
	}
	levels := cfg.Neurons[i].Levels()
	return Shown{Low: levels.Lowest(), High: levels.Threshold.V, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed}
}

// Output is an open output: see neuron.Output. What else it can do, the other interfaces here say.
type Output interface {
	Tick(now time.Duration)
	Spike(step int64, now time.Duration)
	Fault() error // why the part refused what it was told last, nil when it did not
	Failed() int64
	// Close leaves it at rest and gives back what it is on: where a transfer hangs, when that returns.
	Close() error
}

// Leveled is an output that shows the membrane.
type Leveled interface {
	Output
	Level(v float64) // takes V, mV, after a tick
}

// Pulsing is an output that counts what it shows.
type Pulsing interface {
	Output
	High() bool // whether it shows a spike now
	Pulses() int64
	Merged() int64 // spikes that came during a pulse and made it longer
}

// Blinking is a part that is one pin, which is lit for a while at each spike.
type Blinking interface {
	Pulse() (pin string, opts pulse.Opts)
}

// Successor is a part that can go on with the open output of another part, for which two would be one too many.
type Successor interface {
	Succeeds(old config.Part) bool
	// TakeOver goes on with an output, which must not be used any more.
	TakeOver(old Output) Output
}
