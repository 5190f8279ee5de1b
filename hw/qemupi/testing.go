//go:build linux

package qemupi

import (
	"os"
	"testing"
)

// ForTest returns the folder for a test. Without a folder it skips the test with a reason, but fails it if $HILLOCK_PI names
// one. HILLOCK_PI=off skips the test.
func ForTest(t testing.TB) Folder {
	t.Helper()
	if os.Getenv("HILLOCK_PI") == "off" {
		t.Skip("SKIPPED: on an emulated Pi: HILLOCK_PI=off")
	}
	folder, err := Find()
	switch {
	case err != nil && os.Getenv("HILLOCK_PI") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip("SKIPPED: on an emulated Pi:", err)
	}
	return folder
}
