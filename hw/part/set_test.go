package part

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

func TestSet(t *testing.T) {
	tests := []struct {
		name   string
		sets   []string
		change func(*config.Config)
	}{
		{"bare, as from a shell", []string{"neuron.n1.tau_m=5 ms"}, fiveMilliseconds},
		{"in quotes", []string{`neuron.n1.tau_m="5 ms"`}, fiveMilliseconds},
		{"with spaces", []string{` neuron.n1.tau_m = 5 ms `}, fiveMilliseconds},
		{"whole number", []string{"loop.speed=2"}, func(c *config.Config) { c.Loop.Speed = 2 }},
		{"fraction", []string{"loop.speed=0.5"}, func(c *config.Config) { c.Loop.Speed = 0.5 }},
		{"the last one wins", []string{"loop.speed=0.5", "loop.speed=3"}, func(c *config.Config) { c.Loop.Speed = 3 }},
		{"a list", []string{`input.knob.current=["1 nA", "2 nA"]`}, func(c *config.Config) { knobOf(c, func(m *MCP3xxx) { m.Low, m.High = 1, 2 }) }},
		{"a channel", []string{"input.knob.channel=3"}, func(c *config.Config) { knobOf(c, func(m *MCP3xxx) { m.Channel = 3 }) }},
		{"a pair in place of the channel", []string{"input.knob.differential=[1, 0]"}, func(c *config.Config) { knobOf(c, func(m *MCP3xxx) { m.Channel, m.Minus = 1, 0 }) }},
		{"a pin", []string{"output.led.pin=P1_7"}, func(c *config.Config) {
			c.Outputs[0].Part = Pulse{Pin: "GPIO4", Width: 20 * time.Millisecond, Every: 1}
		}},
		{"an equals sign in the value", []string{`output.led.pin="GPIO4" # = 7`}, func(c *config.Config) {
			c.Outputs[0].Part = Pulse{Pin: "GPIO4", Width: 20 * time.Millisecond, Every: 1}
		}},
		{"a new table", []string{"output.b.driver=pulse", "output.b.pin=GPIO4", "output.b.neuron=n1"}, func(c *config.Config) {
			c.Outputs = []config.Output{{Name: "b", Driver: "pulse", Neuron: "n1", Part: Pulse{Pin: "GPIO4", Width: 20 * time.Millisecond, Every: 1}}, c.Outputs[0]}
		}},
		{"a strip on a port", []string{"output.b.driver=apa102", "output.b.port=/dev/spidev0.1", "output.b.neuron=n1"}, func(c *config.Config) {
			c.Outputs = []config.Output{{Name: "b", Driver: "apa102", Neuron: "n1",
				Part: APA102{Port: "SPI0.1", LEDs: 8, Color: [3]uint8{0, 255, 0}, Brightness: 24}}, c.Outputs[0]}
		}},
	}
	for _, test := range tests {
		want := config.Default(Kinds())
		test.change(want)
		got, err := config.Parse("", config.DefaultTOML(), test.sets, Kinds())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
}

// fiveMilliseconds sets the neuron's tau_m to 5 ms.
func fiveMilliseconds(c *config.Config) { c.Neurons[0] = with(c.Neurons[0], "tau_m", 5) }

// knobOf changes the knob of the built-in configuration.
func knobOf(c *config.Config, change func(*MCP3xxx)) {
	m := c.Inputs[0].Part.(MCP3xxx)
	change(&m)
	c.Inputs[0].Part = m
}

// TestSetHidesTheFile checks that a bad value in the file is no problem if --set replaces it.
func TestSetHidesTheFile(t *testing.T) {
	text := edit(t, 17, "tau_m = 10")
	if _, err := config.Parse("bad.toml", text, []string{"neuron.n1.tau_m=10 ms"}, Kinds()); err != nil {
		t.Error(err)
	}
	text = edit(t, 10, "differential = [1, 2]")
	if _, err := config.Parse("bad.toml", text, []string{"input.knob.channel=1"}, Kinds()); err != nil {
		t.Error(err)
	}
}

// TestSetNeverNamesALineOfTheBuiltInFile checks problems and warnings of keys in the built-in file: each has the place of a set.
func TestSetNeverNamesALineOfTheBuiltInFile(t *testing.T) {
	sets := []string{"loop.speed=2", "neuron.n1.v_t=-70 mV", "output.led.width=5 ms"}
	_, err := config.Parse("", config.DefaultTOML(), sets, Kinds())
	if got, want := fmt.Sprint(err), `--set neuron.n1.v_t: neuron.n1.v_reset: must be below v_t (-70 mV), got "-70 mV"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c, err := config.Parse("", config.DefaultTOML(), []string{"neuron.n1.v_t=-1 mV"}, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	const silent = "--set neuron.n1.v_t: warning: neuron.n1.input: gives at most 5 nA, the rheobase is 6.9 nA, got \"knob\": raise the input's current or lower v_t"
	if got := fmt.Sprint(c.Warnings); got != "["+silent+"]" {
		t.Errorf("got %s, want %s", got, silent)
	}
}

func TestBadSets(t *testing.T) {
	const shape = "must be table.name.key=value or loop.key=value"
	tests := []struct{ set, want string }{
		{"", `--set "": ` + shape + `, got ""`},
		{"=", `--set "": ` + shape + `, got "="`},
		{"loop.dt", `--set loop.dt: ` + shape + `, got "loop.dt"`},
		{"dt=1 ms", `--set dt: ` + shape + `, got "dt=1 ms"`},
		{"neuron.tau_m=1 ms", `--set neuron.tau_m: ` + shape + `, got "neuron.tau_m=1 ms"`},
		{"neuron..tau_m=1 ms", `--set neuron..tau_m: ` + shape + `, got "neuron..tau_m=1 ms"`},
		{"neuron.n 1.tau_m=1 ms", `--set neuron.n 1.tau_m: ` + shape + `, got "neuron.n 1.tau_m=1 ms"`},
		{"a.b.c.d=1", `--set a.b.c.d: ` + shape + `, got "a.b.c.d=1"`},
		{"lop.speed=1", `--set lop.speed: unknown table lop: did you mean loop?`},
		{"neuron.n2.tau_m=5 ms", `--set neuron.n2.tau_m: neuron.n2.input: must be given: did you mean neuron.n1? for a new neuron add input = "knob"`},
		{"neuron.n1.v_t=-70 mV", `--set neuron.n1.v_t: neuron.n1.v_reset: must be below v_t (-70 mV), got "-70 mV"`},
		{"loop.tick=0", `--set loop.tick: must be between 50 us and 1 s, got "0"`},
		{"output.led.invert=True", `--set output.led.invert: must be true or false, got "True": write true`},
		{"output.led.invert=yes", `--set output.led.invert: must be true or false, got "yes"`},
		{"neurons.n1.tau_m=1 ms", `--set neurons.n1.tau_m: unknown table neurons: did you mean neuron?`},
		{"neuron.n1.taum=1 ms", `--set neuron.n1.taum: unknown key: did you mean tau_m?`},
		{"loop.n1.dt=1 ms", `--set loop.n1.dt: unknown key loop.n1: the keys of [loop] are dt, tick, speed, max_lag, realtime, spin, cpu`},
		{"neuron.n1.tau_m=5", `--set neuron.n1.tau_m: must be a time such as "10 ms", got "5": the unit is missing, write "5 ms"`},
		{"neuron.n1.tau_m=-5 ms", `--set neuron.n1.tau_m: must be more than 0 ms, got "-5 ms"`},
		{"neuron.n1.tau_m=", `--set neuron.n1.tau_m: must be a time such as "10 ms", got ""`},
		{"loop.speed=fast", `--set loop.speed: must be a number between 0.000001 and 1000, got "fast"`},
		{"loop.speed=1\n[x]", `--set loop.speed: must be a number between 0.000001 and 1000, got "1\n[x]"`},
		{"loop.dt=50 ms", `--set loop.dt: must be below 2 tau_m (20 ms), or the integration diverges in neuron.n1, got "50 ms"`},
		{"loop.dt\x1b=1", `--set loop.dt\x1b: ` + shape + `, got "loop.dt\x1b=1"`},
		{"input.knob.current=[1, \"2 nA\"]", `--set input.knob.current: must be a current such as "2 nA", got 1: the unit is missing, write "1 nA"`},
		{"input.knob.channel=first", `--set input.knob.channel: must be a whole number between 0 and 7, got "first"`},
		{"neuron.n1.input=nob", `--set neuron.n1.input: must be the name of an input, got "nob": did you mean knob?`},
		{"output.led.pin=17", `--set output.led.pin: must be a pin such as "GPIO17" or "P1_11", got "17": write "GPIO17", or "P1_17" for the header position`},
	}
	for _, test := range tests {
		_, err := config.Parse("", config.DefaultTOML(), []string{test.set}, Kinds())
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.set, got, test.want)
		}
	}
}

// TestSetIntoNoTableReportsTheFile checks that only the problem of the file is reported.
func TestSetIntoNoTableReportsTheFile(t *testing.T) {
	_, err := config.Parse("bad.toml", []byte("loop = 5\n[[output.led]]\n"+minimal), []string{"loop.speed=2", "output.led.pin=GPIO3"}, Kinds())
	const want = `bad.toml:1:1: loop: must be a table, got 5: write [loop]
bad.toml:2:10: output.led: must be a table, got [[...]]: write [output.led]`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
