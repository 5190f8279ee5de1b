package session

import (
	"slices"
	"time"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// assemble builds a loop from a configuration and its open parts: knob, neuron, pulse.
func assemble(cfg *config.Config, b *board.Board, clock neuron.Clock) (*neuron.Loop, *circuit.Circuit, error) {
	loop := &neuron.Loop{Clock: clock, Tick: cfg.Loop.Tick, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed, MaxLag: cfg.Loop.MaxLag}
	c, err := circuit.Of(cfg)
	if err != nil {
		return nil, nil, err
	}
	if loop.Cells, err = c.Cells(); err != nil {
		return nil, nil, err
	}
	loop.Net = c.Net(loop.Cells, inputsOf(b))
	shows := &levels{loop: loop}
	for i, n := range cfg.Neurons {
		cell := loop.Cells[i]
		for _, in := range n.Inputs {
			cell.Inputs = append(cell.Inputs, b.Inputs[in])
		}
		for _, out := range cfg.Outputs {
			if config.TableOf(out.Neuron) != n.Name {
				continue
			}
			open, member := b.Outputs[out.Name], 0
			if out.Neuron == n.Name {
				cell.Outputs = append(cell.Outputs, open)
			} else {
				first, _ := c.Number(n.Name)
				number, _ := c.Number(out.Neuron)
				member = number - first
				cell.Outputs = append(cell.Outputs, memberOutput{open, cell, int32(member)})
			}
			if show, ok := open.(board.Leveled); ok {
				shows.all = append(shows.all, shown{i, member, show})
			}
		}
	}
	if len(shows.all) > 0 {
		shows.Tick(neuron.Tick{}) // the initial state
		loop.Observers = append(loop.Observers, shows)
	}
	return loop, c, nil
}

// inputsOf returns the inputs of a board by name.
func inputsOf(b *board.Board) func(name string) neuron.Input {
	return func(name string) neuron.Input { return b.Inputs[name] }
}

// memberOutput is the output of one neuron of a population.
type memberOutput struct {
	neuron.Output
	cell   *neuron.Cell
	member int32
}

// Spike implements neuron.Output.
func (m memberOutput) Spike(step int64, now time.Duration) {
	if _, spiked := slices.BinarySearch(m.cell.Fired, m.member); spiked {
		m.Output.Spike(step, now)
	}
}

// levels is an observer: it passes the membrane potential to outputs such as bars.
type levels struct {
	loop *neuron.Loop
	all  []shown
}

// shown is an output with its neuron: the first one of a population, unless the output names another.
type shown struct {
	cell, member int
	show         board.Leveled
}

// Tick implements neuron.Observer.
func (l *levels) Tick(neuron.Tick) {
	for _, s := range l.all {
		if s.member > 0 {
			s.show.Level(l.loop.Network().V(s.cell, s.member))
		} else {
			s.show.Level(l.loop.Cells[s.cell].V())
		}
	}
}
