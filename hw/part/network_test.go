package part

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

// network returns a configuration with the given tables. A line "name: key = value; ..." is a table, such as "neuron.n1: b = ...".
func network(lines ...string) []byte {
	var b strings.Builder
	for _, line := range lines {
		table, keys, _ := strings.Cut(line, ":")
		fmt.Fprintf(&b, "[%s]\n", table)
		for key := range strings.SplitSeq(keys, ";") {
			if key := strings.TrimSpace(key); key != "" {
				fmt.Fprintln(&b, key)
			}
		}
	}
	return []byte(b.String())
}

// synapse returns the line of a table: exp synapses with a weight in nA.
func synapse(name, from, to string, weight float64) string {
	return fmt.Sprintf(`synapse.%s: from = %s; to = %s; kind = "exp"; weight = "%g nA"; tau = "5 ms"`, name, from, to, weight)
}

// ring returns n neurons with a synapse from each to the next one.
func ring(n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("neuron.n%d:", i+1), synapse(fmt.Sprintf("s%d", i+1), fmt.Sprintf(`"n%d"`, i+1), fmt.Sprintf(`"n%d"`, (i+1)%n+1), 16))
	}
	return lines
}

func TestWarningsOfNetworks(t *testing.T) {
	const (
		drive  = `input.drive: driver = "wave"; shape = "constant"; mean = "2.5 nA"`
		all    = `["a", "b", "c"]`
		inStep = ": their synapses are alike: give one of them another v_start, or each sigma and a seed"
		alone  = `: all its neurons stay in step: add sigma, or a range such as v_start = ["-70 mV", "-55 mV"]`
	)
	pair := []string{drive, synapse("x", `"a"`, `"b"`, -3), synapse("y", `"b"`, `"a"`, -3)}
	two := func(a, b string) []string { return append(pair, "neuron.a: "+a, "neuron.b: "+b) }
	currents := func(all ...float64) (lines []string) {
		for i, nA := range all {
			name := string(rune('a' + i))
			lines = append(lines, fmt.Sprintf(`input.i%s: driver = "wave"; shape = "constant"; mean = "%g nA"`, name, nA), fmt.Sprintf(`neuron.%s: input = "i%s"`, name, name))
		}
		return lines
	}
	attractor := func(cue string) []string {
		lines := []string{drive, `input.cue: driver = "wave"; shape = "pairs"; at = "100 ms"`}
		for i := range 8 {
			input := `"drive"`
			if i == 2 {
				input = cue
			}
			next := fmt.Sprintf(`["n%d", "n%d"]`, (i+1)%8, (i+7)%8)
			lines = append(lines, fmt.Sprintf("neuron.n%d: input = %s", i, input), synapse(fmt.Sprintf("e%d", i), fmt.Sprintf(`"n%d"`, i), next, 0.15))
		}
		return append(lines, synapse("i", `["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]`, `["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]`, -0.5))
	}
	for _, tt := range []struct {
		name string
		text []byte
		want []string // without the place
	}{
		{"half-centre", network(two(`input = "drive"`, `input = "drive"`)...), []string{"neuron.a: stays in step with b" + inStep}},
		{"half-centre with another start", network(two(`input = "drive"; v_start = "-60 mV"`, `input = "drive"`)...), nil},
		{"half-centre with equal starts", network(two(`input = "drive"; v_start = "-60 mV"`, `input = "drive"; v_start = "-60 mV"`)...),
			[]string{"neuron.a: stays in step with b" + inStep}},
		{"half-centre with a start at rest", network(two(`input = "drive"; v_start = "-0.07 V"`, `input = "drive"`)...),
			[]string{"neuron.a: stays in step with b" + inStep}},
		{"half-centre with random starts", network(two(`input = "drive"; v_start = ["-70 mV", "-60 mV"]`, `input = "drive"; v_start = ["-70 mV", "-60 mV"]`)...), nil},
		{"half-centre with another threshold", network(two(`input = "drive"; v_t = "-54 mV"`, `input = "drive"`)...), nil},
		{"half-centre with noise", network(two(`input = "drive"; sigma = "1 mV"`, `input = "drive"; sigma = "1 mV"; seed = 1`)...), nil},
		{"noise of one seed", network(two(`input = "drive"; sigma = "1 mV"`, `input = "drive"; sigma = "1 mV"`)...),
			[]string{"neuron.b.seed: is that of neuron.a, so both have the same noise, got 0 by default: write seed = 1"}},
		{"noise of seeds in use", network(drive, `neuron.a: input = "drive"; sigma = "1 mV"; seed = 2`, `neuron.b: input = "drive"; sigma = "1 mV"; seed = 2`,
			`neuron.c: input = "drive"; sigma = "2 mV"; seed = 1`, `neuron.d: input = "drive"; sigma = "2 mV"; seed = 0x2`, `neuron.e: input = "drive"; seed = 2`, output("a"), output("b"), output("c"), output("d"), output("e")),
			[]string{"neuron.b.seed: is that of neuron.a, so both have the same noise, got 2: write seed = 3",
				"neuron.d.seed: is that of neuron.a, so both have the same noise, got 0x2: write seed = 4"}},
		{"random spikes of one seed", network(`input.p: driver = "train"; rate = "20 Hz"`, `input.q: driver = "train"; rate = "30 Hz"; seed = 0`, "neuron.n1:", synapse("s", `["p", "q"]`, `"n1"`, 8), output("n1")),
			[]string{"input.q.seed: is that of input.p, so both have the same random spikes, got 0: write seed = 1"}},
		{"winner takes all", network(append(currents(2, 2.2, 2.4), synapse("s", all, all, -1.5))...), nil},
		{"winner takes all with equal currents", network(append(currents(2, 2, 2), synapse("s", all, all, -1.5))...), []string{"neuron.a: stays in step with b and c" + inStep}},
		{"two of three with equal currents", network(append(currents(2, 2, 2.4), synapse("s", all, all, -1.5))...), nil},
		{"ring with one train", network(append(ring(8), `input.cue: driver = "train"; times = ["1 ms"]`, synapse("cue", `"cue"`, `"n1"`, 16))...), nil},
		{"ring without a train", network(ring(8)...), []string{"neuron.n1: stays in step with n2, n3 and 5 others" + inStep}},
		{"ring attractor", network(attractor(`["cue", "drive"]`)...), nil},
		{"ring attractor without a cue", network(append(attractor(`"drive"`), `neuron.other: input = "cue"`, output("other"))...), []string{"neuron.n0: stays in step with n1, n2 and 5 others" + inStep}},
		{"lateral inhibition", network(append(currents(2.2, 2.2, 2.2, 2.2, 3, 3, 3, 3), chain(8)...)...), nil},
		{"population", network(drive, `neuron.n1: input = "drive"; count = 8`, output("n1.3")), []string{"neuron.n1" + alone}},
		{"population with a range", network(drive, `neuron.n1: input = "drive"; count = 8; v_start = ["-70 mV", "-60 mV"]`, output("n1")), nil},
		{"population with noise", network(drive, `neuron.n1: input = "drive"; count = 8; sigma = "1 mV"`, output("n1")), nil},
		{"population as a random graph", network(drive, `neuron.n1: input = "drive"; count = 8`, synapse("s", `"n1"`, `"n1"`, 0.1)+"; probability = 0.5"), nil},
		{"population with one cue", network(drive, `input.cue: driver = "train"; times = ["1 ms"]`, `neuron.n1: input = "drive"; count = 2`, synapse("s", `"cue"`, `"n1.1"`, 8),
			synapse("t", `"n1"`, `"n1"`, -3)), nil},
		{"unused", network(drive, `input.cue: driver = "train"; times = ["1 ms"]`, `neuron.n1: input = "drive"`, output("n1")), []string{"input.cue: is not in the key from of any synapse"}},
		{"seed without probability", network(drive, `neuron.n1: input = "drive"`, "neuron.n2:", synapse("s", `"n1"`, `"n2"`, 8)+"; seed = 1", output("n2")),
			[]string{"synapse.s.seed: has no effect without probability, got 1"}},
		{"short tau", network(drive, `neuron.n1: input = "drive"`, "neuron.n2:", strings.Replace(synapse("s", `"n1"`, `"n2"`, 8), "5 ms", "0.5 ms", 1), output("n2")),
			[]string{`synapse.s.tau: is less than 10 steps of dt, got "0.5 ms": spikes come at the wrong time; use a dt of 0.05 ms or less`}},
		{"coarse step for tau", network(`loop: dt = "1 ms"`, drive, `neuron.n1: input = "drive"`, "neuron.n2:", synapse("s", `"n1"`, `"n2"`, 8), output("n2")),
			[]string{`loop.dt: is more than a tenth of tau of synapse.s, got "1 ms": spikes come at the wrong time; use 0.5 ms or less`}},
		{"short tau of an exact neuron", network(drive, `neuron.n1: input = "drive"`, `neuron.n2: integrator = "exact"`, strings.Replace(synapse("s", `"n1"`, `"n2"`, 8), "5 ms", "0.5 ms", 1), output("n2")), nil},
		{"only inhibition", network(drive, `neuron.n1: input = "drive"`, "neuron.n2:", synapse("s", `"n1"`, `"n2"`, -8), output("n2")),
			[]string{"neuron.n2: never fires: it has no input, and no synapse excites it"}},
		{"no output at the end", network(drive, `neuron.n1: input = "drive"`, "neuron.n2:", synapse("s", `"n1"`, `"n2"`, 8)),
			[]string{`neuron.n2: has no output: to see its spikes, add [output.NAME] with neuron = "n2"`}},
		{"a knob as gain", network(`input.knob: driver = "mcp3008"`, drive, `neuron.n1: input = "drive"`, "neuron.n2:", synapse("s", `"n1"`, `"n2"`, -8)+`; gain = "knob"`, output("n2")), nil},
		{"a weak input and a synapse", network(`input.weak: driver = "wave"; shape = "constant"; mean = "1 nA"`, drive, `neuron.n1: input = "drive"`, `neuron.n2: input = "weak"`,
			synapse("s", `"n1"`, `"n2"`, 8), output("n2")), nil},
	} {
		c, err := config.Parse("net.toml", tt.text, nil, Kinds())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, w := range c.Warnings {
			if w.Line < 1 || w.File != "net.toml" {
				t.Errorf("%s: %v has no place", tt.name, w)
			}
			_, text, _ := strings.Cut(w.Error(), "warning: ")
			got = append(got, text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// output returns the line of an LED for a neuron.
func output(neuron string) string {
	pin := 4
	for _, c := range neuron {
		pin = 4 + (pin+int(c))%20
	}
	return fmt.Sprintf(`output.%s: driver = "pulse"; pin = "GPIO%d"; neuron = %q`, strings.ReplaceAll(neuron, ".", "-"), pin, neuron)
}

// chain returns inhibition between neighbours among the neurons a, b and so on.
func chain(n int) (lines []string) {
	name := func(i int) string { return fmt.Sprintf("%q", string(rune('a'+i))) }
	for i := range n - 1 {
		lines = append(lines, synapse(fmt.Sprintf("up%d", i), name(i), name(i+1), -0.3), synapse(fmt.Sprintf("down%d", i), name(i+1), name(i), -0.3))
	}
	return lines
}

func TestSetChangesNetworks(t *testing.T) {
	const input = "[input.drive]\ndriver = \"wave\"\nshape = \"constant\"\n"
	base := string(network(`neuron.n1: input = "drive"`, `neuron.n2: model = "izhikevich"; input = "drive"`, synapse("s", `"n1"`, `"n2"`, 8), output("n2"))) + input
	for _, tt := range []struct{ set, old, new string }{
		{"neuron.n2.a=0.1", "a = 0.02", "a = 0.1"},
		{"neuron.n2.b=1", "b = 0.2", "b = 1"},
		{"neuron.n1.b=0.2 nA", `b = "0 nA"`, `b = "0.2 nA"`},
		{"neuron.n1.count=3", "count = 1", "count = 3"},
		{"neuron.n1.integrator=exact", `"euler"`, `"exact"`},
		{`neuron.n1.v_start=["-70 mV", "-60 mV"]`, "count = 1\n", "count = 1\nv_start = [\"-70 mV\", \"-60 mV\"]\n"},
		{"neuron.n1.v_start=-60 mV", "count = 1\n", "count = 1\nv_start = \"-60 mV\"\n"},
		{"synapse.s.weight=-3 nA", `weight = "8 nA"`, `weight = "-3 nA"`},
		{`synapse.s.from=["n1", "n2"]`, `from = "n1"`, `from = ["n1", "n2"]`},
		{"synapse.s.to=n1", "to = \"n2\"\n", "to = \"n1\"\n"},
		{"synapse.s.delay=2 ms", `delay = "0.1 ms"`, `delay = "2 ms"`},
		{`synapse.s.plastic={a_plus = "0.5 nA", a_minus = "0.6 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "10 nA"}`, "self = false\n",
			"self = false\nplastic = {a_plus = \"0.5 nA\", a_minus = \"0.6 nA\", tau_plus = \"20 ms\", tau_minus = \"20 ms\", max = \"10 nA\"}\n"},
		{"synapse.s.tau=7 ms", `tau = "5 ms"`, `tau = "7 ms"`},
		{"output.n2.neuron=n1.1", "neuron = \"n2\"\n", "neuron = \"n1.1\"\n"},
	} {
		plain, err := config.Parse("", []byte(base), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		sets := []string{tt.set}
		if tt.set == "synapse.s.to=n1" {
			sets = append(sets, "synapse.s.self=true")
			plain.Synapses[0].Self = true
		}
		got, err := config.Parse("", []byte(base), sets, Kinds())
		if err != nil {
			t.Errorf("%s: %v", tt.set, err)
			continue
		}
		if diff := cmp.Diff(strings.Replace(string(plain.TOML()), tt.old, tt.new, 1), string(got.TOML())); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.set, diff)
		}
	}
	plastic := strings.Replace(base, "tau = \"5 ms\"\n", "tau = \"5 ms\"\nplastic = {a_plus = \"0.5 nA\", a_minus = \"0.6 nA\", tau_plus = \"20 ms\", tau_minus = \"20 ms\", max = \"10 nA\"}\n", 1)
	c, err := config.Parse("", []byte(plastic), []string{"synapse.s.plastic.max=12 nA", `synapse.s.plastic.tau_plus="30 ms"`}, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Synapses[0].Plastic; p.Max != 12 || p.TauPlus != 30 || p.APlus != 0.5 {
		t.Errorf("got %+v, want max 12 nA, tau_plus 30 ms and a_plus 0.5 nA", p)
	}
	_, err = config.Parse("", []byte(base), []string{"neuron.n1.a=0.02", `synapse.s.plastic={max = "1 nA"}`}, Kinds())
	const want = `--set neuron.n1.a: must be a conductance such as "10 nS", got 0.02: the unit is missing, write "0.02 nS"
--set synapse.s.plastic: synapse.s.plastic.a_plus: must be given: add a_plus = "0.5 nA"
--set synapse.s.plastic: synapse.s.plastic.a_minus: must be given: add a_minus = "0.5 nA"
--set synapse.s.plastic: synapse.s.plastic.tau_plus: must be given: add tau_plus = "20 ms"
--set synapse.s.plastic: synapse.s.plastic.tau_minus: must be given: add tau_minus = "20 ms"`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOrderOfTablesHasNoEffect(t *testing.T) {
	lines := append(ring(5), `input.cue: driver = "train"; times = ["1 ms"]`, synapse("cue", `["cue", "n4"]`, `["n1", "p.2"]`, 16), `neuron.p: count = 3; v_start = ["-70 mV", "-60 mV"]`,
		synapse("back", `"p"`, `["n1", "p"]`, -3)+"; probability = 0.3; seed = 4", output("n1"), output("p.2"), `loop: speed = 1`)
	want, err := config.Parse("", network(lines...), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		got, err := config.Parse("", network(lines...), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want.TOML()), string(got.TOML())); diff != "" {
			t.Errorf("printed: -want +got\n%s", diff)
		}
		got.Warnings, want.Warnings = nil, nil // their lines are those of the text
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// TestMissingInputBesideSpikesNeedsSynapse checks the way out in a file without a current.
func TestMissingInputBesideSpikesNeedsSynapse(t *testing.T) {
	text := network(`input.cue: driver = "train"; times = ["1 ms"]`, "neuron.n1:", "neuron.n2:", synapse("s", `"cue"`, `"n1"`, 8), output("n1"), output("n2"))
	_, err := config.Parse("", text, nil, Kinds())
	if want := "neuron.n2.input: must be given: name n2 in the key to of a synapse"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
