package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"hillock/cmd/hillock/internal/bench"
	"hillock/cmd/hillock/internal/usage"
)

func TestBenchMeasures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, plot := filepath.Join(dir, "bench.json"), filepath.Join(dir, "bench.svg")
	out, _, err := hillock(t.Context(), "bench", "--hw", "sim", "--tick", "1ms", "--duration", "40ms", "--json", file, "--plot", plot, "--set", "loop.realtime=off")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	var got []string
	for k := range keys {
		got = append(got, k)
	}
	slices.Sort(got)
	want := strings.Fields(`allocs_per_tick cpu_percent dt_us duration_s gc_count lateness_us pulse_us read_us
		realtime rss_mb skipped_ms steps_due steps_run tick_us ticker_ticks_due ticker_ticks_run ticks_due ticks_run wakeup_us`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	var r bench.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.TickUs != 1000 || r.DTUs != 100 || r.TicksDue != 40 || r.StepsDue != 400 || r.StepsRun != 10*r.TicksRun ||
		float64(r.TicksDue-r.TicksRun) != r.SkippedMs || r.Late.Max <= 0 || r.Read.P50 <= 0 || r.TickerDue != 40 || r.TickerRun > 40 {
		t.Errorf("got %+v", r)
	}
	for _, want := range []string{"lateness of the ticks", "of 40 due", "with a plain time.Ticker", "tick"} {
		if !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant in it %q", out, want)
		}
	}
	if svg, err := os.ReadFile(plot); err != nil || !strings.Contains(string(svg), "lateness of ") || !strings.Contains(string(svg), "</svg>") {
		t.Errorf("got %v and %d bytes, want a picture", err, len(svg))
	}
}

// The strip is an output without a pulse.
func TestBenchWithoutAPulseHasNoPulseTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, report := filepath.Join(dir, "strip.toml"), filepath.Join(dir, "report.toml")
	strip := "[input.i]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"50 nA\"\n[neuron.n1]\ninput = \"i\"\n[output.strip]\ndriver = \"apa102\"\nneuron = \"n1\"\nleds = 8\ndata = \"GPIO23\"\nclock = \"GPIO24\"\n"
	if err := os.WriteFile(file, []byte(strip), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errOut, err := hillock(t.Context(), "bench", "--hw", "sim", "--duration", "100ms", "--json", "-", "--report", report, file)
	text, unread := os.ReadFile(report)
	if err != nil || unread != nil {
		t.Fatal(err, unread)
	}
	if strings.Contains(errOut, "pulse") || strings.Contains(string(text), "pulse_us") {
		t.Errorf("got\n%s\nand the report\n%s\nwant no time of pulses", errOut, text)
	}
}

// Package bench tests the whole report of a fake machine.
func TestReportOfThisMachineIsTOML(t *testing.T) {
	t.Parallel()
	out, _, err := hillock(t.Context(), "bench", "--hw", "sim", "--duration", "20ms", "--report", "-")
	if err != nil {
		t.Fatal(err)
	}
	var got bench.Shared
	if err := toml.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if got.Schema != bench.Schema || got.Pi != "virtual" || got.Measured.TicksDue != 20 || got.Loop.TickUs != 1000 || got.Machine.CPUs != runtime.NumCPU() {
		t.Errorf("got %+v", got)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out, wd) {
		t.Errorf("got %q in\n%s", wd, out)
	}
}

func TestInterruptedBenchWritesNoReport(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	running, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel) // before the first tick on a slow machine: the error is the same
	for name, ctx := range map[string]context.Context{"before": ended, "during": running} {
		file := filepath.Join(t.TempDir(), "report.toml")
		if err := os.WriteFile(file, []byte("the old one"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, errOut, err := hillock(ctx, "bench", "--hw", "sim", "--duration", "10h", "--report", file)
		if want := "no report: the measurement was interrupted"; told(err) != want || usage.Status(err) != 1 || strings.Contains(errOut, "written") {
			t.Errorf("%s: got %v, exit status %d, and\n%s\nwant %s, and 1", name, err, usage.Status(err), errOut, want)
		}
		if text, err := os.ReadFile(file); err != nil || string(text) != "the old one" {
			t.Errorf("%s: got %v and the report\n%s\nwant the old one", name, err, text)
		}
	}
	if _, _, err := hillock(ended, "bench", "--hw", "sim", "--duration", "10h"); told(err) != "the measurement was interrupted" {
		t.Errorf("got %v, want a sentence", err)
	}
}

func TestJSONOnStandardOutputStandsAlone(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"bench", "--hw", "sim", "--duration", "20ms", "--json", "-"},
		{"run", "--hw", "sim", "--duration", "20ms", "--summary", "-"},
	} {
		out, errOut, err := hillock(t.Context(), args...)
		if err != nil || !json.Valid([]byte(out)) || errOut == "" {
			t.Errorf("%q: got %v, the text %q and\n%s\nwant JSON alone, and the text on standard error", args, err, errOut, out)
		}
	}
}

// The whole program, in a process of its own: knob, loop, pulse, measurements, guard.
func TestTheRunningProgramDoesNotAllocate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	if out, err := program(t, "bench", "--hw", "sim", "--duration", "1s", "--json", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r bench.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	// Go's scheduler allocates, a handful, when it starts a thread.
	if r.TicksRun < 500 || r.AllocsPerTick > 0.1 {
		t.Errorf("got %d ticks, %g allocations a tick, want fewer than one in ten", r.TicksRun, r.AllocsPerTick)
	}
}
