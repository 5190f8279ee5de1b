package breadboard_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"hillock/hw/wiring"
	"hillock/hw/wiring/breadboard"
)

func TestTooLargeKitIsAnError(t *testing.T) {
	n := &wiring.Netlist{Title: "large"}
	for i := range 60 {
		n.Parts = append(n.Parts, wiring.Part{Ref: fmt.Sprint("IC", i+1), Kind: wiring.Chip, Pins: make([]string, 16), Group: i + 1})
	}
	_, err := breadboard.New(n)
	if want := "60 parts: must fit on 6 breadboards with 63 rows: use a smaller kit, or the drawing without --breadboard"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestKitWithoutPartsHasABoard(t *testing.T) {
	b, err := breadboard.New(&wiring.Netlist{Title: "nothing"})
	if err != nil || len(b.Steps()) != 0 || len(b.Nets()) != 0 {
		t.Fatalf("got %v, want a board without steps", err)
	}
	var svg strings.Builder
	if err := b.SVG(&svg, breadboard.Options{}); err != nil || !strings.Contains(svg.String(), "hillock: nothing") {
		t.Errorf("got %v, want a drawing with its title", err)
	}
}

// A name from a file does not end the drawing.
func TestNamesAreEscaped(t *testing.T) {
	use := `<script>"&'`
	n := &wiring.Netlist{Title: use, Parts: []wiring.Part{{Ref: "S1", Kind: wiring.Button, Use: use, Pins: []string{"one side", "other side"}}},
		Wires: []wiring.Wire{{From: wiring.End{Part: "S1", Pin: 1}, To: wiring.End{Part: wiring.Header, Pin: 11}}}}
	b, err := breadboard.New(n)
	if err != nil {
		t.Fatal(err)
	}
	var svg strings.Builder
	if err := b.SVG(&svg, breadboard.Options{Page: true}); err != nil || strings.Contains(svg.String(), "<script") {
		t.Errorf("got %v and a tag of the name in\n%s", err, svg.String())
	}
	read(t, []byte(svg.String()))
}

func FuzzOhms(f *testing.F) {
	for _, ohms := range []float64{0, 0.47, 1, 330, 999.9, 4750, 10e3, 1e9, 1e12, -5, math.NaN(), math.Inf(1)} {
		f.Add(ohms)
	}
	f.Fuzz(func(t *testing.T, ohms float64) {
		if got := breadboard.BandNames(ohms); len(got) < 1 || len(got) > 5 {
			t.Errorf("%g Ohm: got %v, want at most five rings", ohms, got)
		}
	})
}

// The rings by hand, IEC 60062.
func TestRingsOfAResistor(t *testing.T) {
	for ohms, want := range map[float64]string{
		330:   "orange orange brown gold",
		1000:  "brown black red gold",
		2200:  "red red red gold",
		10e3:  "brown black orange gold",
		20e3:  "red black orange gold",
		1e6:   "brown black green gold",
		4.7:   "yellow violet gold gold",
		4750:  "yellow violet green brown brown",
		0.33:  "orange orange silver gold",
		100:   "brown black brown gold",
		99999: "brown black yellow gold",
	} {
		if got := strings.Join(breadboard.BandNames(ohms), " "); got != want {
			t.Errorf("%g Ohm: got %s, want %s", ohms, got, want)
		}
	}
}
