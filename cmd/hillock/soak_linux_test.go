package main

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/sim"
	"hillock/neuron"
)

// The run takes HILLOCK_TEST_SOAK in real time, with a busy garbage collector, a load on every CPU and a random fault each second.
func TestSoak(t *testing.T) {
	duration, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_SOAK"))
	if err != nil {
		t.Skip("SKIPPED: a soak with faults under load: enable with HILLOCK_TEST_SOAK=10m")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	for range runtime.NumCPU() {
		busy := program(t, "sim", "--duration", "1000h")
		if err := busy.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { busy.Process.Kill(); busy.Wait() }()
	}
	requests := make(chan os.Signal, 1) // os/signal keeps a goroutine from here on
	signal.Notify(requests, syscall.SIGUSR1)
	signal.Stop(requests)
	goroutines, files := runtime.NumGoroutine(), openFiles(t)

	realTime := clock.New()
	b := sessiontest.With(t, realTime, session.Options{RealTime: realTime, Duration: duration}, "output.led.width=2 ms")
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	track := &soak{cell: b.Loop.Cells[0], currents: make([]float64, 0, 2*duration/ms)}
	b.Observe(track)
	enter := b.Loop.Ready
	b.Loop.Ready = func() error {
		err := enter()
		if track.start.IsZero() {
			track.start = time.Now()
		}
		return err
	}
	kinds := map[string]int{}
	sum, err := b.Session.Run(t.Context(), func(ctx context.Context) error {
		logged := make(chan error)
		go func() {
			logged <- terminal.Log(ctx, b.Session, terminal.LogTo{W: io.Discard, Logger: slog.New(slog.DiscardHandler), Format: terminal.Text})
		}()
		soakFaults(ctx, b, duration, rand.New(rand.NewPCG(seed, 0)), kinds)
		return <-logged
	})
	if err != nil {
		t.Fatal(err)
	}
	end := sum.Tick
	t.Logf("%d ticks, %d of them skipped, %d read errors, faults %v", end.Due, end.Skipped, b.Board.Inputs["knob"].Reading().Failed, kinds)
	for _, row := range sum.Times.Rows() {
		t.Log(row)
	}

	// Model time and skipped time together are the real time.
	if off := track.nearest(); off < 0 || off > b.Loop.Tick {
		t.Errorf("got real time %v ahead of model time at the end, want less than a tick", off)
	}
	if want := int64(duration/ms) * 9 / 10; end.Due < want || end.Steps != 10*end.Run() {
		t.Errorf("got %d ticks due, %d steps; want at least %d ticks, ten steps in each", end.Due, end.Steps, want)
	}
	if got, want := b.Loop.Cells[0].Spikes, track.spikes(t); got != want {
		t.Errorf("got %d spikes, want the %d of the currents", got, want)
	}
	if r := b.Board.Inputs["knob"].Reading(); r.State != board.OK {
		t.Errorf("got %+v after the last fault, want it ok", r)
	}
	if err := b.Session.Close(); err != nil {
		t.Error(err)
	}
	for wait := time.Now(); runtime.NumGoroutine() > goroutines; runtime.Gosched() { // some end a little later
		if time.Since(wait) > 10*time.Second {
			t.Errorf("got %d goroutines, were %d:", runtime.NumGoroutine(), goroutines)
			pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			break
		}
	}
	if got := openFiles(t); got != files {
		t.Errorf("got %d open files, were %d", got, files)
	}
}

// soakFaults injects a random fault each second, and none in the last three seconds.
func soakFaults(ctx context.Context, b *sessiontest.Bench, duration time.Duration, r *rand.Rand, kinds map[string]int) {
	port, pin := b.Virtual.Ports["SPI0.0"], b.Virtual.Pin("GPIO17")
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for left := duration - time.Second; ; left -= time.Second {
		var f sim.Faults
		var refuse error
		name := "none"
		if left > 3*time.Second {
			switch r.IntN(9) {
			case 0:
				name, f.Err = "EIO", syscall.EIO
			case 1:
				name, f.MISO = "MISO open", sim.Open
			case 2:
				name, f.MISO = "MISO shorted", sim.Shorted
			case 3:
				name, f.Delay = "slow", time.Duration(r.IntN(3000))*time.Microsecond
			case 4:
				name, f.Delay = "very slow", time.Duration(r.IntN(200))*time.Millisecond
			case 5:
				name, f.Delay = "hangs", time.Second
			case 6:
				name, refuse = "pin", syscall.EIO
			}
		}
		kinds[name]++
		port.SetFaults(f)
		pin.SetFault(refuse)
		b.Virtual.Knobs["knob"].Set(r.Float64())
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// soak keeps the current of each tick, and the lead of real time over model time in the latest ticks.
type soak struct {
	cell     *neuron.Cell
	start    time.Time
	currents []float64
	off      [1000]time.Duration
}

func (s *soak) Tick(t neuron.Tick) {
	if len(s.currents) == cap(s.currents) {
		return
	}
	s.off[len(s.currents)%len(s.off)] = time.Since(s.start) - time.Duration(t.Due)*ms
	s.currents = append(s.currents, s.cell.Current)
}

// nearest returns the smallest of the latest differences: a tick may be late, but not the clock.
func (s *soak) nearest() time.Duration {
	least := s.off[0]
	for _, off := range s.off {
		least = min(least, off)
	}
	return least
}

func (s *soak) spikes(t *testing.T) (spikes int64) {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, current := range s.currents {
		drive := n.Drive(current)
		for range 10 {
			if n.Step(drive) {
				spikes++
			}
		}
	}
	return spikes
}

func openFiles(t *testing.T) int {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
