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

// outputs checks each output: through a second wire, or by the eyes of a person.
func (b *Bench) outputs(yield func(Finding) bool) bool {
	for _, out := range b.Config.Outputs {
		f := Finding{Check: out.Name}
		b.begin(out.Name)
		led, isLED := out.Part.(board.Blinking)
		asked, answers := out.Part.(Asked)
		if answers {
			if f = b.ask(f, out, asked); f.Result == Failed {
				if !yield(f) {
					return false
				}
				continue
			}
		}
		switch back := b.Back[out.Name]; {
		case b.against[out.Name]:
			f.Result, f.Seen = Skipped, "not checked: it would drive against something else"
		case isLED && back != "":
			f = b.blinks(f, out, led, back)
		case b.Hand == nil:
			f.Result, f.Seen, f.Do = Skipped, fmt.Sprintf("not checked: only a person can %s the %s at %s", sense(out), Called(out), Place(out)), onTerminal
			if answers {
				f.Seen = "the chip answers; " + f.Seen
			}
			if isLED {
				f.Do += ", or use a second wire: --back " + out.Name + "=GPIO27"
			}
		case isLED:
			f = b.seen(f, out, "blink three times, and again", func() error { return b.pattern(out, led) })
		default:
			_, should := Shows(out)
			f = b.seen(f, out, should, func() error { return b.rise(out) })
		}
		if !yield(f) {
			return false
		}
	}
	return true
}

// ask asks the chip of an output. A good answer leaves the finding as it is.
func (b *Bench) ask(f Finding, out config.Output, chip Asked) Finding {
	seen, means, do, err := chip.Ask(b.Pi)
	switch {
	case err != nil:
		return refused(f, out, err)
	case seen != "":
		f.Result, f.Seen, f.Means, f.Do = Failed, seen, means, do
	}
	return f
}

// Called returns the word for an output: "LED".
func Called(out config.Output) string {
	if s, ok := out.Part.(Seen); ok {
		return s.Called()
	}
	return out.Driver
}

// Shows returns a request to notice an output, "watch", and what it does in a check.
func Shows(out config.Output) (notice, should string) {
	if s, ok := out.Part.(Showing); ok {
		return s.Shows()
	}
	return "watch", "rise and fall twice"
}

// sense returns the sense for an output.
func sense(out config.Output) string {
	if notice, _ := Shows(out); notice != "watch" {
		return "hear"
	}
	return "see"
}

// Place returns the place of an output: "GPIO17 (header pin 11)", "SPI1.0" or "I2C1, 0x3c".
func Place(out config.Output) string {
	switch port, address := config.Place(out.Part); {
	case address != 0:
		return fmt.Sprintf("%s, %#x", port, address)
	case port != "":
		return port
	}
	var pins []string
	for _, pin := range config.Pins(out.Part) {
		pins = append(pins, Spot(pin))
	}
	return strings.Join(pins, "; ")
}

// seen asks the hand to watch an output, twice if nothing is seen the first time.
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
			f.Result, f.Seen = Skipped, "not checked: "+err.Error()
			return f
		case does:
			f.Result, f.Seen = Passed, fmt.Sprintf("the %s at %s works", Called(out), Place(out))
			return f
		}
	}
	f.Result, f.Seen = Failed, fmt.Sprintf("the %s at %s shows nothing", Called(out), Place(out))
	if s, ok := out.Part.(Seen); ok {
		f.Means, f.Do = s.Dark()
	}
	return f
}

// refused returns the finding on an output with an error.
func refused(f Finding, out config.Output, err error) Finding {
	f.Result, f.Seen = Failed, err.Error()
	port, _ := config.Place(out.Part)
	if port == "" && errors.As(err, new(board.Absent)) {
		return f // the error has the remedy
	}
	f.Means, f.Do = "'hillock run' cannot use it either", fmt.Sprintf("stop the program that holds %s, or choose another pin", Place(out))
	if port != "" {
		f.Do = "fix " + port + " first"
	}
	return f
}

