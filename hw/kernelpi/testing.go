//go:build linux

package kernelpi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// ForTest returns the kernel for a test. Without a kernel it skips the test with a reason, but fails it if
// $HILLOCK_KERNEL names a folder. HILLOCK_KERNEL=off skips the test.
func ForTest(t testing.TB) Kernel {
	t.Helper()
	if runtime.GOARCH != "amd64" { // User-Mode Linux needs x86
		t.Skip("SKIPPED: needs a real kernel: the guest is amd64, this test is", runtime.GOARCH)
	}
	if os.Getenv("HILLOCK_KERNEL") == "off" {
		t.Skip("SKIPPED: needs a real kernel: HILLOCK_KERNEL=off")
	}
	kernel, err := Find()
	switch {
	case err != nil && os.Getenv("HILLOCK_KERNEL") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip("SKIPPED: needs a real kernel:", err)
	}
	return kernel
}

// InGuest is an environment variable, set for tests inside the guest.
const InGuest = "HILLOCK_TEST_IN_GUEST"

// RunTests runs a script and then the matching tests of a package in the guest. It returns their output.
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

// HostCommand returns a shell command for the guest: a program of the host with the host's libraries. It skips the test
// without the program, and names the program's package.
func HostCommand(t testing.TB, program, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("SKIPPED: needs %s: run 'apt-get install %s'", program, pkg)
	}
	out, err := exec.Command("ldd", path).Output()
	if err != nil {
		t.Fatalf("ldd %s: %v", path, err)
	}
	loader, folders := "", []string(nil)
	for _, word := range strings.Fields(string(out)) {
		if !strings.HasPrefix(word, "/") {
			continue
		}
		file, err := filepath.EvalSymlinks(word) // absolute links lead nowhere under /host
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(word), "ld-linux") {
			loader = file
		} else if dir := "/host" + filepath.Dir(file); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	return fmt.Sprintf("/host%s --library-path %s /host%s", loader, strings.Join(folders, ":"), path)
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
