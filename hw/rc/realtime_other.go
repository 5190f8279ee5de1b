//go:build !linux

package rc

import "time"

func (realTime) Sleep(d time.Duration) { time.Sleep(d) }
