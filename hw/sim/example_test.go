package sim_test

import (
	"errors"
	"fmt"
	"log"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/devices/v3/ads1x15"
)

// blink is the program under test. It knows periph, and nothing of package sim.
func blink(pin string, times int, period time.Duration, sleep func(time.Duration)) error {
	led := gpioreg.ByName(pin)
	if led == nil {
		return fmt.Errorf("no pin %s", pin)
	}
	for range times {
		for _, l := range []gpio.Level{gpio.High, gpio.Low} {
			if err := led.Out(l); err != nil {
				return err
			}
			sleep(period / 2)
		}
	}
	return led.Halt()
}

// In a synctest bubble, time.Sleep returns at once and the time is exact: this test of two seconds waits for nothing.
func TestBlink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil) // nil: the bubble's time
		if err := pi.Register(); err != nil {
			t.Fatal(err)
		}
		defer pi.Close()

		if err := blink("GPIO17", 2, time.Second, time.Sleep); err != nil {
			t.Error(err)
		}
		want := []sim.Edge{
			{At: 0, Level: gpio.High},
			{At: 500 * time.Millisecond, Level: gpio.Low},
			{At: 1000 * time.Millisecond, Level: gpio.High},
			{At: 1500 * time.Millisecond, Level: gpio.Low},
		}
		if diff := cmp.Diff(want, pi.Pin("GPIO17").Edges()); diff != "" {
			t.Errorf("GPIO17 (-want +got):\n%s", diff)
		}
	})
}

// follow is a second program: it lights the lamp while the button is pressed.
func follow(button gpio.PinIn, lamp gpio.PinOut) error {
	if err := button.In(gpio.PullUp, gpio.BothEdges); err != nil {
		return err
	}
	for button.WaitForEdge(-1) {
		if err := lamp.Out(!button.Read()); err != nil {
			return err
		}
	}
	return lamp.Out(gpio.Low)
}

// The program takes its pins as arguments, so that this test needs no registry and runs in parallel to others.
func TestButton(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		button, lamp := pi.Pin("GPIO27"), pi.Pin("GPIO17")
		done := make(chan error)
		go func() { done <- follow(button, lamp) }()

		time.Sleep(1 * time.Second)
		button.Drive(gpio.Low) // press: the button connects the pin to ground
		time.Sleep(200 * time.Millisecond)
		button.Release()
		synctest.Wait() // until the program waits for the next edge
		button.Halt()   // ends its WaitForEdge
		if err := <-done; err != nil {
			t.Error(err)
		}

		want := []sim.Edge{
			{At: 0, Level: gpio.High, By: sim.ByProgram}, // the pull-up
			{At: 1000 * time.Millisecond, Level: gpio.Low, By: sim.ByOutside},
			{At: 1200 * time.Millisecond, Level: gpio.High, By: sim.ByOutside},
		}
		if diff := cmp.Diff(want, button.Edges()); diff != "" {
			t.Errorf("button (-want +got):\n%s", diff)
		}
		want = []sim.Edge{
			{At: 1000 * time.Millisecond, Level: gpio.High},
			{At: 1200 * time.Millisecond, Level: gpio.Low},
		}
		if diff := cmp.Diff(want, lamp.Edges()); diff != "" {
			t.Errorf("lamp (-want +got):\n%s", diff)
		}
	})
}

// stopwatch is a clock that only Sleep moves.
type stopwatch struct{ now time.Duration }

func (s *stopwatch) Now() time.Duration { return s.now }

func (s *stopwatch) Sleep(d time.Duration) { s.now += d }

// A blinking LED on a clock of the test's own. In a test, testing/synctest does without such a clock.
func Example() {
	clock := new(stopwatch)
	pi := sim.New(clock)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()

	if err := blink("GPIO17", 2, time.Second, clock.Sleep); err != nil {
		log.Fatal(err)
	}
	for _, e := range pi.Pin("GPIO17").Edges() {
		fmt.Println(e.At, e.Level)
	}
	// Output:
	// 0s High
	// 500ms Low
	// 1s High
	// 1.5s Low
}

