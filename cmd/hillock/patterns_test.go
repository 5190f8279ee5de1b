package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The patterns of R. Naud, N. Marcille, C. Clopath and W. Gerstner, Biol. Cybern. 99, 335, 2008, table 1, for 600 ms from rest, by
// forward Euler with 0.1 ms and a cut at 0 mV. The spikes are those of a second program: see testdata/patterns/README.md.
func TestPatternsOfAdEx(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                              string
		c, gL, eL, a, tauW, b, vReset, nA float64
		spikes                            int
		first                             []int
	}{
		{"tonic", 200, 10, -70, 2, 30, 0, -58, 0.5, 60, []int{145, 238, 332}},
		{"adaptation", 200, 12, -70, 2, 300, 0.06, -58, 0.5, 12, []int{152, 268, 415}},
		{"initial-burst", 130, 18, -58, 4, 150, 0.12, -50, 0.4, 12, []int{58, 96, 173, 723}},
		{"regular-bursting", 200, 10, -58, 2, 120, 0.1, -46, 0.21, 11, []int{165, 198, 254, 1573}},
		{"delayed-accelerating", 200, 12, -70, -10, 300, 0, -58, 0.3, 45, []int{339, 548, 742}},
		{"delayed-regular-bursting", 100, 10, -65, -10, 90, 0.03, -47, 0.11, 32, []int{576, 612, 658, 730, 1253}},
		{"transient", 100, 10, -65, 10, 90, 0.1, -47, 0.18, 1, []int{305}},
		{"irregular", 100, 12, -60, -11, 130, 0.03, -48, 0.16, 33, []int{160, 198, 246}},
	} {
		var sets []string
		for key, v := range map[string]string{
			"neuron.n1.c": fmt.Sprint(tt.c, " pF"), "neuron.n1.g_l": fmt.Sprint(tt.gL, " nS"), "neuron.n1.e_l": fmt.Sprint(tt.eL, " mV"),
			"neuron.n1.a": fmt.Sprint(tt.a, " nS"), "neuron.n1.tau_w": fmt.Sprint(tt.tauW, " ms"), "neuron.n1.b": fmt.Sprint(tt.b, " nA"),
			"neuron.n1.v_reset": fmt.Sprint(tt.vReset, " mV"), "input.current.mean": fmt.Sprint(tt.nA, " nA"),
		} {
			sets = append(sets, key+"="+v)
		}
		checkPattern(t, "adex", tt.name, simulated(t, exampleFile("adex"), 600, sets...), tt.spikes, tt.first)
	}
}

// A pattern of E. M. Izhikevich's programs for his papers of 2003 and 2004. Its step k has the current at the time (k-1) dt, in ms.
type izhikevichPattern struct {
	name          string
	a, b, c, d, v float64
	dt            float64 // ms
	span          int     // ms; his loops run from 0 to span, one step more
	current       func(t float64) float64
	spikes        int
}

// from is a current from a time on, and within from two times on; both without the bounds, as in his programs.
func from(t1, i float64) func(float64) float64 { return within(i, 0, t1, 1e9) }

func within(i, base float64, bounds ...float64) func(float64) float64 {
	return func(t float64) float64 {
		for k := 0; k < len(bounds); k += 2 {
			if bounds[k] < t && t < bounds[k+1] {
				return i
			}
		}
		return base
	}
}

func sum(a, b func(float64) float64) func(float64) float64 {
	return func(t float64) float64 { return a(t) + b(t) }
}

