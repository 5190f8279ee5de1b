package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// restPatience is how long Rest waits for the outputs: longer than a show waits for a transfer, frames.Patience.
const restPatience = 1500 * time.Millisecond

// Rest puts every output off for good, all at the same time, and releases it; the inputs stay open. It may be called from any
// goroutine, while a loop still runs: that cannot put an output on any more. It waits no longer than restPatience for one
// whose driver does not return. A second call returns what the first did.
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
