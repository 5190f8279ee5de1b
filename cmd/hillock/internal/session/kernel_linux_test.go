package session_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/edge"
	"hillock/hw/kernelpi"
	"hillock/hw/part"
	"hillock/neuron"
)

// TestKernelTimesOfEdges runs TestEdgesInGuest under a real kernel. HILLOCK_TEST_EDGES is the number of pulses of a part.
func TestKernelTimesOfEdges(t *testing.T) {
	t.Parallel()
	r := kernelpi.RunTests(t, "hillock/cmd/hillock/internal/session", "^TestEdgesInGuest$", "export HILLOCK_TEST_EDGES="+os.Getenv("HILLOCK_TEST_EDGES"))
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestEdgesInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
	t.Log(r.Output)
}

// Eight pins of the guest have edge inputs.
var edgePins = []int{5, 6, 12, 13, 22, 23, 24, 25}

const edgeStep = 100 * time.Microsecond

// edgeWires returns a configuration with a neuron for each pin. It spikes one step after the step of an edge.
func edgeWires(t *testing.T, tick time.Duration) *config.Config {
	t.Helper()
	var file strings.Builder
	fmt.Fprintf(&file, "loop.speed = 1\nloop.tick = %q\nloop.max_lag = \"1 min\"\n", config.FormatTime(tick))
	for _, pin := range edgePins {
		fmt.Fprintf(&file, `
[input.w%[1]d]
driver = "edge"
pin = "GPIO%[1]d"
[neuron.n%[1]d]
[synapse.s%[1]d]
from = "w%[1]d"
to = "n%[1]d"
kind = "delta"
weight = "16 mV"
delay = "0.1 ms"
`, pin)
	}
	cfg, err := config.Parse("wires.toml", []byte(file.String()), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// outside drives the pins: of the kernel's gpio-sim, or of an emulated Pi.
type outside struct {
	set  func(pin int, high bool) error
	hold time.Duration // shortest time of a level
	tick time.Duration // of the loop
	late time.Duration // largest lateness added to ticks that are to be in time
	slow bool          // ticks can be late on their own, and the clocks are read slowly
}

func newOutside(t *testing.T) outside {
	t.Helper()
	if os.Getenv("HILLOCK_TEST_WIRES") != "" {
		wires := newWires(t)
		t.Cleanup(func() {
			for _, pin := range edgePins {
				wires.release(pin)
			}
		})
		drive := func(pin int, high bool) error { wires.drive(pin, high); return nil }
		// An emulated CPU is slow: ticks of 1 ms are late on their own.
		return outside{drive, 3 * time.Millisecond, 4500 * time.Microsecond, 3000 * time.Microsecond, true}
	}
	pulls := map[int]*os.File{}
	for _, pin := range edgePins {
		names, err := filepath.Glob(fmt.Sprintf("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio%d/pull", pin))
		if err != nil || len(names) != 1 {
			t.Fatalf("got %v, %v, want one file for GPIO%d", names, err, pin)
		}
		if pulls[pin], err = os.OpenFile(names[0], os.O_WRONLY, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pulls[pin].Close() })
	}
	return outside{func(pin int, high bool) error {
		_, err := pulls[pin].WriteString(map[bool]string{true: "pull-up", false: "pull-down"}[high])
		return err
		// An edge waits for the next of the kernel's jiffies of 10 ms. In ticks of 0.9 ms these are in each of the nine steps.
	}, 21 * time.Millisecond, 900 * time.Microsecond, 810 * time.Microsecond, false}
}

// pulse raises and lowers all pins, count times. Each level lasts up to 4 ms longer than hold.
func (o outside) pulse(count int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	for range count {
		for _, high := range []bool{true, false} {
			time.Sleep(o.hold + time.Duration(rng.IntN(4e6)))
			for _, pin := range edgePins {
				if err := o.set(pin, high); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// lateClock wakes late.
type lateClock struct {
	*clock.Real
	late func() time.Duration
}

// SleepUntil implements neuron.Clock.
func (c lateClock) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	return c.Real.SleepUntil(ctx, now, t+c.late())
}

// edgeRecorder is the real Pi. It records edges, spikes and late ticks.
type edgeRecorder struct {
	board.Host
	edge.Port
	clock  *clock.Real
	events neuron.Events
	due    int64 // ticks so far

	rises   [][]time.Duration // by pin: the kernel's times of rising edges, on the loop's clock
	spikes  [][]time.Duration // by pin: the times of the spikes
	read    [][]int64         // by pin: the ticks that read them
	edges   int
	latest  time.Duration      // time of the latest edge, on the loop's clock
	fired   map[string][]int64 // steps, by neuron
	late    map[int64]bool     // ticks a whole tick late or more
	start   time.Duration
	tick    time.Duration
	between time.Duration // the kernel's clock minus the loop's
}

// OpenEdges implements board.Pi.
func (r *edgeRecorder) OpenEdges(lines []edge.Line) (_ edge.Port, err error) {
	if r.Port, err = r.Host.OpenEdges(lines); err != nil {
		return nil, err
	}
	r.between = time.Hour
	for range 20 {
		now := r.clock.Now()
		r.between = min(r.between, r.Now()-now)
	}
	return recordedPort{r}, nil
}

type recordedPort struct{ *edgeRecorder }

// Read implements edge.Port.
func (p recordedPort) Read(to []edge.Edge) (int, error) {
	n, err := p.Port.Read(to)
	for _, e := range to[:n] {
		p.edges++
		p.latest = e.At - p.between
		if e.Rising {
			p.rises[e.Line] = append(p.rises[e.Line], e.At-p.between)
		}
	}
	return n, err
}

// Close implements edge.Port.
func (p recordedPort) Close() error { return p.Port.Close() }

// recordedEvents are the spikes of the recorder.
type recordedEvents struct{ *edgeRecorder }

// Read implements neuron.Events.
func (r recordedEvents) Read(now time.Duration, add func(int, time.Duration, float64)) {
	r.events.Read(now, func(pin int, at time.Duration, gain float64) {
		r.spikes[pin], r.read[pin] = append(r.spikes[pin], at), append(r.read[pin], r.due+1)
		add(pin, at, gain)
	})
}

// Tick implements neuron.Observer.
func (r *edgeRecorder) Tick(t neuron.Tick) {
	if r.start == 0 {
		r.start = t.Deadline - r.tick
	}
	if t.Lateness() >= r.tick {
		r.late[t.Due] = true
	}
	r.due = t.Due
}

// Step implements neuron.StepObserver.
func (r *edgeRecorder) Step(s neuron.Sample) {
	if s.Spiked {
		r.fired[s.Cell.Name] = append(r.fired[s.Cell.Name], s.Step)
	}
}

func TestEdgesInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: needs a real kernel: TestKernelTimesOfEdges runs it")
	}
	host, err := board.Real()
	if err != nil {
		t.Fatal(err)
	}
	out := newOutside(t)
	count, err := strconv.Atoi(os.Getenv("HILLOCK_TEST_EDGES"))
	if err != nil {
		count = 240
	}
	rounds := count / len(edgePins)
	for _, tt := range []struct {
		name         string
		late         time.Duration // largest lateness of a tick
		rounds, stop int           // the loop stops for the last rounds
		lost, isLate bool          // edges are lost; spikes are late
	}{
		{"ticks less than a tick late", out.late, rounds, 0, false, false},
		{"ticks up to 3 ticks late", 3 * out.tick, rounds, 0, false, true},
		{"a stop fills the kernel's buffer of 1024 edges", 1, 20, 66, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			c := lateClock{clock.New(), func() time.Duration { return time.Duration(rng.Int64N(int64(tt.late))) }}
			n := len(edgePins)
			r := &edgeRecorder{Host: host, clock: c.Real, tick: out.tick, rises: make([][]time.Duration, n), spikes: make([][]time.Duration, n), read: make([][]int64, n), fired: map[string][]int64{}, late: map[int64]bool{}}
			ctx, end := context.WithTimeout(t.Context(), 2*time.Minute)
			defer end()
			var s *session.Session
			edges := 2 * (tt.rounds + tt.stop) * n
			begun, stopped, driven := make(chan struct{}), make(chan struct{}), make(chan error, 1)
			watch := sessiontest.Each(func(tick neuron.Tick) {
				select {
				case stopped <- struct{}{}: // until all edges are there
					driven <- <-driven
				default:
				}
				switch {
				case tick.Due == 1:
					close(begun)
				case r.edges+int(lostEdges(s)) == edges && tick.Deadline > r.latest+3*out.tick: // all spikes have acted
					end()
				}
			})
			s, err := session.Open(t.Context(), edgeWires(t, out.tick), session.Hardware{Pi: r, Where: "a real kernel"},
				session.Options{Clock: c, Observers: []neuron.Observer{r, watch}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			loop := s.Loop()
			r.events, loop.Feeds[0].Events = loop.Feeds[0].Events, recordedEvents{r}
			loop.Ready = func() error {
				_, err := c.Enter(clock.Options{Realtime: clock.Off, CPU: -1})
				return err
			}
			go func() {
				<-begun // edges before the first tick are none of the run's
				err := out.pulse(tt.rounds)
				if tt.stop > 0 && err == nil {
					<-stopped
					err = out.pulse(tt.stop)
				}
				driven <- err
			}()
			if _, err := loop.Run(ctx); !errors.Is(err, context.Canceled) {
				t.Fatalf("got %d edges and %d lost, want %d together: %v", r.edges, lostEdges(s), edges, err)
			}
			if err := <-driven; err != nil {
				t.Fatal(err)
			}
			r.check(t, s, tt.lost, tt.isLate, out.slow)
		})
	}
}

// lostEdges returns the number of edges that the kernel's buffer lost so far.
func lostEdges(s *session.Session) (lost int64) {
	for _, name := range s.Board().Edges.Names {
		state, _ := s.Board().Edges.Of(name)
		lost += state.Lost
	}
	return lost
}

// check compares the spikes with the kernel's times: the latency is exactly one tick.
func (r *edgeRecorder) check(t *testing.T, s *session.Session, anyLost, anyLate, slow bool) {
	t.Helper()
	var lost, late, taken, wantLate, unread int64
	var most time.Duration
	phases := map[int64]int{}
	for i, name := range s.Board().Edges.Names {
		in := s.Loop().Feeds[0].To[i]
		state, ok := s.Board().Edges.Of(name)
		if !ok || state.Fault != nil || state.Ignored != 0 || in.Dropped() != 0 {
			t.Errorf("%s: got %+v, %d dropped", name, state, in.Dropped())
		}
		lost, late, taken = lost+state.Lost, late+in.Late(), taken+in.Taken()
		if len(r.spikes[i]) != len(r.rises[i]) {
			t.Fatalf("%s: got %d spikes, want %d", name, len(r.spikes[i]), len(r.rises[i]))
		}
		var want []int64
		for k, at := range r.spikes[i] {
			most = max(most, (at - r.rises[i][k]).Abs())
			since := at - r.start
			phases[int64(since%r.tick/edgeStep)]++
			// The tick of that time runs at its end: one tick later. The synapse adds a step.
			step, tick := int64(since/edgeStep)+1, int64(since/r.tick)+1
			if read := r.read[i][k]; read > tick { // the interrupt's thread was slower than the tick
				step, tick, unread = (read-1)*int64(r.tick/edgeStep)+1, read, unread+1
				wantLate++
			} else if r.late[tick] {
				wantLate++
			}
			want = append(want, step+1)
		}
		if got, want := r.fired[strings.Replace(name, "w", "n", 1)], slices.Compact(want); !slices.Equal(got, want) {
			t.Errorf("%s: got steps %v\nwant %v", name, got, want)
		}
	}
	if lost > 0 != anyLost {
		t.Errorf("got %d edges lost, want some: %t", lost, anyLost)
	}
	if late != wantLate || late == 0 && anyLate || late > 0 && !anyLate && !slow {
		t.Errorf("got %d late, want %d", late, wantLate)
	}
	if most > 50*time.Microsecond && !slow || most > r.tick/2 || len(phases) < 9 {
		t.Errorf("got spikes up to %v from the kernel's times, and phases %v, want nine or more", most, phases)
	}
	t.Logf("%d edges, %d lost; %d spikes, %d late; %d after their tick; up to %v from the kernel's times; steps in their ticks: %v", r.edges, lost, taken, late, unread, most, phases)
}
