package clock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMonitorSlackIsSetAndRestored(t *testing.T) {
	slack := func() string {
		thread, err := monitorThread()
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile("/proc/" + thread + "/timerslack_ns")
		if err != nil {
			return err.Error()
		}
		return strings.TrimSpace(string(b))
	}
	before := slack()
	if err := calm(time.Millisecond); err != nil {
		t.Skip("SKIPPED: cannot set the timer slack of another thread:", err)
	}
	if got := slack(); got != "1000000" {
		t.Errorf("got a slack of %s ns, want 1000000", got)
	}
	want, done := "20000000", make(chan string)
	go func() {
		w := New()
		g, err := w.enter(Options{Realtime: Auto, CPU: -1}, machine{cpus: 2})
		if err != nil || !slices.Contains(g.Got, "calm scheduler") {
			t.Errorf("got %+v, %v; want a calm scheduler", g, err)
		}
		if !slices.Contains(g.Got, "SCHED_FIFO 80") {
			want = "1000000" // the loop keeps its place
		}
		during := slack()
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
		done <- during
	}()
	if got := <-done; got != want {
		t.Errorf("got a slack of %s ns in the loop, want %s", got, want)
	}
	if got := slack(); got != "50000" {
		t.Errorf("got a slack of %s ns afterwards, was %s", got, before)
	}
}

func TestGOMAXPROCSIsRaisedAndRestored(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	runtime.SetDefaultGOMAXPROCS()
	before := runtime.GOMAXPROCS(0)
	done := make(chan int)
	go func() {
		w := New()
		if _, err := w.Enter(Options{Realtime: Off, CPU: -1}); err != nil {
			t.Error(err)
		}
		during := runtime.GOMAXPROCS(0)
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
		done <- during
	}()
	if got, want := <-done, 2*runtime.NumCPU(); got != want {
		t.Errorf("got room for %d goroutines at a time in the loop, want %d", got, want)
	}
	if got := runtime.GOMAXPROCS(0); got != before {
		t.Errorf("got room for %d afterwards, want %d", got, before)
	}
}

func TestSuspendedTimeCounts(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := New()
		if _, err := w.Enter(Options{Realtime: Off, CPU: -1}); err != nil {
			t.Error(err)
			return
		}
		var asleep time.Duration
		start := w.rt.ahead()
		w.rt.ahead = func() time.Duration { return start + asleep }
		if now, err := w.SleepUntil(t.Context(), w.Now(), w.Now()+time.Millisecond); err != nil || now > time.Hour {
			t.Errorf("got %v at %v, want no error and no jump", err, now)
		}
		asleep = 8 * time.Hour
		w.rt.next = 0
		if now, err := w.SleepUntil(t.Context(), w.Now(), w.Now()+time.Millisecond); err != nil || now < 8*time.Hour || now > w.Now() {
			t.Errorf("got %v at %v, want no error after 8 h", err, now)
		}
		deadline := w.Now() + time.Millisecond
		if now, err := w.SleepUntil(t.Context(), w.Now(), deadline); err != nil || now < deadline || now > 9*time.Hour {
			t.Errorf("got %v at %v, want no error at %v or soon after", err, now, deadline)
		}
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
	}()
	<-done
}

func TestMissingRightsNameTheErrorAndTheRemedy(t *testing.T) {
	const login = "run 'sudo hillock setup', then log in again"
	unit, shell := Grant{}, Grant{Remedy: login}
	for _, g := range []*Grant{&unit, &shell} {
		g.lacks("SCHED_FIFO 80", unix.EPERM, "set LimitRTPRIO=80")
		g.lacks("CPUs kept awake", &fs.PathError{Op: "open", Path: dmaLatency, Err: unix.EACCES}, "set a group")
	}
	if got, want := unit.Lacks(), "SCHED_FIFO 80: operation not permitted: set LimitRTPRIO=80; "+
		"CPUs kept awake: open /dev/cpu_dma_latency: permission denied: set a group"; got != want {
		t.Errorf("unit: got %s, want %s", got, want)
	}
	if got, want := shell.Lacks(), "SCHED_FIFO 80: operation not permitted; "+
		"CPUs kept awake: open /dev/cpu_dma_latency: permission denied: "+login; got != want {
		t.Errorf("shell: got %s, want %s", got, want)
	}
	if got := new(Grant).Lacks(); got != "" {
		t.Errorf("nothing missing: got %q, want nothing", got)
	}
}

