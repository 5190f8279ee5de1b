package part

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/config/played"
)

// reference returns the configuration of default.toml.
func reference() *config.Config {
	return &config.Config{
		Loop:    config.Loop{DT: 100 * time.Microsecond, Tick: time.Millisecond, Speed: 0.1, MaxLag: 250 * time.Millisecond, Realtime: "auto", Spin: -1, CPU: -1},
		Inputs:  []config.Input{{Name: "knob", Driver: "mcp3008", Part: knob08()}},
		Neurons: []config.Neuron{standard("n1", "knob")},
		Outputs: []config.Output{{Name: "led", Driver: "pulse", Neuron: "n1", Part: Pulse{Pin: "GPIO17", Width: 20 * time.Millisecond, Every: 1}}},
	}
}

// knob08 returns a knob on an MCP3008 with the default of each key.
func knob08() MCP3xxx {
	return MCP3xxx{Model: "mcp3008", Port: "SPI0.0", Minus: -1, Clock: 1_250_000, VRef: 3.3, Knob: turned([2]int{0, 1023})}
}

// turned returns the defaults of a knob.
func turned(ends [2]int) config.Knob {
	return config.Knob{Low: 0, High: 5, StaleAfter: 500 * time.Millisecond, Median: 1, Average: 1, Ends: ends}
}

// with returns a neuron with another value of a parameter.
func with(n config.Neuron, key string, v float64) config.Neuron {
	p, ok := n.Model().Param(key)
	if !ok {
		panic("no parameter " + key)
	}
	n.Params = p.With(n.Params, v)
	return n
}

// standard returns a neuron with default parameters.
func standard(name string, inputs ...string) config.Neuron {
	text := "[neuron.n1]\ninput = \"knob\"\n[input.knob]\ndriver = \"mcp3008\"\n"
	cfg, err := config.Parse("", []byte(text), nil, Kinds())
	if err != nil {
		panic(err)
	}
	n := cfg.Neurons[0]
	n.Name, n.Inputs = name, inputs
	return n
}

