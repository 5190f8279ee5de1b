// Package oled makes of a small display a scope: the membrane in its way to threshold, a line over the full height at each
// spike, and the rate in Hz.
//
// The trace runs from left to right and then again from the left, over the one before it, as on a scope without a trigger:
// so little of the picture changes at a time that an I2C bus keeps up. It never keeps the loop waiting: what the loop tells
// it are atomic stores, and a goroutine draws the latest state. It shows what it is told at each tick, not each step.
package oled

import (
	"fmt"
	"image"
	"math"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/display"
	"periph.io/x/devices/v3/ssd1306/image1bit"

	"hillock/hw/frames"
)

// Opts is what the scope shows.
type Opts struct {
	// Low and High are V in mV at the bottom and at threshold, where the dashed line is: V_reset, or E_L where that is
	// lower, and V_T.
	Low, High float64
	// Span is how long the trace takes from left to right, in the loop's time, 10 ms to 1 h. 0 is 0.2 s of model time: at
	// 72 Hz some 14 spikes.
	Span time.Duration
	// DT is the model time of a step, more than 0.
	DT time.Duration
	// Speed is model time over the loop's time, more than 0. 0 is 1.
	Speed float64
	// Period is the shortest time from one picture to the next, 10 ms to 10 s. 0 is 50 ms. A whole picture takes 25 ms
	// of an I2C bus at 400 kHz, 0.1 s at 100 kHz.
	Period time.Duration
}

const (
	minSpan = 10 * time.Millisecond
	maxSpan = time.Hour
)

func (o Opts) complete() (Opts, error) {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Span == 0 && o.Speed > 0 {
		o.Span = time.Duration(min(max(float64(200*time.Millisecond)/o.Speed, float64(minSpan)), float64(maxSpan)))
	}
	if o.Period == 0 {
		o.Period = 50 * time.Millisecond
	}
	switch {
	case !(o.Low < o.High) || math.IsInf(o.High-o.Low, 0):
		return o, fmt.Errorf("oled: low must be less than high, got %g mV and %g mV", o.Low, o.High)
	case !(o.DT > 0):
		return o, fmt.Errorf("oled: dt must be more than 0, got %v", o.DT)
	case !(o.Speed > 0) || math.IsInf(o.Speed, 0):
		return o, fmt.Errorf("oled: speed must be more than 0, got %g", o.Speed)
	case o.Span < minSpan || o.Span > maxSpan:
		return o, fmt.Errorf("oled: span must be from %v to %v, got %v", minSpan, maxSpan, o.Span)
	case o.Period < 10*time.Millisecond || o.Period > 10*time.Second:
		return o, fmt.Errorf("oled: period must be from 10ms to 10s, got %v", o.Period)
	}
	return o, nil
}

// Dev is a scope on a display. Tick, Spike and Level belong to one goroutine, the loop's; the other methods to any. Halt,
// of the Painter, halts the display, which for an SSD1306 puts it dark.
type Dev struct {
	*frames.Painter
	trace

	screen display.Drawer

	// The painter's own.
	image *image1bit.VerticalLSB
	shown int64 // spikes in the pictures so far
}

// New shows on a display, which must be of 128x64 points. It is the scope's from now on.
func New(d display.Drawer, o Opts) (*Dev, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if at := d.Bounds(); at != image.Rect(0, 0, Width, Height) {
		return nil, fmt.Errorf("oled: the display must be of %dx%d points, got %dx%d", Width, Height, at.Dx(), at.Dy())
	}
	s := &Dev{trace: newTrace(o), screen: d, image: image1bit.NewVerticalLSB(d.Bounds())}
	s.Painter = frames.Start("oled", o.Period, s.paint, s.dark)
	return s, nil
}

// paint draws the latest state. A spike counts as shown when the display has taken it.
func (d *Dev) paint() error {
	s, spikes := d.state(d.shown)
	s.Draw(d.image)
	if err := d.screen.Draw(d.screen.Bounds(), d.image, image.Point{}); err != nil {
		return fmt.Errorf("oled: %w", err)
	}
	d.shown = spikes
	return nil
}

func (d *Dev) dark() error {
	if err := d.screen.Halt(); err != nil {
		return fmt.Errorf("oled: put it dark: %w", err)
	}
	return nil
}

func (d *Dev) String() string { return fmt.Sprintf("oled{%s}", d.screen) }

var _ conn.Resource = &Dev{}
