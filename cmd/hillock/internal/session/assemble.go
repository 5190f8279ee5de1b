package session

import (
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
	var shows levels
	for i, n := range cfg.Neurons {
		cell := loop.Cells[i]
		for _, in := range n.Inputs {
			cell.Inputs = append(cell.Inputs, b.Inputs[in])
		}
		for _, out := range cfg.Outputs {
			if out.Neuron != n.Name {
				continue
			}
			cell.Outputs = append(cell.Outputs, b.Outputs[out.Name])
			if show, ok := b.Outputs[out.Name].(board.Leveled); ok {
				shows = append(shows, shown{cell, show})
			}
		}
	}
	if len(shows) > 0 {
		shows.Tick(neuron.Tick{}) // the initial state
		loop.Observers = append(loop.Observers, shows)
	}
	return loop, c, nil
}

// inputsOf returns the inputs of a board by name.
func inputsOf(b *board.Board) func(name string) neuron.Input {
	return func(name string) neuron.Input { return b.Inputs[name] }
}

// levels is an observer: it passes the membrane potential to outputs such as bars.
type levels []shown

type shown struct {
	cell *neuron.Cell
	show board.Leveled
}

// Tick implements neuron.Observer.
func (l levels) Tick(neuron.Tick) {
	for _, s := range l {
		s.show.Level(s.cell.V())
	}
}
