package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

func TestParseCurrent(t *testing.T) {
	for _, text := range []string{
		"time_ms,current_na\n0,1.5\n10.1,-2e0\n",
		"\xef\xbb\xbftime_ms,current_na\r\n0,1.5\r\n10.1,-2\r\n",
		"time_ms, current_na\n0, 1.5\n\n\"10.1\",-2",
	} {
		r, err := parseCurrent("knob.csv", strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff([]time.Duration{0, 10_100_000}, r.at); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if diff := cmp.Diff([]float64{1.5, -2}, r.current); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestParseCurrentRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "knob.csv:1:1: must begin with the header time_ms,current_na, got an empty file"},
		{"0,1\n", `knob.csv:1:1: must begin with the header time_ms,current_na, got ["0" "1"]`},
		{"time_ms;current_na\n0;1\n", `knob.csv:1:1: must begin with the header time_ms,current_na, got ["time_ms;current_na"]`},
		{"time_ms,current_na\n", "knob.csv:2:1: must have a row time_ms,current_na after the header, got none"},
		{"time_ms,current_na\n0\n", "knob.csv:2:1: must have two values, time_ms,current_na, got 1"},
		{"time_ms,current_na\n0,1,2\n", "knob.csv:2:1: must have two values, time_ms,current_na, got 3"},
		{"time_ms,current_na\n0,1\n0,2\n", `knob.csv:3:1: time_ms: must be later than the row before, 0 ms, got "0"`},
		{"time_ms,current_na\n5,1\n4,2\n", `knob.csv:3:1: time_ms: must be later than the row before, 5 ms, got "4"`},
		{"time_ms,current_na\n-1,1\n", `knob.csv:2:1: time_ms: must be a number from 0 to 8.64e+09, got "-1"`},
		{"time_ms,current_na\nNaN,1\n", `knob.csv:2:1: time_ms: must be a number from 0 to 8.64e+09, got "NaN"`},
		{"time_ms,current_na\n1e10,1\n", `knob.csv:2:1: time_ms: must be a number from 0 to 8.64e+09, got "1e10"`},
		{"time_ms,current_na\n0,\n", `knob.csv:2:3: current_na: must be a number between -1e+06 and 1e+06, got ""`},
		{"time_ms,current_na\n0,2 nA\n", `knob.csv:2:3: current_na: must be a number between -1e+06 and 1e+06, got "2 nA"`},
		{"time_ms,current_na\n0,Inf\n", `knob.csv:2:3: current_na: must be a number between -1e+06 and 1e+06, got "Inf"`},
		{"time_ms,current_na\n0,0x1p4\n", `knob.csv:2:3: current_na: must be a number between -1e+06 and 1e+06, got "0x1p4"`},
		{"time_ms,current_na\n0,1e400\n", `knob.csv:2:3: current_na: must be a number between -1e+06 and 1e+06, got "1e400"`},
		{"time_ms,current_na\n0,\"1\n", `knob.csv:2:6: extraneous or missing " in quoted-field`},
	} {
		if _, err := parseCurrent("knob.csv", strings.NewReader(tt.text)); err == nil || err.Error() != tt.want {
			t.Errorf("%q:\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParseCurrent(f *testing.F) {
	f.Add("time_ms,current_na\n0,1.5\n10.1,-2e0\n")
	f.Add("\xef\xbb\xbftime_ms,current_na\r\n0,1\r\n")
	f.Add("time_ms,current_na\n0,\"1\n\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseCurrent("knob.csv", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "knob.csv:") {
				t.Errorf("%q: got %v, want the place", text, err)
			}
			return
		}
		last := time.Duration(-1)
		for i, at := range r.at {
			if at <= last || !(math.Abs(r.current[i]) <= neuron.MaxCurrent) {
				t.Errorf("%q: got %v nA at %v after %v", text, r.current[i], at, last)
			}
			last = at
		}
		r.dt = 100 * time.Microsecond
		if got := r.Current(last + r.dt); got != r.current[len(r.current)-1] {
			t.Errorf("%q: got %v nA at the last row, want %v", text, got, r.current[len(r.current)-1])
		}
	})
}
