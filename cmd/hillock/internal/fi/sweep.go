package fi

import (
	"fmt"
	"time"

	"hillock/cmd/hillock/internal/value"
	"hillock/config"
)

// Bounds of a sweep. The largest one takes minutes on a laptop, and hours on a Pi Zero.
const (
	MaxPoints       = 100_000
	maxSteps  int64 = 100_000_000_000 // of all points together
)

// Steps returns the number of steps of each point.
func Steps(duration value.Time, dt time.Duration, points int) (int64, error) {
	steps := int64(duration.Duration / dt)
	if steps < 1 {
		return 0, fmt.Errorf("must be at least one step, %s, got %q", config.FormatTime(dt), duration.Typed())
	}
	if most := maxSteps / int64(points); steps > most {
		longest := time.Duration(most) * dt
		if longest > time.Minute {
			longest = longest.Truncate(time.Second)
		}
		fits := fmt.Sprintf("--duration %q", config.FormatTime(longest))
		if points := maxSteps / steps; points >= 2 {
			fits += fmt.Sprintf(", or --points %d", points)
		}
		return 0, fmt.Errorf("%d points of %s must take at most %g steps of %s in all, got %.3g: try %s",
			points, duration.String(), float64(maxSteps), config.FormatTime(dt), float64(points)*float64(steps), fits)
	}
	return steps, nil
}
