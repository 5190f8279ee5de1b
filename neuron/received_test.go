package neuron

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// lateClock is a virtual clock with late sleepers.
type lateClock struct {
	now  time.Duration
	late func() time.Duration
}

func (c *lateClock) Now() time.Duration { return c.now }

func (c *lateClock) SleepUntil(_ context.Context, _, t time.Duration) (time.Duration, error) {
	if t > c.now {
		c.now = t + c.late()
	}
	return c.now, nil
}

// edges are spikes with given times. A spike can be read later than its time.
type edges struct {
	at    []time.Duration
	delay func() time.Duration
	ready []time.Duration
	gain  float64
}

func (e *edges) Read(now time.Duration, add func(int, time.Duration, float64)) {
	if len(e.ready) < len(e.at) {
		for _, at := range e.at {
			e.ready = append(e.ready, at+e.delay())
		}
	}
	for len(e.at) > 0 && e.ready[0] <= now {
		add(0, e.at[0], e.gain)
		e.at, e.ready = e.at[1:], e.ready[1:]
	}
}

// stepsOf records the steps of the spikes.
type stepsOf struct {
	r    *Received
	all  []receivedIn
	last int64
}

func (s *stepsOf) Tick(Tick) {
	for _, spike := range s.r.spikes {
		if spike.step > s.last {
			s.all, s.last = append(s.all, spike), spike.step
		}
	}
}

func never() time.Duration { return 0 }

// feed returns a loop with a spike input from outside, wired to a neuron.
func feed(c Clock, e *edges) (*Loop, *stepsOf) {
	r := &Received{}
	p := Default()
	n, err := New(p)
	if err != nil {
		panic(err)
	}
	cells := []*Cell{{Name: "n", Neuron: n, Count: 1}}
	net := NewNet(p.DT, cells, []Source{{"touch", r}}, []Synapse{{Name: "a", From: []int32{1}, Targets: [][]int32{{0}}, Kind: Delta, Weight: 1, Delay: 1}})
	seen := &stepsOf{r: r}
	return &Loop{Clock: c, Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, MaxLag: 250 * time.Millisecond, Cells: cells, Net: net,
		Feeds: []Feed{{e, []*Received{r}}}, Observers: []Observer{seen}}, seen
}

// apart returns the times of n edges, at least a step apart.
func apart(n int, rng *rand.Rand) (at []time.Duration) {
	t := time.Millisecond / 2
	for range n {
		t += 100*time.Microsecond + time.Duration(rng.IntN(2e6))
		at = append(at, t)
	}
	return at
}

// A spike in step k of its tick acts in step k of the next one, whatever the lateness of the ticks.
func TestSpikesFromOutsideActOneTickLater(t *testing.T) {
	for _, tt := range []struct {
		name      string
		late, gap time.Duration // largest lateness of a tick, and of an edge
		anyLate   bool
	}{
		{"punctual", 1, 1, false},
		{"ticks up to 0.9 of a tick late", 900 * time.Microsecond, 1, false},
		{"ticks up to 3 ticks late", 3 * time.Millisecond, 1, true},
		{"edges up to 3 ticks late", 1, 3 * time.Millisecond, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const n = 10_000
			rng := rand.New(rand.NewPCG(1, 2))
			at := apart(n, rng)
			e := &edges{at: slices.Clone(at), gain: 1, delay: func() time.Duration { return time.Duration(rng.Int64N(int64(tt.gap))) }}
			slices.Sort(at)
			l, seen := feed(&lateClock{late: func() time.Duration { return time.Duration(rng.Int64N(int64(tt.late))) }}, e)
			l.Ticks = int64(at[n-1]/l.Tick) + 10
			if _, err := l.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			r := l.Feeds[0].To[0]
			if r.Taken() != n || r.Dropped() != 0 || (r.Late() > 0) != tt.anyLate {
				t.Errorf("got %d taken, %d late, %d dropped", r.Taken(), r.Late(), r.Dropped())
			}
			if tt.gap > 1 {
				return
			}
			for i, s := range seen.all {
				if want := int64(at[i]/l.DT) + 1; s.step != want || s.gain != 1 {
					t.Fatalf("edge %d at %v: got step %d, gain %g, want step %d", i, at[i], s.step, s.gain, want)
				}
			}
			if len(seen.all) != n {
				t.Errorf("got %d steps, want %d", len(seen.all), n)
			}
		})
	}
}

// slowInput is an input with a read of 60 us.
type slowInput struct{ c *lateClock }

func (i slowInput) Current(time.Duration) float64 { i.c.now += 60 * time.Microsecond; return 0 }

