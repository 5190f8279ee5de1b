package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hillock/config"
)

// Change opens what another configuration wants beside the open parts, all of it or nothing, while the loop goes on with
// these. What it returns is complete when it has succeeded b.
func (b *Board) Change(cfg *config.Config) (*Board, error) {
	next := newBoard(cfg, b.pi, b.turns)
	for _, out := range cfg.Outputs {
		if err := b.changeOutput(next, out); err != nil {
			return nil, errors.Join(err, next.Drop(b))
		}
	}
	for _, in := range cfg.Inputs {
		i := slices.IndexFunc(b.cfg.Inputs, func(old config.Input) bool { return shared(old.Part, in.Part) != "" })
		if i >= 0 && b.cfg.Inputs[i] != in {
			err := fmt.Errorf("input %s: %s measures already: other parts there need a restart", in.Name, shared(b.cfg.Inputs[i].Part, in.Part))
			return nil, errors.Join(err, next.Drop(b))
		}
	}
	if err := next.openInputs(b); err != nil {
		return nil, errors.Join(err, next.Drop(b))
	}
	return next, nil
}

// changeOutput opens an output of the next board, or keeps the one that is just so. One that goes on with another is left for
// Succeed.
func (b *Board) changeOutput(next *Board, out config.Output) error {
	if _, ok := b.predecessor(out); ok {
		return nil
	}
	if slices.Contains(b.cfg.Outputs, out) && shown(next.cfg, out.Neuron) == shown(b.cfg, out.Neuron) {
		next.Outputs[out.Name] = b.Outputs[out.Name]
		return nil
	}
	if i := slices.IndexFunc(b.cfg.Outputs, func(old config.Output) bool { return overlaps(old.Part, out.Part) }); i >= 0 {
		return fmt.Errorf("output %s: what it is on is in use by output %s until a restart", out.Name, b.cfg.Outputs[i].Name)
	}
	return next.openOutput(out)
}

// predecessor is the name of the open output that another one goes on with.
func (b *Board) predecessor(out config.Output) (name string, ok bool) {
	s, ok := out.Part.(Successor)
	if !ok {
		return "", false
	}
	i := slices.IndexFunc(b.cfg.Outputs, func(old config.Output) bool { return b.Outputs[old.Name] != nil && s.Succeeds(old.Part) })
	if i < 0 {
		return "", false
	}
	return b.cfg.Outputs[i].Name, true
}

// Succeed makes b, which old.Change made, the board in the place of the old one, whose loop has ended: a pulse under way
// goes on, and what b does not need is left safe and closed. The old one must not be used any more.
func (b *Board) Succeed(old *Board) error {
	for _, out := range b.cfg.Outputs {
		if name, ok := old.predecessor(out); ok {
			b.Outputs[out.Name] = out.Part.(Successor).TakeOver(old.Outputs[name])
			delete(old.Outputs, name)
		}
	}
	return old.Drop(b)
}

// Drop closes b, but what it shares with another: for a board that Change made, and that does not succeed the other.
func (b *Board) Drop(other *Board) error {
	maps.DeleteFunc(b.Inputs, func(name string, in Input) bool { return other.Inputs[name] == in })
	maps.DeleteFunc(b.chips, func(name string, c *chip) bool { return other.chips[name] == c })
	maps.DeleteFunc(b.Outputs, func(name string, o Output) bool { return other.Outputs[name] == o })
	return b.Close()
}

// shared is a pin that two parts claim, "" where there is none.
func shared(a, b config.Part) string {
	pins := config.Pins(b)
	for _, pin := range config.Pins(a) {
		if slices.Contains(pins, pin) {
			return pin
		}
	}
	return ""
}

// overlaps tells whether two parts are on the same pins or the same place of a bus.
func overlaps(a, b config.Part) bool {
	portA, addressA := config.Place(a)
	portB, addressB := config.Place(b)
	return portA != "" && portA == portB && addressA == addressB || shared(a, b) != ""
}
