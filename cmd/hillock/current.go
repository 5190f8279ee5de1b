package main

import (
	"errors"
	"io/fs"
	"time"

	"hillock/cmd/hillock/internal/usage"
	"hillock/neuron/wave"
)

// constant is an input that never changes, nA.
type constant float64

func (c constant) Current(time.Duration) float64 { return float64(c) }

// recorded is a current from a file, for a loop whose tick is its step dt: the tick due at t runs the step from t-dt to t.
type recorded struct {
	*wave.Recorded
	dt time.Duration
}

// Current is the current at the beginning of the step that is due at now.
func (r *recorded) Current(now time.Duration) float64 { return r.Recorded.Current(now - r.dt) }

// readCurrent reads a file of rows time_ms,current_na, in the order of their times.
func readCurrent(name string) (*recorded, error) {
	r, err := wave.Load(name)
	if errors.As(err, new(*fs.PathError)) { // it does not begin with the file's name
		return nil, usage.Errorf("--input: %w", err)
	}
	if err != nil {
		return nil, usage.Error{Err: err}
	}
	return &recorded{Recorded: r}, nil
}
