// Package buzzer turns each spike into a sound of a piezo disc on a GPIO pin: a click, or a tone of a given length.
//
// A piezo disc moves when its voltage changes. A click is one pulse, and its two edges are heard as one. A tone is a square wave:
// the pin changes after each half wave. The pin changes at the ticks of the loop alone: a sound has a whole number of ticks,
// and the highest tone has two ticks for a wave. The times are due in the loop's time: late ticks, run one after the
// other, make the same waves. The package never sleeps and never reads the pin back.
package buzzer

import (
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/line"
)

// Opts are the options of the sound.
type Opts struct {
	// Click is the length of the sound of a spike, in the loop's time; more than 0.
	Click time.Duration
	// Half is half a wave of a tone, 0 for a click without a tone.
	Half time.Duration
}

// Pin is a GPIO output with a piezo disc. Spike and Tick belong to one goroutine; any goroutine may call the other methods. After
// Halt, Spike and Tick leave the pin alone.
type Pin struct {
	*line.Line

	opts      Opts
	end, next time.Duration // of the sound and of the half wave, in the loop's time

	sounds atomic.Bool
	clicks atomic.Int64
	merged atomic.Int64
}

// New makes a pin an output, low. If the pin refuses, New returns an error and a Pin: each sound asks for the pin again.
func New(p gpio.PinOut, o Opts) (*Pin, error) {
	switch {
	case !(o.Click > 0):
		return nil, fmt.Errorf("buzzer: click must be more than 0, got %v", o.Click)
	case o.Half < 0:
		return nil, fmt.Errorf("buzzer: half must be 0 or more, got %v", o.Half)
	}
	l, err := line.New("buzzer", p, false)
	return &Pin{Line: l, opts: o}, err
}

// Continue returns a Pin with other, valid options in place of d. The current sound ends at its time. All counts start at 0. Do
// not use d afterwards.
func (d *Pin) Continue(o Opts) *Pin {
	next := &Pin{Line: d.Line.Continue(false), opts: o, end: d.end, next: d.next}
	next.sounds.Store(d.sounds.Load())
	return next
}

// Spike starts a sound, or extends the current one, to end one click after now.
func (d *Pin) Spike(_ int64, now time.Duration) {
	d.end = now + d.opts.Click
	switch {
	case d.sounds.Load():
		d.merged.Add(1)
	case d.Set(true) == nil:
		d.sounds.Store(true)
		d.next = now + d.opts.Half
		d.clicks.Add(1)
	}
}

// Tick ends the sound after its time, and each half wave of a tone. If the pin refuses, each tick tries again.
func (d *Pin) Tick(now time.Duration) {
	switch {
	case !d.sounds.Load():
	case now >= d.end:
		if !d.On() || d.Set(false) == nil { // see Fault
			d.sounds.Store(false)
		}
	case d.opts.Half > 0 && now >= d.next:
		if d.Set(!d.On()) == nil {
			d.next += d.opts.Half
		}
	}
}

// High reports whether a sound is on. In a tone the pin is then high or low.
func (d *Pin) High() bool { return d.sounds.Load() }

// Pulses returns the number of sounds.
func (d *Pin) Pulses() int64 { return d.clicks.Load() }

// Merged returns the number of spikes that extended a sound instead of starting one.
func (d *Pin) Merged() int64 { return d.merged.Load() }

func (d *Pin) String() string { return fmt.Sprintf("buzzer{%s, %v}", d.Line, d.opts.Click) }

var _ conn.Resource = &Pin{}
