package sim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// presses presses and releases a button of a seed and returns the edges on its pin.
func presses(t *testing.T, seed uint64) []sim.Edge {
	t.Helper()
	clock := new(stopwatch)
	pin := sim.New(clock).Pin("GPIO27")
	if err := pin.In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	b := sim.NewButton(pin, gpio.Low, seed)
	for range 20 {
		clock.now += 100 * time.Millisecond
		start, before := clock.now, pin.EdgeCount()
		press := b.Press
		if b.Pressed() {
			press = b.Release
		}
		press()
		press() // stays as it is
		want := gpio.Level(!b.Pressed())
		if pin.Level() != want {
			t.Errorf("seed %d: got %s right after the contacts, want %s", seed, pin.Level(), want)
		}
		clock.now += sim.MaxBounce
		all := pin.Edges()
		made := all[before:]
		if made[0].At != start || made[0].Level != want || len(made)%2 != 1 || made[len(made)-1].Level != want || made[0].By != sim.ByOutside {
			t.Errorf("seed %d: got %v, want an odd number of edges from %s to %s", seed, made, start, want)
		}
		clock.now += time.Second
		if pin.Level() != want || pin.EdgeCount() != before+uint64(len(made)) {
			t.Errorf("seed %d: bounces after %s", seed, sim.MaxBounce)
		}
	}
	return pin.Edges()
}

func TestButtonBounces(t *testing.T) {
	t.Parallel()
	first := presses(t, 1)
	if diff := cmp.Diff(first, presses(t, 1)); diff != "" {
		t.Errorf("one seed, two runs (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, presses(t, 2)) {
		t.Error("two seeds bounce alike")
	}
	if len(first) < 60 {
		t.Errorf("got %d edges of 20 presses and releases, want bounces", len(first))
	}
}

func TestTapLetsTheButtonGo(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pin := sim.New(clock).Pin("GPIO27")
	b := sim.NewButton(pin, gpio.High, 1)
	at := func(when time.Duration, want bool) {
		t.Helper()
		clock.now = when
		if b.Pressed() != want || bool(pin.Level()) != want {
			t.Errorf("at %s: got pressed %t, level %s, want %t", when, b.Pressed(), pin.Level(), want)
		}
	}
	b.Tap(100 * ms)
	at(99*ms, true)
	at(100*ms, false)
	at(150*ms, false)
	b.Tap(100 * ms)
	at(200*ms, true)
	b.Press() // and holds it
	at(time.Second, true)
	b.Tap(100 * ms) // of a pressed button
	at(1099*ms, true)
	at(1150*ms, false)
	b.Tap(0)
	at(1150*ms+sim.MaxBounce, false)
	b.Release()
	at(1300*ms, false)
}

// The bounces come later than the wait begins: each of them wakes it at its time.
func TestBouncesEndWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		pin := pi.Pin("GPIO27")
		if err := pin.In(gpio.PullDown, gpio.BothEdges); err != nil {
			t.Fatal(err)
		}
		b := sim.NewButton(pin, gpio.High, 1)
		start := time.Now()
		time.AfterFunc(time.Second, b.Press)
		var got []time.Duration
		for pin.WaitForEdge(time.Minute) {
			got = append(got, time.Since(start))
		}
		var want []time.Duration
		for _, e := range pin.Edges() {
			want = append(want, e.At)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 3 {
			t.Errorf("%d edges (-want +got):\n%s", len(got), diff)
		}
	})
}

// A request has the times of the bounces, not that of the read.
func TestRequestHasTheTimesOfBounces(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	port := edges(t, pi, edge.Line{Pin: "GPIO27", Rising: true, Falling: true, Pull: gpio.PullDown})
	b := sim.NewButton(pi.Pin("GPIO27"), gpio.High, 1)
	clock.now = time.Second
	b.Press()
	clock.now = time.Hour
	to := make([]edge.Edge, 20)
	n, err := port.Read(to)
	if err != nil {
		t.Fatal(err)
	}
	var want []edge.Edge
	for _, e := range pi.Pin("GPIO27").Edges() {
		want = append(want, edge.Edge{At: e.At, Rising: e.Level == gpio.High})
	}
	if diff := cmp.Diff(want, to[:n]); diff != "" || n < 3 {
		t.Errorf("%d edges (-want +got):\n%s", n, diff)
	}
}
