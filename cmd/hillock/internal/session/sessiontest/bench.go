// Package sessiontest opens sessions for tests: whole runs on a virtual Pi, run tick by tick.
package sessiontest

import (
	"context"
	"testing"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"

	"hillock/cmd/hillock/internal/fault"
)

// Bench is a whole run on the virtual Pi: configuration, wire, driver, loop, pin.
type Bench struct {
	Config  *config.Config
	Clock   Clock
	Virtual *board.Virtual
	Session *session.Session
	Board   *board.Board // of the session
	Loop    *neuron.Loop // of the session
}

// Clock is the clock of a bench: a virtual one, or real time in a synctest bubble.
type Clock interface {
	neuron.Clock
	sim.Clock
}

// New opens a bench on a virtual clock. It runs the built-in configuration at speed 1 with pulses of 5 ms, changed by sets.
func New(t testing.TB, sets ...string) *Bench {
	t.Helper()
	return On(t, new(neuron.VirtualClock), sets...)
}

// On opens a bench on a clock.
func On(t testing.TB, c Clock, sets ...string) *Bench {
	t.Helper()
	return With(t, c, session.Options{Traced: true}, sets...)
}

// With opens a bench with options.
func With(t testing.TB, c Clock, o session.Options, sets ...string) *Bench {
	t.Helper()
	return Open(t, load(t, sets), c, o)
}

// Open opens a bench of a configuration. Without a doctor in the options, checks of a fault last until they are cancelled.
func Open(t testing.TB, cfg *config.Config, c Clock, o session.Options) *Bench {
	t.Helper()
	b := wire(t, cfg, c)
	b.open(t, session.Hardware{Pi: b.Virtual, Virtual: b.Virtual, Where: "the virtual Pi"}, o)
	return b
}

// Real opens a bench on a virtual clock. Its session takes the virtual Pi for a real one.
func Real(t testing.TB, sets ...string) *Bench {
	t.Helper()
	b := wire(t, load(t, sets), new(neuron.VirtualClock))
	b.open(t, session.Hardware{Pi: b.Virtual, Where: "a Pi"}, session.Options{Traced: true})
	return b
}

func load(t testing.TB, sets []string) *config.Config {
	t.Helper()
	cfg, err := config.Load("", append([]string{"loop.speed=1", "output.led.width=5 ms"}, sets...), part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func wire(t testing.TB, cfg *config.Config, c Clock) *Bench {
	t.Helper()
	v, err := board.NewVirtual(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	return &Bench{Config: cfg, Clock: c, Virtual: v}
}

func (b *Bench) open(t testing.TB, hw session.Hardware, o session.Options) {
	t.Helper()
	if o.Clock = b.Clock; o.Doctor == nil {
		o.Doctor = Waits
	}
	var err error
	if b.Session, err = session.Open(context.Background(), b.Config, hw, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Session.Close() })
	b.Board, b.Loop = b.Session.Board(), b.Session.Loop()
}

// Waits is a doctor: its check lasts until it is cancelled.
func Waits(ctx context.Context, _ fault.Fault, _ *config.Config, _ func(doctor.Finding)) error {
	<-ctx.Done()
	return ctx.Err()
}

// Run runs the loop for a number of ticks.
func (b *Bench) Run(t testing.TB, ticks int64) {
	t.Helper()
	b.Loop.Ticks = ticks
	if _, err := b.Loop.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Observe adds an observer to the loop.
func (b *Bench) Observe(o neuron.Observer) { b.Loop.Observers = append(b.Loop.Observers, o) }

// At is an observer: it calls a function after the tick of that number.
type At map[int64]func()

// Tick implements neuron.Observer.
func (a At) Tick(t neuron.Tick) {
	if do := a[t.Due]; do != nil {
		do()
	}
}

// Each is an observer: it calls a function after each tick.
type Each func(neuron.Tick)

// Tick implements neuron.Observer.
func (f Each) Tick(t neuron.Tick) { f(t) }
