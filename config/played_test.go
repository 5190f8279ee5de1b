package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hillock/neuron/wave"
)

func TestPlayedIsTheWaveOfItsKeys(t *testing.T) {
	noise, err := wave.NewNoise(2, 0.5, 5*time.Millisecond, 7)
	if err != nil {
		t.Fatal(err)
	}
	for shape, tt := range map[string]struct {
		sets []string
		want wave.Wave
	}{
		"constant": {[]string{"input.w.mean=1.7 nA"}, wave.Constant(1.7)},
		"step":     {[]string{"input.w.at=50 ms"}, wave.Step{After: 2, At: 50 * time.Millisecond}},
		"ramp":     {[]string{"input.w.over=80 ms", "input.w.from=1 nA"}, wave.Ramp{From: 1, To: 5, Over: 80 * time.Millisecond}},
		"sine":     {[]string{"input.w.frequency=20 Hz"}, wave.Sine{Mean: 2, Amplitude: 1, Frequency: 20}},
		"chirp":    {[]string{`input.w.sweep=["5 Hz", "80 Hz"]`, "input.w.over=70 ms"}, wave.Chirp{Mean: 2, Amplitude: 1, From: 5, To: 80, Over: 70 * time.Millisecond}},
		"pairs":    {[]string{"input.w.every=60 ms"}, wave.Pairs{High: 5, Width: 5 * time.Millisecond, Apart: 20 * time.Millisecond, Every: 60 * time.Millisecond}},
		"noise":    {[]string{"input.w.seed=7"}, noise},
	} {
		c, err := Load("", append([]string{"input.w.driver=wave", "input.w.shape=" + shape}, tt.sets...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Played(c.Inputs[1])
		if err != nil {
			t.Fatal(err)
		}
		for now := range 100 {
			if got, want := got.Current(time.Duration(now)*time.Millisecond), tt.want.Current(time.Duration(now)*time.Millisecond); got != want {
				t.Fatalf("%s, %d ms: got %v nA, want %v", shape, now, got, want)
			}
		}
	}
}

// A recorded current that cannot be played is found before the run, with the line of the configuration that names it.
func TestLoadReadsRecordedCurrents(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const text = "[input.r]\ndriver = \"file\"\nfile = \"r.csv\"\n[neuron.n1]\ninput = \"r\"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n"
	file := write("my.toml", text)
	csv := filepath.Join(dir, "r.csv")
	const rule = `:3:1: input.r.file: must be a recorded current, got "r.csv": `
	for _, tt := range []struct {
		name, csv string
		sets      []string
		want      string
	}{
		{"none", "", nil, file + rule + "open " + csv + ": " + syscall.ENOENT.Error()},
		{"a bad row", "time_ms,current_na\n0,1\nx,2\n", nil, file + rule + csv + `:3:1: time_ms: must be a number from 0 to 8.64e+09, got "x"`},
		{"nothing to repeat", "time_ms,current_na\n0,1\n", []string{"input.r.repeat=true"},
			file + rule + csv + ": must have a row after 0 ms, where it begins again, got one row, at 0 ms"},
		{"a folder", "time_ms,current_na\n0,1\n", []string{"input.r.file=" + dir},
			`--set input.r.file: must be a recorded current, got "` + dir + `": ` + dir + ": must be a regular file: copy what it gives into one"},
		{"a good one", "time_ms,current_na\n0,1\n", nil, "<nil>"},
	} {
		if tt.csv != "" {
			write("r.csv", tt.csv)
		}
		_, err := Load(file, tt.sets)
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		if problems := (Problems)(nil); err != nil && !errors.As(err, &problems) {
			t.Errorf("%s: got %T, want Problems", tt.name, err)
		}
	}
	if _, err := Parse(file, []byte(strings.Replace(text, "r.csv", "none.csv", 1)), nil); err != nil {
		t.Errorf("got %v from a text on its own, want nil", err)
	}
}
