package session

import (
	"fmt"
	"strconv"
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

// String returns the share of the ticks on time, and the lateness of the latest: "99.6 % on time, the latest 7.8 ms late". If no
// tick was late, it returns "on time, the latest 0.3 ms late". A skipped tick is not on time; its model time follows.
func (l Lateness) String() string {
	text := "on time"
	if l.Late+l.Skipped.Ticks > 0 {
		text = l.onTime() + " % on time"
	}
	switch {
	case l.Max >= 1e6:
		text += fmt.Sprintf(", the latest %s late", readable.Micros(l.Max))
	case l.Max > 0:
		text += fmt.Sprintf(", the latest %s ms late", readable.Digits(l.Max/1e3, 2))
	}
	if l.Skipped.Ticks > 0 {
		text += fmt.Sprintf("; %s of model time skipped", readable.Seconds(l.Skipped.Model.Seconds()))
	}
	return text
}

// onTime returns the share of the ticks on time, with the skipped ones, in percent. It has one decimal, or more if it would round to 100 %.
func (l Lateness) onTime() string {
	share := 100 * float64(l.Ticks-l.Late) / float64(l.Ticks+l.Skipped.Ticks)
	for places := 1; ; places++ {
		if text := strconv.FormatFloat(share, 'f', places, 64); !strings.HasPrefix(text, "100") || places > 9 {
			return strings.TrimSuffix(text, ".0")
		}
	}
}
