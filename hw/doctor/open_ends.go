package doctor

import (
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/edge"
)

// openEnds finds the far ends of the wires of inputs without an echo: their pins follow the pulls of a free pin.
func (b *Bench) openEnds(w *wires) error {
	for _, s := range w.all {
		if want, local := w.want(s); !local || want == "" || s.refusal != nil || s.stuck() != "" || len(w.hears(s)) > 0 {
			continue
		}
		for _, free := range w.all {
			if free.part() != "" || free.refusal != nil || free.stuck() != "" {
				continue
			}
			follows, err := b.follows(s, free)
			if err != nil {
				return err
			}
			if follows {
				if w.ends == nil {
					w.ends = map[*socket]*socket{}
				}
				w.ends[s] = free
				break
			}
		}
	}
	return nil
}

// follows reports whether a pin without a pull follows the pulls of another pin.
func (b *Bench) follows(s, free *socket) (bool, error) {
	still := *s
	still.pull = gpio.Float
	ear, err := b.listen([]*socket{&still})
	if err != nil {
		return false, err
	}
	defer ear.Close()
	l, err := b.kernelLine(free.pin)
	if err != nil {
		return false, err
	}
	defer l.close()
	var changes []change
	var edges []edge.Edge
	for i := range 9 {
		pull := gpio.PullDown
		if i%2 > 0 {
			pull = gpio.PullUp
		}
		c := change{before: ear.Now(), rising: i%2 > 0}
		if err := l.In(pull, gpio.NoEdge); err != nil {
			return false, err
		}
		c.after = ear.Now()
		if err := b.pause(Settle); err != nil {
			return false, err
		}
		new, err := ear.take()
		if err != nil {
			return false, err
		}
		if i > 0 { // from the pull before
			changes, edges = append(changes, c), append(edges, new...)
		}
	}
	e := match(changes, edges, 0, Settle)
	return e.arrived == e.sent && len(edges) <= 2*e.sent, nil
}
