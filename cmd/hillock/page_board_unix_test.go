//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hillock/neuron"
)

// inject chooses a fault and makes it.
func (p *tab) inject(t *testing.T, fault string) {
	t.Helper()
	eval[chromedp.Void](t, p, fmt.Sprintf("$('#fault').value = %q", fault))
	p.click(t, "#inject")
}

// misplaced has each wire out of its hole in the other one, and says of each wire whether it can be pulled out.
func (p *tab) misplaced(t *testing.T) {
	if n := eval[int](t, p, `[...document.querySelectorAll('#drawing .wire')].filter((w) => (w.role === 'button') === w.classList.contains('fixed')).length`); n > 0 {
		t.Errorf("got %d wires that are neither fixed nor to be pulled out, or both", n)
	}
	const into = `[...document.querySelectorAll('.moved.on')].filter((w) => w.checkVisibility()).map((w) => w.dataset.from + ' ' + w.dataset.into).sort().join()`
	for fault, want := range map[string]string{"CE one row too high": "24 22", "MISO and MOSI swapped": "19 21,21 19"} {
		p.inject(t, fault)
		p.until(t, fmt.Sprintf("%s === '%s' && text('#doctor').includes('header pin')", into, want))
		p.shot(t, fault)
	}
	p.click(t, "#mend")
	p.until(t, into+" === '' && $('#fault').value === 'none'")
}

// findings has the complete finding of each fault in view at 1280 x 800: saw, means and do, and the way to end the fault.
func (p *tab) findings(t *testing.T) {
	p.look(t, 1280, 800, "light")
	hint := p.text(t, "hint")
	faults := eval[[]string](t, p, "[...$('#fault').options].map((o) => o.value)")
	// A note, such as that of an LED that stays lit, has no label 'saw' beside its 'do'.
	const found = `[...document.querySelectorAll('#doctor p')].filter((f) => f.textContent.includes('saw: ') && f.textContent.includes('do: '))`
	for _, fault := range faults[1:] {
		p.inject(t, fault)
		p.until(t, "text('#hint').includes('Reset') && "+found+".length > 0")
		got := eval[struct{ Room, Needs, Labels, Title, Do string }](t, p, `(({ offsetHeight: room, scrollHeight: needs }) => ({
		  Room: String(room), Needs: needs > room ? needs + ' px: ' + text('#told') : String(room),
		  Labels: `+found+`.map((f) => [...f.querySelectorAll('b, i')].map((b) => b.textContent).filter((b) => b.endsWith(':')).join(' ')).find((b) => b) ?? '',
		  Title: $('#fault').title, Do: [...document.querySelectorAll('#doctor b')].some((b) => b.textContent === 'do:' && getComputedStyle(b).fontWeight >= 600) ? 'bold' : 'plain',
		}))($('#told'))`)
		if got.Room != got.Needs || got.Labels != "saw: means: do:" && got.Labels != "saw: do:" || got.Title != fault || got.Do != "bold" {
			t.Errorf("%s: got %+v, want the labels saw, means and a bold do, the fault as the title of the list, and room for all", fault, got)
		}
		p.shot(t, "finding "+strings.ReplaceAll(fault, "/", ""))
		p.click(t, "#mend")
		p.until(t, fmt.Sprintf("$('#fault').value === 'none' && %s.length === 0 && text('#hint') === %q", found, hint))
	}
}

// titles explain the buttons with short names.
func (p *tab) titles(t *testing.T) {
	for _, id := range []string{"mend", "reset", "toml", "persist", "forget", "shot", "csv", "sweep", "clear", "clear-isi", "shot-fi", "csv-fi", "shot-raster", "csv-raster", "shot-isi", "csv-isi"} {
		if title := eval[string](t, p, "$('#"+id+"').title"); title == "" {
			t.Errorf("got no title of the button %s", id)
		}
	}
	if got := eval[string](t, p, "$('#real').previousElementSibling.textContent + ' ' + text('#real').replace(/[\\d.]+/, '')"); got != "real time /s" {
		t.Errorf("got the reading %q, want %q", got, "real time /s")
	}
	eval[chromedp.Void](t, p, `(() => {
	  const { prototype } = CanvasRenderingContext2D, { fillText } = prototype;
	  window.drawn = new Set();
	  prototype.fillText = function (text, ...where) { if (this.canvas.closest('#plot-raster')) drawn.add(text); fillText.call(this, text, ...where); };
	})()`)
	p.until(t, "drawn.has('now')")
	if !eval[bool](t, p, "drawn.has('row')") {
		t.Errorf("got the labels %q, want the title of the axis, row", eval[[]string](t, p, "[...drawn]"))
	}
}

