package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/plotter"

	"hillock/neuron"
)

func TestFIPlotFiles(t *testing.T) {
	for _, ext := range []string{".svg", ".png", ".PNG"} {
		var files [2][]byte
		for i := range files {
			name := filepath.Join(t.TempDir(), "fi"+ext)
			_, errOut, err := fi(t.Context(), "--points", "11", "--duration", "100ms", "--plot", name)
			if err != nil {
				t.Fatal(err)
			}
			if want := name + " written\nrheobase 1.5 nA; "; !strings.HasPrefix(errOut, want) {
				t.Errorf("got %q, want it to begin with %q", errOut, want)
			}
			if files[i], err = os.ReadFile(name); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%s: got two files from the same input, want the same twice", ext)
		}
		if ext == ".svg" {
			wantSVG(t, files[0], "n1: firing rate against input current", "input current (nA)", "firing rate (Hz)", "rheobase 1.5 nA",
				"tau_m 10 ms, E_L -70 mV, V_T -55 mV, V_reset -70 mV, R_m 10 MOhm, t_ref 0 ms, dt 0.1 ms; 100 ms a point",
				"steps of 0.1 ms", "continuous equation", "simulated")
			continue
		}
		img, err := png.Decode(bytes.NewReader(files[0]))
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Size(); got.X != 1200 || got.Y != 825 {
			t.Errorf("%s: got %v, want 1200 by 825", ext, got)
		}
	}
}

// wantSVG checks that a file is well-formed, holds the texts, and names fonts that every machine has.
func wantSVG(t *testing.T, file []byte, texts ...string) {
	t.Helper()
	found := map[string]bool{}
	root := ""
	for d := xml.NewDecoder(bytes.NewReader(file)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if root == "" {
				root = token.Name.Local
			}
		case xml.CharData:
			found[string(token)] = true
		}
	}
	if root != "svg" {
		t.Errorf("got root element %q, want svg", root)
	}
	for _, text := range texts {
		if !found[text] {
			t.Errorf("got no text %q in the SVG", text)
		}
	}
	all, portable := bytes.Count(file, []byte("font-family:")), bytes.Count(file, []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	if all == 0 || all != portable {
		t.Errorf("got %d of %d texts in a font with replacements, want all", portable, all)
	}
}

func TestFIPlotsAtTheEdges(t *testing.T) {
	pacemaker, coarse := fiNeurons()["pacemaker"], fiNeurons()["coarse"]
	for _, c := range []struct {
		name     string
		p        neuron.LIF
		from, to float64
		texts    []string
	}{
		{"rheobase to the left", pacemaker, 0, 5, []string{"rheobase -0.5 nA (outside)", "continuous equation"}},
		{"rheobase in a pacemaker's range", pacemaker, -2, 5, []string{"rheobase -0.5 nA"}},
		{"rheobase to the right, silent", neuron.Default(), -1, 1, []string{"rheobase 1.5 nA (outside)"}},
		{"rheobase at the end", neuron.Default(), 0, 1.5, []string{"rheobase 1.5 nA"}},
		{"a spike at each step", coarse, 10, 20, []string{"continuous equation (above)"}},
		{"the widest", neuron.Default(), -neuron.MaxCurrent, neuron.MaxCurrent, []string{"-1000000", "1000000"}},
		{"the narrowest", neuron.Default(), 1.5, math.Nextafter(1.5, 2), nil},
	} {
		curve := measured(t, c.p, c.from, c.to, 21, 200*time.Millisecond)
		var b bytes.Buffer
		if err := curve.plot(&b, ".svg"); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		wantSVG(t, b.Bytes(), c.texts...)
		if bytes.Contains(b.Bytes(), []byte("NaN")) || bytes.Contains(b.Bytes(), []byte("Inf")) {
			t.Errorf("%s: got NaN or Inf in the SVG, want numbers", c.name)
		}
	}
}

