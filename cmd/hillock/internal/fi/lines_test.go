package fi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// wantSVG checks that a file is well-formed, contains the texts and names fonts of every system.
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
	pacemaker, coarse := neurons()["pacemaker"], neurons()["coarse"]
	for _, c := range []struct {
		name     string
		p        neuron.LIF
		from, to float64
		texts    []string
	}{
		{"default", neuron.Default(), 0, 5, []string{"n1: firing rate against input current", "input current (nA)", "firing rate (Hz)", "rheobase 1.5 nA",
			"tau_m 10 ms, E_L -70 mV, V_T -55 mV, V_reset -70 mV, R_m 10 MOhm, t_ref 0 ms, dt 0.1 ms; 200 ms a point",
			"steps of 0.1 ms", "continuous equation", "simulated"}},
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
		if err := curve.Chart().Picture(&b, ".svg"); err != nil {
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
	for name, p := range neurons() {
		for _, ends := range [][2]float64{{0, 5}, {1.4, 1.6}, {-2, 20}, {1.4999999, 1.5000001}} {
			from, to := ends[0], ends[1]
			top := p.ExactRate(to) / 1.3 // cut, as with a spike in nearly every step
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
	for name, p := range neurons() {
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
	p := neurons()["coarse"] // a spike in every third, second and single step
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
