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

// Off comes before the use of a floating pin. On a Raspberry Pi, call host.Init instead of Register.
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

// Pins of other drivers stay unchanged. A line unknown to host.Init is an error.
func TestOffLeavesOtherPins(t *testing.T) {
	p := sim.New(nil).Pin("GPIO17")
	if err := p.Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	if err := bias.Off(p); err != nil || p.Func() != gpio.OUT_HIGH {
		t.Errorf("got %v, %s, want an output as before", err, p.Func())
	}
	want := "bias: line 0: not on a chip found by host.Init"
	if err := bias.Off(&gpioioctl.GPIOLine{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
