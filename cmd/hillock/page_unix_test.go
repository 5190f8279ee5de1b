//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hillock/neuron"
)

// The page in a real browser, with mouse, keys and touch: the knob, the wires, the sliders, the scope and the lab.
func TestPageInChromium(t *testing.T) {
	ctx, outer := chromium(t), t
	p := open(t, ctx, pageOf(t, "--web=127.0.0.1:0"))
	p.until(t, "text('#link') === 'live' && number('#rate') > 0")
	for _, part := range []struct {
		name string
		try  func(*testing.T)
	}{
		{"the LED", p.led},
		{"touch", p.touch},
		{"the knob by mouse", p.knobByMouse},
		{"the knob by keyboard", p.knobByKeyboard},
		{"a wire", p.wire},
		{"sliders", p.sliders},
		{"persistence", p.persistence},
		{"speed", p.speed},
		{"sound", p.sound},
		{"the scope", p.scope},
		{"trigger", p.trigger},
		{"spikes", p.spikes},
		{"intervals", p.intervals},
		{"pause", p.pause},
		{"lab's pictures", p.labPictures},
		{"sweep", p.sweep},
		{"misplaced wires", p.misplaced},
		{"findings", p.findings},
		{"titles", p.titles},
		{"a new current", p.newCurrent},
		{"keys", p.keys},
		{"layout", p.layout},
		{"nothing moves", p.still},
		{"paper", p.paper},
		{"axe-core", p.accessible},
	} {
		ok := t.Run(part.name, func(t *testing.T) {
			defer p.well(t)
			part.try(t)
		})
		if !ok {
			return // the next parts begin at the end of this one
		}
	}
	t.Run("a tab while a wire is out", func(t *testing.T) {
		defer p.well(t)
		p.second(t, ctx)
	})
	t.Run("restart", func(t *testing.T) {
		var p *tab
		t.Run("before", func(t *testing.T) {
			page := pageOf(t, "--web=127.0.0.1:0")
			p = open(outer, ctx, page)
			p.until(t, "text('#link') === 'live' && number('#rate') > 0")
			p.toggle(t, "pause", true)
		})
		t.Run("after", func(t *testing.T) { // the pause is over
			pageOf(t, "--web="+p.host)
			p.until(t, "text('#link') === 'live' && number('#rate') > 0 && $('#pause').ariaPressed === 'false'")
		})
	})
	t.Run("memory", func(t *testing.T) {
		two := open(t, ctx, pageOf(t, "--web=127.0.0.1:0", filepath.Join("..", "..", "deploy", "examples", "two-neurons.toml")))
		defer two.well(t)
		two.memory(t)
	})
	t.Run("two neurons", func(t *testing.T) {
		both := open(t, ctx, pageOf(t, "../../deploy/examples/two-neurons.toml", "--web=127.0.0.1:0", "--set=loop.speed=1"))
		defer both.well(t)
		both.sweepOfAnother(t)
	})
	for _, network := range []struct {
		name string
		try  func(*tab, *testing.T)
	}{{"half-centre", (*tab).network}, {"running-light", (*tab).light}, {"ring-attractor", (*tab).lanes}, {"cuba", (*tab).population}} {
		t.Run(network.name, func(t *testing.T) {
			p := exampleTab(t, ctx, network.name)
			defer p.well(t)
			network.try(p, t)
		})
	}
	t.Run("breadboard", func(t *testing.T) {
		desk := openOn(t, ctx, pageOf(t, "--web=127.0.0.1:0"), "breadboard")
		defer desk.well(t)
		desk.breadboard(t)
	})
	t.Run("breadboard of xor", func(t *testing.T) {
		xor := openOn(t, ctx, pageOf(t, "../../deploy/examples/xor.toml", "--web=127.0.0.1:0"), "breadboard")
		defer xor.well(t)
		xor.until(t, "document.querySelectorAll('#desk [data-kind=led]').length === 4")
		xor.until(t, "document.querySelector('#desk [data-kind=led].lit')")
		xor.shot(t, "breadboard-xor")
	})
	t.Run("noise", func(t *testing.T) {
		noisy := open(t, ctx, pageOf(t, "--web=127.0.0.1:0", "--set=neuron.n1.sigma=5 mV"))
		defer noisy.well(t)
		noisy.until(t, "text('#predicted') === 'no prediction: the membrane has noise'")
		noisy.laidOut(t, "noise")
	})
	t.Run("from another machine", func(t *testing.T) {
		far := open(t, ctx, at(t, remote, pageOf(t, "--web=0.0.0.0:0", "--web-token=open sesame")))
		far.until(t, "text('#link') === 'live' && number('#rate') > 0")
		far.well(t) // the console is silent
	})
	t.Run("token", func(t *testing.T) {
		locked := open(t, ctx, at(t, "127.0.0.1", pageOf(t, "--web=0.0.0.0:0", "--web-token=open sesame")))
		defer locked.well(t)
		locked.token(t)
	})
}

