package web

import (
	"math"

	"hillock/neuron"
)

// intervals are the latest of a neuron, in steps: what its ISI and their CV are taken from.
type intervals struct {
	last   int64 // step of the latest spike; 0: none yet
	latest [64]float64
	n      int // ever
}

func (s *intervals) add(step int64, m neuron.Moment) {
	if !m.Spiked {
		return
	}
	if s.last > 0 {
		s.latest[s.n%len(s.latest)] = float64(step - s.last)
		s.n++
	}
	s.last = step
}

// isi is the latest interval, in steps, and the coefficient of variation of those that are kept; 0 where there are too few.
func (s *intervals) isi() (latest, cv float64) {
	if s.n == 0 {
		return 0, 0
	}
	kept := s.latest[:min(s.n, len(s.latest))]
	sum, squares := 0.0, 0.0
	for _, v := range kept {
		sum += v
	}
	mean := sum / float64(len(kept))
	for _, v := range kept {
		squares += (v - mean) * (v - mean)
	}
	if len(kept) > 1 {
		cv = math.Sqrt(squares/float64(len(kept)-1)) / mean
	}
	return s.latest[(s.n-1)%len(s.latest)], cv
}

// spikes takes the intervals of all neurons from a run's tap.
type spikes struct {
	tap     *neuron.Tap
	reader  *neuron.TapReader
	moments []neuron.Moment
	cells   []intervals
}

// read takes the steps since the last time. The intervals of another tap are others.
func (s *spikes) read(tap *neuron.Tap) {
	if tap != s.tap {
		s.tap, s.reader = tap, tap.Reader()
		s.cells, s.moments = make([]intervals, tap.Cells()), make([]neuron.Moment, atOnce*tap.Cells())
	}
	missed := s.reader.Missed()
	for {
		first, n := s.reader.Read(s.moments)
		if now := s.reader.Missed(); now != missed { // no interval spans them
			missed = now
			for i := range s.cells {
				s.cells[i].last = 0
			}
		}
		if n == 0 {
			return
		}
		for i, m := range s.moments[:n*len(s.cells)] {
			s.cells[i%len(s.cells)].add(first+int64(i/len(s.cells)), m)
		}
	}
}
