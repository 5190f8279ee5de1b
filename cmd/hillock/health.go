package main

import (
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// defaultQuiet is how long a loop may make no tick where systemd has no watchdog for it: three of the longest ticks.
const defaultQuiet = 3 * time.Second

// quietTime returns how long the loop may make no tick before the run counts as stalled.
func quietTime() time.Duration {
	if watchdog, err := daemon.SdWatchdogEnabled(false); err == nil && watchdog > 0 {
		return watchdog
	}
	return defaultQuiet
}

// heartbeat is what is known of a loop's latest tick.
type heartbeat struct {
	ticked bool          // there was one
	at     time.Duration // of its beginning, or of the run's where there was none
}

// stalled says at now for how long the loop has made no tick, and returns "" while that is within quiet. Before the first tick
// the loop counts as stalled.
func (h heartbeat) stalled(now, quiet time.Duration) string {
	silence := now - h.at
	if h.ticked && silence <= quiet {
		return ""
	}
	return fmt.Sprintf("no tick for %.1f s", silence.Seconds())
}
