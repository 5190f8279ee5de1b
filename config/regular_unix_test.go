//go:build unix

package config

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A blocking read would delay the first signal. Without the rule this test hangs.
func TestLoadRefusesOtherThanRegularFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(in("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("empty"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, tt := range []struct{ file, kind string }{
		{in("pipe"), "a pipe"}, {in("empty"), "an empty file"}, {in("socket"), "a socket"}, {"/dev/zero", "a device"},
		{"/proc/kmsg", "an empty file"}, // endless
	} {
		if _, err := os.Stat(tt.file); err != nil {
			t.Logf("SKIPPED: this system has no %s", tt.file)
			continue
		}
		want := tt.file + ": must be a regular, non-empty file, got " + tt.kind
		if _, err := Load(tt.file, nil, Kinds{}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
