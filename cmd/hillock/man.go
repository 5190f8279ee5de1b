package main

import (
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/man"
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
		Sections: man.Sections(),
		SeeAlso:  []string{"systemctl", "journalctl"},
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
