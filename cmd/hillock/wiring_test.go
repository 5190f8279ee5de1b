package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/usage"
	"hillock/hw/wiring"
)

func TestWiringPrintsAndDraws(t *testing.T) {
	svg, png := filepath.Join(t.TempDir(), "kit.svg"), filepath.Join(t.TempDir(), "kit.png")
	out, errOut, err := hillock(t.Context(), "wiring", "../../deploy/examples/two-neurons.toml", "--svg", svg, "--png", png)
	if want := svg + ", " + png + " written\n"; err != nil || errOut != want {
		t.Errorf("got %v and %q, want %q", err, errOut, want)
	}
	for _, want := range []string{
		"P2 potentiometer 10 kOhm, right  middle leg          IC1, 2 CH1",
		"R2  brown  GPIO27  (13) 14\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("got no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("got colours, want none away from a terminal:\n%q", out)
	}
	for file, magic := range map[string]string{svg: "<?xml", png: "\x89PNG"} {
		if content, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(content, []byte(magic)) {
			t.Errorf("%s: got %v and %.20q, want a file that begins with %q", file, err, content, magic)
		}
	}
	alone, _, err := hillock(t.Context(), "wiring", "../../deploy/examples/two-neurons.toml", "--svg", "-")
	if content, _ := os.ReadFile(svg); err != nil || alone != string(content) {
		t.Errorf("got %v and %d bytes on standard output, want the drawing alone, %d bytes", err, len(alone), len(content))
	}
}

// everyPart is a configuration with one part of each kind, and more than one page has room for.
const everyPart = `
[input.fine]
driver = "ads1115"
[input.knob]
driver = "mcp3202"
[input.plain]
driver = "rc"
pin = "GPIO4"
[neuron.n1]
input = ["fine", "knob", "plain"]
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
[output.sink]
driver = "pulse"
pin = "GPIO27"
invert = true
neuron = "n1"
[output.row]
driver = "bar"
pins = ["GPIO5", "GPIO6", "GPIO13", "GPIO19", "GPIO26", "GPIO12", "GPIO16", "GPIO20"]
neuron = "n1"
[output.blinkt]
driver = "apa102"
data = "GPIO23"
clock = "GPIO24"
neuron = "n1"
[output.scope]
driver = "oled"
neuron = "n1"
`

func TestWiringDrawsPages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "every.toml")
	if err := os.WriteFile(file, []byte(everyPart), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	first, second := filepath.Join(dir, "kit.svg"), filepath.Join(dir, "kit-2.svg")
	_, errOut, err := hillock(t.Context(), "wiring", file, "--svg", first)
	if want := first + ", " + second + " written\n"; err != nil || errOut != want {
		t.Errorf("got %v and %q, want %q", err, errOut, want)
	}
	a, err := os.ReadFile(first)
	b, err2 := os.ReadFile(second)
	if err != nil || err2 != nil || bytes.Equal(a, b) {
		t.Errorf("got %v, %v, want two pages, and not the same twice", err, err2)
	}
	for _, flag := range []string{"--svg", "--png"} {
		out, _, err := hillock(t.Context(), "wiring", file, flag, "-")
		if want := flag + ": must be a file's name where the drawing has 2 pages, got -"; usage.Status(err) != 2 || out != "" || fmt.Sprint(err) != want {
			t.Errorf("got %v and %q, want %s", err, out, want)
		}
	}
}

func TestWiringRefuses(t *testing.T) {
	dir := t.TempDir()
	many := "[input.k]\ndriver = \"mcp3008\"\nport = \"SPI0.0\"\nchannel = 0\ncurrent = [\"0 nA\", \"5 nA\"]\n[neuron.n1]\ninput = \"k\"\n"
	for i := range 13 {
		many += fmt.Sprintf("[output.o%d]\ndriver = \"pulse\"\npin = \"GPIO%d\"\nneuron = \"n1\"\nwidth = \"20 ms\"\n", i, 12+i)
	}
	file := filepath.Join(dir, "many.toml")
	if err := os.WriteFile(file, []byte(many), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(dir, "kit.svg")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{file, "--svg", picture}, "all pins: must give at most 50 mA together, got 51.2 mA: leave out LEDs"},
		{[]string{"--set", `input.knob.v_ref="5 V"`, "--svg", picture},
			"input.knob: v_ref: must be that of the 3V3 rail, from which the sheet wires it, got 5 V: take 3.3 V"},
		{[]string{"--png", picture}, fmt.Sprintf("--png: must not end in .svg, got %q", picture)},
		{[]string{"--png", ""}, `--png: must be a file's name, or - for standard output, got ""`},
		{[]string{"--png", picture, "--svg", dir + "/./kit.svg"}, fmt.Sprintf("--png: must be another file than --svg, got %q for both", picture)},
	} {
		out, _, err := hillock(t.Context(), append([]string{"wiring"}, c.args...)...)
		if usage.Status(err) != 2 || out != "" {
			t.Errorf("%q: got exit status %d and %q, want 2 and nothing printed", c.args, usage.Status(err), out)
		}
		if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.args, diff)
		}
	}
	if _, err := os.Stat(picture); err == nil {
		t.Error("got a drawing of a kit that was refused, want none")
	}
}

func TestWireColors(t *testing.T) {
	for _, c := range []struct {
		color wiring.Color
		want  string
	}{
		{wiring.Color{Name: "black"}, "\x1b[1mtext\x1b[m"},
		{wiring.Color{Name: "red", R: 208, G: 16, B: 16}, "\x1b[1;38;2;208;16;16mtext\x1b[m"},
	} {
		if got := paintWire(c.color, "text"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.color.Name, got, c.want)
		}
	}
}

// The README's drawing is what the command draws.
func TestWiringOfTheREADME(t *testing.T) {
	got, _, err := hillock(t.Context(), "wiring", "--svg", "-")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../deploy/wiring.svg")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("deploy/wiring.svg is not the drawing any more: go run ./cmd/hillock wiring --svg deploy/wiring.svg")
	}
}
