package session_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

// pair is a neuron that fires and another one behind a slow synapse: ten spikes are under way at any time.
const pair = `
loop.speed = 1
[input.knob]
driver = "mcp3008"
channel = 0
[input.other]
driver = "mcp3008"
channel = 1
[neuron.n1]
input = "knob"
[neuron.n2]
input = "other"
b = "0.1 nA"
[synapse.a]
from = "n1"
to = "n2"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
delay = "100 ms"
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n2"
width = "2 ms"
`

// network opens a bench of a configuration on a virtual clock.
func network(t testing.TB, text string, sets ...string) *sessiontest.Bench {
	t.Helper()
	cfg, err := config.Parse("net.toml", []byte(text), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Traced: true})
}

func TestStatusOfSynapses(t *testing.T) {
	t.Parallel()
	b := network(t, pair, "input.other.current=[\"0 nA\", \"1 nA\"]")
	b.Virtual.Knobs["knob"].SetCode(1023) // 5 nA: a spike each 3.6 ms
	b.Run(t, 1000)
	st := b.Session.Status()
	n1, n2 := st.Neurons[0], st.Neurons[1]
	arrived := int64(0)
	b.Session.Record().Look(func(_, _ int64, cells []trace.Cell) { arrived = int64(len(cells[0].Train.Between(1, 9001))) })
	want := []session.SynapseStatus{{Name: "a", From: []string{"n1"}, To: []string{"n2"}, Kind: neuron.Exp, Weight: 8, Tau: 5, Delay: 100, Pairs: 1, Gain: 1,
		Mean: 8, Low: 8, High: 8, Arrivals: arrived}}
	if diff := cmp.Diff(want, st.Synapses); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n1.HasSynaptic || n1.HasW || !n2.HasSynaptic || !n2.HasW || !(n2.Synaptic > 0) || !(n2.W > 0) || n2.Prediction.Reason != "synapses act on it" {
		t.Errorf("got %+v and %+v, want synaptic current and adaptation at n2 alone, and no prediction there", n1, n2)
	}
	if n1.Members != (session.Members{}) || n1.Count != 1 {
		t.Errorf("got %d neurons, %+v; want a single neuron", n1.Count, n1.Members)
	}
	for _, tt := range []struct {
		name, key string
		value     float64
		want      string // the error
	}{
		{"synapse.b", "weight", 1, `set: no synapse is called "b"`},
		{"synapse.a", "gain", 1, `set: a synapse of kind exp has no "gain"`},
		{"synapse.a", "weight", 2e6, "synapse a: weight: must be from -1e+06 nA to 1e+06 nA, got 2e+06 nA"},
		{"synapse.a", "weight", math.NaN(), "synapse a: weight: must be from -1e+06 nA to 1e+06 nA, got NaN nA"},
		{"synapse.a", "tau", 0.05, "synapse a: tau: must be from dt (0.1 ms) to 1e+06 ms, got 0.05 ms"},
		{"synapse.a", "delay", 0.04, "synapse a: delay: must be from dt (0.1 ms) to 10000 ms, got 0.04 ms"},
		{"synapse.a", "weight", -3, "<nil>"},
		{"synapse.a", "tau", 7, "<nil>"},
		{"synapse.a", "delay", 2.04, "<nil>"},
	} {
		if err := b.Session.Set(tt.name, tt.key, tt.value); fmt.Sprint(err) != tt.want {
			t.Errorf("%s, %s = %g: got %v, want %s", tt.name, tt.key, tt.value, err, tt.want)
		}
	}
	s := b.Session.Status().Synapses[0]
	if s.Weight != -3 || s.Tau != 7 || s.Delay != 2 {
		t.Errorf("got %+v, want -3 nA, 7 ms and a delay of 2 ms", s)
	}
	if text := string(b.Session.TOML()); !strings.Contains(text, "weight = \"-3 nA\"\ntau = \"7 ms\"\ndelay = \"2 ms\"\n") {
		t.Errorf("got\n%s\nwant the changed synapse", text)
	}
	if err := b.Session.Reset(); err != nil {
		t.Fatal(err)
	}
	if s := b.Session.Status().Synapses[0]; s.Weight != 8 || s.Tau != 5 || s.Delay != 100 {
		t.Errorf("got %+v after a reset, want the file's synapse", s)
	}
}

