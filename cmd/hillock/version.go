package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/release"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version, its commit and the compiler",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), release.Line(version))
			return err
		},
	}
}

// version is set by 'make dist', with -ldflags "-X main.version=...".
var version = ""
