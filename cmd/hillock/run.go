package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/neuron"
)

// runFlags are the flags of run.
type runFlags struct {
	configFlags
	hw, summary string
	duration    time.Duration
	plain       bool
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [FILE]",
		Short: "run the neuron in real time: knob in, pulses out",
		Long: `run integrates the neurons of the configuration in real time, reads their currents from the knobs, and
pulses a pin at every spike. Without FILE the built-in configuration runs (see 'hillock config init').

On a Raspberry Pi it takes the real pins and buses, elsewhere a virtual Pi with a knob on the screen: the arrow keys
turn it. It ends after --duration, at q or Ctrl-C; the pins end low.`,
		Example: `  hillock run
  hillock run my.toml --duration 1m --summary result.json
  hillock run --set loop.speed=1 --set output.led.width="5 ms"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "auto (the real hardware on a Pi, else the virtual Pi), real or sim")
	addDuration(cmd, &f.duration, "wall time to run (default until it is stopped)")
	flags.StringVar(&f.summary, "summary", "", "write the summary to this file as JSON")
	flags.BoolVar(&f.plain, "plain", false, "log lines also on a terminal")
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, args []string) error {
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("duration") && f.duration < cfg.Loop.Tick {
		return usagef("--duration: must be at least a tick, %v, got %v", cfg.Loop.Tick, f.duration)
	}
	if err := canWrite("summary", f.summary); err != nil {
		return err
	}
	wall := clock.New()
	where, virtual, err := f.hardware(cfg, wall)
	if err != nil {
		return err
	}
	if virtual != nil {
		defer virtual.Close()
	}
	return f.runOn(cmd, cfg, wall, where, virtual)
}

// runOn runs on the Pi that periph's registries hold. However it ends, the pins are low and released.
func (f *runFlags) runOn(cmd *cobra.Command, cfg *config.Config, wall *clock.Wall, where string, virtual *board.Virtual) (err error) {
	b, err := board.Open(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	loop, err := assemble(cfg, b, wall)
	if err != nil {
		return err
	}
	loop.Ticks = ticksIn(f.duration, loop.Tick)
	m := newMonitor(loop)
	loop.Observers = append(loop.Observers, m)

	v := &view{cfg: cfg, board: b, virtual: virtual, monitor: m, where: where}
	show := v.log
	if !f.plain && isTerminal(cmd.OutOrStdout()) && isTerminal(cmd.InOrStdin()) && os.Getenv("TERM") != "dumb" {
		show = v.live
	}
	v.onWall(loop, wall)
	start := wall.Now()
	err = live(cmd.Context(), loop, cmd, show)
	took := wall.Now() - start
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if err := errors.Join(err, wall.Leave()); err != nil {
		return err
	}
	s := summarize(cfg, loop.Cells, b, m, took)
	if f.summary != "" { // first: nobody may be left to read the text
		if err := writeFile(f.summary, cmd.OutOrStdout(), s.json); err != nil {
			return err
		}
	}
	return s.text(cmd.OutOrStdout(), cfg, v.faults())
}

// hardware chooses the Pi that the parts are opened on, and tells which in a few words.
func (f *runFlags) hardware(cfg *config.Config, wall *clock.Wall) (where string, virtual *board.Virtual, err error) {
	pi := board.OnPi()
	hw := f.hw
	switch {
	case hw == "auto" && pi != "":
		hw = "real"
	case hw == "auto":
		hw = "sim"
		where = " (no Raspberry Pi here)"
	}
	switch hw {
	case "real":
		if pi == "" {
			pi = "the pins and buses of this machine"
		}
		return pi, nil, board.Real()
	case "sim":
		virtual, err = board.NewVirtual(cfg, wall)
		return "the virtual Pi" + where, virtual, err
	}
	return "", nil, usagef("--hw: must be auto, real or sim, got %q", f.hw)
}

// live runs the loop while show shows it on this goroutine, until either ends. When it returns, or panics, the loop has
// ended, so that the caller can leave the pins low.
func live(ctx context.Context, loop *neuron.Loop, cmd *cobra.Command, show func(context.Context, *cobra.Command) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		_, err := loop.Run(ctx)
		ended <- err
	}()
	defer func() {
		cancel()
		err = errors.Join(<-ended, err)
	}()
	return show(ctx, cmd)
}

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