const knob = ".knob[role=slider]"

// full is the largest code of the MCP3008 (DS21295D, 5.0). The knob's current is most nA there.
const full, most = 1023, 5.0

// firing returns the predicted rates of all currents with the same text on the page.
func firing(p neuron.LIF, shown string) (rates []string) {
	for code := range full + 1 {
		if i := most * float64(code) / full; fmt.Sprintf("%.2f nA", i) == shown {
			rates = append(rates, fmt.Sprintf("%.1f Hz", p.DiscreteRate(i)))
		}
	}
	return rates
}

// fires waits until the neuron has a current and its predicted rate.
func (p *tab) fires(t *testing.T, params neuron.LIF, current float64) {
	t.Helper()
	p.until(t, fmt.Sprintf("Math.abs(number('#i') - %g) < 0.011", current))
	want := firing(params, p.text(t, "i"))
	p.until(t, fmt.Sprintf("%s.includes(text('#predicted')) && text('#rate') === text('#predicted')", list(want)))
}

// list returns a JavaScript array of words.
func list(words []string) string { return "['" + strings.Join(words, "', '") + "']" }

// turn turns the knob to a current with the arrow keys, one percent per key.
func (p *tab) turn(t *testing.T, current float64) {
	t.Helper()
	eval[chromedp.Void](t, p, "$('"+knob+"').focus()")
	for end := time.Now().Add(deadline); ; {
		now := eval[struct{ Knob, I float64 }](t, p, "({ Knob: Number($('"+knob+"').ariaValueNow), I: number('#i') })")
		switch off := current - now.Knob; {
		case time.Now().After(end):
			t.Fatalf("got %+v, want %g nA", now, current)
		case math.Abs(off) > 0.3:
			p.press(t, map[bool]string{true: kb.PageUp, false: kb.PageDown}[off > 0])
		case math.Abs(off) > 0.026:
			p.press(t, map[bool]string{true: kb.ArrowUp, false: kb.ArrowDown}[off > 0])
		case math.Abs(now.I-now.Knob) < 0.011:
			return
		}
	}
}

func (p *tab) led(t *testing.T) {
	eval[bool](t, p, `await new Promise((done) => {
	  const led = $('.led'), on = () => led.classList.contains('on');
	  let was = on(), changes = 0;
	  new MutationObserver((_, observer) => {
	    if (on() !== was) changes++;
	    was = on();
	    if (changes === 4) { observer.disconnect(); done(true); }
	  }).observe(led, { attributes: true, attributeFilter: ['class'] });
	})`)
}

func (p *tab) knobByMouse(t *testing.T) {
	p.fires(t, neuron.Default(), 2) // the virtual Pi's first position
	// Up is more wherever the hand begins, and on through the middle: 200 px from one end to the other. Sideways is nothing.
	for _, from := range []spot{{0.5, 0.5}, {0.15, 0.6}, {0.85, 0.6}} {
		at := p.part(t, knob, from.X, from.Y)
		p.drag(t, at, spot{at.X + 1, at.Y - 4}, spot{at.X - 1, at.Y - 8}, spot{at.X + 40, at.Y - 8})
		p.fires(t, neuron.Default(), eval[float64](t, p, "Number($('"+knob+"').ariaValueNow)"))
	}
	p.until(t, "$('"+knob+"').ariaValueNow === '2.600'")
	// A flick of a touchpad counts by its distance, and a wheel of lines too.
	if got, want := eval[string](t, p, `((k) => {
	  const turn = (deltaY, deltaMode) => k.dispatchEvent(new WheelEvent('wheel', { deltaY, deltaMode, bubbles: true, cancelable: true }));
	  for (let n = 0; n < 30; n++) turn(-4, 0);
	  const flick = k.ariaValueNow;
	  turn(3, 1);
	  return flick + ' ' + k.ariaValueNow;
	})($('`+knob+`'))`), "2.660 2.610"; got != want {
		t.Errorf("got %s nA after 120 px and after 3 lines back, want %s", got, want)
	}
}

