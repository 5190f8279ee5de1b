package board_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/wave"
)

func TestPlayedInputsAreTheirWaves(t *testing.T) {
	noise, err := wave.NewNoise(2, 0.5, 5*ms, 7)
	if err != nil {
		t.Fatal(err)
	}
	for shape, tt := range map[string]struct {
		sets []string
		want wave.Wave
	}{
		"constant": {[]string{"input.w.mean=1.7 nA"}, wave.Constant(1.7)},
		"step":     {[]string{"input.w.at=50 ms"}, wave.Step{After: 2, At: 50 * ms}},
		"ramp":     {[]string{"input.w.over=80 ms", "input.w.from=1 nA"}, wave.Ramp{From: 1, To: 5, Over: 80 * ms}},
		"sine":     {[]string{"input.w.frequency=20 Hz"}, wave.Sine{Mean: 2, Amplitude: 1, Frequency: 20}},
		"chirp":    {[]string{`input.w.sweep=["5 Hz", "80 Hz"]`, "input.w.over=70 ms"}, wave.Chirp{Mean: 2, Amplitude: 1, From: 5, To: 80, Over: 70 * ms}},
		"pairs":    {[]string{"input.w.every=60 ms"}, wave.Pairs{High: 5, Width: 5 * ms, Apart: 20 * ms, Every: 60 * ms}},
		"noise":    {[]string{"input.w.seed=7"}, noise},
	} {
		// Half as fast as life, and a first tick that is not at 0.
		v, b := open(t, append([]string{"loop.speed=0.5", "input.w.driver=wave", "input.w.shape=" + shape}, tt.sets...)...)
		for tick := range 200 {
			now := 3*time.Second + time.Duration(tick)*ms
			if got, want := b.Inputs["w"].Current(now), tt.want.Current(time.Duration(tick)*ms/2); got != want {
				t.Fatalf("%s, tick %d: got %v nA, want %v", shape, tick, got, want)
			}
		}
		b.Close()
		v.Close()
	}
}

func TestARecordedCurrentIsSoughtBesideItsConfiguration(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "my.toml")
	text := "[input.r]\ndriver = \"file\"\nfile = \"r.csv\"\n[neuron.n1]\ninput = \"r\"\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := board.Open(cfg); err == nil || !strings.Contains(err.Error(), "input r: ") || !strings.Contains(err.Error(), filepath.Join(dir, "r.csv")) {
		t.Errorf("got %v, want the input and where its file was sought", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "r.csv"), []byte("time_ms,current_na\n0,1\n10,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, tt := range []struct{ now, want float64 }{{0, 1}, {9, 1}, {10, 2}, {1000, 2}} {
		if got := b.Inputs["r"].Current(time.Duration(tt.now) * ms); got != tt.want {
			t.Errorf("after %g ms: got %g nA, want %g", tt.now, got, tt.want)
		}
	}
	again, err := b.Change(cfg)
	if err != nil || again.Inputs["r"] != b.Inputs["r"] {
		t.Errorf("got %v and another input, want the one that plays", err)
	}
}
