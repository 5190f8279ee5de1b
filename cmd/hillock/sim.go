package main

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
	"hillock/neuron/wave"
)

// simFlags are the flags of sim.
type simFlags struct {
	configFlags
	neuron, current, input, format, out, worksheet string
	duration                                       time.Duration
}

func newSim() *cobra.Command {
	f := simFlags{duration: 2 * time.Second}
	cmd := &cobra.Command{
		Use:   "sim [FILE]",
		Short: "run one neuron in model time, as fast as it can",
		Long: `sim runs one neuron of the configuration in model time, as fast as it can, on the same loop as run: under
a constant current, or under one that a CSV file holds (header time_ms,current_na; each row holds until the next).
Before the first row it is 0. Without either, the current is that of the virtual Pi's knobs at 0.4.`,
		Example: `  hillock sim --current "2 nA" --duration 2s
  hillock sim --current "2 nA" --format trace --out trace.csv
  hillock sim --input knob.csv --format spikes
  hillock sim --worksheet 20`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.neuron, "neuron", "", "which neuron (default the first by name)")
	flags.StringVar(&f.current, "current", "", `a constant current, "2 nA"`)
	flags.StringVar(&f.input, "input", "", "a CSV file of rows time_ms,current_na")
	addDuration(cmd, &f.duration, "model time to run, or the time of --input's last row if that is later")
	flags.StringVar(&f.format, "format", "summary", "summary, spikes, trace or worksheet")
	flags.StringVarP(&f.out, "out", "o", "", "write to this file (default standard output)")
	flags.StringVar(&f.worksheet, "worksheet", "", "print the classroom program's output for this R_I in mV")
	choices(cmd, "format", modeltime.Formats()...)
	return cmd
}

func (f *simFlags) run(cmd *cobra.Command, args []string) error {
	if err := exclusive(cmd, "current", "input", "worksheet"); err != nil {
		return err
	}
	if err := canWrite("out", f.out, append(args, f.input)...); err != nil {
		return err
	}
	if cmd.Flags().Changed("worksheet") {
		for _, other := range []string{"duration", "format", "neuron", "set"} {
			if err := exclusive(cmd, "worksheet", other); err != nil {
				return err
			}
		}
		ri, ok := plainNumber(f.worksheet)
		if !ok || !(ri >= -neuron.MaxVoltage && ri <= neuron.MaxVoltage) {
			return usage.Errorf("--worksheet: must be a number of mV between -%g and %g, got %q", neuron.MaxVoltage, neuron.MaxVoltage, f.worksheet)
		}
		return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error { return modeltime.Worksheet(w, ri) })
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	n, err := pick(cfg, f.neuron)
	if err != nil {
		return err
	}
	in, err := f.source(cfg, n)
	if err != nil {
		return err
	}
	if r, ok := in.(*modeltime.Recorded); ok && !cmd.Flags().Changed("duration") {
		f.duration = max(f.duration, r.End()) // all of its rows
	}
	run := &modeltime.Run{Neuron: n, DT: cfg.Loop.DT, Steps: int64(f.duration / cfg.Loop.DT), Input: in}
	if run.Steps < 1 {
		return usage.Errorf("--duration: must be at least dt, %v, got %v", cfg.Loop.DT, f.duration)
	}
	if !slices.Contains(modeltime.Formats(), f.format) {
		return usage.Errorf("--format: must be summary, spikes, trace or worksheet, got %q", f.format)
	}
	run.Progress = modeltime.NewProgress(cmd.ErrOrStderr(), run.Steps)
	return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error { return run.Write(cmd.Context(), w, f.format) })
}

// source is where the neuron's current comes from.
func (f *simFlags) source(cfg *config.Config, n config.Neuron) (neuron.Input, error) {
	switch {
	case f.input != "":
		r, err := wave.Load(f.input)
		switch {
		case errors.As(err, new(*fs.PathError)): // it does not begin with the file's name
			return nil, usage.Errorf("--input: %w", err)
		case err != nil:
			return nil, usage.Error{Err: err}
		}
		return &modeltime.Recorded{Recorded: r, DT: cfg.Loop.DT}, nil
	case f.current != "":
		i, err := currentFlag("current", f.current)
		return modeltime.Constant(i), err
	}
	sum := 0.0
	for _, in := range cfg.Inputs {
		for _, name := range n.Inputs {
			if name == in.Name {
				low, high := in.Part.Range()
				sum += low + float64((high-low)*board.RestingKnob)
			}
		}
	}
	return modeltime.Constant(sum), nil
}

// plainNumber reads an integer or a decimal, as a person writes it: no hexadecimal, no underscore, no infinity.
func plainNumber(s string) (float64, bool) {
	for _, c := range s {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}
