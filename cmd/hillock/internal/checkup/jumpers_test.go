package checkup

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/findings"
	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

func TestGraphOfJumperWires(t *testing.T) {
	t.Parallel()
	const text = `
[input.one]
driver = "edge"
pin = "GPIO22"
from = "red"
[input.far]
driver = "edge"
pin = "GPIO23"
from = "left/red"
[neuron.crowd]
count = 6
[neuron.a]
[neuron.b]
[neuron.c]
[neuron.d]
[synapse.s]
from = ["one", "far"]
to = ["crowd", "a", "b", "c", "d"]
kind = "delta"
weight = "16 mV"
delay = "1 ms"
[output.red]
driver = "pulse"
pin = "GPIO17"
neuron = "a"
[output.green]
driver = "pulse"
pin = "GPIO27"
neuron = "crowd.1"
[output.out]
driver = "pulse"
pin = "GPIO5"
neuron = "b"
to = "right/left"
`
	cfg, err := config.Parse("", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		found doctor.Connectome
		far   bool
		want  string
	}{
		{"wrong wires", doctor.Connectome{
			Jumpers: []doctor.Jumper{
				{Output: "red", From: "GPIO17", To: "GPIO25"},
				{Output: "red", From: "GPIO17", To: "GPIO27", Part: "output green"},
				{Output: "green", From: "GPIO27", To: "GPIO17", Part: "output red"},
			},
			Findings: []doctor.Finding{{Check: "one", Result: doctor.Failed}, {Check: "far", Result: doctor.Skipped}},
		}, false, `
FAIL  crowd.1  green  GPIO27 (header pin 13) -> GPIO17 (header pin 11)  output red
      b        out    GPIO5 (header pin 29)  -> another board           right/left: use 'hillock doctor --listen' there
FAIL  a        red    GPIO17 (header pin 11) -> GPIO25 (header pin 22)  a free pin
FAIL  a        red    GPIO17 (header pin 11) -> GPIO27 (header pin 13)  output green
skip                  nothing                -> GPIO23 (header pin 16)  far -> crowd, a, b, 2 more
FAIL                  nothing                -> GPIO22 (header pin 15)  one -> crowd, a, b, 2 more
`},
		{"another board", doctor.Connectome{
			Jumpers:  []doctor.Jumper{{Output: "left/red", From: "GPIO17", To: "GPIO23", Part: "input far", Wanted: true}},
			Findings: []doctor.Finding{{Check: "one", Result: doctor.Skipped}, {Check: "far", Result: doctor.Passed}},
		}, true, `
ok      left/red  GPIO17 (header pin 11) -> GPIO23 (header pin 16)  far -> crowd, a, b, 2 more
skip              nothing                -> GPIO22 (header pin 15)  one -> crowd, a, b, 2 more
`},
	} {
		var rows []string
		for _, r := range draw(cfg, tt.found, tt.far) {
			rows = append(rows, r.text(findings.New(io.Discard)))
		}
		if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), strings.Join(rows, "\n")+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
