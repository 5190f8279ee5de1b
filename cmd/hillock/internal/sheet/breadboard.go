package sheet

import (
	"fmt"
	"io"
	"strings"

	"hillock/hw/wiring"
	"hillock/hw/wiring/breadboard"
)

// breadboard returns the drawings of a breadboard, and its list of steps.
func (o Options) breadboard(kit *wiring.Netlist) ([]drawing, string, error) {
	b, err := breadboard.New(kit)
	if err != nil {
		return nil, "", err
	}
	steps := b.Steps()
	if o.Step < 0 || o.Step > len(steps) {
		return nil, "", fmt.Errorf("--step: must be 1 to %d, got %d", len(steps), o.Step)
	}
	one := func(suffix string, of breadboard.Options) drawing {
		return drawing{suffix, func(w io.Writer) error { return b.SVG(w, of) }, func(w io.Writer) error { return b.PNG(w, of) }}
	}
	var all []drawing
	switch {
	case o.Steps:
		digits := max(2, len(fmt.Sprint(len(steps))))
		for i := range steps {
			all = append(all, one(fmt.Sprintf("-%0*d", digits, i+1), breadboard.Options{Step: i + 1}))
		}
	case o.Step > 0:
		all = []drawing{one("", breadboard.Options{Step: o.Step})}
		steps = steps[:o.Step]
	default:
		for page := range b.Pages() {
			all = append(all, one(pageSuffix(page+1), breadboard.Options{Sheet: page + 1}))
		}
	}
	return all, list(b, steps), nil
}

// list returns steps as lines, with the colours of the wires.
func list(b *breadboard.Board, steps []breadboard.Step) string {
	colors := map[string]wiring.Color{}
	for _, w := range b.Wires {
		colors[w.ID] = w.Color
	}
	color := painted()
	var text strings.Builder
	for i, s := range steps {
		line := s.Text
		if c, ok := colors[s.Wire]; ok && color != nil {
			line = color(c, c.Name) + strings.TrimPrefix(line, c.Name)
		}
		fmt.Fprintf(&text, "%2d. %s\n", i+1, line)
	}
	return text.String()
}
