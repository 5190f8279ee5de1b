package sim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// wire joins two pins.
func wire(t *testing.T, a, b *sim.Pin) {
	t.Helper()
	if err := sim.Join(a, b); err != nil {
		t.Fatal(err)
	}
}

func TestEdgesCrossTheDesk(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	left := sim.New(clock)
	right, third := left.Beside(), left.Beside()
	wire(t, left.Pin("GPIO17"), right.Pin("GPIO17"))
	wire(t, right.Pin("GPIO17"), third.Pin("GPIO22"))
	port := edges(t, third, rising("GPIO22"))
	for _, l := range []gpio.Level{gpio.High, gpio.Low, gpio.High} {
		clock.now += time.Millisecond
		if err := left.Pin("GPIO17").Out(l); err != nil {
			t.Fatal(err)
		}
		if right.Pin("GPIO17").Level() != l || third.Pin("GPIO22").Level() != l || third.Pin("GPIO17").Level() != gpio.Low {
			t.Errorf("%s: the other end of the wire has another level", l)
		}
	}
	to := make([]edge.Edge, 8)
	n, err := port.Read(to)
	want := []edge.Edge{{At: time.Millisecond, Rising: true}, {At: 3 * time.Millisecond, Rising: true}}
	if diff := cmp.Diff(want, to[:n]); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	got := right.Pin("GPIO17").Edges()
	if len(got) != 3 || got[0] != (sim.Edge{At: time.Millisecond, Level: gpio.High, By: sim.ByWire}) {
		t.Errorf("got %v, want 3 edges by the wire", got)
	}
	if err := sim.Cut(third.Pin("GPIO22"), right.Pin("GPIO17")); err != nil || third.Pin("GPIO22").Level() != gpio.Low {
		t.Errorf("cut: got %v, %s, want the pull-down", err, third.Pin("GPIO22").Level())
	}
}

func TestShortCircuitBetweenBoards(t *testing.T) {
	t.Parallel()
	left := sim.New(nil)
	right := left.Beside()
	a, b := left.Pin("GPIO17"), right.Pin("GPIO27")
	if err := errors.Join(a.Out(gpio.High), b.Out(gpio.Low)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		do   func() error
		want string
	}{
		{
			func() error { return sim.Join(b, a) },
			"sim: join GPIO27 of Pi 2 and GPIO17 of Pi 1: short circuit: GPIO27 of Pi 2 drives it low and GPIO17 of Pi 1 drives it high: make one of them an input",
		},
		{
			func() error {
				return errors.Join(a.In(gpio.Float, gpio.NoEdge), sim.Join(a, b), a.Out(gpio.High))
			},
			"sim: GPIO17: out high: short circuit: GPIO27 of Pi 2 drives the wire low: make one of them an input",
		},
	} {
		if err := tt.do(); text(err) != tt.want || !errors.Is(err, sim.ErrShort) {
			t.Errorf("got %q, want %q", text(err), tt.want)
		}
	}
}

func TestJoinErrors(t *testing.T) {
	t.Parallel()
	left := sim.New(nil)
	a, b, far := left.Pin("GPIO17"), left.Beside().Pin("GPIO17"), sim.New(nil).Pin("GPIO5")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{sim.Join(a, a), "sim: join GPIO17 of Pi 1 and GPIO17 of Pi 1: both are GPIO17 of Pi 1: use two pins"},
		{sim.Join(a, far), "sim: join GPIO17 and GPIO5: the boards are on two desks: use Beside for the second one"},
		{sim.Cut(a, far), "sim: cut GPIO17 and GPIO5: the boards are on two desks: use Beside for the second one"},
		{sim.Cut(a, b), "sim: cut GPIO17 of Pi 1 and GPIO17 of Pi 2: there is no wire between them"},
		{sim.Join(a, b), ""},
		{sim.Join(b, a), ""}, // one wire
		{sim.Cut(a, b), ""},
		{sim.Cut(a, b), "sim: cut GPIO17 of Pi 1 and GPIO17 of Pi 2: there is no wire between them"},
	} {
		if text(tt.err) != tt.want {
			t.Errorf("got %q, want %q", text(tt.err), tt.want)
		}
	}
}
