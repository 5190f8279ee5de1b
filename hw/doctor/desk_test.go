package doctor

import (
	"strings"
	"time"

	"hillock/config"
)

// claimed is a part with claims only.
type claimed struct {
	pins, port string
	address    int
}

func (claimed) Print(*config.Printer)      {}
func (claimed) Range() (low, high float64) { return 0, 5 }

func (c claimed) Claims() (all []config.Claim) {
	for _, pin := range strings.Fields(c.pins) {
		all = append(all, config.Claim{Key: "pin", Pin: pin})
	}
	if c.port != "" {
		all = append(all, config.Claim{Key: "port", Port: c.port, Address: c.address})
	}
	return all
}

// desk returns a configuration with the claims of the built-in one: a knob on SPI0.0 and an LED on GPIO17.
func desk() *config.Config {
	return &config.Config{
		Loop:    config.Loop{DT: 100 * time.Microsecond, Tick: time.Millisecond, Speed: 0.1, MaxLag: 250 * time.Millisecond, Realtime: "auto", Spin: -1, CPU: -1},
		Inputs:  []config.Input{{Name: "knob", Driver: "mcp3008", Part: claimed{port: "SPI0.0"}}},
		Outputs: []config.Output{{Name: "led", Driver: "pulse", Neuron: "n1", Part: claimed{pins: "GPIO17"}}},
	}
}
