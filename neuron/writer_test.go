package neuron

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowWriter is a Writer. It lists the time of each write, and the number of the tick that it shows. takes has the duration of
// some writes.
type slowWriter struct {
	takes map[int]time.Duration
	fails map[int]bool
	now   func() time.Duration

	mu     sync.Mutex
	tick   int64 // by the observer
	writes int
	log    []string
	ticks  []int64
}

func (w *slowWriter) Tick(t Tick) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tick = t.Due
}

func (w *slowWriter) Write() bool {
	w.mu.Lock()
	w.writes++
	n := w.writes
	w.log = append(w.log, fmt.Sprintf("tick %d at %v", w.tick, w.now()))
	w.ticks = append(w.ticks, w.tick)
	w.mu.Unlock()
	time.Sleep(w.takes[n])
	return !w.fails[n]
}

// written returns a loop with a slow writer and one beside it, in a bubble.
func written(t *testing.T, ticks int64) (l *Loop, slow, beside *slowWriter, rec *tickRecord) {
	clock := bubble{time.Now()}
	l, _, _ = newLoop(t, 2)
	slow, beside, rec = &slowWriter{now: clock.Now}, &slowWriter{now: clock.Now}, new(tickRecord)
	l.Clock, l.Ticks, l.Patience = clock, ticks, 10100*us
	l.Observers, l.Writers = []Observer{slow, beside, rec}, []Writer{slow, beside}
	return l, slow, beside, rec
}

func TestWritersComeLastInEachTick(t *testing.T) {
	for _, patience := range []time.Duration{0, 10100 * us} {
		synctest.Test(t, func(t *testing.T) {
			l, a, b, _ := written(t, 1000)
			l.Patience = patience
			if _, err := l.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			for name, w := range map[string]*slowWriter{"first": a, "second": b} {
				if len(w.ticks) != 1000 || !slices.IsSorted(w.ticks) || w.ticks[0] != 1 || w.ticks[999] != 1000 {
					t.Errorf("patience %v, the %s writer: got %d writes, want one in each of the 1000 ticks", patience, name, len(w.ticks))
				}
			}
		})
	}
}

// The third write hangs for 1 s. The loop misses no tick and no step meanwhile, and the other writer none of its writes.
func TestHangingWriterDoesNotStopTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, slow, beside, rec := written(t, 2000)
		slow.takes, slow.fails = map[int]time.Duration{3: 1000300 * us}, map[int]bool{4: true}
		readied := 0
		l.Ready = func() error { readied++; return nil }
		at, err := l.Run(t.Context())
		if err != nil || at.Due != 2000 || at.Steps != 20_000 || at.Skipped != 0 || readied != 2 {
			t.Fatalf("got %+v, %v and %d goroutines; want 2000 ticks, 20000 steps, none skipped, on 2 goroutines", at, err, readied)
		}
		for i, tick := range rec.ticks {
			if tick.Due != int64(i+1) || tick.Steps != int64(10*(i+1)) || tick.Lateness() >= 2*l.Patience {
				t.Fatalf("tick %d: got %+v; want each tick once, less than twice the patience late", i+1, tick)
			}
		}
		if len(beside.ticks) != 2000 || beside.ticks[1999] != 2000 {
			t.Errorf("got %d writes of the other writer, want 2000", len(beside.ticks))
		}
		// The hanging write ends after 1.0003 s, too slow. The next one fails, the one after the patience is good.
		want := []string{"tick 1 at 1ms", "tick 2 at 2ms", "tick 3 at 3ms", "tick 1003 at 1.0033s", "tick 1013 at 1.0134s", "tick 1014 at 1.014s"}
		if got := slow.log[:6]; !slices.Equal(got, want) {
			t.Errorf("got the writes\n%q\nwant\n%q", got, want)
		}
		if n := len(slow.ticks); slow.ticks[n-1] != 2000 || n != 5+2000-1013 {
			t.Errorf("got %d writes, the last in tick %d; want one a tick again from tick 1014 on", n, slow.ticks[n-1])
		}
	})
}

func TestLoopWithAHangingWriterEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, slow, _, _ := written(t, 0)
		slow.takes = map[int]time.Duration{5: time.Hour}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(6*ms, cancel)
		start := time.Now()
		_, err := l.Run(ctx)
		if took := time.Since(start); !errors.Is(err, context.Canceled) || took > 26*ms {
			t.Errorf("got %v after %v, want %v within twice the patience", err, took, context.Canceled)
		}
		time.Sleep(2 * time.Hour) // the waiting goroutine ends with its part
	})
}

// An input and a writer hang at once, and so does the writer alone after the input answers.
func TestInputAndWriterHangTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, slow, beside, _ := written(t, 500)
		p := &part{takes: map[int]time.Duration{5: 200300 * us}, now: slow.now}
		l.Cells[0].Inputs = []Input{p}
		slow.takes = map[int]time.Duration{5: 300700 * us}
		at, err := l.Run(t.Context())
		if err != nil || at.Due != 500 || at.Steps != 5000 {
			t.Fatalf("got %+v, %v; want 500 ticks with 5000 steps", at, err)
		}
		if len(beside.ticks) != 500 || slow.ticks[len(slow.ticks)-1] != 500 || p.reads < 200 {
			t.Errorf("got %d writes of the good writer, the last of the slow one in tick %d, %d reads; want all of them back", len(beside.ticks),
				slow.ticks[len(slow.ticks)-1], p.reads)
		}
	})
}

func TestPanicOfAWriterEndsTheLoop(t *testing.T) {
	l, _, _ := newLoop(t, 2)
	l.Writers = []Writer{broken{}}
	if _, err := l.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "panic in the loop: a writer's own\n") {
		t.Errorf("got %v, want the panic", err)
	}
}

// broken is a Writer that panics.
type broken struct{}

func (broken) Write() bool { panic("a writer's own") }
