package sim

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Circuit is what can be wired to a pin where a level alone, that of Drive, does not do: it has voltages of its own that
// change with time. The pin calls it locked, and must not be called back.
type Circuit interface {
	// Level is the level that the pin's input sees at now, by the Pi's clock. From the call before until this one the
	// pin was a source at level l behind ohms: 0 for an output, +Inf for an input that floats.
	Level(now time.Duration, l gpio.Level, ohms float64) gpio.Level
}

// pullOhms is a pull resistor of the Pi, 50 to 65 kOhm (Compute Module Datasheet 1.0, table 5).
const pullOhms = 50e3

// Wire wires a circuit to the pin; nil takes it off. It makes no edges for WaitForEdge: poll the pin.
func (p *Pin) Wire(c Circuit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.circuit = c
}
