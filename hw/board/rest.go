package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// restPatience is the longest wait of Rest for the outputs. A show waits less for a transfer: frames.Patience.
const restPatience = 1500 * time.Millisecond

// Rest turns all outputs off for good, at the same time, and releases them. The inputs stay open. Any goroutine may call
// Rest, even during a run: the loop cannot turn an output on again. Rest waits at most restPatience for a driver that does
// not return. A second call returns the result of the first.
func (b *Board) Rest() error { return b.rest() }

func (b *Board) halt() error {
	type result struct {
		name string
		err  error
	}
	ends := map[string]func() error{}
	for name, o := range b.Outputs {
		ends[name] = o.Close
	}
	done := make(chan result, len(ends))
	for name, end := range ends {
		go func() { done <- result{name, end()} }()
	}
	patience := time.NewTimer(restPatience)
	defer patience.Stop()
	var errs []error
	for len(ends) > 0 {
		select {
		case r := <-done:
			delete(ends, r.name)
			errs = append(errs, r.err)
		case <-patience.C:
			for _, name := range slices.Sorted(maps.Keys(ends)) {
				errs = append(errs, fmt.Errorf("output %s: may still be on: its driver does not return", name))
			}
			return errors.Join(errs...)
		}
	}
	return errors.Join(errs...)
}
