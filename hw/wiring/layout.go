package wiring

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// The grid of the page. The wires of odd header pins lie at its rows and those of even ones halfway between; the wires of
// parts lie a quarter off, so that no two ever lie on each other.
const (
	pageWidth, pageHeight = 210.0, 297.0 // A4
	margin                = 8.0
	top                   = 40.0 // of pins 1 and 2
	pitch                 = 11.0
	step                  = pitch / 2

	gridRows = 39 // of the parts, beside the header
)

// gridY is where row r of the parts has its wire.
func gridY(r int) float64 { return top + step/2 + step*float64(r) }

// headerY is where the wire of a header pin lies.
func headerY(position int) float64 { return top + step*float64(position-1) }

// plan is a drawing that is being laid out, and its columns from left to right.
type plan struct {
	*Netlist
	*sheet
	bands []band
	nets  map[int]*trunk // to the header, by position

	supply, ground [2]float64          // the rails of the left side and of the right one
	low            map[float64]float64 // how far down each goes
	knobPill       float64             // where the discs at knobs begin
	inner          [2]float64          // the channel between knobs and chips
	chip           [2]float64
	outer          [2]float64 // the channel between parts and header
	odd            float64    // pins
}

// drawing lays the netlist out.
func (n *Netlist) drawing() *sheet {
	p := &plan{Netlist: n, nets: map[int]*trunk{}, low: map[float64]float64{}}
	p.stack()
	p.columns()
	for _, b := range p.bands {
		if b.parts[0].Kind == Chip {
			p.drawChip(b)
		} else {
			p.drawChain(b)
		}
	}
	p.drawHeader()
	p.drawRails()
	p.drawTexts()
	return p.sheet
}

// A band is a strip across the page for what belongs together: a chip with its knobs, or a chain of parts with two legs
// from the header to a rail.
type band struct {
	parts []*Part
	first int // row
	rows  int
	want  float64 // the row that its middle would best be in
}

// bandsOf cuts a netlist into bands.
func (n *Netlist) bandsOf() []band {
	var all []band
	for i := range n.Parts {
		p := &n.Parts[i]
		b := band{parts: []*Part{p}, rows: 2}
		switch {
		case p.Kind == Chip:
			knobs, rows := 0, 0
			for _, e := range n.leftOf(p) {
				rows += e.rows
				if e.knob != nil {
					knobs++
					b.parts = append(b.parts, e.knob)
				}
			}
			b.rows = max(rows, 1+len(p.Pins)/2) + 1
		case p.Kind == Resistor:
			for next := n.behind(p); next != nil; next = n.behind(next) {
				b.parts = append(b.parts, next)
			}
		default:
			continue // with its chip or its resistor
		}
		b.want = n.nearest(b) - float64(b.rows)/2
		all = append(all, b)
	}
	return all
}

// behind is the part that is wired to the second leg of another.
func (n *Netlist) behind(p *Part) *Part {
	for _, w := range n.Wires {
		if w.To == (End{p.Ref, 2}) {
			return n.part(w.From.Part)
		}
	}
	return nil
}

// nearest is the mean row of the header pins that a band is wired to.
func (n *Netlist) nearest(b band) float64 {
	sum, count := 0.0, 0
	for _, p := range b.parts {
		for _, w := range n.from(p.Ref) {
			if w.To.Part == Header {
				sum += float64(w.To.Pin - 1)
				count++
			}
		}
	}
	return sum / float64(count)
}

// stack puts the bands below each other, each near its header pins, on a page that is as high as they need.
func (p *plan) stack() {
	p.bands = p.bandsOf()
	slices.SortStableFunc(p.bands, func(a, b band) int { return cmp.Compare(a.want, b.want) })
	next := 0
	for i := range p.bands {
		b := &p.bands[i]
		b.first = max(next, int(math.Round(b.want)))
		next = b.first + b.rows
	}
	rows := 0
	for _, b := range p.bands {
		rows += b.rows
	}
	rows = max(rows, gridRows)
	last := rows
	for i := range slices.Backward(p.bands) {
		b := &p.bands[i]
		b.first = min(b.first, last-b.rows)
		last = b.first
	}
	height := max(pageHeight, gridY(rows)+lineSpace*float64(len(p.kitList())+1)+margin)
	p.sheet = newSheet(height*pageWidth/pageHeight, height)
}

