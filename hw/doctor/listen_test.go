package doctor_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// rightBoard is a board with jumper wires from the outputs of the board left, which has the file wired.
const rightBoard = `
[neuron.a]
[output.white]
driver = "pulse"
pin = "GPIO6"
neuron = "a"
[input.one]
driver = "edge"
pin = "GPIO22"
from = "left/red"
[input.two]
driver = "edge"
pin = "GPIO23"
from = "left/green"
dead = "20 ms"
[input.here]
driver = "edge"
pin = "GPIO24"
from = "white"
[synapse.s]
from = ["one", "two", "here"]
to = "a"
kind = "delta"
weight = "16 mV"
delay = "1 ms"
`

// bench returns a bench of a Pi with the configuration of a file.
func bench(t *testing.T, pi *sim.Pi, file, text string) *doctor.Bench {
	t.Helper()
	cfg, err := config.Parse(file, []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return &doctor.Bench{Config: cfg, Pi: pi}
}

// join puts a jumper wire between two boards.
func join(t *testing.T, a *sim.Pi, from string, b *sim.Pi, to string) {
	t.Helper()
	if err := sim.Join(a.Pin(from), b.Pin(to)); err != nil {
		t.Error(err)
	}
}

// listen returns the wires that the doctor of the board right finds during act, and the time until it ends. It listens for at most
// a minute.
func listen(t *testing.T, act func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi)) (c doctor.Connectome, live []doctor.Jumper, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := sim.New(nil)
		b := a.Beside()
		left, right := bench(t, a, "left.toml", wired), bench(t, b, "/home/pi/right.toml", rightBoard)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		began, done := time.Now(), make(chan error)
		go func() {
			var err error
			c, err = right.Listen(ctx, func(j doctor.Jumper) { live = append(live, j) })
			took = time.Since(began)
			done <- err
		}()
		time.Sleep(100 * time.Millisecond)
		act(ctx, left, a, b)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c, live, took
}

// pulsed pulses the outputs of a board, and does not look at their wires.
func pulsed(t *testing.T, ctx context.Context, left *doctor.Bench) {
	t.Helper()
	if _, err := left.Connectome(ctx, func(doctor.Jumper) {}); err != nil {
		t.Error(err)
	}
}

