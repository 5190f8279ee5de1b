//go:build linux

package qemupi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/kernelpi"
)

func TestScopeBecomesEdges(t *testing.T) {
	got, err := edges(strings.NewReader("1000 17 z\n2000 17 0\n3000 17 1\n3500 4 a\n4000 17 1\n5000 17 z\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []kernelpi.Edge{{At: 3 * time.Microsecond, Line: 17, High: true}, {At: 5 * time.Microsecond, Line: 17}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if _, err := edges(strings.NewReader("x 17 1\n")); err == nil || err.Error() != `scope: "x 17 1": expected integer` {
		t.Errorf("got %v, want the line and its mistake", err)
	}
}

func TestMarksHaveTheScopesTime(t *testing.T) {
	at := func(ms time.Duration, high bool) kernelpi.Edge {
		return kernelpi.Edge{At: ms * time.Millisecond, Line: markLine, High: high}
	}
	got := stamp("mark one\nother mark\nmark two\nmark three\n", []kernelpi.Edge{at(1500, true), at(1501, false), at(2250, true)})
	want := "mark one 1.500000000\nother mark\nmark two 2.250000000\nmark three\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestFolderOfAnotherModelIsRefused(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HILLOCK_PI", dir)
	file := filepath.Join(dir, "pikit.c")
	if _, err := Find(); err == nil || err.Error() != "no emulated Pi: open "+file+": no such file or directory: run 'make pi'" {
		t.Errorf("got %v, want the missing file and 'make pi'", err)
	}
	if err := os.WriteFile(file, []byte("another model"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(); err == nil || err.Error() != dir+": made from another pikit.c: run 'make pi'" {
		t.Errorf("got %v, want that the folder is old", err)
	}
}
