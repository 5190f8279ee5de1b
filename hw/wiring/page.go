package wiring

import "hillock/hw/wiring/letters"

// Page is a drawing on A4, in mm from the upper left corner.
type Page struct {
	under   []shape // parts: no wire crosses them
	wires   []line
	over    []shape // pads, discs and joints, drawn over the wires
	labels  []label
	letters letters.Set

	title, description string // of the SVG; the description has the wires in words

	crowded bool // wires run too near beside each other
}

type xy struct{ x, y float64 }

type box struct{ left, top, right, bottom float64 }

func (b box) middle() xy { return xy{(b.left + b.right) / 2, (b.top + b.bottom) / 2} }

// A line is a wire with corners. net is its connection: wires of one net may touch.
type line struct {
	points []xy
	width  float64
	color  Color
	net    string
}

// form is the outline of a shape in its box.
type form int

const (
	rectangle form = iota
	rounded        // the short sides are half circles
	notch          // the lower half of a disc
)

type shape struct {
	form
	box
	fill, edge Color
}

type label struct {
	box
	text   string
	style  style
	anchor float64 // part of the text at its place: 0 its left end, 1 its right end
}

// style is the style of a text, its size in points.
type style struct {
	size  float64
	bold  bool
	color Color
}

var (
	white = Color{"", 255, 255, 255}
	pale  = Color{"", 0xF2, 0xF2, 0xF2}
	faint = Color{"", 0xC8, 0xC8, 0xC8}
	dark  = Color{"", 0x50, 0x50, 0x50}

	plain = style{size: 8, color: black}
	bold  = style{size: 8, bold: true, color: black}
	small = style{size: 7.5, color: black}
	quiet = style{size: 8, color: dark}
)

func newPage() *Page { return &Page{letters: letters.New()} }

// measure returns the width and height of a text, mm.
func (s *Page) measure(st style, text string) (width, height float64) {
	return s.letters.Measure(st.size, st.bold, text)
}

// text sets a text. h and v are the part of it at the place: 0 its left and top, 1 its right and bottom.
func (s *Page) text(st style, at xy, h, v float64, text string) box {
	width, height := s.measure(st, text)
	b := box{left: at.x - h*width, top: at.y - v*height}
	b.right, b.bottom = b.left+width, b.top+height
	s.labels = append(s.labels, label{b, text, st, h})
	return b
}

// fit cuts a text to a width.
func (s *Page) fit(st style, width float64, text string) string {
	if w, _ := s.measure(st, text); w <= width {
		return text
	}
	r := []rune(text)
	for len(r) > 0 {
		if w, _ := s.measure(st, string(r)+"..."); w <= width {
			break
		}
		r = r[:len(r)-1]
	}
	return string(r) + "..."
}

// onColor returns a style readable on a colour.
func onColor(st style, c Color) style {
	if 299*int(c.R)+587*int(c.G)+114*int(c.B) < 128_000 { // ITU-R BT.601 luma
		st.color = white
	} else {
		st.color = black
	}
	return st
}

const pillHeight = 4.2

// pillWidth returns the width of a pill with a text.
func (s *Page) pillWidth(text string) float64 {
	w, _ := s.measure(bold, text)
	return max(w+2.2, 5.4)
}

// pill draws the disc at the end of a wire, with the name of the other end. h is 0 or 1, as for text.
func (s *Page) pill(at xy, h float64, c Color, text string) {
	w := s.pillWidth(text)
	b := box{at.x - h*w, at.y - pillHeight/2, at.x + (1-h)*w, at.y + pillHeight/2}
	s.over = append(s.over, shape{rounded, b, c, c})
	s.text(onColor(bold, c), b.middle(), 0.5, 0.5, text)
}

const wireWidth = 0.75

func (s *Page) wire(net string, c Color, points ...xy) {
	s.wires = append(s.wires, line{points, wireWidth, c, net})
}

// joint draws the dot of connected wires.
func (s *Page) joint(at xy, c Color) {
	const r = 1.15
	s.over = append(s.over, shape{rounded, box{at.x - r, at.y - r, at.x + r, at.y + r}, c, c})
}
