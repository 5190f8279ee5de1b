package breadboard

import (
	"fmt"
	"io"

	"hillock/hw/wiring/letters"
)

// Options choose what is drawn.
type Options struct {
	Step  int  // the list's step with which the drawing ends, from 1; 0 for all
	Sheet int  // from 1; 0 is 1
	Page  bool // for a web page: the drawing alone, without list and style
}

// SVG writes the drawing: with the list on A4, or alone for a web page.
func (b *Board) SVG(w io.Writer, o Options) error { return b.scene(o).writeSVG(w, o.Page) }

// PNG writes the drawing at 200 dots per inch.
func (b *Board) PNG(w io.Writer, o Options) error { return b.scene(o).writePNG(w) }

// Pages returns the number of sheets: one with the drawing, and those of a long list.
func (b *Board) Pages() int {
	p, drawing := b.onA4()
	entries := p.flow(b.Steps(), 0, drawing)
	if len(entries) == 0 {
		return 1
	}
	return entries[len(entries)-1].sheet
}

// A4 on its side, in mm.
const (
	a4Wide, a4High = 297.0, 210.0
	margin         = 8.0
	head           = 16.0 // of the title
	listWide       = 84.0 // smallest width of the list
	listSpace      = 5.0  // between drawing and list
)

// onA4 returns the picture on a sheet, and its right edge with the space beside it.
func (b *Board) onA4() (p *picture, right float64) {
	p = &picture{Board: b, fonts: letters.New(), origin: pt{margin, margin + head}}
	p.cell = min((a4High-2*margin-head)/float64(b.high), (a4Wide-2*margin-listSpace-listWide)/float64(b.wide), 1.9)
	return p, margin + float64(b.wide)*p.cell + listSpace
}

// scene lays a sheet out.
func (b *Board) scene(o Options) *scene {
	steps := b.Steps()
	p, right := b.onA4()
	p.shown = map[string]bool{}
	last := len(steps)
	if o.Step > 0 {
		last = min(o.Step, last)
		p.newest = steps[last-1].Part + steps[last-1].Wire + steps[last-1].Supply
	}
	s := &scene{wide: a4Wide, high: a4High, title: "breadboard of " + b.Title}
	for _, step := range steps[:last] {
		p.shown[step.Part+step.Wire] = true
		s.description += step.Text + ". "
	}
	if o.Page {
		p.cell, p.origin = 1.5, pt{2, 4}
		s.wide, s.high = float64(b.wide)*p.cell+4, float64(b.high)*p.cell+6
		s.elements = p.elements()
		return s
	}
	sheet := max(o.Sheet, 1)
	s.elements = append(s.elements, slab(0, 0, a4Wide, a4High, 0, paper, none))
	s.elements = append(s.elements, p.heading(sheet)...)
	if sheet == 1 {
		s.elements = append(s.elements, p.elements()...)
	}
	s.elements = append(s.elements, p.list(steps, last, sheet, right)...)
	return s
}

// heading is the title, and the rules of building.
func (p *picture) heading(sheet int) []*element {
	number := ""
	if sheets := p.Pages(); sheets > 1 && p.newest == "" {
		number = fmt.Sprintf(", page %d of %d", sheet, sheets)
	}
	const size = 15
	taken, _ := p.fonts.Measure(size, true, number)
	title := p.fit("hillock: "+p.Title, size, true, a4Wide-2*margin-taken) + number
	return []*element{
		text(pt{margin, margin + 5}, size, true, 0, ink, title),
		text(pt{margin, margin + 10.5}, 8, false, 0, quiet,
			"Switch the Pi off. Follow the list from step 1. Then compare each wire once more. Is the coloured line of a rail broken? Join its halves with a wire."),
	}
}
