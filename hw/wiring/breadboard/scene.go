package breadboard

import (
	"math"

	"hillock/hw/wiring"
)

// scene is a drawing: elements from the lowest to the uppermost, in mm from the upper left corner.
type scene struct {
	wide, high         float64
	title, description string
	elements           []*element
}

type pt struct{ x, y float64 }

// tone is a colour. A tone with a name is the CSS variable --bb-NAME on a page.
type tone struct {
	name string
	wiring.Color
}

func (t tone) none() bool { return t == tone{} }

// form is the form of an element.
type form int

const (
	group form = iota
	circle
	rectangle
	curve
	words
)

// element is a shape, a text, or a group of elements.
type element struct {
	form
	data  []string // attributes and their values: "part", "R1" for data-part="R1"
	title string   // shown under the mouse
	kids  []*element

	fill, stroke tone
	width        float64 // of the stroke

	at    pt      // centre, upper left corner, or the place of a text
	r     float64 // of a circle, or of the corners of a rectangle
	w, h  float64
	steps []step

	text   string
	size   float64 // points
	bold   bool
	anchor float64 // part of the text at its place: 0 its left end, 1 its right end
	turned bool    // by a quarter to the left
}

// step is a step of a curve: M, L, Q, C or Z, with its points.
type step struct {
	op     byte
	points []pt
}

func (e *element) add(kids ...*element) *element {
	e.kids = append(e.kids, kids...)
	return e
}

func grouped(data ...string) *element { return &element{form: group, data: data} }

func disc(at pt, r float64, fill, stroke tone) *element {
	return &element{form: circle, at: at, r: r, fill: fill, stroke: stroke, width: 0.2}
}

func slab(left, top, right, bottom, r float64, fill, stroke tone) *element {
	return &element{form: rectangle, at: pt{left, top}, w: right - left, h: bottom - top, r: r, fill: fill, stroke: stroke, width: 0.2}
}

// line is a curve through points without rounded corners.
func line(width float64, stroke tone, points ...pt) *element {
	e := &element{form: curve, stroke: stroke, width: width}
	for i, p := range points {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		e.steps = append(e.steps, step{op, []pt{p}})
	}
	return e
}

// bent is a curve through points with rounded corners.
func bent(width, round float64, stroke tone, points ...pt) *element {
	e := &element{form: curve, stroke: stroke, width: width}
	e.steps = append(e.steps, step{'M', []pt{points[0]}})
	for i := 1; i < len(points)-1; i++ {
		p, q, next := points[i-1], points[i], points[i+1]
		r := min(round, apart(p, q)/2, apart(q, next)/2)
		e.steps = append(e.steps, step{'L', []pt{toward(q, p, r)}}, step{'Q', []pt{q, toward(q, next, r)}})
	}
	e.steps = append(e.steps, step{'L', []pt{points[len(points)-1]}})
	return e
}

func apart(p, q pt) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

// toward returns the point at a distance from p on the way to q.
func toward(p, q pt, distance float64) pt {
	d := apart(p, q)
	if d == 0 {
		return p
	}
	return pt{p.x + (q.x-p.x)*distance/d, p.y + (q.y-p.y)*distance/d}
}

// arc returns the steps along a circle, from one angle to another, clockwise on the page from the right.
func arc(at pt, r, from, to float64) (steps []step) {
	parts := int(math.Ceil(math.Abs(to-from) / (math.Pi / 2)))
	turn := (to - from) / float64(parts)
	k := 4.0 / 3 * math.Tan(turn/4) * r
	for i := range parts {
		a, b := from+turn*float64(i), from+turn*float64(i+1)
		p, q := pt{at.x + r*math.Cos(a), at.y + r*math.Sin(a)}, pt{at.x + r*math.Cos(b), at.y + r*math.Sin(b)}
		steps = append(steps, step{'C', []pt{{p.x - k*math.Sin(a), p.y + k*math.Cos(a)}, {q.x + k*math.Sin(b), q.y - k*math.Cos(b)}, q}})
	}
	return steps
}

func text(at pt, size float64, bold bool, anchor float64, color tone, s string) *element {
	return &element{form: words, at: at, size: size, bold: bold, anchor: anchor, fill: color, text: s}
}
