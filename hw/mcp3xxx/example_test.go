package mcp3xxx_test

import (
	"fmt"
	"log"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/spi/spireg"
)

// A potentiometer on CH0. On a Raspberry Pi, call host.Init instead of Register.
func Example() {
	pi, _ := sim.Kit(nil)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()

	port, err := spireg.Open("SPI0.0")
	if err != nil {
		log.Fatal(err)
	}
	defer port.Close()
	adc, err := mcp3xxx.NewSPI(port, &mcp3xxx.DefaultOpts)
	if err != nil {
		log.Fatal(err)
	}
	knob, err := adc.Single(0)
	if err != nil {
		log.Fatal(err)
	}
	sample, err := knob.Read()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(knob, sample.Raw, sample.V)
	// Output: MCP3008{SPI0.0}.CH0 409 1.318V
}

// The voltage between two channels, as in a bridge.
func ExampleDev_Differential() {
	pi, chip := sim.Kit(nil)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()
	chip.Knob(2).SetCode(700)
	chip.Knob(3).SetCode(650)

	port, err := spireg.Open("SPI0.0")
	if err != nil {
		log.Fatal(err)
	}
	defer port.Close()
	adc, err := mcp3xxx.NewSPI(port, &mcp3xxx.DefaultOpts)
	if err != nil {
		log.Fatal(err)
	}
	bridge, err := adc.Differential(2, 3)
	if err != nil {
		log.Fatal(err)
	}
	sample, err := bridge.Read()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bridge.Name(), sample.Raw, sample.V)
	// Output: CH2-CH3 50 161.133mV
}
