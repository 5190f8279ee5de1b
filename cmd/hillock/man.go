package main

import (
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/man"
	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/usage"
)

// newMan returns the command for the manual page.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "print the manual page",
		Long: `man prints the manual page, as the packages of hillock install it: 'hillock man | man -l -' shows it. Its date is
today, or SOURCE_DATE_EPOCH in seconds since 1970.`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			date := time.Now()
			if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
				s, err := strconv.ParseInt(epoch, 10, 64)
				if err != nil {
					return usage.Errorf("SOURCE_DATE_EPOCH: must be a number of seconds since 1970, got %q", epoch)
				}
				date = time.Unix(s, 0)
			}
			_, err := io.WriteString(cmd.OutOrStdout(), manual(cmd.Root(), date).String())
			return err
		},
	}
}

// manual returns the page about all commands, made from their help.
func manual(root *cobra.Command, date time.Time) *man.Page {
	return &man.Page{
		Program: root.Name(), Version: version, Date: date, Short: root.Short, Long: root.Long, Example: root.Example,
		Commands: manCommands(root),
		Sections: []man.Section{
			{Name: "EXIT STATUS", Entries: []man.Entry{
				{Font: "B", Term: "0", Text: "success; also a run that a signal ended"},
				{Font: "B", Term: "1", Text: "any other error; also an LED that was dark at the end of a run, because another program held its pin; or bench --report, ended by a signal"},
				{Font: "B", Term: "2", Text: "a bad command line or a bad file"},
				{Font: "B", Term: "3", Text: "this machine lacks a pin, an SPI port or an I2C bus of the configuration; the service does not start again"},
				{Font: "B", Term: "128+n", Text: "a second signal, number n, ended the program at once; its outputs are off"},
			}},
			{Name: "ENVIRONMENT", Entries: []man.Entry{
				{Font: "B", Term: show.TokenVariable, Text: "token required for changes on the page of 'hillock run --web', if no flag gives one"},
				{Font: "B", Term: "NO_COLOR", Text: "any value but an empty one: print without colours"},
			}},
			{Name: "FILES", Entries: []man.Entry{
				{Font: "I", Term: "/etc/hillock/hillock.toml", Text: "configuration of hillock.service; its comments explain each key, and 'hillock config init -' prints them"},
				{Font: "I", Term: "/usr/share/doc/hillock/examples", Text: "more configurations"},
			}},
		},
		SeeAlso: []string{"systemctl", "journalctl"},
	}
}

// manCommands returns the visible commands, and the commands of a group in its place.
func manCommands(of *cobra.Command) (all []man.Command) {
	for _, cmd := range of.Commands() {
		switch {
		case !cmd.IsAvailableCommand() && cmd.Name() != "help":
		case cmd.HasAvailableSubCommands():
			all = append(all, manCommands(cmd)...)
		default:
			c := man.Command{Use: cmd.UseLine(), Text: cmd.Long, Example: cmd.Example}
			if c.Text == "" {
				c.Text = cmd.Short
			}
			for _, f := range flagsOf(cmd) {
				if f.Name != "help" {
					c.Flags = append(c.Flags, f)
				}
			}
			all = append(all, c)
		}
	}
	return all
}
