package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "write, check or show a configuration",
	}
	group(cmd)
	cmd.AddCommand(newConfigInit(), newConfigCheck(), newConfigShow())
	return cmd
}

func newConfigInit() *cobra.Command {
	force := false
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "write the built-in configuration, with comments",
		Long: `init writes the built-in configuration, with comments, to FILE: hillock.toml without FILE, - for standard output. An
existing file stays as it is, unless --force is given.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "hillock.toml"
			if len(args) > 0 {
				name = args[0]
			}
			if name == "" {
				return usage.Errorf(`FILE: must be a file's name, got ""`)
			}
			if err := outfile.FlagTOML("", name); err != nil {
				return err
			}
			if _, err := os.Stat(name); name != "-" && !force && !errors.Is(err, fs.ErrNotExist) {
				return usage.Errorf("%s: already exists: use --force to overwrite", name)
			}
			if err := outfile.Write(name, cmd.OutOrStdout(), func(w io.Writer) error {
				_, err := w.Write(config.DefaultTOML())
				return err
			}); err != nil || name == "-" {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s written: edit it, then run 'hillock config check %s' and 'hillock run %s'\n", name, name, name)
			return err
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite an existing file")
	return cmd
}

func newConfigCheck() *cobra.Command {
	return onConfig("check", "check a configuration and report every error", func(cmd *cobra.Command, cfg *config.Config) error {
		c, err := circuit.Of(cfg)
		if err != nil {
			return err
		}
		for _, p := range cfg.Kit { // a run takes them: an LED may have a supply of its own
			if p.Warning = true; !slices.Contains(cfg.Warnings, p) {
				warn(cmd, []config.Problem{p})
			}
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.Join(c.Check(), "\n"))
		return err
	})
}

func newConfigShow() *cobra.Command {
	return onConfig("show", "print the whole configuration: every key with its value", func(cmd *cobra.Command, cfg *config.Config) error {
		_, err := cmd.OutOrStdout().Write(cfg.TOML())
		return err
	})
}

// onConfig returns a command that loads a configuration and prints something about it with say.
func onConfig(name, short string, say func(*cobra.Command, *config.Config) error) *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   name + " [FILE]",
		Short: short,
		Long:  short + ". Without FILE it takes the built-in configuration; FILE - is standard input.",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			return say(cmd, cfg)
		},
	}
	f.add(cmd)
	return cmd
}
