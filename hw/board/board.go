// Package board puts the parts of a configuration on the desk: it opens its inputs and outputs on a Pi, the real one or a
// virtual one, and closes them so that everything is left safe.
//
// It never turns the loop: that calls Knob.Current, and Close comes when it has ended.
package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hillock/config"
	"hillock/hw/pulse"
)

// Board is the open parts of a configuration, by the names of their tables.
type Board struct {
	Inputs map[string]Input
	Pulses map[string]*pulse.Pin
	Shows  map[string]Show // the outputs that are no pulses

	cfg   *config.Config
	pi    Pi
	shows map[string]show
	chips map[string]*chip         // by port
	turns map[string]chan struct{} // by the name of a part that slow inputs share
	rest  func() error             // once
}

func newBoard(cfg *config.Config, pi Pi, turns map[string]chan struct{}) *Board {
	b := &Board{cfg: cfg, pi: pi, Inputs: map[string]Input{}, Pulses: map[string]*pulse.Pin{}, Shows: map[string]Show{},
		shows: map[string]show{}, chips: map[string]*chip{}, turns: turns}
	b.rest = sync.OnceValue(b.halt)
	return b
}

// Input is an open input: a Knob, a Slow one, or Played.
type Input interface {
	// Current is the current in nA for the tick that was due at now.
	Current(now time.Duration) float64
	// Reading is what it says now; from any goroutine.
	Reading() Reading
}

// Range is the least and the most current that an input gives, nA.
func (b *Board) Range(in config.Input) (low, high float64) {
	if p, ok := b.Inputs[in.Name].(*Played); ok {
		return p.Range()
	}
	return min(in.Low, in.High), max(in.Low, in.High)
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
	if out.Driver == "pulse" {
		p, err := openPin(out, b.pi)
		if err == nil {
			b.Pulses[out.Name] = p
		}
		return err
	}
	s, err := openShow(out, b.cfg, b.pi)
	if err == nil {
		b.keep(s)
	}
	return err
}

func (b *Board) keep(s show) { b.shows[s.out.Name], b.Shows[s.out.Name] = s, s.Show }

