//go:build linux

package kernelpi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// ForTest is the kernel for a test, which is skipped by name where there is none, but fails where $HILLOCK_KERNEL names one;
// "off" skips it, too.
func ForTest(t testing.TB) Kernel {
	t.Helper()
	if runtime.GOARCH != "amd64" { // User-Mode Linux is for x86 alone
		t.Skip("SKIPPED: under a real kernel: the guest is amd64, this test binary", runtime.GOARCH)
	}
	if os.Getenv("HILLOCK_KERNEL") == "off" {
		t.Skip("SKIPPED: under a real kernel: HILLOCK_KERNEL=off")
	}
	kernel, err := Find()
	switch {
	case err != nil && os.Getenv("HILLOCK_KERNEL") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip("SKIPPED: under a real kernel:", err)
	}
	return kernel
}

// InGuest is set in the environment of tests that run under the kernel.
const InGuest = "HILLOCK_TEST_IN_GUEST"

// RunTests runs the tests of a package that match a pattern under the kernel, after a script, and gives what they said.
func RunTests(t testing.TB, pkg, pattern, script string) *Result {
	t.Helper()
	kernel := ForTest(t)
	exe := filepath.Join(t.TempDir(), "guest.test")
	if err := Go("test", "-c", "-o", exe, pkg); err != nil {
		t.Fatal(err)
	}
	r, err := kernel.Run(t.Context(), fmt.Sprintf("export %s=1\n%s\n/host%s -test.v -test.run '%s' </proc/version", InGuest, script, exe, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Go runs the go command, such as build or test -c, for a static program: the guest has no libraries.
func Go(args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w: %s", args, err, out)
	}
	return nil
}
