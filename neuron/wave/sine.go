package wave

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// Sine is a sine wave around a mean.
type Sine struct {
	Mean, Amplitude float64 // nA
	Frequency       float64 // Hz, 0 to MaxFrequency
	Phase           float64 // at time 0, in turns from 0 to 1: 0.25 is the top
}

// Current returns Mean + Amplitude sin(2 pi (Frequency now + Phase)). The error of the phase is 1e-16 of all turns since time 0.
func (s Sine) Current(now time.Duration) float64 {
	return s.Mean + float64(s.Amplitude*sin(float64(s.Frequency*now.Seconds())+s.Phase))
}

func (s Sine) check() error {
	err := cmp.Or(current("sine: mean", s.Mean), current("sine: amplitude", s.Amplitude), frequency("sine: frequency", s.Frequency))
	if err == nil && !(s.Phase >= 0 && s.Phase <= 1) {
		err = fmt.Errorf("sine: phase must be between 0 and 1, got %g", s.Phase)
	}
	return err
}

// Chirp is a sine with a rising or falling frequency, in repeated linear sweeps. One sweep shows the response of a membrane at
// every frequency.
type Chirp struct {
	Mean, Amplitude float64       // nA
	From, To        float64       // Hz, 0 to MaxFrequency; From may be the larger one
	Over            time.Duration // duration of a sweep, above 0, at most MaxTime
}

// Current returns Mean + Amplitude sin(2 pi (From t + (To-From) t^2/(2 Over))), with t from the start of the sweep. Each sweep
// begins at phase 0.
func (c Chirp) Current(now time.Duration) float64 {
	sweep := now % c.Over
	if sweep < 0 {
		sweep += c.Over
	}
	t := sweep.Seconds()
	middle := c.From + (c.To-c.From)*t/(2*c.Over.Seconds()) // the mean frequency so far
	return c.Mean + float64(c.Amplitude*sin(float64(middle*t)))
}

func (c Chirp) check() error {
	return cmp.Or(current("chirp: mean", c.Mean), current("chirp: amplitude", c.Amplitude), frequency("chirp: from", c.From),
		frequency("chirp: to", c.To), span("chirp: over", c.Over, 1))
}

// sin returns the sine of an angle in turns from its series. In math.Sin products feed sums, and some architectures fuse these
// into one rounding.
func sin(turns float64) float64 {
	r := turns - math.Round(turns)
	if math.Abs(r) > 0.25 {
		r = math.Copysign(0.5, r) - r
	}
	x := 2 * math.Pi * r
	s := 1.0
	for n := 20.0; n > 0; n -= 2 {
		s = 1 - x*x*s/(n*(n+1)) // a quotient: nothing to fuse
	}
	return x * s
}
