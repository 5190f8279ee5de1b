package readable

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// OneLine joins the lines of a text with semicolons: a message is one line.
func OneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }

// Wrap breaks a text into lines of at most width columns; a width below 1 counts as Columns. It breaks at blanks only: --hw
// and -70 stay whole, and only a word longer than a line is cut. Escape sequences take no columns.
func Wrap(text string, width int) []string { return wrap(text, width, 0) }

// Hang wraps a text as Wrap does, and indents the rest of each wrapped line, by at most two thirds of the width.
func Hang(text string, width, indent int) string {
	return strings.Join(wrap(text, width, indent), "\n")
}

func wrap(text string, width, indent int) (rows []string) {
	if width < 1 {
		width = Columns
	}
	pad := strings.Repeat(" ", min(indent, width-(width+2)/3))
	for _, line := range strings.Split(text, "\n") {
		row, used, begun := "", 0, false
		for rest := strings.TrimRight(line, " "); rest != ""; {
			word := strings.TrimLeft(rest, " ")
			gap := rest[:len(rest)-len(word)]
			word, rest = word[:end(word)], word[end(word):]
			if begun && used+len(gap)+ansi.StringWidth(word) > width {
				rows = append(rows, row)
				row, used, gap = pad, len(pad), ""
			}
			if used+len(gap) < width {
				row, used = row+gap, used+len(gap)
			}
			begun = true
			for used+ansi.StringWidth(word) > width && used < width {
				rows = append(rows, row+ansi.Truncate(word, width-used, ""))
				word = ansi.TruncateLeft(word, width-used, "")
				row, used = pad, len(pad)
			}
			row, used = row+word, used+ansi.StringWidth(word)
		}
		rows = append(rows, row)
	}
	return rows
}

// end returns the end of the first word of a text.
func end(text string) int {
	if i := strings.IndexByte(text, ' '); i >= 0 {
		return i
	}
	return len(text)
}

// Bar draws a bar of width cells, filled from the left to a part from 0 to 1.
func Bar(part float64, width int) string {
	full := int(min(max(part, 0), 1)*float64(width) + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
