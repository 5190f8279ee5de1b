package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/fi"
	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
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

// Bounds of a sweep. The largest one takes minutes on a laptop, and hours on a Pi Zero.
const (
	maxFIPoints       = 100_000
	maxFISteps  int64 = 100_000_000_000 // of all points together
)

func (f *fiFlags) run(cmd *cobra.Command, args []string) error {
	from, to, err := f.check()
	if err != nil {
		return err
	}
	if err := errors.Join(canWrite("csv", f.csv, args...), canWrite("plot", f.plot, args...)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	c := &fi.Curve{Named: len(cfg.Neurons) > 1, DT: cfg.Loop.DT, Currents: fi.Decimals(from, to, f.points)}
	if c.Neuron, err = pick(cfg, f.neuron); err != nil {
		return err
	}
	c.Neuron.Count = 1 // of a population too
	if c.Steps, err = f.steps(cfg.Loop.DT); err != nil {
		return err
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
	if from, err = currentOf("from", f.from); err != nil {
		return 0, 0, err
	}
	if to, err = currentOf("to", f.to); err != nil {
		return 0, 0, err
	}
	switch {
	case !(from < to):
		return 0, 0, usage.Errorf("--to: must be more than --from, %q, got %q ('hillock sim' runs a single current)", f.from, f.to)
	case f.points < 2 || f.points > maxFIPoints:
		return 0, 0, usage.Errorf("--points: must be from 2 to %d, got %d", maxFIPoints, f.points)
	case checkPlot(f.plot) != nil:
		return 0, 0, checkPlot(f.plot)
	}
	return from, to, differ("plot", f.plot, "csv", f.csv)
}

// steps returns the number of steps of each point.
func (f *fiFlags) steps(dt time.Duration) (int64, error) {
	steps := int64(f.duration.Duration / dt)
	if steps < 1 {
		return 0, usage.Errorf("--duration: must be at least one step, %s, got %q", config.FormatTime(dt), f.duration.Typed())
	}
	if most := maxFISteps / int64(f.points); steps > most {
		longest := time.Duration(most) * dt
		if longest > time.Minute {
			longest = longest.Truncate(time.Second)
		}
		fits := fmt.Sprintf("--duration %q", config.FormatTime(longest))
		if points := maxFISteps / steps; points >= 2 {
			fits += fmt.Sprintf(", or --points %d", points)
		}
		return 0, usage.Errorf("--duration: %d points of %s must take at most %g steps of %s in all, got %.3g: try %s",
			f.points, f.duration.String(), float64(maxFISteps), config.FormatTime(dt), float64(f.points)*float64(steps), fits)
	}
	return steps, nil
}
