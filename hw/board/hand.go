package board

import (
	"context"
	"time"

	"hillock/config"
)

// Turn turns the knob of an input all the way down and all the way up, and back to where it was, in half a second, unless
// ctx ends before.
func (v *Virtual) Turn(ctx context.Context, in config.Input) error {
	k := v.Knobs[in.Name]
	was := k.Position()
	for _, position := range []float64{0, 0.25, 0.5, 0.75, 1, was} {
		k.Set(position)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// Look tells whether something moves on an output while show shows something: levels on its pins, or what else there is to
// see of it.
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
	return edges() > before && !(isLED && v.dark.Load()), err
}
