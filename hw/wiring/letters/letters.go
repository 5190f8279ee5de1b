// Package letters measures texts and draws them as outlines: a text has the same width in each file format.
package letters

import (
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	vgfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

// Family is the font of all texts in an SVG: Liberation Sans, or one with its widths.
const Family = "Liberation Sans,Arial,Helvetica,sans-serif"

// Set is the letters of Liberation Sans.
type Set struct{ fonts *vgfont.Cache }

// New returns the letters.
func New() Set { return Set{vgfont.NewCache(liberation.Collection())} }

// face returns the letters of a size in points.
func (s Set) face(size float64, bold bool) vgfont.Face {
	f := vgfont.Font{Typeface: "Liberation", Variant: "Sans"}
	if bold {
		f.Weight = font.WeightBold
	}
	return s.fonts.Lookup(f, vg.Points(size))
}

// Measure returns the width and height of a text, mm.
func (s Set) Measure(size float64, bold bool, text string) (width, height float64) {
	face := s.face(size, bold)
	e := face.Extents()
	return float64(face.Width(text) / vg.Millimeter), float64((e.Ascent + e.Descent) / vg.Millimeter)
}

// Descent returns the length of letters below the base line, mm.
func (s Set) Descent(size float64, bold bool) float64 {
	face := s.face(size, bold)
	return float64(face.Extents().Descent / vg.Millimeter)
}

// Outlines returns the outlines of a text's letters. at is the left end of its base line, and y counts up.
func (s Set) Outlines(size float64, bold bool, text string, at vg.Point) vg.Path {
	f := s.face(size, bold).Face
	var buf sfnt.Buffer
	em := fixed.I(int(f.UnitsPerEm())) // at this size the outlines are exact
	length := func(v fixed.Int26_6) vg.Length { return vg.Length(v) / vg.Length(em) * vg.Points(size) }
	var path vg.Path
	var before sfnt.GlyphIndex
	for _, r := range text {
		glyph, err := f.GlyphIndex(&buf, r)
		if err != nil {
			continue // the font is part of the program
		}
		if kern, err := f.Kern(&buf, before, glyph, em, font.HintingNone); err == nil {
			at.X += length(kern)
		}
		segments, err := f.LoadGlyph(&buf, glyph, em, nil)
		if err != nil {
			continue
		}
		to := func(q fixed.Point26_6) vg.Point { return vg.Point{X: at.X + length(q.X), Y: at.Y - length(q.Y)} }
		for _, s := range segments {
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				path.Move(to(s.Args[0]))
			case sfnt.SegmentOpLineTo:
				path.Line(to(s.Args[0]))
			case sfnt.SegmentOpQuadTo:
				path.QuadTo(to(s.Args[0]), to(s.Args[1]))
			case sfnt.SegmentOpCubeTo:
				path.CubeTo(to(s.Args[0]), to(s.Args[1]), to(s.Args[2]))
			}
		}
		if advance, err := f.GlyphAdvance(&buf, glyph, em, font.HintingNone); err == nil {
			at.X += length(advance)
		}
		before = glyph
	}
	return path
}
