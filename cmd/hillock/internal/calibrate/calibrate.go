// Package calibrate measures both ends of a knob and writes them into a configuration.
package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/prompt"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// Knob is the input to measure, opened on its Pi.
type Knob struct {
	Config  config.Input
	Input   board.Input
	Virtual *sim.Knob // turned by the program; nil for a real knob
}

// measure asks on out for both ends of a knob, and waits for the Enter key on in at each. It returns the codes of the ends, the
// smaller one first, and a dead zone as wide as the noise.
func measure(ctx context.Context, in io.Reader, out io.Writer, knob Knob) (ends [2]int, dead int, err error) {
	c := &calibration{Knob: knob, ctx: ctx, keys: prompt.NewKeys(ctx, in), Printer: &readable.Printer{W: out}}
	return c.measure()
}

// calibration is a measurement in progress.
type calibration struct {
	Knob
	ctx  context.Context
	keys prompt.Keys
	*readable.Printer
}

func (c *calibration) measure() (ends [2]int, dead int, err error) {
	if c.Virtual == nil {
		c.caution()
	}
	down, err := c.end("down")
	if err != nil {
		return ends, 0, err
	}
	up, err := c.end("up")
	if err != nil {
		return ends, 0, err
	}
	low, high := down, up
	if low.code > high.code {
		low, high = up, down
		c.Printf("%s\n", board.HandlingOf(c.Config).Reversed)
	}
	if full := c.full(); high.code-low.code < full/4 {
		return ends, 0, fmt.Errorf("the ends are %d and %d, of %d: %s", low.code, high.code, full, board.HandlingOf(c.Config).Near)
	}
	noise := max(low.spread, high.spread)
	return [2]int{low.code, high.code}, (noise + 1) / 2, nil
}

// caution prints a warning before a knob on a chip turns: a middle leg on a rail shorts 3V3 to GND at the other end of the turn.
func (c *calibration) caution() {
	part, ok := c.Config.Part.(board.Turned)
	if _, other := c.Config.Part.(board.Handled); other || !ok || part.FullScale() == 0 {
		return
	}
	c.Input.Current(0)
	r, full := c.Input.Reading(), part.FullScale()
	rail := ""
	switch near := max(full/256, 2); {
	case r.State != board.OK || r.Fault != nil:
	case r.Raw <= near:
		rail = "GND"
	case r.Raw >= full-near:
		rail = "3V3"
	}
	if rail != "" {
		c.Printf("%s reads %s: check that the middle leg is not at %s: the knob would short 3V3 to GND\n", c.Config.Name, parts.Raw(c.Config, r.Raw), rail)
	}
}

// full returns the range of the knob's codes.
func (c *calibration) full() int {
	if k, ok := c.Config.Part.(board.Turned); ok && k.FullScale() > 0 {
		return k.FullScale()
	}
	ends := c.Input.Reading().Ends // from its parts
	return ends[1] - ends[0]
}

// still is a knob at rest: its median code and the range of its codes.
type still struct{ code, spread int }

// A knob is still when the range of a window of readings is at most a 50th of the full scale.
const (
	readings   = 100
	readEvery  = 10 * time.Millisecond
	stillPart  = 50
	longEnough = 20 * time.Second
)

// end asks for one end and reads the knob until it is still.
func (c *calibration) end(which string) (still, error) {
	if err := c.turn(which); err != nil {
		return still{}, err
	}
	codes := make([]int, 0, readings)
	full := c.full()
	start := time.Now()
	for {
		if err := sleep(c.ctx, readEvery); err != nil {
			return still{}, err
		}
		now := time.Since(start)
		c.Input.Current(now)
		r := c.Input.Reading()
		switch {
		case r.State != board.OK && r.Fault == nil: // no answer yet
		case r.Fault != nil && now > 3*time.Second:
			return still{}, r.Fault
		case r.Fault != nil:
			codes = codes[:0]
		default:
			codes = append(codes, r.Raw)
		}
		if len(codes) == readings {
			sorted := slices.Sorted(slices.Values(codes))
			s := still{sorted[readings/2], sorted[readings-1] - sorted[0]}
			if s.spread <= max(full/stillPart, 3) {
				c.Printf("%s: %s, steady within %s\n", which, parts.Raw(c.Config, s.code), parts.RawSpread(c.Config, s.spread))
				return s, c.Err
			}
			codes = append(codes[:0], codes[readings/2:]...)
		}
		if now > longEnough {
			return still{}, fmt.Errorf("not still for a second within %s: check for a loose wire, and take your hand off the knob", config.FormatTime(longEnough))
		}
	}
}

// turn turns a virtual knob to an end, or asks for it.
func (c *calibration) turn(which string) error {
	if c.Virtual != nil {
		c.Printf("turning the virtual Pi's %s all the way %s\n", c.Config.Name, which)
		c.Virtual.Set(map[string]float64{"down": 0, "up": 1}[which])
		return c.Err
	}
	hand := board.HandlingOf(c.Config)
	c.Printf("%s, then press Enter ", map[string]string{"down": hand.Low, "up": hand.High}[which])
	if c.Err != nil {
		return c.Err
	}
	_, err := c.keys.Line()
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// rewrite sets keys in a table of a configuration's file. The first time it keeps the old text as FILE.old, and returns true;
// an existing FILE.old stays as it is.
func rewrite(file, table string, values [][2]string) (first bool, err error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	text := old
	for _, v := range values {
		if err == nil {
			text, err = config.Edit(text, table+"."+v[0], v[1])
		}
	}
	if err == nil {
		_, err = config.Parse(file, text, nil, part.Kinds())
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	whole := func(b []byte) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		}
	}
	if _, err := os.Lstat(file + ".old"); errors.Is(err, fs.ErrNotExist) {
		first = true
		if err := outfile.Write(file+".old", nil, whole(old)); err != nil {
			return first, err
		}
	}
	return first, outfile.Write(file, nil, whole(text))
}
