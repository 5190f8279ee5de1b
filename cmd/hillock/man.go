package main

import (
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hillock/cmd/hillock/internal/man"
	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/usage"
)

// newMan prints the manual page, for packages; without a package, 'hillock man | man -l -' shows it.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man",
		Short:  "print the manual page, dated by SOURCE_DATE_EPOCH where it is set",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date := time.Now()
			if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
				s, err := strconv.ParseInt(epoch, 10, 64)
				if err != nil {
					return usage.Errorf("SOURCE_DATE_EPOCH: must be seconds since 1970, got %q", epoch)
				}
				date = time.Unix(s, 0)
			}
			_, err := io.WriteString(cmd.OutOrStdout(), manual(cmd.Root(), date).String())
			return err
		},
	}
}

// manual is the page over all commands, made of their help.
func manual(root *cobra.Command, date time.Time) *man.Page {
	return &man.Page{
		Program: root.Name(), Version: version, Date: date, Short: root.Short, Long: root.Long, Example: root.Example,
		Commands: manCommands(root),
		Sections: []man.Section{
			{Name: "EXIT STATUS", Entries: []man.Entry{
				{Font: "B", Term: "0", Text: "all went well, also when a run was ended by a signal"},
				{Font: "B", Term: "1", Text: "something else went wrong"},
				{Font: "B", Term: "2", Text: "a bad command line or a bad configuration"},
				{Font: "B", Term: "128+n", Text: "a second signal, of number n, ended the program at once: its outputs are off"},
			}},
			{Name: "ENVIRONMENT", Entries: []man.Entry{
				{Font: "B", Term: show.TokenVariable, Text: "the token that 'hillock run --web' asks a browser for before it makes changes, where no flag gives one"},
			}},
			{Name: "FILES", Entries: []man.Entry{
				{Font: "I", Term: "/etc/hillock/hillock.toml", Text: "the configuration of the service hillock.service; its comments say what each key means, and 'hillock config init -' prints them"},
				{Font: "I", Term: "/usr/share/doc/hillock/examples", Text: "other configurations"},
			}},
		},
		SeeAlso: []string{"systemctl", "journalctl"},
	}
}

// manCommands are the visible commands; in the place of one that only holds others, those.
func manCommands(of *cobra.Command) (all []man.Command) {
	for _, cmd := range of.Commands() {
		switch {
		case cmd.Hidden || !cmd.IsAvailableCommand():
		case cmd.HasAvailableSubCommands():
			all = append(all, manCommands(cmd)...)
		default:
			c := man.Command{Use: cmd.UseLine(), Text: cmd.Long, Example: cmd.Example}
			if c.Text == "" {
				c.Text = cmd.Short
			}
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if !f.Hidden && f.Name != "help" {
					c.Flags = append(c.Flags, manFlag(f))
				}
			})
			all = append(all, c)
		}
	}
	return all
}

func manFlag(f *pflag.Flag) man.Flag {
	flag := man.Flag{Name: f.Name, Shorthand: f.Shorthand, Optional: f.NoOptDefVal != ""}
	flag.Value, flag.Usage = pflag.UnquoteUsage(f)
	switch f.DefValue {
	case "", "[]", "false", "0":
	default:
		flag.Default = f.DefValue
	}
	return flag
}
