package neuron

import "time"

// readAndStep reads the inputs, calls Tick of the outputs, runs the due steps, and calls the observers. It returns the time after
// the steps.
func (r *run) readAndStep() (time.Duration, error) {
	for r.next < len(r.inputs) {
		i := r.next
		current, err := r.read(i, r.at.Deadline)
		if err != nil {
			return 0, err
		}
		r.currents[i] = current
		r.next++
	}
	r.at.Read, r.at.Write = r.Clock.Now()-r.at.Began, 0
	for i, c := range r.Cells {
		c.Current = 0
		for _, t := range r.terms[i] {
			c.Current += r.currents[t]
		}
		r.drives[i] = c.Drive(c.Current)
		for _, o := range c.Outputs {
			o.Tick(r.at.Deadline)
		}
	}
	due := int(r.whole)
	if r.acc += r.rest; r.acc >= r.den {
		r.acc -= r.den
		due++
	}
	r.receive()
	r.place(due)
	for _, g := range r.gains {
		g.gain = g.Gain.Factor(r.currents[g.input])
	}
	switch all := len(r.lifs) == len(r.Cells); {
	case r.net != nil:
		for range due {
			r.stepNet()
		}
	case all && len(r.Cells) == 1 && len(r.observers) == 0:
		r.advance(r.Cells[0], r.lifs[0], r.drives[0], due)
	case all:
		for range due {
			r.step()
		}
	default:
		for range due {
			r.stepAny()
		}
	}
	ended := r.Clock.Now()
	r.at.Ran = ended - r.at.Began
	for _, o := range r.Observers {
		o.Tick(r.at)
	}
	return ended, nil
}

// advance is step for a single leaky integrate-and-fire neuron without step observers.
func (r *run) advance(c *Cell, n *lifNeuron, drive float64, due int) {
	for due > 0 {
		taken, spiked := n.Advance(drive, due)
		due -= taken
		r.at.Steps += int64(taken)
		if spiked {
			r.spike(c)
		}
	}
}

// step takes one step of all cells. All their neurons are leaky integrate-and-fire neurons.
func (r *run) step() {
	r.at.Steps++
	for i, c := range r.Cells {
		n, spiked := r.lifs[i], false
		if n.xi == nil { // Step would be a call; quiet is inlined, and an observed tick is a fifth faster
			spiked = n.quiet(r.drives[i])
		} else {
			spiked = n.noisy(r.drives[i])
		}
		if spiked {
			r.spike(c)
		}
		for _, o := range r.observers {
			o.Step(Sample{c, r.at.Steps, c.Current, r.lifs[i].v, spiked})
		}
	}
}

// stepAny is step for cells with neurons of any model.
func (r *run) stepAny() {
	r.at.Steps++
	for i, c := range r.Cells {
		spiked := false
		if n, ok := c.Neuron.(*lifNeuron); ok {
			spiked = n.Step(r.drives[i])
		} else {
			spiked = c.Step(r.drives[i])
			c.W, _ = AdaptationCurrent(c.Neuron)
		}
		if spiked {
			r.spike(c)
		}
		for _, o := range r.observers {
			o.Step(Sample{c, r.at.Steps, c.Current, c.V(), spiked})
		}
	}
}

// stepNet takes one step of the network.
func (r *run) stepNet() {
	r.at.Steps++
	for i, c := range r.Cells {
		r.drives[i] = c.Current
	}
	r.net.Step(r.drives)
	for i, c := range r.Cells {
		c.Fired, c.Synaptic, c.W = r.net.Spiked(i), r.net.Synaptic(i, 0), r.net.groups[i].W(0)
		if len(c.Fired) > 0 {
			r.spike(c)
			c.Spikes += int64(len(c.Fired) - 1)
		}
		for _, o := range r.observers {
			o.Step(Sample{c, r.at.Steps, c.Current, c.V(), len(c.Fired) > 0 && c.Fired[0] == 0})
		}
	}
}

// leaky collects the leaky integrate-and-fire neurons: their steps need no call through an interface.
func (r *run) leaky() {
	r.lifs = r.lifs[:0]
	for _, c := range r.Cells {
		if n, ok := c.Neuron.(*lifNeuron); ok {
			r.lifs = append(r.lifs, n)
		}
	}
}

func (r *run) spike(c *Cell) {
	c.Spikes++
	if c.First == 0 {
		c.First = r.at.Steps
	}
	c.Last = r.at.Steps
	if len(c.Outputs) == 0 {
		return
	}
	crossed := r.Clock.Now()
	for _, o := range c.Outputs {
		o.Spike(r.at.Steps, r.at.Deadline)
	}
	r.at.Write = max(r.at.Write, r.Clock.Now()-crossed)
}
