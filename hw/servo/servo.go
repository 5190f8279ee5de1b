// Package servo shows the firing rate of a neuron as the angle of a servo on a channel of a PCA9685.
//
// The loop never waits: Spike and Tick note the spikes and the rate, and a goroutine writes the latest angle to the chip.
package servo

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"hillock/hw/frames"
)

// Opts are the options of a servo.
type Opts struct {
	Rate   [2]float64       // Hz of model time, at the two angles; the first is smaller
	Angle  [2]float64       // degrees, 0 to 180; either may be larger
	Pulse  [2]time.Duration // width of a pulse at 0 and at 180 degrees
	Window time.Duration    // model time of the spikes that count
	DT     time.Duration    // model time of a step
	Speed  float64          // model time over real time
}

// Channel sends pulses to a servo, and none after Off.
type Channel interface {
	String() string
	Pulse(width time.Duration) error
	Off() error
}

// Servo is a servo. Spike and Tick belong to one goroutine. Any goroutine may call the other methods. Halt, of the Painter, ends the
// pulses.
type Servo struct {
	*frames.Painter

	channel Channel
	opts    Opts
	rate    meter

	width atomic.Int64 // ns, the present one
	held  atomic.Int64 // ns, in place of width during Act; 0: none

	// For the painter's goroutine only:
	written time.Duration // 0: none yet
	again   time.Time     // next write of an unchanged width
}

// A servo takes a pulse each 20 ms. An unchanged width is written again from time to time: a module without supply forgets it.
const (
	period = 20 * time.Millisecond
	repeat = 500 * time.Millisecond
)

// New returns a servo at the angle of 0 Hz.
func New(c Channel, o Opts) *Servo {
	s := &Servo{channel: c}
	s.Change(o)
	s.Painter = frames.Start("servo", period, s.paint, c.Off)
	return s
}

// Change replaces the options. It belongs to the goroutine of Spike and Tick. The spikes so far do not count any more.
func (s *Servo) Change(o Opts) {
	s.opts, s.rate = o, newMeter(int64(o.Window/o.DT))
	s.width.Store(int64(o.width(0)))
}

// Spike notes a spike.
func (s *Servo) Spike(step int64, now time.Duration) { s.rate.spike(step, now) }

// Tick sets the angle for the rate at a tick due at now.
func (s *Servo) Tick(now time.Duration) {
	steps := s.rate.perStep(now, s.opts.Speed/float64(s.opts.DT))
	s.width.Store(int64(s.opts.width(steps * float64(time.Second) / float64(s.opts.DT))))
}

// width returns the width of a pulse for a rate, Hz.
func (o Opts) width(rate float64) time.Duration {
	at := min(max((rate-o.Rate[0])/(o.Rate[1]-o.Rate[0]), 0), 1)
	angle := o.Angle[0] + at*(o.Angle[1]-o.Angle[0])
	return o.Pulse[0] + time.Duration(math.Round(angle/180*float64(o.Pulse[1]-o.Pulse[0])))
}

// Width returns the width of the pulses that the servo should have.
func (s *Servo) Width() time.Duration {
	if held := s.held.Load(); held != 0 {
		return time.Duration(held)
	}
	return time.Duration(s.width.Load())
}

// paint writes the width, if it is due.
func (s *Servo) paint() error {
	width, now := s.Width(), time.Now()
	if width == s.written && now.Before(s.again) {
		return nil
	}
	s.written, s.again = 0, now.Add(repeat)
	if err := s.channel.Pulse(width); err != nil {
		return err
	}
	s.written = width
	return nil
}

// Act moves the servo to its two angles and back. pause waits for a time, and fails at the end of a check.
func (s *Servo) Act(pause func(time.Duration) error) error {
	defer s.held.Store(0)
	for _, rate := range []float64{s.opts.Rate[0], s.opts.Rate[1], s.opts.Rate[0]} {
		s.held.Store(int64(s.opts.width(rate)))
		if err := pause(800 * time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (s *Servo) String() string { return fmt.Sprintf("servo{%s}", s.channel) }
