package part

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

	"hillock/config"
)

// FuzzParse checks that any text and any --set result in a sound Config or in Problems.
func FuzzParse(f *testing.F) {
	f.Add(base, "")
	f.Add(rich, "loop.speed=1")
	f.Add(eyes, "input.eye.bright=10 Ohm")
	f.Add(arms, "output.left.pulse=[\"1 ms\", \"1.5 ms\"]")
	f.Add(arms+"[output.click]\ndriver = \"buzzer\"\npin = \"GPIO22\"\nneuron = \"n1\"\ntone = \"250 Hz\"\n", "output.click.click=3 ms")
	f.Add(string(config.DefaultTOML()), "neuron.n1.tau_m=5 ms")
	f.Add(minimal+"[output.a]\ndriver = \"mcp4725\"\nneuron = \"n1\"\nrange = [\"-80 mV\", \"-50 mV\"]\n", "output.a.address=0x67")
	f.Add(minimal+"[output.a]\ndriver = \"mcp4922\"\nneuron = \"n1\"\nchannel = 1\nclock = \"1 MHz\"\n", "output.a.range=[\"-1 V\", \"0 V\"]")
	f.Add(netBase, "synapse.a.weight=-8 nA")
	f.Add(netBase, `synapse.a.plastic={a_plus = "0.5 nA", a_minus = "0.6 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "10 nA"}`)
	for i, test := range netCases() {
		if i%8 == 0 {
			f.Add(string(editNet(test)), "synapse.b.plastic.max="+test.text)
		}
	}
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
		c, err := config.Parse("fuzz.toml", []byte(text), sets, Kinds())
		if err != nil {
			var problems config.Problems
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

// sound checks that every number of c is in its range.
func sound(t *testing.T, c *config.Config) {
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
	within("steps per tick", tick*c.Loop.Speed/float64(c.Loop.DT), 0, 1_000_000)
	for _, in := range c.Inputs {
		low, high := in.Part.Range()
		within("low", low, -5*config.MaxCurrent, 5*config.MaxCurrent) // of noise, with three standard deviations
		within("high", high, -5*config.MaxCurrent, 5*config.MaxCurrent)
		var k config.Knob
		switch p := in.Part.(type) {
		case MCP3xxx:
			k = p.Knob
			within("channel", float64(p.Channel), 0, 7)
			within("minus", float64(p.Minus), -1, 7)
			within("clock", float64(p.Clock), 10e3, 3.6e6)
			within("v_ref", p.VRef, 0.25, 5.5)
		case ADS1115:
			k = p.Knob
		case LDR:
			k = p.MCP3xxx.Knob
			within("position in the dark", p.Position(0), 0, 0)
			within("position in the sun", p.Position(float64(p.Full)), 1, 1)
		case SlowLDR:
			k = p.ADS1115.Knob
		case RC:
			k = p.Knob
		default:
			continue
		}
		within("low", k.Low, -config.MaxCurrent, config.MaxCurrent)
		within("high", k.High, -config.MaxCurrent, config.MaxCurrent)
		within("stale_after", float64(k.StaleAfter), tick, float64(time.Minute))
		within("average", float64(k.Average), 1, config.MaxAverage)
	}
	if len(c.Neurons) == 0 {
		t.Error("got no neuron, want at least one")
	}
	for _, n := range c.Neurons {
		for _, d := range n.Model().Params {
			if v := d.Of(n.Params); math.IsNaN(v) || math.IsInf(v, 0) || d.Key == "dt" && v != float64(c.Loop.DT)/1e6 || d.Key == "t_ref" && math.Signbit(v) {
				t.Errorf("neuron %s: got %s %g", n.Name, d.Key, v)
			}
		}
		within("count", float64(n.Count), 1, config.MaxNeurons)
		for _, v := range n.VStart {
			within("v_start", v, -1e4, 1e4)
		}
	}
	for _, s := range c.Synapses {
		within("weight", s.Weight, -config.MaxCurrent, config.MaxCurrent)
		within("delay", float64(s.Delay), float64(c.Loop.DT), max(float64(c.Loop.DT), float64(10*time.Second)))
		within("probability", s.Probability, 0, 1)
		if s.Kind.HasTau() {
			within("tau", s.Tau, float64(c.Loop.DT)/1e6, 1e6)
		}
		if len(s.From) == 0 || len(s.To) == 0 {
			t.Errorf("synapse %s: got no ends", s.Name)
		}
	}
	for _, o := range c.Outputs {
		switch p := o.Part.(type) {
		case Pulse:
			within("width", float64(p.Width), tick, float64(time.Minute))
		case MCP4725:
			within("range", p.Low, -1e4, p.High)
			within("address", float64(p.Address), 0x60, 0x67)
		case MCP49xx:
			within("range", p.Low, -1e4, p.High)
			within("channel", float64(p.Channel), 0, 1)
			within("clock", float64(p.Clock), 100e3, 20e6)
		}
	}
}

// TestRandomConfigsPrintAndParse prints random configurations, parses the text, and compares the two bit for bit.
func TestRandomConfigsPrintAndParse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted, n := 0, 1000
	if testing.Short() {
		n = 200
	}
	for range n {
		want := randomConfig(r)
		text := want.TOML()
		got, err := config.Parse("", text, nil, Kinds())
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
	if accepted < 3*n/10 {
		t.Errorf("%d of %d were accepted, want at least %d", accepted, n, 3*n/10)
	}
}

func randomConfig(r *rand.Rand) *config.Config {
	// between returns a number from low to high with an even distribution of its logarithm.
	between := func(low, high float64) float64 { return low * math.Exp(r.Float64()*math.Log(high/low)) }
	duration := func(low, high time.Duration) time.Duration {
		return min(max(low, time.Duration(between(float64(low), float64(high)))), high)
	}
	c := &config.Config{Loop: config.Loop{
		DT: duration(time.Microsecond, time.Second), Tick: duration(50*time.Microsecond, time.Second),
		Speed: math.Round(between(1e-6, 1000)*1e9) / 1e9,
	}}
	tick := c.Loop.Tick
	c.Loop.MaxLag = duration(tick, time.Hour)
	c.Loop.Realtime = []string{"auto", "on", "off"}[r.IntN(3)]
	c.Loop.Spin = []time.Duration{-1, 0, 20 * time.Microsecond}[r.IntN(3)]
	c.Loop.CPU = r.IntN(5) - 1
	for i := range 1 + r.IntN(3) {
		chip := mcpModels()[r.IntN(len(mcpModels()))]
		m := MCP3xxx{
			Model: chip.driver, Port: fmt.Sprintf("SPI%d.%d", 2+i, r.IntN(2)),
			Channel: r.IntN(chip.channels), Minus: -1, Clock: int64(between(chip.lowest, chip.at5V)), VRef: between(chip.vRef, 5.5),
			Knob: config.Knob{
				Low: r.NormFloat64() * between(1e-12, 1e5), High: between(1e-300, 1e6), StaleAfter: duration(tick, time.Minute),
				Median: 1 + 2*r.IntN(config.MaxMedian/2), Average: 1 + r.IntN(config.MaxAverage), DeadZone: r.IntN(chip.full() / 8),
				Ends: [2]int{r.IntN(chip.full() / 4), chip.full() - r.IntN(chip.full()/4)},
			},
		}
		if chip.channels > 1 && r.IntN(2) == 0 {
			m.Minus = m.Channel ^ 1
		}
		c.Inputs = append(c.Inputs, config.Input{Name: fmt.Sprintf("in-%d", i), Driver: chip.driver, Part: m})
	}
	dt := float64(c.Loop.DT) / 1e6
	for i := range 1 + r.IntN(3) {
		n, vt := standard(fmt.Sprintf("n%d", i)), r.NormFloat64()*100
		seed := r.IntN(math.MaxInt32)
		for key, v := range map[string]float64{
			"tau_m": between(dt, 1e6), "e_l": r.NormFloat64() * 100, "v_t": vt, "v_reset": vt - between(1e-6, 1000), "r_m": between(1e-300, 1e6),
			"t_ref": r.Float64() * between(1e-9, 1e6), "sigma": between(1e-9, 1e4), "seed": float64(seed), "dt": dt,
			"a": r.NormFloat64() * 1e3, "b": r.NormFloat64() * 1e3, "tau_w": between(1e-6, 1e6),
		} {
			n = with(n, key, v)
		}
		n.Seed, n.Count = uint64(seed), 1+r.IntN(3)*r.IntN(300)
		if low := r.NormFloat64() * 100; r.IntN(2) == 0 {
			n.VStart = []float64{low, low + float64(r.IntN(2))*between(1e-6, 100)}
		}
		for _, k := range r.Perm(len(c.Inputs))[:1+r.IntN(len(c.Inputs))] {
			n.Inputs = append(n.Inputs, c.Inputs[k].Name)
		}
		slices.Sort(n.Inputs)
		c.Neurons = append(c.Neurons, n)
	}
	for i := range r.IntN(4) {
		c.Synapses = append(c.Synapses, randomSynapse(r, c, fmt.Sprintf("s%d", i)))
	}
	for i, pin := range r.Perm(28)[:r.IntN(6)] {
		o := config.Output{Name: fmt.Sprintf("out_%d", i), Neuron: randomNeuron(r, c)}
		at := fmt.Sprintf("GPIO%d", pin)
		if r.IntN(2) == 0 {
			o.Driver, o.Part = "bar", Bar{Pins: at, Invert: r.IntN(2) == 0}
		} else {
			o.Driver, o.Part = "pulse", Pulse{Pin: at, Width: duration(tick, time.Minute), Every: 1 + r.IntN(100), Invert: r.IntN(2) == 0}
		}
		c.Outputs = append(c.Outputs, o)
	}
	for i := range r.IntN(3) {
		low := r.NormFloat64() * 100
		slow := MCP4725{Bus: "I2C5", Address: 0x60 + i, Low: low, High: low + between(1e-6, 1000)}
		fast := MCP49xx{Model: "mcp4922", Port: "SPI6.1", Channel: i, Clock: 4e6, Low: slow.Low, High: slow.High}
		c.Outputs = append(c.Outputs, config.Output{Name: fmt.Sprintf("out_slow%d", i), Driver: "mcp4725", Neuron: randomNeuron(r, c), Part: slow},
			config.Output{Name: fmt.Sprintf("out_fast%d", i), Driver: "mcp4922", Neuron: randomNeuron(r, c), Part: fast})
	}
	slices.SortFunc(c.Outputs, func(a, b config.Output) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// randomNeuron returns the name of a neuron, or of a neuron in a population.
func randomNeuron(r *rand.Rand, c *config.Config) string {
	n := c.Neurons[r.IntN(len(c.Neurons))]
	if n.Count > 1 && r.IntN(2) == 0 {
		return fmt.Sprintf("%s.%d", n.Name, 1+r.IntN(n.Count))
	}
	return n.Name
}

// randomSynapse returns a synapse between any neurons.
func randomSynapse(r *rand.Rand, c *config.Config, name string) config.Synapse {
	s := anySynapse([]string{"exp", "alpha", "delta"}[r.IntN(3)])
	s.Name, s.Self = name, true
	s.From, s.To = []string{randomNeuron(r, c)}, []string{c.Neurons[0].Name, randomNeuron(r, c)}[r.IntN(2):]
	if len(s.To) == 2 && s.To[0] == s.To[1] {
		s.To = s.To[:1]
	}
	if len(s.To) == 2 {
		s.Probability, s.Seed = r.Float64(), uint64(r.IntN(math.MaxInt32))
	}
	s.Weight, s.Delay = r.NormFloat64(), c.Loop.DT*time.Duration(1+r.IntN(8))
	tau := func() float64 { return float64(c.Loop.DT)/1e6 + r.Float64()*100 }
	if s.Kind.HasTau() {
		s.Tau = tau()
	}
	if r.IntN(2) == 0 {
		s.Gain = c.Inputs[0].Name
	}
	if p := &s.Plastic; s.Weight > 0 && r.IntN(2) == 0 {
		p.APlus, p.AMinus, p.TauPlus, p.TauMinus, p.Max = r.Float64(), r.Float64(), tau(), tau(), s.Weight*(1+r.Float64())
	}
	return s
}

// anySynapse returns a synapse of a kind.
func anySynapse(kind string) config.Synapse {
	values := "weight = \"8 nA\"\ntau = \"5 ms\"\n"
	if kind == "delta" {
		values = "weight = \"8 mV\"\n"
	}
	c, err := config.Parse("", []byte(minimal+"[synapse.s]\nfrom = \"n1\"\nto = \"n1\"\nself = true\nkind = \""+kind+"\"\n"+values), nil, Kinds())
	if err != nil {
		panic(err)
	}
	return c.Synapses[0]
}

// FuzzEdit checks that an edited configuration parses, with the new value and no other change.
func FuzzEdit(f *testing.F) {
	f.Add(string(config.DefaultTOML()))
	f.Add(base)
	f.Add(rich)
	f.Fuzz(func(t *testing.T, text string) {
		before, err := config.Parse("", []byte(text), nil, Kinds())
		if err != nil || len(before.Inputs) == 0 {
			return
		}
		name := before.Inputs[0].Name
		edited, err := config.Edit([]byte(text), "input."+name+".average", "7")
		if err != nil {
			return // an inline table, perhaps
		}
		after, err := config.Parse("", edited, nil, Kinds())
		if err != nil {
			t.Fatalf("got %v from\n%s", err, edited)
		}
		switch p := before.Inputs[0].Part.(type) {
		case MCP3xxx:
			p.Average = 7
			before.Inputs[0].Part = p
		case ADS1115:
			p.Average = 7
			before.Inputs[0].Part = p
		case RC:
			p.Average = 7
			before.Inputs[0].Part = p
		}
		if got, want := string(after.TOML()), string(before.TOML()); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
