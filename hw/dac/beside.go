package dac

import (
	"errors"
	"time"

	"hillock/hw/frames"
)

// Beside is an output with a bus too slow for the loop. Its methods are atomic stores, and a goroutine writes to the chip. Level,
// Spike and Tick belong to the loop's goroutine; any goroutine may call the others.
type Beside struct {
	output
	*frames.Painter
}

// NewBeside opens an output, and writes to it from the first Level on.
func NewBeside(o Opts) (*Beside, error) {
	b := &Beside{output: output{Opts: o}}
	if err := b.open(); err != nil {
		return nil, err
	}
	b.Painter = frames.Follow(o.Part, b.write, b.off)
	return b, nil
}

// Tick does nothing: Level has the latest state.
func (b *Beside) Tick(time.Duration) {}

// Level shows V, in mV. Call it at each tick after the steps.
func (b *Beside) Level(v float64) {
	b.set(v)
	b.Wake()
}

// Close sets the output to 0 and releases its bus. A hanging transfer ends later, and so does Close's work.
func (b *Beside) Close() error { return unlessItHangs(b.Halt()) }

// unlessItHangs returns an error other than frames.ErrHangs: Fault reports that one.
func unlessItHangs(err error) error {
	if errors.Is(err, frames.ErrHangs) {
		return nil
	}
	return err
}
