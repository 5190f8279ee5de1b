package brian2

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

var update = flag.Bool("update", false, "write the golden scripts")

// Each testdata/NAME.toml becomes NAME.py. TestBrian2HasTheSpikesOfTheExamples runs both scripts: run it after -update.
func TestScriptsAreGolden(t *testing.T) {
	for _, cfg := range golden(t) {
		s, err := New(cfg, 1000, Command([]string{filepath.Base(cfg.File)}, nil, 1000*cfg.Loop.DT))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := s.Write(&got); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(cfg.File, ".toml") + ".py"
		if *update {
			if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func golden(t *testing.T) (all []*config.Config) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, cfg)
	}
	return all
}

func TestEachModelHasAnEquation(t *testing.T) {
	for _, m := range neuron.Models() {
		if _, err := equationOf(m.Default); err != nil {
			t.Error(err)
		}
	}
}

// A Python without site packages lacks both libraries.
func TestScriptNamesThePackageOfAMissingLibrary(t *testing.T) {
	name := python(t)
	cfg := golden(t)[0]
	s, err := New(cfg, 10, Command([]string{filepath.Base(cfg.File)}, nil, 10*cfg.Loop.DT))
	if err != nil {
		t.Fatal(err)
	}
	var script bytes.Buffer
	if err := s.Write(&script); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, "-I", "-S", "-")
	cmd.Stdin = &script
	out, err := cmd.CombinedOutput()
	want := "No module named 'numpy': 'apt-get install python3-brian', and use /usr/bin/python3\n"
	if err == nil || string(out) != want {
		t.Errorf("got %v, %s; want exit status 1 and %s", err, out, want)
	}
}
