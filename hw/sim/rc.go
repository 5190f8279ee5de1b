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

// RC is a capacitor to ground that charges from 3.3 V through a potentiometer and a resistor in series, and that a pin
// discharges through a third resistor:
//
//	3V3 --- Knob --- Series ---+--- Discharge --- pin
//	                           |
//	                       Capacitor
//	                           |
//	                          GND
//
// Its voltage is the exact exponential between two looks at the pin, whatever the pin was meanwhile, output, input or
// pulled. The input reads high from a threshold on. Not modelled are the input's leakage and hysteresis, the resistance
// of an output, and the capacitor's own. It may be turned and broken from any goroutine; that counts from the look before.
type RC struct {
	parts RCParts
	knob  Knob

	mu    sync.Mutex
	fault RCFault
	v     float64       // of the capacitor, V
	at    time.Duration // when it was v
	rng   *rand.Rand
}

// RCParts are the values of an RC's parts. Each that is not more than 0 has the value given here.
type RCParts struct {
	Knob      physic.ElectricResistance    // from end to end, 10 kOhm
	Series    physic.ElectricResistance    // 2.2 kOhm
	Discharge physic.ElectricResistance    // 330 Ohm
	Capacitor physic.ElectricalCapacitance // 1 uF
	Threshold physic.ElectricPotential     // from which on the input is high, 1.5 V
	Noise     physic.ElectricPotential     // on the threshold, anew at each look, standard deviation; 0 is none
	Seed      uint64                       // the same one gives the same noise
}

const (
	supplyVolts = 3.3
	strayFarads = 10e-12 // of a pin and its wires without a capacitor
)

// NewRC returns a circuit with its knob at 0, charged by nothing yet. Pin.Wire puts it on a pin.
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

// Knob is the potentiometer.
func (c *RC) Knob() *Knob { return &c.knob }

// Set turns the knob: at 0 the capacitor charges fastest, at 1 slowest. Beyond the ends it stays at the end, and NaN is
// ignored.
func (c *RC) Set(position float64) { c.knob.Set(position) }

// Position returns where the knob is, from 0 to 1.
func (c *RC) Position() float64 { return c.knob.Position() }

// RCFault is what is wrong with an RC.
type RCFault uint8

// What can be wrong with an RC.
const (
	RCGood           RCFault = iota
	KnobOff                  // a wire of the knob, or the one to 3V3
	CapacitorOff             // a wire of the capacitor, or none plugged in
	CapacitorShorted         // to ground
	PinOff                   // the wire to the pin
)

// String returns "good", "knob off" and so on.
func (f RCFault) String() string {
	names := [...]string{"good", "knob off", "capacitor off", "capacitor shorted", "pin off"}
	if int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("RCFault(%d)", uint8(f))
}

// SetFault breaks the circuit, or mends it with RCGood.
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
	case c.fault == PinOff: // floats: Low, as a Pin without anything on it
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

// charge lets dt seconds pass with the capacitor between the supply, behind knob and series resistor, and a source at
// volts behind ohms: dv/dt = (v_end - v)/(C R), with R all of these in parallel.
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
