package wiring

import (
	"cmp"
	"math"
	"slices"
)

// A band is a strip across a page for a group of parts: a chip or a module with its knobs, a capacitor with its knob and
// resistors, or a chain of two-legged parts from the header to a rail.
type band struct {
	parts []*Part
	first int // row
	rows  int
	want  float64 // the best first row
}

// bands cuts a netlist into bands, sorted by their header pins from the top.
func (n *Netlist) bands() []band {
	var all []band
	for i := range n.Parts {
		p := &n.Parts[i]
		if i == 0 || p.Group != n.Parts[i-1].Group {
			all = append(all, band{})
		}
		b := &all[len(all)-1]
		b.parts = append(b.parts, p)
	}
	for i := range all {
		b := &all[i]
		b.rows = n.rowsOf(*b)
		if row, ok := n.nearest(*b); ok || i == 0 {
			b.want = row - float64(b.rows)/2
		} else {
			b.want = all[i-1].want // below its chip
		}
	}
	slices.SortStableFunc(all, func(a, b band) int { return cmp.Compare(a.want, b.want) })
	return all
}

// sensors returns the knobs and the light sensors of a chip or a module.
func (b band) sensors() (all []*Part) {
	for _, p := range b.parts[1:] {
		if p.Kind == Knob || p.Kind == Light {
			all = append(all, p)
		}
	}
	return all
}

const (
	knobRows    = 3
	capacitorAt = 3 // its row, counted from that of its knob's upper leg
)

// rowsOf returns the height of a band in rows.
func (n *Netlist) rowsOf(b band) int {
	switch p := b.parts[0]; p.Kind {
	case Chip:
		rows := 0
		for _, e := range n.leftOf(p) {
			rows += e.rows
		}
		return max(rows, n.above(p)+len(p.Pins)/2) + 1
	case Module:
		return len(p.Pins) + max(1, knobRows*len(b.sensors()), servoRows*(len(b.parts)-1-len(b.sensors())))
	case Board:
		return 2 + len(p.Pins) + dividerRows*len(b.dividers())
	case Knob:
		return capacitorAt + 2
	default:
		return max(1, len(n.headed(p)))
	}
}

// nearest returns the mean row of a band's header pins, and whether it has any.
func (n *Netlist) nearest(b band) (row float64, ok bool) {
	sum, count := 0.0, 0
	for _, p := range b.parts {
		for _, w := range n.from(p.Ref) {
			if w.To.Part == Header {
				sum += float64(w.To.Pin - 1)
				count++
			}
		}
	}
	return sum / float64(max(1, count)), count > 0
}

// cut deals the bands out to as few pages as possible, about as many rows to each.
func (n *Netlist) cut(bands []band) [][]band {
	pages := n.cutAt(bands, math.MaxInt)
	for most := 1; ; most++ {
		if even := n.cutAt(bands, most); len(even) <= len(pages) {
			return even
		}
	}
}

// cutAt begins a new page when the present one would exceed most rows or its room.
func (n *Netlist) cutAt(bands []band, most int) [][]band {
	pages := [][]band{nil}
	rows := 0
	for _, b := range bands {
		last := &pages[len(pages)-1]
		if with := append(slices.Clone(*last), b); len(*last) > 0 && (rows+b.rows > most || rows+b.rows > n.only(with).capacity()) {
			pages, rows = append(pages, nil), 0
			last = &pages[len(pages)-1]
		}
		*last = append(*last, b)
		rows += b.rows
	}
	return pages
}

// capacity returns the number of rows above the lines at the foot.
func (n *Netlist) capacity() int {
	foot := n.footAt()
	if foot < headerY(39)+10 {
		return 0
	}
	return int((foot - lineSpace - gridY(0)) / step)
}

// footAt returns the top of the lines at the foot: the kit's, and one about its current.
func (n *Netlist) footAt() float64 {
	return pageHeight - margin - lineSpace*float64(len(n.KitList())+1)
}

// only returns the part of a netlist in some bands.
func (n *Netlist) only(bands []band) *Netlist {
	part := &Netlist{Title: n.Title}
	refs := map[string]bool{}
	for _, b := range bands {
		for _, p := range b.parts {
			refs[p.Ref] = true
		}
	}
	for _, p := range n.Parts {
		if refs[p.Ref] {
			part.Parts = append(part.Parts, p)
		}
	}
	for _, w := range n.Wires {
		if refs[w.From.Part] {
			part.Wires = append(part.Wires, w)
			refs[w.To.Part] = true // a page shows the rails of its wires
		}
	}
	for i, w := range n.Wires {
		if rail := w.From.Part == Supply || w.From.Part == Ground; rail && refs[w.From.Part] {
			part.Wires = slices.Insert(part.Wires, min(i, len(part.Wires)), w)
		}
	}
	return part
}

// stack places the bands of a page one below the other, each near its header pins.
func (p *plan) stack() {
	next := 0
	for i := range p.bands {
		b := &p.bands[i]
		b.first = max(next, int(math.Round(b.want)))
		next = b.first + b.rows
	}
	last := p.capacity()
	for i := range slices.Backward(p.bands) {
		b := &p.bands[i]
		b.first = min(b.first, last-b.rows)
		last = b.first
	}
}
