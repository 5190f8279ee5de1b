package doctor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// wired is a configuration with two jumper wires from pin to pin, and a button.
const wired = `
[input.tone]
driver = "wave"
shape = "sine"
amplitude = "1 nA"
frequency = "10 Hz"
[neuron.a]
input = "tone"
[neuron.b]
input = "tone"
[neuron.c]
[output.red]
driver = "pulse"
pin = "GPIO17"
neuron = "a"
[output.green]
driver = "pulse"
pin = "GPIO27"
neuron = "b"
[output.blue]
driver = "pulse"
pin = "GPIO5"
neuron = "c"
[input.one]
driver = "edge"
pin = "GPIO22"
from = "red"
[input.two]
driver = "edge"
pin = "GPIO23"
from = "green"
[input.button]
driver = "edge"
pin = "GPIO24"
edge = "falling"
[synapse.s]
from = ["one", "two", "button"]
to = "c"
kind = "delta"
weight = "16 mV"
delay = "1 ms"
`

// connect puts jumper wires between pins: "17-22 27-23".
func connect(t *testing.T, v *board.Virtual, jumpers string) {
	t.Helper()
	loose := map[string]string{}
	for input := range v.Jumpers {
		loose[input] = ""
	}
	if err := v.MoveJumpers(loose); err != nil {
		t.Fatal(err)
	}
	for _, w := range strings.Fields(jumpers) {
		a, b, _ := strings.Cut(w, "-")
		if err := v.Connect(a, b); err != nil {
			t.Fatal(err)
		}
	}
}

// survey returns the jumper wires of a virtual Pi with a configuration.
func survey(t *testing.T, file, text string, prepare func(*board.Virtual, *doctor.Bench)) (c doctor.Connectome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Parse(file, []byte(text), nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		bench := &doctor.Bench{Config: cfg, Pi: v}
		prepare(v, bench)
		before, live := state(v), []doctor.Jumper(nil)
		c, err = bench.Connectome(t.Context(), func(j doctor.Jumper) { live = append(live, j) })
		if err != nil {
			t.Error(err)
		}
		for _, out := range cfg.Outputs { // an inverted LED ends dark
			if led := out.Part.(part.Pulse); led.Invert {
				i := v.Pin(led.Pin).Number()
				before[i] = strings.Replace(before[i], " In ", " Out ", 1)
			}
		}
		if after := state(v); !slices.Equal(before, after) {
			t.Errorf("left the pins as %v, found them as %v", after, before)
		}
		if !slices.Equal(live, c.Jumpers) {
			t.Errorf("got %v live, and %v at the end", live, c.Jumpers)
		}
	})
	return c
}

// text returns the failed findings and the warnings in words.
func texts(found []doctor.Finding) (all []string) {
	for _, f := range found {
		if f.Result == doctor.Failed || f.Result == doctor.Warning {
			all = append(all, fmt.Sprintf("%s: %s | %s | %s", f.Check, f.Seen, f.Means, f.Do))
		}
	}
	return all
}

