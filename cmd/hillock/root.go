package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/usage"
)

// newRoot is the command tree. Its flags are values of their commands: nothing is shared between two trees.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hillock",
		Short: "a neuron you can wire",
		Long: `hillock is a neuron you can wire: a Raspberry Pi integrates the leaky integrate-and-fire equation, a knob
gives the current, and an LED blinks at every spike. Anywhere else a virtual Pi takes its place.`,
		Example: `  hillock run                       run the neuron: on a Pi the real one, elsewhere the virtual one
  hillock run my.toml --hw sim      your configuration on the virtual Pi
  hillock config init my.toml       write the commented configuration to change
  hillock sim --current "2 nA"      the same neuron in model time, as fast as it can
  hillock fi                        firing rate against current
  hillock bench                     how punctual this machine is`,
		Version:       versionLine(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	asksForCommand(root)
	root.SetVersionTemplate("{{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newRun(),
		newOff(),
		newSim(),
		newFI(),
		newBenchCommand(),
		newConfig(),
		newWiring(),
		newCalibrate(),
		newDoctor(),
		newSetup(),
		newVersion(),
		newMan(),
	)
	usageErrors(root)
	return root
}

// asksForCommand makes a command that only holds others: alone it shows its help.
func asksForCommand(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return fmt.Errorf("no command is called %q: did you mean %s?", args[0], strings.Join(near, " or "))
		}
		return fmt.Errorf("no command is called %q", args[0])
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// usageErrors makes what cobra finds wrong with a command line a usage error, with the way out.
func usageErrors(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage.Errorf("%w (see '%s --help')", err, c.CommandPath())
	})
	if args := cmd.Args; args != nil {
		cmd.Args = func(c *cobra.Command, a []string) error {
			if err := args(c, a); err != nil {
				return usage.Errorf("%w (see '%s --help')", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		usageErrors(c)
	}
}
