package board

import (
	"context"
	"time"

	"hillock/config"
	"hillock/hw/sim"
)

// Turn turns the knob of an input all the way down, all the way up, and back to its position; or it presses its button. It takes
// 0.6 s, longer on a busy machine, and less if ctx ends.
func (v *Virtual) Turn(ctx context.Context, in config.Input, _ string) error {
	k, button := v.Knobs[in.Name], v.Buttons[in.Name]
	if button != nil {
		button.Press()
		defer button.Release()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(600 * time.Millisecond):
			return nil
		}
	}
	was := k.Position()
	for _, position := range []float64{0, 0.25, 0.5, 0.75, 1, was} {
		k.Set(position)
		if err := hold(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// hold waits for 100 ms, and until the position of a knob has been read: a busy machine reads late. A knob that is not read is
// held for 2 s.
func hold(ctx context.Context, k *sim.Knob) error {
	const shortest, longest = 100 * time.Millisecond, 2 * time.Second
	began, before := time.Now(), k.Readings()
	for wait := shortest; ; wait = shortest / 10 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		if k.Readings() >= before+2 || time.Since(began) >= longest {
			return nil
		}
	}
}

// Look reports whether an output changes while show runs: the levels of its pins, and its picture if it has one.
func (v *Virtual) Look(out config.Output, _ string, show func() error) (does bool, err error) {
	edges := func() (n uint64) {
		for _, pin := range config.Pins(out.Part) {
			n += v.Pin(pin).EdgeCount()
		}
		return n
	}
	before := edges()
	if looks := v.looks[out.Name]; looks != nil {
		stop, moved := make(chan struct{}), make(chan bool)
		go func() {
			first, differs := looks(), false
			for {
				select {
				case <-stop:
					moved <- differs
					return
				case <-time.After(100 * time.Millisecond):
					differs = differs || looks() != first
				}
			}
		}()
		defer func() {
			close(stop)
			does = <-moved
		}()
	}
	err = show()
	_, isLED := out.Part.(Blinking)
	dark := v.dark.Load()
	return edges() > before && !(isLED && dark != nil && (*dark)(out.Name)), err
}