func TestRightWiresPass(t *testing.T) {
	t.Parallel()
	c := survey(t, "xor.toml", wired, func(v *board.Virtual, _ *doctor.Bench) { connect(t, v, "17-22 27-23") })
	want := doctor.Connectome{
		Jumpers:  []doctor.Jumper{{Output: "green", From: "GPIO27", To: "GPIO23", Part: "input two", Wanted: true}, {Output: "red", From: "GPIO17", To: "GPIO22", Part: "input one", Wanted: true}},
		Listened: strings.Fields("GPIO5 GPIO27 GPIO17 GPIO24 GPIO22 GPIO23 GPIO2 GPIO3 GPIO4 GPIO6 GPIO12 GPIO13 GPIO14 GPIO15 GPIO16 GPIO18 GPIO19 GPIO20 GPIO21 GPIO25 GPIO26"),
		Findings: []doctor.Finding{
			{Check: "button", Result: doctor.Passed, Seen: "GPIO24 (header pin 18), without a wire from an output, hears none"},
			{Check: "one", Result: doctor.Passed, Seen: "red at GPIO17 (header pin 11) arrives at GPIO22 (header pin 15)"},
			{Check: "two", Result: doctor.Passed, Seen: "green at GPIO27 (header pin 13) arrives at GPIO23 (header pin 16)"},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// wrongWires are wrong wirings with the text of each finding.
func TestWrongWiresAreNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, jumpers string
		breaks        func(*board.Virtual)
		want          []string
	}{
		{"in the neighbour's hole", "17-25 27-23", nil, []string{
			"one: red arrives at GPIO25 (header pin 22), a free pin, and not at GPIO22 (header pin 15) | xor wants red -> GPIO22, yours is in GPIO25 | move the wire from GPIO25 (header pin 22) to GPIO22 (header pin 15)",
		}},
		{"swapped", "17-23 27-22", nil, []string{
			"one: GPIO22 (header pin 15) hears green, and red arrives at GPIO23 (header pin 16) | the wires of red and green are swapped | put the wire of red into GPIO22 (header pin 15), and that of green into GPIO23 (header pin 16)",
			"two: GPIO23 (header pin 16) hears red, and green arrives at GPIO22 (header pin 15) | the wires of green and red are swapped | put the wire of green into GPIO23 (header pin 16), and that of red into GPIO22 (header pin 15)",
		}},
		{"missing", "27-23", nil, []string{
			"one: GPIO22 (header pin 15) does not hear red | the wire is loose or missing, or an end is in a hole that is no free pin | connect GPIO17 (header pin 11) to GPIO22 (header pin 15)",
		}},
		{"two outputs at one input", "17-22 27-22", nil, []string{
			"one: GPIO22 (header pin 15) hears green and red | green and red are joined: two outputs drive one wire | move the wire of green from GPIO22 (header pin 15) to GPIO23 (header pin 16)",
			"two: green arrives at GPIO22 (header pin 15), the pin of input one, and not at GPIO23 (header pin 16) | xor wants green -> GPIO23, yours is in GPIO22 | move the wire from GPIO22 (header pin 15) to GPIO23 (header pin 16)",
		}},
		{"two outputs at one input, one with a second wire", "17-22 27-23 27-22", nil, []string{
			"one: GPIO22 (header pin 15) hears green and red | green and red are joined: two outputs drive one wire | remove the wire that joins green, GPIO27 (header pin 13), to GPIO17 (header pin 11) or to GPIO22 (header pin 15)",
			"two: GPIO23 (header pin 16) hears green and red | green and red are joined: two outputs drive one wire | remove the wire that joins red, GPIO17 (header pin 11), to GPIO27 (header pin 13) or to GPIO23 (header pin 16)",
		}},
		{"short between two outputs", "17-22 27-23 17-27", nil, []string{
			"one: GPIO22 (header pin 15) hears green and red | green and red are joined: two outputs drive one wire | remove the wire that joins green, GPIO27 (header pin 13), to GPIO17 (header pin 11) or to GPIO22 (header pin 15)",
			"two: GPIO23 (header pin 16) hears green and red | green and red are joined: two outputs drive one wire | remove the wire that joins red, GPIO17 (header pin 11), to GPIO27 (header pin 13) or to GPIO23 (header pin 16)",
		}},
		{"short to an output without an input", "17-22 27-23 17-5", nil, []string{
			"one: GPIO22 (header pin 15) hears blue and red | blue and red are joined: two outputs drive one wire | remove the wire that joins blue, GPIO5 (header pin 29), to GPIO17 (header pin 11) or to GPIO22 (header pin 15)",
		}},
		{"input at 3V3", "27-23", func(v *board.Virtual) { v.Pin("GPIO22").Drive(gpio.High) }, []string{
			"one: GPIO22 (header pin 15) stays high, and does not hear red | GPIO22 is at 3V3 | check both ends of the wire at GPIO22 (header pin 15), and its neighbours",
		}},
		{"input at GND", "27-23", func(v *board.Virtual) { v.Pin("GPIO22").Drive(gpio.Low) }, []string{
			"one: GPIO22 (header pin 15) stays low, and does not hear red | GPIO22 is at GND | check both ends of the wire at GPIO22 (header pin 15), and its neighbours",
		}},
		{"output at 3V3", "27-23", func(v *board.Virtual) { v.Pin("GPIO17").Drive(gpio.High) }, []string{
			"red: GPIO17 (header pin 11) is high without a pulse, and was not pulsed | the wire of red is at 3V3, or at an output of another board | remove the wire at GPIO17 (header pin 11), check its other end, and run the doctor again",
		}},
		{"output at GND", "27-23", func(v *board.Virtual) { v.Pin("GPIO17").Drive(gpio.Low) }, []string{
			"one: GPIO22 (header pin 15) does not hear red | the wire is loose or missing, or GPIO17 is at GND | connect GPIO17 (header pin 11) to GPIO22 (header pin 15)",
		}},
		{"other end in a wrong hole", "18-22 27-23", nil, []string{
			"one: GPIO22 (header pin 15) does not hear red: its wire leads to GPIO18 (header pin 12), a free pin | xor wants red -> GPIO22, yours comes from GPIO18 | move that end from GPIO18 (header pin 12) to GPIO17 (header pin 11), red",
		}},
		{"from another output", "5-22 27-23", nil, []string{
			"one: GPIO22 (header pin 15) hears blue, and not red | xor wants red -> GPIO22, yours comes from GPIO5, blue | move the other end of the wire from GPIO5 (header pin 29) to GPIO17 (header pin 11)",
		}},
		{"from an output with a wire", "27-22 27-23", nil, []string{
			"one: GPIO22 (header pin 15) hears green, and not red | xor wants red -> GPIO22, yours comes from GPIO27, green | move the other end of the wire from GPIO27 (header pin 13) to GPIO17 (header pin 11)",
		}},
		{"output at a button", "17-22 27-23 5-24", nil, []string{
			"button: GPIO24 (header pin 18) hears blue | GPIO24 is for a button: a wire of blue is in the wrong hole | remove the wire of blue, GPIO5 (header pin 29), from GPIO24 (header pin 18)",
		}},
		{"wire to a free pin", "17-22 27-23 5-16", nil, []string{
			"blue: blue at GPIO5 (header pin 29) arrives at GPIO16 (header pin 36), a free pin, too | the file does not use this wire | remove the wire at GPIO16 (header pin 36), or add an input of driver edge for it",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := survey(t, "xor.toml", wired, func(v *board.Virtual, _ *doctor.Bench) {
				connect(t, v, tt.jumpers)
				if tt.breaks != nil {
					tt.breaks(v)
				}
			})
			if diff := cmp.Diff(tt.want, texts(c.Findings)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// lamp is an LED with its resistor: it holds an input at its own rail.
type lamp struct{ at gpio.Level }

// Level implements sim.Circuit.
func (l lamp) Level(_ time.Duration, level gpio.Level, ohms float64) gpio.Level {
	if ohms > 0 {
		return l.at
	}
	return level
}

// random returns a random right wiring: a configuration, its jumper wires, and the LEDs of its outputs.
func random(rng *rand.Rand) (text, jumpers string, lamps map[string]lamp) {
	pins := strings.Fields("4 5 6 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27")
	rng.Shuffle(len(pins), func(i, j int) { pins[i], pins[j] = pins[j], pins[i] })
	take := func() string {
		pin := pins[0]
		pins = pins[1:]
		return pin
	}
	text = "[neuron.n]\n[synapse.s]\nfrom = [\"i0\"]\nto = \"n\"\nkind = \"delta\"\nweight = \"16 mV\"\ndelay = \"1 ms\"\n"
	lamps = map[string]lamp{}
	var outputs []string
	for i := range 1 + rng.IntN(5) {
		pin := take()
		outputs = append(outputs, pin)
		invert := rng.IntN(3) == 0
		text += fmt.Sprintf("[output.o%d]\ndriver = \"pulse\"\npin = \"GPIO%s\"\nneuron = \"n\"\ninvert = %t\n", i, pin, invert)
		if rng.IntN(2) == 0 {
			lamps[pin] = lamp{gpio.Level(invert)}
		}
	}
	for i := range 1 + rng.IntN(6) {
		pin, from := take(), ""
		if to := rng.IntN(len(outputs) + 1); to < len(outputs) {
			from = fmt.Sprintf("from = \"o%d\"\n", to)
			jumpers += outputs[to] + "-" + pin + " "
		}
		edge, pull := []string{"rising", "falling"}[rng.IntN(2)], []string{"up", "down", "off"}[rng.IntN(3)]
		text += fmt.Sprintf("[input.i%d]\ndriver = \"edge\"\npin = \"GPIO%s\"\nedge = %q\npull = %q\n%s", i, pin, edge, pull, from)
	}
	return text, jumpers, lamps
}

// TestRightWiresHaveNoFalseAlarm checks random right wirings, with LEDs and with a bouncing button at a free pin.
func TestRightWiresHaveNoFalseAlarm(t *testing.T) {
	t.Parallel()
	const seed, n = 1805, 100
	rng := rand.New(rand.NewPCG(seed, 0))
	alarms, wires, inputs := 0, 0, 0
	for i := range n {
		text, jumpers, lamps := random(rng)
		c := survey(t, "random.toml", text, func(v *board.Virtual, b *doctor.Bench) {
			connect(t, v, jumpers)
			for pin, lamp := range lamps {
				v.Pin(pin).Wire(lamp)
			}
			if i%2 == 0 {
				b.Unit = time.Millisecond
			}
		})
		wires += len(strings.Fields(jumpers))
		inputs += strings.Count(text, "[input.")
		if got := len(c.Jumpers); got != len(strings.Fields(jumpers)) {
			t.Errorf("%d: got %d wires, want %s\n%s", i, got, jumpers, text)
		}
		for _, f := range c.Findings {
			if f.Result != doctor.Passed {
				alarms++
				t.Errorf("%d: got %+v with the wires %s and\n%s", i, f, jumpers, text)
			}
		}
	}
	t.Logf("seed %d: %d false alarms in %d right wirings of %d wires and %d inputs", seed, alarms, n, wires, inputs)
}

// TestOneOutputAtATime checks that an output is high only while all others are inputs, and that joined outputs end as inputs.
func TestOneOutputAtATime(t *testing.T) {
	t.Parallel()
	found := examine(t, wired, func(v *board.Virtual, b *doctor.Bench) {
		connect(t, v, "17-22 27-23 17-27")
		b.Pi, b.Hand = watched{v, t, []string{"GPIO17", "GPIO27"}}, v
	})
	for _, name := range []string{"red", "green"} {
		if want := (doctor.Finding{Check: name, Result: doctor.Skipped, Seen: "not checked: it would drive against something else"}); !slices.Contains(found, want) {
			t.Errorf("got %+v, want %+v", found, want)
		}
	}
	c := survey(t, "xor.toml", wired, func(v *board.Virtual, b *doctor.Bench) {
		connect(t, v, "17-22 27-23 17-27")
		b.Pi = watched{v, t, []string{"GPIO17", "GPIO27", "GPIO5"}}
	})
	if len(c.Jumpers) != 6 {
		t.Errorf("got %v", c.Jumpers)
	}
}

// watched is a virtual Pi. It reports an output pin that changes while another one is an output.
type watched struct {
	*board.Virtual
	t       *testing.T
	outputs []string
}

func (w watched) OpenPin(name string) (gpio.PinIO, error) {
	p, err := w.Virtual.OpenPin(name)
	return watchedPin{p, w, name}, err
}

type watchedPin struct {
	gpio.PinIO
	w    watched
	name string
}

func (p watchedPin) Out(l gpio.Level) error {
	for _, other := range p.w.outputs {
		if function := p.w.Pin(other).Function(); other != p.name && l == gpio.High && !strings.HasPrefix(function, "In/") {
			p.w.t.Errorf("%s becomes high while %s is %s", p.name, other, function)
		}
	}
	return p.PinIO.Out(l)
}
