package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/prompt"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// calibrateFlags are the flags of calibrate.
type calibrateFlags struct {
	hw  string
	dry bool
}

func newCalibrate() *cobra.Command {
	var f calibrateFlags
	cmd := &cobra.Command{
		Use:   "calibrate INPUT FILE",
		Short: "measure the two ends of a knob, and write them into the configuration",
		Long: `calibrate asks you to turn a knob all the way down, and then all the way up, each time with the Enter key. It waits
until the knob is still, and writes the codes at its ends, and a dead zone as wide as the noise there, into FILE. All
else in the file stays as it is; the old file is kept beside it, as FILE.old.`,
		Example: "  hillock calibrate knob my.toml",
		Args:    cobra.ExactArgs(2),
		RunE:    f.run,
	}
	cmd.Flags().StringVar(&f.hw, "hw", "auto", "the `Pi` that the knob is on: auto, real or sim, as for run")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "measure, and say what would be written")
	choices(cmd, "hw", "auto", "real", "sim")
	return cmd
}

func (f *calibrateFlags) run(cmd *cobra.Command, args []string) error {
	name, file := args[0], args[1]
	cfg, err := new(configFlags).load(cmd, args[1:])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cfg.Inputs, func(in config.Input) bool { return in.Name == name })
	if i < 0 {
		return usage.Errorf("INPUT: no input of %s is called %q", file, name)
	}
	if in := cfg.Inputs[i]; !parts.IsKnob(in) {
		return usage.Errorf("INPUT: must be a knob, and %s of %s is driver %q", name, file, in.Driver)
	}
	if err := canWrite("", file); err != nil && !f.dry {
		return err
	}
	in := cfg.Inputs[i]
	cfg.Inputs = []config.Input{in} // the others, and the outputs, are not touched
	cfg.Outputs = nil
	wall := clock.New()
	hw, err := choose(f.hw, cfg, wall)
	if err != nil {
		return err
	}
	s, err := session.Open(cmd.Context(), cfg, hw, session.Options{Wall: wall})
	if err != nil {
		return err
	}
	defer s.Close()
	c := &calibration{ctx: cmd.Context(), knob: s.Board().Inputs[name], in: in, keys: prompt.NewKeys(cmd.Context(), cmd.InOrStdin()), Printer: &readable.Printer{W: cmd.OutOrStdout()}}
	if hw.Virtual != nil {
		c.virtual = hw.Virtual.Knobs[name]
	}
	ends, dead, err := c.measure()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	values := parts.MeasuredKeys(in, ends, dead)
	for _, v := range values {
		c.Printf("%s = %s\n", v[0], v[1])
	}
	if f.dry {
		return c.Err
	}
	if err := errors.Join(c.Err, rewrite(file, "input."+name, values)); err != nil {
		return err
	}
	c.Printf("written into %s; the old one is %s.old\n", file, file)
	return c.Err
}

// calibration is a knob that is being turned.
type calibration struct {
	ctx  context.Context
	knob board.Input
	in   config.Input
	keys prompt.Keys
	*readable.Printer
	virtual *sim.Knob // that nobody can turn by hand, nil for a real one
}

// measure asks for both ends, and gives their codes, the smaller one first, and a dead zone as wide as the noise.
func (c *calibration) measure() (ends [2]int, dead int, err error) {
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
		c.Printf("the code falls as the knob is turned up: swap its outer legs, or the two values of current\n")
	}
	if full := c.full(); high.code-low.code < full/4 {
		return ends, 0, fmt.Errorf("its ends are %d and %d, of %d: turn it all the way, or look at its outer legs, 3V3 and GND", low.code, high.code, full)
	}
	noise := max(low.spread, high.spread)
	return [2]int{low.code, high.code}, (noise + 1) / 2, nil
}

// full is how far the codes of a knob go.
func (c *calibration) full() int {
	if k, ok := c.in.Part.(board.Turned); ok && k.FullScale() > 0 {
		return k.FullScale()
	}
	ends := c.knob.Reading().Ends // from its parts
	return ends[1] - ends[0]
}

// still is a knob that nobody turns: its median code, and how far the codes lay apart.
type still struct{ code, spread int }

// How a knob is watched: a window of readings, and how far they may lie apart, as a part of the full scale.
const (
	readings   = 100
	readEvery  = 10 * time.Millisecond
	stillPart  = 50
	longEnough = 20 * time.Second
)

// end asks for an end, and watches until the knob is still.
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
		c.knob.Current(now)
		r := c.knob.Reading()
		switch {
		case r.State != board.OK && r.Fault == nil: // it has not answered yet
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
				c.Printf("%s: code %d, within %d\n", which, s.code, s.spread)
				return s, c.Err
			}
			codes = append(codes[:0], codes[readings/2:]...)
		}
		if now > longEnough {
			return still{}, fmt.Errorf("it was not still for a second in %v: a loose wire, or a hand on it", longEnough)
		}
	}
}

// turn has the knob turned to an end.
func (c *calibration) turn(which string) error {
	if c.virtual != nil {
		c.Printf("the virtual Pi's %s is turned all the way %s\n", c.in.Name, which)
		c.virtual.Set(map[string]float64{"down": 0, "up": 1}[which])
		return c.Err
	}
	c.Printf("turn %s all the way %s, then press Enter ", c.in.Name, which)
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

// rewrite puts values of a table into a file, and keeps the old one beside it.
func rewrite(file, table string, values [][2]string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
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
		return fmt.Errorf("%s: %w", file, err)
	}
	whole := func(b []byte) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		}
	}
	if err := outfile.Write(file+".old", nil, whole(old)); err != nil {
		return err
	}
	return outfile.Write(file, nil, whole(text))
}
