package modeltime

import (
	"io"
	"time"

	"hillock/neuron/wave"
)

// Constant is a constant input current, in nA.
type Constant float64

// Current returns the constant.
func (c Constant) Current(time.Duration) float64 { return float64(c) }

// Recorded is a current from a file, for a loop with a tick of one step DT: the tick at t runs the step from t-DT to t.
type Recorded struct {
	*wave.Recorded
	DT time.Duration
}

// Load reads a recorded current from a file, - for stdin.
func Load(name string, stdin io.Reader, dt time.Duration) (*Recorded, error) {
	if name == "-" {
		r, err := wave.Parse("stdin", stdin)
		return &Recorded{r, dt}, err
	}
	r, err := wave.Load(name)
	return &Recorded{r, dt}, err
}

// Current returns the current at the beginning of the step that is due at now, in nA.
func (r *Recorded) Current(now time.Duration) float64 { return r.Recorded.Current(now - r.DT) }
