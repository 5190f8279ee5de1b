package chart

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// Ticks marks an axis at round numbers, 1, 2 or 5 times a power of ten apart, and at no fewer than this many.
type Ticks int

// Ticks implements plot.Ticker. It returns the ticks from low to high. Beside long labels some ticks have none.
func (n Ticks) Ticks(low, high float64) []plot.Tick {
	power := math.Floor(math.Log10((high - low) / float64(n)))
	if !(math.Pow(10, power) > 0) {
		return nil // the range is too narrow for ticks
	}
	var step, first, last float64
	for _, m := range []float64{5, 2, 1} {
		const slack = 1e-9 // of a step, so that rounding drops no tick at an end
		step = float64(m * math.Pow(10, power))
		first, last = math.Ceil(low/step-slack), math.Floor(high/step+slack)
		if last-first >= float64(n-1) {
			break
		}
	}
	format, digits := byte('f'), int(max(0, -power))
	if digits > 9 {
		format, digits = 'g', 6
	}
	var all []plot.Tick
	widest := 0
	for k := range int(last-first) + 1 {
		v := min(max(float64((first+float64(k))*step), low), high) + 0 // and no -0
		all = append(all, plot.Tick{Value: v, Label: strconv.FormatFloat(v, format, digits, 64)})
		widest = max(widest, len(all[k].Label))
	}
	const room = 70 // characters along an axis
	every := 1 + len(all)*(widest+1)/room
	for k := range all {
		if k%every != 0 {
			all[k].Label = ""
		}
	}
	return all
}
