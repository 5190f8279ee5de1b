package session

import (
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestTimesCountWhileRead(t *testing.T) {
	t.Parallel()
	tm := newTimes(50*time.Microsecond + 500)
	for i := range 10_000 {
		d := time.Duration(i%100+1) * time.Microsecond
		tm.record(neuron.Tick{Deadline: time.Second, Began: time.Second + d, Read: 2 * d, Ran: 3 * d, Write: time.Duration(i%2) * d})
		if i%37 == 0 {
			tm.read()
		}
	}
	r := tm.end()
	near := func(got, want float64) bool { return got > 0.98*want && got < 1.02*want }
	for _, tt := range []struct {
		name      string
		p         Percentiles
		p50, most float64
	}{{"late", r.Late, 50, 100}, {"read", r.Read, 100, 200}, {"ran", r.Ran, 150, 300}, {"pulse", r.Pulse, 50, 100}} {
		if !near(tt.p.P50, tt.p50) || !near(tt.p.Max, tt.most) || !near(tt.p.P99, 0.99*tt.most) {
			t.Errorf("%s: got %+v, want a median of %g and a maximum of %g us", tt.name, tt.p, tt.p50, tt.most)
		}
	}
	if n := tm.total.late.TotalCount(); n != 10_000 || r.LateTicks != 5000 {
		t.Errorf("got %d ticks counted, %d of them more than 50 us late; want 10000 and 5000", n, r.LateTicks)
	}
	atMost, n, sum := tm.lateness([]time.Duration{10*time.Microsecond + 500, 50*time.Microsecond + 500, time.Second})
	if !slices.Equal(atMost, []uint64{1000, 5000, 10_000}) || n != 10_000 || !near(sum.Seconds(), 0.505) {
		t.Errorf("got %d ticks at most 10, 50 us and 1 s late of %d, %v in all; want 1000, 5000 and all of 10000, 505 ms", atMost, n, sum)
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cost       cost
		tick, want time.Duration
	}{
		{cost{time.Microsecond, time.Microsecond}, ms, 2 * time.Microsecond},
		{cost{180 * time.Microsecond, 180 * time.Microsecond}, 50 * time.Microsecond, 500 * time.Microsecond},
		{cost{300 * ms, 300 * ms}, ms, 500 * ms},
		{cost{1200 * time.Microsecond, 700 * time.Microsecond}, ms, 5 * ms}, // the steps take half of any tick
		{cost{8 * ms, 4 * time.Microsecond}, ms, 0},                         // and here more than it is long
	} {
		if got := tt.cost.fits(tt.tick); got != tt.want {
			t.Errorf("%+v at ticks of %v: got %v, want %v", tt.cost, tt.tick, got, tt.want)
		}
	}
}

func TestOverloadNamesARemedy(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	for c, want := range map[cost]string{
		{5 * ms, 4900 * time.Microsecond}: `reads take 4.9 ms: tick = "10 ms" would fit`,
		{22 * ms, 22 * ms}:                `reads take 22 ms: tick = "50 ms" would fit, with max_lag, stale_after and width at least as long`,
		{8 * ms, time.Microsecond}:        "its steps take too long for any tick: a lower speed or a longer dt would fit",
	} {
		if got := overload(c, cfg).String(); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want it to end with %q", got, want)
		}
	}
}

// A skipped tick counts model time at the speed of its deadline.
func TestSkippedTicksCountAtTheirOwnSpeed(t *testing.T) {
	t.Parallel()
	loop := &neuron.Loop{Tick: ms, DT: ms, Speed: 1}
	m := newMonitor(loop, nil)
	m.Tick(neuron.Tick{Due: 101, Skipped: 100}) // before the first one
	loop.Speed = 0.1                            // from this tick on
	m.Tick(neuron.Tick{Due: 152, Skipped: 150, Adjusted: 1})
	m.Tick(neuron.Tick{Due: 453, Skipped: 450, Adjusted: 1})
	var now snapshot
	m.read(&now)
	if want := (Skipped{450, 180 * ms}); now.skipped != want || now.speed != 0.1 || !now.changed {
		t.Errorf("got %v at speed %g, changed %t; want %v at 0.1, changed", now.skipped, now.speed, now.changed, want)
	}
}

func TestLatenessInWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		late Lateness
		want string
	}{
		{Lateness{Ticks: 2000, Late: 8, Tick: ms, Max: 7812}, "99.6 % on time, the latest 7.8 ms late"},
		{Lateness{Ticks: 2000, Tick: ms, Max: 304}, "on time, the latest 0.3 ms late"},
		{Lateness{Ticks: 2000, Tick: ms, Max: 12}, "on time, the latest 0.012 ms late"},
		{Lateness{Ticks: 1_000_000, Late: 1, Tick: ms, Max: 5700}, "99.9999 % on time, the latest 5.7 ms late"},
		{Lateness{Ticks: 1000, Late: 21, Tick: ms, Max: 265_000}, "97.9 % on time, the latest 265 ms late"},
		{Lateness{Ticks: 1000, Late: 500, Tick: ms, Max: 1_234_000, Skipped: Skipped{Ticks: 300, Model: 30 * ms}},
			"38.5 % on time, the latest 1.23 s late; 30 ms of model time skipped"},
		{Lateness{Ticks: 100, Late: 100, Tick: 50 * time.Microsecond, Max: 900, Skipped: Skipped{Ticks: 5, Model: ms}},
			"0 % on time, the latest 0.9 ms late; 1 ms of model time skipped"},
		{Lateness{}, "on time"},
	} {
		if got := tt.late.String(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.late, got, tt.want)
		}
	}
}

func TestNoPulseTimesWithoutAnOutput(t *testing.T) {
	t.Parallel()
	tm := newTimes(ms)
	tm.record(neuron.Tick{Deadline: time.Second, Began: time.Second, Ran: ms / 2})
	if rows := tm.end().Rows(); len(rows) != 4 || strings.Contains(strings.Join(rows, ""), "crossing") {
		t.Errorf("got %q, want no row about pulses", rows)
	}
	tm.record(neuron.Tick{Deadline: time.Second, Began: time.Second, Ran: ms / 2, Write: ms / 10})
	if rows := tm.end().Rows(); len(rows) != 5 {
		t.Errorf("got %q, want a row about pulses too", rows)
	}
}
