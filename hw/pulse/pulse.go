// Package pulse makes a pulse on a GPIO pin of each spike, or of every n-th: the LED, a buzzer's click, the wire to the
// next board.
//
// The pin goes on at the spike and off when the pulse's width is over; a spike during a pulse extends it. The end is
// due in the time of the loop that tells it the ticks, so that late ticks, run one after the other, merge no pulses.
// It never sleeps, and never reads the pin back: on the kernel's character device that would turn it into an input.
package pulse

import (
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/line"
)

// Opts is what the pulses are like.
type Opts struct {
	// Width is how long a pulse takes, in the loop's time; more than 0.
	Width time.Duration
	// Every is for how many spikes there is one pulse: of n, the n-th, the 2n-th and so on get it, counted from the
	// first, and the others do nothing. At 72 spikes/s an LED looks lit, with 10 it blinks. 0 is 1.
	Every int
	// Invert is for an LED between 3V3 and the pin: a pulse is low. The pin rests high, also when it is halted, so that
	// the LED ends dark; what becomes of it after that is the kernel's affair, see line.Line.Halt.
	Invert bool
}

// Pin is a GPIO output that pulses. Spike and Tick belong to one goroutine; the other methods to any. Halt is for good: what
// Spike and Tick do after it leaves the pin alone.
type Pin struct {
	*line.Line

	opts   Opts
	end    time.Duration // when the pulse under way ends, in the loop's time
	passed int           // spikes since the latest that was due a pulse

	pulses atomic.Int64
	merged atomic.Int64
}

// New takes a pin as an output, at rest. Where the pin refuses, there is one beside the error: it asks for the pin anew at
// each pulse, for whoever does not give up.
func New(p gpio.PinOut, o Opts) (*Pin, error) {
	switch {
	case !(o.Width > 0):
		return nil, fmt.Errorf("pulse: width must be more than 0, got %v", o.Width)
	case o.Every < 0:
		return nil, fmt.Errorf("pulse: every must be 1 or more, got %d", o.Every)
	}
	l, err := line.New("pulse", p, o.Invert)
	return &Pin{Line: l, opts: o}, err
}

// Continue is a pin with other options, valid ones, for its next pulses that takes d's place: the pulse under way ends when
// it was to. Its counts begin anew, also that of the spikes to the n-th; d is not to be used any more.
func (d *Pin) Continue(o Opts) *Pin {
	return &Pin{Line: d.Line.Continue(o.Invert), opts: o, end: d.end}
}

// Spike starts a pulse, or extends the one under way, to end a width after now; where there is one for n spikes, at the
// n-th.
func (d *Pin) Spike(_ int64, now time.Duration) {
	if d.passed++; d.passed < d.opts.Every {
		return
	}
	d.passed = 0
	d.end = now + d.opts.Width
	if d.On() {
		d.merged.Add(1)
	} else if d.Set(true) == nil {
		d.pulses.Add(1)
	}
}

// Tick ends the pulse when it is over. Where the pin refused, it is tried again at each tick.
func (d *Pin) Tick(now time.Duration) {
	if d.On() && now >= d.end {
		_ = d.Set(false) // kept as Fault
	}
}

// High tells whether a pulse was last put on the pin; where it is inverted, that is low.
func (d *Pin) High() bool { return d.On() }

// Pulses is how many pulses were begun.
func (d *Pin) Pulses() int64 { return d.pulses.Load() }

// Merged is how many spikes that were due a pulse came during one, and made it longer.
func (d *Pin) Merged() int64 { return d.merged.Load() }

func (d *Pin) String() string { return fmt.Sprintf("pulse{%s, %v}", d.Line, d.opts.Width) }

var _ conn.Resource = &Pin{}
