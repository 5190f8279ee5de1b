package terminal

import (
	"fmt"
	"math"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// halfCentre is two neurons that inhibit each other and adapt.
const halfCentre = `
loop.speed = 1
[input.knob]
driver = "mcp3008"
channel = 0
current = ["1.5 nA", "4 nA"]
[neuron.left]
input = "knob"
t_ref = "2 ms"
b = "0.2 nA"
tau_w = "300 ms"
v_start = "-70 mV"
[neuron.right]
input = "knob"
t_ref = "2 ms"
b = "0.2 nA"
tau_w = "300 ms"
v_start = "-60 mV"
[synapse.l]
from = "left"
to = "right"
kind = "exp"
weight = "-3 nA"
tau = "20 ms"
delay = "1 ms"
[synapse.r]
from = "right"
to = "left"
kind = "exp"
weight = "-3 nA"
tau = "20 ms"
delay = "1 ms"
[output.left]
driver = "pulse"
pin = "GPIO17"
neuron = "left"
[output.right]
driver = "pulse"
pin = "GPIO27"
neuron = "right"
`

// light returns a ring of neurons, and a population of 200 with eight LEDs.
func light(ring int) string {
	var b strings.Builder
	b.WriteString("loop.speed = 1\n[input.knob]\ndriver = \"mcp3008\"\nchannel = 0\n[neuron.many]\ninput = \"knob\"\ncount = 200\nsigma = \"2 mV\"\nseed = 1\n")
	for i := range ring {
		fmt.Fprintf(&b, "[neuron.n%02d]\ninput = \"knob\"\nt_ref = \"%d ms\"\n", i+1, 5+i)
		fmt.Fprintf(&b, "[synapse.s%02d]\nfrom = \"n%02d\"\nto = \"n%02d\"\nkind = \"exp\"\nweight = \"16 nA\"\ntau = \"2 ms\"\ndelay = \"1 ms\"\n", i+1, i+1, (i+1)%ring+1)
	}
	for i, pin := range []int{17, 27, 22, 23, 24, 25, 5, 6} {
		fmt.Fprintf(&b, "[output.led%d]\ndriver = \"pulse\"\npin = \"GPIO%d\"\nneuron = \"many.%d\"\n", i+1, pin, i+1)
	}
	return b.String()
}

// networkBench returns a run of a configuration on a virtual clock, and its screen, as scopeBench does.
func networkBench(t testing.TB, text string, sets ...string) (*sessiontest.Bench, *screen) {
	t.Helper()
	cfg, err := config.Parse("net.toml", []byte(text), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Traced: true})
	s := newScreen(b.Session, nil, nil)
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	b.Observe(sessiontest.Each(func(tick neuron.Tick) {
		if tick.Due%33 == 0 {
			s.Update(frame{})
		}
	}))
	return b, s
}

func TestFramesOfNetworks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text    string
		ticks         int64
		keys          string
		width, height int
	}{
		{"lanes", halfCentre, 3000, "+ +", 80, 24},
		{"inner", halfCentre, 3000, "+ l", 80, 24},
		{"synapses", halfCentre, 3000, "+ g down tab", 80, 24},
		{"ring", light(8), 1500, "", 80, 24},
		{"ring-large", light(8), 1500, "", 120, 50},
		{"packed", light(30), 1500, "r", 80, 24},
		{"population", light(2), 1500, "+ l", 80, 24},
		{"synapses-many", light(30), 1500, "g down down down down down down down", 60, 16},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, s := networkBench(t, tt.text)
			b.Run(t, tt.ticks)
			s.typed(tt.keys)
			golden(t, "frame-net-"+tt.name, s, tt.width, tt.height)
		})
	}
}

