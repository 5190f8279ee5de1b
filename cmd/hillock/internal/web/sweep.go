package web

import (
	"context"
	"time"
)

// A sweep turns a knob from one end to the other in equal turns, and holds the current after each of them, so that the firing
// rate is measured there. It takes sweepTime, or longer where a neuron is slow.
const (
	sweepTime  = 20 * time.Second
	sweepTurns = 50 // as many as trace has bins of currents
)

// holdTime is how long a sweep holds a current: long enough for the slowest neuron to settle and to fire, or to be silent.
func holdTime(h Hello) time.Duration {
	ms := float64((sweepTime / sweepTurns).Milliseconds())
	for _, n := range h.Neurons {
		ms = max(ms, (10*n.Memory+2*n.Refractory)/h.Loop.Speed)
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// sweep is one under way.
type sweep struct{ was float64 } // where the knob goes back to

// turn turns a knob by hand, which ends a sweep of it.
func (s *Server) turn(input string, position float64) error {
	s.hands.Lock()
	defer s.hands.Unlock()
	_, err := s.run.Turn(input, position)
	if err == nil {
		delete(s.sweeps, input)
	}
	return err
}

// sweep begins one, in the place of another that is under way. It measures anew.
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
	s.spawn(func(ctx context.Context) {
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

// sweepTo is a turn of a sweep, the last one back; false ends it. A knob that is not where the sweep left it was turned on the
// terminal: there it stays.
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
