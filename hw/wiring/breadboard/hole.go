package breadboard

import (
	"fmt"
	"strings"
)

// Hole is a place for a leg or for the end of a wire: a hole of a breadboard, a pin of the header, or a pin of a module beside the
// boards.
type Hole struct {
	Board  int    // from 1; 0 for a pin of the header or of a module
	Column string // "a" to "j"; a rail, such as BlueLeft; Header; or the ref of a module
	Row    int    // the position on the header, the pin of a module
}

// The columns of a breadboard beside a to j, the header, and free ends.
const (
	BlueLeft  = "blue left"
	RedLeft   = "red left"
	BlueRight = "blue right"
	RedRight  = "red right"
	Header    = "header"
	Probe     = "probe" // of an oscilloscope
)

// ID returns the hole for the drawing's attributes: "a12", "2.a12" on the second board, "blue-left-12", "header-11", "M1-3".
func (h Hole) ID() string {
	var b strings.Builder
	if h.Board > 1 {
		fmt.Fprintf(&b, "%d.", h.Board)
	}
	b.WriteString(strings.ReplaceAll(h.Column, " ", "-"))
	if len(h.Column) > 1 {
		b.WriteString("-")
	}
	fmt.Fprint(&b, h.Row)
	return b.String()
}

// strip returns the first hole of those joined inside a breadboard with h: of a row's half, or of a rail.
func (h Hole) strip() Hole {
	switch {
	case h.Board == 0:
	case h.rail():
		h.Row = 0
	case h.Column <= "e":
		h.Column = "a"
	default:
		h.Column = "f"
	}
	return h
}

// rail reports whether the hole is in a rail.
func (h Hole) rail() bool { return h.Board > 0 && len(h.Column) > 1 }

// right reports whether the hole is in the right half of its board.
func (h Hole) right() bool {
	return h.Column == BlueRight || h.Column == RedRight || len(h.Column) == 1 && h.Column > "e"
}

// xy is a place in cells, half the pitch of the holes.
type xy struct{ x, y int }

// The columns of a breadboard in cells from its left edge: the pitch is two cells, and the gap is three pitches from e to f.
const (
	boardWide = 44
	aboveRows = 5 // from the upper edge to row 1, and from the last row to the lower edge
)

func columnX(column string) int {
	switch column {
	case BlueLeft:
		return 3
	case RedLeft:
		return 5
	case BlueRight:
		return 39
	case RedRight:
		return 41
	}
	n := int(column[0] - 'a')
	if n < 5 {
		return 11 + 2*n
	}
	return 15 + 2*n
}

// boardHigh returns the height of a board in cells.
func boardHigh(rows int) int { return 2*(rows-1) + 2*aboveRows }

// railRow reports whether a rail has a hole in a row: groups of five with a space after each.
func railRow(rows, row int) bool {
	first := 1
	if rows > 30 {
		first = 3
	}
	return row >= first && row <= rows+1-first && (row-first)%6 != 5
}

// places returns all holes of a board.
func places(board, rows int) (all []Hole) {
	for row := 1; row <= rows; row++ {
		for _, column := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
			all = append(all, Hole{board, column, row})
		}
		if railRow(rows, row) {
			for _, column := range []string{BlueLeft, RedLeft, BlueRight, RedRight} {
				all = append(all, Hole{board, column, row})
			}
		}
	}
	return all
}
