// Package tty draws a run with characters. Its functions turn steps and spikes into rows of text of a given size. They read no
// clock and touch no terminal.
package tty

import (
	"math"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hillock/cmd/hillock/internal/braille"
)

// The inks of a run.
const (
	Membrane = braille.Blue
	Spike    = braille.Amber
	Level    = braille.Grey // a threshold, a rest, an axis
	Current  = braille.Green
	Point    = braille.Orange
	Synaptic = braille.Purple    // the synaptic current
	Adapts   = braille.Vermilion // the adaptation current
)

// labelled returns the rows of a picture behind their labels, right-aligned in Gutter columns.
func labelled(c *braille.Canvas, labels map[int]string) []string {
	all := make([]string, c.Rows)
	for row := range all {
		border := "│"
		if labels[row] != "" {
			border = "┤"
		}
		var b strings.Builder
		b.Grow(4 * c.Columns)
		b.WriteString(braille.Paint(ansi.Truncate(pad(labels[row]+" ", Gutter-1), Gutter-1, "")+border, Level))
		c.Row(&b, row)
		all[row] = b.String()
	}
	return all
}

// Gutter is the width of the labels, in columns.
const Gutter = 11

// pad puts blanks before text.
func pad(text string, width int) string {
	return strings.Repeat(" ", max(width-lipgloss.Width(text), 0)) + text
}

// scale maps a range of values to a number of dots, the lowest value at the bottom.
type scale struct {
	low, high float64
	dots      int
}

func (s scale) at(v float64) int {
	part := min(max((v-s.low)/(s.high-s.low), 0), 1)
	return int(math.Round(float64((1 - part) * float64(s.dots-1))))
}
