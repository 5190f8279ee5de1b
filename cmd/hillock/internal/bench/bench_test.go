package bench

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/neuron"
)

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
	if got := (&Result{TicksDue: 10, TicksRun: 7, TickUs: 1000}).verdict(); got != "This machine is too slow for a tick of 1 ms: it skipped 3 of 10 ticks." {
		t.Errorf("got %q", got)
	}
}
