package session

import (
	"fmt"

	"hillock/cmd/hillock/internal/class"
	"hillock/config"
	"hillock/neuron"
)

// join returns the board of a configuration in its class, or nil without one. A reload keeps the board while its place in the class
// stays. A new board waits until the old one has left: both may have the same name.
func (s *Session) join(cfg *config.Config, after *leg) (*class.Board, error) {
	if s.o.Class == nil || cfg.Net.Broker == "" {
		return nil, nil
	}
	o := *s.o.Class
	o.Clock, o.Where = s.clock, s.hw.Where
	if after != nil {
		was, is := after.cfg.Net, cfg.Net
		was.Batch, was.Link = is.Batch, is.Link
		if after.class != nil && was == is {
			return after.class, nil
		}
		o.After = after.class
	}
	return class.Join(cfg, o)
}

// connect connects the loop of a leg to its class.
func (s *Session) connect(l *leg) {
	if l.class == nil {
		return
	}
	l.class.Begin(l.cfg, &l.loop.Speed, s.figures)
	feed := neuron.Feed{Events: l.class}
	for _, name := range l.class.Inputs() {
		feed.To = append(feed.To, l.circuit.Received(name))
	}
	if len(feed.To) > 0 {
		l.loop.Feeds = append(l.loop.Feeds, feed)
	}
	for _, c := range l.loop.Cells {
		c.Outputs = append(c.Outputs, l.class.Output(c))
	}
	l.loop.Observers = append(l.loop.Observers, l.class)
}

// leaveClass ends the place of an old leg in its class. Close waits for its connection.
func (s *Session) leaveClass(old, next *leg) {
	if old.class != nil && old.class != next.class {
		old.class.Leave()
		s.left = append(s.left, old.class)
	}
}

// figures returns the figures of the run for its class.
func (s *Session) figures() class.Figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leg
	l.monitor.read(&s.now)
	late := l.monitor.times.read()
	f := class.Figures{LatenessP99Us: late.Late.P99, LateTicks: late.LateTicks}
	for i, n := range l.cfg.Neurons {
		c := &s.now.cells[i]
		f.Neurons = append(f.Neurons, class.NeuronRate{Name: n.Name, RateHz: c.rate(s.now.tick.Steps, l.cfg.Loop.DT), Spikes: c.spikes})
	}
	for _, in := range l.cfg.Inputs {
		if _, ok := in.Part.(config.Remote); ok {
			f.LateSpikes += l.circuit.Received(in.Name).Late()
		}
	}
	return f
}

// net returns the state of the board in its class, or nil.
func (l *leg) net() *class.Status {
	if l.class == nil {
		return nil
	}
	is := l.class.Status()
	for _, in := range l.cfg.Inputs {
		part, ok := in.Part.(config.Remote)
		if !ok {
			continue
		}
		for i := range is.Boards {
			if r := l.circuit.Received(in.Name); is.Boards[i].Name == part.Board {
				is.Boards[i].Late += r.Late()
				is.Boards[i].Dropped += r.Dropped()
			}
		}
	}
	return &is
}

// fitsClass returns an error for a speed that spikes of other boards do not allow.
func fitsClass(cfg *config.Config) error {
	for _, in := range cfg.Inputs {
		if part, ok := in.Part.(config.Remote); ok && cfg.Loop.Speed != 1 {
			return fmt.Errorf("speed: must be 1 with spikes of the board %s", part.Board)
		}
	}
	return nil
}
