package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/bench"
	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/release"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
	"hillock/hw/clock"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	configFlags
	hw, json, plot, report string
	tick                   string // as typed
	duration               value.Time
}

func newBenchCommand() *cobra.Command {
	f := benchFlags{duration: value.Time{Duration: 30 * time.Second}}
	cmd := &cobra.Command{
		Use:   "bench [FILE]",
		Short: "measure how punctual this machine is",
		Long: `bench runs the configuration in real time and measures its loop: the lateness of the ticks, the time of reads and
pulses, lost ticks, processor time and memory. Then it counts how many ticks of the same length Go's plain time.Ticker
delivers in the same time. FILE - is standard input.

--report writes the figures with the machine, its kernel and its settings, as TOML to read and to send to the project:
figures of real Pis are welcome. The report has no serial number and no address, and names no computer, user or file.`,
		Example: `  hillock bench
  hillock bench --report report.toml    a report to send
  hillock bench --tick "100 us" --duration 10s --json bench.json
  hillock bench --set loop.spin=off`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	addPi(cmd, &f.hw)
	flags.Var(value.Text{To: &f.tick, Kind: "time", Rule: `must be a time such as "1 ms"`}, "tick", "tick to measure (default: loop.tick of the configuration)")
	flags.Var(&f.duration, "duration", "time to measure, and then to compare")
	addFile(cmd, &f.json, "json", "write the figures as JSON to this file, - for standard output", "json")
	addPlot(cmd, &f.plot, "draw the lateness to this file, .svg or .png")
	addFile(cmd, &f.report, "report", "write a report to send to this file, - for standard output", "toml")
	return cmd
}

func (f *benchFlags) run(cmd *cobra.Command, args []string) error {
	if err := chart.CheckFile(f.plot); err != nil {
		return usage.Errorf("--plot: %w", err)
	}
	if err := errors.Join(outfile.Differ("plot", f.plot, "json", f.json), outfile.Differ("report", f.report, "json", f.json), outfile.Differ("report", f.report, "plot", f.plot)); err != nil {
		return err
	}
	if err := errors.Join(outfile.FlagData("json", f.json, args...), outfile.FlagData("plot", f.plot, args...), outfile.FlagTOML("report", f.report, args...)); err != nil {
		return err
	}
	f.sets = append([]string{"loop.speed=1"}, f.sets...)
	f.key("loop.tick", "tick", f.tick)
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if f.duration.Duration < 10*cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least ten ticks, %s, got %q", config.FormatTime(10*cfg.Loop.Tick), f.duration.Typed())
	}
	realTime := clock.New()
	hw, err := choose(f.hw, cfg, realTime)
	if err != nil {
		return err
	}
	host := bench.Here()
	before := host.State()
	r, err := bench.Measure(cmd.Context(), cmd.ErrOrStderr(), cfg, hw, realTime, f.duration.Duration)
	if errors.Is(err, bench.ErrInterrupted) && f.report != "" {
		return fmt.Errorf("no report: %w", err)
	}
	if err != nil {
		return err
	}
	return r.Show(cmd.OutOrStdout(), cmd.ErrOrStderr(),
		bench.Files{JSON: f.json, Plot: f.plot, Report: f.report, Shared: r.Share(release.Line(version), cfg, hw, host, before, runtime.NumCPU())})
}
