package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hillock/config"
)

// Change opens the additional parts of another configuration, all of them or none, while the loop continues with b. The
// returned board is complete after Succeed.
func (b *Board) Change(cfg *config.Config) (*Board, error) {
	next := newBoard(cfg, b.pi, b.turns)
	for _, out := range cfg.Outputs {
		if err := b.changeOutput(next, out); err != nil {
			return nil, errors.Join(err, next.Drop(b))
		}
	}
	for _, in := range cfg.Inputs {
		i := slices.IndexFunc(b.cfg.Inputs, func(old config.Input) bool { return shared(old.Part, in.Part) != "" })
		if i >= 0 && b.cfg.Inputs[i] != in && !(isOnEdge(b.cfg.Inputs[i]) && isOnEdge(in)) {
			err := fmt.Errorf("input %s: %s is in use: restart hillock to change its part", in.Name, shared(b.cfg.Inputs[i].Part, in.Part))
			return nil, errors.Join(err, next.Drop(b))
		}
	}
	if err := next.openInputs(b); err != nil {
		return nil, errors.Join(err, next.Drop(b))
	}
	if err := next.openEdges(b); err != nil {
		return nil, errors.Join(err, next.Drop(b))
	}
	return next, nil
}

// changeOutput opens an output of the next board, or keeps an unchanged one. It leaves an output with a predecessor to
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
		return fmt.Errorf("output %s: its pins or bus are in use by output %s: restart hillock to change them", out.Name, b.cfg.Outputs[i].Name)
	}
	return next.openOutput(out)
}

// predecessor returns the name of the open output that out can take over.
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

// Succeed puts b in the place of old, after old.Change has made b and the loop has ended. A pulse under way continues.
// Succeed closes the parts that b does not need, in a safe state. The old board must not be used any more.
func (b *Board) Succeed(old *Board) error {
	for _, out := range b.cfg.Outputs {
		if name, ok := old.predecessor(out); ok {
			b.Outputs[out.Name] = out.Part.(Successor).TakeOver(old.Outputs[name])
			delete(old.Outputs, name)
		}
	}
	err := b.succeedEdges(old)
	return errors.Join(err, old.Drop(b))
}

// Drop closes b, except for the parts that it shares with other. It is for a board made by Change that never succeeds.
func (b *Board) Drop(other *Board) error {
	maps.DeleteFunc(b.Inputs, func(name string, in Input) bool { return other.Inputs[name] == in })
	maps.DeleteFunc(b.chips, func(name string, c *chip) bool { return other.chips[name] == c })
	maps.DeleteFunc(b.Outputs, func(name string, o Output) bool { return other.Outputs[name] == o })
	if b.Edges != nil && other.Edges != nil && b.Edges.Inputs == other.Edges.Inputs {
		b.Edges = nil
	}
	return b.Close()
}

// shared returns a pin in the claims of both parts, "" if there is none.
func shared(a, b config.Part) string {
	pins := config.Pins(b)
	for _, pin := range config.Pins(a) {
		if slices.Contains(pins, pin) {
			return pin
		}
	}
	return ""
}

// overlaps reports whether two parts use the same pin, or the same place on a bus without different channels there.
func overlaps(a, b config.Part) bool {
	for _, x := range a.Claims() {
		for _, y := range b.Claims() {
			channels := x.Shared && y.Shared && x.Channel.Value != y.Channel.Value
			if x.Port != "" && x.Port == y.Port && x.Address == y.Address && !channels {
				return true
			}
		}
	}
	return shared(a, b) != ""
}
