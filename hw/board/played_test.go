package board_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
)

func TestPlayedInputsFollowModelTime(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"constant", "step", "ramp", "sine", "chirp", "pairs", "noise"} {
		// Speed 0.5, and a first tick after 0.
		sets := []string{"loop.speed=0.5", "input.w.driver=wave", "input.w.shape=" + shape}
		cfg, err := config.Load("", sets, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		want, err := cfg.Inputs[1].Part.(board.InModelTime).Play("")
		if err != nil {
			t.Fatal(err)
		}
		_, b := open(t, sets...)
		for tick := range 200 {
			now := 3*time.Second + time.Duration(tick)*ms
			if got, want := b.Inputs["w"].Current(now), want.Current(time.Duration(tick)*ms/2); got != want {
				t.Fatalf("%s, tick %d: got %v nA, want %v", shape, tick, got, want)
			}
		}
		b.Close()
	}
}

func TestRecordedCurrentIsRelativeToItsConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "my.toml")
	text := "[loop]\nspeed = 1\n[input.r]\ndriver = \"file\"\nfile = \"r.csv\"\n[neuron.n1]\ninput = \"r\"\n"
	cfg, err := config.Parse(file, []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := board.Open(cfg, nil); err == nil || !strings.Contains(err.Error(), "input r: ") || !strings.Contains(err.Error(), filepath.Join(dir, "r.csv")) {
		t.Errorf("got %v, want the input and where its file was sought", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "r.csv"), []byte("time_ms,current_na\n0,1\n10,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(cfg, nil)
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
