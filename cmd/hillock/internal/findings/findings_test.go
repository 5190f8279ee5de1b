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

// The wires are skipped after a failed check of the set-up, and beside a running hillock.
func TestWiresWaitForTheSetUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		found doctor.Finding
		want  string
	}{
		{"healthy", doctor.Finding{Check: "SPI0.0", Result: doctor.Passed}, ""},
		{"another user", doctor.Finding{Check: "SPI0.0", Result: doctor.Failed}, "fix SPI0.0 first"},
		{"root", doctor.Finding{Check: "user", Result: doctor.Failed}, "fix user first"},
		{"hot", doctor.Finding{Check: "power", Result: doctor.Failed}, ""},
		{"running", doctor.Finding{Check: "GPIO17", Result: doctor.Passed, Means: doctor.Running}, "a running hillock has the parts: stop it first, or run 'sudo systemctl stop hillock'"},
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
		{Check: "led", Result: doctor.Skipped, Seen: "not checked: no person"},
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
skip  led      not checked: no person

1 check passed, 1 failed, 1 skipped: led (no person)
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

func TestReportCountsChecksAndSaysWhyItSkipped(t *testing.T) {
	t.Parallel()
	result := func(r doctor.Result, check, seen string) doctor.Finding {
		return doctor.Finding{Check: check, Result: r, Seen: seen}
	}
	for _, tt := range []struct {
		all  []doctor.Finding
		want string
	}{
		{[]doctor.Finding{result(doctor.Passed, "SPI0.0", ""), result(doctor.Passed, "knob", "")}, "2 checks passed"},
		{[]doctor.Finding{result(doctor.Failed, "SPI0.0", "")}, "0 checks passed, 1 failed"},
		{[]doctor.Finding{result(doctor.Passed, "user", ""), result(doctor.Warning, "lateness", ""), result(doctor.Skipped, "power", "not checked: no Raspberry Pi"),
			result(doctor.Failed, "SPI0.0", ""), result(doctor.Skipped, "knob", "not checked: SPI0.0 failed"), result(doctor.Skipped, "board", "not checked: no Raspberry Pi")},
			"1 check passed, 1 warning, 1 failed, 3 skipped: power, board (no Raspberry Pi), knob (SPI0.0 failed)"},
	} {
		var out strings.Builder
		f := New(&out)
		for _, found := range tt.all {
			f.Add(found)
		}
		_ = f.End()
		_, last, _ := strings.Cut(out.String(), "\n\n")
		if last != tt.want+"\n" {
			t.Errorf("got the last line %q, want %q", last, tt.want)
		}
	}
}

func TestReportOnATerminalHasColoursAndProgress(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	f := New(&out)
	f.colors = true
	f.replaceProgress()
	f.Running("SPI0.0", "checking")
	f.Add(doctor.Finding{Check: "SPI0.0", Result: doctor.Passed, Seen: "answers"})
	f.Running("lateness", "measuring for 5s")
	f.Add(doctor.Finding{Check: "lateness", Result: doctor.Failed, Seen: "late"})
	f.Add(doctor.Finding{Check: "led", Result: doctor.Skipped, Seen: "no person"})
	_ = f.End()
	want := "...   SPI0.0   checking\r\x1b[K\x1b[32mok  \x1b[m  SPI0.0   answers\n" +
		"...   lateness measuring for 5s\r\x1b[K\x1b[1;31mFAIL\x1b[m  lateness late\n" +
		"\x1b[33mskip\x1b[m  led      no person\n\n1 check passed, 1 failed, 1 skipped: led (no person)\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
