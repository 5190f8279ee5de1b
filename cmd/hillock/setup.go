package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/setup"
	"hillock/cmd/hillock/internal/value"
)

func newSetup() *cobra.Command {
	var f configFlags
	var o setup.Options
	cmd := &cobra.Command{
		Use:   "setup [FILE]",
		Short: "prepare a Raspberry Pi: buses, groups, service",
		Long: `setup prepares a Raspberry Pi for the configuration. It turns on the buses of the inputs and waits for their device
nodes. It adds you to the groups of the nodes and to the group hillock, which has real time, and checks the service. It
prints each step, changes only what is missing, and ends with the checks of 'hillock doctor' for you. Run it again at any
time. FILE - is standard input.

With --dry-run, setup changes nothing; on another machine it prints the steps for a new Raspberry Pi.`,
		Example: `  hillock setup --dry-run
  sudo hillock setup`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			return setup.Run(cmd.Context(), cmd.OutOrStdout(), cfg, setup.Here(), o)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.DryRun, "dry-run", false, "print the steps and change nothing")
	flags.Var(value.Text{To: &o.User, Kind: "name", Rule: "must be the name of a user"}, "user", "user to add to the groups (default: the user of sudo)")
	return cmd
}
