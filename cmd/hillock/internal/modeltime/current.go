package modeltime

import (
	"time"

	"hillock/neuron/wave"
)

// Constant is an input of the same current for ever, in nA.
type Constant float64

// Current returns the constant.
func (c Constant) Current(time.Duration) float64 { return float64(c) }

// Recorded is a current from a file, for a loop whose tick is its step DT: the tick due at t runs the step from t-dt to t.
type Recorded struct {
	*wave.Recorded
	DT time.Duration
}

// Current returns the current at the beginning of the step that is due at now.
func (r *Recorded) Current(now time.Duration) float64 { return r.Recorded.Current(now - r.DT) }
