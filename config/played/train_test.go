package played

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/neuron"
)

// trainOf returns the train of an input with the given keys, in a configuration in a folder.
func trainOf(t *testing.T, folder string, sets ...string) (neuron.Train, error) {
	t.Helper()
	kinds := config.Kinds{Inputs: []config.Kind[config.InputPart]{TrainKind()}}
	text := "[neuron.n1]\n[synapse.a]\nfrom = \"cue\"\nto = \"n1\"\nkind = \"delta\"\nweight = \"8 mV\"\n[input.cue]\ndriver = \"train\"\n"
	for _, s := range sets {
		text += s + "\n"
	}
	file := filepath.Join(folder, "c.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, nil, kinds)
	if err != nil {
		return nil, err
	}
	return c.Inputs[0].Part.(config.TrainInput).Train(folder, c.Loop.DT)
}

// spikes returns the steps with spikes up to the given one.
func spikes(train neuron.Train, last int64) (steps []int64) {
	for k := range last {
		if train.Spikes(k + 1) {
			steps = append(steps, k+1)
		}
	}
	return steps
}

func TestTrainSpikesAtItsTimes(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "s.csv"), []byte("time_ms\n2\n4.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		sets []string
		want string
	}{
		"times":             {[]string{`times = ["0 ms", "1 ms", "10 ms"]`}, "[1 10 100]"},
		"between two steps": {[]string{`times = ["1.04 ms", "1.05 ms"]`}, "[10 11]"},
		"another dt":        {[]string{`times = ["1 ms", "10 ms"]`, "[loop]", `dt = "0.5 ms"`}, "[2 20]"},
		"repeated":          {[]string{`times = ["1 ms", "5 ms"]`, `every = "5 ms"`}, "[10 50 60 100 110]"},
		"from a file":       {[]string{`file = "s.csv"`}, "[20 45]"},
		"repeated file":     {[]string{`file = "s.csv"`, `every = "6 ms"`}, "[20 45 80 105]"},
	} {
		train, err := trainOf(t, folder, tt.sets...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := spikes(train, 115)
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s: got %v, want %s", name, got, tt.want)
		}
		for first := int64(1); first < 116; first += 19 {
			want := int64(0)
			for _, k := range got {
				if k >= first {
					want++
				}
			}
			if n := train.Count(first, 115); n != want {
				t.Errorf("%s: got %d spikes from step %d to 115, want %d", name, n, first, want)
			}
		}
	}
}

// An input of a recording plays as it was recorded, with the gains of its spikes.
func TestInputsOfARecordingPlay(t *testing.T) {
	folder := t.TempDir()
	text := "step,time_ms,input,current_na,gain\n0,0,none,,\n1,0,knob,2,\n4,0.4,wire,,1\n9,0.9,button,,1\n11,1,knob,2.5,\n12,1.2,wire,,2.5\n"
	if err := os.WriteFile(filepath.Join(folder, "rec.csv"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for of, want := range map[string]neuron.Train{"button": neuron.Steps{9}, "none": neuron.Steps(nil), "wire": neuron.Weighted{Steps: neuron.Steps{4, 12}, Gains: []float64{1, 2.5}}} {
		train, err := trainOf(t, folder, `file = "rec.csv"`, fmt.Sprintf("of = %q", of))
		if diff := cmp.Diff(want, train); diff != "" || err != nil {
			t.Errorf("%s: got %v (-want +got):\n%s", of, err, diff)
		}
	}
	current, err := Recorded{File: "rec.csv", Of: "knob"}.Play(folder)
	if err != nil || current.Current(999*time.Microsecond) != 2 || current.Current(time.Millisecond) != 2.5 {
		t.Errorf("got %v, want 2 nA and then 2.5 nA", err)
	}
	rec := filepath.Join(folder, "rec.csv")
	if _, err := (Recorded{File: "rec.csv", Of: "wire"}).Play(folder); err == nil || err.Error() != rec+`: input wire has spikes: use it with driver = "train"` {
		t.Errorf("got %v, want the driver for spikes", err)
	}
	if _, err := (Train{File: "rec.csv", Of: "knob"}).Train(folder, time.Millisecond); err == nil || err.Error() != rec+`: input knob has currents: use it with driver = "file"` {
		t.Errorf("got %v, want the driver for currents", err)
	}
}

func TestPoissonTrainHasItsRate(t *testing.T) {
	train, err := trainOf(t, t.TempDir(), `rate = "20 Hz"`, "seed = 4")
	if err != nil {
		t.Fatal(err)
	}
	if want := (neuron.Poisson{Seed: 4, Rate: 20, DT: 0.1}); train != want {
		t.Errorf("got %+v, want %+v", train, want)
	}
}

func TestTrainRefusesBadFiles(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, content := range map[string]string{"late.csv": "time_ms\n1\n7\n", "order.csv": "time_ms\n2\n1\n"} {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, missing := os.Open(at("none.csv"))
	for _, tt := range []struct{ file, want string }{
		{"none.csv", at("c.toml") + ":9:1: input.cue.file: must be a file of spikes, got \"none.csv\": " + missing.Error() + ": put the file beside the configuration, or write its whole path"},
		{"late.csv", at("c.toml") + ":9:1: input.cue.file: must be a file of spikes, got \"late.csv\": " + at("late.csv") + ": the last spike must be at most every (6 ms) after the start"},
		{"order.csv", at("order.csv") + `:3:1: time_ms: must be later than the row before, 2 ms, got "1"`},
	} {
		_, err := trainOf(t, folder, fmt.Sprintf("file = %q", tt.file), `every = "6 ms"`)
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.file, got, tt.want)
		}
	}
}