// The kernel reports an edge some time after it. The loop reads the edges after its inputs: an edge right before the deadline is not
// late.
func TestSpikesReportedDuringReadsAreInTime(t *testing.T) {
	const us = time.Microsecond
	e := &edges{at: []time.Duration{1990 * us, 3999 * us}, gain: 1, delay: func() time.Duration { return 50 * us }}
	c := &lateClock{late: never}
	l, seen := feed(c, e)
	l.Cells[0].Inputs = []Input{slowInput{c}}
	l.Ticks = 5
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []receivedIn{{20, 1}, {40, 1}}; !slices.Equal(seen.all, want) {
		t.Errorf("got %v, want %v", seen.all, want)
	}
	if late := l.Feeds[0].To[0].Late(); late != 0 {
		t.Errorf("got %d late, want none", late)
	}
}

// Spikes in one step add up, a spike without a step waits for the next one, and the gain scales the jump of V.
func TestSpikesFromOutsideHaveGains(t *testing.T) {
	const us = time.Microsecond
	e := &edges{at: []time.Duration{1210 * us, 1220 * us, 1230 * us, 5000 * us}, gain: 0.5, delay: never}
	l, seen := feed(&lateClock{late: never}, e)
	l.Ticks = 2
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []receivedIn{{13, 1.5}}; !slices.Equal(seen.all, want) {
		t.Errorf("got %v, want %v", seen.all, want)
	}
	if v := Default().EL + 1.5; l.Cells[0].V() >= v || l.Cells[0].V() < v-0.2 {
		t.Errorf("got V %g, want a little below %g", l.Cells[0].V(), v)
	}
	e = &edges{at: []time.Duration{200 * us, 1200 * us, 2200 * us}, gain: 1, delay: never}
	l, _ = feed(&lateClock{late: never}, e)
	l.Speed, l.Ticks = 0.025, 8 // a step in 4 ticks
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []receivedIn{{1, 3}}; !slices.Equal(l.Feeds[0].To[0].spikes, want) {
		t.Errorf("got %v, want %v", l.Feeds[0].To[0].spikes, want)
	}
}

// Spikes before the run are no spikes, and those in skipped time are dropped.
func TestSpikesFromOutsideInSkippedTimeAreDropped(t *testing.T) {
	const ms = time.Millisecond
	e := &edges{at: []time.Duration{5 * ms, 12 * ms, 13*ms + 1, 100 * ms, 413 * ms, 414 * ms}, gain: 1, delay: never}
	c := &lateClock{now: 10 * ms}
	sleeps := 0
	c.late = func() time.Duration {
		if sleeps++; sleeps == 4 {
			return 400 * ms
		}
		return 0
	}
	l, seen := feed(c, e)
	l.Ticks = 420
	at, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := l.Feeds[0].To[0]
	if at.Skipped != 400 || r.Taken() != 3 || r.Dropped() != 2 || r.Late() != 0 {
		t.Errorf("got %d ticks skipped, %d taken, %d dropped, %d late", at.Skipped, r.Taken(), r.Dropped(), r.Late())
	}
	if want := []receivedIn{{21, 1}, {4031, 1}, {4041, 1}}; !slices.Equal(seen.all, want) {
		t.Errorf("got %v, want %v", seen.all, want)
	}
}

// A reload keeps spikes that wait and spikes under way.
func TestSpikesFromOutsideSurviveAReload(t *testing.T) {
	const ms = time.Millisecond
	e := &edges{at: []time.Duration{ms + 1, 2*ms - 1, 3 * ms}, gain: 1, delay: never}
	late := func() time.Duration { return 900 * time.Microsecond }
	l, seen := feed(&lateClock{late: late}, e)
	l.Ticks = 1
	last, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.all) != 0 || len(l.Feeds[0].To[0].waiting) != 1 {
		t.Fatalf("got %v, %v, want a waiting spike", seen.all, l.Feeds[0].To[0].waiting)
	}
	next, seen := feed(l.Clock, e)
	next.Start, next.Ticks = last.Deadline, 4
	next.Net.Continue(l.Net)
	if _, err := next.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []receivedIn{{11, 1}, {20, 1}, {31, 1}}; !slices.Equal(seen.all, want) {
		t.Errorf("got %v, want %v", seen.all, want)
	}
}

func TestTicksWithSpikesFromOutsideDoNotAllocate(t *testing.T) {
	e := &edges{gain: 1, delay: never}
	for i := range 20_000 {
		e.at = append(e.at, time.Duration(i)*time.Millisecond)
	}
	e.Read(-1, nil)
	l, seen := feed(&lateClock{late: never}, e)
	l.Observers, seen.r = nil, nil
	r, err := l.prepare()
	if err != nil {
		t.Fatal(err)
	}
	r.started = true
	tick := func() {
		deadline := time.Duration(r.at.Due+1) * l.Tick
		r.due(deadline, deadline)
		if _, err := r.tick(); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		tick()
	}
	if n := testing.AllocsPerRun(10_000, tick); n != 0 {
		t.Errorf("got %g allocations a tick, want none", n)
	}
}
