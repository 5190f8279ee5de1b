package part

import (
	"cmp"
	"testing"
)

func TestSilentChipNamesItsWires(t *testing.T) {
	t.Parallel()
	for port, want := range map[string]string{
		"SPI0.0": "CE0, pin 24, MISO, pin 21", "SPI0.1": "CE1, pin 26, MISO, pin 21", "SPI1.2": "CE2, pin 36, MISO, pin 35", "SPI6.0": "CE0, MISO",
	} {
		if got := (MCP3xxx{Port: port}).silent(); got != want {
			t.Errorf("%s: got %s, want %s", port, got, want)
		}
	}
}

// TestUsualClock checks the default against the driver spi-bcm2835: it polls a transfer shorter than clock/300000 bytes
// (drivers/spi/spi-bcm2835.c, polling_limit_us = 30), and waits for an interrupt otherwise.
func TestUsualClock(t *testing.T) {
	t.Parallel()
	want := map[string]float64{"mcp3008": 1.25e6, "mcp3004": 1.25e6, "mcp3201": 0.8e6, "mcp3202": 0.9e6, "mcp3301": 0.85e6}
	for _, c := range mcpModels() {
		hz := c.usual()
		if want := cmp.Or(want[c.driver], 1e6); hz != want || hz > c.at3V {
			t.Errorf("%s: got %g Hz, want %g Hz, at most %g Hz", c.driver, hz, want, c.at3V)
		}
		if limit := int(hz) / 300000; c.at3V >= 1.25e6 && limit <= 3 {
			t.Errorf("%s: got transfers below %d bytes polled, want 3 bytes polled", c.driver, limit)
		}
	}
}
