package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/setup"
)

func newSetup() *cobra.Command {
	var f configFlags
	var o setup.Options
	cmd := &cobra.Command{
		Use:   "setup [FILE]",
		Short: "ready a Raspberry Pi: turn its buses on, join the groups, check the service",
		Long: `setup readies a Raspberry Pi for the configuration: it turns on the buses that the inputs are on, puts you into the
groups of the device nodes, and looks at the service. It says each step, changes only what is not yet as it should be,
and ends with what doctor finds. It may be run again at any time.`,
		Example: `  hillock setup --dry-run
  sudo hillock setup`,
		Args: cobra.MaximumNArgs(1),
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
	flags.BoolVar(&o.DryRun, "dry-run", false, "say what would be done, and do nothing")
	flags.StringVar(&o.User, "user", "", "who is to run the neuron (default who called sudo)")
	return cmd
}