// dit is the length of a pulse and of a pause in a pattern.
const dit = 200 * time.Millisecond

// pattern blinks an LED three times, twice.
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

// lit opens the pin of an LED for show, and leaves the LED dark.
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

// rise shows a membrane that rises from rest to threshold and falls, twice. A part without a level gets a spike at each turning
// point.
func (b *Bench) rise(out config.Output) error {
	one := *b.Config
	one.Inputs, one.Outputs = nil, []config.Output{out}
	parts, err := board.Open(&one, b.Pi)
	if err != nil {
		return err
	}
	s := parts.Outputs[out.Name]
	leveled, _ := s.(board.Leveled)
	written, _ := s.(interface{ Write() bool })
	start := time.Now()
	if n, ok := b.Config.Neuron(out.Neuron); ok {
		rest, threshold := n.Levels().Rest.V, n.Levels().Threshold.V
		const steps = 40
		for i := range 4*steps + 1 {
			part := float64(i%(2*steps)) / steps // from 0 to 2
			if part > 1 {
				part = 2 - part
			}
			switch now := time.Since(start); {
			case leveled != nil:
				leveled.Level(rest + part*(threshold-rest))
			case i > 0 && i%steps == 0:
				s.Spike(int64(i), now)
			}
			s.Tick(time.Since(start))
			if written != nil {
				written.Write()
			}
			if err := b.pause(dit / 10); err != nil {
				return errors.Join(err, parts.Close())
			}
		}
	}
	return errors.Join(s.Fault(), parts.Close())
}

// blinks lights an LED in a pattern and reads the pin at the other end of a second wire.
func (b *Bench) blinks(f Finding, out config.Output, led board.Blinking, back string) Finding {
	f.Result = Failed
	pin, opts := led.Pulse()
	p, err := b.Pi.OpenPin(back)
	if err != nil {
		if f.Seen = err.Error(); !errors.As(err, new(board.Absent)) {
			f.Do = "choose another pin for --back"
		}
		return f
	}
	was, err := b.Take(back)
	if err != nil {
		was, err = b.TakeLine(back)
	}
	if err == nil {
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

// verdict completes the finding on a second wire, from the levels of its pin under the pull-up and the pull-down: 1 is a lit LED.
func verdict(f *Finding, pin string, invert bool, back, pattern, up, down string) {
	high, low := strings.Repeat("1", len(pattern)), strings.Repeat("0", len(pattern))
	if invert {
		high, low = low, high
	}
	switch {
	case up == pattern && down == pattern:
		f.Result, f.Seen = Passed, fmt.Sprintf("%s follows %s", Spot(back), Spot(pin))
	case up == high && down == low:
		f.Seen = fmt.Sprintf("%s is not driven: it does not follow %s", Spot(back), Spot(pin))
		f.Means = "one of the two wires is loose or in the wrong hole"
		f.Do = fmt.Sprintf("put the wires of %s and %s into the row of the LED's resistor", Spot(pin), Spot(back))
	case up == low && down == low:
		f.Seen = fmt.Sprintf("%s stays low", Spot(back))
		f.Means = fmt.Sprintf("its wire is at ground; or the wire of %s is loose, and the LED pulls the row low", Spot(pin))
		f.Do = fmt.Sprintf("check both ends of the wires of %s and %s", Spot(pin), Spot(back))
	case up == high && down == high:
		f.Seen = fmt.Sprintf("%s stays high", Spot(back))
		f.Means, f.Do = "its wire is at 3V3", fmt.Sprintf("check both ends of the wire of %s", Spot(back))
	default:
		f.Seen = fmt.Sprintf("%s reads %s with the pull-up and %s with the pull-down, instead of %s", Spot(back), up, down, pattern)
		f.Means, f.Do = "a contact is loose, or another wire is in the same row", "push in both wires, and check the other wires in their rows"
	}
}
