//go:build unix

package main

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hillock/neuron"
)

// spikes checks the raster and the histogram at a steady current.
func (p *tab) spikes(t *testing.T) {
	p.turn(t, 4)
	p.until(t, "text('#isi-note').match(/latest (\\d+)/)?.[1] >= 200 && text('#isi-note').includes('CV 0.000')")
	rates := firing(neuron.Default(), p.text(t, "i"))
	say := func(ms float64) string { return fmt.Sprintf("%.1f Hz", 1000/ms) }
	intervals := p.table(t, "#csv-isi", "hillock-isi.csv", "interval_ms")
	for _, r := range intervals {
		if ms := numbers(t, r...)[0]; !slices.Contains(rates, say(ms)) {
			t.Errorf("got an interval of %g ms, %s, want %v", ms, say(ms), rates)
		}
	}
	if n := len(intervals); n < 200 || n > 1000 {
		t.Errorf("got %d intervals, want at least 200 of the present current", n)
	}
	var at []float64
	for _, r := range p.table(t, "#csv-raster", "hillock-spikes.csv", "neuron", "step", "ms") {
		n := numbers(t, r[1:]...)
		if at = append(at, n[0]); r[0] != "n1" || math.Abs(n[0]*0.1-n[1]) > 1e-5 {
			t.Errorf("got %v, want a step of n1 and its ms", r)
		}
	}
	slices.Sort(at)
	for i := range len(at) - 1 {
		if ms := (at[i+1] - at[i]) * 0.1; !slices.Contains(rates, say(ms)) {
			t.Errorf("got a spike %g ms after another in the raster, %s, want %v", ms, say(ms), rates)
		}
	}
	if len(at) < 20 {
		t.Errorf("got %d spikes in the raster, want those of eight rows of 50 ms", len(at))
	}
}

// sweep measures the firing rate at all currents. Each point lies on the discrete curve.
func (p *tab) sweep(t *testing.T) {
	p.turn(t, 2)
	const underWay = "$('#sweep').ariaPressed === 'true' && /^Sweep \\d+ %$/.test(text('#sweep'))"
	const ended = "$('#sweep').ariaPressed === 'false' && text('#sweep') === 'Sweep'"
	p.click(t, "#sweep")
	p.until(t, underWay)
	p.until(t, "number('#i') > 4.5")
	p.until(t, ended)
	p.fires(t, neuron.Default(), 2) // as before the sweep
	p.shot(t, "swept")
	points := func() (all [][]float64) {
		for _, r := range p.table(t, "#csv-fi", "hillock-fi.csv", "current_na", "rate_hz") {
			all = append(all, numbers(t, r...))
		}
		if !slices.IsSortedFunc(all, slices.Compare) {
			t.Errorf("got the points %v, want them sorted", all)
		}
		return all
	}
	const known = 1e-5      // nA: the current of a point has six digits
	const silence = 8 * 100 // steps: 8 tau_m without a spike count as 0 Hz
	steps := func(current float64) float64 {
		if n, ok := neuron.Default().StepsBetweenSpikes(current); ok {
			return float64(n)
		}
		return math.Inf(1)
	}
	all := points()
	last := 0.0
	for _, point := range all {
		i, n := point[0], math.Round(1000/(point[1]*0.1))
		least, most := steps(i+known), steps(i-known)
		if on := least <= n && n <= most || n >= silence && most >= silence; !on {
			t.Errorf("got a point at %g nA and %g Hz, an interval of %g steps, want %g to %g", i, point[1], n, least, most)
		}
		if i-last > 0.2 {
			t.Errorf("got no point between %g and %g nA", last, i)
		}
		last = i
	}
	if last < 4.9 {
		t.Errorf("got no point beyond %g nA, want them up to 5 nA", last)
	}
	t.Logf("%d points", len(all))
	p.click(t, "#clear")
	if left := points(); len(left) > 0 && left[0][0] < 1.9 {
		t.Errorf("got %v after Clear, want only new points", left)
	}
	p.click(t, "#sweep")
	p.until(t, underWay)
	p.click(t, "#sweep")
	p.until(t, ended)
	p.turn(t, 2)
}

