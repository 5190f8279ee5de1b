package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/usage"
	"hillock/neuron"
)

// runFI runs the command as a command line would.
func runFI(ctx context.Context, args ...string) (out, errOut string, err error) {
	return hillock(ctx, append([]string{"fi"}, args...)...)
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
		out, errOut, err := runFI(t.Context(), append(args, c.args...)...)
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

func TestFIIsTheSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want string
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		out, _, err := runFI(t.Context(), "--points", "40", "--duration", "500ms", "--to", "4.321 nA")
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
		out, _, err := runFI(ctx, "--duration", "10h", "--csv", filepath.Join(dir, "fi.csv"), "--plot", filepath.Join(dir, "fi.svg"))
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
		_, _, err := runFI(t.Context(), strings.Split(c.args, "|")...)
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
	_, _, err := runFI(t.Context(), "--points", "2", "--duration", "1ms", "--plot", filepath.Join(dir, "fi.svg"))
	if want := "--plot: cannot write in " + dir + ": "; !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), want) || usage.Status(err) != 2 {
		t.Errorf("got %v, want %s and that it does not exist, exit status 2", err, want)
	}
}
