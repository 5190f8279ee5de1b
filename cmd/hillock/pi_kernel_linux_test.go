package main

import (
	"fmt"
	"strings"
	"testing"

	"hillock/hw/qemupi"
	"hillock/neuron"
)

// The kernel's own device tree calls GPIO4 GPIO_GCLK.
func TestPiWithAKernelThatKeepsLevels(t *testing.T) {
	b := qemupi.Boards()[0]
	bootParts(t, qemupi.Guest{Board: b, Tree: qemupi.Mainline, Arguments: keepLevels}, []piPart{
		{"GPIO4 is GPIO_GCLK", `knob 438; start --duration 1s --set output.led.pin=GPIO4; sleep 0.5; echo "holder $(holder 4)"; wait $pid`, func(t *testing.T, g *guest) {
			s, want := g.summary(), neuron.Default().SpikeCount(nA(438), 10_000)
			if n := len(g.Levels(4)); g.Status != 0 || int64(n) != 2*want || s.Outputs[0].Pin != "GPIO4" || s.Outputs[0].Pulses != want {
				t.Errorf("got exit status %d, %d levels of GPIO4 and %+v, want %d pulses", g.Status, n, s.Outputs, want)
			}
			if want := "holder GPIO_GCLK           |hillock@"; !strings.Contains(g.Output, want) {
				t.Errorf("got no %q", want)
			}
		}},
		{"GPIO4 is held", `
echo $((gpio0 + 4)) >/sys/class/gpio/export; run --duration 500ms --set output.led.pin=GPIO4; status=$?
echo $((gpio0 + 4)) >/sys/class/gpio/unexport; ( exit $status )`, func(t *testing.T, g *guest) {
			if levels := g.Levels(4); g.Status != 1 || len(levels) != 0 {
				t.Errorf("got exit status %d and levels %v of GPIO4, want 1 and none", g.Status, levels)
			}
			const refused = "led        refused: pulse: GPIO4: GPIOLine.Out(): line_request ioctl: device or resource busy: \"sysfs\" holds it: stop that program, or choose another pin\n"
			if !strings.Contains(g.part("out"), refused) {
				t.Errorf("got no %q", refused)
			}
			g.wants("hillock: output led: the LED was dark at the end of the run: GPIO4 refused\n")
		}},
		{"off after kill -9", long + `
long; during; kill -KILL $pid; wait $pid; echo "killed: $? $(level 17)"; mark before
pi hillock off; echo "off: $? $(level 17) $(holder 17)"`, func(t *testing.T, g *guest) {
			for _, want := range []string{"killed: 137 0x00000001\n", "led: GPIO17 is low\n", fmt.Sprintf("off: 0 0x00000000 %-20s\n", "GPIO17")} {
				if !strings.Contains(g.Output, want) {
					t.Errorf("got no %q", want)
				}
			}
			if levels := g.Levels(17); len(levels) != 2 || levels[1].At < g.marks()["before"] {
				t.Errorf("the scope saw levels %v of GPIO17, want it high until 'hillock off'", levels)
			}
		}},
	})
}

func TestPiWithoutSPI(t *testing.T) {
	const cause = "SPI0 is off, and the device tree is a mainline tree: dtparam and config.txt do not turn it on: " +
		"use Raspberry Pi OS; or load an overlay of your own that turns SPI0 on\n"
	const off = "Raspberry Pi 3 Model B\nwarn  no /dev/spidev0.0: " + cause
	const absent = "hillock: input knob: mcp3008 on SPI0.0: this Pi has no /dev/spidev0.0: " + cause
	var parts []piPart
	for _, tt := range []struct {
		name, script string
		status       int
		want         string
	}{
		{"run on the real Pi", `pi hillock run --hw real --plain --duration 1s`, 3, absent},
		{"run on the Pi found", `pi hillock run --plain --duration 1s`, 3, absent},
		{"setup by root", `hillock setup --dry-run`, 0, off + noUser + noService},
		{"setup by a user", `pi hillock setup --dry-run`, 0, off + inGroups + noGroup + noService},
	} {
		parts = append(parts, piText(tt.name, tt.script, tt.status, tt.want))
	}
	// A generated current needs no SPI. This kernel takes the line of a killed program back.
	parts = append(parts, piEnd("kill -9", `
cat >/tmp/wave.toml <<'FILE'
[input.made]
driver = "wave"
shape = "constant"
mean = "2 nA"
[neuron.n1]
input = "made"
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
FILE
long /tmp/wave.toml; during; kill -KILL $pid; wait $pid`, 137, ""))
	bootParts(t, qemupi.Guest{Board: qemupi.Boards()[0], Tree: qemupi.NoBuses}, parts)
}
