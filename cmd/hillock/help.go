package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hillock/cmd/hillock/internal/help"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
)

// newHelp returns the command for the help of another command.
func newHelp() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic := cmd.Root()
			for _, name := range args {
				sub, _, err := topic.Find([]string{name})
				if err != nil || sub == topic {
					return usage.Errorf("%w (see '%s --help')", unknownCommand(topic, name), topic.CommandPath())
				}
				topic = sub
			}
			return topic.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			if topic, _, err := cmd.Root().Find(args); err == nil {
				for _, sub := range topic.Commands() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return beginning(typed, names), cobra.ShellCompDirectiveNoFileComp
		},
	}
	return cmd
}

// helpPage returns the help of a command.
func helpPage(cmd *cobra.Command) help.Page {
	p := help.Page{Text: cmd.Long, Usage: cmd.UseLine(), Examples: cmd.Example, Flags: flagsOf(cmd)}
	if p.Text == "" {
		p.Text = cmd.Short
	}
	if !cmd.HasAvailableSubCommands() {
		return p
	}
	p.Usage = cmd.CommandPath() + " COMMAND"
	p.More = fmt.Sprintf("'%s COMMAND --help' describes a command.", cmd.CommandPath())
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			p.Commands = append(p.Commands, help.Entry{Term: sub.Name(), Meaning: sub.Short})
		}
	}
	return p
}

// flagsOf returns the flags of a command by name.
func flagsOf(cmd *cobra.Command) (all []help.Flag) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		flag := help.Flag{Name: f.Name, Shorthand: f.Shorthand}
		flag.Value, flag.Usage = pflag.UnquoteUsage(f)
		flag.Optional = flag.Value != "" && f.NoOptDefVal != ""
		switch f.DefValue {
		case "", "[]", "false":
		default:
			flag.Default = f.DefValue
		}
		all = append(all, flag)
	})
	return all
}

// flagError returns an error of pflag in words, with the nearest flag for an unknown one.
func flagError(err error, flags *pflag.FlagSet) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name, _, _ := strings.Cut(unknown.GetSpecifiedName(), "=")
		typed := "--" + name
		if short, _, _ := strings.Cut(unknown.GetSpecifiedShortnames(), "="); short != "" {
			name, typed = short, "-"+short
		}
		var known []string
		flags.VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := config.Nearest(name, known); near != "" && len(name) > 1 {
			return fmt.Errorf("unknown flag %s: did you mean --%s?", typed, near)
		}
		return fmt.Errorf("unknown flag %s", typed)
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		value, _ := pflag.UnquoteUsage(missing.GetFlag())
		return fmt.Errorf("--%s: must have a value: --%[1]s %s", missing.GetFlag().Name, strings.ToUpper(value))
	}
	if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		cause := bad.Unwrap()
		if _, complete := errors.AsType[config.Problem](cause); complete {
			return fmt.Errorf("--%s: %w", bad.GetFlag().Name, cause)
		}
		return fmt.Errorf("--%s: %w, got %q", bad.GetFlag().Name, cause, bad.GetValue())
	}
	return err
}
