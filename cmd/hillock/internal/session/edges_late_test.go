package session_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

// follower fires once for each spike of a wire, one step after it.
const follower = `
loop.speed = 1
[input.wire]
driver = "edge"
pin = "GPIO22"
dead = "0 ms"
[neuron.n1]
[synapse.a]
from = "wire"
to = "n1"
kind = "delta"
weight = "16 mV"
delay = "0.1 ms"
`

// jittered wakes the loop late.
type jittered struct{ *sim.LateClock }

func (c jittered) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	if t > now {
		c.Sleep(t - now)
	}
	return c.Now(), ctx.Err()
}

// scatter puts n pulses on a pin at random times, 1 ms apart on average, and returns the place of their times.
func scatter(pin *sim.Pin, n int, seed uint64) *[]time.Duration {
	rng := rand.New(rand.NewPCG(seed, 0))
	at, times := 20*time.Millisecond, make([]time.Duration, 0, n)
	sim.Generate(pin, func() (time.Duration, time.Duration, bool) {
		if len(times) == n {
			return 0, 0, false
		}
		at += 500*time.Microsecond + time.Duration(rng.Int64N(int64(time.Millisecond)))
		times = append(times, at)
		return at, 100 * time.Microsecond, true
	})
	return &times
}

// A spike acts in the tick after its own, at the same phase: its latency is one tick, however late the ticks are.
func TestLateTicksKeepTheStepsOfEdges(t *testing.T) {
	t.Parallel()
	const n, tick, dt = 10_000, time.Millisecond, 100 * time.Microsecond
	for _, tt := range []struct {
		name   string
		spread time.Duration
		late   bool // some spikes count as late
	}{
		{"less than a tick", tick * 9 / 10, false},
		{"up to three ticks", 3 * tick, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := config.Parse("net.toml", []byte(follower), nil, part.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			b := sessiontest.Open(t, cfg, jittered{sim.NewLateClock(0, tt.spread, 1)}, session.Options{Traced: true})
			times := scatter(b.Virtual.Pin("GPIO22"), n, 1)
			var got []int64
			var start, most time.Duration
			b.Observe(sessiontest.Each(func(k neuron.Tick) {
				start = k.Deadline - time.Duration(k.Due)*tick
				most = max(most, k.Lateness())
			}))
			b.Observe(spikeObserver(func(step int64) { got = append(got, step) }))
			b.Run(t, 10_300)
			if len(*times) != n || len(got) != n {
				t.Fatalf("got %d spikes of %d pulses, want %d", len(got), len(*times), n)
			}
			for i, at := range *times {
				// The delay is one step. Tick k runs the steps of the time from deadline k-1 to deadline k.
				if want := int64((at-start)/dt) + 2; got[i] != want {
					t.Fatalf("pulse %d at %s: got a spike in step %d, want %d", i, at-start, got[i], want)
				}
			}
			r := b.Loop.Feeds[0].To[0]
			state, _ := b.Board.Edges.Of("wire")
			if r.Taken() != n || r.Dropped() != 0 || state.Lost != 0 || state.Ignored != 0 || (r.Late() > 0) != tt.late {
				t.Errorf("got %d taken, %d late, %d dropped, %+v", r.Taken(), r.Late(), r.Dropped(), state)
			}
			t.Logf("largest lateness %s, %d late", most, r.Late())
		})
	}
}

// Eight pins with 1,000 pulses a second each do not make a tick allocate.
func TestLoopWithEdgesDoesNotAllocate(t *testing.T) {
	var text strings.Builder
	text.WriteString("loop.speed = 1\n[neuron.n1]\n")
	for i := range 8 {
		fmt.Fprintf(&text, "[input.w%d]\ndriver = \"edge\"\npin = \"GPIO%d\"\ndead = \"0 ms\"\nwidth = %t\n", i, 16+i, i%2 == 0)
		fmt.Fprintf(&text, "[synapse.s%d]\nfrom = \"w%d\"\nto = \"n1\"\nkind = \"exp\"\nweight = \"0.1 nA\"\ntau = \"5 ms\"\n", i, i)
	}
	b := network(t, text.String())
	for i := range 8 {
		at := time.Duration(i) * 100 * time.Microsecond
		sim.Generate(b.Virtual.Pin(fmt.Sprintf("GPIO%d", 16+i)), func() (time.Duration, time.Duration, bool) {
			at += time.Millisecond
			return at, 200 * time.Microsecond, true
		})
	}
	b.Run(t, 1000)
	b.Loop.Ticks = 1
	few := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	b.Loop.Ticks = 1000
	many := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	if few != many {
		t.Errorf("got %g allocations in 1000 ticks, and %g in one; want the same", many, few)
	}
	for _, r := range b.Loop.Feeds[0].To {
		if r.Taken() < 4900 || r.Late() != 0 {
			t.Errorf("got %d spikes, %d late, want 1,000 a second", r.Taken(), r.Late())
		}
	}
}

// spikeObserver is called with the step of each spike.
type spikeObserver func(step int64)

// Tick implements neuron.Observer.
func (spikeObserver) Tick(neuron.Tick) {}

// Step implements neuron.StepObserver.
func (f spikeObserver) Step(s neuron.Sample) {
	if s.Spiked {
		f(s.Step)
	}
}

// A loop that stops for long skips time. Each spike of that time is counted: as dropped, or as lost.
func TestEachMissingSpikeIsCounted(t *testing.T) {
	t.Parallel()
	const n = 10_000
	cfg, err := config.Parse("net.toml", []byte(follower), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	clock := jittered{sim.NewLateClock(0, 900*time.Microsecond, 1)}
	b := sessiontest.Open(t, cfg, clock, session.Options{Traced: true})
	times := scatter(b.Virtual.Pin("GPIO22"), n, 2)
	rng := rand.New(rand.NewPCG(3, 0))
	b.Observe(sessiontest.Each(func(k neuron.Tick) {
		if k.Due > 100 && k.Due < 9900 && rng.IntN(50) == 0 {
			clock.Sleep(time.Duration(rng.Int64N(int64(300 * time.Millisecond))))
		}
	}))
	b.Run(t, 10_300)
	r := b.Loop.Feeds[0].To[0]
	state, _ := b.Board.Edges.Of("wire")
	if len(*times) != n || r.Taken()+r.Dropped()+state.Lost != n || r.Taken() == 0 || r.Late() == 0 || r.Dropped() == 0 || state.Lost == 0 {
		t.Errorf("got %d pulses: %d taken, %d of them late, %d dropped, %+v; want a count for each pulse", len(*times), r.Taken(), r.Late(), r.Dropped(), state)
	}
}
