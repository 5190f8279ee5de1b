package breadboard

import (
	"fmt"
	"math"
	"strconv"

	"hillock/hw/wiring"
	"hillock/hw/wiring/letters"
)

// picture draws a board at a place on the page, up to a step of the list.
type picture struct {
	*Board
	origin pt
	cell   float64 // mm
	shown  map[string]bool
	newest string // part or wire of the latest step, "" without steps
	net    map[Hole]string
	names  []*element // of parts, beside them: over the wires
	fonts  letters.Set
}

func (p *picture) mm(x, y float64) pt { return pt{p.origin.x + x*p.cell, p.origin.y + y*p.cell} }

func (p *picture) hole(h Hole) pt {
	at := p.at(h)
	return p.mm(float64(at.x), float64(at.y))
}

// elements returns the drawing: the Pi, the boards, the parts, the wires, and names and numbers above them.
func (p *picture) elements() []*element {
	p.net = p.netOf()
	all := []*element{p.pi()}
	for board := 1; board <= p.Boards; board++ {
		all = append(all, p.breadboard(board))
	}
	var wires []*element
	for _, w := range p.Wires {
		if p.shown[w.ID] {
			wires = append(wires, p.wire(w))
		}
	}
	for _, part := range p.Parts {
		if p.shown[part.Ref] {
			all = append(all, p.part(part))
		}
	}
	all = append(append(all, wires...), p.names...)
	for board := 1; board <= p.Boards; board++ {
		all = append(all, p.numbers(board))
	}
	return all
}

// netOf returns the net of each hole in use, and of those joined with it.
func (p *picture) netOf() map[Hole]string {
	nets := map[Hole]string{}
	for _, w := range p.Wires {
		nets[w.From.strip()], nets[w.To.strip()] = w.Net, w.Net
	}
	return nets
}

// pi draws the Pi with its header. The outline is not to scale: the pins are as far apart as there is room for their numbers.
func (p *picture) pi() *element {
	at := func(x, y float64) pt { return p.mm(x, y) }
	c := p.cell
	slabAt := func(l, t, r, b, round float64, fill, stroke tone) *element {
		q, s := at(l, t), at(r, b)
		return slab(q.x, q.y, s.x, s.y, round*c, fill, stroke)
	}
	g := grouped("pi", "")
	g.add(slabAt(0, 1, piWide-1, piHigh-1, 3, green, fiber))
	for _, hole := range []pt{{3.5, 4.5}, {3.5, headerY + 19*pinSpace + 6}, {piWide - 4.5, 4.5}, {piWide - 4.5, headerY + 19*pinSpace + 6}} {
		g.add(disc(at(hole.x, hole.y), 1.2*c, paper, fiber))
	}
	g.add(slabAt(7, -0.2, 15, 4.5, 0.5, socket, metal))
	const bottom = piHigh
	for _, x := range []float64{2, 12, 22} {
		g.add(slabAt(x, bottom-12, x+8.5, bottom+0.5, 0.6, socket, metal))
	}
	for i, name := range []string{"Ethernet", "USB", "USB"} {
		q := at(6.25+10*float64(i), bottom-5.2)
		g.add(text(q, 6.5, false, 0.5, ink, name))
	}
	q := at(11, 3.2)
	g.add(text(q, 6.5, false, 0.5, ink, "SD card"))
	q = at(piWide/2-0.5, headerY+19*pinSpace+7)
	g.add(text(q, 10, true, 0.5, fiber, "Raspberry Pi"))

	g.add(slabAt(headerX-2.2, headerY-2.2, headerX+pinSpace+2.2, headerY+19*pinSpace+2.2, 0.6, pinBase, pinBase))
	used := map[int]Wire{}
	for _, w := range p.Wires {
		for _, h := range []Hole{w.From, w.To} {
			if h.Column == Header {
				used[h.Row] = w
			}
		}
	}
	for position := 1; position <= 40; position++ {
		g.add(p.headerPin(position, used))
	}
	for row := range 20 {
		var names []string
		for position := 2*row + 1; position <= 2*row+2; position++ {
			if _, ok := used[position]; ok {
				names = append(names, fmt.Sprintf("%d: %s", position, p.pinName(position)))
			}
		}
		for i, name := range names {
			q := at(headerX-3, headerY+float64(pinSpace*row))
			g.add(text(pt{q.x, q.y + 0.9 + 2.6*(float64(i)-float64(len(names)-1)/2)}, 7.4, false, 1, ink, name))
		}
	}
	return g
}