func izhikevichPatterns() []izhikevichPattern {
	inhibited := within(75, 80, 49.9, 250.1) // both bounds belong to it
	return []izhikevichPattern{
		{"2003-RS", .02, .2, -65, 8, -63, .25, 150, from(15, 14), 5},
		{"2003-IB", .02, .2, -55, 4, -70, .25, 150, from(15, 11), 7},
		{"2003-CH", .02, .2, -50, 2, -70, .25, 150, from(15, 10), 15},
		{"2003-FS", .1, .2, -65, 2, -70, .25, 150, from(15, 10), 15},
		{"2003-TC", .02, .25, -65, .05, -63, .25, 150, from(30, 1.5), 4},
		{"2003-TC-burst", .02, .25, -65, .05, -87, .25, 150, within(0, -25, 45, 1e9), 5},
		{"2003-RZ", .1, .26, -65, 2, -70, .25, 100, sum(within(-0.5, -2, 10, 1e9), within(10.5, 0, 60, 65)), 2},
		{"2003-LTS", .02, .25, -65, 2, -63, .25, 250, from(25, 10), 18},
		{"A-tonic-spiking", .02, .2, -65, 6, -70, .25, 100, from(10, 14), 5},
		{"B-phasic-spiking", .02, .25, -65, 6, -64, .25, 200, from(20, .5), 1},
		{"C-tonic-bursting", .02, .2, -50, 2, -70, .25, 220, from(22, 15), 28},
		{"D-phasic-bursting", .02, .25, -55, .05, -64, .2, 200, from(20, .6), 6},
		{"E-mixed-mode", .02, .2, -55, 4, -70, .25, 160, from(16, 10), 6},
		{"F-adaptation", .01, .2, -65, 8, -70, .25, 85, from(8.5, 30), 6},
		{"H-class-2", .2, .26, -65, 0, -64, .25, 300, func(t float64) float64 { return -0.5 + float64(0.015*max(0, t-30)) }, 14},
		{"I-latency", .02, .2, -65, 6, -70, .2, 100, within(7.04, 0, 10, 13), 1},
		{"J-subthreshold", .05, .26, -60, 0, -62, .25, 200, within(2, 0, 20, 25), 1},
		{"K-resonator", .1, .26, -60, -1, -62, .25, 400, within(.65, 0, 40, 44, 60, 64, 280, 284, 320, 324), 1},
		{"M-rebound-spike", .03, .25, -60, 4, -64, .2, 200, within(-15, 0, 20, 25), 1},
		{"N-rebound-burst", .03, .25, -52, 0, -64, .2, 200, within(-15, 0, 20, 25), 7},
		{"O-variability", .03, .25, -60, 4, -64, .25, 100, sum(within(1, 0, 10, 15, 80, 85), within(-6, 0, 70, 75)), 1},
		{"P-bistability", .1, .26, -60, 0, -61, .25, 300, within(1.24, .24, 37.5, 42.5, 216, 221), 5},
		{"Q-after-potential", 1, .2, -60, -21, -70, .1, 50, within(20, 0, 9, 11), 1},
		{"S-inhibition-spiking", -.02, -1, -60, 8, -63.8, .5, 350, inhibited, 3},
		{"T-inhibition-bursting", -.026, -1, -45, -2, -63.8, .5, 350, inhibited, 12},
	}
}

func TestPatternsOfIzhikevich(t *testing.T) {
	t.Parallel()
	for _, p := range izhikevichPatterns() {
		var rows strings.Builder
		rows.WriteString("time_ms,current_na\n")
		steps := int(float64(p.span)/p.dt+0.5) + 1
		for k := range steps {
			at := float64(k) * p.dt
			fmt.Fprintf(&rows, "%.6g,%v\n", at, p.current(at))
		}
		file := filepath.Join(t.TempDir(), "current.csv")
		if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		example := rewritten(t, "izhikevich", func(tables []string) {
			i := slices.IndexFunc(tables, func(table string) bool { return strings.HasPrefix(table, "[neuron.n1]") })
			tables[i] = fmt.Sprintf("[neuron.n1]\nmodel = \"izhikevich\"\na = %v\nb = %v\nc = \"%v mV\"\nd = %v\nr_m = \"1 MOhm\"\nv_start = \"%v mV\"\ninput = \"current\"\n\n",
				p.a, p.b, p.c, p.d, p.v)
		})
		args := []string{"sim", example, "--input", file, "--format", "spikes", "--duration", fmt.Sprint(float64(steps)*p.dt, "ms"), "--set", fmt.Sprintf("loop.dt=%v ms", p.dt)}
		out, _, err := hillock(t.Context(), args...)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		checkPattern(t, "izhikevich", p.name, withoutTimes(out), p.spikes, nil)
	}
}

// checkPattern compares the spikes of a pattern with those of the second program.
func checkPattern(t *testing.T, model, name, rows string, count int, first []int) {
	t.Helper()
	var want strings.Builder
	want.WriteString("step,neuron\n")
	for row := range strings.Lines(read(t, "testdata/patterns/"+model+".csv")) {
		if step, ok := strings.CutPrefix(row, name+","); ok {
			want.WriteString(strings.TrimSpace(step) + ",n1\n")
		}
	}
	if rows != want.String() {
		t.Errorf("%s: got %s", name, firstDifference(rows, want.String()))
	}
	steps := parsed(t, rows)["n1"]
	if len(steps) != count {
		t.Errorf("%s: got %d spikes, want %d", name, len(steps), count)
		return
	}
	if err := equal(name, steps[:len(first)], first...); err != nil {
		t.Error(err)
	}
}
