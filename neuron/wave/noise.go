package wave

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"hillock/neuron/internal/gauss"
)

// Noise is a current that wanders around a mean, an Ornstein-Uhlenbeck process: normally distributed, and a time tau
// later correlated with itself by 1/e. For the white noise of a membrane see neuron.LIF: an input holds its current
// for a tick.
type Noise struct {
	mean, sd float64
	tau      time.Duration
	xi       *gauss.Source

	x     float64
	asked bool
	last  time.Duration // when x was

	step   time.Duration // the one that these are of
	forget float64       // 1 - e^(-step/tau)
	kick   float64       // sd sqrt(1 - e^(-2 step/tau))
}

// NewNoise returns a noise of a mean and a standard deviation in nA and a time constant, above 0 up to MaxTime. The same
// seed gives the same noise.
func NewNoise(mean, sd float64, tau time.Duration, seed uint64) (*Noise, error) {
	err := cmp.Or(current("noise: mean", mean), current("noise: sd", sd), span("noise: tau", tau, 1))
	if err == nil && sd < 0 {
		err = fmt.Errorf("noise: sd must be at least 0 nA, got %g nA", sd)
	}
	if err != nil {
		return nil, fmt.Errorf("wave: %w", err)
	}
	return &Noise{mean: mean, sd: sd, tau: tau, xi: gauss.New(seed, "noise"), x: mean}, nil
}

// Current takes one step from the time that it was last asked for, x <- mean + (x-mean) a + sd sqrt(1-a^2) xi with
// a = e^(-step/tau), which is exact for a step of any length (D. T. Gillespie, Phys. Rev. E 54, 2084, 1996). Asked first,
// it is anywhere in its distribution; asked for no later time than before, it stays.
func (n *Noise) Current(now time.Duration) float64 {
	switch step := now - n.last; {
	case !n.asked:
		n.asked = true
		n.x = n.mean + float64(n.sd*n.xi.Next())
	case step <= 0:
		return n.x
	default:
		if step != n.step {
			n.step = step
			y := float64(step) / float64(n.tau)
			n.forget, n.kick = gauss.Decay(y), n.sd*math.Sqrt(gauss.Decay(2*y))
		}
		n.x = n.mean + float64((n.x-n.mean)*(1-n.forget)) + float64(n.kick*n.xi.Next())
	}
	n.last = now
	return n.x
}
