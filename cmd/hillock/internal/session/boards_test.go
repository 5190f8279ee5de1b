package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
)

// network of neurons on several boards. Each synapse has a wire if its neurons are on two boards.
type boards struct {
	tick     string
	cells    []cell
	synapses []synapse
}

// cell is a neuron on a board.
type cell struct {
	name  string
	board int
	keys  string // of its table
	input string // the table of its input, or nothing
}

// synapse goes from a neuron or a spike input to a neuron.
type synapse struct {
	from, to, kind, weight, tau string
	delay                       float64 // ms
}

// board returns the board of a neuron or of a cell's input.
func (n boards) board(name string) int {
	for _, c := range n.cells {
		if c.name == name || strings.Contains(c.input, "[input."+name+"]") {
			return c.board
		}
	}
	panic(name)
}

// wires returns the neurons of other boards with synapses onto a board.
func (n boards) wires(board int) (from []string) {
	for _, s := range n.synapses {
		if n.board(s.from) != board && n.board(s.to) == board && !slices.Contains(from, s.from) {
			from = append(from, s.from)
		}
	}
	return from
}

// sent returns the neurons of a board with synapses onto other boards.
func (n boards) sent(board int) (from []string) {
	for _, s := range n.synapses {
		if n.board(s.from) == board && n.board(s.to) != board && !slices.Contains(from, s.from) {
			from = append(from, s.from)
		}
	}
	return from
}

// text returns the file of the boards that on chooses. wire returns the table of the input for a neuron of another board. Synapses
// between boards have a longer delay, in ms.
func (n boards) text(on func(board int) bool, wire func(i int, from string) string, longer float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[loop]\nspeed = 1\ntick = %q\n", n.tick)
	count := map[int]bool{}
	for _, c := range n.cells {
		if !on(c.board) {
			continue
		}
		fmt.Fprintf(&b, "%s\n[neuron.%s]\n%s\n", c.input, c.name, c.keys)
		if !count[c.board] {
			count[c.board] = true
			for i, from := range n.sent(c.board) {
				fmt.Fprintf(&b, "[output.%s]\ndriver = \"pulse\"\npin = %q\nneuron = %q\nwidth = \"2 ms\"\n", from, outPins[i+4*c.board], from)
			}
			for i, from := range n.wires(c.board) {
				b.WriteString(wire(i, from))
			}
		}
	}
	for i, s := range n.synapses {
		if !on(n.board(s.to)) {
			continue
		}
		delay := s.delay
		if n.board(s.from) != n.board(s.to) {
			delay += longer
		}
		fmt.Fprintf(&b, "[synapse.s%02d]\nfrom = %q\nto = %q\nkind = %q\nweight = %q\ndelay = \"%g ms\"\n", i, s.from, s.to, s.kind, s.weight, delay)
		if s.tau != "" {
			fmt.Fprintf(&b, "tau = %q\n", s.tau)
		}
	}
	return b.String()
}