// headerPin draws a pin of the header with its number, in the colour of its wire.
func (p *picture) headerPin(position int, used map[int]Wire) *element {
	h := Hole{0, Header, position}
	at := p.hole(h)
	fill, number := pad, quiet
	w, ok := used[position]
	if ok && p.shown[w.ID] {
		fill, number = wireTone(w.Color), paper
		number.name = ""
		if isLight(w.Color) {
			number = tone{"", wiring.Color{}}
			number.Name = "black"
		}
	}
	g := grouped("hole", h.ID(), "pin", strconv.Itoa(position))
	if ok {
		g.data = append(g.data, "net", w.Net)
	}
	g.title = "header pin " + strconv.Itoa(position) + ", " + wiring.PinName(position)
	r := padRadius * p.cell
	shape := disc(at, r, fill, metal)
	if position == 1 {
		shape = slab(at.x-r, at.y-r, at.x+r, at.y+r, 0, fill, metal)
	}
	return g.add(shape, text(pt{at.x, at.y + 0.95}, 7.4, ok, 0.5, number, strconv.Itoa(position)))
}

// isLight reports whether dark text is readable on a colour: ITU-R BT.601 luma.
func isLight(c wiring.Color) bool { return 299*int(c.R)+587*int(c.G)+114*int(c.B) > 140_000 }

// breadboard draws a board with its holes.
func (p *picture) breadboard(board int) *element {
	left := float64(p.left[board-1])
	bottom := float64(boardHigh(p.Rows))
	g := grouped("board", strconv.Itoa(board))
	q, s := p.mm(left, 0), p.mm(left+boardWide, bottom)
	g.add(slab(q.x, q.y, s.x, s.y, 1.2*p.cell, plastic, edge))
	q, s = p.mm(left+20.8, 1.2), p.mm(left+23.2, bottom-1.2)
	g.add(slab(q.x, q.y, s.x, s.y, 0.4*p.cell, groove, none))
	for _, rail := range []struct {
		x     float64
		color tone
	}{{1.6, minus}, {6.4, plus}, {37.6, minus}, {42.4, plus}} {
		g.add(line(0.3, rail.color, p.mm(left+rail.x, 3), p.mm(left+rail.x, bottom-3)))
	}
	half := 0.42 * p.cell
	holes := grouped()
	for _, h := range places(board, p.Rows) {
		at := p.hole(h)
		e := slab(at.x-half, at.y-half, at.x+half, at.y+half, 0.12*p.cell, opening, none)
		e.data = []string{"hole", h.ID()}
		if net := p.net[h.strip()]; net != "" {
			e.data = append(e.data, "net", net)
		}
		holes.add(e)
	}
	g.add(holes)
	for _, y := range []float64{2.6, bottom - 1.8} {
		for i := range 10 {
			column := string(rune('a' + i))
			q := p.mm(left+float64(columnX(column)), y)
			g.add(text(q, 7.4, false, 0.5, quiet, column))
		}
		for _, sign := range []struct {
			column, text string
			color        tone
		}{{BlueLeft, "\u2212", minus}, {RedLeft, "+", plus}, {BlueRight, "\u2212", minus}, {RedRight, "+", plus}} {
			q := p.mm(left+float64(columnX(sign.column)), y)
			g.add(text(q, 8, true, 0.5, sign.color, sign.text))
		}
	}
	if p.Boards > 1 {
		q := p.mm(left+boardWide/2, -0.8)
		g.add(text(q, 8, true, 0.5, ink, "board "+strconv.Itoa(board)))
	}
	return g
}