// newCurrent greys the rate until it is measured at the new current: no other rate stands beside a prediction.
func (p *tab) newCurrent(t *testing.T) {
	p.turn(t, 3)
	p.fires(t, neuron.Default(), 3)
	eval[chromedp.Void](t, p, `(() => {
	  window.beside = [];
	  window.greyed = 0;
	  new MutationObserver(() => {
	    const rate = $('#rate'), off = Math.abs(number('#rate') - number('#predicted'));
	    if (rate.classList.contains('unsettled')) greyed++;
	    else if (off > 2) beside.push(rate.textContent + ' beside ' + text('#predicted') + ' at ' + text('#i'));
	  }).observe($('#numbers'), { childList: true, characterData: true, subtree: true });
	})()`)
	for _, to := range []float64{2, 4, 0, 3} {
		p.turn(t, to)
		p.fires(t, neuron.Default(), to)
		p.until(t, "!$('#rate').classList.contains('unsettled')")
	}
	if got := eval[[]string](t, p, "beside"); len(got) > 0 || eval[int](t, p, "greyed") == 0 {
		t.Errorf("got %d grey rates and\n%s", eval[int](t, p, "greyed"), strings.Join(got, "\n"))
	}
}

// sound has clicks at the interspike intervals, each ahead of its time.
func (p *tab) sound(t *testing.T) {
	eval[chromedp.Void](t, p, `(() => {
	  const { prototype } = AudioBufferSourceNode, { start } = prototype;
	  window.clicks = [];
	  prototype.start = function (at) { clicks.push({ at, ahead: at - this.context.currentTime }); start.call(this, at); };
	})()`)
	p.toggle(t, "sound", true)
	p.until(t, `((some) => some.length === 40 && some.every(({ at, ahead }, k) => ahead > 0 && ahead < 0.4 && (k === 0 || Math.abs(at - some[k - 1].at - 0.0069) < 1e-6)))(clicks.slice(-40))`)
	p.toggle(t, "sound", false)
}

// keys are those of the terminal.
func (p *tab) keys(t *testing.T) {
	pressed := func(key, condition string) {
		t.Helper()
		p.press(t, key)
		p.until(t, condition)
	}
	eval[chromedp.Void](t, p, "document.activeElement.blur()")
	pressed("p", "$('#pause').ariaPressed === 'true'")
	pressed(kb.PageUp, "number('#back-time') > 0")
	pressed(kb.PageDown, "number('#back-time') === 0")
	pressed(" ", "$('#pause').ariaPressed === 'false'")
	pressed("t", "$('#trigger').ariaPressed === 'true'")
	pressed("t", "$('#trigger').ariaPressed === 'false'")
	pressed("+", "$('#base').value === '100'")
	pressed("-", "$('#base').value === '50'")
	pressed("x", "$('#fault').value === 'MISO open'")
	pressed("X", "$('#fault').value === 'none'")
	pressed("s", "$('#slider-speed').getAttribute('aria-valuetext') === '0.1 ×'")
	pressed("s", "$('#slider-speed').getAttribute('aria-valuetext') === '0.01 ×'")
	pressed("s", "$('#slider-speed').getAttribute('aria-valuetext') === '1 ×'")
	pressed(kb.Home, "$('"+knob+"').ariaValueNow === '0.000'")
	pressed(kb.ArrowUp, "$('"+knob+"').ariaValueNow === '0.500'")
	pressed(kb.ArrowLeft, "$('"+knob+"').ariaValueNow === '0.450'")
	pressed("?", "$('#keys').open && seen($('#keys'))")
	pressed("?", "!$('#keys').open")
	pressed("f", "document.fullscreenElement?.id === 'scope'")
	p.shot(t, "full screen")
	pressed("f", "!document.fullscreenElement")
	p.turn(t, 3)
}

// memory has the theme, the time base and the neuron of the visit before.
func (p *tab) memory(t *testing.T) {
	const now = "document.documentElement.dataset.theme + ' ' + $('#base')?.value + ' ' + $('#cell')?.selectedOptions[0]?.text"
	p.until(t, "number('#rate') >= 0 && "+now+" === 'light 500 n1'")
	p.click(t, "#theme")
	p.base(t, 100)
	eval[chromedp.Void](t, p, "($('#cell').value = 1, $('#cell').dispatchEvent(new Event('change')))")
	p.do(t, chromedp.Reload())
	p.until(t, now+" === 'dark 100 n2'")
	// Intervals begin anew with Clear. Slow motion shows it.
	p.until(t, "text('#isi') !== '–'")
	for eval[string](t, p, "$('#slider-speed').getAttribute('aria-valuetext')") != "0.01 ×" {
		p.press(t, "s")
		p.statuses(t, 2)
	}
	p.click(t, "#forget")
	p.until(t, "text('#isi') === '–'")
	p.until(t, "text('#isi') !== '–'")
	eval[chromedp.Void](t, p, "localStorage.clear()")
}
