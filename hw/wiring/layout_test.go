package wiring

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"
)

// pages returns the pages of all kits by their names, such as "kit, page 2".
func pages(all map[string]*Netlist) iter.Seq2[string, *Page] {
	return func(yield func(string, *Page) bool) {
		for name, n := range all {
			for i, page := range n.Pages() {
				if !yield(fmt.Sprintf("%s, page %d", name, i+1), page) {
					return
				}
			}
		}
	}
}

// segments returns the straight pieces of a wire as boxes.
func (l line) segments() []box {
	var all []box
	for i, q := range l.points[1:] {
		p, half := l.points[i], l.width/2
		all = append(all, box{min(p.x, q.x) - half, min(p.y, q.y) - half, max(p.x, q.x) + half, max(p.y, q.y) + half})
	}
	return all
}

func (b box) meets(other box) bool {
	return b.left < other.right && other.left < b.right && b.top < other.bottom && other.top < b.bottom
}

func (b box) within(other box) bool {
	return other.left <= b.left && b.right <= other.right && other.top <= b.top && b.bottom <= other.bottom
}

func (b box) grown(by float64) box {
	return box{b.left - by, b.top - by, b.right + by, b.bottom + by}
}

// NothingCrossesAText checks all kits. kits_test.go runs it, and the other exported tests of this file.
func NothingCrossesAText(t *testing.T, kits map[string]*Netlist) {
	t.Helper()
	for name, s := range pages(kits) {
		page := box{0, 0, pageWidth, pageHeight}.grown(-margin / 2)
		for i, l := range s.labels {
			if !l.within(page) {
				t.Errorf("%s: %q at %v is not on the page %v", name, l.text, l.box, page)
			}
			for _, other := range s.labels[i+1:] {
				if l.meets(other.box) {
					t.Errorf("%s: %q at %v lies on %q at %v", name, l.text, l.box, other.text, other.box)
				}
			}
			for _, sh := range s.under {
				if sh.form == notch && sh.meets(l.box) {
					t.Errorf("%s: %q at %v lies on the notch at %v", name, l.text, l.box, sh.box)
				}
			}
			for _, w := range s.wires {
				for _, segment := range w.segments() {
					if segment.meets(l.box) {
						t.Errorf("%s: the wire of %s at %v crosses %q at %v", name, w.net, segment, l.text, l.box)
					}
				}
			}
		}
	}
}

// TextsCanBeRead checks the height of the letters. Capitals and digits of Liberation Sans are 0.688 of its size.
func TextsCanBeRead(t *testing.T, kits map[string]*Netlist) {
	t.Helper()
	const least = 1.8 // mm on paper
	for name, s := range pages(kits) {
		for _, l := range s.labels {
			if high := 0.688 * l.style.size * float64(vg.Inch/vg.Millimeter) / 72; high < least {
				t.Errorf("%s: %q is %.1f mm high, want %.1f mm or more", name, l.text, high, least)
			}
		}
	}
}

// NoWireCrossesAPart checks the parts: the shapes with a black edge.
func NoWireCrossesAPart(t *testing.T, kits map[string]*Netlist) {
	t.Helper()
	const skin = 0.5 // mm inside the edge, for the end of a wire
	for name, s := range pages(kits) {
		parts := slices.DeleteFunc(slices.Clone(s.under), func(sh shape) bool { return sh.edge != black })
		for _, part := range parts {
			for _, w := range s.wires {
				for _, segment := range w.segments() {
					if segment.meets(part.grown(-skin)) {
						t.Errorf("%s: the wire of %s at %v crosses the part at %v", name, w.net, segment, part.box)
					}
				}
			}
		}
	}
}

// NoWireLiesOnAnother checks the distance of parallel wires of different nets. Wires may cross.
func NoWireLiesOnAnother(t *testing.T, kits map[string]*Netlist) {
	t.Helper()
	const apart = 0.5 // mm of paper between them
	for name, s := range pages(kits) {
		for i, a := range s.wires {
			for _, b := range s.wires[i+1:] {
				if a.net == b.net {
					continue
				}
				for _, p := range a.segments() {
					for _, q := range b.segments() {
						both := box{max(p.left, q.left), max(p.top, q.top), min(p.right, q.right), min(p.bottom, q.bottom)}
						wide, high := both.right-both.left, both.bottom-both.top
						if wide > 2 && high > -apart || high > 2 && wide > -apart {
							t.Errorf("%s: the wire of %s at %v runs on that of %s at %v", name, a.net, p, b.net, q)
						}
					}
				}
			}
		}
	}
}

// piece returns the ends of the wires of a net with a connection to a place.
func (s *Page) piece(net string, from xy) []xy {
	var ends []xy
	reached := []box{{from.x, from.y, from.x, from.y}}
	left := slices.DeleteFunc(slices.Clone(s.wires), func(l line) bool { return l.net != net })
	for more := true; more; {
		more = false
		left = slices.DeleteFunc(left, func(l line) bool {
			touches := slices.ContainsFunc(l.segments(), func(b box) bool { return slices.ContainsFunc(reached, b.grown(0.01).meets) })
			if touches {
				more = true
				reached = append(reached, l.segments()...)
				for _, end := range []xy{l.points[0], l.points[len(l.points)-1]} {
					if !slices.Contains(ends, end) {
						ends = append(ends, end)
					}
				}
			}
			return touches
		})
	}
	return ends
}

