package modeltime

import (
	"context"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// inRun plays a wave as the board of a run does.
type inRun struct {
	wave  config.Wave
	speed float64
	begun bool
	start time.Duration
}

func (r *inRun) Current(now time.Duration) float64 {
	if !r.begun {
		r.begun, r.start = true, now
	}
	return r.wave.Current(time.Duration(math.Round(float64(now-r.start) * r.speed)))
}

// currents records the current of each step.
type currents []float64

func (c *currents) Tick(neuron.Tick) {}

func (c *currents) Step(s neuron.Sample) { *c = append(*c, s.Current) }

func TestGeneratedCurrentsAreThoseOfARun(t *testing.T) {
	for _, set := range [][]string{
		{"loop.speed=1"}, {"loop.speed=0.1"}, {"loop.speed=0.03"}, {"loop.speed=0.77"}, {"loop.speed=2.345"}, {"loop.speed=1000", "loop.tick=1 s", "loop.dt=10 ms"},
		{"loop.speed=1", "loop.dt=0.3 ms"},
	} {
		for name, wave := range map[string]string{"noise": "shape=\"noise\"\nsd=\"1 nA\"", "sine": "shape=\"sine\"\nfrequency=\"30 Hz\""} {
			cfg, err := config.Parse("", []byte("[input.i]\ndriver=\"wave\"\n"+wave+"\n[neuron.n1]\ninput=\"i\"\n"), set, part.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			inputs, err := Inputs(cfg)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Inputs(cfg)
			if err != nil {
				t.Fatal(err)
			}
			n, err := neuron.New(cfg.Neurons[0].Params)
			if err != nil {
				t.Fatal(err)
			}
			ticks := min(300, int64(1e6*float64(cfg.Loop.DT)/float64(cfg.Loop.Tick)/cfg.Loop.Speed))
			var want currents
			loop := neuron.Loop{Clock: new(neuron.VirtualClock), Tick: cfg.Loop.Tick, DT: cfg.Loop.DT, Speed: cfg.Loop.Speed, Ticks: ticks,
				Cells:     []*neuron.Cell{{Neuron: n, Inputs: []neuron.Input{&inRun{wave: again["i"].(*played).wave, speed: cfg.Loop.Speed}}}},
				Observers: []neuron.Observer{&want}}
			if _, err := loop.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			var got currents
			for step := range want {
				got = append(got, inputs["i"].Current(time.Duration(step+1)*cfg.Loop.DT))
			}
			if len(want) < 5 || !slices.Equal(got, want) {
				t.Errorf("%s, %v: got currents unlike the %d of a run", name, set, len(want))
			}
		}
	}
}

func TestKnobsRestAndConstantsStay(t *testing.T) {
	cfg, err := config.Parse("", []byte(`
[input.knob]
driver = "mcp3008"
current = ["1 nA", "6 nA"]
[input.more]
driver = "wave"
shape = "constant"
mean = "0.5 nA"
[neuron.a]
input = ["knob", "more"]
`), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Inputs(cfg)
	want := map[string]neuron.Input{"knob": Constant(3), "more": Constant(0.5)}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
}
