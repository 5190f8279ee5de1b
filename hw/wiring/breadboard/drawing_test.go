package breadboard_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
	"hillock/hw/wiring/breadboard"
)

// drawn is what an SVG says of a board: legs and wires in holes.
type drawn struct {
	legs  map[string]string    // "IC1.13" to holes, joined by blanks
	wires map[string][2]string // ends
	holes map[string]bool
	texts []string
}

// read reads an SVG.
func read(t *testing.T, svg []byte) drawn {
	t.Helper()
	d := drawn{map[string]string{}, map[string][2]string{}, map[string]bool{}, nil}
	for r := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			a := map[string]string{}
			for _, attr := range e.Attr {
				a[attr.Name.Local] = attr.Value
			}
			switch {
			case a["data-leg"] != "":
				d.legs[a["data-leg"]] = strings.TrimSpace(d.legs[a["data-leg"]] + " " + a["data-hole"])
			case a["data-wire"] != "":
				d.wires[a["data-wire"]] = [2]string{a["data-from"], a["data-to"]}
			case a["data-hole"] != "":
				d.holes[a["data-hole"]] = true
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(e)); text != "" {
				d.texts = append(d.texts, text)
			}
		}
	}
}

// strip returns the holes that a breadboard joins with a hole: "f-12" for "h12".
func strip(hole string) string {
	board, rest := "", hole
	if at := strings.IndexByte(hole, '.'); at >= 0 {
		board, rest = hole[:at+1], hole[at+1:]
	}
	for _, rail := range []string{"blue-left", "red-left", "blue-right", "red-right"} {
		if strings.HasPrefix(rest, rail+"-") {
			return board + rail
		}
	}
	if row, err := strconv.Atoi(rest[1:]); err == nil {
		if rest[0] <= 'e' {
			return fmt.Sprint(board, "a-", row)
		}
		return fmt.Sprint(board, "f-", row)
	}
	return hole
}

// joined returns the groups of ends that the drawing joins. It shares no code with package breadboard.
func (d drawn) joined() [][]string {
	group := map[string]string{}
	var root func(string) string
	root = func(s string) string {
		if group[s] == "" || group[s] == s {
			group[s] = s
			return s
		}
		return root(group[s])
	}
	join := func(a, b string) { group[root(a)] = root(b) }
	ends := map[string]bool{wiring.Ground: true, wiring.Supply: true}
	join(wiring.Ground, "blue-left")
	join(wiring.Supply, "red-left")
	for leg, holes := range d.legs {
		ends[leg] = true
		for hole := range strings.FieldsSeq(holes) {
			join(leg, strip(hole))
		}
	}
	for _, w := range d.wires {
		join(strip(w[0]), strip(w[1]))
		for _, end := range w {
			if strings.HasPrefix(end, "header-") {
				ends[end] = true
			}
		}
	}
	sets := map[string][]string{}
	for end := range ends {
		sets[root(end)] = append(sets[root(end)], end)
	}
	return groups(sets)
}

// groups returns sets with two or more ends, sorted.
func groups(sets map[string][]string) (all [][]string) {
	for _, set := range sets {
		if len(set) > 1 {
			slices.Sort(set)
			all = append(all, set)
		}
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

// wanted returns the groups of ends of a netlist in the words of the drawing.
func wanted(n *wiring.Netlist) [][]string {
	sets := map[string][]string{}
	for i, ends := range breadboard.Wanted(n) {
		for _, e := range ends {
			name := e.Part
			switch {
			case e.Part == wiring.Header:
				name = fmt.Sprint("header-", e.Pin)
			case e.Pin > 0:
				name = fmt.Sprintf("%s.%d", e.Part, e.Pin)
			}
			sets[fmt.Sprint(i)] = append(sets[fmt.Sprint(i)], name)
		}
	}
	return groups(sets)
}

// The holes of the drawing itself join what the netlist joins, and no two ends share a hole.
func TestDrawingJoinsWhatTheNetlistJoins(t *testing.T) {
	for name, n := range kits(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := breadboard.New(n)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(breadboard.Wanted(n), b.Nets()); diff != "" {
				t.Errorf("board (-want +got):\n%s", diff)
			}
			var svg bytes.Buffer
			if err := b.SVG(&svg, breadboard.Options{Page: true}); err != nil {
				t.Fatal(err)
			}
			d := read(t, svg.Bytes())
			if servo := slices.ContainsFunc(n.Parts, func(p wiring.Part) bool { return p.Kind == wiring.Servo }); !servo { // a plug has no hole of its own
				if diff := cmp.Diff(wanted(n), d.joined()); diff != "" {
					t.Errorf("drawing (-want +got):\n%s", diff)
				}
			}
			breadboard.CheckRoutes(t, b)
			in := map[string]string{}
			put := func(what, hole string) {
				if other := in[hole]; other != "" && !strings.HasPrefix(hole, "M") && !strings.HasPrefix(hole, "B") {
					t.Errorf("got %s and %s in hole %s, want one", other, what, hole)
				}
				if in[hole] = what; !d.holes[hole] && !strings.HasPrefix(hole, "M") && !strings.HasPrefix(hole, "B") && !strings.HasPrefix(hole, "probe") {
					t.Errorf("got %s in %s, want a hole of the drawing", what, hole)
				}
			}
			for leg, holes := range d.legs {
				for hole := range strings.FieldsSeq(holes) {
					put(leg, hole)
				}
			}
			for id, w := range d.wires {
				put(id, w[0])
				put(id, w[1])
			}
		})
	}
}

