package tty

import (
	"fmt"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Row is a neuron or a population in a picture of many.
type Row struct {
	Name    string
	Note    string // under the name, such as a rate
	Params  neuron.Params
	History *trace.History
	Raster  *trace.Raster // nil for a single neuron
}

// Weights of a population and of a single neuron for the height of a picture.
const (
	wide   = 3
	narrow = 1
)

// laneRows is the smallest height of a lane with V.
const laneRows = 2

// Lanes draws V of each neuron in a lane, and the spikes of a population. Without room for all lanes it draws a raster.
func Lanes(w Window, rows []Row, width, height int) []string {
	heights := share(rows, height, laneRows)
	if heights == nil {
		return Raster(w, rows, width, height)
	}
	var all []string
	for i, r := range rows {
		c := braille.New(width-Gutter, heights[i])
		labels := map[int]string{c.Rows / 2: r.Name}
		if c.Rows > 2 && r.Note != "" {
			labels[c.Rows/2+1] = r.Note
		}
		if r.Raster != nil {
			if of := drawnOf(w.dots(c, r.Raster, 0, c.Height()-2), r.Raster); c.Rows > 4 {
				labels[c.Rows/2+2] = of
			}
		} else {
			s := Scope{Params: r.Params, History: r.History, Window: w}
			buckets := w.buckets(r.History, c.Width())
			y := s.volts(buckets, c)
			if c.Rows > 3 {
				c.Rule(y.at(r.Params.Levels().Threshold.V) / 4)
			}
			s.trace(c, buckets, y)
		}
		all = append(all, labelled(c, labels)...)
	}
	return all
}

// share returns the heights of the rows of a picture, or nil if some would be less than least.
func share(rows []Row, height, least int) []int {
	sum := 0
	for _, r := range rows {
		sum += weight(r)
	}
	heights := make([]int, len(rows))
	left := height
	for i, r := range rows {
		heights[i] = left * weight(r) / sum
		if heights[i] < least {
			return nil
		}
		left, sum = left-heights[i], sum-weight(r)
	}
	return heights
}

func weight(r Row) int {
	if r.Raster != nil {
		return wide
	}
	return narrow
}

// Raster draws the spikes of the window: a row for each neuron, and several for a population. With more neurons than rows they
// share the rows. Of more neurons than dots it draws one a dot.
func Raster(w Window, rows []Row, width, height int) []string {
	c := braille.New(width-Gutter, height)
	labels := map[int]string{}
	sum := 0
	for _, r := range rows {
		sum += weight(r)
	}
	unit, packed := c.Rows/max(sum, 1), len(rows) > c.Rows
	top := 0
	for i, r := range rows {
		each := max(1, unit*weight(r))
		switch at := i * c.Height() / len(rows); {
		case packed:
			if row := at / 4; labels[row] == "" {
				labels[row] = r.Name
			}
			if i == 0 || at > (i-1)*c.Height()/len(rows) { // one neuron a dot
				w.ticks(c, r, at, at)
			}
			continue
		case unit == 0 && r.Raster != nil:
			each = max(1, (c.Rows-len(rows))/populations(rows)+1)
			fallthrough
		case r.Raster != nil:
			labels[top+each/2] = r.Name
			w.dots(c, r.Raster, 4*top, 4*(top+each)-1-min(each/3, 1)*2)
		default:
			tall := min(3, max(1, each-1))
			first := top + (each-tall)/2
			labels[first+tall/2] = r.Name
			w.ticks(c, r, 4*first, 4*(first+tall)-1)
		}
		top += each
	}
	return labelled(c, labels)
}

// populations returns the number of populations among the rows.
func populations(rows []Row) (n int) {
	for _, r := range rows {
		if r.Raster != nil {
			n++
		}
	}
	return n
}

// ticks draws a stroke from one dot to another for each spike of a neuron, or of a population as one.
func (w Window) ticks(c *braille.Canvas, r Row, from, to int) {
	if r.Raster != nil {
		w.dots(c, r.Raster, from, to)
		return
	}
	for _, b := range w.buckets(r.History, c.Width()) {
		if b.Spikes > 0 {
			x := w.column(b.First, c.Width())
			c.Line(x, from, x, to, Spike)
		}
	}
}

// dots draws a stroke for each spike of a population, between two heights: the first neuron at the top. Of more neurons than dots it
// draws one a dot: the spikes of all would fill the picture. It returns the number of drawn neurons.
func (w Window) dots(c *braille.Canvas, r *trace.Raster, from, to int) (drawn int) {
	height := to - from + 1
	tall := max(0, height/r.Members-2) // a stroke, less one dot
	r.Between(w.From, w.From+w.Steps, func(s neuron.MemberSpike) {
		at := int(s.Member) * height / r.Members
		if first := (at*r.Members + height - 1) / height; r.Members <= height || int(s.Member) == first {
			x := w.column(s.Step, c.Width())
			c.Line(x, from+at, x, from+at+tall, Spike)
		}
	})
	return min(r.Members, height)
}

// drawnOf returns "24 of 3200", or "" if the picture has all neurons.
func drawnOf(drawn int, r *trace.Raster) string {
	if drawn == r.Members {
		return ""
	}
	return fmt.Sprintf("%d of %d", drawn, r.Members)
}
