package part

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/board"
)

// eyes has a light sensor beside a knob, and one on an ADS1115.
const eyes = `
[input.eye]
driver = "ldr"
channel = 1
dark = "100 kOhm"
[input.fine]
driver = "ldr"
chip = "ads1115"
address = 0x49
current = ["5 nA", "0 nA"]
[input.knob]
driver = "mcp3008"
[neuron.n1]
input = ["eye", "fine", "knob"]
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
`

func parsed(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("", []byte(text), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestLDRIsDecodedAndPrinted(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, eyes)
	eye := LDR{knob08(), Divider{Resistor: 10e3, Dark: 100e3, Bright: 1e3, Full: 1023}}
	eye.Channel, eye.Ends = 1, [2]int{93, 930} // 1023 * 10/110 and 1023 * 10/11
	fine := SlowLDR{ADS1115{Bus: "I2C1", Address: 0x49, VRef: 3.3, Knob: turned([2]int{1257, 24000})},
		Divider{Resistor: 10e3, Dark: 200e3, Bright: 1e3, Full: 26400}}
	fine.Low, fine.High = 5, 0
	for i, want := range []config.InputPart{eye, fine} {
		if diff := cmp.Diff(want, cfg.Inputs[i].Part); diff != "" {
			t.Errorf("%s: -want +got\n%s", cfg.Inputs[i].Name, diff)
		}
	}
	if diff := cmp.Diff(cfg, parsed(t, string(cfg.TOML()))); diff != "" {
		t.Errorf("printed and parsed: -want +got\n%s", diff)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("got %v, want no warnings", cfg.Warnings)
	}
}

// TestLDRPositionIsLogarithmic compares positions with resistances by hand: from 100 kOhm to 1 kOhm a factor of 10 is one half.
func TestLDRPositionIsLogarithmic(t *testing.T) {
	t.Parallel()
	d := Divider{Resistor: 10e3, Dark: 100e3, Bright: 1e3, Full: 1023}
	for _, tt := range []struct{ ohms, want float64 }{
		{math.Inf(1), 0}, {1e6, 0}, {100e3, 0}, {31622.7766, 0.25}, {10e3, 0.5}, {3162.27766, 0.75}, {1e3, 1}, {100, 1}, {0, 1},
	} {
		code := 1023 * 10e3 / (10e3 + tt.ohms)
		if got := d.Position(code); math.Abs(got-tt.want) > 1e-8 {
			t.Errorf("%g Ohm, code %g: got position %g, want %g", tt.ohms, code, got, tt.want)
		}
	}
}

// TestLDRCurrentFollowsTheLight reads the light of a virtual Pi through its buses. One code of ten bits is 1.1 % of 100 kOhm.
func TestLDRCurrentFollowsTheLight(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, eyes)
	v, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, light := range []float64{0, 0.25, 0.5, 1} {
		v.Knobs["eye"].Set(light)
		v.Knobs["fine"].Set(light)
		v.Knobs["knob"].Set(light / 2)
		b, err := board.Open(cfg, v)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]float64{"eye": 5 * light, "knob": 2.5 * light} {
			if got := b.Inputs[name].Current(0); math.Abs(got-want) > 0.02 {
				t.Errorf("%s at light %g: got %g nA, want %g nA", name, light, got, want)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		sensor, err := cfg.Inputs[1].Part.(board.BesideLoop).OpenSensor(v)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := sensor.Raw()
		if at := cfg.Inputs[1].Part.(SlowLDR).Position(float64(raw)); err != nil || math.Abs(at-light) > 1e-3 {
			t.Errorf("fine at light %g: got position %g from code %d and %v", light, at, raw, err)
		}
		if err := sensor.End(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLDRMeasuresItsEnds has a chip with an open end: code 0 has no resistance.
func TestLDRMeasuresItsEnds(t *testing.T) {
	t.Parallel()
	d := Divider{Resistor: 10e3, Dark: 200e3, Bright: 1e3, Full: 1023}
	for ends, want := range map[[2]int][][2]string{
		{49, 930}:  {{"dark", `"200 kOhm"`}, {"bright", `"1 kOhm"`}},
		{93, 512}:  {{"dark", `"100 kOhm"`}, {"bright", `"10 kOhm"`}},
		{0, 1023}:  {{"dark", `"10 MOhm"`}, {"bright", `"9.8 Ohm"`}},
		{300, 700}: {{"dark", `"24 kOhm"`}, {"bright", `"4.6 kOhm"`}},
	} {
		if diff := cmp.Diff(want, d.Measured(ends)); diff != "" {
			t.Errorf("%v: -want +got\n%s", ends, diff)
		}
	}
}

func TestLDRMistakesAreReported(t *testing.T) {
	t.Parallel()
	const eye = "[input.b]\ndriver = \"ldr\"\nchannel = 1\n"
	reported(t, []badCase{
		{0, eye + `chip = "mcp3080"`, `33:1: input.b.chip: must be a chip such as "mcp3008", got "mcp3080": did you mean mcp3008?`},
		{0, eye + `chip = "pcf8591"`, `33:1: input.b.chip: must be a chip such as "mcp3008", got "pcf8591": the chips are mcp3008, mcp3004, mcp3002, mcp3001, mcp3208, mcp3204, mcp3202, mcp3201, mcp3304, mcp3302, mcp3301, ads1115`},
		{0, eye + `chip = 3008`, `33:1: input.b.chip: must be a chip such as "mcp3008", got 3008`},
		{0, eye + `chip = "mcp3208"`, `33:1: input.b.chip: must be "mcp3008", the driver of input.knob, got "mcp3208": both are on one chip, SPI0.0`},
		{0, eye + `bus = "I2C1"`, `33:1: unknown key input.b.bus: the keys of chip mcp3008 are port, channel, clock, v_ref`},
		{0, eye + "chip = \"ads1115\"\nport = \"SPI0.0\"", `34:1: unknown key input.b.port: the keys of chip ads1115 are bus, address, channel, v_ref`},
		{0, "[input.b]\ndriver = \"ldr\"\nchip = \"mcp3201\"\nport = \"SPI0.1\"\nchannel = 1", `34:1: unknown key input.b.channel: the keys of chip mcp3201 are port, clock, v_ref`},
		{0, "[input.b]\ndriver = \"ldr\"", `30:8: input.b.channel: must be a free channel, got 0 by default: input.knob uses it on SPI0.0; neurons may share one input`},
		{0, "[input.b]\ndriver = \"ldr\"\nchip = \"mcp3004\"\nport = \"SPI0.1\"\nchannel = 4", `34:1: input.b.channel: must be a whole number between 0 and 3, got 4: the chip with 8 channels is chip = "mcp3008"`},
		{0, eye + `v_ref = "5 V"`, `33:1: input.b.v_ref: must be the same as in input.knob, got "5 V": both are on one chip, SPI0.0`},
		{0, eye + `dark = "1.5 kOhm"`, `33:1: input.b.dark: must keep dark (1.5 kOhm) at least twice bright (1 kOhm), got "1.5 kOhm": less light is more resistance; measure them with 'hillock calibrate'`},
		{0, eye + `bright = "1 MOhm"`, `33:1: input.b.bright: must keep dark (200 kOhm) at least twice bright (1 MOhm), got "1 MOhm": less light is more resistance; measure them with 'hillock calibrate'`},
		{0, eye + `dark = "200"`, `33:1: input.b.dark: must be a resistance such as "200 kOhm", got "200": the unit is missing, write "200 kOhm"`},
		{0, eye + `bright = "0 Ohm"`, `33:1: input.b.bright: must be between 1 Ohm and 100 MOhm, got "0 Ohm"`},
		{0, eye + `resistor = "10 Ohm"`, `33:1: input.b.resistor: must be between 100 Ohm and 1 MOhm, got "10 Ohm"`},
		{0, eye + `median = 2`, `33:1: input.b.median: must be odd, got 2: the median is the middle reading`},
		{0, eye + `ends = [0, 1023]`, `33:1: unknown key input.b.ends: the keys of driver ldr are driver, chip, port, channel, clock, bus, address, v_ref, resistor, dark, bright, current, stale_after, median, average`},
		{0, eye + `differential = [2, 3]`, "32:1: input.b.channel: must not be given together with differential, got 1: differential names both channels\n" +
			`33:1: unknown key input.b.differential: the keys of driver ldr are driver, chip, port, channel, clock, bus, address, v_ref, resistor, dark, bright, current, stale_after, median, average`},
	})
}

func TestLDRWarnings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`resistor = "1 kOhm"`:    "", // 5 to 511 of 1023
		"resistor = \"100 Ohm\"": `my.toml:5:1: warning: input.eye.resistor: leaves only 92 of 1023 codes between dark and bright, got "100 Ohm": use about 14 kOhm, the middle of both`,
		"resistor = \"100 kOhm\"\ndark = \"1 MOhm\"\nbright = \"10 kOhm\"": `my.toml:5:1: warning: input.eye.resistor: is too large for a clock of 1.25 MHz: the code of the channel read before stays in the sample, ` +
			`got "100 kOhm": set clock = "170 kHz" or less, or use a smaller resistor`,
		"resistor = \"100 kOhm\"\ndark = \"1 MOhm\"\nbright = \"10 kOhm\"\nclock = \"170 kHz\"": "",
		"chip = \"ads1115\"\nresistor = \"100 kOhm\"\ndark = \"1 MOhm\"\nbright = \"10 kOhm\"":  "",
	} {
		cfg, err := config.Parse("my.toml", []byte("[neuron.n1]\ninput = \"eye\"\n[input.eye]\ndriver = \"ldr\"\n"+text+"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n"), nil, Kinds())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		for _, w := range cfg.Warnings {
			got += w.Error()
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}
