package main

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/release"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/neuron"
)

// runFlags are the flags of run.
type runFlags struct {
	configFlags
	hw, summary, format string
	record, replay      string
	duration            value.Time
	plain, verbose      bool
	web                 webFlags
	class               classFlags
	observers           []neuron.Observer // of the loop
}

func newRun() *cobra.Command { return new(runFlags).command() }

func (f *runFlags) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [FILE]",
		Short: "run the neurons in real time: knob in, pulses out",
		Long: `run integrates the neurons and synapses of the configuration in real time. It reads the input currents from the knobs
and pulses a pin at every spike. Without FILE it runs the built-in configuration (see 'hillock config init'). FILE - is
standard input.

On a Raspberry Pi, run uses the real pins and buses. Elsewhere it uses a virtual Pi, and the arrow keys turn its knob. A
terminal shows an oscilloscope; ? lists its keys. With --plain, or on a dumb terminal, run prints one line a second for
each neuron; more than three share a line. --log-format prints records for programs: text (key=value, the default of a
systemd service) or json.

The log goes to standard error, the summary to standard output. Of one neuron the summary has five lines: time, spikes,
prediction, pulses and lateness. --verbose adds percentiles. --summary FILE writes all figures as JSON; "schema" names its form.
--record FILE writes the currents of all inputs and the received spikes. With --replay FILE, run and sim have the same spikes again.

With --class NAME, run joins a class: it sends its spikes to the hub of the class, and receives those of other boards. It finds
the hub on this network by itself; --broker gives an address instead.

run ends after --duration, at q or at Ctrl-C, and leaves all pins low. It also ends when its log has no reader any more,
with exit status 1; a systemd service keeps running. SIGUSR1 prints the lateness so far. Under systemd, run reports its state
and reads FILE again at SIGHUP; each summary then begins at the last reload. Elsewhere, start run again for a changed FILE.`,
		Example: `  hillock run
  hillock run my.toml --duration 1min --summary result.json
  hillock run --set loop.speed=1 --set output.led.width="5 ms"
  hillock run --plain 2>run.log     write the log to a file
  hillock run --web                 also show it in a browser on this machine
  hillock run my.toml --web=:8080   show it in every browser on the network
  hillock run --class 9b --board mara --code-file 9b.code`,
		Args: cobra.MatchAll(f.web.args, atMost(1)),
		RunE: f.run,
	}
	f.add(cmd)
	addPi(cmd, &f.hw)
	cmd.Flags().Var(&f.duration, "duration", "stop after this time (default: run until stopped)")
	addFile(cmd, &f.summary, "summary", "write the summary as JSON to this file, - for standard output", "json")
	addFile(cmd, &f.record, "record", "write the inputs of the run to this file, for --replay", "csv")
	addFile(cmd, &f.replay, "replay", "play the inputs of this recording in place of the parts", "csv")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print percentiles in the summary too")
	cmd.Flags().BoolVar(&f.plain, "plain", false, "print a line a second on a terminal too, instead of the oscilloscope")
	cmd.Flags().Var(value.Text{To: &f.format, Kind: "name", Rule: "must be text or json"}, "log-format", "print the log as records for programs: text or json")
	choices(cmd, "log-format", "text", "json")
	f.web.add(cmd)
	f.class.add(cmd)
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, args []string) error {
	if err := cmp.Or(f.web.check(cmd), f.class.check(cmd, &f.configFlags)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	inClass, err := f.class.options(cmd, cfg.Net)
	if err != nil {
		return err
	}
	if f.duration.Text != "" && f.duration.Duration < cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least one tick, %s, got %q", config.FormatTime(cfg.Loop.Tick), f.duration.Text)
	}
	if f.format != "" && f.format != string(terminal.Text) && f.format != string(terminal.JSON) {
		return usage.Errorf("--log-format: must be text or json, got %q", f.format)
	}
	if cfg, err = recording.Replay(cfg, f.replay); err != nil {
		return usage.Errorf("--replay: %w", err)
	}
	if err := cmp.Or(outfile.FlagData("summary", f.summary, append(args, f.class.codeFile)...), outfile.FlagData("record", f.record, append(args, f.replay, f.class.codeFile)...), outfile.Differ("record", f.record, "summary", f.summary)); err != nil {
		return err
	}
	release, err := outfile.Hold(f.summary)
	if err != nil {
		return usage.Errorf("--summary: %w", err)
	}
	defer release()
	realTime := clock.New()
	hw, err := choose(f.hw, cfg, realTime)
	if err != nil {
		return err
	}
	return show.Run(cmd.Context(), cfg, hw, session.Options{RealTime: realTime, Duration: f.duration.Duration, Observers: f.observers, Class: inClass}, f.options(cmd, args))
}

// options returns the options of the displays.
func (f *runFlags) options(cmd *cobra.Command, args []string) show.Options {
	return show.Options{
		In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(), Version: release.Line(version),
		Plain: f.plain, Format: terminal.Format(f.format), Verbose: f.verbose, Summary: f.summary, Record: f.record,
		Web: show.Web{Addr: f.web.addr, Token: f.web.given, Clients: f.web.clients, PerAddress: f.web.perAddress},
		Read: func() (*config.Config, error) {
			switch {
			case len(args) == 0:
				return nil, errors.New("no file to reload: the built-in configuration runs")
			case args[0] == "-":
				return nil, errors.New("no file to reload: the configuration came from standard input")
			case f.replay != "":
				return nil, errors.New("no reload of a replay: start the run again")
			}
			return f.load(cmd, args)
		},
	}
}

// choose returns the Pi of --hw.
func choose(pi string, cfg *config.Config, realTime *clock.Real) (session.Hardware, error) {
	switch pi {
	case "auto", "real", "sim":
		return session.Choose(pi, cfg, realTime)
	}
	return session.Hardware{}, usage.Errorf("--hw: must be auto, real or sim, got %q", pi)
}
