package session

import (
	"slices"
	"time"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// network is the neurons and synapses of a configuration, without outputs. To build a large one takes longer than max_lag.
type network struct {
	circuit *circuit.Circuit
	cells   []*neuron.Cell
	net     *neuron.Net // nil: the cells are alone
}

// build returns the network of a configuration. Gains have the inputs of the board.
func build(cfg *config.Config, b *board.Board) (n network, err error) {
	if n.circuit, err = circuit.Of(cfg); err != nil {
		return n, err
	}
	if n.cells, err = n.circuit.Cells(); err != nil {
		return n, err
	}
	n.net = n.circuit.Net(n.cells, inputsOf(b))
	return n, nil
}

// assemble builds a loop from a configuration, its network and its open parts: knob, neuron, pulse. It returns the outputs that show
// spikes before they come, by name.
func assemble(cfg *config.Config, built network, b *board.Board, clock neuron.Clock) (loop *neuron.Loop, oracles map[string]*neuron.Oracle) {
	oracles = map[string]*neuron.Oracle{}
	loop = &neuron.Loop{Clock: clock, Tick: cfg.Loop.Tick, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed, MaxLag: cfg.Loop.MaxLag,
		Cells: built.cells, Net: built.net}
	if b.Edges != nil {
		b.Edges.On(clock.Now)
		feed := neuron.Feed{Events: b.Edges}
		for _, name := range b.Edges.Names {
			feed.To = append(feed.To, built.circuit.Received(name))
		}
		loop.Feeds = append(loop.Feeds, feed)
	}
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
			if o, ok := foretell(loop, out, cell, open); ok {
				oracles[out.Name] = o
				cell.Outputs = append(cell.Outputs, o)
			} else if out.Neuron == n.Name {
				cell.Outputs = append(cell.Outputs, open)
			} else {
				first, _ := built.circuit.Number(n.Name)
				number, _ := built.circuit.Number(out.Neuron)
				member = number - first
				cell.Outputs = append(cell.Outputs, memberOutput{open, cell, int32(member)})
			}
			if show, ok := open.(board.Leveled); ok {
				shows.all = append(shows.all, shown{i, member, show})
			}
			if w, ok := open.(neuron.Writer); ok {
				loop.Writers = append(loop.Writers, w)
			}
		}
	}
	if len(shows.all) > 0 {
		shows.Tick(neuron.Tick{}) // the initial state
		loop.Observers = append(loop.Observers, shows)
	}
	return loop, oracles
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