// sweepOfAnother chooses another neuron during a sweep: the sweep goes on, the page names its neuron, and the button stops it.
func (p *tab) sweepOfAnother(t *testing.T) {
	p.until(t, "text('#link') === 'live' && number('#rate') > 0 && text('#swept') === '' && $('#network').hidden && $('#bench #plot-raster')")
	p.click(t, "#sweep")
	p.until(t, "text('#swept') === 'sweep of n1' && number('#i') > 0.5")
	eval[chromedp.Void](t, p, "(() => { $('#cell').value = 1; $('#cell').dispatchEvent(new Event('change')); })()")
	p.statuses(t, 2)
	p.until(t, "$('#sweep').ariaPressed === 'true' && /^Sweep \\d+ %$/.test(text('#sweep')) && text('#swept') === 'sweep of n1'")
	p.shot(t, "sweep of another")
	p.click(t, "#sweep")
	p.until(t, "$('#sweep').ariaPressed === 'false' && text('#sweep') === 'Sweep' && text('#swept') === ''")
	p.click(t, "#sweep")
	p.until(t, "text('#swept') === 'sweep of n2'")
	p.click(t, "#sweep")
}

// count is an expression: how many intervals the histogram has.
const count = "Number(text('#isi-note').match(/latest (\\d+)/)?.[1] ?? 0)"

// intervals begin anew at another current and at a Clear.
func (p *tab) intervals(t *testing.T) {
	p.turn(t, 2)
	p.until(t, count+" > 200")
	p.click(t, "#clear-isi")
	p.until(t, count+" < 100")
	p.until(t, count+" > 200")
	p.turn(t, 3)
	p.until(t, count+" > 20 && text('#isi-note').includes('CV 0.000')")
	rates := firing(neuron.Default(), p.text(t, "i"))
	for _, r := range p.table(t, "#csv-isi", "hillock-isi.csv", "interval_ms") {
		if got := fmt.Sprintf("%.1f Hz", 1000/numbers(t, r...)[0]); !slices.Contains(rates, got) {
			t.Fatalf("got an interval of %s ms, %s, after a change of the current, want %v", r[0], got, rates)
		}
	}
}

// labPictures have twice the page's pixels and the plots' colours. CSV files have no long tails of digits.
func (p *tab) labPictures(t *testing.T) {
	for _, name := range []string{"fi", "raster", "isi"} {
		file, content := p.download(t, "#shot-"+name)
		img, err := png.Decode(bytes.NewReader(content))
		if err != nil || file != "hillock-"+name+".png" {
			t.Fatalf("got %s and %v, want a picture hillock-%s.png", file, err, name)
		}
		if dir := os.Getenv("HILLOCK_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
				t.Error(err)
			}
		}
		size := eval[struct{ W, H float64 }](t, p, fmt.Sprintf("({ W: $('#plot-%s').clientWidth, H: $('#plot-%s').clientHeight })", name, name))
		if b := img.Bounds(); float64(b.Dx()) < 2*size.W || float64(b.Dy()) < 2*size.H {
			t.Errorf("%s: got %d x %d px, want twice the plot's %g x %g px, with texts", name, b.Dx(), b.Dy(), size.W, size.H)
		}
		blue := 0
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if color.NRGBAModel.Convert(img.At(x, y)) == (color.NRGBA{0, 0x72, 0xb2, 0xff}) { // --v
					blue++
				}
			}
		}
		if blue < 100 {
			t.Errorf("%s: got %d px of its curve, strokes or bars, want at least 100", name, blue)
		}
		_, text := p.download(t, "#csv-"+name)
		for field := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == ',' || r == '\n' }) {
			if len(field) > 12 {
				t.Errorf("%s: got %q in the CSV, want at most 12 characters", name, field)
			}
		}
	}
}

// pause holds the equation, the lab and the lamps.
func (p *tab) pause(t *testing.T) {
	const held = "[text('#equation'), text('#isi-note'), $('#plot-raster canvas').toDataURL(), $('#plot-isi canvas').toDataURL()].join()"
	p.toggle(t, "pause", true)
	p.statuses(t, 2)
	before := eval[string](t, p, held)
	p.statuses(t, 3)
	if after := eval[string](t, p, held); after != before {
		t.Error("the equation or the lab goes on during a pause")
	}
	p.toggle(t, "pause", false)
	p.until(t, held+" !== "+strconv.Quote(before))
}
