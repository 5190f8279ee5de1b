package wiring

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

// kits are the sheets that the geometry is held to: the shipped configurations, the largest, the smallest, and many that
// chance has made.
func kits(t *testing.T) map[string]*Netlist {
	t.Helper()
	all := map[string]*Netlist{"default": built(t, config.Default())}
	examples, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(examples) < 2 {
		t.Fatalf("got %v and %v, want two examples or more", examples, err)
	}
	for _, file := range examples {
		cfg, err := config.Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		unknown := func(driver string) bool {
			return !slices.Contains([]string{"mcp3008", "wave", "file", "pulse"}, driver)
		}
		if slices.ContainsFunc(cfg.Inputs, func(in config.Input) bool { return unknown(in.Driver) }) ||
			slices.ContainsFunc(cfg.Outputs, func(out config.Output) bool { return unknown(out.Driver) }) {
			if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "no wiring is known for ") {
				t.Errorf("%s: got %v, want it refused", file, err)
			}
			continue
		}
		all[file] = built(t, cfg)
	}
	for name, size := range map[string][4]int{"2 chips, 4 knobs, 6 LEDs": {2, 2, 6, 0}, "most": {5, 8, 9, 0}, "LEDs": {0, 0, 12, 0}, "one LED": {0, 0, 1, 0}} {
		all[name] = built(t, madeKit(size[0], size[1], size[2], rand.New(rand.NewPCG(1, 2))))
	}
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(3, seed))
		all[fmt.Sprint("chance ", seed)] = built(t, madeKit(r.IntN(6), 1+r.IntN(4), 1+r.IntN(8), r))
	}
	return all
}

// madeKit is a configuration with so many chips, knobs on each and LEDs, on channels and pins of chance.
func madeKit(chips, knobs, leds int, r *rand.Rand) *config.Config {
	cfg := &config.Config{File: "a-configuration-with-a-name-of-some-length.toml"}
	taken := map[string]bool{}
	for _, port := range []string{"SPI0.0", "SPI1.2", "SPI0.1", "SPI1.0", "SPI1.1"}[:chips] {
		for _, pin := range config.PortPins(port) {
			taken[pin] = true
		}
		driver, channels := "mcp3008", 8
		if knobs <= 4 && r.IntN(2) == 0 {
			driver, channels = "mcp3004", 4
		}
		for _, channel := range r.Perm(channels)[:knobs] {
			cfg.Inputs = append(cfg.Inputs, knob(strings.Repeat("n", 1+r.IntN(32)), driver, port, channel))
		}
	}
	for _, pin := range r.Perm(28) {
		if name := fmt.Sprint("GPIO", pin); len(cfg.Outputs) < leds && !taken[name] {
			cfg.Outputs = append(cfg.Outputs, led(strings.Repeat("W", 1+r.IntN(32)), name))
		}
	}
	return cfg
}

// segments are the straight pieces of a wire, as the boxes that they cover.
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

