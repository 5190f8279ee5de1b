package rc

import (
	"fmt"
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// DefaultOpts are the parts of the kit.
var DefaultOpts = Opts{
	Knob:      10 * physic.KiloOhm,
	Series:    2200 * physic.Ohm,
	Discharge: 330 * physic.Ohm,
	Capacitor: physic.MicroFarad,
	Threshold: 1500 * physic.MilliVolt,
	Charges:   5,
}

// Opts are the values of the parts. A zero value means that of DefaultOpts.
type Opts struct {
	// Knob is the resistance of the potentiometer from end to end.
	Knob physic.ElectricResistance
	// Series is the resistor between potentiometer and capacitor.
	Series physic.ElectricResistance
	// Discharge is the resistor between capacitor and pin: at least 207 Ohm, for at most 16 mA into the pin at 3.3 V.
	// With the knob at 0, it must leave less than half of Threshold on the capacitor.
	Discharge physic.ElectricResistance
	// Capacitor is best a film capacitor, or a ceramic one with a stable value. Do not use an electrolytic capacitor.
	Capacitor physic.ElectricalCapacitance
	// Threshold is the lowest voltage that the pin reads as high, from 0.8 V to 2 V. Only Ends depends on it.
	Threshold physic.ElectricPotential
	// Ends are the results of Read with the knob at positions 0 and 1. Two zeros mean times computed from the parts.
	// The second must be at least 2 ms longer than the first, and at most 500 ms.
	Ends [2]time.Duration
	// Charges is the number of charges for the median of a Read: odd, from 1 to 99.
	Charges int
	// Clock times the charges; nil means the real clock.
	Clock Clock
}

// Clock times the charges. The real clock is monotonic; on Linux it sleeps in the kernel. Go's own timers wake up to 1
// ms late there, which is too late for most capacitors.
type Clock interface {
	// Now returns the time since the start of the clock.
	Now() time.Duration
	// Sleep returns after d, or earlier like a system call that a signal interrupts.
	Sleep(d time.Duration)
}

const (
	supply       = 3300 * physic.MilliVolt
	pinMilliAmps = 16 // limit of a Pi's pin

	shortestSpan = 2 * time.Millisecond
	longestEnd   = 500 * time.Millisecond
	mostCharges  = 99
)

// complete returns o with defaults for its zero values, or an error.
func (o Opts) complete() (Opts, error) {
	fill(&o.Knob, DefaultOpts.Knob)
	fill(&o.Series, DefaultOpts.Series)
	fill(&o.Discharge, DefaultOpts.Discharge)
	fill(&o.Capacitor, DefaultOpts.Capacitor)
	fill(&o.Threshold, DefaultOpts.Threshold)
	fill(&o.Charges, DefaultOpts.Charges)
	if o.Clock == nil {
		o.Clock = realTime{time.Now()}
	}
	smallest := physic.ElectricResistance(math.Ceil(float64(supply)/float64(physic.MilliVolt)/pinMilliAmps)) * physic.Ohm
	switch {
	case o.Knob < 0 || o.Series < 0 || o.Capacitor < 0:
		return Opts{}, fmt.Errorf("rc: knob, series and capacitor must be more than 0, got %s, %s and %s", o.Knob, o.Series, o.Capacitor)
	case o.Discharge < smallest:
		return Opts{}, fmt.Errorf("rc: discharge must be at least %s, to limit the pin's current to %d mA, got %s", smallest, pinMilliAmps, o.Discharge)
	case o.Threshold < 800*physic.MilliVolt || o.Threshold > 2*physic.Volt:
		return Opts{}, fmt.Errorf("rc: threshold must be from 800mV to 2V, got %s", o.Threshold)
	case o.Charges < 1 || o.Charges > mostCharges || o.Charges%2 == 0:
		return Opts{}, fmt.Errorf("rc: charges must be an odd number from 1 to %d, got %d", mostCharges, o.Charges)
	}
	if rest := o.rest(0); 2*rest >= o.Threshold {
		return Opts{}, fmt.Errorf("rc: discharge must leave less than half of the threshold %s on the capacitor, got %s: with discharge %s, use a series resistor above %s",
			o.Threshold, rest, o.Discharge, o.Series)
	}
	if o.Ends == [2]time.Duration{} {
		o.Ends = [2]time.Duration{o.charge(0), o.charge(o.Knob)}
	}
	if o.Ends[0] <= 0 || o.Ends[1]-o.Ends[0] < shortestSpan || o.Ends[1] > longestEnd {
		return Opts{}, fmt.Errorf("rc: ends must be more than 0, at least %s apart, the second larger and at most %s, got %s and %s: choose another capacitor",
			text(shortestSpan), text(longestEnd), text(o.Ends[0]), text(o.Ends[1]))
	}
	return o, nil
}

func fill[T ~int | ~int64](v *T, usual T) {
	if *v == 0 {
		*v = usual
	}
}

// rest returns V0, the voltage that the pin leaves on the capacitor with the potentiometer at r.
func (o Opts) rest(r physic.ElectricResistance) physic.ElectricPotential {
	return physic.ElectricPotential(float64(supply) * float64(o.Discharge) / (float64(o.Discharge) + float64(o.Series) + float64(r)))
}

// charge returns the time from V0 to the threshold with the potentiometer at r: the package's equation.
func (o Opts) charge(r physic.ElectricResistance) time.Duration {
	return o.times(o.Series+r, math.Log(float64(supply-o.rest(r))/float64(supply-o.Threshold)))
}

// drain returns the time to empty the capacitor through Discharge from any voltage. Seven time constants leave a
// thousandth.
func (o Opts) drain() time.Duration { return o.times(o.Discharge, 7) }

// times returns n time constants of the capacitor and a resistance.
func (o Opts) times(r physic.ElectricResistance, n float64) time.Duration {
	seconds := float64(r) / float64(physic.Ohm) * float64(o.Capacitor) / float64(physic.Farad) * n
	return time.Duration(min(seconds, time.Hour.Seconds()) * float64(time.Second))
}

// text returns a time for messages, to 1 us: "47 us", "21.2 ms".
func text(d time.Duration) string {
	if d = d.Round(time.Microsecond); d != 0 && d < time.Millisecond {
		return fmt.Sprintf("%d us", d.Microseconds())
	}
	return fmt.Sprintf("%g ms", float64(d.Microseconds())/1000)
}
