package brian2

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// python returns a Python with Brian2: HILLOCK_BRIAN2, or that of the system. Without one it skips the test, and with
// HILLOCK_BRIAN2=off.
func python(t *testing.T) string {
	t.Helper()
	named := os.Getenv("HILLOCK_BRIAN2")
	switch {
	case named == "off":
		t.Skip("SKIPPED: the comparison with Brian2: HILLOCK_BRIAN2=off")
	case testing.Short():
		t.Skip("SKIPPED: the comparison with Brian2: it takes two minutes, without -short")
	}
	for _, name := range []string{named, "python3", "/usr/bin/python3"} { // python3 can be without Debian's packages
		if name != "" && exec.CommandContext(t.Context(), name, "-c", "import brian2").Run() == nil {
			return name
		}
	}
	t.Skip("SKIPPED: the comparison with Brian2: no Python has brian2 (apt-get install python3-brian)")
	return ""
}

// simulate runs the scripts of configurations in two processes of Python, and returns their spikes.
func simulate(t *testing.T, python string, scripts []*Script) []string {
	t.Helper()
	dir := t.TempDir()
	files := make([]string, len(scripts))
	for i, s := range scripts {
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.Join(dir, fmt.Sprintf("%03d.py", i))
		if err := os.WriteFile(files[i], b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const processes = 2
	var group sync.WaitGroup
	for k := range processes {
		args := []string{"testdata/run.py"}
		for i := k; i < len(files); i += processes {
			args = append(args, files[i])
		}
		group.Go(func() {
			if out, err := exec.CommandContext(t.Context(), python, args...).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	group.Wait()
	outputs := make([]string, len(files))
	for i, name := range files {
		out, err := os.ReadFile(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		outputs[i] = string(out)
	}
	return outputs
}

// compare runs configurations in Brian2 and as 'hillock sim' does. It returns the number of spikes.
func compare(t *testing.T, python string, all []*config.Config, length func(*config.Config) time.Duration) (spikes int) {
	t.Helper()
	var scripts []*Script
	for _, cfg := range all {
		s, err := New(cfg, int64(length(cfg)/cfg.Loop.DT), "hillock sim")
		if err != nil {
			t.Fatalf("%s: %v", cfg.File, err)
		}
		scripts = append(scripts, s)
	}
	for i, got := range simulate(t, python, scripts) {
		var want strings.Builder
		run := modeltime.Run{Config: all[i], Shown: modeltime.Selection{Table: modeltime.All, Member: modeltime.All}, Steps: scripts[i].Steps}
		if err := run.Write(t.Context(), &want, "spikes"); err != nil {
			t.Fatalf("%s: %v", all[i].File, err)
		}
		spikes += strings.Count(want.String(), "\n") - 1
		if at, a, b, same := difference(got, want.String()); !same {
			t.Errorf("%s: row %d: got %q from Brian2, want %q", all[i].File, at, a, b)
		}
	}
	return spikes
}

// difference returns the first row in which two texts differ.
func difference(got, want string) (row int, a, b string, same bool) {
	if got == want {
		return 0, "", "", true
	}
	x, y := strings.Split(got, "\n"), strings.Split(want, "\n")
	for row < min(len(x), len(y))-1 && x[row] == y[row] {
		row++
	}
	return row + 1, x[row], y[row], false
}

// Each example has the same spikes in Brian2, in the same steps. The noise of a membrane is left out on both sides.
func TestBrian2HasTheSpikesOfTheExamples(t *testing.T) {
	python := python(t)
	files, err := filepath.Glob("../../../../deploy/examples/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no examples")
	}
	var all []*config.Config
	for _, file := range files {
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, withoutNoise(cfg))
	}
	all = append(all, golden(t)...)
	longer := map[string]time.Duration{"half-centre.toml": 1200 * time.Millisecond, "pavlov.toml": 3 * time.Second} // until they change
	t.Log(compare(t, python, all, func(cfg *config.Config) time.Duration {
		return max(500*time.Millisecond, longer[filepath.Base(cfg.File)])
	}), "spikes")
}

// withoutNoise sets the noise of all membranes to 0.
func withoutNoise(cfg *config.Config) *config.Config {
	for i, n := range cfg.Neurons {
		for _, d := range n.Model().Params {
			if d.Role == neuron.Noise {
				cfg.Neurons[i].Params = d.With(n.Params, 0)
			}
		}
	}
	return cfg
}
