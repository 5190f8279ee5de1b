package board

import (
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/bar"
	"hillock/hw/frames"
	"hillock/hw/line"
	"hillock/hw/oled"
)

// Show is an output that shows the membrane beside the loop: a row of LEDs, a strip, a display.
type Show interface {
	Tick(now time.Duration)
	Spike(step int64, now time.Duration)
	// Level takes V, in mV, after a tick.
	Level(v float64)
	Fault() error
	Failed() int64
	// Halt leaves it dark. Where a transfer hangs, its error is a frames.ErrHangs, and it goes dark after Ended.
	Halt() error
	Ended() <-chan struct{}
}

// show is an open Show with what it is on.
type show struct {
	Show
	out   config.Output
	close func() error
}

// openShow opens an output that is no pulse, for the neuron that it shows.
func openShow(out config.Output, cfg *config.Config, pi Pi) (show, error) {
	i := slices.IndexFunc(cfg.Neurons, func(n config.Neuron) bool { return n.Name == out.Neuron })
	levels := cfg.Neurons[i].Levels()
	low, high := levels.Lowest(), levels.Threshold.V
	s := show{out: out, close: func() error { return nil }}
	var err error
	switch out.Driver {
	case "bar":
		var leds []*line.Line
		if leds, err = openLines(pi, out.Invert, strings.Fields(out.Pins)...); err == nil {
			s.Show, err = shown(bar.New(leds, bar.Opts{Low: low, High: high}))
		}
	case "apa102":
		var wires []*line.Line
		if wires, err = openLines(pi, false, out.Clock, out.Data); err == nil {
			port := bar.Wires(wires[0], wires[1])
			c := color.NRGBA{R: out.Color[0], G: out.Color[1], B: out.Color[2], A: 255}
			s.close = port.Close
			s.Show, err = shown(bar.NewAPA102(port, bar.Strip{LEDs: out.LEDs, Color: c, Brightness: uint8(out.Brightness)}, bar.Opts{Low: low, High: high}))
		}
	case "oled":
		bus, failed := pi.OpenI2C(out.Bus)
		if failed != nil {
			return s, fmt.Errorf("output %s: oled on %s: %w", out.Name, out.Bus, failed)
		}
		s.close = bus.Close
		s.Show, err = shown(oled.NewSSD1306(bus, uint16(out.Address), oled.Opts{Low: low, High: high, Span: out.Span, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed}))
	}
	if err != nil {
		return s, errors.Join(fmt.Errorf("output %s: %w", out.Name, err), s.close())
	}
	return s, nil
}

// shown is what a constructor has made, as an interface that is nil where it failed.
func shown[S Show](s S, err error) (Show, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openLines takes pins for a row. One that another program holds is asked for again.
func openLines(pi Pi, invert bool, names ...string) (lines []*line.Line, err error) {
	for _, name := range names {
		p, err := pi.OpenPin(name)
		if err == nil {
			var l *line.Line
			if l, err = line.New("line", p, invert); err == nil || isBusy(err) {
				lines = append(lines, l)
				continue
			}
		}
		for _, l := range lines {
			err = errors.Join(err, l.Halt())
		}
		return nil, err
	}
	return lines, nil
}

// end leaves the show dark and closes what it is on: where a transfer hangs, when that returns.
func (s show) end() error {
	err := s.Halt()
	if errors.Is(err, frames.ErrHangs) {
		go func() {
			<-s.Ended()
			_ = s.close() // nobody waits for it
		}()
		return nil
	}
	return errors.Join(err, s.close())
}

// overlaps tells whether two outputs are on the same pins or the same display.
func overlaps(a, b config.Output) bool {
	if a.Bus != "" && a.Bus == b.Bus && a.Address == b.Address {
		return true
	}
	return slices.ContainsFunc(a.AllPins(), func(pin string) bool { return slices.Contains(b.AllPins(), pin) })
}
