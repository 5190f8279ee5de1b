package part

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hillock/config"
)

// netBase is a good configuration of a network. The tests change one of its lines, by number.
const netBase = `[loop]
dt = "0.1 ms"

[input.cue]
driver = "train"
times = ["10 ms", "20 ms"]

[input.knob]
driver = "mcp3008"

[input.drive]
driver = "wave"
shape = "constant"

[neuron.n1]
t_ref = "2 ms"
integrator = "euler"

[neuron.crowd]
count = 10
v_start = ["-70 mV", "-60 mV"]
input = "knob"

[synapse.a]
from = ["cue", "crowd"]
to = "n1"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
delay = "1 ms"

[synapse.b]
from = "n1"
to = ["crowd.1", "crowd.2"]
kind = "delta"
weight = "-2 mV"

[neuron.n2]
model = "adex"
input = "drive"

[neuron.n3]
model = "izhikevich"
input = "drive"

[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "crowd.3"
`

func netCases() []badCase {
	return slices.Concat(badSynapses(), badEnds(), badPlasticity(), badModels(), badPopulations(), badTrains(), badEdges())
}

// editNet replaces a line of netBase, or adds text after the last line.
func editNet(test badCase) []byte {
	lines := strings.Split(netBase, "\n")
	if test.line == 0 {
		lines = append(lines, test.text)
	} else {
		lines[test.line-1] = test.text
	}
	return []byte(strings.Join(lines, "\n"))
}

// TestMistakesInNetworksAreReported is TestMistakesAreReported for netBase.
func TestMistakesInNetworksAreReported(t *testing.T) {
	if _, err := config.Parse("bad.toml", []byte(netBase), nil, Kinds()); err != nil {
		t.Fatal(err)
	}
	if n := len(netCases()); n < 100 {
		t.Errorf("got %d cases, want at least 100", n)
	}
	for _, test := range netCases() {
		_, err := config.Parse("bad.toml", editNet(test), nil, Kinds())
		if err == nil {
			t.Errorf("line %d as %q: got no error, want %s", test.line, test.text, test.want)
			continue
		}
		if got := strings.ReplaceAll("\n"+err.Error(), "\nbad.toml:", "\n")[1:]; got != test.want {
			t.Errorf("line %d as %q:\n got %s\nwant %s", test.line, test.text, got, test.want)
		}
		var problems config.Problems
		if !errors.As(err, &problems) {
			t.Errorf("line %d as %q: got %T, want Problems", test.line, test.text, err)
		}
		for _, p := range problems {
			complete(t, test.text, p)
		}
	}
}
