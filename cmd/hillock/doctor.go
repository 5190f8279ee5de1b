package main

import (
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/checkup"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/value"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	configFlags
	hw, fault string
	back      value.Pairs
	json      bool
	wiresOnly bool
	jumpers   bool
	listen    bool
	trial     value.Time
}

func newDoctor() *cobra.Command {
	f := doctorFlags{fault: fault.None, back: value.Pairs{}, trial: value.Time{Duration: 5 * time.Second}}
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "check the set-up and the wires, and say what to do",
		Long: `doctor checks the machine, the user, the supply, the programs on the pins and the lateness of a loop. Then it
checks the wires part by part: whether each chip answers, whether all its bits arrive, and the voltage on its channels. On
a terminal it also asks whether knobs turn and LEDs light. For each failed check it prints what it saw, what that means
and what to do. It leaves pins and pulls as it found them, and outputs dark. The exit status is 1 after a failed check.

With --jumpers it finds the jumper wires from pin to pin. It pulses each output of driver pulse in turn, and listens at the
inputs of driver edge and at all free pins. It draws the wires as found, and compares them with the file. For wires between
two boards, first start doctor with --listen on the board with the inputs, then with --jumpers on the board with the outputs.

Stop a running hillock first: two programs cannot share the parts. FILE - is standard input.`,
		Example: `  hillock doctor
  hillock doctor --back led=GPIO27 my.toml
  hillock doctor --hw sim --fault cs-loose
  hillock doctor --jumpers left.toml
  hillock doctor --listen right.toml`,
		Args: atMost(1),
		RunE: f.run,
	}
	f.add(cmd)
	flags := cmd.Flags()
	addPi(cmd, &f.hw)
	flags.Var(value.Text{To: &f.fault, Kind: "name", Rule: "must be the ID of a fault"}, "fault", "fault to inject on the virtual Pi, to see what doctor finds; 'list' prints all faults")
	flags.Var(f.back, "back", "check an LED by a wire instead of by eye: `output=pin` names the output and a free pin with a wire to the output's pin, such as led=GPIO27")
	flags.BoolVar(&f.json, "json", false, "print the checks as JSON, and ask nothing")
	flags.BoolVar(&f.wiresOnly, "wires", false, "check the wires of the virtual Pi only, not this machine")
	flags.BoolVar(&f.jumpers, "jumpers", false, "find the jumper wires between pins, draw them, and compare them with the file; check nothing else")
	flags.BoolVar(&f.listen, "listen", false, "find the jumper wires from other boards, while doctor --jumpers runs there; Ctrl-C ends it early")
	flags.Var(&f.trial, "trial", "time to measure the lateness of a loop; 0s skips this check")
	complete(cmd, "fault", faultIDs)
	complete(cmd, "back", parts.LEDs)
	return cmd
}

func (f *doctorFlags) run(cmd *cobra.Command, args []string) error {
	if f.fault == "list" {
		return fault.List(cmd.OutOrStdout())
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	made, ok := fault.Named(f.fault)
	if !ok {
		return fault.UnknownName(f.fault)
	}
	c := &checkup.Checkup{Config: cfg, Pi: f.hw, Fault: made, Back: f.back, JSON: f.json, WiresOnly: f.wiresOnly, Jumpers: f.jumpers, Listen: f.listen, Trial: f.trial.Duration}
	if err := c.Check(f.fault, f.trial.Typed()); err != nil {
		return err
	}
	return c.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
}
