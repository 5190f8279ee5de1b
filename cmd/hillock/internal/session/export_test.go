package session

import (
	"time"

	"hillock/config"
	"hillock/neuron"
)

// Live is live.
var Live = live

// TicksOf is how many ticks a loop has of the duration of a run that began 10 s after the clock did.
func TicksOf(duration time.Duration, l *neuron.Loop) int64 {
	return ticks(duration, 10*time.Second, l)
}

// SetMarks makes the first neuron one that has spiked so often.
func (s *Session) SetMarks(n int64) { s.leg.monitor.own.cells[0].marks = n }

// SetQuiet is how long the loop may make no tick.
func (s *Session) SetQuiet(d time.Duration) { s.o.Quiet = d }

// Follow changes to a configuration while the loop stands still.
func (s *Session) Follow(cfg *config.Config) error {
	next, err := s.change(cfg)
	if err != nil {
		return err
	}
	return s.follow(next, s.leg)
}