func TestDefault(t *testing.T) {
	if diff := cmp.Diff(reference(), config.Default(Kinds())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestDefaultHasEachKey compares the reference file with the keys of the parts. Package config does this for loop and neuron.
func TestDefaultHasEachKey(t *testing.T) {
	lines := strings.Split(string(config.DefaultTOML()), "\n")
	all := map[string][]config.Key{}
	for _, k := range Kinds().Inputs {
		all[k.Name] = k.Keys
	}
	for _, k := range Kinds().Outputs {
		all[k.Name] = k.Keys
	}
	for driver, keys := range all {
		for _, k := range keys {
			found := k.Name == "differential" // stands in a comment, as it excludes channel
			for _, line := range lines {
				line := strings.TrimPrefix(line, "# ") // a table that is not the built-in one
				found = found || strings.HasPrefix(line, k.Name+" = ") && (strings.Contains(line, " # ") || k.Name == "pin")
			}
			if !found {
				t.Errorf("%s of driver %s is not in default.toml with a comment", k.Name, driver)
			}
		}
	}
	for i, line := range lines {
		if len(line) > 120 {
			t.Errorf("default.toml:%d: %d bytes, want at most 120", i+1, len(line))
		}
	}
}

// TestDefaultsOfKeys leaves out every optional key: the values must be those of the reference file.
func TestDefaultsOfKeys(t *testing.T) {
	got, err := config.Parse("small.toml", []byte(`
[input.knob]
driver = "mcp3008"
[neuron.n1]
input = "knob"
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"`), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	want := reference()
	want.File = "small.toml"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestFirstFileAcceptsAnotherChip changes only the driver in the file of 'hillock config init'.
func TestFirstFileAcceptsAnotherChip(t *testing.T) {
	for _, a := range mcpModels() {
		text := strings.Replace(string(config.DefaultTOML()), `driver = "mcp3008"`, "driver = "+`"`+a.driver+`"`, 1)
		if a.channels == 1 {
			text = strings.Replace(text, "\nchannel = 0", "\n# channel = 0", 1)
		}
		c, err := config.Parse("", []byte(text), nil, Kinds())
		if err != nil {
			t.Errorf("%s: %v", a.driver, err)
			continue
		}
		if got, want := c.Inputs[0].Part.(MCP3xxx).Clock, int64(a.usual()); got != want {
			t.Errorf("%s: got a clock of %d Hz, want %d Hz", a.driver, got, want)
		}
		if got, want := c.Inputs[0].Part.(MCP3xxx).Ends, [2]int{0, a.full()}; got != want {
			t.Errorf("%s: got ends %v, want %v", a.driver, got, want)
		}
	}
}

// TestDefaultsFollowTick has a tick longer than the usual defaults of times in ticks.
func TestDefaultsFollowTick(t *testing.T) {
	got, err := config.Parse("", nil, []string{
		"loop.tick=1 s", "input.knob.driver=mcp3008", "neuron.n1.input=knob",
		"output.led.driver=pulse", "output.led.pin=GPIO17", "output.led.neuron=n1",
	}, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{got.Loop.MaxLag, got.Inputs[0].Part.(MCP3xxx).StaleAfter, got.Outputs[0].Part.(Pulse).Width} {
		if d != time.Second {
			t.Errorf("got %v, want 1s", d)
		}
	}
}

const rich = `# dotted keys, inline tables, quoted keys, every spelling of a unit
loop = { dt = "50µs", tick = '2000 us', speed = 1_0.5e-1, max_lag = """0.5 min""" }
neuron.b.input = ["tilt", "bend"]
neuron.b.tau_m = "0.02 s"
neuron.b.e_l = "-0.07V"
neuron.b.r_m = "2e4 kΩ"
output."red-led" = { driver = "pulse", pin = "P1_40", neuron = "b", width = "1 s" }

[input.tilt]
driver = "mcp3004"
port = "/dev/spidev2.2"
differential = [3, 2]
clock = "1000 kHz"
v_ref = "2500 mV"
current = [
  "2000 pA", # reversed
  "-0.001 μA",
]
stale_after = "2 ms"
median = 5
average = 100
ends = [12, 1010]
dead_zone = 3

[input.bend]
driver = "mcp3008"
channel = 0x7

[neuron.a_1]
t_ref = "100 us"
v_reset = "-0.08 V"
r_m = "0.01 GOhm"
input = "bend"

[output.2]
driver = "pulse"
pin = "GPIO2"
neuron = "a_1"
every = 10
invert = true
`

func TestParse(t *testing.T) {
	got, err := config.Parse("rich.toml", []byte(rich), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	a, b := with(standard("a_1", "bend"), "dt", 0.05), with(standard("b", "bend", "tilt"), "dt", 0.05)
	a = with(with(a, "t_ref", 0.1), "v_reset", -80)
	b = with(with(b, "tau_m", 20), "r_m", 20)
	bend, tilt := knob08(), MCP3xxx{Model: "mcp3004", Port: "SPI2.2", Channel: 3, Minus: 2, Clock: 1e6, VRef: 2.5, Knob: config.Knob{
		Low: 2, High: -1, StaleAfter: 2 * time.Millisecond, Median: 5, Average: 100, Ends: [2]int{12, 1010}, DeadZone: 3}}
	bend.Channel = 7
	want := &config.Config{
		File: "rich.toml",
		Loop: config.Loop{DT: 50 * time.Microsecond, Tick: 2 * time.Millisecond, Speed: 1.05, MaxLag: 30 * time.Second, Realtime: "auto", Spin: -1, CPU: -1},
		Inputs: []config.Input{
			{Name: "bend", Driver: "mcp3008", Part: bend},
			{Name: "tilt", Driver: "mcp3004", Part: tilt},
		},
		Neurons: []config.Neuron{a, b},
		Outputs: []config.Output{
			{Name: "2", Driver: "pulse", Neuron: "a_1", Part: Pulse{Pin: "GPIO2", Width: 20 * time.Millisecond, Every: 10, Invert: true}},
			{Name: "red-led", Driver: "pulse", Neuron: "b", Part: Pulse{Pin: "GPIO21", Width: time.Second, Every: 1}},
		},
	}
	if got := config.Problems(got.Warnings).Error(); got != "" {
		t.Errorf("got warnings %s, want none", got)
	}
	got.Warnings = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// again prints a configuration, parses the text, and compares the two.
func again(t *testing.T, c *config.Config) {
	t.Helper()
	printed := c.TOML()
	got, err := config.Parse(c.File, printed, nil, Kinds())
	if err != nil {
		t.Fatalf("%v\nfrom\n%s", err, printed)
	}
	want := *c
	want.Warnings, got.Warnings = nil, nil // their lines and spellings are those of the text
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("-want +got\n%s\nfrom\n%s", diff, printed)
	}
	if second := got.TOML(); !bytes.Equal(second, printed) {
		t.Errorf("printed again:\n%s\nwant\n%s", second, printed)
	}
}

func TestTOMLParsesToTheSame(t *testing.T) {
	again(t, config.Default(Kinds()))
	c, err := config.Parse("rich.toml", []byte(rich), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	again(t, c)
}

func TestTOML(t *testing.T) {
	want := strings.NewReplacer("speed = 1\n", "speed = 0.1\n", "max_lag = \"250 ms\"\n",
		"max_lag = \"250 ms\"\nrealtime = \"auto\"\nspin = \"auto\"\ncpu = \"any\"\n",
		"stale_after = \"500 ms\"\n", "stale_after = \"500 ms\"\nmedian = 1\naverage = 1\nends = [0, 1023]\ndead_zone = 0\n",
		"width = \"20 ms\"\n", "width = \"20 ms\"\nevery = 1\ninvert = false\n", "[neuron.n1]\n", "[neuron.n1]\nmodel = \"lif\"\n", "t_ref = \"0 ms\"\n", "t_ref = \"0 ms\"\nsigma = \"0 mV\"\na = \"0 nS\"\nb = \"0 nA\"\ntau_w = \"100 ms\"\nseed = 0\nintegrator = \"euler\"\n", "input = \"knob\"\n", "input = \"knob\"\ncount = 1\n").Replace(base)
	if diff := cmp.Diff(want, string(config.Default(Kinds()).TOML())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEditors(t *testing.T) {
	for name, text := range map[string]string{
		"CRLF":            strings.ReplaceAll(base, "\n", "\r\n"),
		"byte order mark": "\ufeff" + base,
		"no last newline": strings.TrimSuffix(base, "\n"),
		"no-break space":  strings.ReplaceAll(base, "10 ms", "10\u00a0ms"),
	} {
		want := reference()
		want.Loop.Speed = 1
		got, err := config.Parse("", []byte(text), nil, Kinds())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// commented is the start of a commented header or key.
var commented = regexp.MustCompile(`(?m)^# (\[|\w+ = )`)

// TestExampleTablesOfTheReferenceParse removes the comment signs from the example tables of the reference file.
func TestExampleTablesOfTheReferenceParse(t *testing.T) {
	knobs, _, _ := strings.Cut(string(config.DefaultTOML()), "# Generated and recorded currents")
	_, rest, _ := strings.Cut(string(config.DefaultTOML()), "[neuron.n1]")
	rest, shows, _ := strings.Cut(rest, "# Outputs of the membrane potential")
	neuron, models, _ := strings.Cut(rest, "# Other models")
	models, output, _ := strings.Cut(models, "[output.led]")
	rest = neuron + commented.ReplaceAllString("# Models"+models, "$1") + "[neuron.n2]\n[output.led]" + output
	text := strings.NewReplacer("# [", "[", "# driver", "driver", "# bus", "bus", "# address", "address", "# channel = 0            # 0 to 3\n", "channel = 0\n", "# channel = 1", "channel = 1",
		"# chip", "chip", "# resistor", "resistor", "# dark", "dark", "# bright", "bright",
		"# v_ref", "v_ref", "# pin", "pin", "# resistance", "resistance", "# series", "series", "# discharge", "discharge", "# capacitor", "capacitor",
		"# charges", "charges", "# ends", "ends").Replace(knobs + "[neuron.n1]" + rest)
	got, err := config.Parse("", []byte(text), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	again(t, got)
	text = ""
	for line := range strings.Lines(shows[strings.Index(shows, "# [output.row]"):]) {
		text += strings.TrimPrefix(line, "# ")
		if strings.Contains(line, "driver") {
			text += "neuron = \"n1\"\n"
		}
	}
	c, err := config.Parse("", []byte(base+strings.ReplaceAll(text, "#\n", "\n")), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	again(t, c)
	wantOutputs := []config.Output{
		{Name: "analog", Driver: "mcp4725", Neuron: "n1", Part: MCP4725{Bus: "I2C1", Address: 0x60, Low: -80, High: -50}},
		{Name: "arm", Driver: "servo", Neuron: "n1", Part: Servo{Bus: "I2C1", Address: 0x40, Rate: [2]float64{0, 100}, Angle: [2]int{0, 180},
			Pulse: [2]time.Duration{time.Millisecond, 2 * time.Millisecond}, Window: 500 * time.Millisecond, DT: 100 * time.Microsecond, Speed: 1}},
		{Name: "click", Driver: "buzzer", Neuron: "n1", Part: Buzzer{Pin: "GPIO22", Click: time.Millisecond, Tone: 500, Half: time.Millisecond}},
		{Name: "fast", Driver: "mcp4922", Neuron: "n1", Part: MCP49xx{Model: "mcp4922", Port: "SPI0.1", Clock: 4e6, Low: -80, High: -50}},
		{Name: "row", Driver: "bar", Neuron: "n1", Part: Bar{Pins: "GPIO5 GPIO6"}},
		{Name: "scope", Driver: "oled", Neuron: "n1", Part: OLED{Bus: "I2C1", Address: 0x3c, Span: 2 * time.Second}},
		{Name: "strip", Driver: "apa102", Neuron: "n1", Part: APA102{Data: "GPIO23", Clock: "GPIO24", LEDs: 8, Color: [3]uint8{0, 255, 0}, Brightness: 24}},
	}
	if diff := cmp.Diff(wantOutputs, slices.DeleteFunc(c.Outputs, func(out config.Output) bool { return out.Name == "led" })); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	eye := LDR{knob08(), Divider{Resistor: 10e3, Dark: 200e3, Bright: 1e3, Full: 1023}}
	eye.Channel, eye.Ends = 1, [2]int{49, 930}
	want := []config.Input{
		{Name: "eye", Driver: "ldr", Part: eye},
		reference().Inputs[0],
		{Name: "other", Driver: "ads1115", Part: ADS1115{Bus: "I2C1", Address: 0x48, VRef: 3.3, Knob: turned([2]int{0, 26400})}},
		{Name: "plain", Driver: "rc", Part: RC{Pin: "GPIO4", Resistance: 10e3, Series: 2200, Discharge: 330, Capacitor: 1e-6, Charges: 5,
			Knob: turned([2]int{1_400_000, 7_700_000})}},
	}
	if diff := cmp.Diff(want, got.Inputs); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEachShapeOfPlayedInputs(t *testing.T) {
	for shape, want := range map[string]played.Wave{
		"constant": {Mean: 2}, "step": {To: 2, At: time.Second}, "ramp": {To: 5, Over: 10 * time.Second},
		"sine": {Mean: 2, Amplitude: 1, Frequency: 1}, "chirp": {Mean: 2, Amplitude: 1, Frequency: 1, SweepTo: 50, Over: 10 * time.Second},
		"pairs": {To: 5, Width: 5 * time.Millisecond, Apart: 20 * time.Millisecond, Every: time.Second},
		"noise": {Mean: 2, SD: 0.5, Tau: 5 * time.Millisecond},
	} {
		want.Shape = shape
		got, err := config.Parse("", []byte(base+"\n[input.w]\ndriver = \"wave\"\nshape = \""+shape+"\"\n"), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		again(t, got)
		if diff := cmp.Diff(want, got.Inputs[1].Part); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	for keys, want := range map[string]played.Train{
		`times = ["10 ms", "0.02 s", "1 h"]`:     {Times: "10 ms, 20 ms, 1 h"},
		"times = [\"0 ms\"]\nevery = \"0.1 s\"":  {Times: "0 ms", Every: 100 * time.Millisecond},
		"file = \"a/s.csv\"\nevery = \"250 ms\"": {File: "a/s.csv", Every: 250 * time.Millisecond},
		"rate = \"20 Hz\"\nseed = 3":             {Rate: 20, Seed: 3},
		`rate = "10 kHz"`:                        {Rate: 10000},
	} {
		got, err := config.Parse("", []byte(base+"\n[input.w]\ndriver = \"train\"\n"+keys), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		again(t, got)
		if diff := cmp.Diff(want, got.Inputs[1].Part); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	got, err := config.Parse("", []byte(base+"\n[input.w]\ndriver = \"file\"\nfile = \"a \\\"b\\\"/ü.csv\"\nrepeat = true\n"), nil, Kinds())
	if err != nil || got.Inputs[1].Part != (played.Recorded{File: `a "b"/ü.csv`, Repeat: true}) {
		t.Fatalf("got %v, %+v", err, got)
	}
	again(t, got)
}
