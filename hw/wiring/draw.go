package wiring

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"hillock/hw/wiring/letters"
)

// SVG writes the page with its texts as text. Each keeps the width of its place in any font, by textLength.
func (s *Page) SVG(w io.Writer) error {
	c := vgsvg.New(pageWidth*vg.Millimeter, pageHeight*vg.Millimeter)
	s.drawOn(c)
	var drawn bytes.Buffer
	if _, err := c.WriteTo(&drawn); err != nil {
		return err
	}
	open, rest, _ := bytes.Cut(drawn.Bytes(), []byte(svgOpen))
	shapes, _, _ := bytes.Cut(rest, []byte("</svg>"))
	var all bytes.Buffer
	all.Write(open)
	fmt.Fprintf(&all, svgOpen+"\n<title>%s</title>\n<desc>%s</desc>\n%s", escaped(s.title), escaped(s.description), shapes)
	for _, l := range s.labels {
		s.svgText(&all, l)
	}
	fmt.Fprintln(&all, "</svg>")
	_, err := w.Write(all.Bytes())
	return err
}

// svgOpen ends the tag that vgsvg opens a drawing with.
const svgOpen = `xmlns:xlink="http://www.w3.org/1999/xlink">`

// svgText writes a text at its place, in points from the upper left corner.
func (s *Page) svgText(w io.Writer, l label) {
	const mm = float64(vg.Millimeter)
	attrs := ""
	switch {
	case l.anchor == 1:
		attrs = ` text-anchor="end"`
	case l.anchor > 0:
		attrs = ` text-anchor="middle"`
	}
	if l.style.bold {
		attrs += ` font-weight="bold"`
	}
	baseline := (l.bottom - s.letters.Descent(l.style.size, l.style.bold)) * mm
	fmt.Fprintf(w, `<text x="%.2f" y="%.2f" textLength="%.2f" lengthAdjust="spacingAndGlyphs" font-family="%s" font-size="%g"%s fill="#%02x%02x%02x">%s</text>`+"\n",
		(l.left+l.anchor*(l.right-l.left))*mm, baseline, (l.right-l.left)*mm, letters.Family, l.style.size, attrs, l.style.color.R, l.style.color.G, l.style.color.B, escaped(l.text))
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // no error: into a Builder
	return b.String()
}

// PNG writes the page at 200 dots per inch.
func (s *Page) PNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(pageWidth*vg.Millimeter, pageHeight*vg.Millimeter), vgimg.UseDPI(200))
	s.drawOn(c)
	for _, l := range s.labels {
		pen{c, s}.label(l)
	}
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// drawOn draws the page without its texts.
func (s *Page) drawOn(c vg.Canvas) {
	p := pen{c, s}
	p.shape(shape{rectangle, box{0, 0, pageWidth, pageHeight}, white, white})
	for _, sh := range s.under {
		p.shape(sh)
	}
	for _, l := range s.wires { // a light seam lets one wire pass over another
		p.line(l, l.width+0.7, white)
		p.line(l, l.width, l.color)
	}
	for _, sh := range s.over {
		p.shape(sh)
	}
}

func (c Color) rgb() color.Color { return color.NRGBA{c.R, c.G, c.B, 255} }

// pen draws in mm from the upper left corner, on a canvas with its origin in the lower left one.
type pen struct {
	vg.Canvas
	page *Page
}

func (p pen) at(q xy) vg.Point {
	return vg.Point{X: vg.Length(q.x) * vg.Millimeter, Y: vg.Length(pageHeight-q.y) * vg.Millimeter}
}

// label draws a text.
func (p pen) label(l label) {
	if path := p.outlines(l); len(path) > 0 {
		p.SetColor(l.style.color.rgb())
		p.Fill(path)
	}
}

// outlines returns the outlines of a text's letters.
func (p pen) outlines(l label) vg.Path {
	at := xy{l.left, l.bottom - p.page.letters.Descent(l.style.size, l.style.bold)}
	return p.page.letters.Outlines(l.style.size, l.style.bold, l.text, p.at(at))
}

func (p pen) line(l line, width float64, c Color) {
	var path vg.Path
	path.Move(p.at(l.points[0]))
	for _, q := range l.points[1:] {
		path.Line(p.at(q))
	}
	p.SetColor(c.rgb())
	p.SetLineWidth(vg.Length(width) * vg.Millimeter)
	p.Stroke(path)
}

func (p pen) shape(s shape) {
	path := p.outline(s)
	p.SetColor(s.fill.rgb())
	p.Fill(path)
	p.SetColor(s.edge.rgb())
	p.SetLineWidth(0.25 * vg.Millimeter)
	p.Stroke(path)
}

func (p pen) outline(s shape) vg.Path {
	var path vg.Path
	m := s.middle()
	switch s.form {
	case rectangle:
		path.Move(p.at(xy{s.left, s.top}))
		path.Line(p.at(xy{s.right, s.top}))
		path.Line(p.at(xy{s.right, s.bottom}))
		path.Line(p.at(xy{s.left, s.bottom}))
	case rounded:
		r := (s.bottom - s.top) / 2
		path.Move(p.at(xy{s.left + r, s.top}))
		path.Arc(p.at(xy{s.left + r, m.y}), vg.Length(r)*vg.Millimeter, math.Pi/2, math.Pi)
		path.Arc(p.at(xy{s.right - r, m.y}), vg.Length(r)*vg.Millimeter, -math.Pi/2, math.Pi)
	case notch:
		path.Move(p.at(xy{s.left, s.top}))
		path.Arc(p.at(xy{m.x, s.top}), vg.Length(s.right-s.left)/2*vg.Millimeter, math.Pi, math.Pi)
	}
	path.Close()
	return path
}
