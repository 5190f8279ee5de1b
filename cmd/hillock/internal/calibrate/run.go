package calibrate

import (
	"context"
	"fmt"
	"io"

	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/clock"
)

// Options are the options of Run.
type Options struct {
	RealTime *clock.Real
	File     string // the configuration's
	DryRun   bool   // print the ends only
}

// Run measures the knob that is the first input of a configuration, prints its ends as keys, and writes them into the file.
func Run(ctx context.Context, in io.Reader, w io.Writer, cfg *config.Config, hw session.Hardware, o Options) error {
	s, err := session.Open(ctx, cfg, hw, session.Options{RealTime: o.RealTime})
	if err != nil {
		return err
	}
	defer s.Close()
	input := cfg.Inputs[0]
	knob := Knob{Config: input, Input: s.Board().Inputs[input.Name]}
	if hw.Virtual != nil {
		knob.Virtual = hw.Virtual.Knobs[input.Name]
	}
	ends, dead, err := measure(ctx, in, w, knob)
	if err != nil {
		return fmt.Errorf("%s: %w", input.Name, err)
	}
	values := parts.MeasuredKeys(input, ends, dead)
	out := readable.Printer{W: w}
	for _, v := range values {
		out.Printf("%s = %s\n", v[0], v[1])
	}
	if o.DryRun {
		return out.Err
	}
	if out.Err != nil {
		return out.Err
	}
	first, err := rewrite(o.File, "input."+input.Name, values)
	switch {
	case err != nil:
		return err
	case first:
		out.Printf("%s written; %[1]s.old is the file from before\n", o.File)
	default:
		out.Printf("%s written; %[1]s.old is still the file from before the first calibration\n", o.File)
	}
	return out.Err
}
