// Package pulse turns each spike, or every n-th spike, into a pulse on a GPIO pin: for an LED, the click of a buzzer,
// or the wire to the next board.
//
// The pin turns on at the spike and off after the width of the pulse. A spike during a pulse extends it. The end is due
// in the loop's time: late ticks, run one after the other, do not merge pulses. The package never sleeps and never
// reads the pin back: on the kernel's character device, a read turns an output into an input.
package pulse

import (
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/line"
)

// Opts are the options of the pulses.
type Opts struct {
	// Width is the duration of a pulse in the loop's time; more than 0.
	Width time.Duration
	// Every is the number of spikes per pulse. With n, the n-th, the 2n-th and so on make a pulse; the others do
	// nothing. At 72 spikes/s an LED looks steadily lit; with 10 it blinks. 0 means 1.
	Every int
	// Invert makes a pulse low, for an LED between 3V3 and the pin. The pin rests high, and Halt leaves it high, so
	// that the LED ends dark. For its level after that, see line.Line.Halt.
	Invert bool
}

// Pin is a GPIO output for pulses. Spike and Tick belong to one goroutine; any goroutine may call the other methods.
// After Halt, Spike and Tick leave the pin alone.
type Pin struct {
	*line.Line

	opts   Opts
	end    time.Duration // of the current pulse, in the loop's time
	passed int           // spikes since the last one with a pulse

	pulses atomic.Int64
	merged atomic.Int64
}

// New makes a pin an output, at rest. If the pin refuses, New returns an error and a Pin: each pulse asks for the pin
// again.
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

// Continue returns a Pin with other, valid options that replaces d. The current pulse keeps its end. All counts start
// at 0, also that of the spikes to the n-th. Do not use d afterwards.
func (d *Pin) Continue(o Opts) *Pin {
	return &Pin{Line: d.Line.Continue(o.Invert), opts: o, end: d.end}
}

// Spike starts a pulse, or extends the current one, to end one width after now. With Every, only the n-th spike does.
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

// Tick ends the pulse after its width. If the pin refuses, each tick tries again.
func (d *Pin) Tick(now time.Duration) {
	if d.On() && now >= d.end {
		_ = d.Set(false) // see Fault
	}
}

// High reports whether a pulse is on. With Invert, the pin is then low.
func (d *Pin) High() bool { return d.On() }

// Pulses returns the number of pulses.
func (d *Pin) Pulses() int64 { return d.pulses.Load() }

// Merged returns the number of spikes that extended a pulse instead of starting one.
func (d *Pin) Merged() int64 { return d.merged.Load() }

func (d *Pin) String() string { return fmt.Sprintf("pulse{%s, %v}", d.Line, d.opts.Width) }

var _ conn.Resource = &Pin{}
