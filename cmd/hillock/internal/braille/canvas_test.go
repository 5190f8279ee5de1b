package braille

import (
	"strings"
	"testing"
)

// A colour begins at its first mark, and blanks cause no change of colour.
func TestColoursBeginAtTheirMarks(t *testing.T) {
	c := New(9, 1)
	c.Mark(1, 0, 'a', Grey)
	c.Mark(3, 0, 'b', Grey)
	c.Mark(5, 0, 'c', Amber)
	c.Mark(7, 0, 'd', None)
	var b strings.Builder
	c.Row(&b, 0)
	if got, want := b.String(), " \x1b[38;2;153;153;153ma b\x1b[m \x1b[38;2;230;159;0mc\x1b[m d "; got != want {
		t.Errorf("got  %q, want\n     %q", got, want)
	}
}
