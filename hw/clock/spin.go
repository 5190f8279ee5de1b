package clock

import (
	"fmt"
	"time"
)

// spinner is the margin before a deadline at which a sleep ends, so that the rest of the way is spun on the clock. It
// learns the margin from how late the sleeps end, and spends no more than a part of a core on it.
type spinner struct {
	margin time.Duration
	auto   bool
	why    string // why auto is off

	lateness time.Duration // that the margin should cover: a high quantile of how late sleeps end
	spun     time.Duration // per deadline, over the last hundred or so
	period   time.Duration // between deadlines, likewise
	last     time.Duration // the deadline before
}

// What auto may spend, on average: this part of a core, and no more than so much per deadline, for which most sleeps
// end in time where they spread over some 10 us; and the part of the sleeps that it lets end late.
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

// learn takes how late a sleep ended that was to end a margin before the deadline t, and how long it then spun.
func (s *spinner) learn(t, late, spun time.Duration) {
	if !s.auto {
		return
	}
	period := t - s.last
	s.last = t
	if s.period == 0 {
		s.period = period
	}
	// The quantile by steps (Robbins and Monro, 1951): as often as spinLate up, the rest down.
	const step = 500 // ns
	if late > s.lateness {
		s.lateness += step * (1 - spinLate) * time.Nanosecond
	} else {
		s.lateness = max(0, s.lateness-step*spinLate*time.Nanosecond)
	}
	s.spun += (spun - s.spun) / 128
	s.period += (period - s.period) / 128
	// Up while less is spent than may be, down while more, and no further than covers the lateness.
	s.margin += (min(spinMost, time.Duration(spinShare*float64(s.period))) - s.spun) / 64
	s.margin = min(max(0, s.margin), s.lateness)
}

func (s spinner) String() string {
	switch {
	case s.auto:
		return fmt.Sprintf("spin up to %d us", spinMost.Microseconds())
	case s.margin > 0:
		return fmt.Sprintf("spin %v", s.margin)
	}
	return "no spin" + s.why
}
