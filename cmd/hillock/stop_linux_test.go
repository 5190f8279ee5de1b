package main

import (
	"bufio"
	"encoding/json"
	"hillock/cmd/hillock/internal/summary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// disturbed runs the program for three seconds with ticks of 1 ms, calls a function after the first second, and returns its summary
// and its log.
func disturbed(t *testing.T, disturb func(*os.Process), sets ...string) (s summary.Figures, log string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "summary.json")
	args := []string{"run", "--hw", "sim", "--duration", "3s", "--summary", file, "--set", "loop.speed=1", "--set", "loop.realtime=off",
		"--set", "input.knob.stale_after=1 min"} // a stop in the middle of a reading: the knob keeps its value
	for _, set := range sets {
		args = append(args, "--set", set)
	}
	cmd := program(t, args...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := bufio.NewReader(pipe)
	for !strings.Contains(log, "  n1  ") {
		line, err := first.ReadString('\n')
		if err != nil {
			t.Fatalf("got %v after %s, want a line of the log", err, log)
		}
		log += line
	}
	disturb(cmd.Process)
	rest, _ := io.ReadAll(first)
	log += string(rest)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("got %v and %s", err, log)
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s.Ticks+int64(s.SkippedMs) != 3000 || s.Steps != 10*s.Ticks || s.Neurons[0].PredictedSpikes == nil || s.Neurons[0].Spikes != *s.Neurons[0].PredictedSpikes {
		t.Errorf("got %+v, want 3000 ticks due, ten steps in each that was run, and their spikes", s)
	}
	return s, log
}

func TestStoppedProgramSkipsMissedTime(t *testing.T) {
	t.Parallel()
	s, log := disturbed(t, func(p *os.Process) {
		p.Signal(unix.SIGSTOP)
		// 300 ms are enough.
		if out, err := program(t, "run", "--hw", "sim", "--duration", "300ms", "--plain").CombinedOutput(); err != nil {
			t.Errorf("got %v and %s", err, out)
		}
		p.Signal(unix.SIGCONT)
	}, "loop.max_lag=100 ms")
	if s.SkippedMs < 290 {
		t.Errorf("got %g ms skipped, want at least the 300 ms or so of the stop", s.SkippedMs)
	}
	if want := "the loop fell behind: missed time was skipped"; s.Ticks == 3000 || !strings.Contains(log, want) {
		t.Errorf("got log\n%s\nwant in it %q", log, want)
	}
}

func TestStoppedProgramCatchesUpWithinMaxLag(t *testing.T) {
	t.Parallel()
	s, _ := disturbed(t, func(p *os.Process) {
		p.Signal(unix.SIGSTOP)
		if out, err := program(t, "version").CombinedOutput(); err != nil {
			t.Errorf("got %v and %s", err, out)
		}
		p.Signal(unix.SIGCONT)
	}, "loop.max_lag=1 min")
	if s.Ticks != 3000 {
		t.Errorf("got %d ticks, want all 3000", s.Ticks)
	}
}

func TestSteppedTimeOfDayChangesNothing(t *testing.T) {
	if os.Getenv("HILLOCK_TEST_STEP_CLOCK") == "" {
		t.Skip("SKIPPED: a stepped time of day: it steps this machine's; HILLOCK_TEST_STEP_CLOCK=1 as root runs it")
	}
	set := func(to time.Time) {
		tv := unix.NsecToTimeval(to.UnixNano())
		if err := unix.Settimeofday(&tv); err != nil {
			t.Skip("SKIPPED: a stepped time of day: settimeofday:", err)
		}
	}
	set(time.Now())
	for _, step := range []time.Duration{time.Hour, -time.Hour} {
		s, _ := disturbed(t, func(*os.Process) {
			start := time.Now() // its monotonic part finds the way back
			set(start.Add(step))
			if out, err := program(t, "run", "--hw", "sim", "--duration", "100ms", "--plain").CombinedOutput(); err != nil {
				t.Errorf("got %v and %s", err, out)
			}
			set(start.Add(time.Since(start)))
		}, "loop.max_lag=1 min")
		if s.Ticks != 3000 || s.RealTimeS < 3 || s.RealTimeS > 60 {
			t.Errorf("a step of %v: got %d ticks in %g s, want all 3000 in 3 s", step, s.Ticks, s.RealTimeS)
		}
	}
}
