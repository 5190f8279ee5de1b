package doctor_test

import (
	"syscall"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

func wireFaults() []fault {
	return []fault{
		{name: "MISO loose at the chip", breaks: spi(sim.Faults{DOUT: sim.Loose}), check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "CE0 loose", breaks: spi(sim.Faults{CS: sim.Loose}), check: "SPI0.0", names: "CE0 (GPIO8) 24 to CS 10"},
		{name: "SCLK loose", breaks: spi(sim.Faults{CLK: sim.Loose}), check: "SPI0.0", names: "SCLK (GPIO11) 23 to CLK 13"},
		{name: "MOSI loose", breaks: spi(sim.Faults{DIN: sim.Loose}), check: "SPI0.0", names: "MOSI (GPIO10) 19 to DIN 11"},
		{name: "VDD loose", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetFault(sim.NoSupply) }, check: "SPI0.0", names: "3V3 to VDD 16"},
		{name: "MISO loose, and a button pressed at a free pin", breaks: func(v *board.Virtual) {
			spi(sim.Faults{DOUT: sim.Loose})(v)
			v.Pin("GPIO24").Drive(gpio.Low)
		}, check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "MISO loose, with the resistor to 3V3", breaks: spi(sim.Faults{MISO: sim.Open}), check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "MISO at ground", breaks: spi(sim.Faults{MISO: sim.Shorted}), check: "SPI0.0", names: "MISO (GPIO9, header pin 21) or the chip's CS is at ground"},
		{name: "a loose contact at MISO", breaks: spi(sim.Faults{MISO: sim.Flaky}), check: "SPI0.0", names: "push in MISO (GPIO9, header pin 21)"},
		{name: "CE0 one row too high", breaks: spi(sim.Faults{CS: "GPIO25"}), check: "SPI0.0", names: "CS (chip pin 10) is wired to GPIO25 (header pin 22) instead of CE0"},
		{name: "CE0 one row too low, at CE1", breaks: func(v *board.Virtual) {
			v.SPI(0, 0).Unplug()
			v.SPI(0, 1).Plug(v.Parts["SPI0.0"].(*sim.MCP3xxx))
		}, check: "SPI0.0", names: "CS (chip pin 10) is wired to GPIO7 (header pin 26) instead of CE0"},
		{name: "CE0 at ground", breaks: spi(sim.Faults{CS: sim.ToGND}), check: "SPI0.0", names: "the chip's CS is at ground"},
		{name: "MOSI in a wrong hole", breaks: spi(sim.Faults{DIN: "GPIO22"}), check: "SPI0.0", names: "DIN (chip pin 11) is wired to GPIO22 (header pin 15) instead of MOSI"},
		{name: "MOSI at 3V3", breaks: spi(sim.Faults{DIN: sim.To3V3}), check: "SPI0.0", names: "MOSI (GPIO10, header pin 19) is not connected to DIN (chip pin 11)"},
		{name: "MISO in a wrong hole", breaks: spi(sim.Faults{DOUT: "GPIO25"}), check: "SPI0.0", names: "DOUT (chip pin 12) is wired to GPIO25 (header pin 22) instead of MISO"},
		{name: "MISO and MOSI swapped", breaks: spi(sim.Faults{DIN: "GPIO9", DOUT: "GPIO10"}), check: "SPI0.0", names: "the two are swapped"},
		{name: "another chip, an MCP3208", breaks: func(v *board.Virtual) {
			other, _ := sim.NewMCP3xxx("mcp3208")
			other.Knob(0).Set(0.4)
			for ch := 1; ch < 8; ch++ {
				other.Knob(ch).SetFault(sim.WiperOff)
			}
			v.SPI(0, 0).Plug(other)
		}, check: "SPI0.0", names: `set driver = "mcp3208"`},
		{name: "transfers fail", breaks: spi(sim.Faults{Err: syscall.EIO}), check: "SPI0.0", names: "the kernel's SPI driver fails"},
		{name: "a transfer longer than a tick", breaks: spi(sim.Faults{Delay: 5 * time.Millisecond}), check: "SPI0.0", names: "the neuron runs in slow motion"},
		{name: "transfers hang", breaks: spi(sim.Faults{Delay: time.Second}), check: "SPI0.0", names: "stop other programs on this bus"},
		{name: "VREF loose", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetFault(sim.NoReference) }, check: "SPI0.0", names: "VREF (chip pin 15)"},
		{name: "the knob's middle leg loose", breaks: offLeg("knob", sim.WiperOff), check: "knob", names: "middle leg is loose"},
		{name: "the knob's middle leg at the next channel", breaks: at(1), check: "knob", names: "middle leg is at CH1 (chip pin 2)"},
		{name: "two knobs swapped", config: right, hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["knob"], v.Knobs["right"] = v.Knobs["right"], v.Knobs["knob"]
		}, check: "knob", names: "middle leg is at CH3 (chip pin 4)"},
		{name: "the knob's leg to 3V3 loose", hand: turns, breaks: offLeg("knob", sim.SupplyOff), check: "knob", names: "3V3 leg is loose"},
		{name: "the knob's leg to GND loose", hand: turns, breaks: offLeg("knob", sim.GroundOff), check: "knob", names: "GND leg is loose"},
		{name: "the knob does not reach its ends", config: "ends = [10, 1000]", hand: func(v *board.Virtual) doctor.Hand { return timid{v} }, check: "knob", names: "'hillock calibrate knob FILE'"},
		{name: "the ends leave out most of the travel", config: "ends = [0, 255]", hand: turns, check: "knob", names: "remove ends from input.knob to use all codes, or run 'hillock calibrate knob FILE'"},
		{name: "the ends leave out where the knob is", config: "ends = [0, 255]", check: "knob", names: "this is far outside ends = [0, 255]"},
		{name: "noise", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(40, 1) }, check: "knob", names: "100 nF from CH0 (chip pin 1) to GND"},

		{name: "the light sensor's leg loose", config: eye, hand: turns, breaks: offLeg("eye", sim.SupplyOff), check: "eye", names: "it is dark for ever"},
		{name: "the light sensor's resistor missing", config: eye, breaks: offLeg("eye", sim.GroundOff), check: "eye", names: "it is bright for ever"},
		{name: "the light sensor's wire to its channel loose", config: eye, breaks: offLeg("eye", sim.WiperOff), check: "eye", names: "its wire to the light sensor is loose"},
		{name: "the light sensor's wire at the next channel", config: eye, breaks: func(v *board.Virtual) {
			v.Parts["SPI0.0"].(*sim.MCP3xxx).Knob(2).SetFault(sim.KnobGood)
			offLeg("eye", sim.WiperOff)(v)
		}, check: "eye", names: "the wire of the light sensor is at CH2 (chip pin 3)"},
		{name: "two light sensors swapped", config: eye + "[input.eye2]\ndriver = \"ldr\"\nchannel = 2\n", hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["eye"], v.Knobs["eye2"] = v.Knobs["eye2"], v.Knobs["eye"]
		}, check: "eye", names: "the wire of the light sensor is at CH2 (chip pin 3)"},
		{name: "the light sensor and its resistor swapped", config: eye, hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["eye"].SetLDR(&sim.LDR{Dark: 500 * physic.Ohm, Bright: 100 * physic.KiloOhm, Resistor: 10 * physic.KiloOhm}) // falls with the light
		}, check: "eye", names: "the light sensor and its resistor are swapped"},
		{name: "the light sensor covered for ever", config: eye, hand: func(v *board.Virtual) doctor.Hand { return gloomy{v} }, check: "eye", names: "the sensor was neither covered nor lit"},
		{name: "the light sensor's contact loose", config: eye, breaks: func(v *board.Virtual) {
			v.Knobs["knob"].Set(0) // the code stays at 0: no noise below it
			v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(100, 1)
		}, check: "eye", names: "push in the light sensor and its resistor"},

		{name: "the LED the wrong way round", hand: func(v *board.Virtual) doctor.Hand { return blind{v} }, check: "led", names: "the LED is the wrong way round"},
		{name: "the LED's pin held by another program", hand: turns, breaks: func(v *board.Virtual) { v.Pin("GPIO17").SetFault(errBusy) }, check: "led", names: "stop the program that holds GPIO17 (header pin 11)"},
		{name: "the LED's wire loose, a second wire there", back: map[string]string{"led": "GPIO27"}, check: "led", names: "GPIO17 (header pin 11)"},
		{name: "the second wire at ground", back: map[string]string{"led": "GPIO27"}, breaks: func(v *board.Virtual) { v.Pin("GPIO27").Drive(gpio.Low) }, check: "led", names: "its wire is at ground"},
		{name: "the second wire at 3V3", back: map[string]string{"led": "GPIO27"}, breaks: func(v *board.Virtual) { v.Pin("GPIO27").Drive(gpio.High) }, check: "led", names: "its wire is at 3V3"},

		{name: "the buzzer's wire loose", config: buzzer, hand: func(v *board.Virtual) doctor.Hand { return deaf{v} }, check: "buzzer", names: "a wire of the piezo disc is loose"},

		{name: "the PCA9685 loose", config: fine + arm, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x40) }, check: "I2C1", names: "check its SDA (GPIO2, header pin 3)"},
		{name: "the PCA9685 at another address", config: fine + arm, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x40)
			v.I2C(1).Plug(0x41, v.Parts["I2C1 0x40"].(*sim.PCA9685))
		}, check: "I2C1", names: "output.arm.address = 0x41"},
		{name: "another chip in place of the PCA9685", config: arm, breaks: func(v *board.Virtual) { v.I2C(1).Plug(0x40, sim.NewADS1115()) }, check: "arm", names: "another part has this address"},
		{name: "the servo without its supply", config: arm, hand: func(v *board.Virtual) doctor.Hand { return still{v} }, check: "arm", names: "check the 5 V supply at V+"},

		{name: "the capacitor loose", config: bare, breaks: offCapacitor(sim.CapacitorOff), check: "bare", names: "the capacitor or its wire to GND is loose"},
		{name: "the capacitor shorted", config: bare, breaks: offCapacitor(sim.CapacitorShorted), check: "bare", names: "the capacitor is shorted"},
		{name: "the bare knob's leg loose", config: bare, breaks: offCapacitor(sim.KnobOff), check: "bare", names: "a leg of the knob"},
		{name: "the bare knob's pin loose", config: bare, breaks: offCapacitor(sim.PinOff), check: "bare", names: "its wire to the resistor is loose"},

		{name: "the ADS1115 loose", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x48) }, check: "I2C1", names: "SDA (GPIO2, header pin 3), SCL (GPIO3, header pin 5)"},
		{name: "the ADS1115's ADDR at VDD", config: fine, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x48)
			v.I2C(1).Plug(0x49, v.Parts["I2C1 0x48"].(*sim.ADS1115))
		}, check: "I2C1", names: "input.fine.address = 0x49"},
		{name: "SDA at ground", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{SDALow: true}) }, check: "I2C1", names: "SDA (GPIO2, header pin 3) is at ground"},
		{name: "the I2C bus hangs", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.ETIMEDOUT}) }, check: "I2C1", names: "holds SDA or SCL low"},
		{name: "the ADS1115's wiper loose", config: fine, breaks: offLeg("fine", sim.WiperOff), check: "fine", names: "middle leg is loose"},
		{name: "the display loose", config: fine + display, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x3c) }, check: "I2C1", names: "its wires are loose"},
		{name: "the display at its other address", config: fine + display, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x3c)
			v.I2C(1).Plug(0x3d, v.Parts["I2C1 0x3c"].(*sim.SSD1306))
		}, check: "I2C1", names: "output.display.address = 0x3d"},
	}
}

func offCapacitor(f sim.RCFault) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(f) }
}
