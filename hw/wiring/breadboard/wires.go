package breadboard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hillock/hw/wiring"
)

// joint is a place of a net: holes that are joined already. A wire takes one of them.
type joint struct {
	strip Hole
	holes []Hole // free ones
}

// wired is a net with the places to wire.
type wired struct {
	name   string
	color  wiring.Color
	joints []joint
}

// wire adds all jumper wires and reports whether each net has room for its own.
func (p *plan) wire() (*Board, bool) {
	covered := map[Hole]bool{}
	for board := 1; board <= p.Boards; board++ {
		for _, h := range places(board, p.rows) {
			covered[h] = p.under(h)
		}
	}
	p.covered = covered
	all, ok := p.toWire()
	if !ok {
		return nil, false
	}
	r := newRouter(p)
	for _, n := range all {
		if n.name == wiring.Ground || n.name == wiring.Supply {
			if !p.wireRails(r, n) {
				return nil, false
			}
			continue
		}
		if !p.wireNet(r, n) {
			return nil, false
		}
	}
	p.again(r)
	p.number()
	return p.Board, true
}

// again finds a new way for each wire, now that all others lie: fewer of them cross. Wires on each other are then taken out together, and
// laid in the other order.
func (p *plan) again(r *router) {
	for range 3 {
		for i := range p.Wires {
			p.takeOut(r, i)
			p.putBack(r, i)
		}
	}
	for range 6 {
		pairs := p.onEachOther()
		for _, pair := range pairs {
			p.takeOut(r, pair[0])
			p.takeOut(r, pair[1])
			p.putBack(r, pair[1])
			p.putBack(r, pair[0])
		}
		if len(pairs) == 0 {
			return
		}
	}
}

// takeOut takes a wire out of its holes, and putBack lays it in the same rows.
func (p *plan) takeOut(r *router, i int) {
	w := p.Wires[i]
	r.remove(w.path)
	delete(p.taken, w.From)
	delete(p.taken, w.To)
}

func (p *plan) putBack(r *router, i int) {
	w := &p.Wires[i]
	ends := func(h Hole) []Hole {
		if h.rail() && w.From.rail() && w.To.rail() {
			return p.low(h.strip())
		}
		return p.holesOf(h.strip())
	}
	if path, from, to, ok := r.find(ends(w.From), ends(w.To)); ok {
		w.path, w.From, w.To = path, from, to
	}
	r.keep(w.path)
	p.taken[w.From], p.taken[w.To] = "wire", "wire"
}

// onEachOther returns pairs of wires with a piece of the way in common, by their indexes.
func (p *plan) onEachOther() (pairs [][2]int) {
	type piece struct{ a, b xy }
	owner := map[piece]int{}
	for i, w := range p.Wires {
		met := map[int]bool{}
		for j := 1; j < len(w.path); j++ {
			a, b := w.path[j-1], w.path[j]
			if a.x > b.x || a.y > b.y {
				a, b = b, a
			}
			if other, ok := owner[piece{a, b}]; ok && !met[other] {
				met[other] = true
				pairs = append(pairs, [2]int{other, i})
			}
			owner[piece{a, b}] = i
		}
	}
	return pairs
}

// toWire returns the nets with several places: the rails first, then the signals from the shortest.
func (p *plan) toWire() (all []*wired, ok bool) {
	byRoot := map[wiring.End]*wired{}
	var order []wiring.End
	at := func(root wiring.End) *wired {
		n := byRoot[root]
		if n == nil {
			n = &wired{}
			byRoot[root] = n
			order = append(order, root)
		}
		return n
	}
	probes := 0
	for _, w := range p.kit.Wires {
		n := at(p.root(w.From))
		if w.To.Part == wiring.Scope {
			probes++
			h := Hole{0, Probe, probes}
			n.joints = append(n.joints, joint{h, []Hole{h}})
		}
		if n.color == (wiring.Color{}) {
			n.color = w.Color
		}
		for _, e := range []wiring.End{w.From, w.To} {
			switch e.Part {
			case wiring.Ground, wiring.Supply:
				n.name = e.Part
			case wiring.Header:
				if n.name == "" {
					n.name = wiring.PinName(e.Pin)
					if w.Signal != "" {
						n.name += " " + w.Signal
					}
				}
				h := Hole{0, Header, e.Pin}
				if !slices.ContainsFunc(n.joints, func(j joint) bool { return j.strip == h }) {
					n.joints = append(n.joints, joint{h, []Hole{h}})
				}
			}
		}
	}
	for _, part := range p.Parts {
		seen := map[int]bool{}
		for _, leg := range part.Legs {
			root := p.root(wiring.End{Part: part.Ref, Pin: leg.Pin})
			n := byRoot[root]
			strip := leg.Hole.strip()
			switch {
			case n == nil || leg.Into != (Hole{}) || strip.rail() || part.Kind == wiring.Button && seen[leg.Pin]:
				continue // an unused pin, a plug, a rail, or a leg joined inside a button
			case !slices.ContainsFunc(n.joints, func(j joint) bool { return j.strip == strip }):
				n.joints = append(n.joints, joint{strip, p.holesOf(strip)})
			}
			seen[leg.Pin] = true
			if n.name == "" {
				n.name = fmt.Sprintf("%s.%d", part.Ref, leg.Pin)
			}
		}
	}
	for _, root := range order {
		n := byRoot[root]
		if n.name != wiring.Ground && n.name != wiring.Supply && !p.addJoint(n) {
			return nil, false
		}
		all = append(all, n)
	}
	first := func(n *wired) int {
		switch n.name {
		case wiring.Ground:
			return 0
		case wiring.Supply:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b *wired) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(p.spread(a), p.spread(b)))
	})
	return all, true
}

