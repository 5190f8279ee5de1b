package doctor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/line"
)

// outputs has each output seen: by a second wire, or by whoever is there.
func (b *Bench) outputs(yield func(Finding) bool) bool {
	for _, out := range b.Config.Outputs {
		f := Finding{Check: out.Name}
		led, isLED := out.Part.(board.Blinking)
		switch back := b.Back[out.Name]; {
		case isLED && back != "":
			f = b.blinks(f, out, led, back)
		case b.Hand == nil:
			f.Result, f.Seen = NotPossible, fmt.Sprintf("nobody looks at the %s at %s", Called(out), Place(out))
		case isLED:
			f = b.seen(f, out, "blink three times, and again", func() error { return b.pattern(out, led) })
		default:
			f = b.seen(f, out, "rise and fall twice", func() error { return b.rise(out) })
		}
		if !yield(f) {
			return false
		}
	}
	return true
}

// Called is what a person calls an output.
func Called(out config.Output) string {
	if s, ok := out.Part.(Seen); ok {
		return s.Called()
	}
	return out.Driver
}

// Place is where an output is, in words.
func Place(out config.Output) string {
	if port, address := config.Place(out.Part); port != "" {
		return fmt.Sprintf("%s, %#x", port, address)
	}
	var pins []string
	for _, pin := range config.Pins(out.Part) {
		pins = append(pins, Spot(pin))
	}
	return strings.Join(pins, "; ")
}

// seen has something looked at, and once more if it was not seen.
func (b *Bench) seen(f Finding, out config.Output, should string, show func() error) Finding {
	for range 2 {
		var failed error
		does, err := b.Hand.Look(out, should, func() error {
			failed = show()
			return failed
		})
		switch {
		case failed != nil:
			return refused(f, out, failed)
		case err != nil:
			f.Result, f.Seen = NotPossible, err.Error()
			return f
		case does:
			f.Result, f.Seen = Passed, fmt.Sprintf("seen: the %s at %s", Called(out), Place(out))
			return f
		}
	}
	f.Result, f.Seen = Failed, fmt.Sprintf("nothing seen of the %s at %s", Called(out), Place(out))
	if s, ok := out.Part.(Seen); ok {
		f.Means, f.Do = s.Dark()
	}
	return f
}

// refused is the verdict on an output that cannot be driven.
func refused(f Finding, out config.Output, err error) Finding {
	f.Result, f.Seen = Failed, err.Error()
	f.Means, f.Do = "hillock run cannot drive it either", fmt.Sprintf("stop the program that holds %s, or choose another pin", Place(out))
	if port, _ := config.Place(out.Part); port != "" {
		f.Do = "look at its bus"
	}
	return f
}

// dit is how long a pulse and a pause of a pattern take.
const dit = 200 * time.Millisecond

// pattern blinks an LED three times, and after a pause again.
func (b *Bench) pattern(out config.Output, led board.Blinking) error {
	return b.lit(out, led, func(l *line.Line) error {
		for _, times := range []int{3, 3} {
			for range times {
				if err := l.Set(true); err != nil {
					return err
				}
				if err := b.pause(dit); err != nil {
					return err
				}
				if err := l.Set(false); err != nil {
					return err
				}
				if err := b.pause(dit); err != nil {
					return err
				}
			}
			if err := b.pause(3 * dit); err != nil {
				return err
			}
		}
		return nil
	})
}

// lit takes the pin of an LED, and leaves it dark.
func (b *Bench) lit(out config.Output, led board.Blinking, show func(*line.Line) error) error {
	pin, opts := led.Pulse()
	p, err := b.Pi.OpenPin(pin)
	if err != nil {
		return err
	}
	l, err := line.New("output "+out.Name, p, opts.Invert)
	if err != nil {
		return err
	}
	return errors.Join(show(l), l.Halt())
}

