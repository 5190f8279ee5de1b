package sessiontest

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/sim"
)

// Desk is several benches on one desk, each with a loop of its own. One virtual clock moves on when all loops sleep.
type Desk struct {
	mu     sync.Mutex
	moved  sync.Cond
	now    time.Duration
	until  []time.Duration // by bench: end of its sleep, awake, or gone
	Boards []*Bench
}

const (
	awake time.Duration = -1
	gone  time.Duration = math.MaxInt64
)

// place is the clock of one bench.
type place struct {
	*Desk
	bench int
}

// NewDesk opens a bench for each configuration.
func NewDesk(t testing.TB, cfgs ...*config.Config) *Desk {
	t.Helper()
	d := &Desk{until: make([]time.Duration, len(cfgs))}
	d.moved.L = &d.mu
	for i, cfg := range cfgs {
		d.until[i] = awake
		b := &Bench{Config: cfg, Clock: place{d, i}}
		if i == 0 {
			b = wire(t, cfg, b.Clock)
		} else {
			var err error
			if b.Virtual, err = d.Boards[0].Virtual.Beside(cfg); err != nil {
				t.Fatal(err)
			}
		}
		b.open(t, session.Hardware{Pi: b.Virtual, Virtual: b.Virtual, Where: "the virtual Pi"}, session.Options{Traced: true})
		d.Boards = append(d.Boards, b)
	}
	return d
}

// Join puts a wire from a pin of one bench to a pin of another.
func (d *Desk) Join(t testing.TB, from int, out string, to int, in string) {
	t.Helper()
	if err := sim.Join(d.Boards[from].Virtual.Pin(out), d.Boards[to].Virtual.Pin(in)); err != nil {
		t.Fatal(err)
	}
}

// Run runs all loops for a number of ticks, each on its own goroutine. Loop i begins after i times the phase.
func (d *Desk) Run(t testing.TB, ticks int64, phase time.Duration) {
	t.Helper()
	errs := make(chan error, len(d.Boards))
	for i, b := range d.Boards {
		b.Loop.Ticks = ticks
		go func() {
			defer d.sleep(i, gone)
			d.sleep(i, time.Duration(i)*phase)
			_, err := b.Loop.Run(t.Context())
			errs <- err
		}()
	}
	for range d.Boards {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
}

// Now implements neuron.Clock and sim.Clock.
func (d *Desk) Now() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// Sleep implements sim.Clock: no part of a desk sleeps.
func (d *Desk) Sleep(time.Duration) { panic("a part sleeps on a desk of several loops") }

// SleepUntil implements neuron.Clock.
func (p place) SleepUntil(ctx context.Context, _, until time.Duration) (time.Duration, error) {
	return p.sleep(p.bench, until), ctx.Err()
}

// sleep sleeps until a time, and returns the time then. If all loops sleep, the clock moves to the end of the shortest sleep.
func (d *Desk) sleep(bench int, until time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.until[bench] = until
	first := gone
	for _, u := range d.until {
		first = min(first, u)
	}
	if first != gone && first > d.now {
		d.now = first
		d.moved.Broadcast()
	}
	if until == gone {
		return d.now
	}
	for d.now < until {
		d.moved.Wait()
	}
	d.until[bench] = awake
	return d.now
}
