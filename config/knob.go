package config

import (
	"fmt"
	"time"

	"hillock/neuron"
	"hillock/neuron/wave"
)

// MaxCurrent is the largest magnitude of an input's current, nA.
const MaxCurrent = neuron.MaxCurrent

// Wave is a current as a function of model time: see neuron/wave.
type Wave = wave.Wave

// A Knob is the calibration of a knob: from the codes of its part to a current.
type Knob struct {
	Low, High  float64       // nA, at positions 0 and 1; Low may be the larger one
	StaleAfter time.Duration // a bad reading keeps the last good one this long
	Median     int           // number of readings for a median, odd
	Average    int           // number of medians for a mean
	Ends       [2]int        // codes at positions 0 and 1, the smaller one first; zero: the parts decide
	DeadZone   int           // number of codes at each end that count as the end
}

// Calibration returns the knob, for a part that embeds it.
func (k Knob) Calibration() Knob { return k }

// Range implements InputPart.
func (k Knob) Range() (low, high float64) { return k.Low, k.High }

// MaxMedian and MaxAverage are the limits of an input's smoothing, in readings.
const (
	MaxMedian  = 31
	MaxAverage = 1000
)

// KnobKeys returns the keys of a knob on an ADC.
func KnobKeys() []Key { return append(SensorKeys(), Key{"ends", List}, Key{"dead_zone", Whole}) }

// SensorKeys returns the keys of a sensor on an ADC. Its kind has the keys of its ends.
func SensorKeys() []Key {
	return []Key{{"current", List}, {"stale_after", Text}, {"median", Whole}, {"average", Whole}}
}

// Sensor decodes a sensor on an ADC. Its kind decodes the ends.
func (t *Table) Sensor() Knob {
	k := t.SlowKnob()
	k.Median = t.Whole("median", 1, 1, MaxMedian)
	if k.Median%2 == 0 {
		t.Wrong("median", Problem{Rule: "must be odd", Hint: "the median is the middle reading"})
	}
	return k
}

// Knob decodes a knob on an ADC with the code full at its upper end.
func (t *Table) Knob(full int) Knob {
	k := t.Sensor()
	k.Ends = t.ends(full)
	k.DeadZone = t.Whole("dead_zone", 0, 0, full/4)
	if !t.IsBad("ends") && !t.IsBad("dead_zone") && k.Ends[1]-k.Ends[0] <= 2*k.DeadZone {
		t.Wrong("dead_zone", Problem{Rule: fmt.Sprintf("must be less than half of the codes between the ends %d and %d", k.Ends[0], k.Ends[1])})
	}
	if !t.IsBad("ends") && 2*(k.Ends[1]-k.Ends[0]) < full {
		t.Warn("ends", Problem{Rule: fmt.Sprintf("covers less than half of the chip's codes, 0 to %d", full),
			Hint: "remove ends to use all of them, or measure them with 'hillock calibrate'"})
	}
	return k
}

// SlowKnob decodes the current and the average of a knob without an ADC. Its kind decodes the ends.
func (t *Table) SlowKnob() (k Knob) {
	k.Low, k.High = t.Currents("current", 0, 5)
	k.StaleAfter = t.TickOrMore("stale_after", 500*time.Millisecond, time.Minute)
	k.Median, k.Average = 1, t.Whole("average", 1, 1, MaxAverage)
	return k
}

// EndsHint is the hint for bad ends of a knob.
const EndsHint = "measure them with 'hillock calibrate'"

// ends decodes the codes at the two ends of a knob, the smaller one first. The key current can reverse the knob.
func (t *Table) ends(full int) [2]int {
	rule := fmt.Sprintf("must be two whole numbers between 0 and %d, the smaller one first, such as [0, %[1]d]", full)
	items, ok := t.List("ends", rule)
	if !ok {
		return [2]int{0, full}
	}
	if len(items) == 2 {
		a, ok := items[0].Number()
		b, ok2 := items[1].Number()
		if ok && ok2 && 0 <= a && a < b && b <= full {
			return [2]int{a, b}
		}
	}
	t.Wrong("ends", Problem{Rule: rule, Hint: EndsHint})
	return [2]int{}
}

// Knob writes a knob on an ADC.
func (p *Printer) Knob(k Knob) {
	p.Sensor(k)
	p.Wholes("ends", k.Ends[0], k.Ends[1])
	p.Whole("dead_zone", k.DeadZone)
}

// Sensor writes a sensor on an ADC without its ends.
func (p *Printer) Sensor(k Knob) {
	p.Quantities("current", "nA", k.Low, k.High)
	p.Time("stale_after", k.StaleAfter)
	p.Whole("median", k.Median)
	p.Whole("average", k.Average)
}
