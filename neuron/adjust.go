package neuron

import "fmt"

// adjustment is what a loop is to be from its next tick on.
type adjustment struct {
	neurons []Neuron // by cell
	speed   float64
	whole   uint64 // steps per tick
	rest    uint64
}

// Adjust gives the loop other parameters, by cell and with its own DT, and another speed, all of it from the next tick that
// begins, nothing where it returns an error. The membranes go on from where they are. It may be called from any goroutine,
// while the loop runs or before; where it is called twice within a tick the later one counts. The loop does not wait for it.
func (l *Loop) Adjust(params []Params, speed float64) error {
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
		n, err := New(p)
		if err != nil {
			return fmt.Errorf("neuron %s: %w", l.Cells[i].Name, err)
		}
		a.neurons = append(a.neurons, n)
	}
	l.adjusted.Store(a)
	return nil
}

// adjust takes what was asked for since the tick before.
func (r *run) adjust() {
	if r.adjusted.Load() == nil {
		return
	}
	a := r.adjusted.Swap(nil)
	for i, c := range r.Cells {
		a.neurons[i].Continue(c.Neuron)
		c.Neuron = a.neurons[i]
	}
	r.leaky()
	r.Speed, r.whole, r.rest = a.speed, a.whole, a.rest
	r.at.Adjusted++
}
