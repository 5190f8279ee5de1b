package wave

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

const dt = 100 * time.Microsecond

func TestParseSpikesReadsTimesAndRecordedSpikes(t *testing.T) {
	for _, text := range []string{
		"time_ms\n0\n1\n10.04\n",
		"\xef\xbb\xbftime_ms\r\n0.1\r\n1.04\r\n10\r\n",
		"step,time_ms,neuron\n1,0.1,n1\n10,1.0,n1\n100,10,n1\n",
		"neuron, time_ms\n n1, 0\n n1, 0.96\n\n n1, \"10.0\"",
	} {
		steps, err := ParseSpikes("cue.csv", strings.NewReader(text), dt)
		if got, want := fmt.Sprint(steps, err), "[1 10 100] <nil>"; got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestParseSpikesReportsEachMistakeAtItsPlace(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "a.csv:1:1: must begin with a header with time_ms, got an empty file"},
		{"time_ms\n", "a.csv:2:1: must have a row after the header, got none"},
		{"10\n20\n", `a.csv:1:1: must begin with a header with time_ms, got "10"`},
		{"step;time_ms\n", `a.csv:1:1: must begin with a header with time_ms, got "step;time_ms": separate values with a comma, and write decimals with a point`},
		{"time_ms,current_na\n0,1.5\n", `a.csv:1:9: must be step, time_ms or neuron, got "current_na": only spikes have rows here`},
		{"step,time_ms,current_na,v_mv,spike\n", `a.csv:1:14: must be step, time_ms or neuron, got "current_na": only spikes have rows here`},
		{"time_ms\n1,2\n", "a.csv:2:1: must have as many values as the header, 1, got 2"},
		{"step,time_ms\n1,0.1\n2\n", "a.csv:3:1: must have as many values as the header, 2, got 1"},
		{"time_ms\n10 ms\n", `a.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "10 ms"`},
		{"time_ms\n-1\n", `a.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "-1"`},
		{"time_ms\nNaN\n", `a.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "NaN"`},
		{"step,time_ms\n1,20\n2,10\n", `a.csv:3:3: time_ms: must be later than the row before, 20 ms, got "10"`},
		{"time_ms\n10\n10.04\n", `a.csv:3:1: time_ms: must be in a later step of dt (0.1 ms) than the row before, got "10.04"`},
		{"time_ms\n0\n0.1\n", `a.csv:3:1: time_ms: must be in a later step of dt (0.1 ms) than the row before, got "0.1"`},
		{"time_ms,neuron\n1,n1\n2,n2\n", `a.csv:3:3: neuron: must be n1 as in the rows before, got "n2": write a file for each neuron`},
		{"time_ms\n\"1\n", "a.csv:2:1: must end each quoted value in its line"},
	} {
		_, err := ParseSpikes("a.csv", strings.NewReader(tt.text), dt)
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
	for rows, want := range map[string]string{"1\n2\n": "<nil>", "1\n2\n3\n": "a.csv:4:1: must have at most 2 rows"} {
		if _, err := parseSpikes("a.csv", strings.NewReader("time_ms\n"+rows), dt, 2); fmt.Sprint(err) != want {
			t.Errorf("%q: got %v, want %s", rows, err, want)
		}
	}
	if _, err := LoadSpikes(os.DevNull, dt); fmt.Sprint(err) != os.DevNull+": must be a regular file: copy its content into one" {
		t.Errorf("got %v", err)
	}
}

func FuzzParseSpikes(f *testing.F) {
	f.Add("step,time_ms,neuron\n1,0.1,n1\n10,1.0,n1\n")
	f.Add("time_ms\n\"10.0\"\n20\n")
	f.Add("\xef\xbb\xbfneuron, time_ms\r\n n1, 0\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := ParseSpikes("f.csv", strings.NewReader(text), dt)
		if err != nil {
			if steps != nil || !strings.HasPrefix(err.Error(), "f.csv") {
				t.Errorf("got %v, %v", steps, err)
			}
			return
		}
		for i, k := range steps {
			if k < 1 || i > 0 && k <= steps[i-1] {
				t.Fatalf("got step %d at %d, want ascending steps from 1", k, i)
			}
		}
	})
}
