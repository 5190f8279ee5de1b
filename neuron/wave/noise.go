package wave

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"hillock/neuron/internal/gauss"
)

// Noise is an Ornstein-Uhlenbeck process: a normally distributed current around a mean. Its autocorrelation falls to 1/e in the
// time tau. An input is constant within a tick, so that white noise is a parameter of the membrane: see neuron.LIF.
type Noise struct {
	mean, sd float64
	tau      time.Duration
	xi       *gauss.Source

	x       float64
	started bool
	last    time.Duration // of x

	step   time.Duration // for forget and kick
	forget float64       // 1 - e^(-step/tau)
	kick   float64       // sd sqrt(1 - e^(-2 step/tau))
}

// NewNoise returns a noise with its mean and standard deviation in nA and its time constant, above 0 and at most MaxTime. The
// same seed gives the same noise.
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

// Current takes one step from the time of the call before, x <- mean + (x-mean) a + sd sqrt(1-a^2) xi with
// a = e^(-step/tau). This is exact for a step of any length (D. T. Gillespie, Phys. Rev. E 54, 2084, 1996). The first call
// draws from the distribution. A call without later time returns the same current.
func (n *Noise) Current(now time.Duration) float64 {
	switch step := now - n.last; {
	case !n.started:
		n.started = true
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
