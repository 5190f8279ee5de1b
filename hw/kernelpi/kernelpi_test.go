//go:build linux

package kernelpi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestScopeIsParsed(t *testing.T) {
	got, err := edges([]byte("1.000003 17 gpio_direction: out (0)\n1.000005 17 gpio_value: set 1\n1.5 4 gpio_value: get 1\n2.25 17 gpio_value: set 0\n2.5 17 gpio_value: set 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Edge{{1000005 * time.Microsecond, 17, true}, {2250 * time.Millisecond, 17, false}, {2500 * time.Millisecond, 17, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:2], (&Result{Edges: got}).Levels(17)); diff != "" {
		t.Errorf("levels of line 17 (-want +got):\n%s", diff)
	}
	if _, err := edges([]byte("x 17 gpio_value: set 1\n")); err == nil {
		t.Error("got no error for a malformed time")
	}
}

func TestKernelOfOtherSourcesIsRefused(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HILLOCK_KERNEL", dir)
	if _, err := Find(); err == nil || !strings.HasPrefix(err.Error(), "no kernel: ") || !strings.HasSuffix(err.Error(), "run 'make kernel' as root (five minutes)") {
		t.Errorf("got %v, want the command that builds one", err)
	}
	for _, file := range []string{"vpi.c", "uml.config"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("of yesterday"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Find(); err == nil || !strings.HasPrefix(err.Error(), dir+": old kernel: ") {
		t.Errorf("got %v, want an old kernel", err)
	}
}

// User-Mode Linux restores all registers of a process or none: with a smaller copy its init dies at once.
func TestKernelKeepsTheRegistersOfTheProcessor(t *testing.T) {
	t.Parallel()
	const amx, older = "flags\t\t: fpu avx512f amx_bf16 amx_tile amx_int8\n", "flags\t\t: fpu avx512f amx\n"
	dir := t.TempDir()
	if err := fits(dir, older); err != nil {
		t.Error(err)
	}
	if err := fits(dir, amx); err == nil || !strings.Contains(err.Error(), "run 'make kernel'") {
		t.Errorf("got %v, want an old kernel", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "registers"), []byte("11008\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fits(dir, amx); err != nil {
		t.Error(err)
	}
}
