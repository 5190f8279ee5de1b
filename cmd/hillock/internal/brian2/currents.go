package brian2

import (
	"time"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/cmd/hillock/internal/modeltime"
	"hillock/config"
	"hillock/neuron"
)

// New returns the script of a configuration, with the currents of 'hillock sim'. command has the same spikes.
func New(cfg *config.Config, steps int64, command string) (*Script, error) {
	c, err := circuit.Of(cfg)
	if err != nil {
		return nil, err
	}
	inputs, err := modeltime.Inputs(cfg)
	if err != nil {
		return nil, err
	}
	s := &Script{Circuit: c, Command: command, Steps: steps}
	each := map[string][]float64{}
	for name, in := range inputs {
		each[name] = play(in, cfg.Loop.DT, steps)
	}
	for _, n := range cfg.Neurons {
		if _, err := equationOf(n.Params); err != nil {
			return nil, err
		}
		s.Currents = append(s.Currents, sum(n.Inputs, each, steps))
	}
	for _, syn := range c.Gained(func(name string) neuron.Input { return inputs[name] }) {
		gain := 1.0
		if syn.Gain.Input != nil {
			gain = syn.Gain.Factor(syn.Gain.Input.Current(0)) // a knob at rest
		}
		s.Gains = append(s.Gains, gain)
	}
	return s, nil
}

// play returns the current of an input: one constant value, or the value of each step.
func play(in neuron.Input, dt time.Duration, steps int64) []float64 {
	if c, ok := in.(modeltime.Constant); ok {
		return []float64{float64(c)}
	}
	values := make([]float64, steps)
	for k := range values {
		values[k] = in.Current(time.Duration(k+1) * dt)
	}
	return values
}

// sum returns the sum of some inputs, added in their order as the loop does.
func sum(names []string, each map[string][]float64, steps int64) []float64 {
	all := []float64{0}
	for _, name := range names {
		if len(each[name]) > 1 {
			all = make([]float64, steps)
		}
	}
	for _, name := range names {
		values := each[name]
		for k := range all {
			all[k] += values[min(k, len(values)-1)]
		}
	}
	return all
}
