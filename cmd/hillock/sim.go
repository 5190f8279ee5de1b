package main

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// simFlags are the flags of sim.
type simFlags struct {
	configFlags
	neuron, current, input, format, out, worksheet string
	duration                                       value.Time
}

func newSim() *cobra.Command {
	f := simFlags{duration: value.Time{Duration: 2 * time.Second}, format: "summary"}
	cmd := &cobra.Command{
		Use:   "sim [FILE]",
		Short: "run one neuron in model time, as fast as it can",
		Long: `sim runs one neuron of the configuration in model time, as fast as the machine can. It uses the same loop as run.

The input current is constant (--current) or comes from a CSV file (--input). The file has the header time_ms,current_na;
each row holds until the next, and the current before the first row is 0 nA. Without either flag, the current is the one
of the virtual Pi's knobs at position 0.4. FILE - is standard input.`,
		Example: `  hillock sim --current "2 nA" --duration 2s
  hillock sim --current "2 nA" --format trace --out trace.csv
  hillock sim --input knob.csv --format spikes
  hillock sim --worksheet 20`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	addNeuron(cmd, &f.neuron)
	addCurrent(cmd, &f.current, "current", "constant input current, such as \"2 nA\"")
	addFile(cmd, &f.input, "input", "read the input current from this CSV file, - for standard input", "csv")
	flags.Var(&f.duration, "duration", "stop after this model time; with --input, at its last row if that is later")
	flags.Var(value.Text{To: &f.format, Kind: "name", Rule: formats}, "format", "what to write: summary, spikes (one row each), trace (one row a step) or worksheet (one mark a step)")
	flags.VarP(value.Text{To: &f.out, Kind: "file", Rule: "must be a file's name"}, "out", "o", "write to this file, - for standard output (default: -)")

	flags.Var(value.Text{To: &f.worksheet, Kind: "number", Rule: "must be a number of mV"}, "worksheet", "print what the classroom program prints for this R_I, a number in mV")
	choices(cmd, "format", modeltime.Formats()...)
	return cmd
}

const formats = "must be summary, spikes, trace or worksheet"

func (f *simFlags) run(cmd *cobra.Command, args []string) error {
	if err := exclusive(cmd, "current", "input", "worksheet"); err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "-" && f.input == "-" {
		return usage.Errorf("--input: standard input is already FILE: name a file for one of them")
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
		if len(args) > 0 {
			return usage.Errorf("--worksheet: takes no FILE, got %q", args[0])
		}
		ri, ok := value.Number(f.worksheet)
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
	in, err := f.source(cmd.InOrStdin(), cfg, n)
	if err != nil {
		return err
	}
	if r, ok := in.(*modeltime.Recorded); ok && f.duration.Text == "" {
		f.duration.Duration = max(f.duration.Duration, r.End()) // all of its rows
	}
	run := &modeltime.Run{Neuron: n, DT: cfg.Loop.DT, Steps: int64(f.duration.Duration / cfg.Loop.DT), Input: in}
	if run.Steps < 1 {
		return usage.Errorf("--duration: must be at least one step, %s, got %q", config.FormatTime(cfg.Loop.DT), f.duration.Typed())
	}
	if !slices.Contains(modeltime.Formats(), f.format) {
		return usage.Errorf("--format: %s, got %q", formats, f.format)
	}
	run.Progress = modeltime.NewProgress(cmd.ErrOrStderr(), run.Steps)
	return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error { return run.Write(cmd.Context(), w, f.format) })
}

// source returns the input current of a neuron.
func (f *simFlags) source(stdin io.Reader, cfg *config.Config, n config.Neuron) (neuron.Input, error) {
	switch {
	case f.input != "":
		r, err := modeltime.Load(f.input, stdin, cfg.Loop.DT)
		switch {
		case errors.As(err, new(*fs.PathError)): // its text does not begin with the file's name
			return nil, usage.Errorf("--input: %w", err)
		case err != nil:
			return nil, usage.Error{Err: err}
		}
		return r, nil
	case f.current != "":
		i, err := currentOf("current", f.current)
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
