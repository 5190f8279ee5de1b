// Package oled turns a small display into an oscilloscope. It draws the membrane between reset and threshold, a line of
// full height at each spike, and the rate in Hz.
//
// The trace runs from left to right and then overwrites itself from the left, as on a scope without a trigger. Each
// picture therefore changes little, and an I2C bus is fast enough. The loop never waits: its methods are atomic stores,
// and a goroutine draws the latest state. The trace has one value per tick, not per step.
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

// Opts are the options of the scope.
type Opts struct {
	// Low and High are V in mV at the bottom and at the dashed line: the lower one of V_reset and E_L, and V_T.
	Low, High float64
	// Span is the time of the trace from left to right, in the loop's time: 10 ms to 1 h. 0 means 0.2 s of model time,
	// some 14 spikes at 72 Hz.
	Span time.Duration
	// DT is the model time of a step; more than 0.
	DT time.Duration
	// Speed is model time divided by the loop's time; more than 0. 0 means 1.
	Speed float64
	// Period is the shortest time between two pictures: 10 ms to 10 s. 0 means 50 ms. A whole picture takes 25 ms on an
	// I2C bus at 400 kHz, and 0.1 s at 100 kHz.
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

// Dev is a scope on a display. Tick, Spike and Level belong to the loop's goroutine; any goroutine may call the other
// methods. Halt, of the Painter, halts the display: an SSD1306 turns dark.
type Dev struct {
	*frames.Painter
	trace

	screen display.Drawer

	// For the painter's goroutine only:
	image *image1bit.VerticalLSB
	shown int64 // spikes drawn so far
}

// New returns a scope on a display of 128x64 pixels. From then on the display belongs to the scope.
func New(d display.Drawer, o Opts) (*Dev, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if at := d.Bounds(); at != image.Rect(0, 0, Width, Height) {
		return nil, fmt.Errorf("oled: the display must have %dx%d pixels, got %dx%d", Width, Height, at.Dx(), at.Dy())
	}
	s := &Dev{trace: newTrace(o), screen: d, image: image1bit.NewVerticalLSB(d.Bounds())}
	s.Painter = frames.Start("oled", o.Period, s.paint, s.dark)
	return s, nil
}

// paint draws the latest state. A spike counts as shown after the display has taken the picture.
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
		return fmt.Errorf("oled: turn it off: %w", err)
	}
	return nil
}

func (d *Dev) String() string { return fmt.Sprintf("oled{%s}", d.screen) }

var _ conn.Resource = &Dev{}
