package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/prompt"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	configFlags
	hw, fault string
	back      map[string]string
	json      bool
	wiresOnly bool
	trial     time.Duration
}

func newDoctor() *cobra.Command {
	f := doctorFlags{trial: 5 * time.Second}
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "look for what is wrong with the set-up and the wires",
		Long: `doctor checks what the configuration needs: this machine and this user, the supply, who holds the pins, how late a
loop is here; and then the wires, part by part: whether each chip answers, whether every bit of it comes over, what is on
its channels, and on a terminal, by asking, whether knobs turn and LEDs light. Of each check that failed it says what was
seen, what that means, and what to do. Pins and pulls are left as they were, outputs dark. The exit status is 1 when a
check failed.

It cannot share the parts with a hillock that runs: end that first.`,
		Example: `  hillock doctor
  hillock doctor --back led=GPIO27 my.toml
  hillock doctor --hw sim --fault "CE one row too high"`,
		Args: cobra.MaximumNArgs(1),
		RunE: f.run,
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "the `Pi` whose wires are checked: auto, real or sim, as for run")
	flags.StringVar(&f.fault, "fault", "none", "what is wrong with the wires of the virtual Pi, to see what doctor makes of it: "+strings.Join(fault.Names(), "; "))
	flags.StringToStringVar(&f.back, "back", nil, "an output and the free pin that a second wire leads back to from its pin, so that nobody need look: `led=GPIO27`")
	flags.BoolVar(&f.json, "json", false, "print the checks as JSON, and ask nothing")
	flags.BoolVar(&f.wiresOnly, "wires", false, "look at the wires of the virtual Pi alone, not at this machine")
	flags.Var((*durationFlag)(&f.trial), "trial", "for how long to try how late a loop is here; 0s for not at all")
	choices(cmd, "hw", "auto", "real", "sim")
	choices(cmd, "fault", fault.Names()...)
	return cmd
}

func (f *doctorFlags) run(cmd *cobra.Command, args []string) error {
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if err := f.check(cfg); err != nil {
		return err
	}
	out := findings.New(cmd.OutOrStdout())
	out.JSON = f.json
	host := doctor.Here()
	if !f.wiresOnly {
		for _, found := range host.SetUp(cfg) {
			out.Add(found)
		}
		if f.trial > 0 && cmd.Context().Err() == nil {
			out.Add(lateness(cmd.Context(), cfg, f.trial))
		}
	}
	if err := f.wires(cmd, cfg, host, out); err != nil {
		return errors.Join(err, out.Close())
	}
	if cmd.Context().Err() != nil {
		return errors.Join(errors.New("stopped before the end"), out.End())
	}
	return out.End()
}

// check holds the flags against the configuration.
func (f *doctorFlags) check(cfg *config.Config) error {
	made, ok := fault.Named(f.fault)
	if !ok {
		return usage.Errorf("--fault: must be one of %s, got %q", strings.Join(fault.Names(), "; "), f.fault)
	}
	if f.trial != 0 && f.trial < 10*cfg.Loop.Tick {
		return usage.Errorf("--trial: must be at least ten ticks, %v, or 0s for none, got %v", 10*cfg.Loop.Tick, f.trial)
	}
	if part := made.Lacks(cfg); part != "" {
		return usage.Errorf("--fault: %q is of %s, and the configuration has none", f.fault, part)
	}
	real := f.hw == "real" || f.hw == "auto" && board.OnPi() != ""
	switch {
	case !slices.Contains([]string{"auto", "real", "sim"}, f.hw):
		return usage.Errorf("--hw: must be auto, real or sim, got %q", f.hw)
	case real && f.fault != "none":
		return usage.Errorf("--fault: is of the virtual Pi: add --hw sim")
	case real && f.wiresOnly:
		return usage.Errorf("--wires: is of the virtual Pi: add --hw sim")
	}
	taken := map[string]string{}
	for _, out := range cfg.Outputs {
		for _, pin := range config.Pins(out.Part) {
			taken[pin] = "output " + out.Name + "'s"
		}
	}
	for _, in := range cfg.Inputs {
		for _, pin := range config.Pins(in.Part) {
			taken[pin] = "input " + in.Name + "'s"
		}
	}
	for _, port := range cfg.Ports() {
		for role, pin := range config.PortPins(port) {
			taken[pin] = port + "'s " + role
		}
	}
	for name, pin := range f.back {
		i := slices.IndexFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == name && parts.IsLED(out) })
		switch {
		case i < 0:
			return usage.Errorf("--back: no output of driver pulse is called %q", name)
		case !strings.HasPrefix(pin, "GPIO") || config.Position(pin) == 0:
			return usage.Errorf("--back %s=%s: must be a pin of the header such as GPIO27", name, pin)
		case taken[pin] != "":
			return usage.Errorf("--back %s=%s: must be a free pin, and that is %s", name, pin, taken[pin])
		}
		taken[pin] = "where a wire from " + name + " leads back to"
	}
	return nil
}

