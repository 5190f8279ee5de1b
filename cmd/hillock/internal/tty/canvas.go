// Package tty draws a run with characters: functions from steps and spikes to lines of text, of the size that is asked for.
// It reads no clock and touches no terminal.
package tty

import (
	"math"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Ink is what a cell of a picture belongs to, and is coloured by.
type Ink int

const (
	None Ink = iota
	Membrane
	Spike
	Level // a threshold, a rest, an axis
	Current
	Point
)

// inks are what begins each colour: of Okabe and Ito's palette those that are seen on light and dark. A picture has hundreds of
// pieces of one colour, and a call of lipgloss for each of them was three quarters of what a frame cost.
var inks = [...]string{
	Membrane: ink("#56B4E9"),
	Spike:    ink("#E69F00"),
	Level:    ink("#999999"),
	Current:  ink("#009E73"),
	Point:    ink("#E69F00"),
}

func ink(color string) string {
	return ansi.NewStyle().ForegroundColor(lipgloss.Color(color)).String()
}

// paint colours text.
func paint(text string, ink Ink) string {
	if ink == None || text == "" {
		return text
	}
	return inks[ink] + text + ansi.ResetStyle
}

// canvas is a picture made of cells: dots in braille, two by four to a cell, and marks that fill one.
type canvas struct {
	columns, rows int
	cells         []cell
}

type cell struct {
	dots rune // the low byte of the braille block, U+2800
	mark rune
	ink  Ink
}

func newCanvas(columns, rows int) *canvas {
	columns, rows = max(columns, 1), max(rows, 1)
	return &canvas{columns, rows, make([]cell, columns*rows)}
}

// width and height are those of the picture in dots.
func (c *canvas) width() int  { return 2 * c.columns }
func (c *canvas) height() int { return 4 * c.rows }

// dot sets a dot, counted from the upper left corner; outside there is none. A spike's ink stays.
func (c *canvas) dot(x, y int, ink Ink) {
	if x < 0 || y < 0 || x >= c.width() || y >= c.height() {
		return
	}
	at := &c.cells[y/4*c.columns+x/2]
	// The bits of a cell, by row and column: Unicode standard, block Braille Patterns.
	at.dots |= [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}[y%4][x%2]
	if at.ink != Spike {
		at.ink = ink
	}
}

// line sets the dots from one to another.
func (c *canvas) line(x0, y0, x1, y1 int, ink Ink) {
	n := max(x1-x0, x0-x1, y1-y0, y0-y1, 1)
	for k := range n + 1 {
		c.dot(x0+(x1-x0)*k/n, y0+(y1-y0)*k/n, ink)
	}
}

// mark fills a cell, or writes over one.
func (c *canvas) mark(column, row int, mark rune, ink Ink) {
	if column >= 0 && row >= 0 && column < c.columns && row < c.rows {
		c.cells[row*c.columns+column] = cell{mark: mark, ink: ink}
	}
}

// rule is a dashed line across, behind all that is drawn later.
func (c *canvas) rule(row int) {
	for column := range c.columns {
		c.mark(column, row, '╌', Level)
	}
}

// row writes a row of cells in their colours. A blank has that of what is left of it where the next mark has it too: a change
// of colour takes a terminal as many bytes as six cells.
func (c *canvas) row(b *strings.Builder, row int) {
	ink, blanks := None, 0
	change := func(to Ink) {
		if ink != None && ink != to {
			b.WriteString(ansi.ResetStyle)
		}
		for ; blanks > 0; blanks-- {
			b.WriteByte(' ')
		}
		if ink != to {
			b.WriteString(inks[to])
		}
		ink = to
	}
	for _, at := range c.cells[row*c.columns : (row+1)*c.columns] {
		switch {
		case at.dots != 0:
			change(at.ink)
			b.WriteRune(0x2800 | at.dots)
		case at.mark != 0:
			change(at.ink)
			b.WriteRune(at.mark)
		default:
			blanks++
		}
	}
	change(None)
}

// lines are the rows behind their labels, right-aligned in Gutter columns.
func (c *canvas) lines(labels map[int]string) []string {
	all := make([]string, c.rows)
	for row := range all {
		border := "│"
		if labels[row] != "" {
			border = "┤"
		}
		var b strings.Builder
		b.Grow(4 * c.columns)
		b.WriteString(paint(ansi.Truncate(pad(labels[row]+" ", Gutter-1), Gutter-1, "")+border, Level))
		c.row(&b, row)
		all[row] = b.String()
	}
	return all
}

// Gutter is how many columns are left of a picture.
const Gutter = 11

// pad puts blanks before text.
func pad(text string, width int) string {
	return strings.Repeat(" ", max(width-lipgloss.Width(text), 0)) + text
}

// scale is a range of values over so many dots, the lowest value at the bottom.
type scale struct {
	low, high float64
	dots      int
}

func (s scale) at(v float64) int {
	part := min(max((v-s.low)/(s.high-s.low), 0), 1)
	return int(math.Round(float64((1 - part) * float64(s.dots-1))))
}

// Console is a character that the Linux console's own font has in the place of one that it does not have.
func Console(r rune) rune {
	switch {
	case r > 0x2800 && r <= 0x28ff: // braille: which halves of it have dots
		switch upper, lower := r&0x1b != 0, r&0xe4 != 0; {
		case upper && lower:
			return '█'
		case upper:
			return '▀'
		}
		return '▄'
	case r >= '▁' && r <= '▄':
		return '▄'
	case r > '▄' && r <= '█':
		return '█'
	}
	switch r {
	case '╌':
		return '-'
	case '┆':
		return '│'
	case '●':
		return '*'
	case '○':
		return 'o'
	}
	return r
}
