package readable

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Milliseconds returns a time in ms.
func Milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// Interval returns a predicted rate (Hz) as an interspike interval, with its current (nA).
func Interval(hz, current float64) string {
	if hz == 0 {
		return fmt.Sprintf("silent at %s nA", Digits(current, 4))
	}
	return fmt.Sprintf("one every %s (%s Hz) at %s nA", Seconds(1/hz), Digits(hz, 4), Digits(current, 4))
}

// Seconds writes a time in s, in ms below a second.
func Seconds(s float64) string {
	if s != 0 && s < 1 {
		return Digits(s*1e3, 4) + " ms"
	}
	return strconv.FormatFloat(math.Round(s*1e3)/1e3, 'f', -1, 64) + " s"
}

// Micros writes a time given in us with three digits, in us, ms or s.
func Micros(us float64) string {
	switch {
	case us >= 1e6:
		return fmt.Sprintf("%.3g s", us/1e6)
	case us >= 1000:
		return fmt.Sprintf("%.3g ms", us/1e3)
	case us >= 10:
		return fmt.Sprintf("%.0f us", us)
	}
	return fmt.Sprintf("%.2g us", us)
}
