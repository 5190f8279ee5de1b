package findings

import (
	"testing"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// Wires are not looked at while the set-up is wrong, nor beside a hillock that runs.
func TestWiresWaitForTheSetUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		found doctor.Finding
		want  string
	}{
		{"healthy", doctor.Finding{Check: "SPI0.0", Result: doctor.Passed}, ""},
		{"another user", doctor.Finding{Check: "SPI0.0", Result: doctor.Failed}, "mend SPI0.0 first"},
		{"root", doctor.Finding{Check: "user", Result: doctor.Failed}, "mend user first"},
		{"hot", doctor.Finding{Check: "power", Result: doctor.Failed}, ""},
		{"running", doctor.Finding{Check: "GPIO17", Result: doctor.Passed, Means: doctor.Running}, "a hillock runs and has the parts: end it first, or sudo systemctl stop hillock"},
	} {
		f := Report{All: []doctor.Finding{tt.found}}
		if got := f.Unready(config.Default(part.Kinds())); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
