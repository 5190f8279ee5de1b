package main

import (
	"context"
	"encoding/json"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/neuron"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
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
	want := strings.Fields(`allocs_per_tick cpu_percent dt_us duration_s gc_count lateness_us naive_ticks_run pulse_us read_us
		realtime rss_mb skipped_ms steps_due steps_run tick_us ticks_due ticks_run wakeup_us`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	var r benchResult
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.TickUs != 1000 || r.DTUs != 100 || r.TicksDue != 40 || r.StepsDue != 400 || r.StepsRun != 10*r.TicksRun ||
		float64(r.TicksDue-r.TicksRun) != r.SkippedMs || r.Late.Max <= 0 || r.Read.P50 <= 0 || r.NaiveTicksRun > 40 {
		t.Errorf("got %+v", r)
	}
	for _, want := range []string{"how late the ticks began", "of 40 due", "with a plain time.Ticker", "tick"} {
		if !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant in it %q", out, want)
		}
	}
	if svg, err := os.ReadFile(plot); err != nil || !strings.Contains(string(svg), "lateness of ") || !strings.Contains(string(svg), "</svg>") {
		t.Errorf("got %v and %d bytes, want a picture", err, len(svg))
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
	var r benchResult
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	// Go's scheduler allocates, a handful, when it starts a thread.
	if r.TicksRun < 500 || r.AllocsPerTick > 0.1 {
		t.Errorf("got %d ticks, %g allocations a tick, want fewer than one in ten", r.TicksRun, r.AllocsPerTick)
	}
}

func TestAnInterruptedRunCostsNothingBelow0(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	warm := &warmUp{ticks: 1000, done: make(chan struct{})}
	b := sessiontest.With(t, new(neuron.VirtualClock), session.Options{Duration: 10 * time.Second, Observers: []neuron.Observer{warm, sessiontest.At{50: cancel}}})
	if end, got, err := measureRun(ctx, b.Session, warm); err != nil || end.Tick.Due != 50 || got != (spent{}) {
		t.Errorf("got %+v, %+v, %v; want 50 ticks, and nothing measured before a tenth of the run", end, got, err)
	}
}

func TestLateRowsAddUpToAll(t *testing.T) {
	t.Parallel()
	h := hdrhistogram.New(1, int64(time.Hour), 2)
	for _, d := range []time.Duration{0, 400, 700, 3000, 1e5, 1e9} {
		h.RecordValue(int64(d))
	}
	rows, sum := lateRows(h), 0.0
	for _, r := range rows {
		sum += r.part
	}
	if math.Abs(sum-1) > 1e-9 || rows[len(rows)-1].label != "later" || rows[0].part != 2./6 {
		t.Errorf("got %v, want parts of 1, a third in the first row, the last for what is later", rows)
	}
	if got := (&benchResult{TicksDue: 10, TicksRun: 7, TickUs: 1000}).verdict(); got != "This machine does not keep a tick of 1 ms: 3 of 10 ticks were skipped." {
		t.Errorf("got %q", got)
	}
}
