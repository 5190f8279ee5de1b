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
