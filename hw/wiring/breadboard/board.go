package breadboard

import (
	"fmt"

	"hillock/hw/wiring"
)

// Board is a kit on breadboards.
type Board struct {
	Title  string // of the configuration
	Rows   int    // of each breadboard: 30 or 63
	Boards int    // 0 for a kit without parts on one
	Parts  []*Part
	Wires  []Wire // in the order of the list

	kit    *wiring.Netlist
	rails  []railEnd
	left   []int // left edge of each breadboard, cells
	beside int   // left edge of the modules beside the boards, cells
	probes int   // height of the first probe, cells
	wide   int   // cells, of the drawing
	high   int
}

// railEnd is the first hole of a rail with its name in the netlist.
type railEnd struct {
	hole Hole
	name string
}

// Part is a part on or beside a board.
type Part struct {
	wiring.Part
	Legs []Leg

	body  box  // cells
	hangs bool // it is between rows of another part
}

// Leg is a leg of a part in a hole. A button has two legs of each pin.
type Leg struct {
	Pin  int
	Hole Hole
	Into Hole // of a plug: the pin of a module; else zero
}

// Wire is a jumper wire.
type Wire struct {
	ID       string // "w1"
	From, To Hole
	Color    wiring.Color
	Net      string // "GPIO11 SCLK", "GND"

	path []xy
}

// box is a rectangle in cells.
type box struct{ left, top, right, bottom float64 }

func (b box) has(x, y float64) bool {
	return b.left <= x && x <= b.right && b.top <= y && y <= b.bottom
}

func (b box) meets(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

const mostBoards = 6

// New lays a netlist out. It takes the smallest of a half-size board, a full-size board, and several full-size boards, with room for
// parts and wires.
func New(n *wiring.Netlist) (*Board, error) {
	var crowded *Board // has wires on each other
	for _, size := range sizes() {
		p := newPlan(n, size)
		if crowded != nil && size.boards > crowded.Boards+1 {
			break
		}
		if !p.place() {
			continue
		}
		b, ok := p.wire()
		if ok && len(p.onEachOther()) == 0 {
			return b, nil
		}
		if ok && crowded == nil {
			crowded = b
		}
	}
	if crowded != nil {
		return crowded, nil
	}
	return nil, fmt.Errorf("%d parts: must fit on %d breadboards with 63 rows: use a smaller kit, or the drawing without --breadboard", len(n.Parts), mostBoards)
}

// size is a choice of boards: their rows and number, the rows between parts, and whether knobs are on both sides.
type size struct {
	rows, boards, between int
	both                  bool
}

// sizes returns the choices in the order of preference.
func sizes() []size {
	all := []size{
		{30, 1, 1, false}, {30, 1, 1, true},
		{63, 1, 1, false}, {63, 1, 1, true}, {63, 1, 0, true},
	}
	for boards := 2; boards <= mostBoards; boards++ {
		all = append(all, size{63, boards, 1, true})
	}
	return all
}

// The header, in cells. Its pins are as far apart as two holes of a breadboard are: there is room for numbers, and for wires between.
const (
	piWide   = 34
	headerX  = 24 // of the odd pins
	headerY  = 9  // of pins 1 and 2
	pinSpace = 4
	piHigh   = headerY + 19*pinSpace + 22
	channel  = 13 // between the Pi and the first board, without lanes for wires
)

// at returns the place of a hole.
func (b *Board) at(h Hole) xy {
	switch {
	case h.Column == Header:
		return xy{headerX + pinSpace*((h.Row+1)%2), headerY + pinSpace*((h.Row-1)/2)}
	case h.Column == Probe:
		return xy{b.beside, b.probes + 4*(h.Row-1)}
	case h.Board == 0:
		for _, p := range b.Parts {
			if p.Ref == h.Column {
				return p.pinAt(h.Row)
			}
		}
		return xy{}
	}
	return xy{b.left[h.Board-1] + columnX(h.Column), aboveRows + 2*(h.Row-1)}
}

// pinAt returns the place of a pin of a module beside the boards, or of a servo's plug.
func (p *Part) pinAt(pin int) xy {
	if p.Kind == wiring.Servo {
		return xy{int(p.body.left) + 1, int(p.body.top) + pin}
	}
	return xy{int(p.body.left), int(p.body.top) + 2*pin}
}
