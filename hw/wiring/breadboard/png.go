package breadboard

import (
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"

	"hillock/hw/wiring/letters"
)

// writePNG writes the drawing at 200 dots per inch.
func (s *scene) writePNG(to io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(s.wide)*vg.Millimeter, vg.Length(s.high)*vg.Millimeter), vgimg.UseDPI(200))
	b := brush{c, s.high, letters.New()}
	for _, e := range s.elements {
		b.draw(e)
	}
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(to)
	return err
}

// brush draws on a canvas with its origin in the lower left corner.
type brush struct {
	*vgimg.Canvas
	high  float64
	fonts letters.Set
}

func (b brush) at(p pt) vg.Point {
	return vg.Point{X: vg.Length(p.x) * vg.Millimeter, Y: vg.Length(b.high-p.y) * vg.Millimeter}
}

func (b brush) draw(e *element) {
	for _, kid := range e.kids {
		b.draw(kid)
	}
	if e.form == words {
		b.write(e)
		return
	}
	path := b.path(e)
	if len(path) == 0 {
		return
	}
	if !e.fill.none() {
		b.SetColor(e.fill.paint())
		b.Fill(path)
	}
	if !e.stroke.none() {
		b.SetColor(e.stroke.paint())
		b.SetLineWidth(vg.Length(e.width) * vg.Millimeter)
		b.Stroke(path)
	}
}

func (t tone) paint() color.Color { return color.NRGBA{t.R, t.G, t.B, 255} }

func (b brush) path(e *element) (path vg.Path) {
	steps := e.steps
	switch e.form {
	case circle:
		steps = append([]step{{'M', []pt{{e.at.x + e.r, e.at.y}}}}, arc(e.at, e.r, 0, 2*math.Pi)...)
		steps = append(steps, step{'Z', nil})
	case rectangle:
		steps = rounded(e)
	}
	for _, s := range steps {
		var p [3]vg.Point
		for i, q := range s.points {
			p[i] = b.at(q)
		}
		switch s.op {
		case 'M':
			path.Move(p[0])
		case 'L':
			path.Line(p[0])
		case 'Q':
			path.QuadTo(p[0], p[1])
		case 'C':
			path.CubeTo(p[0], p[1], p[2])
		case 'Z':
			path.Close()
		}
	}
	return path
}

// rounded returns a rectangle as a curve.
func rounded(e *element) []step {
	l, t, r, b, c := e.at.x, e.at.y, e.at.x+e.w, e.at.y+e.h, min(e.r, e.w/2, e.h/2)
	if c <= 0 {
		return []step{{'M', []pt{{l, t}}}, {'L', []pt{{r, t}}}, {'L', []pt{{r, b}}}, {'L', []pt{{l, b}}}, {'Z', nil}}
	}
	steps := []step{{'M', []pt{{l + c, t}}}}
	for i, corner := range []pt{{r - c, t + c}, {r - c, b - c}, {l + c, b - c}, {l + c, t + c}} {
		from := -math.Pi/2 + float64(i)*math.Pi/2
		steps = append(steps, step{'L', []pt{{corner.x + c*math.Cos(from), corner.y + c*math.Sin(from)}}})
		steps = append(steps, arc(corner, c, from, from+math.Pi/2)...)
	}
	return append(steps, step{'Z', nil})
}

// write draws a text.
func (b brush) write(e *element) {
	wide, _ := b.fonts.Measure(e.size, e.bold, e.text)
	back := vg.Length(e.anchor*wide) * vg.Millimeter
	at := b.at(e.at)
	if e.turned {
		b.Push()
		b.Translate(at)
		b.Rotate(math.Pi / 2)
		at = vg.Point{}
	}
	path := b.fonts.Outlines(e.size, e.bold, e.text, vg.Point{X: at.X - back, Y: at.Y})
	if len(path) > 0 {
		b.SetColor(e.fill.paint())
		b.Fill(path)
	}
	if e.turned {
		b.Pop()
	}
}
