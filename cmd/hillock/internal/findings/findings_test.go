package findings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// Wires are not looked at while the set-up is wrong, nor beside a hillock that runs.
func TestWiresWaitForTheSetUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		found doctor.Finding
		want  string
	}{
		{"healthy", doctor.Finding{Check: "SPI0.0", Result: doctor.Passed}, ""},
		{"another user", doctor.Finding{Check: "SPI0.0", Result: doctor.Failed}, "mend SPI0.0 first"},
		{"root", doctor.Finding{Check: "user", Result: doctor.Failed}, "mend user first"},
		{"hot", doctor.Finding{Check: "power", Result: doctor.Failed}, ""},
		{"running", doctor.Finding{Check: "GPIO17", Result: doctor.Passed, Means: doctor.Running}, "a hillock runs and has the parts: end it first, or sudo systemctl stop hillock"},
	} {
		f := Report{All: []doctor.Finding{tt.found}}
		if got := f.Unready(config.Default(part.Kinds())); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	found := []doctor.Finding{
		{Check: "SPI0.0", Result: doctor.Passed, Seen: "an MCP3008 answers"},
		{Check: "knob", Result: doctor.Failed, Seen: "CH0 floats", Means: "its middle leg is loose: " + strings.Repeat("word ", 20) + "end", Do: "wire it"},
		{Check: "led", Result: doctor.Skipped, Seen: "nobody looks"},
	}
	for name, c := range map[string]struct {
		json bool
		all  []doctor.Finding
		want string
		err  string
	}{
		"lines": {false, found, `ok    SPI0.0   an MCP3008 answers
FAIL  knob     CH0 floats
               means: its middle leg is loose: word word word word word word word word word word word word word
               word word word word word word word end
               do:    wire it
-     led      nobody looks
`, "1 check failed"},
		"JSON": {true, found[:1], `[
  {
    "check": "SPI0.0",
    "result": "passed",
    "seen": "an MCP3008 answers"
  }
]
`, ""},
		"JSON of nothing": {true, nil, "[]\n", ""},
	} {
		var out strings.Builder
		f := New(&out)
		f.JSON = c.json
		for _, one := range c.all {
			f.Add(one)
		}
		err := f.End()
		if diff := cmp.Diff(c.want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := fmt.Sprint(err); got != c.err && (err != nil || c.err != "") {
			t.Errorf("%s: got %s, want %s", name, got, c.err)
		}
	}
}
