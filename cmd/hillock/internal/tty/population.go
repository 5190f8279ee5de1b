package tty

import (
	"cmp"
	"fmt"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/trace"
)

// Population is the spikes of all neurons of a population over time, and their mean rate.
type Population struct {
	Raster *trace.Raster
	Window Window
}

// Spikes draws a dot for each spike, the first neuron at the top.
func (p Population) Spikes(width, height int) []string {
	c := braille.New(width-Gutter, height)
	middle := cmp.Or(drawnOf(p.Window.dots(c, p.Raster, 0, c.Height()-1), p.Raster), "neuron")
	return labelled(c, map[int]string{0: "1", c.Rows / 2: middle, c.Rows - 1: fmt.Sprint(p.Raster.Members)})
}

// Rate draws the mean rate of a neuron, in bars of a column.
func (p Population) Rate(width, height int) []string {
	c := braille.New(width-Gutter, height)
	rates := make([]float64, c.Columns)
	top := 1.
	per := max(1, p.Window.Steps/int64(c.Columns))
	for i := range rates {
		from := p.Window.From + p.Window.Steps*int64(i)/int64(c.Columns)
		rates[i] = float64(p.Raster.Count(from, from+per)) / (float64(p.Raster.Members) * float64(per) * p.Window.DT.Seconds())
		top = max(top, rates[i])
	}
	y := scale{0, top, c.Height()}
	for i, rate := range rates {
		if rate > 0 {
			for x := range 2 {
				c.Line(2*i+x, y.at(rate), 2*i+x, c.Height()-1, Membrane)
			}
		}
	}
	return labelled(c, map[int]string{0: fmt.Sprintf("Hz %.3g", top), c.Rows - 1: "0"})
}
