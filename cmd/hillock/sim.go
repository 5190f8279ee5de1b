package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
	"hillock/neuron"
)

// simFlags are the flags of sim.
type simFlags struct {
	configFlags
	neuron, current, input, replay, format, out, worksheet string
	duration                                               value.Time
}

func newSim() *cobra.Command {
	f := simFlags{duration: value.Time{Duration: 2 * time.Second}, format: "summary"}
	cmd := &cobra.Command{
		Use:   "sim [FILE]",
		Short: "run the neurons in model time, as fast as it can",
		Long: `sim runs a configuration in model time, as fast as the machine can: all its neurons with their synapses and spike
inputs. It uses the same loop as run. Its generated and recorded currents play as in run; its knobs rest at position 0.4.
FILE - is standard input.

--neuron shows one neuron, such as n1, or n1.3 of a population; the others still run. --current or --input replaces its
inputs. The CSV file of --input has the header time_ms,current_na; each row holds until the next, and the current before
the first row is 0 nA. Of several neurons a trace has the columns n1.v_mv, n2.v_mv and so on.`,
		Example: `  hillock sim --current "2 nA" --duration 2s
  hillock sim --current "2 nA" --format trace --out trace.csv
  hillock sim --input knob.csv --format spikes
  hillock sim circuit.toml --neuron n2 --format trace
  hillock sim --worksheet 20`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	addNeuron(cmd, &f.neuron, "neuron to show (default: all)")
	addCurrent(cmd, &f.current, "current", "constant current in place of the neuron's inputs, such as \"2 nA\"")
	addFile(cmd, &f.input, "input", "read this current from a CSV file, - for standard input", "csv")
	addFile(cmd, &f.replay, "replay", "play the inputs of a recording by run --record", "csv")
	flags.Var(&f.duration, "duration", "stop after this model time; with --input, at its last row if that is later")
	flags.Var(value.Text{To: &f.format, Kind: "name", Rule: modeltime.FormatRule}, "format", "what to write: summary, spikes (one row each), trace (one row a step) or worksheet (one mark a step)")
	flags.VarP(value.Text{To: &f.out, Kind: "file", Rule: "must be a file's name"}, "out", "o", "write to this file, - for standard output (default: -)")
	flags.Var(value.Text{To: &f.worksheet, Kind: "number", Rule: "must be a number of mV"}, "worksheet", "print what the classroom program prints for this R_I, a number in mV")
	choices(cmd, "format", modeltime.Formats()...)
	return cmd
}

func (f *simFlags) run(cmd *cobra.Command, args []string) error {
	if err := exclusive(cmd, "current", "input", "replay", "worksheet"); err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "-" && f.input == "-" {
		return usage.Errorf("--input: standard input is already FILE: name a file for one of them")
	}
	if err := outfile.FlagData("out", f.out, append(args, f.input, f.replay)...); err != nil {
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
	if cfg, err = recording.Replay(cfg, f.replay); err != nil {
		return usage.Errorf("--replay: %w", err)
	}
	run := &modeltime.Run{Config: cfg}
	if run.Shown, err = modeltime.Select(cfg, f.neuron); err != nil {
		return usage.Errorf("--neuron: %w", err)
	}
	if run.Input, err = f.source(cmd.InOrStdin(), cfg, run.Shown); err != nil {
		return err
	}
	if r, ok := run.Input.(*modeltime.Recorded); ok && f.duration.Text == "" {
		f.duration.Duration = max(f.duration.Duration, r.End()) // all of its rows
	}
	if run.Steps = int64(f.duration.Duration / cfg.Loop.DT); run.Steps < 1 {
		return usage.Errorf("--duration: must be at least one step, %s, got %q", config.FormatTime(cfg.Loop.DT), f.duration.Typed())
	}
	if err := run.Check(f.format); err != nil {
		return usage.Errorf("--format: %w", err)
	}
	run.Warn(cmd.ErrOrStderr())
	run.Progress = modeltime.NewProgress(cmd.ErrOrStderr(), run.Steps)
	return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error { return run.Write(cmd.Context(), w, f.format) })
}

// source returns the current of --current or --input, or nil.
func (f *simFlags) source(stdin io.Reader, cfg *config.Config, shown modeltime.Selection) (neuron.Input, error) {
	switch {
	case f.current == "" && f.input == "":
		return nil, nil
	case shown.Table == modeltime.All:
		return nil, usage.Errorf("--current and --input replace the inputs of one neuron: choose one of %d with --neuron, such as --neuron %s", len(cfg.Neurons), cfg.Neurons[0].Name)
	case f.current != "":
		i, err := value.Current("current", f.current)
		return modeltime.Constant(i), err
	}
	r, err := modeltime.Load(f.input, stdin, cfg.Loop.DT)
	if errors.As(err, new(*fs.PathError)) { // its text does not begin with the file's name
		err = fmt.Errorf("--input: %w", err)
	}
	if err != nil {
		return nil, usage.Error{Err: err}
	}
	return r, nil
}
