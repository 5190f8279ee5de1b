package board

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hillock/config"
)

func TestSmoothIsTheMeanOfMedians(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct{ median, average int }{{1, 1}, {3, 1}, {1, 4}, {5, 10}, {31, 1000}} {
		s := newSmooth(tt.median, tt.average)
		var raws, mids []int32
		for i := range 3000 {
			raw := r.Int32N(1024)
			raws = append(raws, raw)
			latest := slices.Clone(raws[max(0, len(raws)-tt.median):])
			slices.Sort(latest)
			mids = append(mids, latest[len(latest)/2])
			sum := 0.0
			window := mids[max(0, len(mids)-tt.average):]
			for _, m := range window {
				sum += float64(m)
			}
			if got, want := s.add(raw), sum/float64(len(window)); got != want {
				t.Fatalf("median %d, average %d: got %v for reading %d, want %v", tt.median, tt.average, got, i, want)
			}
			if i == 2000 {
				s.forget()
				raws, mids = nil, nil
			}
		}
	}
}

func TestSmoothDoesNotAllocate(t *testing.T) {
	s := newSmooth(31, 1000)
	if n := testing.AllocsPerRun(3000, func() { s.add(7) }); n != 0 {
		t.Errorf("got %g allocations a reading, want 0", n)
	}
}

func TestPositionBetweenTheEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ends     [2]int
		dead     int
		code     float64
		position float64
	}{
		{[2]int{0, 1023}, 0, 0, 0}, {[2]int{0, 1023}, 0, 409, 409. / 1023}, {[2]int{0, 1023}, 0, 1023, 1},
		{[2]int{10, 1010}, 0, 3, 0}, {[2]int{10, 1010}, 0, 10, 0}, {[2]int{10, 1010}, 0, 510, 0.5}, {[2]int{10, 1010}, 0, 1023, 1},
		{[2]int{10, 1010}, 5, 15, 0}, {[2]int{10, 1010}, 5, 16, 1. / 990}, {[2]int{10, 1010}, 5, 1005, 1},
	} {
		k := &gauge{knob: config.Knob{Ends: tt.ends, DeadZone: tt.dead}}
		if got := k.position(tt.code); got != tt.position {
			t.Errorf("ends %v, dead zone %d, code %g: got %v, want %v", tt.ends, tt.dead, tt.code, got, tt.position)
		}
	}
}

// BenchmarkSmooth measures the largest median and mean, per tick.
func BenchmarkSmooth(b *testing.B) {
	s := newSmooth(config.MaxMedian, config.MaxAverage)
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		s.add(r.Int32N(1024))
	}
}

// rooted is a part with a curve: the square root of the raw value.
type rooted struct{ Turned }

func (rooted) Calibration() config.Knob {
	return config.Knob{Ends: [2]int{0, 100}, Median: 1, Average: 1}
}

func (rooted) String() string { return "rooted" }

func (rooted) Position(raw float64) float64 { return math.Sqrt(raw) / 10 }

func TestPositionFollowsTheCurveOfThePart(t *testing.T) {
	t.Parallel()
	k := newGauge(rooted{})
	for code, want := range map[float64]float64{0: 0, 25: 0.5, 49: 0.7, 100: 1} {
		if got := k.position(code); got != want {
			t.Errorf("code %g: got position %g, want %g", code, got, want)
		}
	}
}
