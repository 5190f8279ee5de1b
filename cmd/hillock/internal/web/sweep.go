package web

import (
	"context"
	"time"
)

// A sweep turns a knob from end to end in equal turns. After each turn it holds the current and measures the firing rate. A
// sweep takes sweepTime, or longer with a slow neuron.
const (
	sweepTime  = 20 * time.Second
	sweepTurns = 50 // one for each bin of currents in trace
)

// holdTime returns how long a sweep holds a current: the slowest neuron settles, and either fires or stays silent.
func holdTime(h Hello) time.Duration {
	ms := float64((sweepTime / sweepTurns).Milliseconds())
	for _, n := range h.Neurons {
		ms = max(ms, (10*n.Memory+2*n.Refractory)/h.Loop.Speed)
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// sweep is a sweep under way.
type sweep struct{ was float64 } // the knob's position before it

// turn turns a knob by hand and so ends its sweep.
func (s *Server) turn(input string, position float64) error {
	s.hands.Lock()
	defer s.hands.Unlock()
	_, err := s.run.Turn(input, position)
	if err == nil {
		delete(s.sweeps, input)
	}
	return err
}

// sweep begins a sweep, instead of one under way, and forgets earlier measured rates.
func (s *Server) sweep(input string) error {
	s.hands.Lock()
	defer s.hands.Unlock()
	was, err := s.run.Turn(input, 0)
	if err != nil {
		return err
	}
	if before := s.sweeps[input]; before != nil {
		was = before.was
	}
	sw := &sweep{was}
	s.sweeps[input] = sw
	s.run.Record().ForgetRates()
	s.Spawn(func(ctx context.Context) {
		for i := 1; i <= sweepTurns+1; i++ {
			select {
			case <-ctx.Done():
				return
			case <-time.After(holdTime(s.now())):
			}
			if !s.sweepTo(input, sw, i) {
				return
			}
		}
	})
	return nil
}

// sweepTo makes turn i of a sweep; the last one turns the knob back. It returns false at the end. A knob found elsewhere was turned
// on the terminal: the sweep ends and leaves it there.
func (s *Server) sweepTo(input string, sw *sweep, i int) bool {
	s.hands.Lock()
	defer s.hands.Unlock()
	if s.sweeps[input] != sw {
		return false
	}
	to := float64(i) / sweepTurns
	if i > sweepTurns {
		to = sw.was
	}
	was, err := s.run.Turn(input, to)
	if left := float64(i-1) / sweepTurns; err == nil && was != left {
		_, err = s.run.Turn(input, was)
		i = sweepTurns + 1
	}
	if err != nil || i > sweepTurns {
		delete(s.sweeps, input)
		return false
	}
	return true
}
