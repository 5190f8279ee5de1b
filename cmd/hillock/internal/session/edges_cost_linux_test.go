package session_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/edge"
	"hillock/hw/part"
)

// eightInputs has eight neurons. With edges, each has the spikes of a pin.
func eightInputs(t *testing.T, edges bool) *config.Config {
	t.Helper()
	var file strings.Builder
	file.WriteString("loop.speed = 1\n[input.knob]\ndriver = \"mcp3008\"\n[output.led]\ndriver = \"pulse\"\nneuron = \"n0\"\npin = \"GPIO17\"\n")
	for i := range 8 {
		fmt.Fprintf(&file, "[neuron.n%d]\ninput = \"knob\"\n", i)
		if edges {
			fmt.Fprintf(&file, "[input.e%[1]d]\ndriver = \"edge\"\npin = \"GPIO%[2]d\"\ndead = \"0.3 ms\"\n[synapse.s%[1]d]\nfrom = \"e%[1]d\"\nto = \"n%[1]d\"\nkind = \"exp\"\ntau = \"5 ms\"\nweight = \"0.1 nA\"\ndelay = \"1 ms\"\n", i, 20+i)
		} else {
			fmt.Fprintf(&file, "[synapse.s%[1]d]\nfrom = \"n%[2]d\"\nto = \"n%[1]d\"\nkind = \"exp\"\ntau = \"5 ms\"\nweight = \"0.1 nA\"\ndelay = \"1 ms\"\n", i, (i+1)%8)
		}
	}
	cfg, err := config.Parse("eight.toml", []byte(file.String()), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestLatenessWithEdges compares the lateness with eight edge inputs, of 1000 spikes/s each, and without them: in turn, each for
// HILLOCK_TEST_LATENESS, 21 times. In both a thread writes the edges into a pipe.
func TestLatenessWithEdges(t *testing.T) {
	each, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_LATENESS"))
	if err != nil {
		t.Skip("SKIPPED: a measurement in real time: set HILLOCK_TEST_LATENESS=2s")
	}
	var p99 [2][]float64
	for round := range 42 {
		with := round%2 == 1
		late, spikes, allocs := latenessOf(t, eightInputs(t, with), each)
		t.Logf("edges %5v: p50 %.1f us, p99 %.1f us, %d of %d ticks late; %d spikes taken; %.3f allocations a tick", with, late.Late.P50, late.Late.P99, late.LateTicks, late.Late.N, spikes, allocs)
		p99[round%2] = append(p99[round%2], late.Late.P99)
	}
	without, with := middle(p99[0]), middle(p99[1])
	t.Logf("median p99: %.1f us without, %.1f us with edges: %.2f times", without, with, with/without)
}

// pipedPi is a virtual Pi. Its edges come through a pipe, as the kernel's: a read without waiting costs a system call.
type pipedPi struct {
	*board.Virtual
	port pipePort
}

// OpenEdges implements board.Pi.
func (p pipedPi) OpenEdges([]edge.Line) (edge.Port, error) { return p.port, nil }

// pipePort is the reading end of a pipe of edges.
type pipePort int

// Read implements edge.Port.
func (p pipePort) Read(to []edge.Edge) (int, error) {
	n, err := unix.Read(int(p), bytesOf(to))
	if err == unix.EAGAIN {
		return 0, nil
	}
	return n / int(unsafe.Sizeof(edge.Edge{})), err
}

// Now implements edge.Port.
func (pipePort) Now() time.Duration { return monotonic() }

// Close implements edge.Port.
func (pipePort) Close() error { return nil }

func bytesOf(all []edge.Edge) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&all[0])), len(all)*int(unsafe.Sizeof(all[0])))
}

func monotonic() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // it cannot fail
	return time.Duration(t.Nano())
}

func middle(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }

func latenessOf(t *testing.T, cfg *config.Config, each time.Duration) (times session.Times, spikes int64, allocs float64) {
	t.Helper()
	c := clock.New()
	v, err := board.NewVirtual(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[1])
	defer unix.Close(fds[0])
	s, err := session.Open(t.Context(), cfg, session.Hardware{Pi: pipedPi{v, pipePort(fds[0])}, Virtual: v, Where: "the virtual Pi"}, session.Options{RealTime: c, Duration: each})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	var driver sync.WaitGroup
	driver.Go(func() {
		runtime.LockOSThread() // its priority is that of the kernel's interrupt threads
		_ = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 50}, 0)
		var all [8]edge.Edge
		for high, due := true, c.Now(); ctx.Err() == nil; high = !high {
			due += 500 * time.Microsecond
			if wait := due - c.Now(); wait > 0 {
				t := unix.NsecToTimespec(int64(wait))
				_ = unix.Nanosleep(&t, nil)
			}
			for line := range all {
				all[line] = edge.Edge{Line: line, At: monotonic(), Rising: high}
			}
			_, _ = unix.Write(fds[1], bytesOf(all[:])) // full without a reader
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = s.Run(ctx, session.Unseen)
	runtime.ReadMemStats(&after)
	end()
	driver.Wait()
	times = s.Times()
	for _, f := range s.Loop().Feeds {
		for _, in := range f.To {
			spikes += in.Taken()
		}
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return times, spikes, float64(after.Mallocs-before.Mallocs) / float64(max(1, times.Late.N))
}
