package sim_test

import (
	"fmt"
	"log"
	"time"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/devices/v3/ads1x15"
)

// blink is the program: it knows periph, and nothing of package sim.
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

// stopwatch is a clock that moves when somebody sleeps.
type stopwatch struct{ now time.Duration }

func (s *stopwatch) Now() time.Duration { return s.now }

func (s *stopwatch) Sleep(d time.Duration) { s.now += d }

// A blinking LED, tested down to the microsecond, in no time.
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

// A button between GPIO27 and ground: open, it is pulled up.
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
	// sim: I2C1: tx: nobody answers at 0x48: remote I/O error
}
