package wall

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// Each command joins as it is, but for the name, and for the address of a broker that listens on this machine alone or not.
func TestCommandsToJoin(t *testing.T) {
	const run = "hillock run --class 9b --board NAME"
	for _, tt := range []struct {
		name string
		is   Invitation
		want []string
	}{
		{"hub of the room", Invitation{Found: true, Addresses: []string{"mqtt://192.168.1.5:1883", "mqtt://[fd00::1]:1883"}},
			[]string{run + " --code-file 9b.code", run + " --code-file 9b.code --broker mqtt://192.168.1.5:1883"}},
		{"hub of this machine", Invitation{Addresses: []string{"mqtt://127.0.0.1:1883"}}, []string{run + " --broker mqtt://127.0.0.1:1883"}},
		{"hub with a certificate", Invitation{Found: true, CA: "cert.pem"}, []string{run + " --code-file 9b.code --set net.ca=cert.pem"}},
	} {
		tt.is.Class = "9b"
		if diff := cmp.Diff(tt.want, tt.is.commands(true)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for address, want := range map[string][]string{
		"find":                     {run},
		"mqtt://school.local:1883": {run + " --broker mqtt://school.local:1883"},
		"mqtt://127.0.0.1:1883":    {run + " --broker mqtt://ADDRESS:1883"},
		"mqtt://localhost":         {run + " --broker mqtt://ADDRESS"},
	} {
		var s Show
		s.Class = "9b"
		if err := s.Join(&config.Config{Net: config.Net{Broker: address, Class: "9b"}}, &class.Options{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.commands(s.Code != "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}
