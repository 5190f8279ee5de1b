// Package board opens the inputs and outputs of a configuration on a Pi, real or virtual, and closes them in a safe state.
// A part opens itself: parts.go has the interfaces for that.
//
// The package does not run the loop. The loop calls Knob.Current, and Close follows after its end.
package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"hillock/config"
)

// Board is the open parts of a configuration, by the names of their tables.
type Board struct {
	Inputs  map[string]Input
	Outputs map[string]Output
	Edges   *Edges // of the spike inputs on pins; nil without any

	cfg   *config.Config
	pi    Pi
	chips map[string]*chip         // by the String of their part
	turns map[string]chan struct{} // by the String of a part shared by slow inputs
	rest  func() error             // runs halt once
}

func newBoard(cfg *config.Config, pi Pi, turns map[string]chan struct{}) *Board {
	b := &Board{cfg: cfg, pi: pi, Inputs: map[string]Input{}, Outputs: map[string]Output{}, chips: map[string]*chip{}, turns: turns}
	b.rest = sync.OnceValue(b.halt)
	return b
}

// Range returns the smallest and the largest current of an input, in nA.
func (b *Board) Range(in config.Input) (low, high float64) {
	if p, ok := b.Inputs[in.Name].(*Played); ok {
		return p.Range()
	}
	low, high = in.Part.Range()
	return min(low, high), max(low, high)
}

// Open opens every part of a configuration on a Pi, or none. Its error names the part, its place, and the remedy. A silent
// chip is no error, nor is a pin in use by another program: a person may repair the wire or stop the program while the
// neuron runs.
func Open(cfg *config.Config, pi Pi) (*Board, error) {
	b := newBoard(cfg, pi, map[string]chan struct{}{})
	for _, out := range cfg.Outputs {
		if err := b.openOutput(out); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	if err := b.openInputs(nil); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if err := b.openEdges(nil); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Board) openOutput(out config.Output) error {
	o, err := open(out, b.cfg, b.pi)
	if err == nil {
		b.Outputs[out.Name] = o
	}
	return err
}

// open opens an output for its neuron.
func open(out config.Output, cfg *config.Config, pi Pi) (Output, error) {
	part, ok := out.Part.(OutputPart)
	if !ok {
		return nil, fmt.Errorf("output %s: driver %q cannot be opened", out.Name, out.Driver)
	}
	o, err := part.Open(pi, shown(cfg, out.Neuron))
	if err != nil {
		return nil, fmt.Errorf("output %s: %w", out.Name, err)
	}
	return o, nil
}

// Off opens one output of a configuration, turns it off, and releases it. A killed program may have left it on.
func Off(out config.Output, cfg *config.Config, pi Pi) error {
	o, err := open(out, cfg, pi)
	if err != nil {
		return err
	}
	if fault := o.Fault(); fault != nil {
		err = fmt.Errorf("output %s: %w", out.Name, fault)
	}
	return errors.Join(err, o.Close())
}

// openInputs opens the currents, but takes unchanged inputs from an older board. It takes all knobs on chips or none of them,
// because they share the chips.
func (b *Board) openInputs(older *Board) error {
	same := older != nil && slices.Equal(onChips(b.cfg), onChips(older.cfg))
	for _, in := range b.cfg.Inputs {
		if _, ok := in.Part.(config.SpikeInput); ok {
			continue // openEdges, or the network has its spikes
		}
		if older != nil && older.keeps(in, b.cfg, same) {
			b.Inputs[in.Name] = older.Inputs[in.Name]
			continue
		}
		open, err := b.openInput(in)
		if err != nil {
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
		b.Inputs[in.Name] = open
	}
	if same {
		maps.Copy(b.chips, older.chips)
	}
	return nil
}

// keeps reports whether an input continues unchanged in another configuration. sameChips reports this for all inputs on
// chips.
func (b *Board) keeps(in config.Input, cfg *config.Config, sameChips bool) bool {
	if !slices.Contains(b.cfg.Inputs, in) {
		return false
	}
	switch in.Part.(type) {
	case OnChip:
		return sameChips
	case InModelTime:
		return b.cfg.Loop.Speed == cfg.Loop.Speed
	}
	return true
}

func (b *Board) openInput(in config.Input) (Input, error) {
	switch part := in.Part.(type) {
	case OnChip:
		return b.openKnob(part)
	case BesideLoop:
		return newSlow(in.Name, part, b.pi, b.turn(part.String()))
	case InModelTime:
		return newPlayed(part, b.cfg)
	}
	return nil, fmt.Errorf("driver %q cannot be opened", in.Driver)
}

func (b *Board) openKnob(part OnChip) (Input, error) {
	c := b.chips[part.String()]
	if c == nil {
		c = &chip{part: part, pi: b.pi, taken: make(chan struct{}, 1)}
		if err := c.open(); err != nil {
			return nil, err
		}
		b.chips[part.String()] = c
	}
	k := &Knob{gauge: newGauge(part), chip: c, part: part}
	c.knobs = append(c.knobs, k)
	if err := k.connect(); err != nil {
		return nil, err
	}
	return k, nil
}

// turn returns the channel for the turns of the inputs on one part.
func (b *Board) turn(part string) chan struct{} {
	if b.turns[part] == nil {
		b.turns[part] = make(chan struct{}, 1)
	}
	return b.turns[part]
}

// onChips returns the inputs that the loop itself reads.
func onChips(cfg *config.Config) []config.Input {
	return slices.DeleteFunc(slices.Clone(cfg.Inputs), func(in config.Input) bool {
		_, ok := in.Part.(OnChip)
		return !ok
	})
}

// Close turns every output off, unless Rest has done so, and closes the ports. The loop must have ended.
func (b *Board) Close() error {
	errs := []error{b.Rest()}
	for _, in := range b.Inputs {
		if s, ok := in.(*Slow); ok {
			s.end()
		}
	}
	for _, c := range b.chips {
		errs = append(errs, c.end())
	}
	errs = append(errs, b.closeEdges())
	clear(b.Outputs)
	clear(b.chips)
	return errors.Join(errs...)
}
