// Package braille draws pictures with characters: lines in braille, eight dots to a cell, and marks of one cell.
package braille

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Ink is the colour of a cell, from the palette of Okabe and Ito: visible on light and on dark terminals.
type Ink int

const (
	None Ink = iota
	Blue
	Amber // covers the other inks in a cell
	Grey
	Green
	Orange
	Purple
	Vermilion
)

// inks holds the escape sequence of each colour. A picture has hundreds of pieces of one colour. A call of lipgloss for each of
// them took three quarters of the time of a frame.
var inks = [...]string{
	Blue:      ink("#56B4E9"),
	Amber:     ink("#E69F00"),
	Grey:      ink("#999999"),
	Green:     ink("#009E73"),
	Orange:    ink("#E69F00"),
	Purple:    ink("#CC79A7"),
	Vermilion: ink("#D55E00"),
}

func ink(color string) string {
	return ansi.NewStyle().ForegroundColor(lipgloss.Color(color)).String()
}

// Paint returns text in a colour.
func Paint(text string, ink Ink) string {
	if ink == None || text == "" {
		return text
	}
	return inks[ink] + text + ansi.ResetStyle
}

// Canvas is a picture of cells. A cell holds two by four dots of braille, or a mark.
type Canvas struct {
	Columns, Rows int
	cells         []cell
}

type cell struct {
	dots rune // the low byte of the braille block, U+2800
	mark rune
	ink  Ink
}

// New returns an empty picture.
func New(columns, rows int) *Canvas {
	columns, rows = max(columns, 1), max(rows, 1)
	return &Canvas{columns, rows, make([]cell, columns*rows)}
}

// Width and Height return the size of the picture in dots.
func (c *Canvas) Width() int  { return 2 * c.Columns }
func (c *Canvas) Height() int { return 4 * c.Rows }

// Dot sets a dot, counted from the upper left corner. It ignores dots outside the picture.
func (c *Canvas) Dot(x, y int, ink Ink) {
	if x < 0 || y < 0 || x >= c.Width() || y >= c.Height() {
		return
	}
	at := &c.cells[y/4*c.Columns+x/2]
	// The bits of a cell, by row and column: Unicode standard, block Braille Patterns.
	at.dots |= [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}[y%4][x%2]
	if at.ink != Amber {
		at.ink = ink
	}
}

// Line sets the dots from one point to another.
func (c *Canvas) Line(x0, y0, x1, y1 int, ink Ink) {
	n := max(x1-x0, x0-x1, y1-y0, y0-y1, 1)
	for k := range n + 1 {
		c.Dot(x0+(x1-x0)*k/n, y0+(y1-y0)*k/n, ink)
	}
}

// Mark fills a cell, or replaces its content.
func (c *Canvas) Mark(column, row int, mark rune, ink Ink) {
	if column >= 0 && row >= 0 && column < c.Columns && row < c.Rows {
		c.cells[row*c.Columns+column] = cell{mark: mark, ink: ink}
	}
}

// Rule draws a dashed line across a row. Later dots and marks cover it.
func (c *Canvas) Rule(row int) {
	for column := range c.Columns {
		c.Mark(column, row, '╌', Grey)
	}
}

// Row writes a row of cells in their colours. Blanks between two marks of one colour keep that colour: a change of colour takes
// as many bytes as six cells.
func (c *Canvas) Row(b *strings.Builder, row int) {
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
	for _, at := range c.cells[row*c.Columns : (row+1)*c.Columns] {
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
