package web_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

const knobOf = "[input.knob]\ndriver = 'mcp3008'\nchannel = 0\n"

// table returns the TOML of a table of synapses.
func table(name, from, to, more string) string {
	return fmt.Sprintf("[synapse.%s]\nfrom = %s\nto = %s\nkind = 'exp'\nweight = '-8 nA'\ntau = '5 ms'\n%s\n", name, from, to, more)
}

// neuronsOf returns the TOML of neurons with a knob.
func neuronsOf(names ...string) (text string) {
	text = knobOf
	for _, name := range names {
		text += "[neuron." + name + "]\ninput = 'knob'\n"
	}
	return text
}

func open(t *testing.T, text string) (*sessiontest.Bench, web.Run) {
	t.Helper()
	cfg, err := config.Parse("net.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Traced: true})
	return b, web.Of(b.Session, "test")
}

// The picture of a network has a place for each neuron, and a pair for each two places with synapses.
// A knob used only as a gain shows the factor of the weight.
func TestKnobOfAGainIsNoCurrent(t *testing.T) {
	t.Parallel()
	_, run := open(t, neuronsOf("n1", "n2")+table("a", "'n1'", "'n2'", "gain = 'volume'\n[input.volume]\ndriver = 'mcp3008'\nchannel = 1\ncurrent = ['0 nA', '5 nA']"))
	got := map[string]string{}
	for _, in := range run.Hello().Inputs {
		got[in.Name] = fmt.Sprintf("%g %g %s", in.Low, in.High, in.Unit)
	}
	if diff := cmp.Diff(map[string]string{"knob": "0 5 nA", "volume": "-1 1 ×"}, got); diff != "" {
		t.Error("-want +got", diff)
	}
}

func TestPictureOfANetwork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, toml, want string }{
		{"lone neurons", neuronsOf("n1", "n2"), "false [] []"},
		{"a pair", neuronsOf("n1", "n2") + table("a", "'n1'", "'n2'", "") + table("b", "'n2'", "'n1'", ""), "true [n1 n2] [a 1 [[0 1]] b 1 [[1 0]]]"},
		{"all to all", neuronsOf("n1", "n2", "n3") + table("a", "['n1', 'n2', 'n3']", "['n1', 'n2', 'n3']", ""), "true [n1 n2 n3] [a 6 [[0 1] [0 2] [1 0] [1 2] [2 0] [2 1]]]"},
		{"a synapse onto itself", neuronsOf("n1") + table("a", "'n1'", "'n1'", "self = true"), "true [n1] [a 1 [[0 0]]]"},
		{"populations", neuronsOf("e") + "count = 300\n[neuron.i]\ncount = 100\ninput = 'knob'\n" + table("a", "'e'", "['e', 'i']", "") + table("b", "'i'", "'e'", ""),
			"true [e i] [a 119700 [[0 0] [0 1]] b 30000 [[1 0]]]"},
		{"named neurons of a small population", neuronsOf("n") + "count = 3\n" + table("a", "'n.1'", "'n.3'", ""), "true [n.1 n.2 n.3] [a 1 [[0 2]]]"},
		{"a small population without named neurons", neuronsOf("n") + "count = 3\n" + table("a", "'n'", "'n'", ""), "true [n] [a 6 [[0 0]]]"},
		{"named neurons of a large population", neuronsOf("n") + "count = 100\n" + table("a", "'n.1'", "'n.3'", ""), "true [n] [a 1 [[0 0]]]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, run := open(t, tt.toml)
			n := run.Hello().Network
			var places, synapses []string
			for _, p := range n.Places {
				places = append(places, p.Name)
			}
			for _, s := range n.Synapses {
				synapses = append(synapses, s.Name, fmt.Sprint(s.Count), fmt.Sprint(s.Pairs))
			}
			if got := fmt.Sprint(n.Exists, places, synapses); got != fmt.Sprint(tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A network with too many neurons has no picture.
func TestLargeNetworkHasNoPicture(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 61 {
		names = append(names, fmt.Sprint("n", i))
	}
	_, run := open(t, neuronsOf(names...)+table("a", "'n0'", "'n1'", ""))
	if c := run.Hello().Neurons[60].Curve; len(c) != 27 || c[0].I != 0 || c[26].I != 5 {
		t.Errorf("got a curve of %d points from %g to %g nA, want 27 from 0 to 5 nA", len(c), c[0].I, c[len(c)-1].I)
	}
	if n := run.Hello().Network; !n.Exists || len(n.Places) != 0 || len(n.Synapses) != 1 || len(n.Synapses[0].Pairs) != 0 || n.Synapses[0].Count != 1 {
		t.Errorf("got %+v, want a synapse without a place", n)
	}
}

// A page shows as many tables as a frame has: the others are left out of all messages.
func TestPageShowsAsManyTablesAsAFrame(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprint("n", i))
	}
	b, run := open(t, neuronsOf(names...))
	b.Run(t, 100)
	if h := run.Hello(); len(h.Neurons) != 255 || h.LeftOut != 45 {
		t.Errorf("got %d neurons in the hello and %d left out, want 255 and 45", len(h.Neurons), h.LeftOut)
	}
	if n := len(run.Status().Neurons); n != 300 {
		t.Errorf("got %d neurons for the metrics, want 300", n)
	}
}

// The page has the parameters of synapses with their sliders, and the inner currents of neurons.
func TestSynapsesOnThePage(t *testing.T) {
	t.Parallel()
	b, run := open(t, neuronsOf("n1", "n2")+"b = '0.1 nA'\n"+table("a", "'n1'", "'n2'", "delay = '1 ms'"))
	b.Run(t, 1000)
	want := web.Synapse{Name: "a", Kind: "exp", Count: 1, Pairs: [][2]int{{0, 1}}, Params: map[string]float64{"weight": -8, "tau": 5, "delay": 1}, Sliders: []web.Slider{
		{Key: "weight", Symbol: "weight", Name: "weight", Unit: "nA", Low: -20, High: 20, Decimals: 1},
		{Key: "tau", Symbol: "tau", Name: "time constant", Unit: "ms", Low: 0.5, High: 100, Decimals: 1, Logarithmic: true},
		{Key: "delay", Symbol: "delay", Name: "delay", Unit: "ms", Low: 0.1, High: 20, Decimals: 1}}}
	if diff := cmp.Diff(want, run.Hello().Network.Synapses[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	st := run.Status()
	n1, n2 := st.Neurons[0], st.Neurons[1]
	if n1.Synaptic != nil || n1.W != nil || n2.Synaptic == nil || !(*n2.Synaptic < 0) || n2.W == nil {
		t.Errorf("got %+v and %+v, want inner currents of n2 alone", n1, n2)
	}
	if diff := cmp.Diff([]web.SynapseStatus{{Name: "a", Gain: 1, Mean: -8, Low: -8, High: -8, Unit: "nA", Arrivals: n1.Spikes}}, st.Synapses); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := run.Set("synapse.a", "weight", 3); err != nil {
		t.Fatal(err)
	}
	if got := run.Hello().Network.Synapses[0]; got.Params["weight"] != 3 || got.Sliders[0].High != 20 {
		t.Errorf("got %+v, want a weight of 3 nA and the same slider", got)
	}
}
