package wiring

import (
	"fmt"
	"slices"
	"strconv"
)

// The grid of the page. Wires of odd header pins lie in its rows, those of even pins halfway between. Wires of parts lie a
// quarter off: no wire lies on another.
const (
	pageWidth, pageHeight = 210.0, 297.0 // A4
	margin                = 8.0
	top                   = 37.0 // of pins 1 and 2
	pitch                 = 10.0
	step                  = pitch / 2
)

// gridY returns the height of the wire in row r of the parts.
func gridY(r int) float64 { return top + step/2 + step*float64(r) }

// headerY returns the height of a header pin's wire.
func headerY(position int) float64 { return top + step*float64(position-1) }

// The fixed columns of all pages, from left to right.
const (
	leftSupply, leftGround = margin + 1, margin + 4.5
	knobLeft, knobRight    = 15.5, 43.5
	knobPill               = knobRight + 4   // left edge of the discs at knobs
	ledAt, resistorAt      = 21.2, 40.0      // centres in a chain
	chainPill              = resistorAt + 12 // left edge of its disc
	laneSpace              = 1.7             // between parallel wires
)

// plan is a page during layout, with its columns from left to right.
type plan struct {
	*Netlist
	*Page
	all    *Netlist // of every page
	pageOf map[int]int
	number string
	bands  []band
	nets   map[int]*trunk // to the header, by position

	supply, ground [2]float64          // the rails of the left side and of the right one
	low            map[float64]float64 // lower end of each rail, by x
	inner          [2]float64          // the channel between knobs and chips
	chip           [2]float64
	lanes          [2]float64 // the channel between modules and their knobs
	outer          [2]float64 // the channel between parts and header
	odd            float64    // pins
}

// Pages lays the netlist out. A large kit takes several pages, to stay readable.
func (n *Netlist) Pages() []*Page {
	cut := n.thin(n.cut(n.bands()))
	pageOf := map[int]int{}
	for i, bands := range slices.Backward(cut) {
		for _, w := range n.only(bands).Wires {
			if w.To.Part == Header {
				pageOf[w.To.Pin] = i + 1
			}
		}
	}
	var pages []*Page
	for i, bands := range cut {
		number := ""
		if len(cut) > 1 {
			number = fmt.Sprintf(", page %d of %d", i+1, len(cut))
		}
		pages = append(pages, n.layOut(bands, pageOf, number))
	}
	return pages
}

// thin halves pages with wires too near each other.
func (n *Netlist) thin(cut [][]band) [][]band {
	var all [][]band
	for _, bands := range cut {
		if half := len(bands) / 2; half > 0 && n.layOut(bands, nil, "").crowded {
			all = append(all, n.thin([][]band{bands[:half], bands[half:]})...)
			continue
		}
		all = append(all, bands)
	}
	return all
}

// layOut lays a page out. pageOf is the first page with a wire to a position of the header.
func (n *Netlist) layOut(bands []band, pageOf map[int]int, number string) *Page {
	p := &plan{Netlist: n.only(bands), Page: newPage(), all: n, pageOf: pageOf, number: number, bands: bands,
		nets: map[int]*trunk{}, low: map[float64]float64{}}
	p.stack()
	p.columns()
	for _, b := range p.bands {
		p.drawBand(b)
	}
	p.drawHeader()
	p.drawRails()
	p.drawTexts()
	p.title, p.description = "wiring of "+n.Title+number, p.inWords()
	return p.Page
}

func (p *plan) drawBand(b band) {
	switch b.parts[0].Kind {
	case Chip:
		p.drawChip(b)
	case Module:
		p.drawModule(b)
	case Board:
		p.drawBoard(b)
	case Knob:
		p.drawCapacitor(b)
	case Capacitor:
		p.drawBypass(b)
	default:
		p.drawChain(b)
	}
}

// columns sets the width of each column.
func (p *plan) columns() {
	p.supply[0], p.ground[0] = leftSupply, leftGround
	far := [2]float64{} // discs left and right of chips and modules
	names := [2]float64{}
	knobs, inner, lanes := p.pillWidth("40"), 0, 0
	width := 0.0
	for _, b := range p.bands {
		c := b.parts[0]
		if c.Kind == Knob {
			p.ground[1] = capacitorEnd
		}
		if c.Kind != Chip && c.Kind != Module && c.Kind != Board {
			continue
		}
		for _, knob := range b.sensors() {
			knobs = max(knobs, p.pillWidth(p.short(p.middle(knob).To)))
		}
		for pin := range c.Pins {
			side := 1
			if c.Kind == Chip && pin < len(c.Pins)/2 {
				side = 0
			}
			w, _ := p.measure(plain, p.pinText(c, pin, side))
			names[side] = max(names[side], w)
			for _, w := range p.wiresAt(End{c.Ref, pin + 1}) {
				far[side] = max(far[side], p.pillWidth(p.farOf(w, c)))
			}
		}
		if c.Kind == Chip {
			inner = max(inner, len(p.leftOf(c)))
			width = max(width, names[0]+names[1]+4.5)
		} else {
			lanes = max(lanes, len(b.sensors())+len(b.dividers()))
			width = max(width, moduleWidth)
		}
	}
	channel := func(from float64, lanes int) [2]float64 { return [2]float64{from, from + laneSpace*float64(lanes+1)} }
	p.inner = channel(knobPill+knobs, inner)
	p.chip[0] = p.inner[1] + far[0] + 2
	p.chip[1] = p.chip[0] + width
	p.lanes = channel(p.chip[1]+2+far[1], lanes)
	const uses = 60 // room for the texts of chains on a page without a chip
	p.ground[1] = max(p.ground[1], p.lanes[1]+0.5, chainPill+uses)
	p.supply[1] = p.ground[1] + 3.5

	p.odd = pageWidth - 38.5
	widest := 0.0
	for position := 1; position <= 40; position += 2 {
		role, _ := p.measure(bold, p.role(position))
		tag, _ := p.measure(small, p.tag(position))
		widest = max(widest, role, tag)
	}
	p.outer = [2]float64{p.supply[1] + 1, p.odd - padRadius - 2 - widest}
}

// farOf returns the text of the disc at a wire's near end: the name of its far end.
func (p *plan) farOf(w Wire, at *Part) string {
	if w.From.Part != at.Ref {
		return w.From.Part
	}
	switch w.To.Part {
	case Supply:
		return "3V3"
	case Ground:
		return "GND"
	case Scope:
		return "scope"
	}
	return strconv.Itoa(w.To.Pin)
}

// tag returns the parts at a header pin. Of many it returns the first ones and the number of the others.
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
		t = &trunk{net: PinName(w.To.Pin), color: w.Color, right: []xy{{p.odd - padRadius, headerY(w.To.Pin)}}}
		p.nets[w.To.Pin] = t
	}
	t.left = append(t.left, from)
}

// toRail draws a wire from a part straight to a rail on side 0, left, or 1, right, and extends the rail down to it.
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

// onward draws a wire from the disc at its near end, to the header or to a rail on the right. Of a wire to a probe it draws the
// disc alone.
func (p *plan) onward(w Wire, at xy, text string) {
	p.pill(at, 0, w.Color, text)
	at.x += p.pillWidth(text)
	switch w.To.Part {
	case Header:
		p.toHeader(w, at)
	case Scope:
	default:
		p.toRail(w, 1, at)
	}
}
