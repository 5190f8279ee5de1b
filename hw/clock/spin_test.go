package clock

import (
	"math/rand/v2"
	"testing"
	"time"
)

// wakeups runs a spinner over late sleeps. It returns the share of sleeps covered by the margin and the share
// of a core spent spinning, both over the second half.
func wakeups(s *spinner, period time.Duration, late func() time.Duration) (covered, share float64) {
	const n = 40_000
	var spun time.Duration
	for i := range n {
		l := late()
		spin := max(0, s.margin-l)
		if i >= n/2 {
			spun += spin
			if l <= s.margin {
				covered++
			}
		}
		s.learn(time.Duration(i)*period, l, spin)
	}
	return covered / (n / 2), float64(spun) / float64(period*n/2)
}

func TestSpinLearnsItsMargin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	around := func(mean, spread time.Duration) func() time.Duration {
		return func() time.Duration {
			if r.IntN(1000) == 0 {
				return time.Millisecond // sometimes the system is busy
			}
			return max(0, mean+time.Duration(r.NormFloat64()*float64(spread)))
		}
	}
	for _, tt := range []struct {
		name         string
		period       time.Duration
		mean, spread time.Duration
		covered      float64 // minimum
	}{
		{"1 ms, quiet kernel", time.Millisecond, 16 * time.Microsecond, 4 * time.Microsecond, 0.8},
		{"1 ms, late sleeps", time.Millisecond, 80 * time.Microsecond, 10 * time.Microsecond, 0.45},
		{"1 ms, widely spread sleeps", time.Millisecond, 100 * time.Microsecond, 100 * time.Microsecond, 0.2},
		{"100 us", 100 * time.Microsecond, 16 * time.Microsecond, 3 * time.Microsecond, 0.8},
	} {
		s := newSpinner(SpinAuto, 4)
		covered, share := wakeups(&s, tt.period, around(tt.mean, tt.spread))
		if most := min(spinShare, float64(spinMost)/float64(tt.period)); covered < tt.covered || share > 1.1*most {
			t.Errorf("%s: got %.0f %% of the sleeps covered for %.2f %% of a core, want at least %.0f %% for at most %.2f %%",
				tt.name, 100*covered, 100*share, 100*tt.covered, 100*most)
		}
	}
}

func TestSpinFollowsTheOption(t *testing.T) {
	for _, tt := range []struct {
		asked time.Duration
		cpus  int
		want  string
	}{
		{SpinAuto, 4, "spin up to 4 us"},
		{SpinAuto, 1, "no spin (one CPU)"},
		{0, 4, "no spin"},
		{30 * time.Microsecond, 1, "spin 30 us"},
	} {
		s := newSpinner(tt.asked, tt.cpus)
		if s.String() != tt.want {
			t.Errorf("%v on %d CPUs: got %q, want %q", tt.asked, tt.cpus, s, tt.want)
		}
		margin := s.margin
		s.learn(time.Second, time.Millisecond, 0)
		if !s.auto && s.margin != margin {
			t.Errorf("%v on %d CPUs: got a margin of %v, want %v as before", tt.asked, tt.cpus, s.margin, margin)
		}
	}
}
