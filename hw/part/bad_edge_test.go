package part

import (
	"strings"
	"testing"

	"hillock/config"
)

// badEdges returns mistakes with the driver edge, in the table of netBase's spike input.
func badEdges() []badCase {
	with := func(lines string) string { return "\n[input.touch]\ndriver = \"edge\"\n" + lines }
	fast := func(lines string) string { // 36 ms between two spikes at 5 nA
		return "\n[neuron.fast]\ninput = \"knob\"\n[output.red]\ndriver = \"pulse\"\npin = \"GPIO5\"\nneuron = \"fast\"\n" + lines
	}
	return []badCase{
		{0, with(""),
			`52:8: input.touch.pin: must be given: add pin = "GPIO22"`},
		{0, with("pin = 22"),
			`54:1: input.touch.pin: must be a pin such as "GPIO17" or "P1_11", got 22: write "GPIO22", or "P1_22" for the header position`},
		{0, with(`pin = "GPIO28"`),
			`54:1: input.touch.pin: must be a pin such as "GPIO17" or "P1_11", got "GPIO28": the header has GPIO0 to GPIO27`},
		{0, with("pin = \"GPIO22\"\nedge = \"up\""),
			`55:1: input.touch.edge: must be "rising" or "falling", got "up"`},
		{0, with("pin = \"GPIO22\"\nedge = \"both\""),
			`55:1: input.touch.edge: must be "rising" or "falling", got "both"`},
		{0, with("pin = \"GPIO22\"\nedge = 1"),
			`55:1: input.touch.edge: must be "rising" or "falling", got 1`},
		{0, with("pin = \"GPIO22\"\npull = \"none\""),
			`55:1: input.touch.pull: must be "down", "up" or "off", got "none"`},
		{0, with("pin = \"GPIO22\"\npull = true"),
			`55:1: input.touch.pull: must be "down", "up" or "off", got true`},
		{0, with("pin = \"GPIO22\"\ndead = \"-1 ms\""),
			`55:1: input.touch.dead: must be between 0 ms and 1 min, got "-1 ms"`},
		{0, with("pin = \"GPIO22\"\ndead = 2"),
			`55:1: input.touch.dead: must be a time such as "10 ms", got 2: the unit is missing, write "2 ms"`},
		{0, with("pin = \"GPIO22\"\ndead = \"2 min\""),
			`55:1: input.touch.dead: must be between 0 ms and 1 min, got "2 min"`},
		{0, with("pin = \"GPIO22\"\nwidth = \"15 ms\""),
			`55:1: input.touch.width: must be true or false, got "15 ms"`},
		{0, with("pin = \"GPIO22\"\nlevel = \"5V\""),
			`55:1: input.touch.level: must be "3.3 V" or "5 V", got "5V": did you mean 5 V?`},
		{0, with("pin = \"GPIO22\"\nlevel = 5"),
			`55:1: input.touch.level: must be "3.3 V" or "5 V", got 5`},
		{0, with("pin = \"GPIO22\"\nlevel = \"5 V\"\npull = \"up\""),
			`56:1: input.touch.pull: must be "down" or "off" for 5 V, got "up": the divider pulls the pin low`},
		{0, with("pin = \"GPIO22\"\nfrom = \"\""),
			`55:1: input.touch.from: must be an output such as "red", or "left/red" on the board of left.toml, got ""`},
		{0, with("pin = \"GPIO22\"\nfrom = \"a/b/c\""),
			`55:1: input.touch.from: must be an output such as "red", or "left/red" on the board of left.toml, got "a/b/c"`},
		{0, with("pin = \"GPIO22\"\nfrom = [\"red\"]"),
			`55:1: input.touch.from: must be an output such as "red", or "left/red" on the board of left.toml, got ["red"]: write "red" without brackets`},
		{0, with("pin = \"GPIO22\"\nfrom = \"left.toml/red\""),
			`55:1: input.touch.from: must be an output such as "red", or "left/red" on the board of left.toml, got "left.toml/red"`},
		{0, with("pin = \"GPIO22\"\nbounce = \"20 ms\""),
			`55:1: unknown key input.touch.bounce: the keys of driver edge are driver, pin, edge, pull, dead, from, level, width`},
		{0, with("pin = \"GPIO22\"\ncurrent = [\"0 nA\", \"5 nA\"]"),
			`55:1: unknown key input.touch.current: the keys of driver edge are driver, pin, edge, pull, dead, from, level, width`},
		{0, with("pin = \"GPIO22\"\nfrom = \"les\""),
			`55:1: input.touch.from: must be the name of an output, got "les": did you mean led?`},
		{0, with("pin = \"GPIO22\"\nfrom = \"crowd\""),
			`55:1: input.touch.from: must be the name of an output, got "crowd": neuron.crowd is a neuron: name its output led`},
		{0, with("pin = \"GPIO22\"\nfrom = \"elsewhere\""),
			`55:1: input.touch.from: must be the name of an output, got "elsewhere": name an output of this file, or "board/output" of another board`},
		{0, with("pin = \"GPIO22\"\nfrom = \"row\"\n[output.row]\ndriver = \"bar\"\npins = [\"GPIO5\"]\nneuron = \"n1\""),
			`55:1: input.touch.from: must be an output with pulses on a pin, got "row": output.row has driver "bar": use one with driver "pulse"`},
		{0, with("pin = \"GPIO22\"\nfrom = \"red\"" + fast("width = \"34 ms\"")),
			`55:1: input.touch.from: must be an output whose pulses stay apart, got "red": a pulse of 34 ms with a dead time of 2 ms needs 37 ms, and at 5 nA one comes every 36 ms: lower width in output.red, dead, or loop.speed`},
		{0, with("pin = \"GPIO22\"\ndead = \"4 ms\"\nfrom = \"red\"" + fast("width = \"32 ms\"")),
			`56:1: input.touch.from: must be an output whose pulses stay apart, got "red": a pulse of 32 ms with a dead time of 4 ms needs 37 ms, and at 5 nA one comes every 36 ms: lower width in output.red, dead, or loop.speed`},
		{0, with("pin = \"GPIO22\"\nfrom = \"red\"" + fast("width = \"70 ms\"\nevery = 2")),
			`55:1: input.touch.from: must be an output whose pulses stay apart, got "red": a pulse of 70 ms with a dead time of 2 ms needs 73 ms, and at 5 nA one comes every 72 ms: lower width in output.red, dead, or loop.speed`},
		{0, with("pin = \"GPIO17\""),
			`48:1: output.led.pin: must be a free pin, got "GPIO17": input.touch uses GPIO17`},
	}
}

