//go:build linux

package qemupi

import (
	"os"
	"testing"
)

// ForTest returns the folder for a test. The test is skipped by name where there is none, but fails where $HILLOCK_PI names
// one. HILLOCK_PI=off skips it too.
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
