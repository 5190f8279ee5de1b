package doctor

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/clock"
)

// realTime says what a run would get of the real time that it asks for. Without it a run goes on, unless it insists.
func (h Host) realTime(l config.Loop) Finding {
	g, err := h.try(clock.Options{Realtime: clock.Mode(l.Realtime), Spin: l.Spin, CPU: l.CPU})
	f := Finding{Check: "realtime", Result: Passed, Seen: fmt.Sprintf("loop.realtime is %q, and gets %s", l.Realtime, strings.Join(g.Got, ", "))}
	switch {
	case err != nil:
		f.Result, f.Seen = Failed, err.Error()
		f.Means, f.Do = "hillock run ends with this", "grant what is missing, or change the table [loop]"
	case len(g.Missing) > 0:
		f.Means = "more is not permitted, so that ticks may come later"
		f.Do = "the service of hillock's package has it all; elsewhere, " + strings.Join(g.Missing, "; ")
	}
	return f
}
