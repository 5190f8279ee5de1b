//go:build !linux

package clock

import (
	"context"
	"errors"
	"time"
)

// realTime is not to be had: Go's timers do their best, and the statistics say how well.
type realTime struct{}

func (*realTime) sleepUntil(ctx context.Context, _ *Wall, _ time.Duration) error { return ctx.Err() }

// Enter has nothing to take on this system.
func (w *Wall) Enter(opts Options) (Grant, error) {
	if opts.Realtime == On {
		return Grant{}, errors.New(`loop.realtime: must be "auto" or "off" on this system: real time is there on Linux only`)
	}
	return Grant{Got: []string{"Go's timers"}}, nil
}

// Leave has nothing to give back.
func (w *Wall) Leave() error { return nil }
