package main

import (
	"strings"
	"testing"
	"time"

	"hillock/hw/sim"
	"hillock/neuron"
)

func TestTimesAreCountedWhileTheyAreRead(t *testing.T) {
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
}

func TestAStopCountsOnceAmongTheWakeUps(t *testing.T) {
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
	b := newBench(t, "loop.tick=50 us", "loop.dt=50 us", "output.led.width=1 ms")
	b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: 180 * time.Microsecond})
	var seen time.Duration
	var text string
	b.loop.Observers = append(b.loop.Observers, onTick(func() {
		if cost := b.view.monitor.own.cost; cost > 0 && seen == 0 {
			seen = b.clock.Now()
			text = (&screen{view: b.view}).View().Content
		}
	}))
	b.run(t, 40_000)
	if seen == 0 || seen > time.Second {
		t.Errorf("got overload seen after %v, want within a second", seen)
	}
	want := `overload: a tick costs 180µs, more than its 50µs: the neuron runs 3.6 times slower than asked; tick = "500µs" would fit`
	if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
		t.Errorf("got on the screen\n%s\nwant %s", text, want)
	}
	if end := b.view.monitor.end().tick; end.Due != 40_000 || end.Run() == 0 || end.Skipped == 0 {
		t.Errorf("got %+v, want the neuron to go on in slow motion", end)
	}
}

func TestFits(t *testing.T) {
	for cost, want := range map[time.Duration]time.Duration{
		time.Microsecond: 2 * time.Microsecond, 60 * time.Microsecond: 100 * time.Microsecond, 180 * time.Microsecond: 500 * time.Microsecond,
		ms: 2 * ms, 300 * ms: 500 * ms,
	} {
		if got := fits(cost); got != want {
			t.Errorf("a tick of %v: got %v, want %v", cost, got, want)
		}
	}
}
