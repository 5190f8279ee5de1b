package rc

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/gpio"
)

// What a Read finds wrong.
var (
	// ErrNeverHigh means that the capacitor does not charge.
	ErrNeverHigh = errors.New("never high")
	// ErrAtOnce means that the pin is high without a capacitor having charged.
	ErrAtOnce = errors.New("high at once")
	// ErrLate means that the machine was too busy to look at the pin in time.
	ErrLate = errors.New("polled too late")
)

// New takes a pin as an input without pull; nil options are DefaultOpts. Where the pin refuses, there is a Dev beside the
// error: it asks for the pin anew at each Read, for whoever does not give up.
func New(p gpio.PinIO, o *Opts) (*Dev, error) {
	if o == nil {
		o = &DefaultOpts
	}
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	span := opts.Ends[1] - opts.Ends[0]
	d := &Dev{
		pin: p, opts: opts, where: "rc on " + p.Name(),
		drain: opts.drain(), poll: span / 128, widest: span / 16, timeout: 3 * opts.Ends[1],
		times: make([]time.Duration, 0, opts.Charges),
	}
	return d, d.inert()
}

// Dev is a potentiometer with its capacitor on a pin: an analog.PinADC whose raw value is the charge time in nanoseconds.
// It may be read from several goroutines, one after the other.
type Dev struct {
	pin   gpio.PinIO
	opts  Opts
	where string // for messages: "rc on GPIO17"

	drain   time.Duration // how long the pin is low
	poll    time.Duration // from one read to the next, and the lateness of the sleep between them
	widest  time.Duration // interval that still counts
	timeout time.Duration // of a charge: thrice the longest covers parts that are off by half

	mu     sync.Mutex
	expect time.Duration   // the latest charge was not over before; 0: nothing is known
	times  []time.Duration // of the charges of a Read
}

// Read measures once: it charges the capacitor so often as Opts.Charges says, and returns the median time in Raw, in ns;
// V stays 0, as no voltage is measured. Position makes a position of it.
//
// It blocks for as long as that takes, with the usual parts 20 to 60 ms, and sleeps most of it: call it from a goroutine
// of its own, never from a loop that has deadlines. It ends at the first charge that fails, and with ErrLate after thrice
// as many charges as asked for. After an error it may be called again. It allocates nothing unless it fails.
func (d *Dev) Read() (analog.Sample, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.times = d.times[:0]
	for range 3 * d.opts.Charges {
		from, to, err := d.charge()
		if err != nil {
			d.expect = 0
			return analog.Sample{}, fmt.Errorf("%s: %w", d.where, err)
		}
		if d.expect = from; to-from > d.widest {
			d.expect = 0
			continue
		}
		if d.times = append(d.times, (from+to)/2); len(d.times) == d.opts.Charges {
			slices.Sort(d.times)
			return analog.Sample{Raw: int32(d.times[d.opts.Charges/2])}, nil // up to timeout, 1.5 s: it fits
		}
	}
	return analog.Sample{}, fmt.Errorf("%s: %w: %d of %d charges were timed to %v, %d are needed: give the machine less to do, or take a larger capacitor",
		d.where, ErrLate, len(d.times), 3*d.opts.Charges, d.widest.Round(time.Microsecond), d.opts.Charges)
}

// Position is where the knob was at a sample, from 0 to 1: on the line through Opts.Ends, and at the end beyond them.
func (d *Dev) Position(s analog.Sample) float64 {
	low, high := float64(d.opts.Ends[0]), float64(d.opts.Ends[1])
	return min(max((float64(s.Raw)-low)/(high-low), 0), 1)
}

// charge empties the capacitor and lets it charge once. The time that it took is between from and to.
func (d *Dev) charge() (from, to time.Duration, err error) {
	if err := d.pin.Out(gpio.Low); err != nil {
		return 0, 0, d.refused(err)
	}
	d.sleepUntil(d.opts.Clock.Now() + d.drain)
	before := d.opts.Clock.Now()
	if err := d.pin.In(gpio.Float, gpio.NoEdge); err != nil {
		return 0, 0, d.refused(err)
	}
	began := d.opts.Clock.Now() // the charge did, between before and now

	low := began // the latest time at which the pin was certainly low
	for seen := false; ; seen = true {
		asked := d.opts.Clock.Now()
		if d.pin.Read() == gpio.High {
			return d.high(seen, low-began, d.opts.Clock.Now()-before)
		}
		low = asked
		if low-began > d.timeout {
			return 0, 0, fmt.Errorf("%w within %v: check the wires of the knob, to 3V3 and to the pin, and the capacitor for a short",
				ErrNeverHigh, d.timeout.Round(100*time.Microsecond))
		}
		// A knob turns slowly: the next charge ends where the last one did, or nearly, and until then nobody need look.
		d.sleepUntil(max(low+d.poll, began+d.expect-d.widest))
	}
}

// high ends a charge that was over between from and to, and not before the pin was seen low, if it was. Without that the
// poll came late, or there was nothing to charge.
func (d *Dev) high(seen bool, from, to time.Duration) (time.Duration, time.Duration, error) {
	switch {
	case to < d.opts.Ends[0]/4, !seen && to < d.opts.Ends[0]/2: // no tolerance of the parts makes it so short
		return 0, 0, fmt.Errorf("%w, after %v: check the capacitor's wires to the resistors and GND, and that nothing else holds the pin", ErrAtOnce, to.Round(time.Microsecond))
	case seen:
		return from, to, nil
	}
	return 0, max(to, d.widest+1), nil // late
}

func (d *Dev) sleepUntil(t time.Duration) {
	for now := d.opts.Clock.Now(); now < t; now = d.opts.Clock.Now() {
		d.opts.Clock.Sleep(t - now)
	}
}

// Halt makes the pin an input without pull and releases it. It waits for a Read that is under way. A Read takes the pin
// again.
func (d *Dev) Halt() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.inert()
	d.release()
	return err
}

func (d *Dev) inert() error {
	if err := d.pin.In(gpio.Float, gpio.NoEdge); err != nil {
		return fmt.Errorf("%s: %w", d.where, d.refused(err))
	}
	return nil
}

// refused gives up the pin: gpioioctl takes a line whose first request failed for requested and would next write to file
// descriptor 0; released, it is requested anew.
func (d *Dev) refused(err error) error {
	d.release()
	return err
}

// release gives a line of the kernel's character device back, as an input. The pins of other drivers have nothing to
// give back.
func (d *Dev) release() {
	if c, ok := d.pin.(interface{ Close() }); ok {
		c.Close()
	}
}
