package clock

import (
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
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile("/proc/" + threads[1].Name() + "/timerslack_ns")
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
	done := make(chan string)
	go func() {
		w := New()
		g, err := w.Enter(Options{Realtime: Auto, CPU: -1})
		if err != nil || !slices.Contains(g.Got, "calm scheduler") {
			t.Errorf("got %+v, %v; want a calm scheduler", g, err)
		}
		during := slack()
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
		done <- during
	}()
	if got := <-done; got != "20000000" {
		t.Errorf("got a slack of %s ns in the loop, want 20000000", got)
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
