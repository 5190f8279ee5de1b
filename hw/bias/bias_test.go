package bias_test

import (
	"fmt"
	"log"
	"testing"

	"hillock/hw/bias"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/gpioioctl"
)

// Before a pin that must float is used. On a Raspberry Pi, host.Init() stands in the place of the virtual one.
func Example() {
	pi := sim.New(nil)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()

	pin := gpioreg.ByName("GPIO17")
	if err := bias.Off(pin); err != nil {
		log.Fatal(err)
	}
	if err := pin.In(gpio.Float, gpio.NoEdge); err != nil {
		log.Fatal(err)
	}
	fmt.Println(pin, pin.Pull())
	// Output: GPIO17 Float
}

// A pin of another driver is left as it is; a line that host.Init did not find is an error.
func TestOff(t *testing.T) {
	p := sim.New(nil).Pin("GPIO17")
	if err := p.Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	if err := bias.Off(p); err != nil || p.Func() != gpio.OUT_HIGH {
		t.Errorf("got %v, %s, want it left an output", err, p.Func())
	}
	want := "bias: : on none of the chips that host.Init found"
	if err := bias.Off(&gpioioctl.GPIOLine{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
