// Package dac shows the membrane on a digital-to-analog converter, for the screen of an oscilloscope: V as a voltage, and a
// spike as full scale for one tick.
//
// A chip on a slow bus is written Beside the loop, a chip on a fast one InLoop. Both write the latest value only. A spike between
// two writes is shown by the next one, however late. A failed chip is opened again after half a second.
package dac

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Channel is an open output of a chip.
type Channel interface {
	Out(code int32) error
	Close() error // releases its bus
}

// Opts are the options of an output.
type Opts struct {
	// Part is the name of the part in messages: "mcp4725 at 0x60 on I2C1".
	Part string
	// Low and High are V in mV at code 0 and at the highest code. Other V are shown as the nearer end.
	Low, High float64
	// MaxCode is the highest code, at least 1.
	MaxCode int32
	// Open opens the chip, at first and after a failure.
	Open func() (Channel, error)
}

// reopenEvery is the time between two attempts to open a failed chip.
const reopenEvery = 500 * time.Millisecond

// output is the state of an output. The loop stores it, and a single writer at a time shows it.
type output struct {
	Opts
	state atomic.Uint64 // spikes<<32 and the code of V
	shown atomic.Int64  // the latest written code

	// For the loop's goroutine only:
	spiked bool   // in this tick
	spikes uint32 // ticks with a spike

	// For the writer only:
	dev   Channel // nil: closed
	drawn uint32  // spikes so far, as of the latest write
	lit   bool    // written at least once
	ended bool    // off has done its work
}

// open checks the options and opens the chip.
func (o *output) open() (err error) {
	switch {
	case !(o.Low < o.High) || math.IsInf(o.High-o.Low, 0):
		return fmt.Errorf("%s: low must be less than high, got %g mV and %g mV", o.Part, o.Low, o.High)
	case o.MaxCode < 1:
		return fmt.Errorf("%s: the highest code must be at least 1, got %d", o.Part, o.MaxCode)
	}
	o.dev, err = o.Open()
	return err
}

// Spike makes the next Level full scale.
func (o *output) Spike(int64, time.Duration) { o.spiked = true }

// Code returns the code of V in mV, rounded: 0 for NaN.
func (o Opts) Code(v float64) int32 {
	part := (v - o.Low) / (o.High - o.Low)
	if !(part > 0) {
		return 0
	}
	return int32(math.Round(min(part, 1) * float64(o.MaxCode)))
}

// set stores V, in mV, and the spike of the tick.
func (o *output) set(v float64) {
	if o.spiked {
		o.spiked = false
		o.spikes++
	}
	o.state.Store(uint64(o.spikes)<<32 | uint64(uint32(o.Code(v))))
}

// write writes the latest state: full scale for a new spike, else V. It closes a chip after a failure, and opens a closed one.
func (o *output) write() (err error) {
	if o.dev == nil {
		if o.dev, err = o.Open(); err != nil {
			return err
		}
	}
	state := o.state.Load()
	code, spikes := int32(uint32(state)), uint32(state>>32)
	if spikes != o.drawn {
		code = o.MaxCode
	}
	if err := o.dev.Out(code); err != nil {
		dev := o.dev
		o.dev = nil
		_ = dev.Close() // the chip is given up
		return err
	}
	o.shown.Store(int64(code))
	o.drawn, o.lit = spikes, true
	return nil
}

// off writes code 0 and closes the chip for good. A chip that never took a code is no error.
func (o *output) off() (err error) {
	if o.ended {
		return nil
	}
	o.ended = true
	if o.dev == nil {
		if o.dev, err = o.Open(); err != nil {
			return o.failed(err)
		}
	}
	dev := o.dev
	o.dev = nil
	if err = dev.Out(0); err == nil {
		o.shown.Store(0)
	}
	return errors.Join(o.failed(err), dev.Close())
}

// failed returns the error of off.
func (o *output) failed(err error) error {
	if err == nil || !o.lit {
		return nil
	}
	return fmt.Errorf("set it to 0: %w", err)
}

// Lit returns the latest written code and the highest one.
func (o *output) Lit() (code, most int) { return int(o.shown.Load()), int(o.MaxCode) }

// String returns the name of the part.
func (o *output) String() string { return o.Part }
