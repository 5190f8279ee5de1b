package rc_test

import (
	"fmt"
	"log"
	"time"

	"hillock/hw/rc"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio/gpioreg"
)

// A potentiometer, a capacitor and two resistors on GPIO17. On a Raspberry Pi, call host.Init instead of Register and
// leave the clock out.
func Example() {
	clock := sim.NewLateClock(0, 100*time.Microsecond, 1)
	pi, circuit := sim.New(clock), sim.NewRC(sim.RCParts{})
	pi.Pin("GPIO17").Wire(circuit)
	if err := pi.Register(); err != nil {
		log.Fatal(err)
	}
	defer pi.Close()

	knob, err := rc.New(gpioreg.ByName("GPIO17"), &rc.Opts{Clock: clock})
	if err != nil {
		log.Fatal(err)
	}
	defer knob.Halt()
	for _, position := range []float64{0, 0.4, 1} {
		circuit.Set(position)
		sample, err := knob.Read()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %.1f\n", knob, knob.Position(sample))
	}

	// A jumper wire comes off.
	circuit.SetFault(sim.KnobOff)
	_, err = knob.Read()
	fmt.Println(err)
	// Output:
	// rc{GPIO17} 0.0
	// rc{GPIO17} 0.4
	// rc{GPIO17} 1.0
	// rc on GPIO17: never high within 21.2 ms: check the wires of the knob, to 3V3 and to the pin, and the capacitor for a short
}
