package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/fi"
	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
)

// fiFlags are the flags of fi.
type fiFlags struct {
	configFlags
	neuron, from, to, csv, plot string
	points                      int
	duration                    value.Time
}

func newFI() *cobra.Command {
	f := fiFlags{points: 51, from: "0 nA", to: "5 nA", duration: value.Time{Duration: 10 * time.Second}}
	cmd := &cobra.Command{
		Use:   "fi [FILE]",
		Short: "measure firing rate against input current",
		Long: `fi measures the firing rate of one neuron under constant input currents, alone: without its synapses. Each current is
one run from rest in model time, and the rate is the number of spikes over model time. Beside it stand two predicted
rates: rate_discrete_hz of a neuron that takes steps of dt, and rate_exact_hz of the continuous equation.

On a terminal fi draws the curve, elsewhere it prints CSV; --csv and --plot write files. At the rheobase the membrane only
just reaches the threshold: there, floating-point rounding decides whether the neuron fires. FILE - is standard input.`,
		Example: `  hillock fi                            draw the curve in the terminal
  hillock fi --csv fi.csv --plot fi.svg
  hillock fi --from "1.4 nA" --to "1.6 nA" --points 201 --duration 60s
  hillock fi --set neuron.n1.t_ref="5 ms" --plot refractory.png`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	addNeuron(cmd, &f.neuron, "neuron to measure (default: the first by name)")
	addCurrent(cmd, &f.from, "from", "first current")
	addCurrent(cmd, &f.to, "to", "last current")
	cmd.Flags().IntVar(&f.points, "points", f.points, "`number` of currents, first and last included")
	cmd.Flags().Var(&f.duration, "duration", "model time of each point")
	addFile(cmd, &f.csv, "csv", "write the rates as CSV to this file, - for standard output", "csv")
	addPlot(cmd, &f.plot, "draw the curve to this file, .svg or .png")
	return cmd
}

func (f *fiFlags) run(cmd *cobra.Command, args []string) error {
	from, to, err := f.check()
	if err != nil {
		return err
	}
	if err := errors.Join(outfile.FlagData("csv", f.csv, args...), outfile.FlagData("plot", f.plot, args...)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	c := &fi.Curve{Named: len(cfg.Neurons) > 1, DT: cfg.Loop.DT, Currents: fi.Decimals(from, to, f.points)}
	if c.Neuron, err = modeltime.Neuron(cfg, f.neuron); err != nil {
		return usage.Errorf("--neuron: %w", err)
	}
	c.Neuron.Count = 1 // of a population too
	if c.Steps, err = fi.Steps(f.duration, cfg.Loop.DT, f.points); err != nil {
		return usage.Errorf("--duration: %w", err)
	}
	bar := modeltime.NewProgress(cmd.ErrOrStderr(), c.Steps*int64(f.points))
	err = c.Measure(cmd.Context(), bar)
	if bar != nil {
		bar.Done()
	}
	if err != nil {
		return err
	}
	return c.Show(cmd.OutOrStdout(), cmd.ErrOrStderr(), fi.Files{CSV: f.csv, Plot: f.plot})
}

// check checks the flags before the configuration is read, and returns both ends of the sweep, in nA.
func (f *fiFlags) check() (from, to float64, err error) {
	if from, err = value.Current("from", f.from); err != nil {
		return 0, 0, err
	}
	if to, err = value.Current("to", f.to); err != nil {
		return 0, 0, err
	}
	switch {
	case !(from < to):
		return 0, 0, usage.Errorf("--to: must be more than --from, %q, got %q ('hillock sim' runs a single current)", f.from, f.to)
	case f.points < 2 || f.points > fi.MaxPoints:
		return 0, 0, usage.Errorf("--points: must be from 2 to %d, got %d", fi.MaxPoints, f.points)
	}
	if err := chart.CheckFile(f.plot); err != nil {
		return 0, 0, usage.Errorf("--plot: %w", err)
	}
	return from, to, outfile.Differ("plot", f.plot, "csv", f.csv)
}
