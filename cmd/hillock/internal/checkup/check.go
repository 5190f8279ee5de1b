package checkup

import (
	"slices"
	"time"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
)

// Check returns a usage error for a selection that is impossible here. It shows the fault and the time of the trial as typed.
func (c *Checkup) Check(typedFault, typedTrial string) error {
	tick := c.Config.Loop.Tick
	switch part := c.Fault.Lacks(c.Config); {
	case c.Trial != 0 && c.Trial < 10*tick:
		return usage.Errorf("--trial: must be 0s, or at least ten ticks, %s, got %q", config.FormatTime(10*tick), typedTrial)
	case c.Trial > time.Hour:
		return usage.Errorf("--trial: must be at most %s, got %q", config.FormatTime(time.Hour), typedTrial)
	case part != "":
		return usage.Errorf("--fault: %q needs %s, and the configuration has none", typedFault, part)
	}
	real := c.Pi == "real" || c.Pi == "auto" && board.OnPi() != ""
	switch {
	case !slices.Contains([]string{"auto", "real", "sim"}, c.Pi):
		return usage.Errorf("--hw: must be auto, real or sim, got %q", c.Pi)
	case real && typedFault != fault.None:
		return usage.Errorf("--fault: works on the virtual Pi only: add --hw sim")
	case real && c.WiresOnly:
		return usage.Errorf("--wires: works on the virtual Pi only: add --hw sim")
	case c.Listen && c.Jumpers:
		return usage.Errorf("--listen: must be alone, without --jumpers: it pulses nothing")
	case c.Listen && !real:
		return usage.Errorf("--listen: must be on a real Pi: the virtual Pi has no other board beside it")
	case c.Jumpers && !slices.ContainsFunc(c.Config.Outputs, parts.IsLED):
		return usage.Errorf("--jumpers: needs an output of driver pulse, and the configuration has none")
	}
	return checkBack(c.Config, c.Back)
}