// A button between GPIO27 and ground. While it is open, the pull-up holds the pin high.
func ExamplePin_Drive() {
	pi := sim.New(nil)
	button := pi.Pin("GPIO27")

	// The program's side.
	var in gpio.PinIn = button
	if err := in.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		log.Fatal(err)
	}
	fmt.Println("open:", in.Read())

	button.Drive(gpio.Low) // pressed
	fmt.Println("pressed:", in.Read(), in.WaitForEdge(time.Second))

	button.Release()
	fmt.Println("open:", in.Read(), in.WaitForEdge(0))
	// Output:
	// open: High
	// pressed: Low true
	// open: High false
}

// Edges has the edges of both sides, with their cause.
func ExamplePin_Edges() {
	clock := new(stopwatch)
	p := sim.New(clock).Pin("GPIO27")
	if err := p.In(gpio.PullUp, gpio.NoEdge); err != nil {
		log.Fatal(err)
	}
	clock.Sleep(time.Second)
	p.Drive(gpio.Low)
	clock.Sleep(100 * time.Millisecond)
	p.Release()
	for _, e := range p.Edges() {
		fmt.Println(e.At, e.Level, e.By)
	}
	// Output:
	// 0s High program
	// 1s Low outside
	// 1.1s High outside
}

// A jumper wire from an output to an input.
func ExamplePi_Connect() {
	pi := sim.New(nil)
	if err := pi.Connect("GPIO17", "GPIO27"); err != nil {
		log.Fatal(err)
	}
	out, in := pi.Pin("GPIO17"), pi.Pin("GPIO27")
	if err := in.In(gpio.PullDown, gpio.RisingEdge); err != nil {
		log.Fatal(err)
	}
	if err := out.Out(gpio.High); err != nil {
		log.Fatal(err)
	}
	fmt.Println(in.Read(), in.WaitForEdge(time.Second), in.Edges()[0].By)

	// A second output on the wire must not drive it to the other level.
	err := in.Out(gpio.Low)
	fmt.Println(errors.Is(err, sim.ErrShort), err)

	// Without the wire, the pull-down of GPIO27 decides.
	if err := pi.Disconnect("GPIO17", "GPIO27"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(in.Read())
	// Output:
	// High true wire
	// true sim: GPIO27: out low: short circuit: GPIO17 drives the wire high: make one of them an input
	// Low
}

// The workshop's kit, read by the driver that reads the real chip.
func ExampleKit() {
	pi, chip := sim.Kit(nil)
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
	for _, position := range []float64{0.4, 0.5, 1} {
		chip.Knob(0).Set(position)
		sample, err := knob.Read()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(position, sample.Raw, sample.V)
	}

	// A jumper wire comes off.
	pi.SPI(0, 0).SetFaults(sim.Faults{MISO: sim.Open})
	_, err = knob.Read()
	fmt.Println(err)
	// Output:
	// 0.4 409 1.318V
	// 0.5 512 1.650V
	// 1 1023 3.297V
	// mcp3008 on SPI0.0: CH0: no chip answers (MISO stays high): check the wires at DOUT and CS, and the supply at VDD
}

// A knob on an ADS1115, read by periph's driver.
func ExampleI2C() {
	pi, chip := sim.New(nil), sim.NewADS1115()
	pi.I2C(1).Plug(0x48, chip)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()
	chip.Knob(0).SetVoltage(1500 * physic.MilliVolt)

	bus, err := i2creg.Open("I2C1")
	if err != nil {
		log.Fatal(err)
	}
	defer bus.Close()
	adc, err := ads1x15.NewADS1115(bus, &ads1x15.DefaultOpts)
	if err != nil {
		log.Fatal(err)
	}
	knob, err := adc.PinForChannel(ads1x15.Channel0, 3300*physic.MilliVolt, 860*physic.Hertz, ads1x15.SaveEnergy)
	if err != nil {
		log.Fatal(err)
	}
	sample, err := knob.Read()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sample.Raw, sample.V)

	// It comes off the bus.
	pi.I2C(1).Unplug(0x48)
	_, err = knob.Read()
	fmt.Println(err)
	// Output:
	// 12000 1.500V
	// sim: I2C1: tx: no chip answers at 0x48: remote I/O error
}
