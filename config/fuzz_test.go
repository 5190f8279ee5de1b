package config

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// FuzzParse wants a sound Config or Problems, whatever the text and the set are.
func FuzzParse(f *testing.F) {
	f.Add(base, "")
	f.Add(rich, "loop.speed=1")
	f.Add(string(DefaultTOML()), "neuron.n1.tau_m=5 ms")
	for i, test := range badCases() {
		if i%8 == 0 {
			f.Add(string(edit(f, test.line, test.text)), "input.knob.channel="+test.text)
		}
	}
	f.Fuzz(func(t *testing.T, text, set string) {
		var sets []string
		if set != "" {
			sets = []string{set}
		}
		c, err := Parse("fuzz.toml", []byte(text), sets)
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || c != nil || len(problems) == 0 {
				t.Fatalf("got %v and %T, want nothing and Problems", c, err)
			}
			for _, p := range problems {
				if p.Rule == "" || strings.ContainsAny(p.Error(), "\n\x1b") || p.Set == "" && (p.Line < 1 || p.Column < 1) {
					t.Errorf("got %q", p)
				}
			}
			return
		}
		sound(t, c)
		again(t, c)
	})
}

// sound wants every number of c to be in its range.
func sound(t *testing.T, c *Config) {
	t.Helper()
	within := func(name string, v, low, high float64) {
		if !(v >= low && v <= high) {
			t.Errorf("%s is %g, want %g to %g", name, v, low, high)
		}
	}
	tick := float64(c.Loop.Tick)
	within("dt", float64(c.Loop.DT), float64(time.Microsecond), float64(time.Second))
	within("tick", tick, float64(50*time.Microsecond), float64(time.Second))
	within("speed", c.Loop.Speed, 1e-6, 1000)
	within("max_lag", float64(c.Loop.MaxLag), tick, float64(time.Hour))
	within("spin", float64(c.Loop.Spin), -1, float64(c.Loop.Tick/2))
	within("cpu", float64(c.Loop.CPU), -1, 1023)
	within("steps per tick", tick*c.Loop.Speed/float64(c.Loop.DT), 0, neuron.MaxStepsPerTick)
	for _, in := range c.Inputs {
		if !strings.HasPrefix(in.Driver, "mcp") {
			within("average", float64(in.Average), 0, MaxAverage)
			continue
		}
		within("channel", float64(in.Channel), 0, 7)
		within("minus", float64(in.Minus), -1, 7)
		within("clock", float64(in.Clock), 10e3, 3.6e6)
		within("v_ref", in.VRef, 0.25, 5.5)
		within("low", in.Low, -neuron.MaxCurrent, neuron.MaxCurrent)
		within("high", in.High, -neuron.MaxCurrent, neuron.MaxCurrent)
		within("stale_after", float64(in.StaleAfter), tick, float64(time.Minute))
	}
	if len(c.Neurons) == 0 {
		t.Error("got no neuron, want at least one")
	}
	for _, n := range c.Neurons {
		m := n.Model()
		if err := neuron.Validate(n.Params); err != nil || m.Sum(neuron.Step, n.Params) != float64(c.Loop.DT)/1e6 || len(n.Inputs) == 0 {
			t.Errorf("neuron %s: %v, %+v", n.Name, err, n)
		}
		for _, d := range m.Params {
			if d.Role == neuron.Refractory && math.Signbit(d.Of(n.Params)) {
				t.Errorf("neuron %s: got %s -0, want 0", n.Name, d.Key)
			}
		}
	}
	for _, o := range c.Outputs {
		if o.Driver == "pulse" {
			within("width", float64(o.Width), tick, float64(time.Minute))
		}
	}
}

// TestRandomConfigs prints random configurations and wants what they parse to to be the same, to the bit.
func TestRandomConfigs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 1000 {
		want := randomConfig(r)
		text := want.TOML()
		got, err := Parse("", text, nil)
		if err != nil {
			if !strings.Contains(err.Error(), "steps per tick") { // the one rule that randomConfig does not heed
				t.Fatalf("%v\nfrom\n%s", err, text)
			}
			continue
		}
		accepted++
		got.Warnings = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got\n%s\nfrom\n%s", diff, text)
		}
		sound(t, got)
	}
	if accepted < 300 {
		t.Errorf("%d of 1000 were accepted, want at least 300", accepted)
	}
}

