package trace

import (
	"math"
)

// Intervals are the interspike intervals of a cell, in steps, since its current or its parameters changed or a viewer cleared them.
// Terminal, page and metrics all show these.
type Intervals struct {
	Since    int64   // spikes before this step do not count
	Steps    []int64 // the latest first, at most 1000
	Mean, CV float64 // of Steps; CV is the standard deviation over the mean. Both are NaN without an interval.
}

// maxIntervals limits Intervals.Steps: the CV of 1000 intervals is known to within 2 %.
const maxIntervals = 1000

// intervals returns the intervals of a train between spikes from a step on.
func intervals(t *Train, since int64) Intervals {
	is := Intervals{Since: since}
	for after := int64(0); len(is.Steps) < maxIntervals; after++ {
		before, ok := t.Last(after + 1)
		if !ok || before < since {
			break
		}
		if at := t.ring[(t.n-1-after)%trainLength]; at > 0 {
			is.Steps = append(is.Steps, at-before)
		}
	}
	is.Mean, is.CV = spread(is.Steps)
	return is
}

// spread returns the mean of intervals and their coefficient of variation.
func spread(steps []int64) (mean, cv float64) {
	sum, squares := 0., 0.
	for _, v := range steps {
		sum += float64(v)
	}
	mean = sum / float64(len(steps))
	for _, v := range steps {
		squares += float64((float64(v) - mean) * (float64(v) - mean))
	}
	return mean, math.Sqrt(squares/float64(len(steps))) / mean
}

// steady finds the step of the latest change of a cell's current. It compares the mean current of a block with that of all
// steps since the last change: a block ends at a spike, or after a long silence.
type steady struct {
	since int64 // the first step after the last change; 0: none yet
	next  int64 // the step to come
	all   mean
	block mean
}

// mean sums up currents in nA.
type mean struct {
	sum, lowest, highest float64
	steps                int64
}

func (m *mean) add(current float64) {
	if m.steps == 0 {
		m.lowest, m.highest = current, current
	}
	m.lowest, m.highest = min(m.lowest, current), max(m.highest, current)
	m.sum += current
	m.steps++
}

func (m *mean) value() float64 { return m.sum / float64(m.steps) }

// forget begins anew with a step.
func (s *steady) forget(step int64) { *s = steady{since: step, next: step} }

// add adds a step. A change moves a block's mean by more than a quarter of the window and half the block's own range. Noise is no
// change; 1 % of a knob's range is one.
func (s *steady) add(step int64, current float64, spiked bool, w Window) {
	if step != s.next {
		s.block = mean{}
	}
	s.next = step + 1
	s.block.add(current)
	if !spiked && s.block.steps < w.Silence || w.Varying {
		return
	}
	block := s.block
	s.block = mean{}
	if s.all.steps > 0 && math.Abs(block.value()-s.all.value()) > max(w.Width/4, (block.highest-block.lowest)/2) {
		s.forget(step)
		s.next = step + 1
		return
	}
	s.all.sum += block.sum
	s.all.steps += block.steps
}
