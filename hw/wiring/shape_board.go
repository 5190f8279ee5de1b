package wiring

import (
	"slices"
	"strconv"

	"hillock/config"
)

// distant is a wire from a pin of the Pi to a distant end: a pin of another board, or an output on this Pi.
type distant struct {
	key         string // of the wire, for an error
	pin         string // of the Pi
	board, name string // of the distant end; board is "" for an output on this Pi
	divided     bool   // 5 V go through a divider
	use, note   string // of the divider, and of the wire to the header
}

// FromOutput wires a pin to an output of the configuration. key is that of the wire, for an error.
func (k *Kit) FromOutput(key, pin, output, note string) {
	k.distant = append(k.distant, distant{key: key, pin: pin, name: output, note: note})
}

// WithBoard wires a pin to a pin of another board, and joins the grounds.
func (k *Kit) WithBoard(pin, board, name, note string) {
	k.distant = append(k.distant, distant{pin: pin, board: board, name: name, note: note})
}

// From5V wires a pin to a pin of another board through a divider from 5 V to 3.3 V, and joins the grounds.
func (k *Kit) From5V(pin, board, name, use string) {
	k.distant = append(k.distant, distant{pin: pin, board: board, name: name, divided: true, use: use})
}

// distantEnds adds the wires to distant ends, when all parts are in the kit.
func (k *Kit) distantEnds() {
	k.output = ""
	var boards []string
	for _, d := range k.distant {
		switch {
		case d.board == "":
			k.fromRow(d)
		case !slices.Contains(boards, d.board):
			boards = append(boards, d.board)
		}
	}
	for _, board := range boards {
		k.board(board)
	}
}

// fromRow wires the row of an output's part to a pin. The output's own pin already has a jumper wire, and a pin takes one.
func (k *Kit) fromRow(d distant) {
	var row []End
	for _, w := range k.Wires {
		if p := k.part(w.From.Part); p != nil && p.Output == d.name && w.To.Part == Header && !slices.Contains(row, w.From) {
			row = append(row, w.From)
		}
	}
	if len(row) != 1 {
		k.Refuse(config.Problem{Key: d.key, Rule: "must be an output on one pin", Got: strconv.Quote(d.name)})
		return
	}
	k.ToHeader(Wire{From: row[0], Note: d.note}, d.pin)
	last := len(k.Wires) - 1
	added := k.Wires[last]
	of := func(w Wire) bool { return w.From.Part == row[0].Part }
	after := last - 1
	for !of(k.Wires[after]) {
		after--
	}
	k.Wires = slices.Insert(k.Wires[:last], after+1, added)
}

// The divider for 5 V: 5 V x 20/30 = 3.3 V, from 6.7 kOhm. Its current is 5 V/30 kOhm = 0.2 mA.
const (
	upper = 10e3 // Ohm
	lower = 20e3
)

// board adds another board with all its wires. Its pins are GND and the distant ends.
func (k *Kit) board(name string) {
	k.Begin()
	pins := []string{"GND"}
	for _, d := range k.distant {
		if d.board == name && !slices.Contains(pins, d.name) {
			pins = append(pins, d.name)
		}
	}
	ref := k.Add(Part{Kind: Board, Model: name, Pins: pins})
	k.ToGround(End{ref, 1}, "no spike arrives without a common ground")
	for _, d := range k.distant {
		if d.board != name {
			continue
		}
		at := End{ref, slices.Index(pins, d.name) + 1}
		if d.divided {
			k.divide(at, d)
			continue
		}
		w := Wire{From: at, Note: d.note}
		for i := range k.Wires { // of an LED at the same pin
			if other := &k.Wires[i]; other.To.Part == Header && PinName(other.To.Pin) == d.pin && other.Bus == "" {
				other.Bus, w.Bus = d.pin, d.pin
				w.Note += ", from the row of " + other.From.Part
			}
		}
		k.ToHeader(w, d.pin)
	}
}

