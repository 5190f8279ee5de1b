package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/usage"
)

func TestWiringPrintsAndDraws(t *testing.T) {
	t.Parallel()
	svg, png := filepath.Join(t.TempDir(), "kit.svg"), filepath.Join(t.TempDir(), "kit.png")
	out, errOut, err := hillock(t.Context(), "wiring", "../../deploy/examples/two-neurons.toml", "--svg", svg, "--png", png)
	if want := svg + ", " + png + " written\n"; err != nil || errOut != want {
		t.Errorf("got %v and %q, want %q", err, errOut, want)
	}
	for _, want := range []string{
		"P2 potentiometer 10 kOhm, input knob2  middle leg          IC1, 2 CH1",
		"R3  orange  GPIO27  (13) 14\n",
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

// everyPart returns a configuration with one part of each kind, too many for one page.
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
	t.Parallel()
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
		if want := flag + ": must be a file's name for a drawing of 2 pages, got -"; usage.Status(err) != 2 || out != "" || fmt.Sprint(err) != want {
			t.Errorf("got %v and %q, want %s", err, out, want)
		}
	}
}

func TestREADMEShowsTheWiring(t *testing.T) {
	t.Parallel()
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
