package doctor

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/clock"
)

// Remedy returns the way to real-time rights for a user's shell on a Raspberry Pi of this model, "" for another machine. The hillock
// package grants them to a group, and a login puts them into effect.
func Remedy(model string) string {
	if model == "" {
		return "install the hillock package, run 'sudo usermod -aG hillock $USER', then log in again"
	}
	return "run 'sudo hillock setup', then log in again"
}

// realTime tries the real-time settings of the configuration for this user. A run does without, unless loop.realtime is "on".
func (h Host) realTime(l config.Loop) Finding {
	g, err := h.try(clock.Options{Realtime: clock.Mode(l.Realtime), Spin: l.Spin, CPU: l.CPU, Remedy: Remedy(h.Model())})
	f := Finding{Check: "realtime", Result: Passed, Seen: fmt.Sprintf("loop.realtime = %q: %s", l.Realtime, strings.Join(g.Got, ", "))}
	switch {
	case err != nil:
		f.Result, f.Seen = Failed, err.Error()
		f.Means, f.Do = "'hillock run' would end with this error", "grant what is missing, or change the table [loop]"
	case len(g.Missing) > 0:
		f.Result = Warning
		f.Means = "not permitted: " + strings.Join(g.Missing, "; ") + ": ticks may be later than necessary"
		f.Do = g.Remedy + "; or use the service of the package"
	case g.Risk != "":
		f.Result, f.Means = Warning, g.Risk
		f.Do = `set realtime = "auto" in [loop]: the loop then gets a short time slice`
	}
	return f
}
