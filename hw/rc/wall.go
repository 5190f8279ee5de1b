package rc

import "time"

// wall is the monotonic wall clock since its making.
type wall struct {
	start time.Time
}

func (w wall) Now() time.Duration { return time.Since(w.start) }
