package breadboard

import (
	"fmt"
	"io"
	"strings"

	"hillock/hw/wiring/letters"
)

// Options choose what is drawn.
type Options struct {
	Step int  // the list's step with which the drawing ends, from 1; 0 for all
	Page bool // for a web page: the drawing alone, without list and style
}

// SVG writes the drawing: with the list on A4, or alone for a web page.
func (b *Board) SVG(w io.Writer, o Options) error { return b.scene(o).writeSVG(w, o.Page) }

// PNG writes the drawing at 200 dots per inch.
func (b *Board) PNG(w io.Writer, o Options) error { return b.scene(o).writePNG(w) }

// A4 on its side, in mm.
const (
	a4Wide, a4High = 297.0, 210.0
	margin         = 8.0
	head           = 16.0 // of the title
	listWide       = 84.0 // smallest width of the list
	listSpace      = 7.0  // between drawing and list
)

// scene lays the sheet out.
func (b *Board) scene(o Options) *scene {
	steps := b.Steps()
	shown, newest := map[string]bool{}, ""
	last := len(steps)
	if o.Step > 0 {
		last = min(o.Step, last)
		newest = steps[last-1].Part + steps[last-1].Wire
	}
	for _, s := range steps[:last] {
		shown[s.Part+s.Wire] = true
	}
	p := &picture{Board: b, fonts: letters.New(), shown: shown, newest: newest}
	s := &scene{title: "breadboard of " + b.Title}
	for _, step := range steps[:last] {
		s.description += step.Text + ". "
	}
	if o.Page {
		p.cell = 1.5
		p.origin = pt{2, 4}
		s.wide, s.high = float64(b.wide)*p.cell+4, float64(b.high)*p.cell+6
		s.elements = p.elements()
		return s
	}
	s.wide, s.high = a4Wide, a4High
	p.cell = min((a4High-2*margin-head)/float64(b.high), (a4Wide-2*margin-listSpace-listWide)/float64(b.wide), 1.9)
	p.origin = pt{margin, margin + head}
	s.elements = append(s.elements, slab(0, 0, a4Wide, a4High, 0, paper, none))
	s.elements = append(s.elements, p.heading()...)
	s.elements = append(s.elements, p.elements()...)
	left := margin + float64(b.wide)*p.cell + listSpace
	s.elements = append(s.elements, p.list(steps, last, o.Step > 0, left)...)
	return s
}

// heading is the title, and the rules of building.
func (p *picture) heading() []*element {
	return []*element{
		text(pt{margin, margin + 5}, 15, true, 0, ink, p.fit("hillock: "+p.Title, 15, true, a4Wide-2*margin)),
		text(pt{margin, margin + 10.5}, 8, false, 0, quiet,
			"Switch the Pi off. Put the parts in from the top of the list down, then compare each wire once more. A coloured line of a rail is broken? Join its halves."),
	}
}

// list is the list of steps, with a dot in the colour of each wire. It takes as many columns as there is room for.
func (p *picture) list(steps []Step, last int, numbered bool, left float64) (all []*element) {
	const size, space, gap, number = 8.0, 3.75, 4.0, 9.0
	columns := int((a4Wide - margin - left + gap) / (listWide - 10 + gap))
	columns = max(columns, 1)
	wide := (a4Wide-margin-left+gap)/float64(columns) - gap
	x, y := left, margin+head
	color := map[string]tone{}
	for _, w := range p.Wires {
		color[w.ID] = wireTone(w.Color)
	}
	for i, s := range steps {
		lines := p.wrap(s.Text, size, wide-number)
		if y+space*float64(len(lines)) > a4High-margin && x+2*wide+gap <= a4Wide-margin+0.1 {
			x, y = x+wide+gap, margin+head
		}
		ink_ := ink
		if i >= last {
			ink_ = edge
		}
		now := numbered && i == last-1
		g := grouped("step", fmt.Sprint(i+1))
		if now {
			g.add(slab(x-1, y-0.6, x+wide, y+space*float64(len(lines))-0.4, 0.8, glow, none))
		}
		if c, ok := color[s.Wire]; ok && i < last {
			g.add(disc(pt{x + number - 2.2, y + 1.5}, 0.95, c, none))
		}
		g.add(text(pt{x + number - 4.2, y + 2.4}, size, now, 1, ink_, fmt.Sprint(i+1)))
		for _, l := range lines {
			g.add(text(pt{x + number, y + 2.4}, size, now, 0, ink_, l))
			y += space
		}
		all = append(all, g)
	}
	return all
}

// wrap cuts a text into lines of a width in mm.
func (p *picture) wrap(s string, size, width float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		longer := strings.TrimSpace(line + " " + word)
		if wide, _ := p.fonts.Measure(size, true, longer); wide > width && line != "" {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}
