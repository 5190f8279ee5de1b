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

// Opts says which parts it is made of. What is zero is as in DefaultOpts.
type Opts struct {
	// Knob is the potentiometer from end to end.
	Knob physic.ElectricResistance
	// Series is the resistor between potentiometer and capacitor.
	Series physic.ElectricResistance
	// Discharge is the resistor between capacitor and pin, 207 Ohm or more: at 3.3 V no more than 16 mA go into the pin.
	// It must leave less than half of Threshold on the capacitor where the knob is at 0.
	Discharge physic.ElectricResistance
	// Capacitor is best of film or of a ceramic that keeps its value, and not an electrolytic one.
	Capacitor physic.ElectricalCapacitance
	// Threshold is the voltage from which on the pin reads high, 0.8 V to 2 V. It counts for Ends alone.
	Threshold physic.ElectricPotential
	// Ends are the charge times with the knob at positions 0 and 1, as Read gave them there; both zero means those that
	// follow from the parts. From one to the other must be 2 ms or more, and the longer one 500 ms or less.
	Ends [2]time.Duration
	// Charges is how many a Read takes the median of, an odd number from 1 to 99.
	Charges int
	// Clock is the time to measure in; nil is the wall's.
	Clock Clock
}

// Clock is what charges are timed by. The wall's is monotonic and sleeps in the kernel on Linux: Go's own timers wake
// up to a millisecond late there, which is too late for most capacitors.
type Clock interface {
	// Now is the time since the clock's own zero.
	Now() time.Duration
	// Sleep returns when d has passed or, as a system call that a signal ends, before.
	Sleep(d time.Duration)
}

const (
	supply       = 3300 * physic.MilliVolt
	pinMilliAmps = 16 // at most, through a pin of a Pi

	shortestSpan = 2 * time.Millisecond
	longestEnd   = 500 * time.Millisecond
	mostCharges  = 99
)

// complete returns o with its zero values filled in, or the rule that it breaks.
func (o Opts) complete() (Opts, error) {
	fill(&o.Knob, DefaultOpts.Knob)
	fill(&o.Series, DefaultOpts.Series)
	fill(&o.Discharge, DefaultOpts.Discharge)
	fill(&o.Capacitor, DefaultOpts.Capacitor)
	fill(&o.Threshold, DefaultOpts.Threshold)
	fill(&o.Charges, DefaultOpts.Charges)
	if o.Clock == nil {
		o.Clock = wall{time.Now()}
	}
	smallest := physic.ElectricResistance(math.Ceil(float64(supply)/float64(physic.MilliVolt)/pinMilliAmps)) * physic.Ohm
	switch {
	case o.Knob < 0 || o.Series < 0 || o.Capacitor < 0:
		return Opts{}, fmt.Errorf("rc: knob, series and capacitor must be more than 0, got %s, %s and %s", o.Knob, o.Series, o.Capacitor)
	case o.Discharge < smallest:
		return Opts{}, fmt.Errorf("rc: discharge must be %s or more, or more than %d mA go into the pin, got %s", smallest, pinMilliAmps, o.Discharge)
	case o.Threshold < 800*physic.MilliVolt || o.Threshold > 2*physic.Volt:
		return Opts{}, fmt.Errorf("rc: threshold must be from 800mV to 2V, got %s", o.Threshold)
	case o.Charges < 1 || o.Charges > mostCharges || o.Charges%2 == 0:
		return Opts{}, fmt.Errorf("rc: charges must be an odd number from 1 to %d, got %d", mostCharges, o.Charges)
	}
	if rest := o.rest(0); 2*rest >= o.Threshold {
		return Opts{}, fmt.Errorf("rc: discharge must leave less than half of the threshold %s on the capacitor, got %s: with discharge %s make series larger than %s",
			o.Threshold, rest, o.Discharge, o.Series)
	}
	if o.Ends == [2]time.Duration{} {
		o.Ends = [2]time.Duration{o.charge(0), o.charge(o.Knob)}
	}
	if o.Ends[0] <= 0 || o.Ends[1]-o.Ends[0] < shortestSpan || o.Ends[1] > longestEnd {
		return Opts{}, fmt.Errorf("rc: ends must be more than 0, %v or more apart, the second one larger and up to %v, got %v and %v: choose another capacitor",
			shortestSpan, longestEnd, o.Ends[0].Round(time.Microsecond), o.Ends[1].Round(time.Microsecond))
	}
	return o, nil
}

func fill[T ~int | ~int64](v *T, usual T) {
	if *v == 0 {
		*v = usual
	}
}

// rest is V0, what the pin leaves on the capacitor with the potentiometer at r.
func (o Opts) rest(r physic.ElectricResistance) physic.ElectricPotential {
	return physic.ElectricPotential(float64(supply) * float64(o.Discharge) / (float64(o.Discharge) + float64(o.Series) + float64(r)))
}

// charge is how long the capacitor takes from V0 to the threshold with the potentiometer at r: the package's equation.
func (o Opts) charge(r physic.ElectricResistance) time.Duration {
	return o.times(o.Series+r, math.Log(float64(supply-o.rest(r))/float64(supply-o.Threshold)))
}

// drain is how long the pin takes to empty the capacitor through Discharge, however full it is: seven time constants
// leave a thousandth.
func (o Opts) drain() time.Duration { return o.times(o.Discharge, 7) }

// times is n time constants of the capacitor with a resistance.
func (o Opts) times(r physic.ElectricResistance, n float64) time.Duration {
	seconds := float64(r) / float64(physic.Ohm) * float64(o.Capacitor) / float64(physic.Farad) * n
	return time.Duration(min(seconds, time.Hour.Seconds()) * float64(time.Second))
}
