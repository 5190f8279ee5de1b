//go:build unix

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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
