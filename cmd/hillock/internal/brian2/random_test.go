package brian2

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hillock/config"
	"hillock/hw/part"
)

// 200 random networks have the same spikes in Brian2, in the same steps. A script has 10 of them: Brian2 takes its time for each.
func TestBrian2HasTheSpikesOfRandomNetworks(t *testing.T) {
	python, seed := python(t), rand.Uint64()
	t.Log("seed", seed)
	var all []*config.Config
	for i := range uint64(20) {
		g := newGenerator(seed, i)
		for range 10 {
			g.network()
		}
		cfg, err := config.Parse(fmt.Sprintf("seed %d, script %d", seed, i), []byte(g.text.String()), nil, part.Kinds())
		if err != nil {
			t.Fatalf("%v\n%s", err, &g.text)
		}
		all = append(all, cfg)
	}
	t.Log(compare(t, python, all, func(cfg *config.Config) time.Duration { return 600 * cfg.Loop.DT }), "spikes")
}

// generator writes random networks as text.
type generator struct {
	*rand.Rand
	text     strings.Builder
	dt       float64 // ms
	models   []int   // two or three of five: each one takes its time
	taus     []string
	networks int
	inputs   []string // currents of the network
	sources  []string // neurons, members and trains
	neurons  []string // neurons and members
}

func newGenerator(seed, script uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, script))}
	g.models = g.Perm(5)[:2+g.IntN(2)]
	g.taus = []string{"5", g.between(1, 30)}
	g.dt = []float64{0.1, 0.1, 0.05, 0.2}[g.IntN(4)]
	g.line("[loop]\ndt = \"%g ms\"\nspeed = %g", g.dt, []float64{0.1, 0.25, 1}[g.IntN(3)])
	return g
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.text, format+"\n", args...) }

// between returns a number with up to four digits.
func (g *generator) between(low, high float64) string {
	return fmt.Sprintf("%.4g", low+(high-low)*g.Float64())
}

// steps returns a time of some steps.
func (g *generator) steps(low, high int) string {
	return fmt.Sprintf("\"%.8g ms\"", g.dt*float64(low+g.IntN(high-low)))
}

// some returns n of the names as a list.
func (g *generator) some(names []string, n int) string {
	var list []string
	for _, k := range g.Perm(len(names))[:min(n, len(names))] {
		list = append(list, `"`+names[k]+`"`)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// network adds a network of 2 to 6 tables of neurons.
func (g *generator) network() {
	g.networks++
	g.inputs, g.sources, g.neurons = nil, nil, nil
	g.currents()
	for i := range 2 + g.IntN(5) {
		g.neuron(fmt.Sprintf("n%d-%d", g.networks, i))
	}
	g.sources = append(g.sources, g.neurons...)
	for i := range 1 + g.IntN(3) {
		g.synapse(fmt.Sprintf("%c%d-%d", 'a'+g.IntN(26), g.networks, i))
	}
}

// currents adds a knob, constant and changing currents, and trains.
func (g *generator) currents() {
	name := func(i int) string { return fmt.Sprintf("i%d-%d", g.networks, i) }
	for i := range 3 {
		g.inputs = append(g.inputs, name(i))
		g.line("[input.%s]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"%s nA\"", name(i), g.between(-0.5, 3))
	}
	if g.IntN(4) == 0 {
		g.inputs = append(g.inputs, name(3))
		g.line("[input.%s]\ndriver = \"wave\"\nshape = \"noise\"\nmean = \"%s nA\"\nseed = %d", name(3), g.between(1, 3), g.IntN(100))
	}
	if g.IntN(2) == 0 {
		g.sources = append(g.sources, name(4))
		g.line("[input.%s]\ndriver = \"train\"\nrate = \"%s Hz\"\nseed = %d", name(4), g.between(20, 300), g.IntN(100))
	}
	if g.IntN(2) == 0 {
		g.sources = append(g.sources, name(5))
		g.line("[input.%s]\ndriver = \"train\"\ntimes = [%s, %s]\nevery = %s", name(5), g.steps(1, 50), g.steps(50, 100), g.steps(100, 300))
	}
}

func (g *generator) neuron(name string) {
	g.line("[neuron.%s]\ninput = %s", name, g.some(g.inputs, 1+g.IntN(2)))
	g.neurons = append(g.neurons, name)
	if g.IntN(4) == 0 {
		n := 2 + g.IntN(4)
		g.line("count = %d", n)
		g.neurons = append(g.neurons, fmt.Sprintf("%s.%d", name, 1+g.IntN(n)))
	}
	if g.IntN(3) == 0 {
		g.line("v_start = [\"%s mV\", \"%s mV\"]\nseed = %d", g.between(-75, -65), g.between(-64, -55), g.IntN(100))
	}
	switch k := g.models[g.IntN(len(g.models))]; k {
	case 0:
		g.line("model = \"adex\"\nb = \"%s nA\"\na = \"%s nS\"\ntau_w = \"%s ms\"", g.between(0, 0.1), g.between(-2, 4), g.between(20, 200))
	case 1:
		g.line("model = \"izhikevich\"\na = %s\nd = %s\nc = \"%s mV\"", g.between(0.02, 0.1), g.between(0, 8), g.between(-65, -50))
		return
	default:
		g.line("tau_m = \"%s ms\"\nr_m = \"%s MOhm\"\ne_l = \"%s mV\"", g.between(5, 20), g.between(5, 20), g.between(-75, -60))
		if k == 2 {
			g.line("b = \"%s nA\"\na = \"%s nS\"\ntau_w = \"%s ms\"", g.between(0, 0.3), g.between(-5, 10), g.between(20, 300))
		} else if k == 3 {
			g.line("integrator = \"exact\"")
		}
	}
	g.line("t_ref = %s", g.steps(0, 50))
}

func (g *generator) synapse(name string) {
	kind, unit := []string{"exp", "exp", "alpha", "delta"}[g.IntN(4)], "nA"
	if kind == "delta" {
		unit = "mV"
	}
	from := 1 + g.IntN(2)
	g.line("[synapse.%s]\nkind = %q\nto = %s\nself = %t\ndelay = %s", name, kind, g.some(g.neurons, 2+g.IntN(2)), g.IntN(2) == 0, g.steps(1, 50))
	if kind != "delta" {
		g.line("tau = \"%s ms\"", g.taus[g.IntN(2)])
	}
	if g.IntN(4) == 0 {
		from = 2
		g.line("probability = %s\nseed = %d", g.between(0.2, 0.9), g.IntN(10))
	}
	g.line("from = %s", g.some(g.sources, from))
	if g.IntN(3) == 0 {
		g.line("plastic = {a_plus = \"%s %s\", a_minus = \"%[3]s %[2]s\", tau_plus = \"%[4]s ms\", tau_minus = \"%[5]s ms\", max = \"%[6]s %[2]s\"}",
			g.between(0.1, 1), unit, g.between(0.1, 1), g.between(5, 40), g.between(5, 40), g.between(4, 10))
		g.line("weight = \"%s %s\"", g.between(0, 4), unit)
		return
	}
	g.line("weight = \"%s %s\"", g.between(-4, 8), unit)
}
