package session

import (
	"time"

	"hillock/config"
	"hillock/neuron"
)

// Live exports live.
var Live = live

// TicksOf returns the ticks of a loop in a run of that duration, begun at 10 s of its clock.
func TicksOf(duration time.Duration, l *neuron.Loop) int64 {
	return ticks(duration, 10*time.Second, l)
}

// SetMarks sets the spike count of the first neuron.
func (s *Session) SetMarks(n int64) { s.leg.monitor.own.cells[0].marks = n }

// SetQuiet sets Options.Quiet.
func (s *Session) SetQuiet(d time.Duration) { s.o.Quiet = d }

// Follow changes to a configuration while the loop stands still.
func (s *Session) Follow(cfg *config.Config) error {
	next, err := s.change(cfg)
	if err != nil {
		return err
	}
	return s.follow(next, s.leg)
}
