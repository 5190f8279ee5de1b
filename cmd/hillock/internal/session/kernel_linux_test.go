package session_test

import (
	"context"
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

// Eight pins of the guest have edge inputs. An edge there waits for the next of the kernel's jiffies of 10 ms. In ticks of 0.9 ms these
// are in each of the nine steps.
var edgePins = []int{5, 6, 12, 13, 16, 22, 23, 24}

const (
	edgeTick = 900 * time.Microsecond
	edgeStep = 100 * time.Microsecond
)

// edgeWires returns a configuration with a neuron for each pin. It spikes one step after the step of an edge.
func edgeWires(t *testing.T) *config.Config {
	t.Helper()
	var file strings.Builder
	file.WriteString("loop.speed = 1\nloop.tick = \"0.9 ms\"\nloop.max_lag = \"10 s\"\n")
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

// outside drives the pins: it writes the pulls of the kernel's gpio-sim.
type outside []*os.File

func newOutside(t *testing.T) (o outside) {
	t.Helper()
	for _, pin := range edgePins {
		names, err := filepath.Glob(fmt.Sprintf("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio%d/pull", pin))
		if err != nil || len(names) != 1 {
			t.Fatalf("got %v, %v, want one file for GPIO%d", names, err, pin)
		}
		f, err := os.OpenFile(names[0], os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		o = append(o, f)
	}
	return o
}

// pulse raises and lowers all pins, count times. Each level lasts two jiffies or more.
func (o outside) pulse(count int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	for range count {
		for _, level := range []string{"pull-up", "pull-down"} {
			time.Sleep(21*time.Millisecond + time.Duration(rng.IntN(4e6)))
			for _, f := range o {
				if _, err := f.WriteString(level); err != nil {
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

	rises   [][]time.Duration // by pin: the kernel's times of rising edges, on the loop's clock
	spikes  [][]time.Duration // by pin: the times of the spikes
	edges   int
	fired   map[string][]int64 // steps, by neuron
	late    map[int64]bool     // ticks a whole tick late or more
	start   time.Duration
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
		r.spikes[pin] = append(r.spikes[pin], at)
		add(pin, at, gain)
	})
}

// Tick implements neuron.Observer.
func (r *edgeRecorder) Tick(t neuron.Tick) {
	if r.start == 0 {
		r.start = t.Deadline - edgeTick
	}
	if t.Lateness() >= edgeTick {
		r.late[t.Due] = true
	}
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
		late, stop   time.Duration // largest lateness of a tick; stop of the loop after tick 50
		rounds       int
		lost, isLate bool // edges are lost; spikes are late
	}{
		{"ticks up to 0.9 of a tick late", edgeTick * 9 / 10, 0, rounds, false, false},
		{"ticks up to 3 ticks late", 3 * edgeTick, 0, rounds, false, true},
		{"a stop fills the kernel's buffer of 1024 edges", 1, 3600 * time.Millisecond, 85, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			c := lateClock{clock.New(), func() time.Duration { return time.Duration(rng.Int64N(int64(tt.late))) }}
			n := len(edgePins)
			r := &edgeRecorder{Host: host, clock: c.Real, rises: make([][]time.Duration, n), spikes: make([][]time.Duration, n), fired: map[string][]int64{}, late: map[int64]bool{}}
			stop := sessiontest.At{50: func() { c.Sleep(tt.stop) }}
			s, err := session.Open(t.Context(), edgeWires(t), session.Hardware{Pi: r, Where: "a real kernel"},
				session.Options{Clock: c, Observers: []neuron.Observer{r, stop}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			loop := s.Loop()
			r.events, loop.Feeds[0].Events = loop.Feeds[0].Events, recordedEvents{r}
			loop.Ticks = int64(tt.rounds)*56 + 50
			loop.Ready = func() error {
				_, err := c.Enter(clock.Options{Realtime: clock.Off, CPU: -1})
				return err
			}
			driven := make(chan error, 1)
			go func() { driven <- out.pulse(tt.rounds) }()
			if _, err := loop.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-driven; err != nil {
				t.Fatal(err)
			}
			r.check(t, s, 2*tt.rounds*n, tt.lost, tt.isLate)
		})
	}
}

// check compares the spikes with the kernel's times: the latency is exactly one tick.
func (r *edgeRecorder) check(t *testing.T, s *session.Session, edges int, anyLost, anyLate bool) {
	t.Helper()
	var lost, late, taken, wantLate int64
	var most time.Duration
	phases := map[int64]int{}
	for i, pin := range edgePins {
		name, in := fmt.Sprintf("w%d", pin), s.Loop().Feeds[0].To[i]
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
			phases[int64(since%edgeTick/edgeStep)]++
			// The tick of that time runs at its end: one tick later. The synapse adds a step.
			want = append(want, int64(since/edgeStep)+1+1)
			if r.late[int64(since/edgeTick)+1] {
				wantLate++
			}
		}
		if got := r.fired[fmt.Sprintf("n%d", pin)]; !slices.Equal(got, want) {
			t.Errorf("%s: got steps %v\nwant %v", name, got, want)
		}
	}
	if int64(r.edges)+lost != int64(edges) || lost > 0 != anyLost {
		t.Errorf("got %d edges and %d lost, want %d together", r.edges, lost, edges)
	}
	if late != wantLate || late > 0 != anyLate {
		t.Errorf("got %d late, want %d", late, wantLate)
	}
	if most > 50*time.Microsecond || len(phases) != 9 {
		t.Errorf("got spikes up to %v from the kernel's times, and phases %v, want each", most, phases)
	}
	t.Logf("%d edges, %d lost; %d spikes, %d late; up to %v from the kernel's times; steps in their ticks: %v", r.edges, lost, taken, late, most, phases)
}