// openInputs opens the inputs, and takes from an older board, if there is one, those that it has just so. Knobs on chips are
// taken all together or not at all, for they share them.
func (b *Board) openInputs(older *Board) error {
	same := older != nil && slices.Equal(onChips(b.cfg), onChips(older.cfg))
	for _, in := range b.cfg.Inputs {
		if older != nil && slices.Contains(older.cfg.Inputs, in) && (same || !isOnChip(in)) && (!isPlayed(in) || older.cfg.Loop.Speed == b.cfg.Loop.Speed) {
			b.Inputs[in.Name] = older.Inputs[in.Name]
			continue
		}
		var err error
		switch in.Driver {
		case "rc", "ads1115":
			b.Inputs[in.Name], err = newSlow(in, b.pi, b.turn(slowName(in)))
		case "wave", "file":
			b.Inputs[in.Name], err = newPlayed(in, b.cfg)
		default:
			b.Inputs[in.Name], err = b.openKnob(in)
		}
		if err != nil {
			delete(b.Inputs, in.Name)
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
	}
	if same {
		maps.Copy(b.chips, older.chips)
	}
	return nil
}

func (b *Board) openKnob(in config.Input) (Input, error) {
	c := b.chips[in.Port]
	if c == nil {
		c = &chip{in: in, pi: b.pi, taken: make(chan struct{}, 1)}
		if err := c.open(); err != nil {
			return nil, err
		}
		b.chips[in.Port] = c
	}
	k := &Knob{gauge: newGauge(in, c.name()), chip: c}
	c.knobs = append(c.knobs, k)
	return k, k.connect()
}

// turn is what those who ask a part take turns by.
func (b *Board) turn(part string) chan struct{} {
	if b.turns[part] == nil {
		b.turns[part] = make(chan struct{}, 1)
	}
	return b.turns[part]
}

// isOnChip tells whether the loop reads an input itself, from a chip.
func isOnChip(in config.Input) bool { return strings.HasPrefix(in.Driver, "mcp") }

// isPlayed tells whether an input lives in the model's time.
func isPlayed(in config.Input) bool { return in.Driver == "wave" || in.Driver == "file" }

// onChips are the inputs that the loop reads itself.
func onChips(cfg *config.Config) []config.Input {
	return slices.DeleteFunc(slices.Clone(cfg.Inputs), func(in config.Input) bool { return !isOnChip(in) })
}

// Change opens what another configuration wants beside the open parts, all of it or nothing, while the loop goes on with
// these. What it returns is complete when it has succeeded b.
func (b *Board) Change(cfg *config.Config) (*Board, error) {
	next := newBoard(cfg, b.pi, b.turns)
	for _, out := range cfg.Outputs {
		if out.Driver == "pulse" && b.on(out.Pin) != nil { // two requests for a line would be one too many
			continue
		}
		if s, ok := b.shows[out.Name]; ok && s.out == out && sameScale(cfg, b.cfg, out.Neuron) {
			next.keep(s)
			continue
		}
		if i := slices.IndexFunc(b.cfg.Outputs, func(old config.Output) bool { return overlaps(old, out) }); i >= 0 {
			return nil, errors.Join(fmt.Errorf("output %s: what it is on is in use by output %s until a restart", out.Name, b.cfg.Outputs[i].Name), next.Drop(b))
		}
		if err := next.openOutput(out); err != nil {
			return nil, errors.Join(err, next.Drop(b))
		}
	}
	for _, in := range cfg.Inputs {
		i := slices.IndexFunc(b.cfg.Inputs, func(old config.Input) bool { return old.Driver == "rc" && old.Pin == in.Pin })
		if in.Driver == "rc" && i >= 0 && b.cfg.Inputs[i] != in {
			return nil, errors.Join(fmt.Errorf("input %s: %s measures already: other parts there need a restart", in.Name, in.Pin), next.Drop(b))
		}
	}
	if err := next.openInputs(b); err != nil {
		return nil, errors.Join(err, next.Drop(b))
	}
	return next, nil
}

// Succeed makes b, which old.Change made, the board in the place of the old one, whose loop has ended: a pulse under way
// goes on, and what b does not need is left safe and closed. The old one must not be used any more.
func (b *Board) Succeed(old *Board) error {
	for _, out := range b.cfg.Outputs {
		if p := old.on(out.Pin); out.Driver == "pulse" && p != nil {
			b.Pulses[out.Name] = p.Continue(pulseOpts(out))
			delete(old.Pulses, old.named(out.Pin))
		}
	}
	return old.Drop(b)
}

// Drop closes b, but what it shares with another: for a board that Change made, and that does not succeed the other.
func (b *Board) Drop(other *Board) error {
	maps.DeleteFunc(b.Inputs, func(name string, in Input) bool { return other.Inputs[name] == in })
	maps.DeleteFunc(b.chips, func(port string, c *chip) bool { return other.chips[port] == c })
	maps.DeleteFunc(b.shows, func(name string, s show) bool { return other.Shows[name] == s.Show })
	return b.Close()
}

// sameScale tells whether a neuron is shown alike in two configurations.
func sameScale(a, b *config.Config, name string) bool {
	find := func(c *config.Config) config.Neuron {
		return c.Neurons[slices.IndexFunc(c.Neurons, func(n config.Neuron) bool { return n.Name == name })]
	}
	if !slices.ContainsFunc(b.Neurons, func(n config.Neuron) bool { return n.Name == name }) {
		return false
	}
	return find(a).Levels() == find(b).Levels() && a.Loop.DT == b.Loop.DT && a.Loop.Speed == b.Loop.Speed
}

// on is the open output on a pin, nil when there is none.
func (b *Board) on(pin string) *pulse.Pin { return b.Pulses[b.named(pin)] }

// named is the name of the output on a pin.
func (b *Board) named(pin string) string {
	for _, out := range b.cfg.Outputs {
		if out.Pin == pin {
			return out.Name
		}
	}
	return ""
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
	clear(b.Pulses)
	clear(b.shows)
	clear(b.chips)
	return errors.Join(errs...)
}
