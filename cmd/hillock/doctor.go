package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/checkup"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
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
	made, _ := fault.Named(f.fault)
	c := &checkup.Checkup{Config: cfg, Pi: f.hw, Fault: made, Back: f.back, JSON: f.json, WiresOnly: f.wiresOnly, Trial: f.trial}
	return c.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
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
	return checkup.CheckBack(cfg, f.back)
}
