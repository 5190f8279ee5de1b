package breadboard

import (
	"testing"

	"hillock/hw/wiring"
)

// CheckRoutes checks the wires: none crosses a part, none runs on another.
func CheckRoutes(t *testing.T, b *Board) {
	t.Helper()
	type piece struct{ a, b xy }
	owner := map[piece]string{}
	for _, w := range b.Wires {
		for i, at := range w.path {
			end := i == 0 || i == len(w.path)-1
			for _, p := range b.Parts {
				if !end && p.body.has(float64(at.x), float64(at.y)) && (p.Kind == wiring.Chip || p.Kind == wiring.Module || p.Kind == wiring.Knob || p.Kind == wiring.LED) {
					t.Errorf("%s from %s to %s crosses %s", w.ID, w.From.ID(), w.To.ID(), p.Ref)
				}
			}
			if i == 0 {
				continue
			}
			before := w.path[i-1]
			if dx, dy := at.x-before.x, at.y-before.y; dx*dx+dy*dy != 1 {
				t.Fatalf("%s jumps from %v to %v", w.ID, before, at)
			}
			if before.x > at.x || before.y > at.y {
				before, at = at, before
			}
			if other := owner[piece{before, at}]; other != "" && other != w.ID {
				t.Errorf("%s runs on %s at %v", w.ID, other, at)
			}
			owner[piece{before, at}] = w.ID
		}
		if w.path[0] != b.at(w.From) || w.path[len(w.path)-1] != b.at(w.To) {
			t.Errorf("%s: got a way from %v to %v, want %s to %s", w.ID, w.path[0], w.path[len(w.path)-1], w.From.ID(), w.To.ID())
		}
	}
}

func BandNames(ohms float64) []string { return bandNames(ohms) }
