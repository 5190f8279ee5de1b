package fault

import (
	"io"
	"strings"

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
	if m := inAnyHole.FindStringSubmatch(name); m != nil {
		holes := "GPIO25, 3V3 or GND"
		if strings.HasPrefix(strings.ToLower(m[1]), "jumper") {
			holes = "GPIO25"
		}
		return usage.Errorf("--fault: the wire must end in a hole such as %s, got %q", holes, name)
	}
	return usage.Errorf("--fault: unknown fault %q: 'hillock doctor --fault list' prints all", name)
}
