package wiring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

const (
	padRadius = 2.9
	lineSpace = 4.0 // of texts
)

// drawHeader draws the header and routes its wires.
func (p *plan) drawHeader() {
	even := p.odd + 8
	p.under = append(p.under, shape{rectangle, box{p.odd - padRadius - 1, top - 4.5, even + padRadius + 1, headerY(39) + 4.5}, pale, faint})
	for position := 1; position <= 40; position++ {
		p.drawPin(position, even)
	}
	p.text(quiet, xy{p.odd - padRadius - 1, top - 5.5}, 0, 1, "end with the SD card")
	p.text(quiet, xy{p.odd - padRadius - 1, headerY(39) + 5.5}, 0, 0, "end with the USB sockets")

	var trunks []*trunk
	for position := 1; position <= 40; position++ {
		if t := p.nets[position]; t != nil {
			trunks = append(trunks, t)
		}
	}
	p.route(trunks, p.outer[0], p.outer[1], 3.2)
}

// drawPin draws a pin with its texts. The wire of an even pin leaves downwards, between two odd ones.
func (p *plan) drawPin(position int, even float64) {
	at := xy{p.odd, top + pitch*float64((position-1)/2)}
	if position%2 == 0 {
		at.x = even
	}
	wires := p.at(position)
	pad := shape{rounded, box{at.x - padRadius, at.y - padRadius, at.x + padRadius, at.y + padRadius}, white, faint}
	number, beside := style{8, false, dark}, quiet
	if len(wires) > 0 {
		pad.fill, pad.edge = wires[0].Color, wires[0].Color
		number, beside = onColor(bold, wires[0].Color), bold
	}
	if position == 1 {
		pad.form = rectangle
	}
	role, tag := p.role(position), p.tag(position)
	elsewhere := p.pageOf[position]
	if len(wires) == 0 && elsewhere > 0 {
		pad.edge, beside, tag = p.all.at(position)[0].Color, plain, "page "+strconv.Itoa(elsewhere)
	}
	p.over = append(p.over, pad)
	p.text(number, at, 0.5, 0.5, strconv.Itoa(position))

	const gap = 0.8 // for the wire of an odd pin
	h, x, apart := 1.0, p.odd-padRadius-2, gap
	if position%2 == 0 {
		h, x, apart = 0, even+padRadius+2, 0
	}
	if tag == "" {
		p.text(beside, xy{x, at.y}, h, 0.5, role)
		return
	}
	p.text(beside, xy{x, at.y - apart}, h, 1, role)
	p.text(small, xy{x, at.y + apart}, h, 0, tag)
	if position%2 == 0 && len(wires) > 0 {
		p.wire(PinName(position), wires[0].Color, xy{at.x, at.y + padRadius}, xy{at.x, headerY(position)}, xy{p.odd - padRadius, headerY(position)})
	}
}

// drawRails draws the rails in use: from the header to the right side, down both sides, and joined over the top as two arches.
func (p *plan) drawRails() {
	const inner, outer = top - 7, top - 12.6
	for _, w := range p.Wires {
		x, y := p.ground, inner
		switch w.From.Part {
		case Supply:
			x, y = p.supply, outer
		case Ground:
		default:
			continue
		}
		at := xy{x[1], headerY(w.To.Pin)}
		p.wire(w.From.Part, w.Color, xy{p.odd - padRadius, at.y}, at)
		p.joint(at, w.Color)
		p.wires = append(p.wires, line{[]xy{{x[0], max(p.low[x[0]], y+step)}, {x[0], y}, {x[1], y}, {x[1], max(p.low[x[1]], at.y)}},
			1.5, w.Color, w.From.Part})
		p.text(style{size: 9, bold: true, color: w.Color}, xy{(p.supply[0] + p.supply[1]) / 2, y - 0.9}, 0.5, 1, w.From.Part)
	}
}

// drawTexts sets the title, the key to the drawing, and the parts at the foot.
func (p *plan) drawTexts() {
	heading := style{size: 17, bold: true, color: black}
	const width = pageWidth - 2*margin
	taken, _ := p.measure(heading, p.number)
	b := p.text(heading, xy{margin, margin}, 0, 0, p.fit(heading, width-taken, "hillock: "+p.Title)+p.number)
	volts := "Nothing goes to 5V."
	if len(p.all.at(config.Position("5V"))) > 0 {
		volts = "5V is for LED strips alone."
	}
	p.text(plain, xy{margin, b.bottom + 1}, 0, 0,
		"The number in a coloured label is the header pin of its wire. Dots join wires, bare crossings do not. Grey pins stay free. "+volts)
	lines := p.KitList()
	if all := p.all.Current(); all > 0 {
		lines = append(lines, fmt.Sprintf("The pins give or take at most %.1f mA together; a Pi allows %g mA, and %g mA for one pin.", all, maxAll, maxPin))
	}
	for i, text := range lines {
		p.text(plain, xy{margin, p.footAt() + lineSpace*float64(i)}, 0, 0, p.fit(plain, width, text))
	}
}

// KitList returns the parts of the kit, a line for each kind.
func (n *Netlist) KitList() []string {
	var lines []string
	for kind := Chip; kind <= Board; kind++ {
		var models []string
		refs := map[string][]string{}
		for _, p := range n.Parts {
			if p.Kind != kind {
				continue
			}
			if refs[p.Model] == nil {
				models = append(models, p.Model)
			}
			refs[p.Model] = append(refs[p.Model], p.Ref)
		}
		for i, m := range models {
			count := strconv.Itoa(len(refs[m]))
			if m != "" {
				count += " x " + m
			}
			models[i] = count + " (" + ranges(refs[m], kind.prefix()) + ")"
		}
		if models != nil {
			lines = append(lines, kind.texts().plural+": "+strings.Join(models, ", ")+": "+kind.texts().hint)
		}
	}
	if slices.ContainsFunc(n.Wires, func(w Wire) bool { return w.To.Part == Scope }) {
		lines = append(lines, "scope: the probe of an oscilloscope, with its ground clip on the GND rail")
	}
	for _, w := range n.Wires {
		if p := n.part(w.From.Part); p != nil && p.Kind == Module && w.Signal == "" && w.To.Part == Header && w.Note != "" {
			lines = append(lines, n.short(w.From)+": "+w.Note)
		}
	}
	return lines
}

// ranges returns refs in few characters: "R1-R3, R5".
func ranges(refs []string, prefix string) string {
	number := func(ref string) int {
		n, _ := strconv.Atoi(ref[len(prefix):]) // no error: Add has made the ref
		return n
	}
	var all []string
	for i := 0; i < len(refs); {
		last := i
		for last+1 < len(refs) && number(refs[last+1]) == number(refs[last])+1 {
			last++
		}
		switch {
		case last == i:
			all = append(all, refs[i])
		case last == i+1:
			all = append(all, refs[i], refs[last])
		default:
			all = append(all, refs[i]+"-"+refs[last])
		}
		i = last + 1
	}
	return strings.Join(all, ", ")
}
