package servo

import "time"

// meter measures a firing rate from the interspike intervals in a window. A steady train has a steady rate, without the ripple of
// a count of spikes.
type meter struct {
	window int64   // steps
	steps  []int64 // of the latest spikes, a ring
	n      int64   // spikes so far
	last   int64   // step of the latest spike
	at     time.Duration
}

// maxSpikes limits the spikes that count: a mean of this many intervals is steady enough.
const maxSpikes = 256

func newMeter(window int64) meter {
	return meter{window: max(window, 1), steps: make([]int64, maxSpikes)}
}

// spike notes a spike in a tick due at now. A population has several spikes in a step, in any number.
func (m *meter) spike(step int64, now time.Duration) {
	m.steps[m.n%maxSpikes], m.last, m.at = step, step, now
	m.n++
}

// perStep returns the rate in spikes per step at a tick due at now, with a number of steps per ns.
//
// It is the number of intervals in the window over their time. After a pause longer than the mean interval, the next spike
// comes now at the earliest: the rate falls as if it did.
func (m *meter) perStep(now time.Duration, stepsPerNano float64) float64 {
	silent := max(float64(now-m.at)*stepsPerNano, 0)
	if m.n == 0 || silent > float64(m.window) {
		return 0
	}
	first, intervals := m.last, 0.0
	for k := m.n - 1; k >= 0 && k > m.n-1-maxSpikes; k-- {
		step := m.steps[k%maxSpikes]
		if float64(m.last-step)+silent > float64(m.window) {
			break
		}
		first, intervals = step, float64(m.n-1-k)
	}
	span := float64(m.last - first)
	switch {
	case intervals > 0 && silent*intervals > span:
		return (intervals + 1) / (span + silent)
	case span == 0: // one spike, or several in one step
		return (intervals + 1) / float64(m.window)
	}
	return intervals / span
}
