package played

import (
	"testing"
	"time"

	"hillock/config"
	"hillock/neuron/wave"
)

func TestKeysMakeTheirWave(t *testing.T) {
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
		kinds := config.Kinds{Inputs: []config.Kind[config.InputPart]{WaveKind(), RecordedKind()}}
		sets := append([]string{"input.w.driver=wave", "input.w.shape=" + shape, "neuron.n1.input=w"}, tt.sets...)
		c, err := config.Parse("", nil, sets, kinds)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Inputs[0].Part.(Wave).Play("")
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
