package fault

import (
	"io"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
)

// List prints the ID and the name of each fault.
func List(w io.Writer) error {
	p := readable.Printer{W: w}
	for _, f := range All() {
		p.Printf("%-18s %s\n", f.ID, f.Name)
	}
	return p.Err
}

// UnknownName returns the error of --fault for a name without a fault.
func UnknownName(name string) error {
	ids := map[string]string{}
	var known []string
	for _, f := range All() {
		ids[f.ID], ids[f.Name] = f.ID, f.ID
		known = append(known, f.ID, f.Name)
	}
	if near := config.Nearest(name, known); near != "" {
		return usage.Errorf("--fault: unknown fault %q: did you mean %s?", name, ids[near])
	}
	return usage.Errorf("--fault: unknown fault %q: 'hillock doctor --fault list' prints all", name)
}
