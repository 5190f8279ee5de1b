//go:build !linux

package rc

import "time"

func (w wall) Sleep(d time.Duration) { time.Sleep(d) }
