package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/bench"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	configFlags
	hw, json, plot string
	tick, duration time.Duration
}

func newBenchCommand() *cobra.Command {
	f := benchFlags{duration: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "bench [FILE]",
		Short: "measure how punctual this machine is",
		Long: `bench runs the configuration at life's speed for a while and measures its loop: how late the ticks began, how long
reads and pulses took, what was lost, and what it cost. Then, for comparison, it counts for as long how many ticks of
the same length a plain time.Ticker of Go delivers.`,
		Example: `  hillock bench
  hillock bench --tick 100us --duration 10s --json bench.json
  hillock bench --set loop.spin=off`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "auto, real or sim, as for run")
	flags.Var((*durationFlag)(&f.tick), "tick", "the tick to measure (default the configuration's)")
	flags.Lookup("tick").DefValue = ""
	addDuration(cmd, &f.duration, "how long to measure, and then to compare")
	flags.StringVar(&f.json, "json", "", "write the figures to this file as JSON")
	flags.StringVar(&f.plot, "plot", "", "draw the lateness to this file, .svg or .png")
	choices(cmd, "hw", "auto", "real", "sim")
	return cmd
}

func (f *benchFlags) run(cmd *cobra.Command, args []string) error {
	if err := checkPlot(cmd, f.plot); err != nil {
		return err
	}
	if err := errors.Join(canWrite("json", f.json, args...), canWrite("plot", f.plot, args...)); err != nil {
		return err
	}
	f.sets = append([]string{"loop.speed=1"}, f.sets...)
	tick := cmd.Flags().Changed("tick")
	if tick {
		f.sets = append(f.sets, "loop.tick="+f.tick.String())
	}
	cfg, err := f.load(cmd, args)
	if problems := (config.Problems)(nil); tick && errors.As(err, &problems) {
		for i := range problems {
			if problems[i].Set == "loop.tick" {
				problems[i].Set, problems[i].Key = "", "--tick"
			}
		}
	}
	if err != nil {
		return err
	}
	if f.duration < 10*cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least ten ticks, %v, got %v", 10*cfg.Loop.Tick, f.duration)
	}
	wall := clock.New()
	hw, err := choose(f.hw, cfg, wall)
	if err != nil {
		return err
	}
	r, err := bench.Measure(cmd.Context(), cmd.ErrOrStderr(), cfg, hw, wall, f.duration)
	if err != nil {
		return err
	}
	return r.Report(cmd.OutOrStdout(), bench.Files{JSON: f.json, Plot: f.plot})
}
