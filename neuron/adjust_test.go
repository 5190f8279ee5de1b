package neuron

import (
	"context"
	"math"
	"testing"
	"time"
)

// An adjusted loop equals two loops in a row. The second one takes over the state of the first.
func TestAdjustKeepsTheState(t *testing.T) {
	slow := Default()
	slow.TauM, slow.VT = 25, -60
	for _, speed := range []float64{1, 0.1, 2.5} {
		got := &history{}
		n := mustNew(t, Default())
		c := &Cell{Name: "n1", Neuron: n, Inputs: []Input{fixed(2)}}
		l := &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 100, Cells: []*Cell{c}}
		ticks := 0
		l.Observers = []Observer{got, ticker(func() {
			if ticks++; ticks == 37 {
				if err := l.Adjust([]Params{Default()}, nil, 7); err != nil { // the later call counts
					t.Fatal(err)
				}
				if err := l.Adjust([]Params{slow}, nil, speed); err != nil {
					t.Fatal(err)
				}
			}
		})}
		at, err := l.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		steps := int(math.Round(63 * 10 * speed))
		if len(got.all) != 370+steps || at.Steps != int64(370+steps) || at.Adjusted != 1 || l.Speed != speed {
			t.Errorf("speed %g: got %d steps, adjusted %d times to %g, want %d, once", speed, len(got.all), at.Adjusted, l.Speed, 370+steps)
		}
		want, spikes := mustNew(t, Default()), int64(0)
		for i, m := range got.all {
			if i == 370 {
				next := mustNew(t, slow)
				next.Continue(want)
				want = next
			}
			spiked := want.Step(want.Drive(2))
			if spiked {
				spikes++
			}
			if m.V != want.v || m.Spiked != spiked {
				t.Fatalf("speed %g, step %d: got %g, %t, want %g, %t", speed, i+1, m.V, m.Spiked, want.v, spiked)
			}
		}
		if c.Spikes != spikes || c.Params().(LIF).TauM != 25 {
			t.Errorf("speed %g: got %d spikes, tau_m %g, want %d, 25", speed, c.Spikes, c.Params().(LIF).TauM, spikes)
		}
	}
}

func TestFailedAdjustKeepsTheLoop(t *testing.T) {
	l := &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 1, Cells: []*Cell{{Name: "n1", Neuron: mustNew(t, Default())}}}
	bad, other := Default(), Default()
	bad.TauM, other.DT = math.NaN(), 0.2
	for _, tt := range []struct {
		params []Params
		speed  float64
		want   string
	}{
		{nil, 1, "adjust: must have the parameters of 1 cells, got 0"},
		{[]Params{bad}, 1, "neuron n1: tau_m: must be more than 0 ms, got NaN ms"},
		{[]Params{other}, 1, "neuron n1: its dt is 0.2 ms, the loop's 0.1 ms"},
		{[]Params{Default()}, 0, "speed: must be from 1e-9 to 1e6, got 0"},
		{[]Params{Default()}, 1e6, "speed: must keep tick*speed/dt at most 1000000 steps per tick, got speed 1e+06 with tick 1 ms and dt 0.1 ms"},
	} {
		if err := l.Adjust(tt.params, nil, tt.speed); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	if at, err := l.Run(context.Background()); err != nil || at.Adjusted != 0 || l.Speed != 1 {
		t.Errorf("got %v, adjusted %d times, speed %g, want an unchanged loop", err, at.Adjusted, l.Speed)
	}
}
