//go:build !linux

package clock

import (
	"context"
	"errors"
	"time"
)

// realTime does not exist on this system. Go's timers do their best, and the statistics report the lateness.
type realTime struct{}

func (*realTime) sleepUntil(ctx context.Context, w *Real, _, _ time.Duration) (time.Duration, error) {
	return w.Now(), ctx.Err()
}

// Enter changes nothing on this system.
func (w *Real) Enter(opts Options) (Grant, error) {
	if opts.Realtime == On {
		return Grant{}, errors.New(`loop.realtime: must be "auto" or "off" on this system: real-time scheduling needs Linux`)
	}
	return Grant{Got: []string{"Go's timers"}, Remedy: opts.Remedy}, nil
}

// Leave changes nothing on this system.
func (w *Real) Leave() error { return nil }
