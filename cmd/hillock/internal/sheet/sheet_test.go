package sheet

import (
	"testing"

	"hillock/hw/wiring"
)

func TestWireColors(t *testing.T) {
	for _, c := range []struct {
		color wiring.Color
		want  string
	}{
		{wiring.Color{Name: "black"}, "\x1b[1mtext\x1b[m"},
		{wiring.Color{Name: "red", R: 208, G: 16, B: 16}, "\x1b[1;38;2;208;16;16mtext\x1b[m"},
	} {
		if got := paint(c.color, "text"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.color.Name, got, c.want)
		}
	}
}
