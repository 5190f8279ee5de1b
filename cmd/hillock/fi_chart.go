package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"gonum.org/v1/plot"

	"hillock/cmd/hillock/internal/readable"
	"hillock/neuron"
)

// draw draws the curve with characters, at most so many columns and rows of them. NO_COLOR, with any value, is respected.
func (c *fiCurve) draw(w io.Writer, width, height int) error {
	ch := c.chart(width, height)
	ch.color = os.Getenv("NO_COLOR") == ""
	_, err := lipgloss.Fprint(w, ch.String()) // in the colours that this terminal has
	return err
}

// chart is a picture made of characters: lines in braille, eight dots to a cell, and marks that fill a cell.
type chart struct {
	title                 string
	xLabel, yLabel        string
	x, y                  axis
	legend                []legendEntry
	columns, rows, gutter int // of the rectangle inside the axes; gutter is the width of what is left of it
	cells                 [][]cell
	color                 bool
}

// axis is a range and the ticks in it.
type axis struct {
	low, high float64
	ticks     []plot.Tick
}

// newAxis has as many ticks as there are rooms for one.
func newAxis(low, high float64, rooms int) axis {
	return axis{low, high, ticks(min(max(rooms, 2), 5)).Ticks(low, high)}
}

// at is the place of v among n, from 0 to n-1 inside the range.
func (a axis) at(v float64, n int) int {
	return int(math.Round((v - a.low) / (a.high - a.low) * float64(n-1)))
}

// ink is what a cell belongs to, and is coloured by.
type ink int

const (
	inkNone ink = iota
	inkExact
	inkSimulated
	inkRheobase
)

// cell is a character: a mark, or else dots.
type cell struct {
	dots rune // the low byte of the braille block, U+2800
	mark rune
	ink  ink
}

func (c cell) rune() rune {
	switch {
	case c.mark != 0:
		return c.mark
	case c.dots != 0:
		return 0x2800 | c.dots
	}
	return ' '
}

type legendEntry struct {
	sample string
	ink    ink
	label  string
}

// The least and the most that a chart takes: it wants room for its ticks, and a wide one is no clearer.
const (
	chartMinWidth, chartMaxWidth   = 40, 120
	chartMinHeight, chartMaxHeight = 13, 36
)

// chart is the curve as a picture of at most width by height characters, or the least that it needs.
func (c *fiCurve) chart(width, height int) *chart {
	ch := c.emptyChart(width, height)
	if theory := c.theory(); theory != nil {
		ch.predictions(c, theory)
	}
	for i, x := range c.currents {
		row := ch.y.at(c.rate(i), 4*ch.rows) / 4
		ch.cells[ch.rows-1-row][ch.x.at(x, ch.columns)] = cell{mark: '●', ink: inkSimulated}
	}
	return ch
}

// predictions draws the rheobase and the continuous equation.
func (ch *chart) predictions(c *fiCurve, theory neuron.Theory) {
	if r := theory.Rheobase(); r >= c.from() && r <= c.to() {
		for row := range ch.rows {
			ch.cells[row][ch.x.at(r, ch.columns)] = cell{mark: '┆', ink: inkRheobase}
		}
	}
	exact := c.exact(theory)
	for i := 1; i < len(exact); i++ {
		ch.line(exact[i-1].X, exact[i-1].Y, exact[i].X, exact[i].Y)
	}
}

// emptyChart shares the room out between labels, axes, legend and the curve.
func (c *fiCurve) emptyChart(width, height int) *chart {
	width = min(max(width, chartMinWidth), chartMaxWidth)
	height = min(max(height, chartMinHeight), chartMaxHeight)
	ch := &chart{
		title:  c.neuron.Name + ": firing rate against input current",
		xLabel: "input current (nA)", yLabel: "firing rate (Hz)",
		legend: []legendEntry{
			{"●", inkSimulated, "simulated, " + readable.Seconds(c.seconds()) + " a point"},
		},
	}
	if theory := c.theory(); theory != nil {
		ch.legend = append(ch.legend, legendEntry{"⠤⠒⠉", inkExact, c.exactLabel(theory)}, legendEntry{"┆", inkRheobase, c.rheobaseLabel(theory)})
	}
	const around = 5 // lines: the title, the two labels, the axis and its ticks
	ch.rows = height - around - len(ch.legendLines(width))
	ch.y = newAxis(0, c.top(), ch.rows/3)
	for _, t := range ch.y.ticks {
		ch.gutter = max(ch.gutter, utf8.RuneCountInString(t.Label)+2)
	}
	ch.columns = width - ch.gutter - 2 // room for the half of the last label that overhangs
	ch.x = newAxis(c.from(), c.to(), ch.columns/12)
	ch.cells = make([][]cell, ch.rows)
	for r := range ch.cells {
		ch.cells[r] = make([]cell, ch.columns)
	}
	return ch
}

