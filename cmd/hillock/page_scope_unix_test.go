//go:build unix

package main

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hillock/neuron"
)

// base sets the time base by its buttons.
func (p *tab) base(t *testing.T, ms int) {
	t.Helper()
	for n := 0; ; n++ {
		switch now := eval[int](t, p, "Number($('#base').value)"); {
		case n == 20:
			t.Fatalf("got a time base of %d ms, want %d ms", now, ms)
		case now > ms:
			p.click(t, "#faster")
		case now < ms:
			p.click(t, "#slower")
		default:
			return
		}
	}
}

// toggle presses a button with two states.
func (p *tab) toggle(t *testing.T, id string, on bool) {
	t.Helper()
	p.click(t, "#"+id)
	p.until(t, fmt.Sprintf("$('#%s').ariaPressed === '%t'", id, on))
}

// pale is the number of the scope's pixels in a faint colour of V: those of earlier sweeps.
const pale = `(() => {
  const scope = $('#plot-v canvas'), copy = new OffscreenCanvas(scope.width, scope.height), ctx = copy.getContext('2d', { willReadFrequently: true });
  ctx.drawImage(scope, 0, 0);
  const { data } = ctx.getImageData(0, 0, copy.width, copy.height);
  let n = 0;
  for (let k = 0; k < data.length; k += 4) if (data[k + 3] > 20 && data[k + 3] < 140 && data[k + 2] - data[k] > 100) n++;
  return n;
})()`

// persistence shows earlier sweeps beside the new one while the wheel turns the knob.
func (p *tab) persistence(t *testing.T) {
	p.base(t, 50)
	before := eval[int](t, p, pale)
	p.click(t, "#persist")
	p.until(t, "$('#persist').ariaPressed === 'true' && $('#trigger').ariaPressed === 'true'")
	end := time.Now().Add(deadline)
	for n := 0; eval[int](t, p, pale) < 2*before; n++ {
		if time.Now().After(end) {
			t.Fatalf("got no more of the sweeps of before than %d pale pixels, which there were without them", before)
		}
		over := p.part(t, knob, 0.5, 0.5)
		p.do(t, chromedp.MouseEvent(chromedp.MouseWheel, over.X, over.Y, func(e *input.DispatchMouseEventParams) {
			e.DeltaX = 1 // one of 0 is not sent, and asked for
			e.DeltaY = map[bool]float64{true: -100, false: 100}[n%60 < 30]
		}))
	}
	p.shot(t, "persistence")
	p.toggle(t, "trigger", false)
	p.until(t, "$('#persist').ariaPressed === 'false'")
}

// speed is real time: the pulses of the LED run together.
func (p *tab) speed(t *testing.T) {
	p.turn(t, 3)
	p.slide(t, "slider-speed", 750, "1 ×") // of 0.001 to 10, logarithmic
	p.until(t, "number('#real') > number('#rate') / 2")
	p.fires(t, neuron.Default(), 3)
	p.until(t, "/^led stays lit: .* use a shorter pulse .width. or a lower speed $/.test(text('#doctor'))")
}

// drawn is a row of the scope's CSV.
type drawn struct {
	first, steps, spikes           int
	end, low, high, last, iLo, iHi float64
}

func (p *tab) columns(t *testing.T) (all []drawn) {
	t.Helper()
	rows := p.table(t, "#csv", "hillock-scope.csv", "first_step", "steps", "end_ms",
		"n1_v_min_mV", "n1_v_max_mV", "n1_v_last_mV", "n1_i_min_nA", "n1_i_max_nA", "n1_spikes")
	for _, r := range rows {
		n := numbers(t, r...)
		all = append(all, drawn{first: int(n[0]), steps: int(n[1]), end: n[2], low: n[3], high: n[4], last: n[5], iLo: n[6], iHi: n[7], spikes: int(n[8])})
	}
	if len(all) == 0 {
		t.Fatal("the scope's CSV is empty")
	}
	return all
}

func numbers(t *testing.T, fields ...string) (all []float64) {
	t.Helper()
	for _, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		if len(f) > 14 { // the tail of a 32-bit float
			t.Errorf("got %s, want fewer digits", f)
		}
		all = append(all, v)
	}
	return all
}

// until is the last step of some columns.
func until(all []drawn) int { last := all[len(all)-1]; return last.first + last.steps - 1 }

