package neuron

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bubble is the clock of a synctest bubble: time passes when all goroutines wait.
type bubble struct{ zero time.Time }

func (b bubble) Now() time.Duration { return time.Since(b.zero) }

func (b bubble) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	select {
	case <-time.After(t - now):
	case <-ctx.Done():
	}
	return b.Now(), ctx.Err()
}

// part is a slow Holder. It lists the duration of each read: 0 without an entry, and a panic for a negative duration.
type part struct {
	takes map[int]time.Duration

	mu    sync.Mutex
	reads int
	log   []string
	now   func() time.Duration
}

func (p *part) read(how string) {
	p.mu.Lock()
	p.reads++
	d := p.takes[p.reads]
	p.log = append(p.log, fmt.Sprintf("%s at %v", how, p.now()))
	p.mu.Unlock()
	if d < 0 {
		time.Sleep(-d)
		panic("a part's own")
	}
	time.Sleep(d)
}

func (p *part) Current(time.Duration) float64 { p.read("current"); return 2 }
func (p *part) Mend(time.Duration) bool       { p.read("mend"); return true }
func (p *part) Hold(now time.Duration) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, fmt.Sprintf("hold for %v at %v", now, p.now()))
	return 3
}

// relayed runs a loop with such a part in a bubble and returns its ticks.
func relayed(t *testing.T, takes map[int]time.Duration, ticks int64) (*Loop, *part, *tickRecord) {
	clock := bubble{time.Now()}
	l, c, _ := newLoop(t, 2)
	p := &part{takes: takes, now: clock.Now}
	c.Inputs = []Input{p}
	rec := new(tickRecord)
	l.Clock, l.Observers, l.Ticks, l.Patience = clock, []Observer{rec}, ticks, 10100*us // not a multiple of a tick: the order would be random
	return l, p, rec
}

func TestHangingPartDoesNotStopTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p, rec := relayed(t, map[int]time.Duration{5: 1000300 * us, 6: 15 * ms, 8: 25500 * us}, 2000)
		readied := 0
		l.Ready = func() error { readied++; return nil }
		at, err := l.Run(t.Context())
		if err != nil || at.Due != 2000 || at.Steps != 20_000 || at.Skipped != 0 {
			t.Fatalf("got %+v, %v; want 2000 ticks and 20000 steps, none skipped", at, err)
		}
		late := 0
		for i, tick := range rec.ticks {
			if want := time.Duration(i+1) * ms; tick.Deadline != want || tick.Steps != int64(10*(i+1)) {
				t.Fatalf("tick %d: got deadline %v, %d steps; want %v, %d", i+1, tick.Deadline, tick.Steps, want, 10*(i+1))
			}
			if ended := tick.Began + tick.Ran - tick.Deadline; ended > 0 {
				late++
				if ended >= 2*l.Patience {
					t.Errorf("tick %d: it ended %v late, want less than twice the patience", i+1, ended)
				}
			}
		}
		if late < 10 || late > 40 {
			t.Errorf("got %d late ticks, want those of the two waits", late)
		}
		// The loop reads 5 times. Then the part needs a second: too slow, next read in time, back to the loop.
		// The next read of the loop is slow again.
		var reads []string
		held := 0
		for _, l := range p.log {
			if strings.HasPrefix(l, "hold") {
				held++
			} else {
				reads = append(reads, l)
			}
		}
		want := []string{"current at 1ms", "current at 2ms", "current at 3ms", "current at 4ms", "current at 5ms",
			"mend at 1.0053s", "mend at 1.0304s", "current at 1.031s", "mend at 1.0565s", "current at 1.057s"}
		if got := reads[:len(want)]; strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("got reads\n%q\nwant\n%q", got, want)
		}
		if held < 1020 || held > 1060 || readied != 3 {
			t.Errorf("got %d ticks with the held current, and %d goroutines; want those of its 1.026 s and 7 ms, and 3", held, readied)
		}
	})
}

func TestSlowPartWithinPatienceSlowsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		takes := map[int]time.Duration{}
		for i := range 101 {
			takes[i] = 5 * ms
		}
		l, p, _ := relayed(t, takes, 100)
		start := time.Now()
		if _, err := l.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 501*ms || p.reads != 100 {
			t.Errorf("got %d reads in %v, want one of 5 ms in each of the 100 ticks", p.reads, took)
		}
	})
}

func TestLoopWithAHangingPartEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _, _ := relayed(t, map[int]time.Duration{5: time.Hour}, 0)
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

func TestPanicEndsTheLoop(t *testing.T) {
	for name, takes := range map[string]map[int]time.Duration{
		"at once":               {5: -time.Nanosecond},
		"after it was relieved": {5: -time.Second},
		"at the next read":      {5: time.Second, 6: -time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, _, rec := relayed(t, takes, 0)
				_, err := l.Run(t.Context())
				if err == nil || !strings.HasPrefix(err.Error(), "panic in the loop: a part's own\n") {
					t.Errorf("got %v, want the panic", err)
				}
				ticks := len(rec.ticks)
				time.Sleep(time.Minute)
				if len(rec.ticks) != ticks {
					t.Error("the loop runs after the end of Run")
				}
			})
		})
	}
	l, c, _ := newLoop(t, 2)
	c.Outputs = []Output{nil}
	if _, err := l.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "panic in the loop: runtime error: ") {
		t.Errorf("got %v without patience, want the panic", err)
	}
}

func TestFailedReadyEndsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _, _ := relayed(t, nil, 0)
		want := errors.New("not permitted")
		l.Ready = func() error { return want }
		if _, err := l.Run(t.Context()); err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	})
}
