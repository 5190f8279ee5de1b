package breadboard

import (
	"fmt"
	"strings"
)

// The list, in mm and points.
const (
	listSize   = 8.0
	lineSpace  = 3.75
	columnGap  = 4.0
	columnWide = 62.0 // at least
	numberWide = 9.0  // of a step's number and dot
	listTop    = margin + head
)

// entry is a step of the list, or a line about the parts below it.
type entry struct {
	step  int // from 1; 0 for a line about the parts
	lines []string
	sheet int // from 1
	at    pt
}

// column is a place for entries.
type column struct {
	sheet int
	left  float64
	wide  float64
}

// columnsOf returns the columns of a sheet: those beside the drawing, or of a whole sheet.
func columnsOf(sheet int, drawing float64) (all []column) {
	left := margin
	if sheet == 1 {
		left = drawing
	}
	count := max(1, int((a4Wide-margin-left+columnGap)/(columnWide+columnGap)))
	wide := (a4Wide-margin-left+columnGap)/float64(count) - columnGap
	for i := range count {
		all = append(all, column{sheet, left + float64(i)*(wide+columnGap), wide})
	}
	return all
}

// flow puts the steps into columns, from the given step on, and the parts of the kit where there is room. The columns of the first sheet
// begin at a place right of the drawing.
func (p *picture) flow(steps []Step, first int, drawing float64) (all []entry) {
	sheet := 1
	columns := columnsOf(sheet, drawing)
	y := listTop
	put := func(e entry, text string) {
		e.lines = p.wrap(text, listSize, columns[0].wide-numberWide)
		for y+lineSpace*float64(len(e.lines)) > a4High-margin && y > listTop {
			if columns, y = columns[1:], listTop; len(columns) == 0 {
				sheet++
				columns = columnsOf(sheet, drawing)
			}
			e.lines = p.wrap(text, listSize, columns[0].wide-numberWide)
		}
		e.sheet, e.at = sheet, pt{columns[0].left, y}
		y += lineSpace * float64(len(e.lines))
		all = append(all, e)
	}
	for i, s := range steps[first:] {
		put(entry{step: first + i + 1}, s.Text)
	}
	return append(all, p.partsList(column{sheet, columns[0].left, columns[0].wide}, y)...)
}

// partsList puts the parts of the kit below a short board, or below the list if there is room.
func (p *picture) partsList(below column, y float64) (all []entry) {
	x, wide := below.left+numberWide, below.wide-numberWide
	y += lineSpace / 2
	if p.Boards == 1 && p.Rows == 30 {
		below.sheet = 1
		x, wide = p.mm(float64(p.left[0]), 0).x, max(boardWide, float64(p.wide-p.left[0]))*p.cell
		y = p.mm(0, float64(boardHigh(p.Rows))+3).y
	}
	for _, line := range p.kit.KitList() {
		e := entry{lines: p.wrap(line, listSize, wide), sheet: below.sheet, at: pt{x, y}}
		y += lineSpace * float64(len(e.lines))
		all = append(all, e)
	}
	if y > a4High-margin {
		return nil
	}
	return all
}

// list draws the list of a sheet, with a dot in the colour of each wire. Steps after the last one drawn are pale.
func (p *picture) list(steps []Step, last, sheet int, drawing float64) (all []*element) {
	first := 0
	entries := p.flow(steps, first, drawing)
	if p.newest != "" { // its step is on the first sheet
		for entries[last-1-first].sheet > 1 {
			first++
			entries = p.flow(steps, first, drawing)
		}
	}
	color := map[string]tone{}
	for _, w := range p.Wires {
		color[w.ID] = wireTone(w.Color)
	}
	for _, e := range entries {
		if e.sheet != sheet {
			continue
		}
		x, y := e.at.x, e.at.y
		if e.step == 0 {
			for i, l := range e.lines {
				all = append(all, text(pt{x, y + 2.4 + lineSpace*float64(i)}, listSize, false, 0, quiet, l))
			}
			continue
		}
		now, tone := p.newest != "" && e.step == last, ink
		if e.step > last {
			tone = edge
		}
		g := grouped("step", fmt.Sprint(e.step))
		if now {
			wide := 0.0
			for _, l := range e.lines {
				w, _ := p.fonts.Measure(listSize, true, l)
				wide = max(wide, w)
			}
			g.add(slab(x, y-0.5, x+numberWide+wide+1.5, y+lineSpace*float64(len(e.lines))-0.4, 0.8, glow, none))
		}
		if c, ok := color[steps[e.step-1].Wire]; ok && e.step <= last {
			g.add(disc(pt{x + numberWide - 2.2, y + 1.5}, 0.95, c, none))
		}
		g.add(text(pt{x + numberWide - 4.2, y + 2.4}, listSize, now, 1, tone, fmt.Sprint(e.step)))
		for i, l := range e.lines {
			g.add(text(pt{x + numberWide, y + 2.4 + lineSpace*float64(i)}, listSize, now, 0, tone, l))
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
