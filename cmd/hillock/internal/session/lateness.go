package session

import (
	"fmt"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
)

// Lateness says how late the ticks of a run began. A late tick begins more than a tick after its deadline.
type Lateness struct {
	Ticks, Late int64         // all ticks of the loop, and the late ones
	Tick        time.Duration // length of a tick
	Max         float64       // us: the latest beginning
	Skipped     Skipped
}

// Lateness returns the lateness of a run with these times.
func (t Times) Lateness(tick time.Duration, skipped Skipped) Lateness {
	return Lateness{Ticks: t.Late.N, Late: t.LateTicks, Tick: tick, Max: t.Late.Max, Skipped: skipped}
}

// Bad reports whether more than 1 % of the ticks were late, or any was skipped.
func (l Lateness) Bad() bool { return l.late() || l.Skipped.Ticks > 0 }

func (l Lateness) late() bool { return 100*l.Late > l.Ticks }

// String returns "on time", or "late: " with the figures.
func (l Lateness) String() string {
	if !l.Bad() {
		return "on time"
	}
	var bad []string
	if l.late() {
		bad = append(bad, fmt.Sprintf("%s %% began more than %s late, the latest %s", readable.Digits(100*float64(l.Late)/float64(l.Ticks), 2),
			readable.Seconds(l.Tick.Seconds()), readable.Micros(l.Max)))
	}
	if l.Skipped.Ticks > 0 {
		bad = append(bad, fmt.Sprintf("%d skipped with %s of model time", l.Skipped.Ticks, readable.Seconds(l.Skipped.Model.Seconds())))
	}
	return "late: " + strings.Join(bad, "; ")
}
