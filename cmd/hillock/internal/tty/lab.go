package tty

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/braille"
	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Rates is the firing rate of a neuron against its current: predicted and measured.
type Rates struct {
	Params    neuron.Params
	Theory    neuron.Theory // nil: no prediction
	Reason    string        // why there is none, or why its curve is that of a simpler neuron
	Points    []trace.Point
	Now       float64 // the current, nA
	Low, High float64 // of the axis, nA
}

// Draw returns the curve over an axis of currents, and a legend.
func (r Rates) Draw(width, height int) []string {
	c := braille.New(width-Gutter, height-2)
	current := func(x int) float64 { return r.Low + float64((r.High-r.Low)*float64(x)/float64(c.Width()-1)) }
	across := scale{r.High, r.Low, c.Width()} // from the left
	theory, top := r.Theory, 1.0
	if theory != nil {
		top = max(theory.DiscreteRate(r.High), theory.DiscreteRate(r.Low), 1)
	}
	for _, p := range r.Points {
		top = max(top, p.Rate)
	}
	y := scale{0, top * 1.05, c.Height()}
	for row := range c.Rows {
		c.Mark(across.at(r.Now)/2, row, '┆', Level)
	}
	for x := 1; x < c.Width() && theory != nil; x++ {
		c.Line(x-1, y.at(theory.DiscreteRate(current(x-1))), x, y.at(theory.DiscreteRate(current(x))), Membrane)
		if x%4 == 0 {
			c.Dot(x, y.at(theory.ExactRate(current(x))), Level)
		}
	}
	for _, p := range r.Points {
		if p.Current < min(r.Low, r.High) || p.Current > max(r.Low, r.High) {
			continue
		}
		c.Mark(across.at(p.Current)/2, y.at(p.Rate)/4, '●', Point)
	}
	lines := labelled(c, rateLabels(y.high, c.Rows))
	curves := "no prediction: " + r.Reason
	if theory != nil {
		curves = braille.Paint("⠤⠒⠉", Membrane) + " discrete neuron  " + braille.Paint("⠠⠐⠈", Level) + " continuous neuron"
		switch {
		case r.Params.Model().Sum(neuron.Noise, r.Params) > 0:
			curves += ", no noise"
		case r.Reason != "":
			curves += ", no adaptation"
		}
	}
	return append(lines,
		axis(width, fmt.Sprintf("%.3g nA", r.Low), "current", fmt.Sprintf("%.3g nA", r.High)),
		fit(pad("", Gutter)+braille.Paint("●", Point)+" measured  "+braille.Paint("┆", Level)+" now", "  "+curves, width))
}

// rateLabels returns the labels of an axis of rates from 0 to high, by row: round numbers, and the unit at the top.
func rateLabels(high float64, rows int) map[int]string {
	labels := map[int]string{}
	y := scale{0, high, 4 * rows}
	for _, tick := range chart.Ticks(min(max(rows/3, 2), 5)).Ticks(0, high) {
		if row := y.at(tick.Value) / 4; labels[row] == "" {
			labels[row] = tick.Label
		}
	}
	labels[0] = strings.TrimSpace("Hz " + labels[0])
	return labels
}

// Intervals is a histogram of interspike intervals.
type Intervals struct {
	trace.Intervals
	DT time.Duration
}

// Draw returns the histogram over an axis of times, with its mean and coefficient of variation.
func (i Intervals) Draw(width, height int) []string {
	c := braille.New(width-Gutter, height-2)
	if len(i.Steps) == 0 {
		rows := strings.Split(ansi.Wordwrap("no interval yet: two spikes make one", c.Columns, ""), "\n")
		for k, text := range rows[:min(len(rows), c.Rows)] {
			centred(c, max(c.Rows-len(rows)+1, 0)/2+k, text)
		}
		return append(labelled(c, nil), axis(width, "", "interval", ""), "")
	}
	end := slices.Max(i.Steps)*5/4 + 1
	per := (end + int64(c.Columns) - 1) / int64(c.Columns) // steps in a bar; bars are as wide as the room allows
	wide := max(1, int(int64(c.Columns)*per/end))
	counts := make([]int, c.Columns/wide)
	per = (end + int64(len(counts)) - 1) / int64(len(counts))
	for _, s := range i.Steps {
		counts[s/per]++
	}
	most := slices.Max(counts)
	for k, n := range counts {
		eighths := (n*8*c.Rows + most - 1) / most
		for row := range c.Rows {
			if here := min(eighths-8*(c.Rows-1-row), 8); here > 0 {
				for x := range wide {
					c.Mark(k*wide+x, row, []rune(" ▁▂▃▄▅▆▇█")[here], Spike)
				}
			}
		}
	}
	ms := func(steps float64) string { return Duration(time.Duration(steps * float64(i.DT))) }
	total := float64(per) * float64(c.Columns) / float64(wide)
	return append(labelled(c, map[int]string{0: fmt.Sprint(most), c.Rows - 1: "0"}),
		axis(width, "0 ms", "interval", ms(total)),
		fit(fmt.Sprintf("%smean ISI %s, CV %.3f", pad("", Gutter), ms(i.Mean), i.CV),
			fmt.Sprintf(", the last %d: from %s to %s", len(i.Steps), ms(float64(slices.Min(i.Steps))), ms(float64(slices.Max(i.Steps)))), width))
}

// centred writes text into the middle of a row.
func centred(c *braille.Canvas, row int, text string) {
	at := (c.Columns - lipgloss.Width(text)) / 2
	for k, r := range []rune(text) {
		c.Mark(at+k, row, r, braille.None)
	}
}

// axis returns the line under a picture, with its ends and its quantity.
func axis(width int, left, words, right string) string {
	room := width - Gutter - lipgloss.Width(left) - lipgloss.Width(right) - lipgloss.Width(words) - 4
	line := func(n int) string { return strings.Repeat("─", max(n, 0)) }
	return braille.Paint(fit(pad("└", Gutter)+left+" "+line(room/2)+" "+words+" "+line(room-room/2)+" "+right, "", width), Level)
}

// fit returns line and end, or line alone if both are wider than width.
func fit(line, end string, width int) string {
	if lipgloss.Width(line+end) <= width {
		return line + end
	}
	return ansi.Truncate(line, max(width, 1), "")
}
