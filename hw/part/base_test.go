package part

import (
	"strings"
	"testing"
)

// base is a good configuration. The tests change one of its lines, by number.
const base = `[loop]
dt = "0.1 ms"
tick = "1 ms"
speed = 1
max_lag = "250 ms"

[input.knob]
driver = "mcp3008"
port = "SPI0.0"
channel = 0
clock = "1.25 MHz"
v_ref = "3.3 V"
current = ["0 nA", "5 nA"]
stale_after = "500 ms"

[neuron.n1]
tau_m = "10 ms"
e_l = "-70 mV"
v_t = "-55 mV"
v_reset = "-70 mV"
r_m = "10 MOhm"
t_ref = "0 ms"
input = "knob"

[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
width = "20 ms"
`

// edit replaces one line of base. Line 0 adds text after the last line, line 29.
func edit(t testing.TB, line int, text string) []byte {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(base, "\n"), "\n")
	if len(lines) != 29 {
		t.Fatalf("base has %d lines, want 29", len(lines))
	}
	if line == 0 {
		lines = append(lines, text)
	} else {
		lines[line-1] = text
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}
