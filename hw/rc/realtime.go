package rc

import "time"

// realTime is the monotonic clock since start.
type realTime struct {
	start time.Time
}

func (r realTime) Now() time.Duration { return time.Since(r.start) }
