package tty

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Rates is the firing rate of a neuron against its current: what theory says, and what was seen.
type Rates struct {
	Params    neuron.Params
	Points    []trace.Point
	Now       float64 // the current, nA
	Low, High float64 // of the axis, nA
}

// Draw is the curve over an axis of currents, with what its signs mean.
func (r Rates) Draw(width, height int) []string {
	c := newCanvas(width-Gutter, height-2)
	current := func(x int) float64 { return r.Low + float64((r.High-r.Low)*float64(x)/float64(c.width()-1)) }
	across := scale{r.High, r.Low, c.width()} // from the left
	theory, reason := r.Params.Theory()
	top := 1.0
	if theory != nil {
		top = max(theory.DiscreteRate(r.High), theory.DiscreteRate(r.Low), 1)
	}
	for _, p := range r.Points {
		top = max(top, p.Rate)
	}
	y := scale{0, top * 1.05, c.height()}
	for row := range c.rows {
		c.mark(across.at(r.Now)/2, row, '┆', Level)
	}
	for x := 1; x < c.width() && theory != nil; x++ {
		c.line(x-1, y.at(theory.DiscreteRate(current(x-1))), x, y.at(theory.DiscreteRate(current(x))), Membrane)
		if x%4 == 0 {
			c.dot(x, y.at(theory.ExactRate(current(x))), Level)
		}
	}
	for _, p := range r.Points {
		if p.Current < min(r.Low, r.High) || p.Current > max(r.Low, r.High) {
			continue
		}
		c.mark(across.at(p.Current)/2, y.at(p.Rate)/4, '●', Point)
	}
	lines := c.lines(map[int]string{0: fmt.Sprintf("Hz %.4g", y.high), c.rows / 2: fmt.Sprintf("%.4g", y.high/2), c.rows - 1: "0"})
	curves := "no prediction: " + reason
	if theory != nil {
		curves = paint("⠤⠒⠉", Membrane) + " the discrete neuron  " + paint("⠠⠐⠈", Level) + " the continuous one"
		if r.Params.Model().Sum(neuron.Noise, r.Params) > 0 {
			curves += ", no noise"
		}
	}
	return append(lines,
		axis(width, fmt.Sprintf("%.3g nA", r.Low), "current", fmt.Sprintf("%.3g nA", r.High)),
		fit(pad("", Gutter)+paint("●", Point)+" seen  "+paint("┆", Level)+" now  "+curves, width))
}

// Intervals is how often each interval between spikes came.
type Intervals struct {
	Steps []int64
	DT    time.Duration
}

// Draw is a histogram over an axis of times, with its mean and coefficient of variation.
func (i Intervals) Draw(width, height int) []string {
	c := newCanvas(width-Gutter, height-2)
	if len(i.Steps) == 0 {
		c.text(c.rows/2, "no interval yet: it takes two spikes")
		return append(c.lines(nil), axis(width, "", "interval", ""), "")
	}
	end := slices.Max(i.Steps)*5/4 + 1
	per := (end + int64(c.columns) - 1) / int64(c.columns) // steps a bar, in columns as wide as there is room for
	wide := max(1, int(int64(c.columns)*per/end))
	counts := make([]int, c.columns/wide)
	per = (end + int64(len(counts)) - 1) / int64(len(counts))
	for _, s := range i.Steps {
		counts[s/per]++
	}
	most := slices.Max(counts)
	for k, n := range counts {
		eighths := (n*8*c.rows + most - 1) / most
		for row := range c.rows {
			if here := min(eighths-8*(c.rows-1-row), 8); here > 0 {
				for x := range wide {
					c.mark(k*wide+x, row, []rune(" ▁▂▃▄▅▆▇█")[here], Spike)
				}
			}
		}
	}
	mean, cv := trace.Spread(i.Steps)
	ms := func(steps float64) string { return Duration(time.Duration(steps * float64(i.DT))) }
	total := float64(per) * float64(c.columns) / float64(wide)
	return append(c.lines(map[int]string{0: fmt.Sprint(most), c.rows - 1: "0"}),
		axis(width, "0 ms", "interval", ms(total)),
		fit(fmt.Sprintf("%sISI of the last %d: mean %s, from %s to %s, CV %.3f", pad("", Gutter), len(i.Steps), ms(mean),
			ms(float64(slices.Min(i.Steps))), ms(float64(slices.Max(i.Steps))), cv), width))
}

// text writes into a row, in the middle.
func (c *canvas) text(row int, text string) {
	at := (c.columns - lipgloss.Width(text)) / 2
	for k, r := range []rune(text) {
		c.mark(at+k, row, r, None)
	}
}

// axis is a line under a picture, with its ends and what it measures.
func axis(width int, left, words, right string) string {
	room := width - Gutter - lipgloss.Width(left) - lipgloss.Width(right) - lipgloss.Width(words) - 4
	line := func(n int) string { return strings.Repeat("─", max(n, 0)) }
	return paint(fit(pad("└", Gutter)+left+" "+line(room/2)+" "+words+" "+line(room-room/2)+" "+right, width), Level)
}

// fit cuts a line off where it is too long.
func fit(line string, width int) string {
	return ansi.Truncate(line, max(width, 1), "")
}
