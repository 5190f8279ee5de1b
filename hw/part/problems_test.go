package part

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

// TestProblemsAreInOrder has most kinds of problems; the parser finds the first one last.
func TestProblemsAreInOrder(t *testing.T) {
	const text = `speed = 1

[loop]
dt = 0.1
tick = "1 ns"

[input.knob]
channel = 9
clock = "1 ms"
clok = "1 MHz"

[neuron.n1]
tau_m = "-10 ms"
e_l = "-70 mv"
v_t = "-80 mV"
input = ["knob", "nob"]

[output.led]
driver = "puls"
pin = "P1_1"
neuron = "n2"
width = 20
`
	_, err := config.Parse("many.toml", []byte(text), []string{"neuron.n1.r_m=0 MOhm", "loop.max_lag", "output.two.driver=pulse"}, Kinds())
	const want = `many.toml:1:1: unknown key speed: speed belongs in [loop]
many.toml:4:1: loop.dt: must be a time such as "10 ms", got 0.1: the unit is missing, write "0.1 ms"
many.toml:5:1: loop.tick: must be between 50 us and 1 s, got "1 ns"
many.toml:7:8: input.knob.driver: must be given: add driver = "mcp3008"
many.toml:8:1: input.knob.channel: must be a whole number between 0 and 7, got 9
many.toml:9:1: input.knob.clock: must be a frequency such as "1 MHz", got "1 ms": the units are Hz, kHz, MHz, GHz
many.toml:10:1: unknown key input.knob.clok: did you mean clock?
many.toml:12:9: neuron.n1.v_reset: must be below v_t (-80 mV), got "-70 mV" by default
many.toml:13:1: neuron.n1.tau_m: must be more than 0 ms, got "-10 ms"
many.toml:14:1: neuron.n1.e_l: must be a voltage such as "-70 mV", got "-70 mv": case matters, write "-70 mV"
many.toml:16:18: neuron.n1.input: must be the name of an input, got "nob": did you mean knob?
many.toml:19:1: output.led.driver: must be a driver such as "pulse", got "puls": did you mean pulse?
many.toml:20:1: output.led.pin: must be a GPIO pin, got "P1_1": position 1 of the header is 3V3
many.toml:21:1: output.led.neuron: must be the name of a neuron, got "n2": did you mean n1?
many.toml:22:1: output.led.width: must be a time such as "10 ms", got 20: the unit is missing, write "20 ms"
--set neuron.n1.r_m: must be more than 0 MOhm, got "0 MOhm"
--set loop.max_lag: must be table.name.key=value or loop.key=value, got "loop.max_lag"
--set output.two.driver: output.two.pin: must be given: add pin = "GPIO17"
--set output.two.driver: output.two.neuron: must be given: add neuron = "n1"`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestProblemsOfWholeTexts has problems of more than one line.
func TestProblemsOfWholeTexts(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "bad.toml:1:1: neuron: must have at least one table: add [neuron.n1]"},
		{"# nothing\n[loop]\n[neuron]\n", "bad.toml:3:2: neuron: must have at least one table: add [neuron.n1]"},
		{
			"[input.knob]\ndriver = \"mcp3008\"\n[neuron]\ninput = \"knob\"\ntau_m = \"10 ms\"\nv_t = \"-50 mV\"\n",
			"bad.toml:4:1: neuron.input: must be in a table with a name, got \"knob\": write [neuron.NAME] above it",
		},
		{"[loop]\nab#on = \"\n", "bad.toml:2:3: loop: expected '=' after key, got ab: give it a value or remove the line"},
		{"neuron = 1", "bad.toml:1:1: neuron: must be a table, got 1: write [neuron.NAME]"},
		{"\xff\xfe[\x00l\x00", "bad.toml:1:1: must be UTF-8 text, got 0xff: save the file as UTF-8"},
		{
			"[loop]\ntick = \"1 s\"\ndt = \"1 us\"\nspeed = 2\n" + minimal,
			"bad.toml:4:1: loop.speed: must keep tick*speed/dt at most 1000000 steps per tick, got 2: it is 2000000",
		},
		{
			"[loop]\ntick = \"1 s\"\ndt = \"999 ns\"\nspeed = 2\n" + minimal,
			"bad.toml:3:1: loop.dt: must be between 1 us and 1 s, got \"999 ns\"",
		},
		{
			"[loop]\ntick = \"10 ms\"\nmax_lag = \"5 ms\"\n" + minimal,
			"bad.toml:3:1: loop.max_lag: must be between one tick (10 ms) and 1 h, got \"5 ms\"",
		},
		{
			minimal + "tau_m = \"0.01 ms\"\n",
			"bad.toml:5:1: loop.dt: must be below 2 tau_m (0.02 ms), or the integration diverges in neuron.n1, got \"0.1 ms\" by default",
		},
		{
			"[loop]\ndt = \"30 ms\"\n" + minimal,
			"bad.toml:2:1: loop.dt: must be below 2 tau_m (20 ms), or the integration diverges in neuron.n1, got \"30 ms\"",
		},
		{
			minimal + "[output.a]\ndriver = \"pulse\"\nneuron = \"n1\"\npin = \"GPIO20\"\n[input.b]\ndriver = \"mcp3008\"\nport = \"SPI1.0\"\n",
			"bad.toml:8:1: output.a.pin: must be a free pin, got \"GPIO20\": input.b uses GPIO20 as MOSI of SPI1.0",
		},
	}
	for _, test := range tests {
		_, err := config.Parse("bad.toml", []byte(test.text), nil, Kinds())
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

const minimal = "[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\n"

func TestProblemsNameTheBuiltInFile(t *testing.T) {
	_, err := config.Parse("", []byte("loop = 1\n"+minimal), nil, Kinds())
	if got, want := fmt.Sprint(err), "built-in:1:1: loop: must be a table, got 1: write [loop]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProblemsInErrorTrees(t *testing.T) {
	_, err := config.ParseCurrent("2 mV")
	if got, want := fmt.Sprint(err), `must be a current such as "2 nA", got "2 mV": the units are pA, nA, uA, mA, A`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, file := config.Parse("bad.toml", nil, nil, Kinds())
	for _, err := range []error{err, file} {
		var problems config.Problems
		var problem config.Problem
		wrapped := fmt.Errorf("--current: %w", err)
		if !errors.As(wrapped, &problems) || len(problems) != 1 || !errors.As(wrapped, &problem) || problems[0] != problem {
			t.Errorf("%v: got %v and %v, want the same problem twice", wrapped, problems, problem)
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		line int
		text string
		want string
	}{
		{2, `dt = "1 ms"`, ""},
		{2, `dt = "1.001 ms"`, `2:1: warning: loop.dt: is more than a tenth of tau_m of neuron.n1, got "1.001 ms": spikes come at the wrong time; use 1 ms or less`},
		{17, `tau_m = "0.9 ms"`, `2:1: warning: loop.dt: is more than a tenth of tau_m of neuron.n1, got "0.1 ms": spikes come at the wrong time; use 0.09 ms or less`},
		{22, `t_ref = "0.3 ms"`, ""},
		{22, `t_ref = "0.25 ms"`, `22:1: warning: neuron.n1.t_ref: is not a multiple of dt (0.1 ms), got "0.25 ms": it is rounded to 3 steps, 0.3 ms`},
		{22, `t_ref = "10 us"`, `22:1: warning: neuron.n1.t_ref: is not a multiple of dt (0.1 ms), got "10 us": it is rounded to 0 steps, 0 ms`},
		{11, `clock = "1.35 MHz"`, ""},
		{11, `clock = "3.6 MHz"`, `11:1: warning: input.knob.clock: is above 1.35 MHz, the chip's limit at 2.7 V, got "3.6 MHz": 3.6 MHz needs 5 V: set 1.35 MHz or less at 3.3 V`},
		{13, `current = ["5 nA", "0 nA"]`, ""},
		{13, `current = ["0 nA", "1.4 nA"]`, `23:1: warning: neuron.n1.input: gives at most 1.4 nA, the rheobase is 1.5 nA, got "knob": raise the input's current or lower v_t`},
		{18, `e_l = "-50 mV"`, ""},
		{0, "[input.b]\ndriver = \"mcp3008\"\nchannel = 1", `30:8: warning: input.b: is not the input of any neuron`},
		{0, "[neuron.n2]\ninput = \"knob\"", `30:9: warning: neuron.n2: has no output: to see its spikes, add [output.NAME] with neuron = "n2"`},
		{27, `pin = "GPIO0"`, `27:1: warning: output.led.pin: is reserved for the EEPROM of an add-on board, got "GPIO0": use GPIO2 to GPIO27`},
		{27, `pin = "P1_28"`, `27:1: warning: output.led.pin: is reserved for the EEPROM of an add-on board, got "P1_28": use GPIO2 to GPIO27`},
		{27, `pin = "GPIO7"`, `27:1: warning: output.led.pin: may belong to the kernel, got "GPIO7": it is CE1 of SPI0, the bus of input.knob; use another pin, or add dtoverlay=spi0-1cs to config.txt and reboot`},
		{8, `driver = "mcp3208"`, ""},
		{8, "driver = \"mcp3208\"\nends = [0, 1023]", `9:1: warning: input.knob.ends: covers less than half of the chip's codes, 0 to 4095, got [0, 1023]: remove ends to use all of them, or measure them with 'hillock calibrate'`},
		{8, "driver = \"mcp3208\"\nends = [0, 2048]", ""},
		{0, "[input.b]\ndriver = \"ads1115\"\nends = [0, 1023]\n[neuron.n2]\ninput = \"b\"\n[output.b]\ndriver = \"pulse\"\npin = \"GPIO5\"\nneuron = \"n2\"",
			`32:1: warning: input.b.ends: covers less than half of the chip's codes, 0 to 26400, got [0, 1023]: remove ends to use all of them, or measure them with 'hillock calibrate'`},
		{8, `driver = "mcp3304"`, `8:1: warning: input.knob.driver: is tested by Microchip from 4.5 V on, but runs on the Pi's 3V3, got "mcp3304": the mcp3201, mcp3204 and mcp3208 are tested from 2.7 V on`},
		{0, "[output.o]\nneuron = \"n1\"\ndriver = \"apa102\"\ndata = \"GPIO23\"\nclock = \"GPIO24\"\nleds = 900\nbrightness = 255",
			`35:1: warning: output.o.leds: must take at most 1000 mA from the 5V pin, got 900 of 60 mA x brightness 255/255, 54000 mA: lower brightness, use fewer LEDs, or use a supply of its own`},
		{0, "[output.o]\nneuron = \"n1\"\ndriver = \"apa102\"\nport = \"SPI0.1\"\nleds = 177", ""},
		{9, `port = "SPI0.1"`, ""},
		{9, `port = "SPI1.0"`, `27:1: warning: output.led.pin: may belong to the kernel, got "GPIO17": it is CE1 of SPI1, the bus of input.knob; use another pin, or set dtoverlay=spi1-1cs in config.txt and reboot`},
		{9, "port = \"SPI1.2\"", `27:1: warning: output.led.pin: may belong to the kernel, got "GPIO17": it is CE1 of SPI1, the bus of input.knob; use another pin`},
		{9, `port = "SPI2.2"`, ""},
		{9, `port = "SPI6.1"`, ""},
	}
	for _, test := range tests {
		text := edit(t, test.line, test.text)
		if strings.HasPrefix(test.text, `driver = "mcp3`) { // a chip that is slower than the mcp3008
			text = bytes.Replace(text, []byte("1.25 MHz"), []byte("1 MHz"), 1)
		}
		c, err := config.Parse("odd.toml", text, nil, Kinds())
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		got := strings.ReplaceAll("\n"+config.Problems(c.Warnings).Error(), "\nodd.toml:", "\n")[1:]
		if got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestWarningWithoutDT(t *testing.T) {
	c, err := config.Parse("odd.toml", []byte(minimal+"tau_m = \"0.5 ms\"\n[output.a]\ndriver = \"pulse\"\npin = \"GPIO4\"\nneuron = \"n1\""), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	const want = `odd.toml:5:1: warning: neuron.n1.tau_m: is less than 10 steps of dt, got "0.5 ms": spikes come at the wrong time; use a dt of 0.05 ms or less`
	if got := config.Problems(c.Warnings).Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// No overlay gives GPIO8 away and keeps SPI0.1.
func TestFreeChipSelects(t *testing.T) {
	for _, tt := range []struct{ port, pin, way string }{
		{"SPI0.0", "GPIO7", ", or add dtoverlay=spi0-1cs to config.txt and reboot"},
		{"SPI0.1", "GPIO8", ""},
		{"SPI1.0", "GPIO16", ", or set dtoverlay=spi1-2cs in config.txt and reboot"},
		{"SPI1.1", "GPIO16", ", or set dtoverlay=spi1-2cs in config.txt and reboot"},
		{"SPI1.2", "GPIO17", ""},
		{"SPI1.1", "GPIO18", ""},
	} {
		text := strings.NewReplacer("SPI0.0", tt.port, "GPIO17", tt.pin).Replace(base)
		c, err := config.Parse("", []byte(text), nil, Kinds())
		if err != nil || len(c.Warnings) != 1 {
			t.Errorf("%s: got %v, %v; want a warning of %s", tt.port, err, c, tt.pin)
			continue
		}
		if got, want := c.Warnings[0].Error(), "use another pin"+tt.way; !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %s, want %s", tt.port, got, want)
		}
	}
}