// addJoint gives a net a row of its own where it has more ends than holes.
func (p *plan) addJoint(n *wired) bool {
	free := 0
	for _, j := range n.joints {
		free += len(j.holes)
	}
	if free >= 2*(len(n.joints)-1) {
		return true
	}
	at, ok := p.room(1, leftHalf)
	if ok {
		strip := at.hole("a", 0)
		n.joints = append(n.joints, joint{strip, p.holesOf(strip)})
	}
	return ok
}

// holesOf returns the free holes of a row's half, of a rail, or a pin.
func (p *plan) holesOf(strip Hole) (free []Hole) {
	if strip.Board == 0 {
		return []Hole{strip}
	}
	if strip.rail() {
		for row := 1; row <= p.rows; row++ {
			if h := (Hole{strip.Board, strip.Column, row}); railRow(p.rows, row) && p.open(h) {
				free = append(free, h)
			}
		}
		return free
	}
	for i := range 5 {
		h := Hole{strip.Board, string(strip.Column[0] + byte(i)), strip.Row}
		if p.open(h) {
			free = append(free, h)
		}
	}
	return free
}

// spread returns the sum of the height and width of a net.
func (p *plan) spread(n *wired) int {
	if len(n.joints) == 0 {
		return 0
	}
	low, high := p.at(n.joints[0].strip), p.at(n.joints[0].strip)
	for _, j := range n.joints {
		at := p.at(j.strip)
		low, high = xy{min(low.x, at.x), min(low.y, at.y)}, xy{max(high.x, at.x), max(high.y, at.y)}
	}
	return high.x - low.x + high.y - low.y
}

// wireNet wires the places of a net, each to the nearest of those before. Places with one hole come last: no wire goes on from them.
func (p *plan) wireNet(r *router, n *wired) bool {
	open := slices.Clone(n.joints)
	slices.SortStableFunc(open, func(a, b joint) int { return cmp.Compare(min(len(b.holes), 2), min(len(a.holes), 2)) })
	if len(open) == 0 {
		return true
	}
	joined := []joint{open[0]}
	open = open[1:]
	for len(open) > 0 {
		several := slices.IndexFunc(open, func(j joint) bool { return len(j.holes) < 2 })
		if several <= 0 {
			several = len(open)
		}
		var ends []Hole
		for _, j := range open[:several] {
			ends = append(ends, p.stillOpen(j.holes)...)
		}
		var starts []Hole
		for _, j := range joined {
			starts = append(starts, p.stillOpen(j.holes)...)
		}
		from, to, ok := p.lay(r, n, starts, ends)
		if !ok {
			return false
		}
		i := slices.IndexFunc(open, func(j joint) bool { return j.strip == from.strip() || j.strip == to.strip() })
		joined = append(joined, open[i])
		open = slices.Delete(open, i, i+1)
	}
	return true
}

func (p *plan) stillOpen(holes []Hole) (open []Hole) {
	for _, h := range holes {
		if p.taken[h] == "" {
			open = append(open, h)
		}
	}
	return open
}

// lay lays the shortest wire between two sets of holes.
func (p *plan) lay(r *router, n *wired, starts, ends []Hole) (from, to Hole, ok bool) {
	path, from, to, ok := r.find(starts, ends)
	if !ok {
		return from, to, false
	}
	r.keep(path)
	if to.Column == Header || from.Column == Probe { // the list begins at the Pi, and ends at a probe
		from, to = to, from
		slices.Reverse(path)
	}
	p.taken[from], p.taken[to] = "wire", "wire"
	color := n.color
	for _, w := range p.kit.Wires {
		if from.Column == Header && w.To == (wiring.End{Part: wiring.Header, Pin: from.Row}) {
			color = w.Color
		}
	}
	p.Wires = append(p.Wires, Wire{From: from, To: to, Color: color, Net: strings.TrimSuffix(n.name, " rail"), path: path})
	return from, to, true
}

// number numbers the wires in the order of the list.
func (p *plan) number() {
	for i := range p.Wires {
		p.Wires[i].ID = fmt.Sprint(i) // for the order
	}
	var sorted []Wire
	for _, s := range p.order() {
		if s.wire != nil {
			w := *s.wire
			w.ID = fmt.Sprintf("w%d", len(sorted)+1)
			sorted = append(sorted, w)
		}
	}
	p.Wires = sorted
}