// touch turns the knob and presses buttons and a slider with a finger. The page must not scroll under the knob.
func (p *tab) touch(t *testing.T) {
	finger := func(on bool) {
		t.Helper()
		if _, err := chromedp.Call(p.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: on}); err != nil {
			t.Fatal(err)
		}
	}
	touch := func(kind input.DispatchTouchEventType, at ...spot) {
		t.Helper()
		points := []*input.TouchPoint{}
		for _, s := range at {
			points = append(points, &input.TouchPoint{X: s.X, Y: s.Y})
		}
		if _, err := chromedp.Call(p.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			t.Fatal(err)
		}
	}
	tap := func(selector string) {
		t.Helper()
		touch(input.DispatchTouchEventTypeTouchStart, p.part(t, selector, 0.5, 0.5))
		touch(input.DispatchTouchEventTypeTouchEnd)
	}
	finger(true)
	defer finger(false)
	p.look(t, 390, 844, "light") // the page is higher than this window, and could scroll
	at := p.part(t, knob, 0.5, 0.5)
	before := eval[float64](t, p, "scrollY")
	touch(input.DispatchTouchEventTypeTouchStart, at)
	for y := 0.0; y >= -60; y -= 10 {
		touch(input.DispatchTouchEventTypeTouchMove, spot{at.X, at.Y + y})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	p.fires(t, neuron.Default(), 2+most*60/200)
	if after := eval[float64](t, p, "scrollY"); after != before {
		t.Errorf("the page scrolled from %g to %g px under the knob", before, after)
	}
	tap("#pause")
	p.until(t, "$('#pause').ariaPressed === 'true'")
	tap("#pause")
	p.until(t, "$('#pause').ariaPressed === 'false'")
	tap("#slider-tau_m") // its middle
	p.until(t, "$('#slider-tau_m').value === '500'")
	tap("#reset")
	p.look(t, 1280, 800, "light")
	p.turn(t, 2)
}

func (p *tab) knobByKeyboard(t *testing.T) {
	p.click(t, "h1")
	for n := 0; !eval[bool](t, p, "document.activeElement === $('"+knob+"')"); n++ {
		if n == 100 {
			t.Fatal("the key Tab does not come to the knob")
		}
		p.press(t, kb.Tab)
	}
	p.press(t, kb.End)
	p.fires(t, neuron.Default(), 5)
	p.press(t, kb.PageDown)
	p.fires(t, neuron.Default(), 4.5)
	p.press(t, kb.ArrowLeft)
	p.fires(t, neuron.Default(), 4.45)
	p.press(t, kb.Home)
	p.fires(t, neuron.Default(), 0)
	p.turn(t, 3)
	p.fires(t, neuron.Default(), 3)
}

// pull presses the wire of MISO, and so pulls it out or puts it back.
func (p *tab) pull(t *testing.T, out bool) {
	t.Helper()
	to := eval[*spot](t, p, `((wire) => {
	  wire.scrollIntoView({ block: 'center' });
	  for (const line of wire.querySelectorAll('path, line, polyline')) {
	    for (let part = 0.02; part < 1 && line.getScreenCTM(); part += 0.02) {
	      const { x, y } = line.getPointAtLength(part * line.getTotalLength()).matrixTransform(line.getScreenCTM());
	      if (wire.contains(document.elementFromPoint(x, y))) return { X: x, Y: y };
	    }
	  }
	  return null;
	})($('`+miso+`'))`)
	if to == nil {
		t.Fatal("the mouse reaches no place of the wire")
	}
	p.do(t, chromedp.MouseClickXY(to.X, to.Y))
	p.until(t, pulled[out])
}

const miso = `[data-fault="MISO open"]`

// pulled are the states of the page with the wire out and with the wire in its place.
var pulled = map[bool]string{
	true:  "text('#doctor').includes('MISO') && $('" + miso + "').ariaPressed === 'true' && $('#fault').value === 'MISO open'",
	false: "!text('#doctor').includes('MISO') && $('" + miso + "').ariaPressed === 'false' && $('#fault').value === 'none'",
}