func TestSlidersOfSynapses(t *testing.T) {
	t.Parallel()
	b := network(t, strings.Replace(pair, "8 nA", "0.162 nA", 1))
	want := []session.SynapseParam{
		{Key: "weight", Help: "weight", Unit: "nA", Slider: neuron.Slider{Low: -0.5, High: 0.5, Decimals: 3}},
		{Key: "tau", Help: "time constant", Unit: "ms", Slider: neuron.Slider{Low: 0.5, High: 100, Decimals: 1, Logarithmic: true}},
		{Key: "delay", Help: "delay", Unit: "ms", Slider: neuron.Slider{Low: 0.1, High: 200, Decimals: 1}},
	}
	if diff := cmp.Diff(want, session.SynapseParams(b.Config.Synapses[0], b.Config.Loop.DT)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The rates and the intervals of members are those of the record of all spikes.
func TestMembersOfAPopulation(t *testing.T) {
	t.Parallel()
	b := network(t, strings.Replace(pair, "[neuron.n2]", "[neuron.n2]\ncount = 5\nsigma = \"3 mV\"\nseed = 1", 1))
	b.Virtual.Knobs["other"].SetCode(409)
	b.Run(t, 2000)
	st := b.Session.Status()
	n := st.Neurons[1]
	spikes := make([][]int64, 5)
	var recent int64
	b.Session.Record().Look(func(_, _ int64, cells []trace.Cell) {
		cells[1].Raster.Between(1, 20_001, func(s neuron.MemberSpike) { spikes[s.Member] = append(spikes[s.Member], s.Step) })
		recent = cells[1].Raster.Count(11_251, 20_001)
	})
	low, high, cv := math.Inf(1), 0., 0.
	for _, train := range spikes {
		hz := float64(len(train)) / 1.999 // the current came in the first tick
		low, high = min(low, hz), max(high, hz)
		sum, squares := 0., 0.
		for i := range train[1:] {
			d := float64(train[i+1] - train[i])
			sum, squares = sum+d, squares+d*d
		}
		mean := sum / float64(len(train)-1)
		cv += math.Sqrt(squares/float64(len(train)-1)-mean*mean) / mean / 5
	}
	want := session.Members{Low: low, High: high, N: 5, CV: cv}
	if diff := cmp.Diff(want, n.Members, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6*math.Abs(a) })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if hz := float64(recent) / 5 / 0.875; n.Count != 5 || math.Abs(n.Rate-hz) > 0.01*hz {
		t.Errorf("got %d neurons with a mean rate of %g Hz, want 5 and %g Hz", n.Count, n.Rate, hz)
	}
}

func TestAnotherCurrentMeasuresMembersAnew(t *testing.T) {
	t.Parallel()
	b := network(t, strings.Replace(pair, "[neuron.n2]", "[neuron.n2]\ncount = 5", 1))
	b.Virtual.Knobs["knob"].SetCode(0)
	b.Virtual.Knobs["other"].SetCode(1023)
	b.Observe(sessiontest.At{
		1000: func() {
			if n := b.Session.Status().Neurons[1].Members; n.N != 5 || n.Low != n.High || n.Low < 100 {
				t.Errorf("got %+v, want five equal neurons that fire", n)
			}
			b.Virtual.Knobs["other"].SetCode(0)
		},
		1500: func() {
			if n := b.Session.Status().Neurons[1].Members; n != (session.Members{}) {
				t.Errorf("got %+v after half a second without a current, want the new rate 0", n)
			}
		},
	})
	b.Run(t, 1500)
}

// An LED of a population shows the spikes of any neuron, one of "n2.3" that neuron's alone.
func TestOutputsOfMembers(t *testing.T) {
	t.Parallel()
	text := strings.Replace(pair, "[neuron.n2]", "[neuron.n2]\ncount = 4\nsigma = \"3 mV\"\nseed = 1", 1)
	for name, of := range map[string]string{"all": "n2", "third": "n2.3"} {
		text += fmt.Sprintf("[output.%s]\ndriver = \"pulse\"\npin = \"GPIO2%d\"\nneuron = \"%s\"\nwidth = \"1 ms\"\n", name, len(name), of)
	}
	b := network(t, text, "output.led.neuron=n1")
	b.Run(t, 1000)
	wantAll, wantThird := []int64{0}, int64(0) // steps with a spike, and spikes of the third neuron
	b.Session.Record().Look(func(_, _ int64, cells []trace.Cell) {
		cells[1].Raster.Between(1, 10_001, func(s neuron.MemberSpike) {
			if s.Member == 2 {
				wantThird++
			}
			if step := s.Step; step != wantAll[len(wantAll)-1] {
				wantAll = append(wantAll, step)
			}
		})
	})
	pulsed := map[string]int64{}
	for _, o := range b.Session.Summary().Pulsed {
		pulsed[o.Name] = o.Pulses + o.Merged
	}
	if pulsed["all"] != int64(len(wantAll)-1) || pulsed["third"] != wantThird || wantThird < 20 || len(wantAll) < 80 {
		t.Errorf("got pulses of %v, want %d of the population and %d of its third neuron", pulsed, len(wantAll)-1, wantThird)
	}
}

// A synapse follows the knob of its gain in each tick: from -1 to 1. Without a reading its gain is 0.
func TestKnobTurnsTheGain(t *testing.T) {
	t.Parallel()
	b := network(t, pair+"[input.third]\ndriver = \"mcp3208\"\nport = \"SPI0.1\"\nchannel = 0\n", "synapse.a.gain=third", "synapse.a.delay=1 ms", "input.other.current=[\"0 nA\", \"1 nA\"]")
	b.Virtual.Knobs["knob"].SetCode(1023)
	third := b.Virtual.Knobs["third"]
	third.SetCode(4095)
	check := func(want float64, sign int) func() {
		return func() {
			st := b.Session.Status()
			if got := st.Synapses[0].Gain; math.Abs(got-want) > 1e-9 {
				t.Errorf("tick %d: got the gain %g, want %g", st.Tick.Due, got, want)
			}
			if s := st.Neurons[1].Synaptic; s*float64(sign) < 0 || sign == 0 && math.Abs(s) > 1e-6 {
				t.Errorf("tick %d: got a synaptic current of %g nA, want its sign to be %d", st.Tick.Due, s, sign)
			}
		}
	}
	faulty := func(f sim.Faults) { b.Virtual.Ports["SPI0.1"].SetFaults(f) }
	b.Observe(sessiontest.At{
		200:  func() { check(1, 1)(); third.SetCode(0) },
		201:  check(-1, 1), // a current of before
		400:  func() { check(-1, -1)(); third.SetCode(2047) },
		1000: func() { check(2*2047./4095-1, -1)(); third.SetCode(4095) },
		1200: func() { check(1, 1)(); faulty(sim.Faults{MISO: sim.Open}) },
		2000: func() { check(0, 0)(); faulty(sim.Faults{}) },
		3000: check(1, 1),
	})
	b.Run(t, 3000)
}

func TestLoopOfANetworkDoesNotAllocate(t *testing.T) {
	b := network(t, strings.Replace(pair, "[neuron.n2]", "[neuron.n2]\ncount = 30\nsigma = \"3 mV\"\nseed = 1", 1)+`
[synapse.b]
from = "n2"
to = ["n1", "n2"]
kind = "alpha"
weight = "0.1 nA"
tau = "3 ms"
gain = "other"
plastic = {a_plus = "0.01 nA", a_minus = "0.01 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "1 nA"}
[synapse.c]
from = "n2.3"
to = "n2.5"
kind = "delta"
weight = "-1 mV"
`)
	b.Run(t, 500)
	b.Loop.Ticks = 1
	few := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	b.Loop.Ticks = 1000
	many := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	if few != many {
		t.Errorf("got %g allocations in 1000 ticks with a tap, and %g in one; want the same", many, few)
	}
	if s := b.Session.Summary().Synapses[1]; !s.Plastic || !(s.Low < s.Mean && s.Mean < s.High) || s.Arrivals == 0 || s.Pairs != 30+30*29 {
		t.Errorf("got %+v, want plastic weights that differ", s)
	}
}

// Readers and changes of a network do not wait for the loop, nor the loop for them.
func TestNetworkBesideItsReaders(t *testing.T) {
	t.Parallel()
	b := network(t, strings.Replace(pair, "[neuron.n2]", "[neuron.n2]\ncount = 30\nsigma = \"3 mV\"\nseed = 1", 1)+`
[synapse.b]
from = "n2"
to = ["n1", "n2"]
kind = "exp"
weight = "0.1 nA"
tau = "3 ms"
plastic = {a_plus = "0.01 nA", a_minus = "0.01 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "1 nA"}
`)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(t, 1000)
	}()
	arrivals := int64(0)
	for i := range 100 {
		st := b.Session.Status()
		if now := st.Synapses[1].Arrivals; now < arrivals {
			t.Fatalf("got %d arrivals after %d", now, arrivals)
		}
		arrivals = st.Synapses[1].Arrivals
		if err := b.Session.Set("synapse.a", "delay", float64(1+i%50)); err != nil {
			t.Fatal(err)
		}
	}
	<-ended
	if end := b.Session.Summary(); end.Synapses[1].Arrivals == 0 || end.Dropped != 0 {
		t.Errorf("got %d arrivals, %d dropped; want some, and none dropped by changes of a delay", end.Synapses[1].Arrivals, end.Dropped)
	}
}
