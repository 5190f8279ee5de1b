package modeltime

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"hillock/config"
	"hillock/hw/part"
)

// parse returns a configuration.
func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// synapses returns a table of synapses for each pair of the given neurons.
func synapses(keys string, neurons ...string) (all string) {
	for _, from := range neurons {
		for _, to := range neurons {
			if from != to {
				all += fmt.Sprintf("[synapse.%s%s]\nfrom = %q\nto = %q\nkind = \"exp\"\ndelay = \"1 ms\"\n%s\n", from, to, from, to, keys)
			}
		}
	}
	return all
}

func TestSpikesOfAFileAreTheReference(t *testing.T) {
	constant := func(name, current string) string {
		return fmt.Sprintf("[input.%s]\ndriver = \"wave\"\nshape = \"constant\"\nmean = %q\n", name, current)
	}
	half := func(name, start string) string {
		return fmt.Sprintf("[neuron.%s]\ninput = \"i\"\nt_ref = \"2 ms\"\nb = \"0.2 nA\"\ntau_w = \"300 ms\"\nv_start = %q\n", name, start)
	}
	winner := func(name, current string) string {
		return constant("i"+name, current) + fmt.Sprintf("[neuron.%s]\ninput = %q\nt_ref = \"2 ms\"\n", name, "i"+name)
	}
	for name, tt := range map[string]struct {
		text  string
		steps int64
	}{
		"halfcentre": {constant("i", "2.5 nA") + half("n1", "-70 mV") + half("n2", "-60 mV") +
			synapses("weight = \"-3 nA\"\ntau = \"20 ms\"", "n1", "n2"), 30_000},
		"wta": {winner("n1", "2 nA") + winner("n2", "2.2 nA") + winner("n3", "2.4 nA") +
			synapses("weight = \"-1.5 nA\"\ntau = \"10 ms\"", "n1", "n2", "n3"), 10_000},
	} {
		want, err := os.ReadFile("../../../../neuron/testdata/networks/" + name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		run := Run{Config: parse(t, tt.text), Shown: Selection{All, All}, Steps: tt.steps}
		if err := run.Write(t.Context(), &out, "spikes"); err != nil {
			t.Fatal(err)
		}
		got := ""
		for line := range strings.Lines(out.String()) {
			columns := strings.Split(line, ",")
			got += columns[0] + "," + columns[2]
		}
		if got != string(want) {
			t.Errorf("%s: got\n%.100s\nwant\n%.100s", name, got, want)
		}
	}
}

// The figures of one neuron are the same in all formats, and whether the others are shown or not.
func TestFormatsAgree(t *testing.T) {
	cfg := parse(t, `
[input.i]
driver = "mcp3008"
current = ["0 nA", "6 nA"]
[neuron.n1]
input = "i"
count = 3
v_start = ["-70 mV", "-60 mV"]
[neuron.n2]
b = "0.1 nA"
[synapse.s]
from = "n1"
to = "n2"
kind = "alpha"
weight = "2 nA"
tau = "5 ms"
`)
	write := func(name, format string) string {
		shown, err := Select(cfg, name)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (&Run{Config: cfg, Shown: shown, Steps: 3000}).Write(t.Context(), &out, format); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	all, trace := write("", "spikes"), strings.Split(write("", "trace"), "\n")
	for column, name := range map[int]string{4: "n1.1", 7: "n1.2", 10: "n1.3", 13: "n2"} {
		spikes := strings.Count(all, ","+name+"\n")
		if spikes < 5 {
			t.Fatalf("%s: got %d spikes, want more", name, spikes)
		}
		if got := strings.Count(write(name, "spikes"), "\n") - 1; got != spikes {
			t.Errorf("%s alone: got %d spikes, want %d", name, got, spikes)
		}
		if got := strings.Count(write(name, "worksheet"), "|"); got != spikes {
			t.Errorf("%s: got %d marks, want %d", name, got, spikes)
		}
		if want := fmt.Sprintf("\nspikes     %d\n", spikes); !strings.Contains(write(name, "summary"), want) {
			t.Errorf("%s: got the summary\n%s\nwant in it %q", name, write(name, "summary"), want)
		}
		traced := 0
		for _, row := range trace[1 : len(trace)-1] {
			if strings.Split(row, ",")[column] == "1" {
				traced++
			}
		}
		if head := strings.Split(trace[0], ",")[column]; head != name+".spike" || traced != spikes {
			t.Errorf("%s: got %d spikes under %s, want %d under %s.spike", name, traced, head, spikes, name)
		}
	}
	if got, want := strings.Count(write("n1", "spikes"), "\n"), strings.Count(all, ",n1."); got != want+1 {
		t.Errorf("n1: got %d rows, want %d", got, want+1)
	}
}

// A knob at rest inverts a synapse: its spikes inhibit.
func TestSummaryHasTheGains(t *testing.T) {
	run := &Run{Config: parse(t, `
[input.volume]
driver = "mcp3008"
channel = 0
[input.noise]
driver = "train"
rate = "100 Hz"
seed = 1
[neuron.n1]
[synapse.nerve]
from = "noise"
to = "n1"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
gain = "volume"
`), Shown: Selection{Table: All}, Steps: 10_000}
	var out bytes.Buffer
	if err := run.Write(t.Context(), &out, "summary"); err != nil {
		t.Fatal(err)
	}
	if want := "\nsynapse nerve: gain -0.2 (knob volume at 40 %)\n"; !strings.Contains(out.String(), want) {
		t.Errorf("got\n%s\nwant in it %s", out.String(), want)
	}
}

func TestUnknownNeuron(t *testing.T) {
	text := func(names ...string) (all string) {
		for _, n := range names {
			all += "[neuron." + n + "]\nsigma = \"1 mV\"\n"
		}
		return all
	}
	many := strings.Fields("p01 p02 p03 p04 p05 p06 p07 p08 p09")
	for _, tt := range []struct {
		neurons    []string
		name, want string
	}{
		{[]string{"n1"}, "n2", `must be "n1", got "n2"`},
		{[]string{"a", "and", "not", "or"}, "nott", `must be "a", "and", "not" or "or", got "nott": did you mean not?`},
		{[]string{"left", "right"}, "bell", `must be "left" or "right", got "bell"`},
		{many, "p99", `unknown neuron "p99": did you mean p09?`},
		{many, "bell", `unknown neuron "bell": the file has 9, such as p01`},
	} {
		if _, err := Select(parse(t, text(tt.neurons...)), tt.name); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// A neuron without inputs has no current. A reason for all neurons has a line of its own.
func TestTableSaysAReasonOnce(t *testing.T) {
	run := &Run{Config: parse(t, "[neuron.left]\n[neuron.right]\n"+synapses("weight = \"1 nA\"\ntau = \"5 ms\"", "left", "right")),
		Shown: Selection{Table: All, Member: All}, Steps: 100}
	var out bytes.Buffer
	if err := run.Write(t.Context(), &out, "summary"); err != nil {
		t.Fatal(err)
	}
	want := `model time 0.01 s, 100 steps of 0.1 ms

neuron  count  current  spikes  rate  CV
left    1      -        0       0 Hz  -
right   1      -        0       0 Hz  -

all neurons: no prediction: synapses act on it
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
