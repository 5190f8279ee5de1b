package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFIPlotFiles(t *testing.T) {
	t.Parallel()
	for _, ext := range []string{".svg", ".png", ".PNG"} {
		var files [2][]byte
		for i := range files {
			name := filepath.Join(t.TempDir(), "fi"+ext)
			_, errOut, err := runFI(t.Context(), "--points", "11", "--duration", "100ms", "--plot", name)
			if err != nil {
				t.Fatal(err)
			}
			if want := name + " written\nrheobase 1.5 nA; "; !strings.HasPrefix(errOut, want) {
				t.Errorf("got %q, want it to begin with %q", errOut, want)
			}
			if files[i], err = os.ReadFile(name); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%s: got two files from the same input, want the same twice", ext)
		}
		if ext == ".svg" {
			continue
		}
		img, err := png.Decode(bytes.NewReader(files[0]))
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Size(); got.X != 1200 || got.Y != 825 {
			t.Errorf("%s: got %v, want 1200 by 825", ext, got)
		}
	}
}
