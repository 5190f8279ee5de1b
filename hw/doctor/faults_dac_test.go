package doctor_test

import (
	"syscall"

	"hillock/hw/board"
	"hillock/hw/sim"
)

const (
	analog = "[output.analog]\ndriver = \"mcp4725\"\nneuron = \"n1\"\n"
	fast   = "[output.fast]\ndriver = \"mcp4921\"\nneuron = \"n1\"\n"
	double = "[output.double]\ndriver = \"mcp4922\"\nneuron = \"n1\"\nchannel = 1\n"
)

// dacFaults returns the faults of digital-to-analog converters. Those on SPI never answer: the oscilloscope shows nothing.
func dacFaults() []fault {
	return []fault{
		{name: "the MCP4725 alone on its bus, SDA loose", config: analog, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x60) }, check: "I2C1", names: "SDA (GPIO2, header pin 3), SCL (GPIO3, header pin 5)"},
		{name: "the MCP4725 loose", config: fine + analog, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x60) }, check: "I2C1", names: "its wires are loose"},
		{name: "the MCP4725 at another address", config: fine + analog, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x60)
			v.I2C(1).Plug(0x62, v.Parts["I2C1 0x60"].(*sim.MCP4725))
		}, check: "I2C1", names: "output.analog.address = 0x62"},
		{name: "another chip at the MCP4725's address", config: analog, breaks: func(v *board.Virtual) { v.I2C(1).Plug(0x60, sim.NewSSD1306()) }, check: "analog", names: "it is no MCP4725"},
		{name: "the MCP4725's OUT loose", config: analog, hand: turns, breaks: func(v *board.Virtual) { v.Parts["I2C1 0x60"].(*sim.MCP4725).SetFault(sim.NoOutput) }, check: "analog", names: "connect the probe to OUT"},
		{name: "the MCP4921 missing", config: fast, hand: turns, breaks: func(v *board.Virtual) { v.SPI(0, 1).Unplug() }, check: "fast", names: "3V3 to VDD 1"},
		{name: "the MCP4921's CS loose", config: fast, hand: turns, breaks: offDAC(sim.Faults{CS: sim.Loose}), check: "fast", names: "CE1 (GPIO7, header pin 26) to CS 2"},
		{name: "the MCP4921's CS at CE0", config: fast, hand: turns, breaks: offDAC(sim.Faults{CS: "GPIO8"}), check: "fast", names: "CE1 (GPIO7, header pin 26) to CS 2"},
		{name: "the MCP4921's SCK loose", config: fast, hand: turns, breaks: offDAC(sim.Faults{CLK: sim.Loose}), check: "fast", names: "SCLK (GPIO11, header pin 23) to SCK 3"},
		{name: "the MCP4921's SDI loose", config: fast, hand: turns, breaks: offDAC(sim.Faults{DIN: sim.Loose}), check: "fast", names: "MOSI (GPIO10, header pin 19) to SDI 4"},
		{name: "the MCP4921's LDAC loose", config: fast, hand: turns, breaks: inDAC(sim.NoLatch), check: "fast", names: "LDAC 5 to GND"},
		{name: "the MCP4921's VREF loose", config: fast, hand: turns, breaks: inDAC(sim.NoReference), check: "fast", names: "3V3 to VDD 1 and to VREF"},
		{name: "the MCP4921's VOUTA loose", config: fast, hand: turns, breaks: inDAC(sim.NoOutput), check: "fast", names: "the probe to VOUTA 8"},
		{name: "the MCP4922's VDD loose", config: double, hand: turns, breaks: inDAC(sim.NoSupply), check: "double", names: "3V3 to SHDN 9; the probe to VOUTB 10"},
		{name: "transfers to the MCP4921 fail", config: fast, hand: turns, breaks: offDAC(sim.Faults{Err: syscall.EIO}), check: "fast", names: "fix SPI0.1 first"},
	}
}

func offDAC(f sim.Faults) func(*board.Virtual) {
	return func(v *board.Virtual) { v.SPI(0, 1).SetFaults(f) }
}

func inDAC(f sim.ChipFault) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Parts["SPI0.1"].(*sim.MCP49xx).SetFault(f) }
}
