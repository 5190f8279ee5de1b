package wave

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const recording = `step,time_ms,input,current_na,gain
0,0,button,,
1,0,knob,2,
4,0.4,wire,,1
11,1,knob,2.0039100684261973,
12,1.2,wire,,2.5
13,1.3,button,,1
21,2,knob,0,
`

// A recording has all inputs: each is read alone, and exactly.
func TestInputsOfARecording(t *testing.T) {
	for _, tt := range []struct {
		of   string
		want Input
	}{
		{"knob", Input{Current: &Recorded{name: "rec.csv", at: []time.Duration{0, 1_000_000, 2_000_000}, current: []float64{2, 2.0039100684261973, 0}}}},
		{"wire", Input{Steps: []int64{4, 12}, Gains: []float64{1, 2.5}}},
		{"button", Input{Steps: []int64{13}, Gains: []float64{1}}},
	} {
		got, err := ParseInput("rec.csv", strings.NewReader(recording), tt.of)
		if err != nil {
			t.Fatal(err)
		}
		if has, want := fmt.Sprintf("%+v %v %v", got.Current, got.Steps, got.Gains), fmt.Sprintf("%+v %v %v", tt.want.Current, tt.want.Steps, tt.want.Gains); has != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.of, has, want)
		}
	}
	silent, err := ParseInput("rec.csv", strings.NewReader("step,time_ms,input,current_na,gain\n0,0,wire,,\n"), "wire")
	if err != nil || silent.Current != nil || len(silent.Steps) > 0 {
		t.Errorf("got %+v, %v, want no spike", silent, err)
	}
}

func TestBadRecordings(t *testing.T) {
	const head = "step,time_ms,input,current_na,gain\n"
	for _, tt := range []struct{ text, want string }{
		{"", "rec.csv:1:1: must begin with the header step,time_ms,input,current_na,gain of 'hillock run --record', got an empty file"},
		{"step,time_ms,neuron\n", `rec.csv:1:1: must begin with the header step,time_ms,input,current_na,gain of 'hillock run --record', got "step,time_ms,neuron"`},
		{recording, `rec.csv: must have rows of input in, got rows of ["button" "knob" "wire"]`},
		{head + "1,0,in,2\n", "rec.csv:2:1: must have as many values as the header, 5, got 4"},
		{head + "1,0,in,2,1\n", "rec.csv:2:8: must have a current in each row, or none"},
		{head + "1,0,in,2,\n2,0.1,in,,1\n", "rec.csv:3:10: must have a current in each row, or none"},
		{head + "1,0,in,,1\n2,0.1,in,2,\n", "rec.csv:3:10: must have a current in each row, or none"},
		{head + "1,0,in,many,\n", `rec.csv:2:8: current_na: must be a number between -1000000 and 1000000, got "many"`},
		{head + "1,1,in,2,\n2,1,in,2,\n", `rec.csv:3:3: time_ms: must be later than the row before, 1 ms, got "1"`},
		{head + "0,0,in,,1\n", `rec.csv:2:1: step: must be a whole number above the step before, 0, got "0"`},
		{head + "4,0,in,,1\n4,0,in,,1\n", `rec.csv:3:1: step: must be a whole number above the step before, 4, got "4"`},
		{head + "4,0,in,,NaN\n", `rec.csv:2:9: gain: must be a number between -1e+06 and 1e+06, got "NaN"`},
	} {
		if _, err := ParseInput("rec.csv", strings.NewReader(tt.text), "in"); err == nil || err.Error() != tt.want {
			t.Errorf("%q:\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParseInput(f *testing.F) {
	f.Add(recording)
	f.Add("step,time_ms,input,current_na,gain\n1,0,in,2,\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := ParseInput("rec.csv", strings.NewReader(text), "in")
		switch {
		case err != nil:
		case in.Current != nil && len(in.Steps) > 0, len(in.Steps) != len(in.Gains):
			t.Errorf("got %+v", in)
		}
	})
}
