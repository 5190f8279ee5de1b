//go:build unix

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hillock/neuron"
)

// breadboard pulls wires of the breadboard out, several at once, puts one into another hole, and finds hidden faults.
func (p *tab) breadboard(t *testing.T) {
	p.until(t, "document.querySelectorAll('#desk [data-wire][role=button]').length > 8 && number('#rate') > 0")
	p.until(t, "document.querySelector('#desk [data-kind=led].lit') && document.querySelector('#desk [data-wire].live')")
	p.shot(t, "breadboard")
	const knob = "#desk [data-kind=knob][role=slider]"
	eval[chromedp.Void](t, p, "$('"+knob+"').focus()")
	p.press(t, kb.End)
	p.fires(t, neuron.Default(), 5)
	p.until(t, "$('#desk [data-shaft]').getAttribute('transform').startsWith('rotate(135')")

	const ce, miso = "#desk [data-from=header-24]", "#desk [data-from=header-21]"
	p.clickAt(t, p.end(t, ce, 0.4))
	p.until(t, "$('#desk [data-from=header-24]').ariaPressed === 'true' && $('#fault').title === 'CS loose' && text('#doctor').includes('CE0')")
	p.clickAt(t, p.end(t, miso, 0.4))
	p.until(t, "$('#fault').title === 'CS loose + MISO open' || $('#fault').title === 'MISO open + CS loose'")
	p.until(t, "document.querySelectorAll('#desk .moved .loose').length === 2")
	p.shot(t, "breadboard-two-loose")
	p.clickAt(t, p.end(t, miso, 0.4)) // back
	p.until(t, "$('#fault').title === 'CS loose' && document.querySelectorAll('#desk .moved').length === 1")
	p.clickAt(t, p.end(t, ce, 0.4))
	p.until(t, "$('#fault').title === 'none' && document.querySelectorAll('#desk .moved').length === 0")
	p.fires(t, neuron.Default(), 5)

	p.drag(t, p.end(t, ce, 0), p.middle(t, "#desk [data-hole=header-22]"))
	p.until(t, "$('#fault').title === 'CS in GPIO25' && text('#doctor').includes('GPIO25')")
	p.shot(t, "breadboard-moved")
	eval[chromedp.Void](t, p, "$('"+ce+"').focus()")
	p.press(t, kb.ArrowDown) // the next free pin, 24: its own
	p.until(t, "$('#fault').title === 'none'")
	p.press(t, kb.ArrowDown) // 25: GND
	p.until(t, "$('#fault').title === 'CS in GND'")
	p.press(t, kb.Enter)
	p.until(t, "$('#fault').title === 'none'")

	p.do(t, chromedp.Click("#hide"))
	p.until(t, "text('#hide') === 'Reveal' && text('#hint').startsWith('1 hidden.') && !text('#doctor').includes('means:')")
	eval[bool](t, p, `await (async () => {
	  for (const wire of document.querySelectorAll('#desk [data-wire][role=button]')) {
	    if (text('#hide') !== 'Reveal') break;
	    wire.focus();
	    wire.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
	    for (let k = 0; k < 20; k++) await next();
	  }
	  return true;
	})()`)
	p.until(t, "text('#hide') === 'Hide faults' && text('#hint').startsWith('All found with')")
	p.until(t, "$('#fault').title === 'none'")
	p.do(t, chromedp.Click("#hide"))
	p.until(t, "text('#hide') === 'Reveal'")
	p.do(t, chromedp.Click("#hide"))
	p.until(t, "text('#hide') === 'Hide faults' && $('#fault').title !== 'none' && $('#fault').title !== 'hidden'")
	p.do(t, chromedp.Click("#mend"))
	p.until(t, "$('#fault').title === 'none'")
	p.accessible(t)
	p.do(t, chromedp.Click("#view"))
	p.until(t, "document.querySelector('#drawing .wire').checkVisibility() && text('#view') === 'Breadboard'")
	p.do(t, chromedp.Click("#view"))
}

// end returns a place on a wire, by its part of the length from its first end.
func (p *tab) end(t *testing.T, wire string, part float64) spot {
	t.Helper()
	to := eval[*spot](t, p, `((wire, from) => {
	  const line = [...wire.querySelectorAll('path')].at(-1);
	  for (let part = from; part < 1; part += 0.01) {
	    const { x, y } = line.getPointAtLength(part * line.getTotalLength()).matrixTransform(line.getScreenCTM());
	    if (wire.contains(document.elementFromPoint(x, y))) return { X: x, Y: y };
	  }
	  return null;
	})($('`+wire+`'), `+fmt.Sprint(part)+`)`)
	if to == nil {
		t.Fatalf("the mouse reaches no place of %s", wire)
	}
	return *to
}

// middle returns the middle of an element.
func (p *tab) middle(t *testing.T, element string) spot {
	t.Helper()
	return eval[spot](t, p, "(({ x, y, width, height }) => ({ X: x + width / 2, Y: y + height / 2 }))($('"+element+"').getBoundingClientRect())")
}

// clickAt presses a place with the mouse.
func (p *tab) clickAt(t *testing.T, to spot) {
	t.Helper()
	p.do(t, chromedp.MouseClickXY(to.X, to.Y))
}