// columns finds how wide each column must be.
func (p *plan) columns() {
	p.supply[0], p.ground[0] = margin+1, margin+5
	p.knobPill = 49
	pills := map[bool]float64{} // by whether they are on the left of a chip
	lanes, names := 0, [2]float64{}
	knobs := p.pillWidth("40") // of the chains
	for _, b := range p.bands {
		c := b.parts[0]
		if c.Kind != Chip {
			continue
		}
		for _, e := range p.leftOf(c) {
			pills[true] = max(pills[true], p.pillWidth(e.far))
			if e.knob != nil {
				knobs = max(knobs, p.pillWidth(p.short(End{c.Ref, e.pin})))
			}
		}
		lanes = max(lanes, len(p.leftOf(c)))
		for i, name := range c.Pins {
			side := 0
			if i >= len(c.Pins)/2 {
				side = 1
			}
			w, _ := p.measure(plain, strconv.Itoa(i+1)+"  "+name)
			names[side] = max(names[side], w)
		}
		for _, w := range p.from(c.Ref) {
			pills[false] = max(pills[false], p.pillWidth(far(w.To)))
		}
	}
	p.inner = [2]float64{p.knobPill + knobs + 0.5, p.knobPill + knobs + 2.5 + 1.8*float64(lanes)}
	p.chip[0] = p.inner[1] + pills[true] + 2
	p.chip[1] = p.chip[0] + names[0] + names[1] + 4.5
	const uses = 40 // room for what chains are for, where there is no chip
	p.ground[1] = max(p.chip[1]+2+pills[false]+2.5, p.inner[0]+uses)
	p.supply[1] = p.ground[1] + 3.5

	p.odd = p.width - 38.5
	widest := 0.0
	for position := 1; position <= 40; position += 2 {
		role, _ := p.measure(bold, p.role(position))
		tag, _ := p.measure(small, p.tag(position))
		widest = max(widest, role, tag)
	}
	p.outer = [2]float64{p.supply[1] + 1, p.odd - padRadius - 2 - widest}
}

// far is what the disc at a wire's end says of the other end on the header or a rail.
func far(e End) string {
	switch e.Part {
	case Supply:
		return "3V3"
	case Ground:
		return "GND"
	}
	return strconv.Itoa(e.Pin)
}

// tag names the parts that a header pin is wired to, of many the first ones and how many more there are.
func (p *plan) tag(position int) string {
	const room = 18.5 // mm to the right of even pins
	wires := p.at(position)
	text := p.ends(wires)
	for n := len(wires) - 1; n > 0; n-- {
		if w, _ := p.measure(small, text); w <= room {
			break
		}
		text = p.ends(wires[:n]) + " +" + strconv.Itoa(len(wires)-n)
	}
	return text
}

// toHeader adds a place in the parts' columns to the wire of a header pin.
func (p *plan) toHeader(w Wire, from xy) {
	t := p.nets[w.To.Pin]
	if t == nil {
		t = &trunk{net: name(w.To.Pin), color: w.Color, right: []xy{{p.odd - padRadius, headerY(w.To.Pin)}}}
		p.nets[w.To.Pin] = t
	}
	t.left = append(t.left, from)
}

// toRail draws a wire from a part straight to a rail of its side, 0 left or 1 right, and says how far down that goes.
func (p *plan) toRail(w Wire, side int, points ...xy) {
	x := p.ground[side]
	if w.To.Part == Supply {
		x = p.supply[side]
	}
	end := xy{x, points[len(points)-1].y}
	p.wire(w.To.Part, w.Color, append(points, end)...)
	p.joint(end, w.Color)
	p.low[x] = max(p.low[x], end.y)
}