// scope shows a steady current over 50 ms: 500 steps.
func (p *tab) scope(t *testing.T) {
	const span = 500
	p.toggle(t, "pause", true)
	p.until(t, "seen($('#back-label'))")
	held := p.columns(t)
	const shown = "text('#numbers') + text('#equation') + $('#drawing .led').classList"
	still := eval[string](t, p, shown)
	p.statuses(t, 4)
	if now := eval[string](t, p, shown); now != still {
		t.Errorf("got in pause\n%s, want\n%s", now, still)
	}
	if again := p.columns(t); !slices.Equal(held, again) {
		t.Error("the scope pauses, and its CSV goes on")
	}
	if from := until(held) - span; held[0].first > from+1 || held[0].first+held[0].steps <= from {
		t.Errorf("got columns of the steps %d to %d, want %d steps", held[0].first, until(held), span)
	}
	all := 0
	for i, c := range held {
		all += c.spikes
		if i > 0 && c.first != held[i-1].first+held[i-1].steps {
			t.Errorf("got step %d after %d steps from %d", c.first, held[i-1].steps, held[i-1].first)
		}
		if end := float64(c.first+c.steps-1) * 0.1; fmt.Sprintf("%.4f", end) != fmt.Sprintf("%.4f", c.end) {
			t.Errorf("got end_ms %g after step %d, want %g", c.end, c.first+c.steps-1, end)
		}
		if !(-70 <= c.low && c.low <= c.last && c.last <= c.high && c.high < -55) || c.iLo != c.iHi || c.iLo < 2.9 || c.iLo > 3.1 {
			t.Errorf("got %+v, want V from -70 to -55 mV and a steady 3 nA", c)
		}
	}
	if steps, _ := neuron.Default().StepsBetweenSpikes(held[0].iLo); all != span/int(steps) && all != span/int(steps)+1 {
		t.Errorf("got %d spikes in %d steps, want one each %d", all, span, steps)
	}
	p.cursors(t, held, span)
	p.picture(t)
	eval[chromedp.Void](t, p, "$('#back').focus()")
	p.until(t, "text('#back-time') === '0 ms back'")
	p.press(t, kb.End)
	p.until(t, "number('#back-time') > 0 && $('#back').getAttribute('aria-valuetext') === text('#back-time')")
	if back := p.columns(t); until(back) > held[0].first {
		t.Errorf("scrolled back the scope shows the steps %d to %d, after those from %d", back[0].first, until(back), held[0].first)
	}
	p.toggle(t, "pause", false)
	p.until(t, "!seen($('#back-label'))")
	for end := time.Now().Add(deadline); until(p.columns(t)) <= until(held); {
		if time.Now().After(end) {
			t.Fatal("the scope does not go on after its pause")
		}
	}
}

// cursors read the time, from the right edge, and V.
func (p *tab) cursors(t *testing.T, held []drawn, span int) {
	t.Helper()
	p.toggle(t, "cursors", true)
	p.until(t, "seen($('#reading'))")
	reading := func(a, b float64) string { // at parts of the width
		v := func(part float64) float64 {
			step := until(held) - span + int(part*float64(span))
			i := slices.IndexFunc(held, func(c drawn) bool { return step < c.first+c.steps })
			return held[i].last
		}
		ms := func(part float64) float64 { return (part - 1) * float64(span) / 10 }
		return strings.ReplaceAll(fmt.Sprintf("A %.1f ms, %.2f mV · B %.1f ms, %.2f mV · B − A: %.1f ms (%.1f Hz), %.2f mV",
			ms(a), v(a), ms(b), v(b), ms(b)-ms(a), 1000/(ms(b)-ms(a)), v(b)-v(a)), "-", "−")
	}
	if got, want := p.text(t, "reading"), reading(0.3, 0.6); got != want {
		t.Errorf("got cursors\n%s, want\n%s", got, want)
	}
	p.shot(t, "cursors")
	p.click(t, "#cursor-a") // where it is already
	p.press(t, kb.PageUp)
	b := p.part(t, "#cursor-b", 0.5, 0.1)
	p.drag(t, b, spot{b.X + 20, b.Y}, spot{b.X + 1000, b.Y})
	if got, want := p.text(t, "reading"), reading(0.35, 1); got != want {
		t.Errorf("got cursors\n%s, want\n%s", got, want)
	}
	p.toggle(t, "cursors", false)
}

// picture has V in its colour on the ground of the theme, at two pixels for each of the page, with room for texts.
func (p *tab) picture(t *testing.T) {
	t.Helper()
	name, content := p.download(t, "#shot")
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil || name != "hillock-scope.png" {
		t.Fatalf("got %s and %v, want a picture hillock-scope.png", name, err)
	}
	count := map[color.NRGBA]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			count[color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)]++
		}
	}
	ground, v := color.NRGBA{0xf6, 0xf7, 0xf8, 0xff}, color.NRGBA{0, 0x72, 0xb2, 0xff} // --panel and --v
	plots := eval[spot](t, p, "({ X: $('#plots').clientWidth, Y: $('#plots').clientHeight })")
	if size := img.Bounds().Size(); float64(size.X) < 2*plots.X || float64(size.Y) < 2*plots.Y+150 || count[ground] < size.X*size.Y/4 || count[v] < 500 {
		t.Errorf("got a picture of %v, %d pixels of its ground and %d of V", size, count[ground], count[v])
	}
}

// trigger has a spike at a fifth of the width, time and again.
func (p *tab) trigger(t *testing.T) {
	p.toggle(t, "trigger", true)
	for drawing := range 4 {
		all := p.columns(t)
		// Where columns are wider than a step, the first begins before the window.
		least, most := all[0].first+100, all[0].first+all[0].steps-1+100
		found := slices.ContainsFunc(all, func(c drawn) bool { return c.spikes > 0 && c.first <= most && c.first+c.steps > least })
		if !found && drawing > 0 { // the first may be from before the trigger
			t.Errorf("got no spike in the steps %d to %d, a fifth of the width from %d", least, most, all[0].first)
		}
	}
	p.turn(t, 0)
	p.until(t, "seen($('#waiting')) && /^waiting for a spike: the last one was .* ago$/.test(text('#waiting'))")
	p.shot(t, "waiting")
	p.turn(t, 3)
	p.until(t, "!seen($('#waiting'))")
	p.toggle(t, "trigger", false)
}
