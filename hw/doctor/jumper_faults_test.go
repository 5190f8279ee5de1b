package doctor_test

import (
	"testing"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
)

const (
	jumper = "[input.touch]\ndriver = \"edge\"\npin = \"GPIO22\"\nfrom = \"led\"\n[synapse.jumper]\nfrom = \"touch\"\nto = \"n1\"\nkind = \"delta\"\nweight = \"16 mV\"\ndelay = \"1 ms\"\n"
	second = "[output.red]\ndriver = \"pulse\"\npin = \"GPIO27\"\nneuron = \"n1\"\n[input.light]\ndriver = \"edge\"\npin = \"GPIO23\"\nfrom = \"red\"\n"
	button = "[input.button]\ndriver = \"edge\"\npin = \"GPIO24\"\nedge = \"falling\"\n"
)

// jumpers puts jumper wires between pins, "17-22 27-23", in place of those of the configuration.
func jumpers(t *testing.T, wires string) func(*board.Virtual) {
	t.Helper()
	return func(v *board.Virtual) { connect(t, v, wires) }
}

// jumperFaults returns the faults of jumper wires from pin to pin.
func jumperFaults(t *testing.T) []fault {
	return []fault{
		{name: "a jumper wire in the neighbour's hole", config: jumper, breaks: jumpers(t, "17-25"), check: "touch", names: "wants led -> GPIO22, yours is in GPIO25"},
		{name: "a jumper wire from a wrong hole", config: jumper, breaks: jumpers(t, "18-22"), check: "touch", names: "wants led -> GPIO22, yours comes from GPIO18"},
		{name: "a jumper wire from another output", config: jumper + second, breaks: jumpers(t, "27-22 27-23"), check: "touch", names: "wants led -> GPIO22, yours comes from GPIO27, red"},
		{name: "a jumper wire loose", config: jumper, breaks: jumpers(t, ""), check: "touch", names: "connect GPIO17 (header pin 11) to GPIO22 (header pin 15)"},
		{name: "two jumper wires swapped", config: jumper + second, breaks: jumpers(t, "17-23 27-22"), check: "light", names: "the wires of red and led are swapped"},
		{name: "two outputs at one input", config: jumper + second, breaks: jumpers(t, "17-22 27-22"), check: "light", names: "yours is in GPIO22"},
		{name: "two outputs joined", config: jumper + second, breaks: jumpers(t, "17-22 27-23 17-27"), check: "light", names: "led and red are joined: two outputs drive one wire"},
		{name: "an output at a button", config: jumper + button, breaks: jumpers(t, "17-22 17-24"), check: "button", names: "GPIO24 is for a button"},
		{name: "an edge input at GND", config: jumper, breaks: func(v *board.Virtual) { connect(t, v, ""); v.Pin("GPIO22").Drive(gpio.Low) }, check: "touch", names: "GPIO22 is at GND"},
		{name: "an edge input at 3V3", config: jumper, breaks: func(v *board.Virtual) { connect(t, v, ""); v.Pin("GPIO22").Drive(gpio.High) }, check: "touch", names: "GPIO22 is at 3V3"},
		{name: "an output at 3V3", config: jumper, breaks: func(v *board.Virtual) { connect(t, v, ""); v.Pin("GPIO17").Drive(gpio.High) }, check: "led", names: "the wire of led is at 3V3"},
	}
}
