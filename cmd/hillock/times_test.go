package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

func TestTimesAreCountedWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	tm := newTimes()
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
		p         percentiles
		p50, most float64
	}{{"late", r.Late, 50, 100}, {"read", r.Read, 100, 200}, {"ran", r.Ran, 150, 300}, {"pulse", r.Pulse, 50, 100}} {
		if !near(tt.p.P50, tt.p50) || !near(tt.p.Max, tt.most) || !near(tt.p.P99, 0.99*tt.most) {
			t.Errorf("%s: got %+v, want a median of %g and a maximum of %g us", tt.name, tt.p, tt.p50, tt.most)
		}
	}
	if n := tm.total.late.TotalCount(); n != 10_000 {
		t.Errorf("got %d ticks counted, want 10000", n)
	}
	atMost, n, sum := tm.lateness([]time.Duration{10*time.Microsecond + 500, 50*time.Microsecond + 500, time.Second})
	if !slices.Equal(atMost, []uint64{1000, 5000, 10_000}) || n != 10_000 || !near(sum.Seconds(), 0.505) {
		t.Errorf("got %d ticks at most 10, 50 us and 1 s late of %d, %v in all; want 1000, 5000 and all of 10000, 505 ms", atMost, n, sum)
	}
}

func TestAStopCountsOnceAmongTheWakeUps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.loop.Observers = append(b.loop.Observers, at{100: func() { b.clock.Sleep(50*ms + ms/2) }})
	b.run(t, 1000)
	r := b.view.monitor.times.end()
	late, wake := b.view.monitor.times.total.late, b.view.monitor.times.total.wake
	if late.TotalCount() != 1000 || wake.TotalCount() != 951 || r.Late.Max < 49_000 || r.Wake.Max < 49_000 || r.Wake.P99 > 0 || r.Late.P99 < 39_000 {
		t.Errorf("got %d ticks, late %v, and %d wake-ups, late %v; want 1000 with 50 late ones, and 951 with one",
			late.TotalCount(), r.Late, wake.TotalCount(), r.Wake)
	}
}

func TestOverloadIsRecognisedWithinASecond(t *testing.T) {
	t.Parallel()
	b := newBench(t, "loop.tick=50 us", "loop.dt=50 us", "output.led.width=1 ms")
	b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: 180 * time.Microsecond})
	var seen time.Duration
	var text string
	b.loop.Observers = append(b.loop.Observers, onTick(func() {
		if b.view.monitor.own.cost.tick > 0 && seen == 0 {
			seen = b.clock.Now()
			text = b.shown()
		}
	}))
	b.run(t, 40_000)
	if seen == 0 || seen > time.Second {
		t.Errorf("got overload seen after %v, want within a second", seen)
	}
	want := `overload: a tick costs 0.18 ms, more than its 0.05 ms: the neuron runs 3.6 times slower than asked; its reads take 0.18 ms: tick = "0.5 ms" would fit`
	if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
		t.Errorf("got on the screen\n%s\nwant %s", text, want)
	}
	if end := b.view.monitor.end().tick; end.Due != 40_000 || end.Run() == 0 || end.Skipped == 0 {
		t.Errorf("got %+v, want the neuron to go on in slow motion", end)
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

func TestOverloadNamesTheWayOut(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	for c, want := range map[cost]string{
		{5 * ms, 4900 * time.Microsecond}: `reads take 4.9 ms: tick = "10 ms" would fit`,
		{22 * ms, 22 * ms}:                `reads take 22 ms: tick = "50 ms" would fit, with max_lag, stale_after and width at least as long`,
		{8 * ms, time.Microsecond}:        "its steps take too long for any tick: a lower speed or a longer dt would fit",
	} {
		if got := overload(c, cfg); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want it to end with %q", got, want)
		}
	}
}