// Each picture of a network fits each size.
func TestFramesOfNetworksFitAnySize(t *testing.T) {
	t.Parallel()
	for _, text := range []string{halfCentre, light(2), light(30)} {
		b, s := networkBench(t, text)
		b.Run(t, 300)
		for _, picture := range []string{"", "l", "g", "r", "f", "h"} {
			for _, size := range [][2]int{{200, 60}, {80, 24}, {60, 20}, {40, 12}, {20, 5}, {3, 2}, {1, 1}} {
				s.picture = picture
				all := rows(s, size[0], size[1])
				for _, row := range all {
					if n := len([]rune(row)); n > size[0] {
						t.Errorf("%v, %q: got a row of %d columns: %s", size, picture, n, row)
					}
				}
				if len(all) != size[1] {
					t.Errorf("%v, %q: got %d rows", size, picture, len(all))
				}
			}
		}
	}
}

// The time to fit lines grows with the square of their number: 24 s for a frame of a thousand neurons, each with a line.
func TestFrameOfManyNeuronsHasFewLines(t *testing.T) {
	t.Parallel()
	b, s := networkBench(t, light(200))
	b.Run(t, 10)
	rows(s, 80, 24)
	if n := len(s.foot()); n > 40 {
		t.Errorf("got %d lines below the picture of 24 rows, want few", n)
	}
}

func TestKeysChangeSynapses(t *testing.T) {
	t.Parallel()
	b, s := networkBench(t, halfCentre)
	b.Run(t, 100)
	s.typed("g")
	for _, tt := range []struct {
		keys               string
		weight, tau, delay float64 // of r
	}{
		{"left", -3, 20, 1}, // the first synapse, l
		{"down right", -2.8, 20, 1},
		{"shift+right", -0.8, 20, 1},
		{"down shift+left left", -3, 20, 1},
		{"tab right", -3, 21.1, 1},
		{"tab shift+right", -3, 21.1, 3},
		{"left", -3, 21.1, 2.8},
		{"shift+left shift+left left", -3, 21.1, 0.1},
		{"tab left left", -3.4, 21.1, 0.1},
		{"0", -3, 20, 1},
	} {
		s.typed(tt.keys)
		is := b.Session.Status().Synapses
		if r := is[1]; r.Weight != tt.weight || r.Tau != tt.tau || r.Delay != tt.delay {
			t.Errorf("%s: got %g nA, %g ms, %g ms; want %g, %g, %g", tt.keys, r.Weight, r.Tau, r.Delay, tt.weight, tt.tau, tt.delay)
		}
		if l := is[0]; tt.keys == "left" && tt.delay == 1 && l.Weight != -3.2 || tt.keys == "0" && l.Weight != -3 {
			t.Errorf("%s: got %g nA for l", tt.keys, l.Weight)
		}
	}
	if at := b.Virtual.Knobs["knob"].Position(); at != 0.4 {
		t.Errorf("got the knob at %g, want it at 0.4: the arrows belong to the synapses", at)
	}
	s.typed("g right")
	if at := b.Virtual.Knobs["knob"].Position(); at == 0.4 {
		t.Error("got the knob at 0.4 after the picture, want it turned")
	}
}

func TestPictureOfSynapsesWithoutAny(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	b.Run(t, 100)
	s.typed("g down right")
	if text := flat(s, 80, 24); !strings.Contains(text, "no synapse: a table [synapse.NAME] of the configuration connects neurons") {
		t.Errorf("got\n%s\nwant the reason for an empty picture", text)
	}
}

// A list that scrolls has its place below it. A narrow one has the chosen value there.
func TestListOfSynapsesNamesItsPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, keys    string
		width, height int
		want          string // the last row of the list
	}{
		{halfCentre, "g", 80, 12, "r right -> left"},
		{light(30), "g", 80, 10, "1-8 of 30"},
		{light(30), "g down down down down down down down down tab tab", 80, 10, "5-12 of 30"},
		{light(30), "g tab tab", 40, 10, "delay 1 ms, 1-8 of 30"},
		{halfCentre, "g tab tab", 40, 10, "delay 1 ms, 1-2 of 2"},
	} {
		b, s := networkBench(t, tt.text)
		b.Run(t, 100)
		s.typed(tt.keys)
		s.Update(tea.WindowSizeMsg{Width: tt.width, Height: 24})
		got := ansi.Strip(strings.Join(s.synapseRows(tt.height), "\n"))
		rows := strings.Split(got, "\n")
		if last := strings.Join(strings.Fields(rows[len(rows)-1]), " "); len(rows) > tt.height || !strings.HasPrefix(last, tt.want) {
			t.Errorf("%d x %d, %s: got\n%s\nwant it to end with %s", tt.width, tt.height, tt.keys, got, tt.want)
		}
	}
}

