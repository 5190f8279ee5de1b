package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/help"
	"hillock/cmd/hillock/internal/release"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/value"
	"hillock/config"
)

// newRoot returns the command tree. Each flag is a value of its command: two trees share nothing.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hillock",
		Short: "a neuron you can wire",
		Long: `hillock is a neuron you can wire. A Raspberry Pi integrates the leaky integrate-and-fire equation. A knob sets
the input current, and an LED blinks at every spike. On any other machine hillock runs on a virtual Pi.`,
		Example: `  hillock run                      run the neuron in real time
  hillock run my.toml --hw sim     run your configuration on the virtual Pi
  hillock config init my.toml      write a commented configuration to edit
  hillock sim --current "2 nA"     run the neuron as fast as possible
  hillock fi                       draw firing rate against input current
  hillock bench                    measure how punctual this machine is`,
		Version:       release.Line(version),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	group(root)
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		newRun(),
		newOff(),
		newHub(),
		newWall(),
		newSim(),
		newExample(),
		newExport(),
		newFI(),
		newBenchCommand(),
		newSwarm(),
		newConfig(),
		newWiring(),
		newCalibrate(),
		newDoctor(),
		newSetup(),
		newVersion(),
		newMan(),
		newCompletion(),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()                                                                                   // adds it
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = help.Print(cmd.OutOrStdout(), helpPage(cmd)) }) // cobra takes no error
	root.InitDefaultVersionFlag()
	root.Flag("version").Usage = "print the version"
	usageErrors(root)
	return root
}

// group makes a command a mere group of commands: without a subcommand it prints its help.
func group(cmd *cobra.Command) {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return unknownCommand(cmd, args[0])
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// unknownCommand returns the error for a name without a command in a group.
func unknownCommand(group *cobra.Command, name string) error {
	_, parents, _ := strings.Cut(group.CommandPath(), " ")
	unknown := strings.TrimSpace(parents + " " + name)
	var known []string
	for _, cmd := range group.Commands() {
		known = append(known, cmd.Name())
	}
	if near := config.Nearest(name, known); near != "" {
		return fmt.Errorf("unknown command %q: did you mean %s?", unknown, near)
	}
	return fmt.Errorf("unknown command %q", unknown)
}

// usageErrors makes every error in a command line a usage error, with a hint to the help.
func usageErrors(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.Flag("help").Usage = "print this help"
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage.Errorf("%w (see '%s --help')", flagError(err, c.Flags()), c.CommandPath())
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

// atMost accepts up to n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			if sets, err := cmd.Flags().GetStringArray("set"); err == nil && value.Stray(sets, args[0]) != nil {
				return value.Stray(sets, args[0])
			}
			return fmt.Errorf("unexpected argument %q", args[n])
		}
		return nil
	}
}
