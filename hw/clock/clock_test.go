package clock_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hillock/hw/clock"
)

func ExampleReal() {
	w := clock.New()
	start := w.Now()
	for tick := 1; tick <= 3; tick++ {
		deadline := start + time.Duration(tick)*time.Millisecond
		now, err := w.SleepUntil(context.Background(), w.Now(), deadline)
		if err != nil {
			panic(err)
		}
		fmt.Println("tick", tick, "early:", now < deadline)
	}
	// Output:
	// tick 1 early: false
	// tick 2 early: false
	// tick 3 early: false
}

func TestDeadlinesAreAbsolute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := clock.New()
		for tick := time.Duration(1); tick <= 10; tick++ {
			got, err := w.SleepUntil(t.Context(), w.Now(), tick*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			want := tick * time.Millisecond
			if tick > 1 {
				want = max(want, 4*time.Millisecond)
			}
			if got != want || w.Now() != want {
				t.Errorf("tick %d: got %v at %v, want %v", tick, got, w.Now(), want)
			}
			if tick == 1 {
				w.Sleep(3 * time.Millisecond) // a long tick, past the deadlines of ticks 2 to 4
			}
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := clock.New()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := w.SleepUntil(ctx, 0, time.Hour); !errors.Is(err, context.DeadlineExceeded) || w.Now() != 20*time.Millisecond {
			t.Errorf("got %v at %v, want %v at 20ms", err, w.Now(), context.DeadlineExceeded)
		}
		if _, err := w.SleepUntil(ctx, w.Now(), 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v past a deadline with the context done, want %v", err, context.DeadlineExceeded)
		}
		if now, err := w.SleepUntil(t.Context(), 0, 25*time.Millisecond); err != nil || now != 25*time.Millisecond {
			t.Errorf("got %v at %v after an interrupted sleep, want nil at 25ms", err, now)
		}
	})
}

func TestSleepDoesNotAllocate(t *testing.T) {
	w := clock.New()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	next, now := w.Now(), w.Now()
	if n := testing.AllocsPerRun(100, func() {
		next += 50 * time.Microsecond
		now, _ = w.SleepUntil(ctx, now, next)
	}); n != 0 {
		t.Errorf("got %g allocations a sleep, want 0", n)
	}
}
