package sim

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Circuit is a circuit on a pin with voltages that change with time. Use Drive for a fixed level. The pin calls Level
// with its lock held: a Circuit must not call the Pi.
type Circuit interface {
	// Level returns the level at the pin's input at now, by the Pi's clock. Since the last call, the pin was a source
	// of level l behind ohms: 0 for an output, +Inf for a floating input.
	Level(now time.Duration, l gpio.Level, ohms float64) gpio.Level
}

// pullOhms is a pull resistor of the Pi: 50 to 65 kOhm (Compute Module Datasheet 1.0, table 5).
const pullOhms = 50e3

// Wire wires a circuit to the pin; nil removes it. A circuit makes no edges for WaitForEdge: poll the pin.
func (p *Pin) Wire(c Circuit) {
	p.desk.lock()
	defer p.desk.unlock()
	p.circuit = c
}
