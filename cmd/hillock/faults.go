package main

import (
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/fault"
	"hillock/config"
)

// faultIDs returns the IDs of the virtual Pi's faults for --fault, and the word for a list of them.
func faultIDs(*config.Config) []cobra.Completion {
	ids := []cobra.Completion{cobra.CompletionWithDesc("list", "print all faults")}
	for _, f := range fault.All() {
		ids = append(ids, cobra.CompletionWithDesc(f.ID, f.Name))
	}
	return ids
}
