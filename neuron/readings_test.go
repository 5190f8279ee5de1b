package neuron

import (
	"context"
	"testing"
	"time"
)

// counted is a virtual clock with a count of its readings.
type counted struct {
	VirtualClock
	readings, sleeps int
}

func (c *counted) Now() time.Duration {
	c.readings++
	return c.VirtualClock.Now()
}

func (c *counted) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	if at := c.VirtualClock.Now(); now != at {
		panic("the loop's latest reading is out of date")
	}
	c.sleeps++
	return c.VirtualClock.SleepUntil(ctx, now, t)
}

// A reading is a system call on a Pi Zero. A tick has one after its inputs and one at its end; its beginning is the result of
// the sleep.
func TestTickReadsTheClockTwice(t *testing.T) {
	l, c, _ := newLoop(t, 0)
	clock := new(counted)
	l.Clock, l.Ticks, c.Inputs = clock, 2000, []Input{fixed(2)}
	c.Outputs = []Output{idle{}}
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := 1 + 2*2000 + 2*int(c.Spikes); clock.readings != want || clock.sleeps != 2000 || c.Spikes != 144 {
		t.Errorf("got %d readings and %d sleeps in 2000 ticks with %d spikes, want %d, 2000 and 144: one at the start, two a tick, two a spike of a neuron with an output",
			clock.readings, clock.sleeps, c.Spikes, want)
	}
}