func randomConfig(r *rand.Rand) *Config {
	// between is from low to high, evenly in the logarithm.
	between := func(low, high float64) float64 { return low * math.Exp(r.Float64()*math.Log(high/low)) }
	duration := func(low, high time.Duration) time.Duration {
		return min(max(low, time.Duration(between(float64(low), float64(high)))), high)
	}
	c := &Config{Loop: Loop{
		DT: duration(time.Microsecond, time.Second), Tick: duration(50*time.Microsecond, time.Second),
		Speed: math.Round(between(1e-6, 1000)*1e9) / 1e9,
	}}
	tick := c.Loop.Tick
	c.Loop.MaxLag = duration(tick, time.Hour)
	c.Loop.Realtime = []string{"auto", "on", "off"}[r.IntN(3)]
	c.Loop.Spin = []time.Duration{-1, 0, 20 * time.Microsecond}[r.IntN(3)]
	c.Loop.CPU = r.IntN(5) - 1
	for i := range 1 + r.IntN(3) {
		chip := adcs()[r.IntN(len(adcs()))]
		in := Input{
			Name: fmt.Sprintf("in-%d", i), Driver: chip.driver, Port: fmt.Sprintf("SPI%d.%d", 2+i, r.IntN(10)),
			Channel: r.IntN(chip.channels), Minus: -1, Clock: int64(between(chip.lowest, chip.at5V)), VRef: between(chip.vRef, 5.5),
			Low: r.NormFloat64() * between(1e-12, 1e5), High: between(1e-300, 1e6), StaleAfter: duration(tick, time.Minute),
			Median: 1 + 2*r.IntN(MaxMedian/2), Average: 1 + r.IntN(MaxAverage), DeadZone: r.IntN(chip.full() / 8),
		}
		in.Ends = [2]int{r.IntN(chip.full() / 4), chip.full() - r.IntN(chip.full()/4)}
		if chip.channels > 1 && r.IntN(2) == 0 {
			in.Minus = in.Channel ^ 1
		}
		c.Inputs = append(c.Inputs, in)
	}
	dt := float64(c.Loop.DT) / 1e6
	for i := range 1 + r.IntN(3) {
		p := neuron.LIF{
			TauM: between(dt, neuron.MaxTime), EL: r.NormFloat64() * 100, VT: r.NormFloat64() * 100, RM: between(1e-300, neuron.MaxResistance),
			Sigma: between(1e-9, neuron.MaxVoltage), Seed: uint64(r.IntN(math.MaxInt32)), TRef: r.Float64() * between(1e-9, neuron.MaxTime), DT: dt,
		}
		p.VReset = p.VT - between(1e-6, 1000)
		n := Neuron{Name: fmt.Sprintf("n%d", i), Params: p}
		for _, k := range r.Perm(len(c.Inputs))[:1+r.IntN(len(c.Inputs))] {
			n.Inputs = append(n.Inputs, c.Inputs[k].Name)
		}
		slices.Sort(n.Inputs)
		c.Neurons = append(c.Neurons, n)
	}
	for i, pin := range r.Perm(maxGPIO + 1)[:r.IntN(6)] {
		o := Output{Name: fmt.Sprintf("out_%d", i), Driver: "pulse", Neuron: c.Neurons[r.IntN(len(c.Neurons))].Name}
		at := fmt.Sprintf("GPIO%d", pin)
		if r.IntN(2) == 0 {
			o.Driver, o.Pins, o.Invert = "bar", at, r.IntN(2) == 0
		} else {
			o.Pin, o.Width, o.Every, o.Invert = at, duration(tick, time.Minute), 1+r.IntN(100), r.IntN(2) == 0
		}
		c.Outputs = append(c.Outputs, o)
	}
	return c
}

// FuzzEdit edits what parses: it then still does, with the new value, and all else as it was.
func FuzzEdit(f *testing.F) {
	f.Add(defaultTOML)
	f.Add(base)
	f.Add(rich)
	f.Fuzz(func(t *testing.T, text string) {
		before, err := Parse("", []byte(text), nil)
		if err != nil || len(before.Inputs) == 0 {
			return
		}
		name := before.Inputs[0].Name
		edited, err := Edit([]byte(text), "input."+name+".average", "7")
		if err != nil {
			return // an inline table, perhaps
		}
		after, err := Parse("", edited, nil)
		if err != nil {
			t.Fatalf("got %v from\n%s", err, edited)
		}
		before.Inputs[0].Average = 7
		if got, want := string(after.TOML()), string(before.TOML()); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
