// Package pulse makes a pulse on a GPIO pin of each spike: the LED, a buzzer's click, the wire to the next board.
//
// The pin goes high at the spike and low when the pulse's width is over; a spike during a pulse extends it. The end is
// due in the time of the loop that tells it the ticks, so that late ticks, run one after the other, merge no pulses.
// It never sleeps, and never reads the pin back: on the kernel's character device that would turn it into an input.
package pulse

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
)

// Pin is a GPIO output that pulses. Spike, Tick and Halt belong to one goroutine; the other methods to any.
type Pin struct {
	// Explain, where it is set before the pin is used, adds to a refusal what to do.
	Explain func(error) error

	pin   gpio.PinOut
	width time.Duration
	end   time.Duration // when the pulse under way ends, in the loop's time

	high   atomic.Bool // the level that was last put on the pin
	pulses atomic.Int64
	merged atomic.Int64
	failed atomic.Int64
	fault  atomic.Pointer[error]
}

// New takes a pin as an output, low, for pulses of a width more than 0. Where the pin refuses, there is one beside the
// error: it asks for the pin anew at each spike, for whoever does not give up.
func New(p gpio.PinOut, width time.Duration) (*Pin, error) {
	if !(width > 0) {
		return nil, fmt.Errorf("pulse: width must be more than 0, got %v", width)
	}
	d := &Pin{pin: p, width: width}
	return d, d.out(gpio.Low)
}

// Continue is a pin with another width for its next pulses that takes d's place: the pulse under way ends when it was to.
// Its counts begin anew; d is not to be used any more.
func (d *Pin) Continue(width time.Duration) *Pin {
	next := &Pin{Explain: d.Explain, pin: d.pin, width: width, end: d.end}
	next.high.Store(d.high.Load())
	next.fault.Store(d.fault.Load())
	return next
}

// Spike starts a pulse, or extends the one under way, to end a width after now.
func (d *Pin) Spike(_ int64, now time.Duration) {
	d.end = now + d.width
	if d.high.Load() {
		d.merged.Add(1)
	} else if d.out(gpio.High) == nil {
		d.pulses.Add(1)
	}
}

// Tick ends the pulse when it is over. Where the pin refused, it is tried again at each tick.
func (d *Pin) Tick(now time.Duration) {
	if d.high.Load() && now >= d.end {
		_ = d.out(gpio.Low) // kept as Fault
	}
}

// Halt puts the pin low and releases it; one that was refused, and not left high, is not ours to touch.
func (d *Pin) Halt() error {
	if d.fault.Load() != nil && !d.high.Load() {
		return nil
	}
	err := errors.Join(d.out(gpio.Low), d.pin.Halt())
	d.release()
	return err
}

// High is the level that was last put on the pin.
func (d *Pin) High() bool { return d.high.Load() }

// Pulses is how many pulses were begun.
func (d *Pin) Pulses() int64 { return d.pulses.Load() }

// Merged is how many spikes came during a pulse, and made it longer.
func (d *Pin) Merged() int64 { return d.merged.Load() }

// Failed is how often the pin refused a level.
func (d *Pin) Failed() int64 { return d.failed.Load() }

// Fault is why the pin refused its latest level, nil when it took it.
func (d *Pin) Fault() error {
	switch e := d.fault.Load(); {
	case e == nil:
		return nil
	case d.Explain != nil:
		return d.Explain(*e)
	default:
		return *e
	}
}

func (d *Pin) String() string { return fmt.Sprintf("pulse{%s, %v}", d.pin, d.width) }

func (d *Pin) out(l gpio.Level) error {
	if err := d.pin.Out(l); err != nil {
		return d.refused(err)
	}
	d.high.Store(bool(l))
	if d.fault.Load() != nil {
		d.fault.Store(nil)
	}
	return nil
}

// refused keeps the fault and gives up the pin: gpioioctl takes a line whose first Out failed for requested and would
// next write to file descriptor 0; released, it is requested anew.
func (d *Pin) refused(err error) error {
	err = fmt.Errorf("pulse: %s: %w", d.pin.Name(), err)
	d.failed.Add(1)
	d.fault.Store(&err)
	d.release()
	return err
}

// release gives a line of the kernel's character device back, so that another program can have it. The pins of other
// drivers have nothing to give back.
func (d *Pin) release() {
	if c, ok := d.pin.(interface{ Close() }); ok {
		c.Close()
	}
}

var _ conn.Resource = &Pin{}
