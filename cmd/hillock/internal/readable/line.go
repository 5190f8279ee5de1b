package readable

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// OneLine joins the lines of a text with semicolons: a message ends at its first line break.
func OneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }

// Wrap breaks a text into lines of at most width columns.
func Wrap(text string, width int) []string { return strings.Split(ansi.Wrap(text, width, " "), "\n") }

// Bar draws a bar of width cells, filled from the left to a part from 0 to 1.
func Bar(part float64, width int) string {
	full := int(min(max(part, 0), 1)*float64(width) + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
