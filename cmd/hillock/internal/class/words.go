package class

import (
	"fmt"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
)

// String returns the state in a line: "9b at mqtt://192.168.1.5:1883: 1200 batches sent, 0 unsent; mara: 40 spikes, 3 late, 20 ms lost,
// offset 1.2 ms".
func (s Status) String() string {
	at := s.Broker
	switch s.Broker {
	case "find":
		at = "a hub on this network"
	case "embedded":
		at = s.Addr
	}
	text := s.Class + " at " + at + ": "
	if !s.Connected() {
		text += s.State + ", "
	}
	if s.Retry > 0 {
		text += fmt.Sprintf("next attempt in %d s, ", (s.Retry+time.Second-1)/time.Second)
	}
	batches := "batches"
	if s.Sent == 1 {
		batches = "batch"
	}
	text += fmt.Sprintf("%d %s sent, %d unsent", s.Sent, batches, s.Unsent)
	if s.Over > 0 {
		text += ", " + readable.Count(s.Over, "spike") + " dropped"
	}
	if s.Speed != 0 && s.Speed != 1 {
		text += fmt.Sprintf(", speed %g: other boards take spikes at speed 1 only", s.Speed)
	}
	for _, r := range s.Boards {
		text += "; " + r.String()
	}
	return text
}

// String returns the state in words: "mara: 40 spikes, 3 late, 20 ms lost, offset 1.2 ms". Counts of 0 are left out, but not that of
// spikes.
func (r Remote) String() string {
	all := []string{readable.Count(r.Spikes, "spike")}
	for _, c := range []struct {
		n    int64
		what string
	}{{r.Late, "late"}, {r.Dropped, "dropped in skipped time"}, {r.LostSpikes, "lost"}} {
		if c.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	switch {
	case r.Lost > 0:
		all = append(all, config.FormatTime(r.Lost.Round(100*time.Microsecond))+" lost")
	case r.LostSteps > 0:
		all = append(all, readable.Count(r.LostSteps, "step")+" lost")
	}
	switch {
	case r.Problem != "":
		all = append(all, r.Problem)
	case !r.Online:
		all = append(all, "offline")
	case !r.Measured:
		all = append(all, "clock not measured yet")
	default:
		all = append(all, "offset "+config.FormatTime(r.Offset.Round(100*time.Microsecond)))
	}
	return r.Name + ": " + strings.Join(all, ", ")
}