// divide adds a divider between a pin of another board and a pin of the Pi.
func (k *Kit) divide(from End, d distant) {
	high, low := k.Resistor(upper, d.use), k.Resistor(lower, d.use)
	k.Jumper(End{high, 1}, from)
	k.ToHeader(Wire{From: End{high, 2}, Note: "5 V becomes 3.3 V"}, d.pin)
	k.SameRow(End{low, 1}, End{high, 2}, "in its row")
	k.ToGround(End{low, 2}, "")
}

// dividers returns the upper resistors of the dividers at a board.
func (b band) dividers() (all []*Part) {
	for i, p := range b.parts {
		if b.parts[0].Kind == Board && i%2 == 1 {
			all = append(all, p)
		}
	}
	return all
}

// dividerRows is the height of a divider.
const dividerRows = 2

// drawBoard draws another board with its row of pins to the right, and its dividers below it on the left.
func (p *plan) drawBoard(b band) {
	board, first := b.parts[0], b.first+1
	body := box{p.chip[1] - moduleWidth, gridY(first) - 2.2, p.chip[1], gridY(first+len(board.Pins)-1) + 2.2}
	p.under = append(p.under, shape{rectangle, body, pale, black})
	p.text(bold, xy{body.left, body.top - 0.5}, 0, 1, p.fit(bold, p.lanes[0]-body.left, board.Ref+" board "+board.Model))
	row := first + len(board.Pins)
	var trunks []*trunk
	for i := range board.Pins {
		at := p.drawPinAt(board, i, 1, xy{body.right, gridY(first + i)})
		for _, w := range p.wiresAt(End{board.Ref, i + 1}) {
			text := p.farOf(w, board)
			if w.From.Part == board.Ref {
				p.onward(w, at, text)
				continue
			}
			p.pill(at, 0, w.Color, text)
			divider := p.drawDivider(p.part(w.From.Part), w, gridY(row))
			trunks = append(trunks, &trunk{net: p.short(w.To), color: w.Color, left: []xy{{at.x + p.pillWidth(text), at.y}, divider}})
			row += dividerRows
		}
	}
	p.route(trunks, p.lanes[0], p.lanes[1], laneSpace)
}

// The centres of the resistors of a divider.
const lowerAt, upperAt = 26.0, 53.0

// drawDivider draws a divider from the disc of its source on the right to the ground rail on the left. The wire from its node to the
// header is in the row below. It returns the end of the disc.
func (p *plan) drawDivider(high *Part, source Wire, y float64) xy {
	node, net := xy{(lowerAt + upperAt) / 2, y}, "node of "+high.Ref
	half := p.drawTwoLegs(high, xy{upperAt, y}) / 2
	text, at := p.short(source.To), xy{upperAt + half + 2, y}
	p.wire(high.Ref, source.Color, xy{upperAt + half, y}, at)
	p.pill(at, 0, source.Color, text)
	end := xy{at.x + p.pillWidth(text), y}
	for _, w := range p.wiresAt(End{high.Ref, 2}) {
		if w.From.Part == high.Ref {
			to := xy{chainPill, y + step}
			p.wire(net, w.Color, node, xy{node.x, to.y}, to)
			text := p.farOf(w, high)
			p.onward(w, to, text)
			to.x += p.pillWidth(text) + 1.5
			to.x = max(to.x, end.x+1)
			p.text(plain, xy{to.x, to.y - 0.8}, 0, 1, p.fit(plain, p.lanes[0]-0.5-to.x, high.Use))
			continue
		}
		low := p.part(w.From.Part)
		p.drawTwoLegs(low, xy{lowerAt, y})
		p.wire(net, dark, xy{upperAt - half, y}, xy{lowerAt + half, y})
		p.joint(node, dark)
		for _, w := range p.from(low.Ref) {
			if w.To.Part == Ground {
				p.toRail(w, 0, xy{lowerAt - half, y})
			}
		}
	}
	return end
}
