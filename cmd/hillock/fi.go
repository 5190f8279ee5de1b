package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/fi"
	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/usage"
)

// fiFlags are the flags of fi.
type fiFlags struct {
	configFlags
	neuron, from, to, csv, plot string
	points                      int
	duration                    time.Duration
}

func newFI() *cobra.Command {
	f := fiFlags{points: 51, duration: 10 * time.Second}
	cmd := &cobra.Command{
		Use:   "fi [FILE]",
		Short: "firing rate against input current",
		Long: `fi runs one neuron of the configuration from rest under each of a row of constant currents, in model time, and
sets its firing rate, spikes over model time, beside the two that mathematics predicts: rate_discrete_hz of the steps of
dt that the neuron takes, rate_exact_hz of the continuous equation.

On a terminal it draws the curve, elsewhere it prints it as CSV; --csv and --plot write files. Where the membrane comes
to the threshold and not past it, as at the rheobase itself, the rounding of the arithmetic decides what fires.`,
		Example: `  hillock fi                            draw the curve in the terminal
  hillock fi --csv fi.csv --plot fi.svg
  hillock fi --from "1.4 nA" --to "1.6 nA" --points 201 --duration 60s
  hillock fi --set neuron.n1.t_ref="5 ms" --plot refractory.png`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.neuron, "neuron", "", "which neuron (default the first by name)")
	flags.StringVar(&f.from, "from", "0 nA", "the first current")
	flags.StringVar(&f.to, "to", "5 nA", "the last current")
	flags.IntVar(&f.points, "points", f.points, "how many currents, the first and the last included")
	addDuration(cmd, &f.duration, "model time of each point")
	flags.StringVar(&f.csv, "csv", "", "write the numbers to this file, - for standard output")
	flags.StringVar(&f.plot, "plot", "", "draw the curve to this file, .svg or .png")
	return cmd
}

// The bounds of a sweep. So many steps take a laptop some minutes, and a Pi Zero hours.
const (
	maxFIPoints       = 100_000
	maxFISteps  int64 = 100_000_000_000 // of all points together
)

func (f *fiFlags) run(cmd *cobra.Command, args []string) error {
	from, to, err := f.check(cmd)
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
	c := &fi.Curve{DT: cfg.Loop.DT, Currents: fi.Decimals(from, to, f.points)}
	if c.Neuron, err = pick(cfg, f.neuron); err != nil {
		return err
	}
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

// check checks what needs no configuration, and reads the ends of the sweep.
func (f *fiFlags) check(cmd *cobra.Command) (from, to float64, err error) {
	if from, err = currentFlag("from", f.from); err != nil {
		return 0, 0, err
	}
	if to, err = currentFlag("to", f.to); err != nil {
		return 0, 0, err
	}
	changed := cmd.Flags().Changed
	switch {
	case !(from < to):
		return 0, 0, usage.Errorf("--to: must be more than --from, %q, got %q (for one current there is 'hillock sim')", f.from, f.to)
	case f.points < 2 || f.points > maxFIPoints:
		return 0, 0, usage.Errorf("--points: must be from 2 to %d, got %d", maxFIPoints, f.points)
	case changed("csv") && f.csv == "":
		return 0, 0, usage.Errorf(`--csv: must be a file's name, or - for standard output, got ""`)
	case checkPlot(cmd, f.plot) != nil:
		return 0, 0, checkPlot(cmd, f.plot)
	case f.plot != "" && f.plot == f.csv:
		return 0, 0, usage.Errorf("--plot: must be another file than --csv, got %q for both", f.plot)
	}
	return from, to, nil
}

// steps is how many steps each point runs.
func (f *fiFlags) steps(dt time.Duration) (int64, error) {
	steps := int64(f.duration / dt)
	if steps < 1 {
		return 0, usage.Errorf("--duration: must be at least dt, %v, got %v", dt, f.duration)
	}
	if most := maxFISteps / int64(f.points); steps > most {
		longest := time.Duration(most) * dt
		if longest > time.Minute {
			longest = longest.Truncate(time.Second)
		}
		fits := fmt.Sprintf("--duration %v", longest)
		if points := maxFISteps / steps; points >= 2 {
			fits += fmt.Sprintf(", or --points %d", points)
		}
		return 0, usage.Errorf("--duration: %d points of %v must be at most %g steps of %v in all, got %.3g: %s would fit",
			f.points, f.duration, float64(maxFISteps), dt, float64(f.points)*float64(steps), fits)
	}
	return steps, nil
}
