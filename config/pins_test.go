package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPortPins(t *testing.T) {
	for port, want := range map[string]map[string]string{
		"SPI0.0": {"MISO": "GPIO9", "MOSI": "GPIO10", "SCLK": "GPIO11", "CE0": "GPIO8"},
		"SPI0.1": {"MISO": "GPIO9", "MOSI": "GPIO10", "SCLK": "GPIO11", "CE1": "GPIO7"},
		"SPI1.2": {"MISO": "GPIO19", "MOSI": "GPIO20", "SCLK": "GPIO21", "CE2": "GPIO16"},
		"I2C1":   {"SDA": "GPIO2", "SCL": "GPIO3"},
		"I2C3":   nil,
		"SPI0.2": nil,
		"SPI3.0": nil,
	} {
		if diff := cmp.Diff(want, PortPins(port)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", port, diff)
		}
	}
}