// wires checks the wires, if the set-up lets it.
func (f *doctorFlags) wires(cmd *cobra.Command, cfg *config.Config, host doctor.Host, out *findings.Report) error {
	if reason := out.Unready(cfg); reason != "" {
		out.Add(doctor.Finding{Check: "wires", Result: doctor.NotPossible, Seen: "not looked at: " + reason})
		return nil
	}
	hw, err := choose(f.hw, cfg, clock.New())
	if err != nil {
		return err
	}
	b := doctor.Bench{Config: cfg, Pi: hw.Pi, Back: f.back}
	if virtual := hw.Virtual; virtual != nil {
		made, _ := fault.Named(f.fault)
		made.Apply(virtual)
		for name, back := range f.back {
			i := slices.IndexFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == name })
			virtual.Join(config.Pins(cfg.Outputs[i].Part)[0], back)
		}
		b.Hand = virtual
	} else {
		b.Held = host.Held()
		if !f.json && terminal.Is(cmd.InOrStdin()) && terminal.Is(cmd.OutOrStdout()) {
			b.Hand = &prompt.Visitor{Keys: prompt.NewKeys(cmd.Context(), cmd.InOrStdin()), Printer: out.Printer}
		}
	}
	if !f.json {
		out.Printf("\nthe wires of %s\n", hw.Where)
	}
	for found := range b.Wires(cmd.Context()) {
		out.Add(found)
	}
	return nil
}

// lateness tries for a while how late the loop is here, without a part on it.
func lateness(ctx context.Context, cfg *config.Config, d time.Duration) doctor.Finding {
	f := doctor.Finding{Check: "lateness", Result: doctor.Failed}
	alone := *cfg
	alone.Inputs, alone.Outputs, alone.Neurons = nil, nil, slices.Clone(cfg.Neurons)
	for i := range alone.Neurons {
		alone.Neurons[i].Inputs = nil
	}
	wall := clock.New()
	run, err := session.Open(ctx, &alone, session.Hardware{}, session.Options{Wall: wall, Duration: d}) // there is nothing to open
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	end, err := run.Run(ctx, session.Unseen)
	if err = errors.Join(err, ctx.Err(), run.Close()); err != nil {
		f.Result, f.Seen = doctor.NotPossible, "not tried to the end: "+err.Error()
		return f
	}
	late := end.Times.Late
	f.Seen = fmt.Sprintf("%d of %d ticks of %v in %v; late %s", end.Tick.Run(), end.Tick.Due, alone.Loop.Tick, d, late)
	tick := float64(alone.Loop.Tick) / 1e3
	switch {
	case end.Tick.Run() < end.Tick.Due:
		f.Means = "this machine does not keep such a tick: the neuron runs in slow motion"
		f.Do = "end what else runs, grant real time, or take a longer tick"
	case late.P99 > tick:
		f.Means = "1 in 100 ticks begins more than a whole one late"
		f.Do = "end what else runs, or grant real time; hillock bench has more"
	default:
		f.Result = doctor.Passed
	}
	return f
}