// Pulses that stay apart are good: with a gap of the dead time, behind a longer refractory time, of a neuron without a prediction, and on
// the board of another file. The wrong edge is a warning.
func TestPulsesThatStayApart(t *testing.T) {
	wire := func(keys, neuron, output string) string {
		return "[loop]\nspeed = 0.1\n[input.knob]\ndriver = \"mcp3008\"\n[input.wire]\ndriver = \"edge\"\npin = \"GPIO22\"\n" + keys + "\n[neuron.n1]\n" + neuron +
			"\n[neuron.n2]\n[synapse.s]\nfrom = \"wire\"\nto = \"n2\"\nkind = \"delta\"\nweight = \"8 mV\"\n[output.red]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n" + output +
			"\n[output.green]\ndriver = \"pulse\"\npin = \"GPIO27\"\nneuron = \"n2\"\n"
	}
	for _, tt := range []struct{ name, text, warning, latency string }{
		{"a gap", wire(`from = "red"`, `input = "knob"`, `width = "33 ms"`), "",
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 277.7 Hz"},
		{"no dead time", wire("from = \"red\"\ndead = \"0 ms\"", `input = "knob"`, `width = "35 ms"`), "",
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 277.7 Hz"},
		{"a refractory time", wire(`from = "red"`, "input = \"knob\"\nt_ref = \"4 ms\"", `width = "60 ms"`), "",
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 158.7 Hz"},
		{"noise", wire(`from = "red"`, "input = \"knob\"\nsigma = \"5 mV\"", `width = "60 ms"`), "",
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 158.7 Hz"},
		{"another board", wire(`from = "left/red"`, `input = "knob"`, `width = "60 ms"`), "",
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time"},
		{"the other edge", wire("from = \"red\"\nedge = \"falling\"", `input = "knob"`, `width = "5 ms"`),
			`wire.toml:9:1: warning: input.wire.edge: is the end of a pulse of output.red, got "falling": use edge = "rising"`,
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 1250 Hz"},
		{"an inverted output", wire(`from = "red"`, `input = "knob"`, "width = \"5 ms\"\ninvert = true"),
			`wire.toml:5:8: warning: input.wire.edge: is the end of a pulse of output.red, got "rising" by default: use edge = "falling"`,
			"input.wire: a spike acts one tick after its edge: 1 ms, 0.1 ms of model time; pulses of output.red stay apart up to 1250 Hz"},
	} {
		c, err := config.Parse("wire.toml", []byte(tt.text), nil, Kinds())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var warnings []string
		for _, w := range c.Warnings {
			warnings = append(warnings, w.Error())
		}
		if got := strings.Join(warnings, "\n"); got != tt.warning {
			t.Errorf("%s: got the warning %q, want %q", tt.name, got, tt.warning)
		}
		if got := strings.Join(c.Latencies(), "\n"); got != tt.latency {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.latency)
		}
	}
}