// line draws a straight line of dots from one point to another.
func (ch *chart) line(x0, y0, x1, y1 float64) {
	c0, r0 := ch.x.at(x0, 2*ch.columns), ch.y.at(y0, 4*ch.rows)
	c1, r1 := ch.x.at(x1, 2*ch.columns), ch.y.at(y1, 4*ch.rows)
	n := max(abs(c1-c0), abs(r1-r0), 1)
	for k := range n + 1 {
		ch.dot(c0+(c1-c0)*k/n, r0+(r1-r0)*k/n)
	}
}

func abs(n int) int { return max(n, -n) }

// dot sets a dot, counted from the lower left corner.
func (ch *chart) dot(x, y int) {
	down := 4*ch.rows - 1 - y
	at := &ch.cells[down/4][x/2]
	// The bits of a cell, by row and column: Unicode standard, block Braille Patterns.
	bits := [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}
	*at = cell{dots: at.dots | bits[down%4][x%2], ink: inkExact}
}

// String is the whole picture, with its axes, labels and legend; each line ends with a newline.
func (ch *chart) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", ch.title, ch.yLabel)
	labels := make([]string, ch.rows)
	for _, t := range ch.y.ticks {
		if row := &labels[ch.rows-1-ch.y.at(t.Value, 4*ch.rows)/4]; *row == "" {
			*row = t.Label
		}
	}
	for r, row := range ch.cells {
		line := "│"
		if labels[r] != "" {
			line = "┤"
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%*s %s%s", ch.gutter-2, labels[r], line, ch.paint(row)), " ") + "\n")
	}
	b.WriteString(ch.xAxis())
	for _, line := range ch.legendLines(ch.gutter + ch.columns + 2) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// xAxis is the line under the picture, its tick labels, and what it measures.
func (ch *chart) xAxis() string {
	line := []rune(strings.Repeat("─", ch.columns))
	labels := []rune(strings.Repeat(" ", ch.gutter+ch.columns+2))
	free := 0
	for _, t := range ch.x.ticks {
		at := ch.x.at(t.Value, ch.columns)
		line[at] = '┬'
		text := []rune(t.Label)
		start := min(max(ch.gutter+at-len(text)/2, 0), len(labels)-len(text))
		if start >= free {
			copy(labels[start:], text)
			free = start + len(text) + 1
		}
	}
	right := ch.gutter + ch.columns - len(ch.xLabel) // flush with the axis, under its tick labels
	return fmt.Sprintf("%*s└%s\n%s\n%*s%s\n", ch.gutter-1, "", string(line), strings.TrimRight(string(labels), " "), max(right, 0), "", ch.xLabel)
}

// paint is a row of cells in their colours.
func (ch *chart) paint(row []cell) string {
	var b strings.Builder
	for from := 0; from < len(row); {
		to := from
		var run []rune
		for ; to < len(row) && row[to].ink == row[from].ink; to++ {
			run = append(run, row[to].rune())
		}
		b.WriteString(ch.ink(string(run), row[from].ink))
		from = to
	}
	return b.String()
}

// ink colours text, where there is colour.
func (ch *chart) ink(text string, of ink) string {
	// Of Okabe and Ito's palette those that are seen on light and dark.
	colors := map[ink]string{inkExact: "#56B4E9", inkSimulated: "#E69F00", inkRheobase: "#999999"}
	if !ch.color || of == inkNone {
		return text
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(colors[of])).Render(text)
}

// legendLines is the legend in lines no wider than width.
func (ch *chart) legendLines(width int) []string {
	const indent = "  "
	var lines []string
	used := width
	for _, e := range ch.legend {
		wide := utf8.RuneCountInString(e.sample) + 1 + utf8.RuneCountInString(e.label)
		item := ch.ink(e.sample, e.ink) + " " + e.label
		if used+3+wide > width {
			lines = append(lines, indent+item)
			used = len(indent) + wide
			continue
		}
		lines[len(lines)-1] += "   " + item
		used += 3 + wide
	}
	return lines
}
