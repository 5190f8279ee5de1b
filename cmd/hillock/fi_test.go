package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/usage"
	"hillock/neuron"
)

// runFI runs a command line of fi.
func runFI(ctx context.Context, args ...string) (out, errOut string, err error) {
	return hillock(ctx, append([]string{"fi"}, args...)...)
}

func TestFICSV(t *testing.T) {
	t.Parallel()
	exact := func(current float64) string {
		return strconv.FormatFloat(neuron.Default().ExactRate(current), 'g', -1, 64) // its last bit depends on the platform
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
	t.Parallel()
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
	t.Parallel()
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