func TestSpikeInputsAreBelowThePicture(t *testing.T) {
	t.Parallel()
	b, s := networkBench(t, halfCentre+`
[input.cue]
driver = "train"
times = ["10 ms", "20 ms"]
[input.other]
driver = "train"
times = ["1 s"]
[synapse.cue]
from = ["cue", "other"]
to = "left"
kind = "delta"
weight = "1 mV"
`)
	b.Run(t, 300)
	if text := flat(s, 80, 24); !strings.Contains(text, "cue spikes 2 other spikes 0") {
		t.Errorf("got\n%s\nwant the spikes of both inputs", text)
	}
	s.typed("g")
	if text := flat(s, 80, 24); !strings.Contains(text, "cue cue, other -> left delta 1 mV 0.1 ms 2") {
		t.Errorf("got\n%s\nwant a synapse of the spike inputs", text)
	}
}

// gained is a neuron behind a synapse with a knob for its gain. The neuron has no input.
const gained = `
loop.speed = 1
[input.volume]
driver = "mcp3008"
channel = 0
[input.noise]
driver = "train"
rate = "100 Hz"
seed = 1
[neuron.n1]
t_ref = "2 ms"
[synapse.nerve]
from = "noise"
to = "n1"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
gain = "volume"
`

// eyed adds a neuron with an input of its own, and a synapse with the same knob for its gain.
const eyed = gained + `
[input.light]
driver = "mcp3008"
channel = 1
[neuron.eye]
input = "light"
[synapse.look]
from = "eye"
to = "n1"
kind = "delta"
weight = "1 mV"
gain = "volume"
`

func TestKeysTurnTheKnobOfAGain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, keys string
		knob             string
		want             float64
		frame            string // part of it
	}{
		{"alone", gained, "right up", "volume", 0.51, "←→↑↓ knob"},
		{"two neurons", eyed, "tab right", "volume", 0.41, ">volume"},
		{"two neurons, the input's", eyed, "right", "light", 0.41, ">light"},
		{"among the synapses", gained, "g tab tab tab right", "volume", 0.41, "-0.1"},
		{"among the synapses, faster", eyed, "g down tab tab tab shift+right right", "volume", 0.51, "  0.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, s := networkBench(t, tt.text)
			b.Run(t, 100)
			s.typed(tt.keys)
			if got := b.Virtual.Knobs[tt.knob].Position(); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("%s: got the knob %s at %g, want %g", tt.keys, tt.knob, got, tt.want)
			}
			b.Run(t, 100)
			if got := frameOf(s, 80, 24); !strings.Contains(got, tt.frame) {
				t.Errorf("got\n%s\nwant %q", got, tt.frame)
			}
		})
	}
}

func TestArrowsWithoutAKnobSayWhy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, keys, want string }{
		{"no knob", strings.NewReplacer("gain = \"volume\"\n", "", "[input.volume]\ndriver = \"mcp3008\"\nchannel = 0\n", "").Replace(gained), "right",
			"the configuration has no knob"},
		{"another neuron", gained + "[synapse.second]\nfrom = \"noise\"\nto = \"eye\"\nkind = \"delta\"\nweight = \"1 mV\"\n[neuron.eye]\n", "right",
			"eye has no knob: press tab for the next neuron or knob"},
		{"unused", strings.Replace(gained, "gain = \"volume\"\n", "", 1), "tab up", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, s := networkBench(t, tt.text)
			b.Run(t, 100)
			s.typed(tt.keys)
			if got := strings.Join(s.notice, "\n"); got != tt.want {
				t.Errorf("got the notice %q, want %q", got, tt.want)
			}
		})
	}
}
