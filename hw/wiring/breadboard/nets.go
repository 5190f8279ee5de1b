package breadboard

import (
	"slices"

	"hillock/hw/wiring"
)

// nets are the connections of a netlist: groups of ends.
type nets struct{ parent map[wiring.End]wiring.End }

func (n *nets) root(e wiring.End) wiring.End {
	if n.parent == nil {
		n.parent = map[wiring.End]wiring.End{}
	}
	p, ok := n.parent[e]
	if !ok {
		n.parent[e] = e
		return e
	}
	if p != e {
		p = n.root(p)
		n.parent[e] = p
	}
	return p
}

func (n *nets) join(a, b wiring.End) { n.parent[n.root(a)] = n.root(b) }

// joinWires joins the ends of each wire. A probe of an oscilloscope joins nothing.
func (n *nets) joinWires(kit *wiring.Netlist) {
	for _, w := range kit.Wires {
		if w.To.Part != wiring.Scope {
			n.join(w.From, w.To)
		}
	}
}

// groups returns the ends that are joined to others, sorted.
func (n *nets) groups() (all [][]wiring.End) {
	byRoot := map[wiring.End][]wiring.End{}
	for e := range n.parent {
		byRoot[n.root(e)] = append(byRoot[n.root(e)], e)
	}
	for _, ends := range byRoot {
		if len(ends) > 1 {
			slices.SortFunc(ends, compare)
			all = append(all, ends)
		}
	}
	slices.SortFunc(all, func(a, b []wiring.End) int { return compare(a[0], b[0]) })
	return all
}

// Wanted returns the groups of ends that a netlist joins, sorted.
func Wanted(n *wiring.Netlist) [][]wiring.End {
	var all nets
	all.joinWires(n)
	return all.groups()
}

// Nets returns the groups of ends that the board joins with its own wires, sorted.
func (b *Board) Nets() [][]wiring.End { return b.Joined(b.Wires) }

// Joined returns the groups of ends that the board joins with the given wires, sorted: through rows, rails, buttons' joined legs and
// wires. The left blue rail of the first board is the netlist's GND rail, and its left red rail the 3V3 rail.
func (b *Board) Joined(wires []Wire) [][]wiring.End {
	var holes nets
	key := func(h Hole) wiring.End { return wiring.End{Part: "hole " + h.strip().ID()} }
	named := map[wiring.End][]wiring.End{} // ends at a strip
	at := func(h Hole, e wiring.End) { named[key(h)] = append(named[key(h)], e) }
	for _, p := range b.Parts {
		for i, leg := range p.Legs {
			at(leg.Hole, wiring.End{Part: p.Ref, Pin: leg.Pin})
			if leg.Into != (Hole{}) {
				holes.join(key(leg.Hole), key(leg.Into))
			}
			for _, other := range p.Legs[:i] {
				if other.Pin == leg.Pin {
					holes.join(key(other.Hole), key(leg.Hole))
				}
			}
		}
	}
	for _, w := range wires {
		holes.join(key(w.From), key(w.To))
		for _, h := range []Hole{w.From, w.To} {
			if h.Column == Header {
				at(h, wiring.End{Part: wiring.Header, Pin: h.Row})
			}
		}
	}
	for _, rail := range b.rails {
		at(rail.hole, wiring.End{Part: rail.name})
	}
	var ends nets
	first := map[wiring.End]wiring.End{}
	for strip, joined := range named {
		for _, e := range joined {
			root := holes.root(strip)
			if _, ok := first[root]; !ok {
				first[root] = e
			}
			ends.join(e, first[root])
		}
	}
	return ends.groups()
}

func compare(a, b wiring.End) int {
	if a.Part != b.Part {
		if a.Part < b.Part {
			return -1
		}
		return 1
	}
	return a.Pin - b.Pin
}