// rise lets the membrane rise from rest to threshold and fall, twice, on a part that shows it. A part that shows spikes alone gets
// one at each turn.
func (b *Bench) rise(out config.Output) error {
	one := *b.Config
	one.Inputs, one.Outputs = nil, []config.Output{out}
	parts, err := board.Open(&one, b.Pi)
	if err != nil {
		return err
	}
	s := parts.Outputs[out.Name]
	leveled, _ := s.(board.Leveled)
	start := time.Now()
	for _, n := range b.Config.Neurons {
		if n.Name != out.Neuron {
			continue
		}
		rest, threshold := n.Levels().Rest.V, n.Levels().Threshold.V
		const steps = 40
		for i := range 4*steps + 1 {
			part := float64(i%(2*steps)) / steps // 0 to 2
			if part > 1 {
				part = 2 - part
			}
			switch now := time.Since(start); {
			case leveled != nil:
				leveled.Level(rest + part*(threshold-rest))
			case i > 0 && i%steps == 0: // it shows spikes alone
				s.Spike(int64(i), now)
			}
			s.Tick(time.Since(start))
			if err := b.pause(dit / 10); err != nil {
				return errors.Join(err, parts.Close())
			}
		}
	}
	return errors.Join(s.Fault(), parts.Close())
}

// blinks lights an LED in a pattern and looks at a pin that a second wire leads to from its own.
func (b *Bench) blinks(f Finding, out config.Output, led board.Blinking, back string) Finding {
	f.Result = Failed
	pin, opts := led.Pulse()
	p, err := b.Pi.OpenPin(back)
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	if was, ok := b.Take(back); ok {
		defer was.Restore()
	}
	if c, ok := p.(interface{ Close() }); ok {
		defer c.Close()
	}
	const pattern = "110100111000101"
	var up, down string
	err = b.lit(out, led, func(l *line.Line) error {
		for _, pull := range []struct {
			pull gpio.Pull
			seen *string
		}{{gpio.PullUp, &up}, {gpio.PullDown, &down}} {
			if err := p.In(pull.pull, gpio.NoEdge); err != nil {
				return err
			}
			for _, on := range pattern {
				if err := l.Set(on == '1'); err != nil {
					return err
				}
				time.Sleep(dit / 10)
				bit := "0"
				if (p.Read() == gpio.High) != opts.Invert {
					bit = "1"
				}
				*pull.seen += bit
			}
		}
		return nil
	})
	if err != nil {
		return refused(f, out, err)
	}
	verdict(&f, pin, opts.Invert, back, pattern, up, down)
	return f
}

// verdict is on what a second wire has seen under both pulls, where 1 is the LED lit.
func verdict(f *Finding, pin string, invert bool, back, pattern, up, down string) {
	high, low := strings.Repeat("1", len(pattern)), strings.Repeat("0", len(pattern))
	if invert {
		high, low = low, high
	}
	switch {
	case up == pattern && down == pattern:
		f.Result, f.Seen = Passed, fmt.Sprintf("%s sees each level of %s", Spot(back), Spot(pin))
	case up == high && down == low:
		f.Seen = fmt.Sprintf("%s sees nothing of %s, and hangs on nothing", Spot(back), Spot(pin))
		f.Means, f.Do = "the wire at one of the two is loose or in a wrong hole", fmt.Sprintf("put both wires, %s and %s, into the row of the LED's resistor", Spot(pin), Spot(back))
	case up == low && down == low:
		f.Seen = fmt.Sprintf("%s stays low", Spot(back))
		f.Means, f.Do = fmt.Sprintf("the wire at %s is at ground, or that at %s is loose and the LED's row is what is seen", Spot(back), Spot(pin)), "look at both ends of the two"
	case up == high && down == high:
		f.Seen = fmt.Sprintf("%s stays high", Spot(back))
		f.Means, f.Do = fmt.Sprintf("the wire at %s is at 3V3", Spot(back)), "look at both of its ends"
	default:
		f.Seen = fmt.Sprintf("%s sees %s and %s, and was shown %s", Spot(back), up, down, pattern)
		f.Means, f.Do = "a loose contact, or another wire in the same row", "push in both wires, and look at what else is in their rows"
	}
}
