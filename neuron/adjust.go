package neuron

import "fmt"

// adjustment holds the parameters and the speed from the next tick on.
type adjustment struct {
	neurons []Neuron // by cell
	net     *Net     // nil without a network
	speed   float64
	whole   uint64 // steps per tick
	rest    uint64
}

// Adjust changes the parameters of all cells, in their order, the synapses of the network, and the speed. Each DT must be that of
// the loop. The change comes at the start of the next tick; membranes and synapses keep their state: see Net.Continue. After an
// error nothing changes. Any goroutine may call Adjust, before or during a run, and the loop never waits for it. Of two calls
// within a tick the later one counts.
func (l *Loop) Adjust(params []Params, synapses []Synapse, speed float64) error {
	if len(params) != len(l.Cells) {
		return fmt.Errorf("adjust: must have the parameters of %d cells, got %d", len(l.Cells), len(params))
	}
	a := &adjustment{speed: speed}
	var err error
	if a.whole, a.rest, _, err = (&Loop{Tick: l.Tick, DT: l.DT, Speed: speed}).stepsPerTick(); err != nil {
		return err
	}
	for i, p := range params {
		if err := l.fits(l.Cells[i], p); err != nil {
			return err
		}
		n, err := NewGroup(p, max(1, l.Cells[i].Count))
		if err != nil {
			return fmt.Errorf("neuron %s: %w", l.Cells[i].Name, err)
		}
		a.neurons = append(a.neurons, n)
	}
	if l.Net != nil {
		a.net = l.Net.with(a.neurons, synapses)
	}
	l.adjusted.Store(a)
	return nil
}

// adjust applies the latest adjustment, if there is a new one.
func (r *run) adjust() {
	if r.adjusted.Load() == nil {
		return
	}
	a := r.adjusted.Swap(nil)
	for i, c := range r.Cells {
		n := a.neurons[i]
		if a.net != nil {
			n = &single{Group: a.net.groups[i].Group}
		}
		n.Continue(c.Neuron)
		c.Neuron = n
	}
	if a.net != nil {
		a.net.Continue(r.net)
		r.connect(a.net)
	}
	r.leaky()
	r.Speed, r.whole, r.rest = a.speed, a.whole, a.rest
	r.at.Adjusted++
}
