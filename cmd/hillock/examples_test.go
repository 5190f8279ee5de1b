package main

import (
	"fmt"
	"path/filepath"
	"testing"
)

// The examples that the package installs must be right, and without a warning.
func TestExamplesAreChecked(t *testing.T) {
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("got %v and %v, want two examples or more", files, err)
	}
	said := map[string]string{
		"clicks.toml":      "1 neuron, 1 input, 2 outputs",
		"two-neurons.toml": "2 neurons, 2 inputs, 2 outputs",
	}
	for _, file := range files {
		out, warnings, err := hillock(t.Context(), "config", "check", file)
		if err != nil || warnings != "" {
			t.Errorf("%s: got %v and %q, want neither error nor warning", file, err, warnings)
		}
		if want := fmt.Sprintf("%s: ok: %s\n", file, said[filepath.Base(file)]); out != want {
			t.Errorf("got %q, want %q", out, want)
		}
	}
}
