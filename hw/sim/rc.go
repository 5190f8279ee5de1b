package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// RC is a circuit for measuring a potentiometer with one pin. The capacitor charges from 3.3 V through the
// potentiometer and a resistor in series. The pin discharges the capacitor through a third resistor:
//
//	3V3 --- Knob --- Series ---+--- Discharge --- pin
//	                           |
//	                       Capacitor
//	                           |
//	                          GND
//
// Between two reads of the pin, the voltage follows the exact exponential for the pin's state: output, input or pulled.
// The input reads high from the threshold on. Not modelled are the leakage and hysteresis of the input, the resistance
// of an output, and the series resistance of the capacitor. Knob and fault may change in any goroutine; a change counts
// from the last read on.
type RC struct {
	parts RCParts
	knob  Knob

	mu    sync.Mutex
	fault RCFault
	v     float64       // voltage of the capacitor, V
	at    time.Duration // time of v
	rng   *rand.Rand
}

// RCParts are the values of an RC's parts. A value of 0 or less means the default, named beside each part.
type RCParts struct {
	Knob      physic.ElectricResistance    // end to end; 10 kOhm
	Series    physic.ElectricResistance    // 2.2 kOhm
	Discharge physic.ElectricResistance    // 330 Ohm
	Capacitor physic.ElectricalCapacitance // 1 uF
	Threshold physic.ElectricPotential     // lowest high voltage; 1.5 V
	Noise     physic.ElectricPotential     // of the threshold at each read, standard deviation; none
	Seed      uint64                       // of the noise
}

const (
	supplyVolts = 3.3
	strayFarads = 10e-12 // pin and wires without a capacitor
)

// NewRC returns a discharged circuit with its knob at position 0. Pin.Wire puts it on a pin.
func NewRC(p RCParts) *RC {
	orElse(&p.Knob, 10*physic.KiloOhm)
	orElse(&p.Series, 2200*physic.Ohm)
	orElse(&p.Discharge, 330*physic.Ohm)
	orElse(&p.Capacitor, physic.MicroFarad)
	orElse(&p.Threshold, 1500*physic.MilliVolt)
	return &RC{parts: p, rng: rand.New(rand.NewPCG(p.Seed, 0))}
}

func orElse[T ~int64](v *T, usual T) {
	if *v <= 0 {
		*v = usual
	}
}

// Knob returns the potentiometer.
func (c *RC) Knob() *Knob { return &c.knob }

// Set turns the knob: the capacitor charges fastest at 0 and slowest at 1. Values beyond the ends stop at the end; NaN
// is ignored.
func (c *RC) Set(position float64) { c.knob.Set(position) }

// Position returns the position of the knob, from 0 to 1.
func (c *RC) Position() float64 { return c.knob.Position() }

// RCFault is a fault of an RC.
type RCFault uint8

// The faults of an RC.
const (
	RCGood           RCFault = iota
	KnobOff                  // a wire of the knob or the wire to 3V3 is loose
	CapacitorOff             // a wire of the capacitor is loose, or there is none
	CapacitorShorted         // the capacitor is bridged: its node is at ground
	PinOff                   // the wire to the pin is loose
)

// String returns "good", "knob off" and so on.
func (f RCFault) String() string {
	names := [...]string{"good", "knob off", "capacitor off", "capacitor shorted", "pin off"}
	if int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("RCFault(%d)", uint8(f))
}

// SetFault sets the fault of the circuit; RCGood ends it.
func (c *RC) SetFault(f RCFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
}

// Level implements Circuit.
func (c *RC) Level(now time.Duration, l gpio.Level, ohms float64) gpio.Level {
	c.mu.Lock()
	defer c.mu.Unlock()
	source := 0.0
	if l == gpio.High {
		source = supplyVolts
	}
	discharge := float64(c.parts.Discharge) / float64(physic.Ohm)
	pin := discharge + ohms
	if c.fault == PinOff {
		pin = math.Inf(1)
	}
	c.charge((now - c.at).Seconds(), source, pin)
	c.at = now

	seen := c.v
	switch {
	case c.fault == PinOff && !math.IsInf(ohms, 1):
		seen = source
	case c.fault == PinOff: // floats: Low, as a bare Pin
		seen = 0
	case !math.IsInf(ohms, 1):
		seen += (source - c.v) * discharge / pin
	}
	threshold := float64(c.parts.Threshold) / float64(physic.Volt)
	if c.parts.Noise > 0 {
		threshold += c.rng.NormFloat64() * float64(c.parts.Noise) / float64(physic.Volt)
	}
	return seen >= threshold
}

// charge advances the capacitor by dt seconds. It lies between the supply, behind knob and series resistor, and a
// source of volts behind ohms: dv/dt = (v_end - v)/(C R), where R is the parallel resistance of both.
func (c *RC) charge(dt, volts, ohms float64) {
	up := (c.Position()*float64(c.parts.Knob) + float64(c.parts.Series)) / float64(physic.Ohm)
	if c.fault == KnobOff {
		up = math.Inf(1)
	}
	farads := float64(c.parts.Capacitor) / float64(physic.Farad)
	if c.fault == CapacitorOff {
		farads = strayFarads
	}
	siemens := 1/up + 1/ohms
	switch {
	case c.fault == CapacitorShorted:
		c.v = 0
	case siemens > 0:
		end := (supplyVolts/up + volts/ohms) / siemens
		c.v = end + float64((c.v-end)*math.Exp(-dt*siemens/farads))
	}
}

var _ Circuit = &RC{}