// WiresReachAllTheirEnds checks that each pin of the header is connected to all its parts, and that each part is on a page.
func WiresReachAllTheirEnds(t *testing.T, kits map[string]*Netlist) {
	t.Helper()
	for kit, n := range kits {
		drawn := map[string]bool{}
		reached := map[int]int{}
		for _, s := range n.Pages() {
			for _, l := range s.labels {
				for _, word := range strings.FieldsFunc(l.text, func(r rune) bool { return r == ' ' || r == ',' }) {
					drawn[word] = drawn[word] || l.left > margin // the lines at the foot begin at the margin
				}
			}
			for position := 1; position <= 40; position++ {
				for _, end := range s.piece(PinName(position), xy{pageWidth - 38.5 - padRadius, headerY(position)}) {
					if slices.ContainsFunc(s.labels, func(l label) bool {
						return l.text == strconv.Itoa(position) && math.Abs(l.middle().y-end.y) < 0.1 && l.right < end.x && end.x < l.right+3
					}) {
						reached[position]++
					}
				}
			}
		}
		for position := 1; position <= 40; position++ {
			if wires := n.at(position); len(wires) > 0 && wires[0].From.Pin > 0 && reached[position] != len(wires) {
				t.Errorf("%s: header pin %d: got %d ends beside its number, want %d", kit, position, reached[position], len(wires))
			}
		}
		for _, p := range n.Parts {
			if !drawn[p.Ref] {
				t.Errorf("%s: got no %s", kit, p.Ref)
			}
		}
	}
}

func HeaderIsNumberedAsOnThePi(t *testing.T, s *Page) {
	t.Helper()
	pads := map[string]xy{}
	var square []string
	for _, sh := range s.over {
		for _, l := range s.labels {
			if _, err := strconv.Atoi(l.text); err == nil && l.within(sh.box) && math.Abs(sh.right-sh.left-2*padRadius) < 1e-9 {
				pads[l.text] = sh.middle()
				if sh.form == rectangle {
					square = append(square, l.text)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"1"}, square); diff != "" {
		t.Errorf("square pads (-want +got):\n%s", diff)
	}
	if len(pads) != 40 {
		t.Fatalf("got %d pads, want 40", len(pads))
	}
	for odd := 1; odd < 40; odd += 2 {
		a, b := pads[strconv.Itoa(odd)], pads[strconv.Itoa(odd+1)]
		if a.y != b.y || a.x >= b.x || a.x != pads["1"].x || b.x != pads["2"].x {
			t.Errorf("got pin %d at %v and pin %d at %v, want them side by side, odd ones left", odd, a, odd+1, b)
		}
		if odd > 1 && a.y <= pads[strconv.Itoa(odd-2)].y {
			t.Errorf("got pin %d at %v, want it below the one before", odd, a)
		}
	}
}

// Files checks the SVG and the PNG of a page. second is the same page, laid out again: it must have the same SVG.
func Files(t *testing.T, page, second *Page) {
	t.Helper()
	var svg, again, picture bytes.Buffer
	if err := errors.Join(page.SVG(&svg), second.SVG(&again), page.PNG(&picture)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(svg.Bytes(), again.Bytes()) {
		t.Error("got two different drawings of one kit, want the same drawing")
	}
	img, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X < 1652 || got.X > 1655 || got.Y < 2337 || got.Y > 2340 {
		t.Errorf("got %v pixels, want A4 at 200 dots per inch, 1654 by 2339", got)
	}
	size, texts, inText := "", map[string]string{}, ""
	for d := xml.NewDecoder(&svg); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if inText = e.Name.Local; inText == "svg" {
				size = e.Attr[0].Value + " " + e.Attr[1].Value
			}
		case xml.CharData:
			texts[inText] += string(e) + "\n"
		case xml.EndElement:
			inText = ""
		}
	}
	if want := "595.28pt 841.89pt"; size != want || strings.TrimSpace(texts["title"]) != "wiring of built-in configuration" {
		t.Errorf("got a page of %s called %q, want %s and the configuration's name", size, texts["title"], want)
	}
	if want := "IC1 MCP3008, SPI0.0, 13 CLK to GPIO11 SCLK, header pin 23 (orange). "; !strings.Contains(texts["desc"], want) {
		t.Errorf("got the description\n%s\nwant in it %q", texts["desc"], want)
	}
	for _, l := range page.labels {
		if !strings.Contains("\n"+texts["text"], "\n"+l.text+"\n") {
			t.Errorf("got no text %q in the SVG", l.text)
		}
	}
}

// The outlines of a text are as wide as its box.
func TestOutlinesFillTheirBoxes(t *testing.T) {
	s := newPage()
	for _, text := range []string{"GPIO11 SCLK", "AVAVAVAV", "1"} {
		for _, st := range []style{plain, bold, small} {
			b := s.text(st, xy{10, 10}, 0, 0, text)
			path := pen{page: s}.outlines(label{box: b, text: text, style: st})
			left, right, upper, lower := 1e9, -1e9, -1e9, 1e9
			for _, c := range path {
				x, y := float64(c.Pos.X/vg.Millimeter), float64(c.Pos.Y/vg.Millimeter)
				left, right, upper, lower = min(left, x), max(right, x), max(upper, y), min(lower, y)
			}
			drawn := box{left, pageHeight - upper, right, pageHeight - lower}
			if !drawn.within(b.grown(0.05)) || right-left < 0.6*(b.right-b.left) {
				t.Errorf("%q at %g points: got outlines at %v, want them to fill %v", text, st.size, drawn, b)
			}
		}
	}
}