var (
	outPins = []string{"GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO12", "GPIO13", "GPIO14", "GPIO15", "GPIO16", "GPIO17", "GPIO18", "GPIO19", "GPIO20", "GPIO21", "GPIO22"}
	inPins  = []string{"GPIO23", "GPIO24", "GPIO25", "GPIO26"}
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("board.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return cfg
}

// all returns the steps of all spikes of a bench by neuron.
func all(b *sessiontest.Bench, into map[string][]int64) map[string][]int64 {
	for i, c := range b.Config.Neurons {
		into[c.Name] = spikeSteps(b, i)
	}
	return into
}

// run runs the network on a desk, a virtual Pi for each board, and returns the steps of its spikes.
func (n boards) run(t *testing.T, ticks int64, phase time.Duration) (*sessiontest.Desk, map[string][]int64) {
	t.Helper()
	count := 0
	for _, c := range n.cells {
		count = max(count, c.board+1)
	}
	var cfgs []*config.Config
	for i := range count {
		cfgs = append(cfgs, parse(t, n.text(func(b int) bool { return b == i }, func(k int, from string) string {
			return fmt.Sprintf("[input.%s]\ndriver = \"edge\"\npin = %q\nfrom = \"b%d/%s\"\n", from, inPins[k], n.board(from), from)
		}, 0)))
	}
	d := sessiontest.NewDesk(t, cfgs...)
	for i := range count {
		for k, from := range n.wires(i) {
			source := n.board(from)
			d.Join(t, source, outPins[slices.Index(n.sent(source), from)+4*source], i, inPins[k])
		}
	}
	d.Run(t, ticks, phase)
	got := map[string][]int64{}
	for i, b := range d.Boards {
		all(b, got)
		for _, from := range n.wires(i) {
			state, ok := b.Board.Edges.Of(from)
			if !ok || state.Fault != nil || state.Lost != 0 || state.Ignored != 0 {
				t.Errorf("board %d, wire from %s: got %+v", i, from, state)
			}
		}
	}
	return d, got
}

// With a tick of one step, a wire is one step longer than a synapse: the boards are one board with longer delays.
func TestBoardsAreOneBoardWithTheLatencyOfTheWires(t *testing.T) {
	t.Parallel()
	for name, n := range networks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n.tick = "0.1 ms"
			_, got := n.run(t, 8000, 0)
			one := sessiontest.NewDesk(t, parse(t, n.text(func(int) bool { return true }, func(int, string) string { return "" }, 0.1)))
			one.Run(t, 8000, 0)
			want := all(one.Boards[0], map[string][]int64{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-one board +boards):\n%s", diff)
			}
			for _, c := range n.cells {
				if len(got[c.name]) < 4 {
					t.Errorf("%s: got %d spikes, want a lively network", c.name, len(got[c.name]))
				}
			}
		})
	}
}

// With a tick of ten steps, and boards in or out of phase: the spikes of each board are those of its own file with a train in place of
// each wire. The train has the spikes of the other board, as pulses at the ends of its ticks.
func TestBoardsFollowTheirWiresStepForStep(t *testing.T) {
	t.Parallel()
	const tick, dt = time.Millisecond, 100 * time.Microsecond
	for name, n := range networks {
		n.tick = "1 ms" // outside the subtests: two of them share n
		for _, phase := range []time.Duration{0, 370 * time.Microsecond} {
			t.Run(fmt.Sprint(name, ", phase ", phase), func(t *testing.T) {
				t.Parallel()
				d, got := n.run(t, 1500, phase)
				for i := range d.Boards {
					alone := sessiontest.NewDesk(t, parse(t, n.text(func(b int) bool { return b == i }, func(_ int, from string) string {
						var times []string
						for _, s := range got[from] {
							pulse := (time.Duration(s)*dt+tick-1)/tick*tick + time.Duration(n.board(from)-i)*phase
							if step := int64(pulse/dt) + 1; step <= 15_000 {
								times = append(times, fmt.Sprintf("\"%.1f ms\"", float64(step)/10))
							}
						}
						return fmt.Sprintf("[input.%s]\ndriver = \"train\"\ntimes = [%s]\n", from, strings.Join(times, ", "))
					}, 0)))
					alone.Run(t, 1500, 0)
					want := all(alone.Boards[0], map[string][]int64{})
					for neuron, steps := range want {
						if diff := cmp.Diff(steps, got[neuron]); diff != "" || len(steps) < 4 {
							t.Errorf("board %d, %s, %d spikes (-alone +wired):\n%s", i, neuron, len(steps), diff)
						}
					}
				}
			})
		}
	}
}

// Two programs inhibit each other through two wires: one neuron fires in bursts while the other is silent.
func TestHalfCentreOfTwoBoardsAlternates(t *testing.T) {
	t.Parallel()
	n := networks["half-centre"]
	n.tick = "1 ms"
	_, got := n.run(t, 10_000, 0)
	type spike struct {
		step int64
		left bool
	}
	var spikes []spike
	for name, steps := range got {
		for _, step := range steps {
			spikes = append(spikes, spike{step, name == "left"})
		}
	}
	slices.SortFunc(spikes, func(a, b spike) int { return int(a.step - b.step) })
	var bursts []int
	for i, s := range spikes {
		if i == 0 || spikes[i-1].left != s.left {
			bursts = append(bursts, 0)
		}
		bursts[len(bursts)-1]++
	}
	for i, b := range bursts[:len(bursts)-1] {
		if b < 5 {
			t.Errorf("burst %d has %d spikes, want at least 5", i, b)
		}
	}
	if len(bursts) < 20 {
		t.Errorf("got %d bursts in 10 s: %v, want an alternating pair", len(bursts), bursts)
	}
}

