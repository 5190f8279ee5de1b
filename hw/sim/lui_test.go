package sim_test

import (
	"math"
	"testing"
	"time"

	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

const ms = time.Millisecond

// A leak above the threshold makes the board fire. The pulses reach a request of a Pi, with their width.
func TestLuiFiresAsItsEquation(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	l := sim.NewLui(pi, sim.LuiParts{Leak: 2 * physic.Volt})
	wire(t, l.Out, pi.Pin("GPIO17"))
	port := edges(t, pi, edge.Line{Pin: "GPIO17", Rising: true, Falling: true, Pull: gpio.PullDown})
	rise := time.Duration(-math.Log(1-1.29/2) * float64(200*ms)) // from 0 V to the threshold
	var got []edge.Edge
	to := make([]edge.Edge, 16)
	for range 2 {
		clock.now += time.Second
		n, err := port.Read(to)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, to[:n]...)
	}
	if want := 2 * int(clock.now/(rise+sim.LuiPulse)); len(got) != want && len(got) != want+1 {
		t.Fatalf("got %d edges, want %d", len(got), want)
	}
	for i, e := range got {
		want := time.Duration(i/2+1)*rise + time.Duration(i/2)*sim.LuiPulse
		if !e.Rising {
			want += sim.LuiPulse
		}
		if e.Rising != (i%2 == 0) || (e.At-want).Abs() > time.Duration(i+1)*100*time.Microsecond {
			t.Errorf("edge %d: got %v, want it at %s", i, e, want)
		}
	}
}

// pulse sets an output high for a time and low for another.
func pulse(t *testing.T, clock *stopwatch, out *sim.Pin, high, low time.Duration) {
	t.Helper()
	for _, l := range []gpio.Level{gpio.High, gpio.Low} {
		if err := out.Out(l); err != nil {
			t.Fatal(err)
		}
		clock.now += high
		high = low
	}
}

// A pulse of LuiPulse moves V by the weight, and the effect is proportional to the width.
func TestLuiWeighsThePulseByItsWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		width  time.Duration
		weight physic.ElectricPotential
		want   float64 // change of V, in V
	}{
		{sim.LuiPulse, 300 * physic.MilliVolt, 0.3},
		{sim.LuiPulse, 0, 0.3}, // the default
		{sim.LuiPulse / 3, 300 * physic.MilliVolt, 0.1},
		{2 * sim.LuiPulse, 300 * physic.MilliVolt, 0.6},
		{sim.LuiPulse, -400 * physic.MilliVolt, -0.4},
		{0, 300 * physic.MilliVolt, 0},
	} {
		clock := new(stopwatch)
		pi := sim.New(clock)
		l := sim.NewLui(pi, sim.LuiParts{TauM: 10000 * time.Second, Weight: [3]physic.ElectricPotential{tt.weight, 500 * physic.MilliVolt}})
		wire(t, pi.Pin("GPIO22"), l.In[1])
		wire(t, pi.Pin("GPIO17"), l.In[0])
		pulse(t, clock, pi.Pin("GPIO22"), sim.LuiPulse, 500*ms)
		before := l.V()
		pulse(t, clock, pi.Pin("GPIO17"), tt.width, 500*ms)
		if got := float64(l.V()-before) / float64(physic.Volt); math.Abs(got-tt.want) > 0.003 {
			t.Errorf("%s of weight %s: got %.4f V, want %.4f", tt.width, tt.weight, got, tt.want)
		}
	}
}

// Two boards and a Pi in a chain: five pulses of the Pi make the first board fire, and its pulses the second.
func TestLuiBoardsInAChain(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	first := sim.NewLui(pi, sim.LuiParts{})
	second := sim.NewLui(pi, sim.LuiParts{Weight: [3]physic.ElectricPotential{0, 2 * physic.Volt}})
	wire(t, pi.Pin("GPIO17"), first.In[2])
	wire(t, first.Out, second.In[1])
	wire(t, second.Out, pi.Pin("GPIO27"))
	port := edges(t, pi, rising("GPIO27"))
	for range 4 {
		pulse(t, clock, pi.Pin("GPIO17"), 15*ms, 10*ms)
	}
	if first.Out.EdgeCount() != 0 {
		t.Errorf("got %d edges after 4 pulses, want none", first.Out.EdgeCount())
	}
	for range 6 {
		pulse(t, clock, pi.Pin("GPIO17"), 15*ms, 10*ms)
	}
	clock.now += time.Second
	if first.Out.EdgeCount() == 0 {
		t.Fatal("the first board is silent")
	}
	fired := first.Out.Edges()[0].At
	to := make([]edge.Edge, 10)
	if n, err := port.Read(to); n == 0 || err != nil || to[0].At < fired || to[0].At > fired+40*ms {
		t.Errorf("got %d spikes, first %s, %v, want one soon after %s", n, to[0].At, err, fired)
	}
	if v := first.V(); v < 0 || v > 10*physic.MilliVolt {
		t.Errorf("got V %s a second later, want the leak potential", v)
	}
}
