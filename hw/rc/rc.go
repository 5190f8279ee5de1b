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

// Errors of Read.
var (
	// ErrNeverHigh means that the capacitor does not charge.
	ErrNeverHigh = errors.New("never high")
	// ErrAtOnce means that the pin is high without a capacitor having charged.
	ErrAtOnce = errors.New("high at once")
	// ErrLate means that the machine was too busy to poll the pin in time.
	ErrLate = errors.New("polled too late")
)

// New makes p an input without pull and returns its Dev; nil options mean DefaultOpts. If the pin refuses, New returns
// both an error and a Dev, and each Read asks for the pin again.
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

// Dev is a potentiometer with its capacitor on a pin: an analog.PinADC with the charge time in ns as its raw value.
// Several goroutines may read it; the reads run one after the other.
type Dev struct {
	pin   gpio.PinIO
	opts  Opts
	where string // for messages: "rc on GPIO17"

	drain   time.Duration // the pin is low
	poll    time.Duration // between two polls, plus the lateness of the sleep
	widest  time.Duration // interval of a valid charge
	timeout time.Duration // of a charge: 3 times the longest, for parts off by half

	mu     sync.Mutex
	expect time.Duration   // low until then in the latest charge; 0: unknown
	times  []time.Duration // of the charges in a Read
}

// Read measures once. It charges the capacitor Opts.Charges times and returns the median time in Raw, in ns. V stays 0:
// no voltage is measured. Position turns the sample into a position.
//
// Read blocks for the charges, with the usual parts 20 to 60 ms, and sleeps most of that time. Call it from its own
// goroutine, never from a loop with deadlines. It ends at the first failed charge, and with ErrLate after 3 times
// Opts.Charges. It may be called again after an error. Without an error it allocates nothing.
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
			return analog.Sample{Raw: int32(d.times[d.opts.Charges/2])}, nil // fits: at most timeout, 1.5 s
		}
	}
	return analog.Sample{}, fmt.Errorf("%s: %w: only %d of %d charges were timed to %s, need %d: stop other programs, or use a larger capacitor",
		d.where, ErrLate, len(d.times), 3*d.opts.Charges, text(d.widest), d.opts.Charges)
}

// Position returns the position of the knob for a sample, from 0 to 1: on the line between Opts.Ends, limited to its
// ends.
func (d *Dev) Position(s analog.Sample) float64 {
	low, high := float64(d.opts.Ends[0]), float64(d.opts.Ends[1])
	return min(max((float64(s.Raw)-low)/(high-low), 0), 1)
}

// charge empties the capacitor and charges it once. The charge time is between from and to.
func (d *Dev) charge() (from, to time.Duration, err error) {
	if err := d.pin.Out(gpio.Low); err != nil {
		return 0, 0, d.refused(err)
	}
	d.sleepUntil(d.opts.Clock.Now() + d.drain)
	before := d.opts.Clock.Now()
	if err := d.pin.In(gpio.Float, gpio.NoEdge); err != nil {
		return 0, 0, d.refused(err)
	}
	began := d.opts.Clock.Now() // the charge began between before and now

	low := began // latest time with the pin certainly low
	for seen := false; ; seen = true {
		asked := d.opts.Clock.Now()
		if d.pin.Read() == gpio.High {
			return d.high(seen, low-began, d.opts.Clock.Now()-before)
		}
		low = asked
		if low-began > d.timeout {
			return 0, 0, fmt.Errorf("%w within %s: check the wires of the knob, to 3V3 and to the pin, and the capacitor for a short",
				ErrNeverHigh, text(d.timeout.Round(100*time.Microsecond)))
		}
		// A knob turns slowly: the next charge takes about as long as the last one. Sleep until then.
		d.sleepUntil(max(low+d.poll, began+d.expect-d.widest))
	}
}

// high evaluates a charge that ended between from and to. seen means that a poll found the pin low. Otherwise the poll
// came late, or there is no capacitor.
func (d *Dev) high(seen bool, from, to time.Duration) (time.Duration, time.Duration, error) {
	switch {
	case to < d.opts.Ends[0]/4, !seen && to < d.opts.Ends[0]/2: // too short for any tolerance of the parts
		return 0, 0, fmt.Errorf("%w, after %s: check the capacitor's wires to the resistors and GND, and that nothing else holds the pin", ErrAtOnce, text(to))
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

// Halt makes the pin an input without pull and releases it, after a running Read. The next Read takes the pin again.
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

// refused releases the pin after an error. gpioioctl treats a line as requested even if its first request failed, and
// would next write to file descriptor 0. After the release it requests the line again.
func (d *Dev) refused(err error) error {
	d.release()
	return err
}

// release returns a line of the kernel's character device as an input. Pins of other drivers need no release.
func (d *Dev) release() {
	if c, ok := d.pin.(interface{ Close() }); ok {
		c.Close()
	}
}