func TestExactLineIsSmooth(t *testing.T) {
	for name, p := range fiNeurons() {
		for _, ends := range [][2]float64{{0, 5}, {1.4, 1.6}, {-2, 20}, {1.4999999, 1.5000001}} {
			from, to := ends[0], ends[1]
			top := p.ExactRate(to) / 1.3 // cut, as it is where spikes come at nearly each step
			line := exactLine(p, from, to, top)
			for i, xy := range line {
				if !(xy.X >= from && xy.X <= to && xy.Y >= 0 && xy.Y <= top) {
					t.Fatalf("%s: got the point %v, want it in the picture, %g to %g nA and up to %g Hz", name, xy, from, to, top)
				}
				if i == 0 {
					continue
				}
				if d := xy.Y - line[i-1].Y; !(d >= 0 && d <= top/300) || xy.X < line[i-1].X {
					t.Fatalf("%s from %g to %g nA: got %v after %v, want a rise of at most a 300th of the height", name, from, to, xy, line[i-1])
				}
			}
			if p.ExactRate(from) < top && line[0].X != from {
				t.Errorf("%s: got the first point %v, want it at %g nA", name, line[0], from)
			}
			if len(line) > 0 && line[len(line)-1].Y < 0.999*top {
				t.Errorf("%s: got the last point %v, want it at %g Hz", name, line[len(line)-1], top)
			}
		}
	}
}

func TestExactCurrentIsTheInverseOfExactRate(t *testing.T) {
	for name, p := range fiNeurons() {
		for _, rate := range []float64{20, 72, 150} {
			if got := p.ExactRate(p.ExactCurrent(rate)); math.Abs(got-rate) > 1e-9*rate {
				t.Errorf("%s: got %g Hz at the current for %g Hz", name, got, rate)
			}
		}
	}
	if got := neuron.Default().ExactCurrent(0); got != 1.5 {
		t.Errorf("got %g nA for no firing, want the rheobase, 1.5 nA", got)
	}
}

func TestDiscreteLineIsAStaircase(t *testing.T) {
	p := fiNeurons()["coarse"] // a spike at each third, second and each step
	var rates []float64
	for _, xy := range discreteLine(p, 2.1, 5) {
		rates = append(rates, xy.Y)
		if got := p.DiscreteRate(xy.X); got != xy.Y {
			t.Errorf("got %g Hz at %g nA, want %g", xy.Y, xy.X, got)
		}
	}
	if diff := cmp.Diff([]float64{1000.0 / 12, 125, 250, 250}, rates); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
}

func TestDotsAreAsManyAsTheEyeSees(t *testing.T) {
	few := measured(t, neuron.Default(), 0, 5, 101, 100*time.Millisecond)
	if got := len(few.dots()); got != 101 {
		t.Errorf("got %d dots, want all 101", got)
	}
	many := measured(t, neuron.Default(), 0, 5, 20_000, time.Millisecond)
	dots := many.dots()
	if len(dots) > 2000 || dots[0] != (plotter.XY{}) {
		t.Errorf("got %d dots from %v, want at most 2000 from the origin", len(dots), dots[0])
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		n         ticks
		want      string
	}{
		{0, 5, 5, "0 1 2 3 4 5"},
		{0, 5, 2, "0 5"},
		{0, 291.6, 5, "0 50 100 150 200 250"},
		{1.4, 1.6, 5, "1.40 1.45 1.50 1.55 1.60"},
		{0, 0.3, 3, "0.0 0.1 0.2 0.3"},
		{-0.3, 0.3, 5, "-0.3 -0.2 -0.1 0.0 0.1 0.2 0.3"},
		{-1e6, 1e6, 5, "-1000000 -500000 0 500000 1000000"},
		{1.499999, 1.500001, 5, "1.4999990 1.4999995 1.5000000 1.5000005 1.5000010"},
		{-1, 1, 2, "-1 0 1"},
		{1.499999991, 1.500000009, 5, "1.499999992 . 1.499999996 . 1.500000000 . 1.500000004 . 1.500000008"},
		{0, 1e-300, 5, "0 2e-301 4e-301 6e-301 8e-301 1e-300"},
		{0, 5e-324, 5, ""},
	} {
		var labels []string
		for _, tick := range c.n.Ticks(c.low, c.high) {
			if !(tick.Value >= c.low && tick.Value <= c.high) {
				t.Errorf("%g to %g: got a tick at %g, outside", c.low, c.high, tick.Value)
			}
			if tick.Label == "" {
				tick.Label = "."
			}
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g: got %q, want %q", c.low, c.high, got, c.want)
		}
	}
}
