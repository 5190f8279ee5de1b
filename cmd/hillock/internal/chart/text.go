package chart

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"gonum.org/v1/plot"

	"hillock/cmd/hillock/internal/braille"
)

// Draw draws the chart with characters, in the colours of the terminal w. NO_COLOR, with any value, is respected.
func (c *Chart) Draw(w io.Writer, width, height int) error {
	text := c.Text(width, height)
	if os.Getenv("NO_COLOR") != "" {
		text = ansi.Strip(text)
	}
	if glyphs := braille.Glyphs(os.Getenv); glyphs != nil {
		text = strings.Map(glyphs, text)
	}
	_, err := lipgloss.Fprint(w, text)
	return err
}

// The smallest chart of characters has room for its ticks. The largest one is wide enough: more columns show no more.
const (
	minWidth, maxWidth   = 40, 120
	minHeight, maxHeight = 13, 36
)

// Text returns the chart as characters with their colours, at most width by height, or the smallest. Each line ends with a
// newline.
func (c *Chart) Text(width, height int) string {
	d := c.drawing(min(max(width, minWidth), maxWidth), min(max(height, minHeight), maxHeight))
	for _, s := range c.Series {
		d.draw(s)
	}
	return d.text()
}

// drawing is a chart of characters: a canvas inside its axes.
type drawing struct {
	*Chart
	*braille.Canvas
	x, y   scale
	gutter int // width left of the canvas
}

// scale is an axis with its ticks.
type scale struct {
	Axis
	ticks []plot.Tick
}

// newScale returns an axis with as many ticks as there are rooms for one.
func newScale(a Axis, rooms int) scale {
	return scale{a, Ticks(min(max(rooms, 2), 5)).Ticks(a.Low, a.High)}
}

// at returns the place of v among n, from 0 to n-1 inside the range.
func (s scale) at(v float64, n int) int {
	return int(math.Round((v - s.Low) / (s.High - s.Low) * float64(n-1)))
}

// drawing divides the room between labels, axes, legend and canvas.
func (c *Chart) drawing(width, height int) *drawing {
	const around = 5 // lines: the title, the two labels, the axis and its ticks
	rows := height - around - len(c.legend(width))
	d := &drawing{Chart: c, y: newScale(c.Y, rows/3)}
	for _, t := range d.y.ticks {
		d.gutter = max(d.gutter, utf8.RuneCountInString(t.Label)+2)
	}
	columns := width - d.gutter - 2 // room for half of the last label
	d.x = newScale(c.X, columns/12)
	d.Canvas = braille.New(columns, rows)
	return d
}

// draw draws a series.
func (d *drawing) draw(s Series) {
	switch s.Style {
	case Rule:
		for _, p := range s.Points {
			for row := range d.Rows {
				if p.X >= d.x.Low && p.X <= d.x.High {
					d.Mark(d.x.at(p.X, d.Columns), row, '┆', braille.Grey)
				}
			}
		}
	case Line:
		for i := 1; i < len(s.Points); i++ {
			x0, y0 := d.dot(s.Points[i-1])
			x1, y1 := d.dot(s.Points[i])
			d.Line(x0, y0, x1, y1, braille.Blue)
		}
	case Dots:
		for _, p := range s.Points {
			_, y := d.dot(p)
			d.Mark(d.x.at(p.X, d.Columns), y/4, '●', braille.Orange)
		}
	}
}

// dot is the place of a point on the canvas, in dots from its upper left corner.
func (d *drawing) dot(p Point) (x, y int) {
	return d.x.at(p.X, d.Width()), d.Height() - 1 - d.y.at(p.Y, d.Height())
}

// text returns the drawing with its axes, labels and legend.
func (d *drawing) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", d.Title, d.Y.Label)
	labels := make([]string, d.Rows)
	for _, t := range d.y.ticks {
		if row := &labels[d.Rows-1-d.y.at(t.Value, d.Height())/4]; *row == "" {
			*row = t.Label
		}
	}
	for r := range d.Rows {
		line := "│"
		if labels[r] != "" {
			line = "┤"
		}
		var cells strings.Builder
		d.Row(&cells, r)
		fmt.Fprintf(&b, "%*s %s%s\n", d.gutter-2, labels[r], line, strings.TrimRight(cells.String(), " "))
	}
	b.WriteString(d.xAxis())
	for _, line := range d.legend(d.gutter + d.Columns + 2) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// xAxis returns the line under the canvas, its tick labels, and its label.
func (d *drawing) xAxis() string {
	line := []rune(strings.Repeat("─", d.Columns))
	labels := []rune(strings.Repeat(" ", d.gutter+d.Columns+2))
	free := 0
	for _, t := range d.x.ticks {
		at := d.x.at(t.Value, d.Columns)
		line[at] = '┬'
		text := []rune(t.Label)
		start := min(max(d.gutter+at-len(text)/2, 0), len(labels)-len(text))
		if start >= free {
			copy(labels[start:], text)
			free = start + len(text) + 1
		}
	}
	right := d.gutter + d.Columns - len(d.X.Label) // flush with the axis, under its tick labels
	return fmt.Sprintf("%*s└%s\n%s\n%*s%s\n", d.gutter-1, "", string(line), strings.TrimRight(string(labels), " "), max(right, 0), "", d.X.Label)
}

// legend returns the legend in lines no wider than width. What was drawn last, and is in front, comes first.
func (c *Chart) legend(width int) []string {
	samples := map[Style]string{
		Rule: braille.Paint("┆", braille.Grey),
		Line: braille.Paint("⠤⠒⠉", braille.Blue),
		Dots: braille.Paint("●", braille.Orange),
	}
	const indent = "  "
	var lines []string
	used := width
	for _, s := range slices.Backward(c.Series) {
		sample, drawn := samples[s.Style]
		if !drawn {
			continue
		}
		item := sample + " " + s.Label + s.Note
		wide := ansi.StringWidth(item)
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