// networks are the examples relay, running-light, xor and half-centre, on boards of their own.
var networks = map[string]boards{
	"relay": {
		cells: []cell{
			{name: "n1", board: 0, keys: "t_ref = \"5 ms\"", input: train("cue", "0.9 ms", "20 ms")},
			{name: "n2", board: 1, keys: "t_ref = \"5 ms\""},
		},
		synapses: []synapse{
			{"cue", "n1", "delta", "20 mV", "", 0.1},
			{"n1", "n2", "exp", "8 nA", "5 ms", 1},
		},
	},
	"xor": {
		cells: []cell{
			{name: "a", board: 0, keys: "t_ref = \"5 ms\"", input: train("a_in", "19 ms", "60 ms")},
			{name: "b", board: 0, keys: "t_ref = \"5 ms\"", input: train("b_in", "19 ms", "40 ms")},
			{name: "and", board: 1, keys: "t_ref = \"5 ms\""},
			{name: "out", board: 1, keys: "t_ref = \"5 ms\""},
		},
		synapses: gates,
	},
	"xor, four boards": {
		cells: []cell{
			{name: "a", board: 0, keys: "t_ref = \"5 ms\"", input: train("a_in", "19 ms", "60 ms")},
			{name: "b", board: 1, keys: "t_ref = \"5 ms\"", input: train("b_in", "19 ms", "40 ms")},
			{name: "and", board: 2, keys: "t_ref = \"5 ms\""},
			{name: "out", board: 3, keys: "t_ref = \"5 ms\""},
		},
		synapses: gates,
	},
	"running light, four boards": ring(8, 4),
	"half-centre": {
		cells: []cell{
			{name: "left", board: 0, keys: slow + "v_start = \"-70 mV\"\ninput = \"knob_l\"", input: knob("knob_l", 0)},
			{name: "right", board: 1, keys: slow + "v_start = \"-60 mV\"\ninput = \"knob_r\"", input: knob("knob_r", 1)},
		},
		synapses: []synapse{
			{"left", "right", "exp", "-3 nA", "20 ms", 1},
			{"right", "left", "exp", "-3 nA", "20 ms", 1},
		},
	},
}

// slow is the adaptation of the half-centre's neurons.
const slow = "t_ref = \"2 ms\"\nb = \"0.2 nA\"\ntau_w = \"300 ms\"\n"

func knob(name string, channel int) string {
	return fmt.Sprintf("[input.%s]\ndriver = \"mcp3008\"\nchannel = %d\ncurrent = [\"1.5 nA\", \"4 nA\"]\n", name, channel)
}

// gates are the synapses of the example xor.
var gates = []synapse{
	{"a_in", "a", "delta", "30 mV", "", 1},
	{"b_in", "b", "delta", "30 mV", "", 1},
	{"a", "out", "exp", "7 nA", "5 ms", 8},
	{"b", "out", "exp", "7 nA", "5 ms", 8},
	{"a", "and", "exp", "4 nA", "5 ms", 1},
	{"b", "and", "exp", "4 nA", "5 ms", 1},
	{"and", "out", "exp", "-20 nA", "5 ms", 1},
}

func train(name, first, every string) string {
	return fmt.Sprintf("[input.%s]\ndriver = \"train\"\ntimes = [%q]\nevery = %q\n", name, first, every)
}

// ring returns a running light of so many neurons: neighbours are on two boards.
func ring(neurons, count int) (n boards) {
	for i := range neurons {
		c := cell{name: fmt.Sprintf("n%d", i), board: i % count, keys: "t_ref = \"5 ms\""}
		if i == 0 {
			c.input = "[input.cue]\ndriver = \"train\"\ntimes = [\"0.9 ms\"]\n"
			n.synapses = append(n.synapses, synapse{"cue", "n0", "delta", "20 mV", "", 0.1})
		}
		n.cells = append(n.cells, c)
		n.synapses = append(n.synapses, synapse{c.name, fmt.Sprintf("n%d", (i+1)%neurons), "exp", "16 nA", "2 ms", 1})
	}
	return n
}
