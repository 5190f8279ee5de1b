package rc

import (
	"time"

	"golang.org/x/sys/unix"
)

// Sleep may end early at a signal: Go sends signals to its own threads.
func (realTime) Sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
}
