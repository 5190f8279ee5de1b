package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// Pulses on two pins reach one request in the order of time.
func TestGeneratorsMakePulses(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	port := edges(t, pi, rising("GPIO17"), edge.Line{Pin: "GPIO27", Falling: true, Pull: gpio.PullUp})
	train := func(pin string, first, every, width time.Duration, n int) {
		at := first - every
		sim.Generate(pi.Pin(pin), func() (time.Duration, time.Duration, bool) {
			at += every
			n--
			return at, width, n >= 0
		})
	}
	train("GPIO17", 1*ms, 4*ms, 1*ms, 3)
	train("GPIO27", 2*ms, 4*ms, 1*ms, 2)
	clock.now = time.Hour
	to := make([]edge.Edge, 10)
	n, err := port.Read(to)
	want := []edge.Edge{
		{Line: 1}, // the generator's low level against the pull-up
		{Line: 0, At: 1 * ms, Rising: true}, {Line: 1, At: 3 * ms},
		{Line: 0, At: 5 * ms, Rising: true}, {Line: 1, At: 7 * ms}, {Line: 0, At: 9 * ms, Rising: true},
	}
	if diff := cmp.Diff(want, to[:n]); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got := pi.Pin("GPIO17").Level(); got != gpio.Low {
		t.Errorf("got %s after the last pulse, want Low", got)
	}
}