// The list has each part and each wire once, and a wire only after parts at both its ends.
// The name of a resistor is beside it, where a wire may pass: it lies over the wires.
func TestNamesOfResistorsAreOverTheWires(t *testing.T) {
	cfg, err := config.Load("../../../deploy/examples/retina.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	kit, err := wiring.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b, err := breadboard.New(kit)
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := b.SVG(&svg, breadboard.Options{}); err != nil {
		t.Fatal(err)
	}
	if name, wire := strings.LastIndex(svg.String(), ">R1</text>"), strings.LastIndex(svg.String(), "data-wire="); name < wire || wire < 0 {
		t.Errorf("the name R1 is at %d of the SVG, want it after the last wire at %d", name, wire)
	}
}

func TestListHasEachPartAndWire(t *testing.T) {
	for name, n := range examples(t) {
		b, err := breadboard.New(n)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, s := range b.Steps() {
			if s.Supply != "" {
				continue
			}
			if seen[s.Part+s.Wire] {
				t.Errorf("%s: got %q twice", name, s.Text)
			}
			seen[s.Part+s.Wire] = true
		}
		for _, p := range b.Parts {
			if !seen[p.Ref] {
				t.Errorf("%s: got no step for %s", name, p.Ref)
			}
		}
		if want := len(b.Parts) + len(b.Wires); len(seen) != want {
			t.Errorf("%s: got %d steps, want %d", name, len(seen), want)
		}
	}
}

// Each step draws one part or one wire more.
func TestEachStepAddsOne(t *testing.T) {
	b, err := breadboard.New(built(t, config.Default(part.Kinds())))
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for i, s := range b.Steps() {
		var svg bytes.Buffer
		if err := b.SVG(&svg, breadboard.Options{Step: i + 1}); err != nil {
			t.Fatal(err)
		}
		d := read(t, svg.Bytes())
		parts := map[string]bool{}
		for leg := range d.legs {
			ref, _, _ := strings.Cut(leg, ".")
			parts[ref] = true
		}
		if got := len(parts) + len(d.wires); got != before+1 {
			t.Errorf("step %d, %s: got %d parts and wires, want %d", i+1, s.Text, got, before+1)
		}
		before++
		if !bytes.Contains(svg.Bytes(), []byte(`class="bb-glow`)) {
			t.Errorf("step %d: got no glow, want one at its part or wire", i+1)
		}
	}
}

func TestPicturesAreOnA4(t *testing.T) {
	b, err := breadboard.New(built(t, config.Default(part.Kinds())))
	if err != nil {
		t.Fatal(err)
	}
	var svg, again, picture bytes.Buffer
	if err := errors.Join(b.SVG(&svg, breadboard.Options{}), b.SVG(&again, breadboard.Options{}), b.PNG(&picture, breadboard.Options{})); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(svg.Bytes(), again.Bytes()) {
		t.Error("got two different drawings of one board, want the same drawing")
	}
	img, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X < 2337 || got.X > 2340 || got.Y < 1652 || got.Y > 1655 {
		t.Errorf("got %v pixels, want A4 on its side at 200 dots per inch, 2339 by 1654", got)
	}
	if want := `width="297mm" height="210mm"`; !bytes.Contains(svg.Bytes(), []byte(want)) {
		t.Errorf("got no %s in the SVG", want)
	}
	texts := read(t, svg.Bytes()).texts
	for _, want := range []string{"hillock: built-in configuration", "IC1 MCP3008", "11: GPIO17", "black: header pin 6 to the blue rail, left (GND)"} {
		if !slices.Contains(texts, want) {
			t.Errorf("got no text %q in the SVG", want)
		}
	}
}
