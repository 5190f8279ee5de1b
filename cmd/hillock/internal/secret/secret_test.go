package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An editor may begin the file with a mark of its encoding, and end the line in its own way.
func TestSecretIsTheLineOfItsFile(t *testing.T) {
	k := Kind{Flag: "--code", Variable: "HILLOCK_CODE", Min: 1}
	file := filepath.Join(t.TempDir(), "9b.code")
	for _, tt := range []struct{ text, want string }{
		{"K7QM-2RPD\n", "K7QM-2RPD"},
		{"K7QM-2RPD", "K7QM-2RPD"},
		{"\ufeffK7QM-2RPD\r\n", "K7QM-2RPD"},
	} {
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Given(nil, &file, nil); err != nil || got != tt.want {
			t.Errorf("%q: got %q and %v, want %q", tt.text, got, err, tt.want)
		}
	}
	none := filepath.Join(t.TempDir(), "none.code")
	if _, err := k.Given(nil, &none, nil); !strings.HasPrefix(fmt.Sprint(err), "--code-file: "+none+": ") {
		t.Errorf("got %v, want the flag, the file and the reason", err)
	}
}
