package clock_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/clock"
)

// entered runs f on a goroutine after Enter. The thread ends with it.
func entered(t *testing.T, opts clock.Options, f func(*clock.Real)) clock.Grant {
	t.Helper()
	var grant clock.Grant
	done := make(chan error)
	go func() {
		w := clock.New()
		g, err := w.Enter(opts)
		grant = g
		if err == nil {
			f(w)
			err = w.Leave()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return grant
}

func TestEnteredDeadlinesAreAbsoluteAndNeverEarly(t *testing.T) {
	for _, spin := range []time.Duration{0, clock.SpinAuto, 30 * time.Microsecond} {
		entered(t, clock.Options{Realtime: clock.Off, Spin: spin, CPU: -1}, func(w *clock.Real) {
			start := w.Now()
			now := start
			for tick := time.Duration(1); tick <= 50; tick++ {
				deadline := start + tick*200*time.Microsecond
				var err error
				if now, err = w.SleepUntil(t.Context(), now, deadline); err != nil || now < deadline || now > w.Now() {
					t.Errorf("spin %v, tick %d: got %v at %v, want no error at %v or later", spin, tick, err, now, deadline)
				}
			}
			if _, err := w.SleepUntil(t.Context(), now, start); err != nil {
				t.Errorf("got %v for a deadline that has passed, want nil", err)
			}
		})
	}
}

func TestEnteredSleepEndsWithItsContext(t *testing.T) {
	entered(t, clock.Options{Realtime: clock.Off, CPU: -1}, func(w *clock.Real) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		if _, err := w.SleepUntil(ctx, w.Now(), time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func TestEnteredSleepDoesNotAllocate(t *testing.T) {
	entered(t, clock.Options{Realtime: clock.Off, Spin: clock.SpinAuto, CPU: -1}, func(w *clock.Real) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		next, now := w.Now(), w.Now()
		if n := testing.AllocsPerRun(100, func() {
			next += 50 * time.Microsecond
			now, _ = w.SleepUntil(ctx, now, next)
		}); n != 0 {
			t.Errorf("got %g allocations a sleep, want 0", n)
		}
	})
}

func TestGrantListsGotAndMissing(t *testing.T) {
	opts := clock.Options{Realtime: clock.Auto, Spin: 0, CPU: -1}
	g := entered(t, opts, func(*clock.Real) {})
	if tried, err := clock.Try(opts); err != nil || !cmp.Equal(g, tried) {
		t.Errorf("Try: got %+v, %v, want %+v", tried, err, g)
	}
	all := strings.Join(append(g.Got, g.Missing...), ", ")
	if runtime.GOOS != "linux" {
		if all != "Go's timers" {
			t.Errorf("got %q", all)
		}
		return
	}
	for _, want := range []string{"SCHED_FIFO", "memory"} {
		if !strings.Contains(all, want) {
			t.Errorf("got %q, want %s granted or missing", all, want)
		}
	}
	if g, err := clock.Try(clock.Options{Realtime: clock.Off, Spin: 0, CPU: -1}); err != nil || len(g.Missing) != 0 {
		t.Errorf("got %v, %q missing with realtime off, want nothing asked for", err, g.Missing)
	}
}

func TestRealtimeOnFailsWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 && runtime.GOOS == "linux" {
		t.Skip("SKIPPED: realtime on without permission: root has the permission")
	}
	_, err := clock.Try(clock.Options{Realtime: clock.On, CPU: -1})
	if err == nil || !strings.HasPrefix(err.Error(), "loop.realtime: must be ") {
		t.Errorf("got %v, want what is missing", err)
	}
}

func TestUnknownCPU(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: CPU affinity needs Linux")
	}
	if _, err := clock.Try(clock.Options{Realtime: clock.Off, CPU: 1000}); err == nil || !strings.HasPrefix(err.Error(), "loop.cpu: cannot use CPU 1000: ") {
		t.Errorf("got %v", err)
	}
}