func TestListenerHearsTheOtherBoard(t *testing.T) {
	t.Parallel()
	c, live, took := listen(t, func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
		join(t, a, "GPIO17", b, "GPIO22")
		join(t, a, "GPIO27", b, "GPIO23")
		pulsed(t, ctx, left)
	})
	jumpers := []doctor.Jumper{{Output: "left/green", From: "GPIO27", To: "GPIO23", Part: "input two", Wanted: true}, {Output: "left/red", From: "GPIO17", To: "GPIO22", Part: "input one", Wanted: true}}
	if diff := cmp.Diff(jumpers, live) + cmp.Diff(jumpers, c.Jumpers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []doctor.Finding{
		{Check: "here", Result: doctor.Skipped, Seen: "not checked: white is an output of this board", Do: "run 'hillock doctor right.toml --jumpers'"},
		{Check: "one", Result: doctor.Passed, Seen: "left/red at GPIO17 (header pin 11) of left arrives at GPIO22 (header pin 15)"},
		{Check: "two", Result: doctor.Passed, Seen: "left/green at GPIO27 (header pin 13) of left arrives at GPIO23 (header pin 16)"},
	}
	if diff := cmp.Diff(want, c.Findings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if took > 20*time.Second {
		t.Errorf("got the end after %v, want it soon after the last output", took)
	}
}

func TestWrongWiresBetweenBoardsAreNamed(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(18, 7))
	for _, tt := range []struct {
		name string
		act  func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi)
		want []string
	}{
		{"swapped", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO17", b, "GPIO23")
			join(t, a, "GPIO27", b, "GPIO22")
			pulsed(t, ctx, left)
		}, []string{
			"one: GPIO22 (header pin 15) hears left/green, and left/red arrives at GPIO23 (header pin 16) | the wires of left/red and left/green are swapped | put the wire of left/red into GPIO22 (header pin 15), and that of left/green into GPIO23 (header pin 16)",
			"two: GPIO23 (header pin 16) hears left/red, and left/green arrives at GPIO22 (header pin 15) | the wires of left/green and left/red are swapped | put the wire of left/green into GPIO23 (header pin 16), and that of left/red into GPIO22 (header pin 15)",
		}},
		{"in the neighbour's hole", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO17", b, "GPIO25")
			join(t, a, "GPIO27", b, "GPIO23")
			pulsed(t, ctx, left)
		}, []string{
			"one: left/red arrives at GPIO25 (header pin 22), a free pin, and not at GPIO22 (header pin 15) | right wants left/red -> GPIO22, yours is in GPIO25 | move the wire from GPIO25 (header pin 22) to GPIO22 (header pin 15)",
		}},
		{"at an output", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO17", b, "GPIO6")
			join(t, a, "GPIO27", b, "GPIO23")
			pulsed(t, ctx, left)
		}, []string{
			"one: left/red arrives at GPIO6 (header pin 31), the pin of output white, and not at GPIO22 (header pin 15) | right wants left/red -> GPIO22, yours is in GPIO6 | move the wire from GPIO6 (header pin 31) to GPIO22 (header pin 15)",
		}},
		{"missing", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO27", b, "GPIO23")
			pulsed(t, ctx, left)
		}, []string{
			"one: GPIO22 (header pin 15) does not hear left/red | the wire is loose or missing: other wires of left work | connect left/red to GPIO22 (header pin 15)",
		}},
		{"one output at two inputs", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO17", b, "GPIO22")
			join(t, a, "GPIO17", b, "GPIO23")
			join(t, a, "GPIO27", b, "GPIO23")
			pulsed(t, ctx, left)
		}, []string{
			"one: GPIO22 (header pin 15) hears left/green and left/red | left/green and left/red are joined: two outputs drive one wire | remove the wire that joins left/green, GPIO27 (header pin 13) of left, to GPIO17 (header pin 11) of left or to GPIO22 (header pin 15)",
			"two: GPIO23 (header pin 16) hears left/green and left/red | left/green and left/red are joined: two outputs drive one wire | remove the wire that joins left/red, GPIO17 (header pin 11) of left, to GPIO27 (header pin 13) of left or to GPIO23 (header pin 16)",
		}},
		{"no common ground: hum", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			for range 1000 {
				b.Pin("GPIO22").Drive(gpio.Level(rng.IntN(2) == 0))
				b.Pin("GPIO23").Drive(gpio.Level(rng.IntN(2) == 0))
				time.Sleep(10 * time.Millisecond)
			}
		}, []string{
			"one: GPIO22 (header pin 15) hears 491 edges without a code, and not left/red | a neuron runs on left, or the boards have no common ground | connect GND to GND; stop the neuron on left, and run 'hillock doctor left.toml --jumpers' there",
			"two: GPIO23 (header pin 16) hears 479 edges without a code, and not left/green | a neuron runs on left, or the boards have no common ground | connect GND to GND; stop the neuron on left, and run 'hillock doctor left.toml --jumpers' there",
		}},
		{"nothing", func(context.Context, *doctor.Bench, *sim.Pi, *sim.Pi) {}, []string{
			"one: GPIO22 (header pin 15) does not hear left/red | the wire is loose or missing, the boards have no common ground, or no doctor pulses left | connect left/red to GPIO22 (header pin 15), and GND to GND; run 'hillock doctor left.toml --jumpers' there",
			"two: GPIO23 (header pin 16) does not hear left/green | the wire is loose or missing, the boards have no common ground, or no doctor pulses left | connect left/green to GPIO23 (header pin 16), and GND to GND; run 'hillock doctor left.toml --jumpers' there",
		}},
		{"at GND and at 3V3", func(_ context.Context, _ *doctor.Bench, _, b *sim.Pi) {
			b.Pin("GPIO22").Drive(gpio.Low)
			b.Pin("GPIO23").Drive(gpio.High)
		}, []string{
			"one: GPIO22 (header pin 15) stays low, and does not hear left/red | GPIO22 is at GND, or at an output that sent no code | check both ends of the wire at GPIO22 (header pin 15), and its neighbours",
			"two: GPIO23 (header pin 16) stays high, and does not hear left/green | GPIO23 is at 3V3, or at an output that sent no code | check both ends of the wire at GPIO23 (header pin 16), and its neighbours",
		}},
		{"moved to the right hole", func(ctx context.Context, left *doctor.Bench, a, b *sim.Pi) {
			join(t, a, "GPIO17", b, "GPIO25")
			pulsed(t, ctx, left)
			if err := sim.Cut(a.Pin("GPIO17"), b.Pin("GPIO25")); err != nil {
				t.Error(err)
			}
			join(t, a, "GPIO17", b, "GPIO22")
			join(t, a, "GPIO27", b, "GPIO23")
			pulsed(t, ctx, left)
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, _ := listen(t, tt.act)
			if diff := cmp.Diff(tt.want, texts(c.Findings)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
