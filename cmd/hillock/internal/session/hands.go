package session

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/sim"
	"hillock/neuron"
)

// Turn turns the virtual Pi's knob of an input to a position from 0 to 1, and returns the old position.
func (s *Session) Turn(input string, position float64) (was float64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	knob, err := s.leg.knob(input)
	if err != nil {
		return 0, err
	}
	was = knob.Position()
	knob.Set(position)
	return was, nil
}

// TurnBy turns the virtual Pi's knob of an input by a part of its range, as far as possible.
func (s *Session) TurnBy(input string, part float64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	knob, err := s.leg.knob(input)
	if err == nil {
		knob.Set(knob.Position() + part)
	}
	return err
}

func (l *leg) knob(input string) (*sim.Knob, error) {
	if l.hw.Virtual == nil {
		return nil, errors.New("turn: the knob is a real one: turn it by hand")
	}
	knob := l.hw.Virtual.Knobs[input]
	if knob == nil || !slices.ContainsFunc(l.cfg.Inputs, func(in config.Input) bool { return in.Name == input }) {
		return nil, fmt.Errorf("turn: no input with a knob is called %.40q", input)
	}
	return knob, nil
}

// tapTime is the time that Tap holds a button, as a finger does.
const tapTime = 100 * time.Millisecond

// Tap presses the virtual Pi's button of a spike input, and lets it go after a tenth of a second of real time.
func (s *Session) Tap(input string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hw.Virtual == nil {
		return errors.New("press: the button is a real one: press it by hand")
	}
	button := s.hw.Virtual.Buttons[input]
	if button == nil {
		return fmt.Errorf("press: no input with a button is called %.40q", input)
	}
	button.Tap(tapTime)
	return nil
}

// Fault injects a fault of the virtual Pi, by its name, in place of the one before.
func (s *Session) Fault(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wires == nil {
		return errors.New("fault: the wires are real ones: pull one out by hand")
	}
	f, ok := fault.Named(name)
	if !ok {
		return fmt.Errorf("fault: the virtual Pi has no fault %.40q", name)
	}
	if err := f.Check(s.leg.cfg); err != nil {
		return err
	}
	s.wires.Inject(f, s.leg.running())
	return nil
}

// Hide injects a hidden fault of some random wires, from 1 to 3, for a class to find.
func (s *Session) Hide(wires int) error {
	return s.play(func(cfg *config.Config) error {
		f := fault.Hidden(cfg, wires, rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())))
		if f.Name == fault.None {
			return errors.New("hide: the configuration has no part with a fault")
		}
		s.wires.Hide(f, cfg)
		return nil
	})
}

// Try puts the wire of a fault back into its place, to find a hidden fault.
func (s *Session) Try(name string) error {
	return s.play(func(cfg *config.Config) error {
		s.wires.Try(name, cfg)
		return nil
	})
}

// Reveal shows the hidden fault.
func (s *Session) Reveal() error {
	return s.play(func(*config.Config) error {
		s.wires.Reveal()
		return nil
	})
}

// play changes the game of the hidden fault.
func (s *Session) play(move func(cfg *config.Config) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wires == nil {
		return errors.New("hide: the wires are real ones: pull one out by hand")
	}
	return move(s.leg.running())
}

// StepFault injects the fault that comes by places after the present one in the list of faults.
func (s *Session) StepFault(by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wires != nil {
		s.wires.Inject(fault.Step(s.leg.cfg, s.wires.Fault(), by), s.leg.running())
	}
}

// Set changes a parameter of a neuron, or of a synapse with a name such as "synapse.a". The key is that in the configuration, the
// value in its usual unit. The key "speed" is the speed of the loop.
func (s *Session) Set(name, key string, value float64) error {
	if key == "speed" {
		return s.SetSpeed(value)
	}
	if synapse, ok := strings.CutPrefix(name, "synapse."); ok {
		return s.setSynapse(synapse, key, value)
	}
	return s.renew(func(cfg *config.Config) error {
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

// setSynapse changes a parameter of a synapse. Plastic weights all get the new value.
func (s *Session) setSynapse(name, key string, value float64) error {
	return s.renew(func(cfg *config.Config) error {
		i := slices.IndexFunc(cfg.Synapses, func(s config.Synapse) bool { return s.Name == name })
		if i < 0 {
			return fmt.Errorf("set: no synapse is called %.40q", name)
		}
		return setSynapse(&cfg.Synapses[i], key, value, cfg.Loop.DT)
	})
}

// Reset undoes all changes since the configuration was read.
func (s *Session) Reset() error {
	return s.renew(func(cfg *config.Config) error {
		*cfg = *s.leg.cfg
		return nil
	})
}

// renew changes the neurons or the synapses. Their measured rates and intervals begin anew.
func (s *Session) renew(change func(*config.Config) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.leg.adjust(change)
	if err == nil && s.leg.record != nil {
		s.leg.record.Measure(paramsOf(s.leg.running()))
	}
	return err
}

// SetSpeed changes the speed of the model.
func (s *Session) SetSpeed(speed float64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.adjust(func(cfg *config.Config) error {
		for _, in := range cfg.Inputs {
			if parts.IsOfModelTime(in) {
				return fmt.Errorf("speed: input %s plays its current at the file's speed: change speed in the file", in.Name)
			}
		}
		cfg.Loop.Speed = math.Round(speed*1e9) / 1e9
		return fitsClass(cfg)
	})
}

// adjust changes parameters and speed of the running loop, all or nothing. Session.mu is held.
func (l *leg) adjust(change func(*config.Config) error) error {
	cfg := *l.running()
	cfg.Neurons, cfg.Synapses = slices.Clone(cfg.Neurons), slices.Clone(cfg.Synapses)
	if err := change(&cfg); err != nil {
		return err
	}
	if err := l.loop.Adjust(paramsOf(&cfg), l.circuit.Adjusted(&cfg).Gained(inputsOf(l.board)), cfg.Loop.Speed); err != nil {
		return err
	}
	l.adjusted = &cfg
	return nil
}

// paramsOf returns the parameters of a configuration's neurons.
func paramsOf(cfg *config.Config) []neuron.Params {
	params := make([]neuron.Params, len(cfg.Neurons))
	for i, n := range cfg.Neurons {
		params[i] = n.Params
	}
	return params
}
