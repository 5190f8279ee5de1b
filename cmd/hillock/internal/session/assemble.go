package session

import (
	"fmt"

	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// assemble builds a loop from a configuration and its open parts: knob, neuron, pulse.
func assemble(cfg *config.Config, b *board.Board, clock neuron.Clock) (*neuron.Loop, error) {
	loop := &neuron.Loop{Clock: clock, Tick: cfg.Loop.Tick, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed, MaxLag: cfg.Loop.MaxLag}
	var shows levels
	for _, n := range cfg.Neurons {
		nn, err := neuron.New(n.Params)
		if err != nil {
			return nil, fmt.Errorf("neuron %s: %w", n.Name, err)
		}
		cell := &neuron.Cell{Name: n.Name, Neuron: nn}
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
		loop.Cells = append(loop.Cells, cell)
	}
	if len(shows) > 0 {
		shows.Tick(neuron.Tick{}) // the initial state
		loop.Observers = append(loop.Observers, shows)
	}
	return loop, nil
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
