package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/neuron"
)

// fi runs the command as a command line would.
func fi(ctx context.Context, args ...string) (out, errOut string, err error) {
	return hillock(ctx, append([]string{"fi"}, args...)...)
}

// measured is the curve of a neuron, run.
func measured(t *testing.T, p neuron.LIF, from, to float64, points int, duration time.Duration) *fiCurve {
	t.Helper()
	dt := time.Duration(math.Round(p.DT * 1e6))
	c := &fiCurve{neuron: config.Neuron{Name: "n1", Params: p}, dt: dt, steps: int64(duration / dt), currents: decimals(from, to, points)}
	if err := c.measure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// fiNeurons are neurons of each kind.
func fiNeurons() map[string]neuron.LIF {
	with := func(change func(*neuron.LIF)) neuron.LIF {
		p := neuron.Default()
		change(&p)
		return p
	}
	return map[string]neuron.LIF{
		"default":    neuron.Default(),
		"refractory": with(func(p *neuron.LIF) { p.TRef = 5 }),
		"pacemaker":  with(func(p *neuron.LIF) { p.EL = -50 }),
		"deep reset": with(func(p *neuron.LIF) { p.VReset = -90 }),
		"high reset": with(func(p *neuron.LIF) { p.VReset = -57 }),
		"coarse":     with(func(p *neuron.LIF) { p.DT = 4 }),
	}
}

func TestFICSV(t *testing.T) {
	exact := func(current float64) string {
		return strconv.FormatFloat(neuron.Default().ExactRate(current), 'g', -1, 64) // its last bit is the platform's
	}
	want := "current_na,rate_hz,rate_discrete_hz,rate_exact_hz\n" +
		"1.4,0,0,0\n" +
		"1.6,36,36.231884057971016," + exact(1.6) + "\n" +
		"1.8,55.333333333333336,55.86592178770949," + exact(1.8) + "\n" +
		"2,72,72.46376811594203," + exact(2) + "\n"
	args := []string{"--from", "1.4 nA", "--to", "2000 pA", "--points", "4", "--duration", "1500ms"}
	name := filepath.Join(t.TempDir(), "fi.csv")
	for _, c := range []struct {
		args        []string
		out, errOut string
		file        string
	}{
		{nil, want, "", ""},
		{[]string{"--csv", "-"}, want, "", ""},
		{[]string{"--csv", name}, "", name + " written\nrheobase 1.5 nA; spike counts as predicted at 4 of 4 currents; " +
			"largest deviation from the discrete rate 0.533 Hz, at 1.8 nA: less than one spike in 1.5 s\n", want},
	} {
		out, errOut, err := fi(t.Context(), append(args, c.args...)...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.out, out); diff != "" {
			t.Errorf("%q: standard output (-want +got):\n%s", c.args, diff)
		}
		if diff := cmp.Diff(c.errOut, errOut); diff != "" {
			t.Errorf("%q: standard error (-want +got):\n%s", c.args, diff)
		}
		if file, _ := os.ReadFile(name); string(file) != c.file {
			t.Errorf("%q: got the file %q, want %q", c.args, file, c.file)
		}
	}
}

func TestFICSVReadsBackToTheSameBits(t *testing.T) {
	c := measured(t, neuron.Default(), 1.0/3, 10.0/3, 7, time.Second/3)
	var b strings.Builder
	if err := c.csv(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got, want [][4]float64
	for i, current := range c.currents {
		want = append(want, [4]float64{current, c.rate(i), neuron.Default().DiscreteRate(current), neuron.Default().ExactRate(current)})
		var row [4]float64
		for k := range row {
			if row[k], err = strconv.ParseFloat(rows[i+1][k], 64); err != nil {
				t.Fatal(err)
			}
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestFICountsEqualTheClosedForm(t *testing.T) {
	for name, p := range fiNeurons() {
		// Ends that are no round numbers keep the grid off the ties; the steps are no whole number of the loop's ticks.
		c := measured(t, p, -0.713, 7.291, 61, 2_345_600*time.Microsecond)
		fired := false
		for i, current := range c.currents {
			if want := p.SpikeCount(current, c.steps); c.spikes[i] != want {
				t.Errorf("%s at %g nA: got %d spikes, want %d", name, current, c.spikes[i], want)
			}
			fired = fired || c.spikes[i] > 0
		}
		if !fired {
			t.Errorf("%s: got no spikes at all", name)
		}
	}
}

func TestFIRunsEachStep(t *testing.T) {
	// 1 MA drives a spike in every step, so that the spikes count the steps.
	for _, steps := range []int64{1, 2, stepsPerTick - 1, stepsPerTick, stepsPerTick + 1, 3*stepsPerTick + 17} {
		c := measured(t, neuron.Default(), 0, neuron.MaxCurrent, 2, time.Duration(steps)*100*time.Microsecond)
		if diff := cmp.Diff([]int64{0, steps}, c.spikes); diff != "" {
			t.Errorf("%d steps (-want +got):\n%s", steps, diff)
		}
	}
}

func TestFIWithinOneSpikeOfTheDiscreteRate(t *testing.T) {
	for name, p := range fiNeurons() {
		if p.VReset > p.Rest() {
			continue // its first spike takes longer than all that follow
		}
		c := measured(t, p, 0.017, 9.031, 61, 2*time.Second)
		for i, current := range c.currents {
			if d := math.Abs(c.rate(i)-p.DiscreteRate(current)) * c.seconds(); !(d < 1) {
				t.Errorf("%s at %g nA: got %g Hz, %g spikes off %g Hz, want less than one", name, current, c.rate(i), d, p.DiscreteRate(current))
			}
		}
	}
}

func TestFISummarySaysWhatIsOff(t *testing.T) {
	c := measured(t, fiNeurons()["high reset"], 0, 5, 6, time.Second)
	c.spikes[0]++ // as a tie might
	want := "rheobase 1.5 nA; spike counts as predicted at 5 of 6 currents; " +
		"largest deviation from the discrete rate 5.67 Hz, at 5 nA: 5.67 spikes in 1 s, as the first takes longer, from rest"
	if got := c.summary(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFIIsTheSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want string
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		out, _, err := fi(t.Context(), "--points", "40", "--duration", "500ms", "--to", "4.321 nA")
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = out
		}
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("on %d cores (-want +got):\n%s", n, diff)
		}
	}
}

func TestFIInterrupted(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	running, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	for name, ctx := range map[string]context.Context{"before": ended, "during": running} {
		dir := t.TempDir()
		out, _, err := fi(ctx, "--duration", "10h", "--csv", filepath.Join(dir, "fi.csv"), "--plot", filepath.Join(dir, "fi.svg"))
		if want := "interrupted after 0 of 51 points; nothing was written"; err == nil || err.Error() != want {
			t.Fatalf("%s: got %v, want %s", name, err, want)
		}
		if got := usage.Status(err); got != 1 {
			t.Errorf("%s: got exit status %d, want 1", name, got)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 || out != "" {
			t.Errorf("%s: got %v, %v and output %q, want nothing written", name, left, err, out)
		}
	}
}

func TestFIBadFlags(t *testing.T) {
	for _, c := range []struct {
		args string // separated by |
		want string
	}{
		{"--points|1", "--points: must be from 2 to 100000, got 1"},
		{"--points|100001", "--points: must be from 2 to 100000, got 100001"},
		{"--points|many", `invalid argument "many" for "--points" flag: must be an integer (see 'hillock fi --help')`},
		{"--from|5 nA", `--to: must be more than --from, "5 nA", got "5 nA" (for one current there is 'hillock sim')`},
		{"--from|3 nA|--to|2000 pA", `--to: must be more than --from, "3 nA", got "2000 pA" (for one current there is 'hillock sim')`},
		{"--to|2 A", `--to: must be between -1e+06 nA and 1e+06 nA, got "2 A"`},
		{"--from|3 mV", `--from: must be a current such as "2 nA", got "3 mV"`},
		{"--duration|99us", "--duration: must be at least dt, 100µs, got 99µs"},
		{"--duration|-1s", "--duration: must be at least dt, 100µs, got -1s"},
		{"--duration|100h", "--duration: 51 points of 100h0m0s must be at most 1e+11 steps of 100µs in all, got 1.84e+11: " +
			"--duration 54h27m58s, or --points 27 would fit"},
		{"--duration|2000000h", "--duration: 51 points of 2000000h0m0s must be at most 1e+11 steps of 100µs in all, got 3.67e+15: " +
			"--duration 54h27m58s would fit"},
		{"--plot|fi.pdf", `--plot: must be a file's name that ends in .svg or .png, got "fi.pdf"`},
		{"--plot|-", `--plot: must be a file's name that ends in .svg or .png, got "-"`},
		{"--plot|", `--plot: must be a file's name that ends in .svg or .png, got ""`},
		{"--plot|a.svg|--csv|a.svg", `--plot: must be another file than --csv, got "a.svg" for both`},
		{"--csv|", `--csv: must be a file's name, or - for standard output, got ""`},
		{"--neuron|n2", `--neuron: no neuron is called "n2": there is n1`},
	} {
		_, _, err := fi(t.Context(), strings.Split(c.args, "|")...)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.args, err, c.want)
		}
		if got := usage.Status(err); got != 2 {
			t.Errorf("%s: got exit status %d, want 2", c.args, got)
		}
	}
}

func TestFISaysWhichFileCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	_, _, err := fi(t.Context(), "--points", "2", "--duration", "1ms", "--plot", filepath.Join(dir, "fi.svg"))
	if want := "--plot: cannot write in " + dir + ": "; !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), want) || usage.Status(err) != 2 {
		t.Errorf("got %v, want %s and that it does not exist, exit status 2", err, want)
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		from, to float64
		n        int
		want     []float64
	}{
		{0, 1, 11, []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}},
		{1.4, 2, 4, []float64{1.4, 1.6, 1.8, 2}},
		{-0.3, 0.1, 5, []float64{-0.3, -0.2, -0.1, 0, 0.1}},
		{0, 1, 4, []float64{0, 1.0 / 3, 2.0 / 3, 1}},
		{-1e6, 1e6, 3, []float64{-1e6, 0, 1e6}},
		{1, math.Nextafter(1, 2), 2, []float64{1, math.Nextafter(1, 2)}},
		{-5e-324, 5e-324, 3, []float64{-5e-324, 0, 5e-324}},
	} {
		if diff := cmp.Diff(c.want, decimals(c.from, c.to, c.n)); diff != "" {
			t.Errorf("%d from %g to %g (-want +got):\n%s", c.n, c.from, c.to, diff)
		}
	}
}
