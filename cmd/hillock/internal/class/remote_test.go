package class

import (
	"testing"
	"time"
)

func TestGapsAreCountedWithinARun(t *testing.T) {
	var r remote
	for _, tt := range []struct {
		name     string
		run      string
		from, to int64
		lost     int64
		ok       bool
	}{
		{"the first one", "r1", 5001, 5500, 0, true},
		{"the next one", "r1", 5501, 6000, 0, true},
		{"doubled", "r1", 5501, 6000, 0, false},
		{"an old one", "r1", 5001, 5500, 0, false},
		{"after a gap", "r1", 7501, 8000, 1500, true},
		{"overlapping", "r1", 7999, 8500, 0, false},
		{"a new run", "r2", 301, 400, 0, true},
		{"the old run again", "r1", 8001, 8500, 0, false},
		{"the new run", "r2", 402, 500, 1, true},
	} {
		if lost, ok := r.take(&Spikes{Run: tt.run, From: tt.from, To: tt.to}); lost != tt.lost || ok != tt.ok {
			t.Errorf("%s: got %d lost, used: %v; want %d, %v", tt.name, lost, ok, tt.lost, tt.ok)
		}
	}
	if r.lostSteps != 1501 || r.gaps != 2 || r.ignored != 4 {
		t.Errorf("got %+v", r.status())
	}
}

// Spikes wait for the offset: not too many, and not those of another run.
func TestSpikesWaitForTheOffset(t *testing.T) {
	in := newInbox()
	r := remote{ids: map[string]int{"n1": 0}, inputs: map[string]int{"n1": 0}}
	batch := func(run string, spikes int64) Spikes {
		s := Spikes{Run: run, From: 1, To: spikes, DT: 0.1, AtNs: int64(time.Hour), Spikes: map[string][]int64{}}
		for step := range spikes {
			s.Spikes["n1"] = append(s.Spikes["n1"], step+1)
		}
		return s
	}
	r.hold(batch("r1", 7))
	r.hold(batch("r2", maxWaiting-10))
	r.hold(batch("r2", 4)) // no room
	r.hold(batch("r2", 3))
	r.asker.run, r.asker.value, r.asker.known = "r2", time.Hour-time.Minute, true
	for _, s := range r.release() {
		r.pass(&s, time.Minute, in)
	}
	if r.spikes != maxWaiting-7 || r.lostSpikes != 7+4 || r.waiting != nil || r.held != 0 {
		t.Errorf("got %d spikes, %d lost; want %d and 11", r.spikes, r.lostSpikes, maxWaiting-7)
	}
	first := time.Duration(-1)
	in.read([]int{0}, func(_ int, at time.Duration, _ float64) {
		if first < 0 {
			first = at
		}
	})
	if want := time.Minute - time.Duration((float64(maxWaiting-11)+0.5)*1e5); first != want {
		t.Errorf("got the first spike at %s, want %s", first, want)
	}
}

func TestGapsAreLoggedOncePerSecond(t *testing.T) {
	r := remote{name: "mara"}
	for _, tt := range []struct {
		lost int64
		now  time.Duration
		want string
	}{
		{0, time.Second, ""},
		{1500, 2 * time.Second, "gap of 1500 steps (150 ms) from mara"},
		{10, 2100 * time.Millisecond, ""},
		{20, 2200 * time.Millisecond, ""},
		{0, 3100 * time.Millisecond, "2 gaps [10 20] from mara, 30 steps (3 ms) together"},
		{0, 5 * time.Second, ""},
		{1, 6 * time.Second, "gap of 1 step (0.1 ms) from mara"},
	} {
		if got := r.gap(tt.lost, 0.1, tt.now); got != tt.want {
			t.Errorf("at %s: got %q, want %q", tt.now, got, tt.want)
		}
	}
}
