package doctor

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/clock"
)

// realTime tries the real-time settings of the configuration for this user. A run does without, unless loop.realtime is "on".
func (h Host) realTime(l config.Loop) Finding {
	g, err := h.try(clock.Options{Realtime: clock.Mode(l.Realtime), Spin: l.Spin, CPU: l.CPU})
	f := Finding{Check: "realtime", Result: Passed, Seen: fmt.Sprintf("loop.realtime = %q: %s", l.Realtime, strings.Join(g.Got, ", "))}
	switch {
	case err != nil:
		f.Result, f.Seen = Failed, err.Error()
		f.Means, f.Do = "'hillock run' would end with this error", "grant what is missing, or change the table [loop]"
	case len(g.Missing) > 0:
		f.Result, f.Means = Warning, "this user may not use more: ticks may be later than necessary"
		f.Do = "use the service of the hillock package, or grant this: " + strings.Join(g.Missing, "; ")
	}
	return f
}
