package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/neuron"
)

// runFlags are the flags of run.
type runFlags struct {
	configFlags
	hw, summary string
	duration    time.Duration
	plain       bool
	web         webFlags
	observers   []neuron.Observer // of the loop
}

func newRun() *cobra.Command { return new(runFlags).command() }

func (f *runFlags) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [FILE]",
		Short: "run the neuron in real time: knob in, pulses out",
		Long: `run integrates the neurons of the configuration in real time, reads their currents from the knobs, and
pulses a pin at every spike. Without FILE the built-in configuration runs (see 'hillock config init').

On a Raspberry Pi it takes the real pins and buses, elsewhere a virtual Pi with a knob on the screen: the arrow keys
turn it. On a terminal it is an oscilloscope: press ? for its keys. With --plain, and on a dumb terminal, it logs.
It ends after --duration, at q or Ctrl-C; the pins end low. SIGUSR1 prints how punctual it was so far. As a service
of systemd it reports how it does, and reads FILE again at SIGHUP; the summary is then that since the last time.`,
		Example: `  hillock run
  hillock run my.toml --duration 1m --summary result.json
  hillock run --set loop.speed=1 --set output.led.width="5 ms"
  hillock run --web                 also in a browser on this machine
  hillock run my.toml --web=:8080   in every browser of the network`,
		Args: cobra.MatchAll(f.web.args, cobra.MaximumNArgs(1)),
		RunE: f.run,
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "the `Pi` to run on: auto (the real hardware on a Pi, else the virtual Pi), real or sim")
	addDuration(cmd, &f.duration, "wall time to run (default until it is stopped)")
	flags.StringVar(&f.summary, "summary", "", "write the summary to this `file` as JSON")
	flags.BoolVar(&f.plain, "plain", false, "log lines also on a terminal, instead of the scope")
	f.web.add(cmd)
	choices(cmd, "hw", "auto", "real", "sim")
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.web.check(cmd); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("duration") && f.duration < cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least a tick, %v, got %v", cfg.Loop.Tick, f.duration)
	}
	if err := canWrite("summary", f.summary, args...); err != nil {
		return err
	}
	wall := clock.New()
	hw, err := choose(f.hw, cfg, wall)
	if err != nil {
		return err
	}
	return show.Run(cmd.Context(), cfg, hw, session.Options{Wall: wall, Duration: f.duration, Observers: f.observers}, f.options(cmd, args))
}

// options are how the run is shown.
func (f *runFlags) options(cmd *cobra.Command, args []string) show.Options {
	return show.Options{
		In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(), Plain: f.plain, Summary: f.summary, Version: versionLine(),
		Web: show.Web{Addr: f.web.addr, Token: f.web.given, Clients: f.web.clients, PerAddress: f.web.perAddress},
		Read: func() (*config.Config, error) {
			if len(args) == 0 {
				return nil, errors.New("there is no file to read again: the built-in configuration runs")
			}
			return f.load(cmd, args)
		},
	}
}

// choose returns the Pi that --hw asks for.
func choose(pi string, cfg *config.Config, wall *clock.Real) (session.Hardware, error) {
	switch pi {
	case "auto", "real", "sim":
		return session.Choose(pi, cfg, wall)
	}
	return session.Hardware{}, usage.Errorf("--hw: must be auto, real or sim, got %q", pi)
}
