package breadboard

import (
	"cmp"
	"slices"

	"hillock/hw/wiring"
)

// plan is a board during layout.
type plan struct {
	*Board
	size
	nets
	next    [][2]int // next free row of the left half and of the right half of each board
	taken   map[Hole]string
	net     map[Hole]wiring.End // of strips with legs
	loose   []*wiring.Part      // parts with two legs, for the end: they go between rows of other parts
	hang    []int               // how far modules hang over the right edge of each board, cells
	aside   []*Part             // modules beside the boards, and their servos
	covered map[Hole]bool       // holes under parts, once all parts are in
	edged   bool                // the left edges of the boards are known
}

func newPlan(n *wiring.Netlist, s size) *plan {
	p := &plan{Board: &Board{Title: n.Title, Rows: s.rows, Boards: s.boards, kit: n}, size: s,
		next: make([][2]int, s.boards), taken: map[Hole]string{}, net: map[Hole]wiring.End{}, hang: make([]int, s.boards)}
	for i := range p.next {
		p.next[i] = [2]int{2, 2}
	}
	p.nets.joinWires(n)
	lanes := 0
	for _, w := range n.Wires {
		if w.To.Part == wiring.Header || w.From.Part == wiring.Header {
			lanes++
		}
	}
	p.left = []int{piWide + channel + min(lanes, 12)}
	return p
}

// place puts all parts on the boards and reports whether they fit.
func (p *plan) place() bool {
	for _, group := range p.groups() {
		if !p.placeGroup(group) {
			return false
		}
	}
	p.edges()
	for _, part := range p.loose {
		if !p.placeLoose(part) {
			return false
		}
	}
	p.placeAside()
	return true
}

// groups returns the groups of parts. Those of one input or output stay together; they follow the pins of the header.
func (p *plan) groups() [][]*wiring.Part {
	type run struct {
		groups [][]*wiring.Part
		key    string
		mean   float64
	}
	var runs []*run
	last := -1
	for i := range p.kit.Parts {
		part := &p.kit.Parts[i]
		key := part.Output
		if key == "" {
			key = "input" // with its pull-up and its capacitor
		}
		if part.Group != last {
			if len(runs) == 0 || runs[len(runs)-1].key != key || part.Output == "" && (part.Kind == wiring.Chip || part.Kind == wiring.Module || part.Kind == wiring.Button || part.Kind == wiring.Knob) {
				runs = append(runs, &run{key: key})
			}
			r := runs[len(runs)-1]
			r.groups = append(r.groups, nil)
			last = part.Group
		}
		r := runs[len(runs)-1]
		r.groups[len(r.groups)-1] = append(r.groups[len(r.groups)-1], part)
	}
	for _, r := range runs {
		sum, n := 0, 0
		for _, g := range r.groups {
			for _, part := range g {
				for _, w := range p.kit.Wires {
					if w.From.Part == part.Ref && w.To.Part == wiring.Header {
						sum, n = sum+w.To.Pin, n+1
					}
				}
			}
		}
		r.mean = float64(sum) / float64(max(n, 1))
	}
	slices.SortStableFunc(runs, func(a, b *run) int { return cmp.Compare(a.mean, b.mean) })
	var all [][]*wiring.Part
	for _, r := range runs {
		all = append(all, r.groups...)
	}
	return all
}

// spot is a run of free rows.
type spot struct{ board, row int }

// The halves of a board.
const (
	leftHalf = iota
	rightHalf
)

// room takes rows in the given halves, on the first board with room.
func (p *plan) room(rows int, halves ...int) (spot, bool) {
	for board := range p.next {
		row := 0
		for _, half := range halves {
			row = max(row, p.next[board][half])
		}
		if row+rows-1 > p.rows {
			continue
		}
		for _, half := range halves {
			p.next[board][half] = row + rows + p.between
		}
		return spot{board + 1, row}, true
	}
	return spot{}, false
}

// hole returns the hole of a column, rows below the spot.
func (s spot) hole(column string, rows int) Hole { return Hole{s.board, column, s.row + rows} }

// add puts a part on the board. Its body is in cells relative to the board's left edge and to row 1.
func (p *plan) add(part *wiring.Part, body box, legs ...Leg) *Part {
	placed := &Part{Part: *part, Legs: legs, body: body}
	for _, leg := range legs {
		if leg.Hole.Board > 0 {
			p.taken[leg.Hole] = part.Ref
		}
		p.net[leg.Hole.strip()] = p.root(wiring.End{Part: part.Ref, Pin: leg.Pin})
	}
	p.Parts = append(p.Parts, placed)
	if p.edged {
		p.shift(placed)
	}
	return placed
}

// around returns a box in cells: columns from and to, with rows below the spot, relative to the board.
func (s spot) around(left, right float64, top, bottom float64) box {
	y := func(rows float64) float64 { return aboveRows + 2*(float64(s.row-1)+rows) }
	return box{left, y(top), right, y(bottom)}
}

// same reports whether two ends are joined by the netlist.
func (p *plan) same(a, b wiring.End) bool { return p.root(a) == p.root(b) }
