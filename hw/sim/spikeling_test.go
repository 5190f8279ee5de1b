package sim_test

import (
	"testing"
	"time"

	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

func TestSpikelingFires(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	s := sim.NewSpikeling(pi, sim.SpikelingParts{Current: 10})
	if err := sim.Divide(s.Out, pi.Pin("GPIO17")); err != nil {
		t.Fatal(err)
	}
	port := edges(t, pi, edge.Line{Pin: "GPIO17", Rising: true, Falling: true, Pull: gpio.PullDown})
	var all []edge.Edge
	to := make([]edge.Edge, 32)
	for clock.now < time.Second {
		clock.now += ms
		n, err := port.Read(to)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, to[:n]...)
	}
	if spikes := len(all) / 2; spikes < 15 || spikes > 40 {
		t.Errorf("got %d spikes in 1 s, want tonic spiking", spikes)
	}
	for i, e := range all {
		if e.At%ms != 0 || e.Rising != (i%2 == 0) {
			t.Errorf("edge %d: got %v, want it at a whole ms", i, e)
		}
		if width := e.At - all[max(i-1, 0)].At; !e.Rising && width != 1*ms && width != 2*ms {
			t.Errorf("edge %d: got a pulse of %s, want 1 or 2 ms", i, width)
		}
	}
}

// Each ms of a pulse adds the gain: only the longer pulse makes a spike.
func TestSpikelingWeighsThePulseByItsWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		width time.Duration
		gain  float64
		want  bool
	}{
		{1 * ms, 1, false},
		{10 * ms, 1, true},
		{10 * ms, -1, false},
		{10 * ms, 0, false},
	} {
		clock := new(stopwatch)
		pi := sim.New(clock)
		s := sim.NewSpikeling(pi, sim.SpikelingParts{Gain: [2]float64{0, tt.gain}})
		wire(t, pi.Pin("GPIO17"), s.In[1])
		clock.now += 20 * ms
		pulse(t, clock, pi.Pin("GPIO17"), tt.width, 100*ms)
		if got := s.Out.EdgeCount() != 0; got != tt.want {
			t.Errorf("%s of gain %g: got a spike: %t, want %t", tt.width, tt.gain, got, tt.want)
		}
	}
}

func TestVoltagesMustFit(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	l, s := sim.NewLui(pi, sim.LuiParts{}), sim.NewSpikeling(pi, sim.SpikelingParts{})
	pin := pi.Pin("GPIO17")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{sim.Join(pin, s.Out), "sim: join GPIO17 of Pi 1 and out of Spikeling 3: wrong voltage: out of Spikeling 3 drives 5 V, and GPIO17 of Pi 1 stands 3.6 V: use a divider"},
		{sim.Divide(s.Out, pin), ""},
		{sim.Join(l.Out, s.In[0]), "sim: join out of Lu.i 2 and in 1 of Spikeling 3: wrong voltage: out of Lu.i 2 drives 2.5 V, and in 1 of Spikeling 3 needs 3 V to read high: use a level shifter"},
		{sim.Join(s.Out, l.In[0]), ""},
		{sim.Join(l.Out, pi.Pin("GPIO27")), ""},
		{sim.Join(pi.Pin("GPIO22"), l.In[1]), ""},
		{sim.Join(pi.Pin("GPIO23"), s.In[1]), ""},
	} {
		if text(tt.err) != tt.want {
			t.Errorf("got %q, want %q", text(tt.err), tt.want)
		}
	}
}
