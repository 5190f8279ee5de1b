package breadboard

import (
	"fmt"
	"slices"
)

// Move is the end of a wire in another hole.
type Move struct {
	Wire string // its ID
	From bool   // the end at From, otherwise the one at To
	Hole string // its ID, "" for no hole: the end is loose
}

// Hole returns the hole with an ID, false if the drawing has none.
func (b *Board) Hole(id string) (h Hole, ok bool) {
	for position := range 40 {
		if h := (Hole{0, Header, position + 1}); h.ID() == id {
			return h, true
		}
	}
	for board := 1; board <= b.Boards; board++ {
		for _, h := range places(board, b.Rows) {
			if h.ID() == id {
				return h, true
			}
		}
	}
	return Hole{}, false
}

// Moved returns the wires after moves of their ends, without those that have a loose end. The error is that of a wire or a hole that does
// not exist, or of a hole that is taken.
func (b *Board) Moved(moves ...Move) (wires []Wire, err error) {
	all, loose := slices.Clone(b.Wires), map[string]bool{}
	for _, m := range moves {
		i := slices.IndexFunc(all, func(w Wire) bool { return w.ID == m.Wire })
		if i < 0 {
			return nil, fmt.Errorf("no wire is called %.20q", m.Wire)
		}
		if m.Hole == "" {
			loose[m.Wire] = true
			continue
		}
		h, ok := b.Hole(m.Hole)
		if !ok {
			return nil, fmt.Errorf("no hole is called %.20q", m.Hole)
		}
		if m.From {
			all[i].From = h
		} else {
			all[i].To = h
		}
	}
	taken := map[Hole]string{}
	for _, p := range b.Parts {
		for _, leg := range p.Legs {
			taken[leg.Hole] = "a leg of " + p.Ref
		}
	}
	for _, w := range all {
		if loose[w.ID] {
			continue
		}
		for _, h := range []Hole{w.From, w.To} {
			if by, ok := taken[h]; ok && h.Column != Header {
				return nil, fmt.Errorf("hole %s: must be free, has %s", h.ID(), by)
			}
			taken[h] = "wire " + w.ID
		}
		wires = append(wires, w)
	}
	return wires, nil
}
