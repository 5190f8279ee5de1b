// Package board puts the parts of a configuration on the desk: it opens its inputs and outputs on a Pi, the real one or a
// virtual one, and closes them so that everything is left safe. What it opens, a part says by the interfaces of parts.go.
//
// It never turns the loop: that calls Knob.Current, and Close comes when it has ended.
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

	cfg   *config.Config
	pi    Pi
	chips map[string]*chip         // by what messages call them
	turns map[string]chan struct{} // by what messages call a part that slow inputs share
	rest  func() error             // once
}

func newBoard(cfg *config.Config, pi Pi, turns map[string]chan struct{}) *Board {
	b := &Board{cfg: cfg, pi: pi, Inputs: map[string]Input{}, Outputs: map[string]Output{}, chips: map[string]*chip{}, turns: turns}
	b.rest = sync.OnceValue(b.halt)
	return b
}

// Range is the least and the most current that an input gives, nA.
func (b *Board) Range(in config.Input) (low, high float64) {
	if p, ok := b.Inputs[in.Name].(*Played); ok {
		return p.Range()
	}
	low, high = in.Part.Range()
	return min(low, high), max(low, high)
}

// Open opens every part of the configuration on a Pi, or none: its error names the part, where it is, and what to do. A chip
// that does not answer is no error here, nor a pin that another program holds: wires can be mended, and programs end,
// while the neuron runs.
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
	return b, nil
}

func (b *Board) openOutput(out config.Output) error {
	o, err := open(out, b.cfg, b.pi)
	if err == nil {
		b.Outputs[out.Name] = o
	}
	return err
}

// open opens an output, for the neuron that it shows.
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

// Off puts one output of a configuration at rest, dark, and releases it: for whoever finds it as a program that was killed
// has left it.
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

// openInputs opens the inputs, and takes from an older board, if there is one, those that it has just so. Knobs on chips are
// taken all together or not at all, for they share them.
func (b *Board) openInputs(older *Board) error {
	same := older != nil && slices.Equal(onChips(b.cfg), onChips(older.cfg))
	for _, in := range b.cfg.Inputs {
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

// keeps reports whether an input goes on in another configuration as it is; sameChips says that all of those on chips can.
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

// turn is what those who ask a part take turns by.
func (b *Board) turn(part string) chan struct{} {
	if b.turns[part] == nil {
		b.turns[part] = make(chan struct{}, 1)
	}
	return b.turns[part]
}

// onChips are the inputs that the loop reads itself.
func onChips(cfg *config.Config) []config.Input {
	return slices.DeleteFunc(slices.Clone(cfg.Inputs), func(in config.Input) bool {
		_, ok := in.Part.(OnChip)
		return !ok
	})
}

// Close puts every output off, unless Rest has, and closes the ports. The loop must have ended.
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
	clear(b.Outputs)
	clear(b.chips)
	return errors.Join(errs...)
}
