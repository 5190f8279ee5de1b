package clock

import (
	"fmt"
	"time"
)

// spinner holds the margin before a deadline: a sleep ends that early, and the clock spins for the rest. It learns the
// margin from the lateness of the sleeps, and limits the time of the spins.
type spinner struct {
	margin time.Duration
	auto   bool
	why    string // reason without auto

	lateness time.Duration // high quantile of the lateness of sleeps, for the margin to cover
	spun     time.Duration // per deadline, mean of the last hundred or so
	period   time.Duration // between deadlines, mean likewise
	last     time.Duration // previous deadline
}

// Limits of SpinAuto, on average: a share of a core, and a time per deadline. Within 4 us most sleeps end in time if
// they spread over some 10 us. spinLate is the share of sleeps that end late.
const (
	spinShare = 0.05
	spinMost  = 4 * time.Microsecond
	spinLate  = 0.02
)

func newSpinner(asked time.Duration, cpus int) spinner {
	switch {
	case asked != SpinAuto:
		return spinner{margin: asked}
	case cpus < 2:
		return spinner{why: " (one CPU)"}
	}
	const first = 20 * time.Microsecond
	return spinner{auto: true, lateness: first, margin: first}
}

// learn updates the margin. The sleep before the deadline t ended late, and the clock then spun.
func (s *spinner) learn(t, late, spun time.Duration) {
	if !s.auto {
		return
	}
	period := t - s.last
	s.last = t
	if s.period == 0 {
		s.period = period
	}
	// Quantile by steps (Robbins and Monro, 1951): up with a probability of spinLate, else down.
	const step = 500 // ns
	if late > s.lateness {
		s.lateness += step * (1 - spinLate) * time.Nanosecond
	} else {
		s.lateness = max(0, s.lateness-step*spinLate*time.Nanosecond)
	}
	s.spun += (spun - s.spun) / 128
	s.period += (period - s.period) / 128
	// The margin grows while the spins cost less than the limit, and never exceeds the lateness.
	s.margin += (min(spinMost, time.Duration(spinShare*float64(s.period))) - s.spun) / 64
	s.margin = min(max(0, s.margin), s.lateness)
}

func (s spinner) String() string {
	switch {
	case s.auto:
		return fmt.Sprintf("spin up to %d us", spinMost.Microseconds())
	case s.margin > 0:
		return fmt.Sprintf("spin %g us", float64(s.margin)/float64(time.Microsecond))
	}
	return "no spin" + s.why
}
