package config

import (
	"fmt"
	"time"

	"hillock/neuron"
	"hillock/neuron/wave"
)

// MaxCurrent is the largest current of an input, nA, either way.
const MaxCurrent = neuron.MaxCurrent

// Wave is a current over the model's time: see neuron/wave.
type Wave = wave.Wave

// A Knob is what every input has that a hand turns: how the raw values of its part become a current.
type Knob struct {
	Low, High  float64       // nA, at positions 0 and 1; Low may be the larger one
	StaleAfter time.Duration // how long a bad read holds the last value
	Median     int           // a reading is the median of so many latest ones, odd
	Average    int           // and then the mean of so many of these
	Ends       [2]int        // the raw values at positions 0 and 1, the smaller one first; zero where they follow from the parts
	DeadZone   int           // so many raw values at each end are that end
}

// Calibration is the knob itself, for a part that embeds it.
func (k Knob) Calibration() Knob { return k }

// Range implements InputPart.
func (k Knob) Range() (low, high float64) { return k.Low, k.High }

// MaxMedian and MaxAverage bound an input's smoothing, in readings.
const (
	MaxMedian  = 31
	MaxAverage = 1000
)

// KnobKeys are those of every knob on an ADC.
func KnobKeys() []Key {
	return []Key{{"current", List}, {"stale_after", Text}, {"median", Whole}, {"average", Whole}, {"ends", List}, {"dead_zone", Whole}}
}

// Knob decodes a knob on an ADC; full is the code at its upper end.
func (t *Table) Knob(full int) Knob {
	k := t.SlowKnob()
	k.Median = t.Whole("median", 1, 1, MaxMedian)
	if k.Median%2 == 0 {
		t.Wrong("median", Problem{Rule: "must be odd", Hint: "the median is the middle reading"})
	}
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

// SlowKnob decodes what a knob has that is on no ADC: the range of its current, and how it is smoothed. Its ends are its own.
func (t *Table) SlowKnob() (k Knob) {
	k.Low, k.High = t.Currents("current", 0, 5)
	k.StaleAfter = t.TickOrMore("stale_after", 500*time.Millisecond, time.Minute)
	k.Median, k.Average = 1, t.Whole("average", 1, 1, MaxAverage)
	return k
}

// EndsHint is the way out where the ends of a knob are wrong.
const EndsHint = "measure them with 'hillock calibrate'"

// ends are the raw values at the two ends of the knob, the lower one first: current has what belongs to which.
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
	p.Quantities("current", "nA", k.Low, k.High)
	p.Time("stale_after", k.StaleAfter)
	p.Whole("median", k.Median)
	p.Whole("average", k.Average)
	p.Wholes("ends", k.Ends[0], k.Ends[1])
	p.Whole("dead_zone", k.DeadZone)
}