// The loop's thread wakes at its deadline; other threads wake up to 50 us late.
func TestLoopThreadHasNoTimerSlack(t *testing.T) {
	slack := make(chan int)
	go func() {
		w := New()
		if _, err := w.Enter(Options{Realtime: Off, CPU: -1}); err != nil {
			t.Error(err)
		}
		ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		if err := errors.Join(err, w.Leave()); err != nil {
			t.Error(err)
		}
		slack <- ns
	}()
	if got := <-slack; got != 1 {
		t.Errorf("got a slack of %d ns, want 1", got)
	}
}

// Each reading of the kernel's clock takes 3 us before and 1 us after its instant, the first one much longer.
func TestKernelTimeIsNeverTooEarly(t *testing.T) {
	const zero = time.Hour // of the clock, in the kernel's time
	at := time.Duration(0)
	now := func() time.Duration { return at }
	readings := 0
	kernel := func() (time.Duration, error) {
		before, after := 3*time.Microsecond, time.Microsecond
		if readings++; readings == 1 {
			after = time.Millisecond
		}
		at += before
		t := zero + at
		at += after
		return t, nil
	}
	got, err := ahead(now, kernel)
	if want := zero + 3*time.Microsecond; err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// On one CPU the loop gets early turns, and leaves turns to the other threads.
func TestSingleCPUGetsEarlyTurns(t *testing.T) {
	type scheduling struct {
		Policy  uint32
		Runtime time.Duration
	}
	for _, tt := range []struct {
		name string
		mode Mode
		m    machine
		want scheduling
		risk string
	}{
		{"one CPU", Auto, machine{1, "arm"}, scheduling{unix.SCHED_NORMAL, slice}, ""},
		{"one CPU, insisted on", On, machine{1, "arm64"}, scheduling{unix.SCHED_FIFO, 0}, ""},
		{"one CPU of ARMv6, insisted on", On, machine{1, "arm"}, scheduling{unix.SCHED_FIFO, 0}, armRisk},
		{"four CPUs", Auto, machine{4, "arm"}, scheduling{unix.SCHED_FIFO, 0}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var g Grant
			var got scheduling
			done := make(chan error)
			go func() {
				w := New()
				var err error
				if g, err = w.enter(Options{Realtime: tt.mode, CPU: -1}, tt.m); err != nil {
					done <- err
					return
				}
				attr, err := unix.SchedGetAttr(0, 0)
				if err == nil {
					got = scheduling{attr.Policy, time.Duration(attr.Runtime)}
				}
				done <- errors.Join(err, w.Leave())
			}()
			err := <-done
			if fifo := tt.want.Policy == unix.SCHED_FIFO; fifo && (err != nil || len(g.Missing) > 0) {
				t.Skip("SKIPPED: needs real-time rights:", err, g.Missing)
			}
			early := slices.Contains(g.Got, "time slice of 0.1 ms")
			if tt.want.Policy == unix.SCHED_NORMAL && !early {
				t.Skip("SKIPPED: a time slice needs Linux 6.12")
			}
			if err != nil || got != tt.want || early != (got.Policy == unix.SCHED_NORMAL) || g.Risk != tt.risk {
				t.Errorf("got %+v, %q, risk %q, %v; want %+v, %q", got, g.Got, g.Risk, err, tt.want, tt.risk)
			}
		})
	}
}

// With keep, a sleep ends in time, with the context, and after a signal of the scheduler.
func TestSleepsThatKeepTheirPlace(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := New()
		if _, err := w.Enter(Options{Realtime: Off, CPU: -1}); err != nil || !w.rt.keep {
			t.Errorf("got %v, keep %v, want it without SCHED_FIFO", err, w.rt.keep)
			return
		}
		start := w.Now()
		for now, tick := start, time.Duration(1); tick <= 50; tick++ {
			if tick == 25 {
				runtime.GC()
			}
			var err error
			deadline := start + tick*time.Millisecond
			if now, err = w.SleepUntil(t.Context(), now, deadline); err != nil || now < deadline {
				t.Errorf("tick %d: got %v at %v, want no error at %v or later", tick, err, now, deadline)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		if _, err := w.SleepUntil(ctx, w.Now(), time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
	}()
	<-done
}
