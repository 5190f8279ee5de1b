package main

import (
	"io"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
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

// listFaults prints the ID and the name of each fault.
func listFaults(w io.Writer) error {
	p := readable.Printer{W: w}
	for _, f := range fault.All() {
		p.Printf("%-18s %s\n", f.ID, f.Name)
	}
	return p.Err
}

// unknownFault returns the error for a name without a fault.
func unknownFault(name string) error {
	ids := map[string]string{}
	var known []string
	for _, f := range fault.All() {
		ids[f.ID], ids[f.Name] = f.ID, f.ID
		known = append(known, f.ID, f.Name)
	}
	if near := config.Nearest(name, known); near != "" {
		return usage.Errorf("--fault: unknown fault %q: did you mean %s?", name, ids[near])
	}
	return usage.Errorf("--fault: unknown fault %q: 'hillock doctor --fault list' prints all", name)
}