// numbers draws the numbers of the rows at both sides. Those of rows in use lie over the wires.
func (p *picture) numbers(board int) *element {
	left := float64(p.left[board-1])
	used := map[int]bool{}
	mark := func(h Hole) {
		if h.Board == board && !h.rail() {
			used[h.Row] = true
		}
	}
	for _, part := range p.Parts {
		if p.shown[part.Ref] {
			for _, leg := range part.Legs {
				mark(leg.Hole)
			}
		}
	}
	for _, w := range p.Wires {
		if p.shown[w.ID] {
			mark(w.From)
			mark(w.To)
		}
	}
	g := grouped()
	for row := 1; row <= p.Rows; row++ {
		if !used[row] && row%5 != 0 && row != 1 {
			continue
		}
		places := p.numberPlaces(left, float64(aboveRows+2*(row-1)))
		covered := func(q pt) bool { return p.partCovers(q) || p.wireCovers(q) }
		var open []pt
		for _, q := range places[:2] {
			if !covered(q) {
				open = append(open, q)
			}
		}
		switch {
		case len(open) > 0 || !used[row]:
		case !covered(places[2]):
			open = places[2:]
		default:
			open = places[:1]
			q := open[0]
			g.add(slab(q.x-1.3*p.cell, q.y-0.8*p.cell, q.x+1.3*p.cell, q.y+0.8*p.cell, 0.5*p.cell, plastic, none))
		}
		color, size := quiet, 6.0
		if used[row] {
			color, size = ink, 7.4
		}
		for _, q := range open {
			g.add(text(pt{q.x, q.y + 0.12*size}, size, used[row], 0.5, color, strconv.Itoa(row)))
		}
	}
	return g
}

// numberPlaces returns the places for the number of a row: both sides, and the gap.
func (p *picture) numberPlaces(left, y float64) []pt {
	return []pt{p.mm(left+8.3, y), p.mm(left+35.7, y), p.mm(left+22, y)}
}

// wireCovers reports whether a shown wire runs over a number.
func (p *picture) wireCovers(number pt) bool {
	for _, w := range p.Wires {
		if !p.shown[w.ID] {
			continue
		}
		for _, at := range w.path {
			q := p.mm(float64(at.x), float64(at.y))
			if math.Abs(q.x-number.x) < 1.4*p.cell && math.Abs(q.y-number.y) < 0.9*p.cell {
				return true
			}
		}
	}
	return false
}

// partCovers reports whether a shown part lies over a place.
func (p *picture) partCovers(at pt) bool {
	for _, part := range p.Parts {
		q, s := p.mm(part.body.left-1, part.body.top-0.5), p.mm(part.body.right+1, part.body.bottom+0.5)
		if p.shown[part.Ref] && q.x < at.x && at.x < s.x && q.y < at.y && at.y < s.y {
			return true
		}
	}
	return false
}

const (
	wireWidth = 0.72 // cells
	padRadius = 1.5
	seam      = 0.45 // of light around a wire: one passes over another
)

// wire draws a jumper wire with its ends.
func (p *picture) wire(w Wire) *element {
	var corners []pt
	for i, at := range w.path {
		if i > 0 && i < len(w.path)-1 && w.path[i-1].x == w.path[i+1].x || i > 0 && i < len(w.path)-1 && w.path[i-1].y == w.path[i+1].y {
			continue
		}
		corners = append(corners, p.mm(float64(at.x), float64(at.y)))
	}
	if w.From.Column == Header {
		corners[0] = toward(corners[0], corners[1], padRadius*p.cell)
	}
	if last := len(corners) - 1; w.To.Column == Header {
		corners[last] = toward(corners[last], corners[last-1], padRadius*p.cell)
	}
	color := wireTone(w.Color)
	g := grouped("wire", w.ID, "net", w.Net, "from", w.From.ID(), "to", w.To.ID())
	g.title = p.wireText(w)
	under, more := paper, seam
	if p.newest == w.ID {
		under, more = glow, 1.3
	}
	round := 1.1 * p.cell
	g.add(bent((wireWidth+more)*p.cell, round, under, corners...), bent(wireWidth*p.cell, round, color, corners...))
	for _, h := range []Hole{w.From, w.To} {
		if h.Column == Probe {
			at := p.at(h)
			x, y := float64(at.x), float64(at.y)
			g.add(p.slab(box{x, y - 1, x + 14, y + 1}, 0.8, socket, metal), p.say(x+1.2, y, 7.4, false, 0, ink, "oscilloscope"))
		} else if h.Column != Header {
			g.add(disc(p.hole(h), 0.62*p.cell, color, paper))
		}
	}
	return g
}

// wireText returns a wire in words: "black: header pin 6 to the blue rail, left".
func (b *Board) wireText(w Wire) string {
	return fmt.Sprintf("%s: %s to %s", w.Color.Name, b.name(w.From), b.name(w.To))
}
