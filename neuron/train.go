package neuron

import "slices"

// A Source is a spike input: it spikes without being a neuron.
type Source struct {
	Name  string
	Train Train
}

// A Train is a series of spikes by step. Received is one of spikes from outside; the others have no state: a continued network goes on
// with them.
type Train interface {
	// Spikes reports whether there is a spike in a step of the network.
	Spikes(step int64) bool
	// Count returns the number of steps with a spike from the first step to the last, both included.
	Count(first, last int64) int64
}

// Steps is a Train of given steps, ascending.
type Steps []int64

// Spikes implements Train.
func (s Steps) Spikes(step int64) bool {
	_, found := slices.BinarySearch(s, step)
	return found
}

// Count implements Train.
func (s Steps) Count(first, last int64) int64 {
	from, _ := slices.BinarySearch(s, first)
	to, _ := slices.BinarySearch(s, last+1)
	return int64(max(0, to-from))
}

// gained is a Train with a gain for each spike.
type gained interface {
	Train
	// Gain returns the factor of the weights for the spike of a step.
	Gain(step int64) float64
}

// Weighted is a Train of given steps with gains, one for each step.
type Weighted struct {
	Steps
	Gains []float64
}

// Gain returns the factor of the weights for the spike of a step, 0 without a spike.
func (w Weighted) Gain(step int64) float64 {
	if i, found := slices.BinarySearch(w.Steps, step); found {
		return w.Gains[i]
	}
	return 0
}

// Poisson is a random Train. Each step has a spike with the probability Rate*DT, independent of all other steps. Each step has its
// own random number, a hash of the seed and the step: the same bits on every architecture.
type Poisson struct {
	Seed uint64
	Rate float64 // Hz; at most one spike a step
	DT   float64 // ms
}

// Spikes implements Train. It compares the upper 53 bits of the hash, a number from 0 to below 1, with the probability.
func (p Poisson) Spikes(step int64) bool {
	const golden = 0x9e3779b97f4a7c15
	hash := mix(mix(p.Seed+golden) + uint64(step)*golden)
	return float64(hash>>11)*0x1p-53 < p.Rate*p.DT/1000
}

// Count implements Train.
func (p Poisson) Count(first, last int64) (n int64) {
	for step := first; step <= last; step++ {
		if p.Spikes(step) {
			n++
		}
	}
	return n
}

// mix is the output function of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014, p. 453).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