func (p *tab) wire(t *testing.T) {
	p.pull(t, true)
	p.until(t, "text('#i') === '0.00 nA'")
	p.shot(t, "pulled")
	p.pull(t, false)
	p.fires(t, neuron.Default(), 3)
	eval[chromedp.Void](t, p, "$('"+miso+"').focus()")
	p.press(t, kb.Enter)
	p.until(t, pulled[true])
	p.press(t, " ")
	p.until(t, pulled[false])
}

// second opens another tab while a wire is out. There the knob has the same position and turns from it.
func (p *tab) second(t *testing.T, ctx context.Context) {
	p.turn(t, 3)
	p.pull(t, true)
	other := open(t, ctx, "http://"+p.host)
	defer other.well(t)
	other.until(t, pulled[true]+" && text('#i') === '0.00 nA'")
	other.statuses(t, 2)
	eval[chromedp.Void](t, other, "$('"+knob+"').focus()")
	other.press(t, kb.ArrowUp)
	p.pull(t, false)
	p.fires(t, neuron.Default(), 3.05)
	other.press(t, kb.ArrowDown)
	p.fires(t, neuron.Default(), 3)
}

// statuses waits for n more statuses of the server.
func (p *tab) statuses(t *testing.T, n int) {
	t.Helper()
	eval[bool](t, p, fmt.Sprintf(`await (async () => {
	  for (let n = 0, was = text('#foot'); n < %d; n++, was = text('#foot')) while (text('#foot') === was) await next();
	  return true;
	})()`, n))
}

// slide moves a slider to one of its 1000 places, with the mouse and then with the arrow keys.
func (p *tab) slide(t *testing.T, id string, place int, shown string) {
	t.Helper()
	p.drag(t, p.part(t, "#"+id, 0.5, 0.5), p.part(t, "#"+id, float64(place)/1000, 0.5))
	for end := time.Now().Add(deadline); ; {
		now := eval[struct {
			Place float64
			Shown string
		}](t, p, "({ Place: $('#"+id+"').valueAsNumber, Shown: $('#"+id+"').getAttribute('aria-valuetext') })")
		switch {
		case time.Now().After(end):
			t.Fatalf("%s: got %+v, want %s", id, now, shown)
		case now.Shown == shown:
			if p.statuses(t, 2); eval[string](t, p, "$('#"+id+"').getAttribute('aria-valuetext')") == shown {
				return
			}
		case now.Place < float64(place):
			p.press(t, kb.ArrowRight)
		default:
			p.press(t, kb.ArrowLeft)
		}
	}
}

func (p *tab) sliders(t *testing.T) {
	// One key at a time, each with the server's answer. Two of three places have the same tau_m there.
	eval[chromedp.Void](t, p, "$('#slider-tau_m').focus()")
	for range 3 {
		p.press(t, kb.ArrowRight)
		p.statuses(t, 4) // the page keeps its own value for 0.7 s
	}
	p.until(t, "parseFloat($('#slider-tau_m').getAttribute('aria-valuetext')) > 10 && $('#slider-tau_m').value > 502")
	slow := neuron.Default()
	slow.TauM = 20
	p.slide(t, "slider-tau_m", 650, "20.0 ms") // of 1 to 100 ms, logarithmic
	p.fires(t, slow, 3)
	p.until(t, "text('#equation').includes('20.0 ms')")
	if name, content := p.download(t, "#toml"); name != "hillock.toml" || !strings.Contains(string(content), `tau_m = "20 ms"`) {
		t.Errorf("got %s:\n%s\nwant hillock.toml with tau_m at 20 ms", name, content)
	}
	p.click(t, "#reset")
	p.until(t, "$('#slider-tau_m').getAttribute('aria-valuetext') === '10.0 ms'")
	p.fires(t, neuron.Default(), 3)
	leaky := neuron.Default()
	leaky.EL = -65
	p.slide(t, "slider-e_l", 500, "−65.0 mV") // of -90 to -40 mV
	p.fires(t, leaky, 3)
	p.slide(t, "slider-sigma", 200, "2.0 mV") // of 0 to 10 mV
	p.until(t, "text('#predicted') === 'no prediction: the membrane has noise'")
	p.click(t, "#reset")
	p.until(t, "$('#slider-sigma').getAttribute('aria-valuetext') === '0.0 mV'")
	p.fires(t, neuron.Default(), 3)
}