func TestNothingCrossesAText(t *testing.T) {
	for name, n := range kits(t) {
		s := n.drawing()
		page := box{0, 0, s.width, s.height}.grown(-margin / 2)
		for i, l := range s.labels {
			if !l.within(page) {
				t.Errorf("%s: %q at %v is not on the page %v", name, l.text, l.box, page)
			}
			for _, other := range s.labels[i+1:] {
				if l.meets(other.box) {
					t.Errorf("%s: %q at %v lies on %q at %v", name, l.text, l.box, other.text, other.box)
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

// A part is drawn black-edged.
func TestNoWireCrossesAPart(t *testing.T) {
	const skin = 0.5 // mm, of a wire that ends at the edge
	for name, n := range kits(t) {
		s := n.drawing()
		parts := slices.DeleteFunc(s.under, func(sh shape) bool { return sh.edge != black })
		if len(parts) < len(n.Parts) {
			t.Errorf("%s: got %d shapes for %d parts", name, len(parts), len(n.Parts))
		}
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

// Wires may cross, but not run so near beside each other that an eye takes one for the other.
func TestNoWireLiesOnAnother(t *testing.T) {
	const apart = 0.5 // mm of paper between them
	all := kits(t)
	for channels := 1; channels < 1<<8; channels++ { // any of the knobs of a chip
		cfg := &config.Config{}
		for c := range 8 {
			if channels>>c&1 == 1 {
				cfg.Inputs = append(cfg.Inputs, knob(fmt.Sprint("k", c), "mcp3008", "SPI0.0", c))
			}
		}
		all[fmt.Sprintf("channels %08b", channels)] = built(t, cfg)
	}
	for name, n := range all {
		s := n.drawing()
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

// Every wire that a trunk draws is one piece from the header to all of its parts.
func TestTrunksReachAllTheirEnds(t *testing.T) {
	for kit, n := range kits(t) {
		s := n.drawing()
		for position := 1; position <= 40; position++ {
			wires := n.at(position)
			if len(wires) == 0 || wires[0].From.Pin == 0 {
				continue
			}
			ends := map[xy]bool{}
			for _, w := range s.wires {
				if w.net == name(position) {
					ends[w.points[0]], ends[w.points[len(w.points)-1]] = true, true
				}
			}
			reached := 0
			for end := range ends {
				for _, l := range s.labels {
					if l.text == strconv.Itoa(position) && l.middle().y == end.y {
						reached++
					}
				}
			}
			want := len(wires)
			if position%2 == 1 { // the wire of an even pin is beside its number only at the parts
				want++
			}
			if reached < want {
				t.Errorf("%s: header pin %d: got %d ends beside its number, want %d", kit, position, reached, want)
			}
		}
	}
}

func TestHeaderIsNumberedAsOnThePi(t *testing.T) {
	s := built(t, config.Default()).drawing()
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

func TestFiles(t *testing.T) {
	n := built(t, config.Default())
	var svg, again, picture bytes.Buffer
	if err := errors.Join(n.SVG(&svg), n.SVG(&again), n.PNG(&picture)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(svg.Bytes(), again.Bytes()) {
		t.Error("got two drawings of one kit, want the same twice")
	}
	img, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X < 1652 || got.X > 1655 || got.Y < 2337 || got.Y > 2340 {
		t.Errorf("got %v pixels, want A4 at 200 dots per inch, 1654 by 2339", got)
	}
	size, texts := "", 0
	for d := xml.NewDecoder(&svg); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "svg" {
			size = e.Attr[0].Value + " " + e.Attr[1].Value
		} else if ok && e.Name.Local == "text" {
			texts++
		}
	}
	if want := "595.28pt 841.89pt"; size != want || texts > 0 {
		t.Errorf("got a page of %s with %d texts in a viewer's fonts, want %s and none", size, texts, want)
	}
}

// The outlines that are drawn are as wide as the box that the text was given.
func TestOutlinesFillTheirBoxes(t *testing.T) {
	s := newSheet(pageWidth, pageHeight)
	for _, text := range []string{"GPIO11 SCLK", "AVAVAVAV", "1"} {
		for _, st := range []style{plain, bold, small} {
			b := s.text(st, xy{10, 10}, 0, 0, text)
			path := pen{sheet: s, mm: 1}.outlines(label{b, text, st})
			left, right, upper, lower := 1e9, -1e9, -1e9, 1e9
			for _, c := range path {
				left, right = min(left, float64(c.Pos.X)), max(right, float64(c.Pos.X))
				upper, lower = max(upper, float64(c.Pos.Y)), min(lower, float64(c.Pos.Y))
			}
			drawn := box{left, s.height - upper, right, s.height - lower}
			if !drawn.within(b.grown(0.05)) || right-left < 0.6*(b.right-b.left) {
				t.Errorf("%q at %g points: got outlines at %v, want them to fill %v", text, st.size, drawn, b)
			}
		}
	}
}
