package breadboard

import "hillock/hw/wiring"

// wireRails wires the header to the left rail of the first board, each place to the nearest rail on its side, and the rails in use
// to each other.
func (p *plan) wireRails(r *router, n *wired) bool {
	left, right := BlueLeft, BlueRight
	if n.name == wiring.Supply {
		left, right = RedLeft, RedRight
	}
	if p.Boards == 0 {
		return p.wireNet(r, n)
	}
	rail := func(board int, column string) Hole { return Hole{board, column, 0} }
	used := map[Hole]bool{rail(1, left): true}
	type end struct {
		joint
		rail Hole
	}
	var ends []end
	for _, j := range n.joints {
		e := end{j, rail(1, left)}
		switch {
		case j.strip.Board > 0 && j.strip.right():
			e.rail = rail(j.strip.Board, right)
		case j.strip.Board > 0:
			e.rail = rail(j.strip.Board, left)
		case j.strip.Column != Header:
			e.rail = rail(p.Boards, right)
		}
		used[e.rail] = true
		ends = append(ends, e)
	}
	for _, part := range p.Parts {
		for _, leg := range part.Legs {
			if strip := leg.Hole.strip(); strip.Column == left || strip.Column == right {
				used[strip] = true
			}
		}
	}
	p.rails = append(p.rails, railEnd{rail(1, left), n.name})
	last := rail(1, left)
	for board := 1; board <= p.Boards; board++ {
		for _, column := range []string{left, right} {
			next := rail(board, column)
			if next == last || !used[next] && !p.beyond(used, next) {
				continue
			}
			if _, _, ok := p.lay(r, n, p.low(last), p.low(next)); !ok {
				return false
			}
			last = next
		}
	}
	for _, e := range ends {
		holes := p.holesOf(e.rail)
		if other := rail(e.rail.Board, left); e.rail != other && used[other] {
			holes = append(holes, p.holesOf(other)...) // modules hide a part of the right one
		}
		if _, _, ok := p.lay(r, n, p.stillOpen(e.holes), holes); !ok {
			return false
		}
	}
	return true
}

// beyond reports whether a rail of a later board is in use: then the rails before it lead there.
func (p *plan) beyond(used map[Hole]bool, rail Hole) bool {
	for other := range used {
		if other.Column != rail.Column && other.Column != BlueLeft && other.Column != BlueRight && other.Column != RedLeft && other.Column != RedRight {
			continue
		}
		if other.Board > rail.Board {
			return true
		}
	}
	return false
}

// low returns the lowest holes of a rail, for the wire to the next rail.
func (p *plan) low(rail Hole) []Hole {
	holes := p.holesOf(rail)
	return holes[max(0, len(holes)-4):]
}
