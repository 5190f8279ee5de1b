//go:build !unix

package bench

import "time"

// cpuTime and residentBytes are unknown on this system.
func cpuTime() time.Duration { return 0 }
func residentBytes() float64 { return 0 }
