//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// sizes are those of a laptop, a projector, a large screen and a phone upright and on its side, px, with the smallest letters
// there. Where it fits nothing scrolls, but the page of a network does.
var sizes = []struct {
	width, height int64
	letters       float64
	fits          bool
}{{1280, 800, 10, true}, {1920, 1080, 13, true}, {3840, 2160, 22, true}, {390, 844, 9, false}, {844, 390, 9, false}}

// look shows the page in a size and a theme.
func (p *tab) look(t *testing.T, width, height int64, theme string) {
	t.Helper()
	p.do(t, chromedp.EmulateViewport(width, height))
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		t.Fatal(err)
	}
	p.until(t, fmt.Sprintf("innerWidth === %d && document.documentElement.dataset.theme === '%s'", width, theme))
	eval[bool](t, p, "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
}

// laidOut fails with texts and controls on each other or out of sight, in any size and theme.
func (p *tab) laidOut(t *testing.T, name string) {
	t.Helper()
	script, err := os.ReadFile("testdata/layout.js")
	if err != nil {
		t.Fatal(err)
	}
	_, expression, _ := strings.Cut(string(script), "\n(")
	network := strings.HasPrefix(name, "network")
	for _, s := range sizes {
		if network {
			s.fits, s.letters = false, s.letters-1 // a board with many parts is drawn smaller
		}
		if (name == "noise" || name == "locked" || network) && s.width != 1280 && s.width != 390 {
			continue // the other sizes have room like one of these
		}
		for _, theme := range []string{"light", "dark"} {
			p.look(t, s.width, s.height, theme)
			got := eval[struct {
				Wrong    []string
				Boxes    int
				Smallest float64
				Height   int64
			}](t, p, "("+expression)
			if len(got.Wrong) > 0 || got.Boxes < 50 || got.Smallest < s.letters {
				t.Errorf("%dx%d, %s, %s: got %d texts and controls, the smallest letters %.1f px, want %g px at least, and\n%s", s.width, s.height, theme, name,
					got.Boxes, got.Smallest, s.letters, strings.Join(got.Wrong, "\n"))
			}
			if s.fits && got.Height > s.height {
				t.Errorf("%dx%d, %s, %s: got a page of %d px", s.width, s.height, theme, name, got.Height)
			}
			p.shot(t, fmt.Sprintf("%s-%d-%s", name, s.width, theme))
		}
	}
	p.look(t, 1280, 800, "light")
}

func (p *tab) layout(t *testing.T) {
	p.look(t, 1265, 800, "light") // beside a scroll bar
	if got := eval[[]string](t, p, "[...document.querySelectorAll('#equation span')].filter((s) => s.offsetHeight > 1.5 * parseFloat(getComputedStyle(s).lineHeight) || s.scrollWidth > s.clientWidth).map((s) => s.textContent)"); len(got) > 0 {
		t.Errorf("got %q on two lines", got)
	}
	p.laidOut(t, "live")
	p.crowd(t, true)
	p.laidOut(t, "crowded")
	p.crowd(t, false)
}

// boxes are the places of all parts of the page but the cursors and the words of the link.
const boxes = `Object.fromEntries([...document.querySelectorAll('header > :not(#link), section, section > *, #numbers > div, #sliders > *, #bench > *, .tools > *, footer')]
  .map((e, k) => [k + ' ' + (e.id || e.parentNode.id + ' ' + e.tagName), e.getBoundingClientRect()]).filter(([, b]) => b.width)
  .map(([name, b]) => [name, [b.left, b.top + scrollY, b.width, b.height].map(Math.round).join(' ')]))`

// still moves nothing under the hand.
func (p *tab) still(t *testing.T) {
	for _, s := range sizes {
		p.look(t, s.width, s.height, "light")
		before := eval[map[string]string](t, p, boxes)
		same := func(when string) {
			t.Helper()
			if diff := cmp.Diff(before, eval[map[string]string](t, p, boxes)); diff != "" {
				t.Errorf("%dx%d, %s: the page moved (-before +after):\n%s", s.width, s.height, when, diff)
			}
		}
		p.crowd(t, true)
		same("pause, cursors, persistence and a finding")
		p.crowd(t, false)
		same("without them")
		eval[chromedp.Void](t, p, "$('#slider-tau_m').focus()")
		p.press(t, kb.Home)
		eval[chromedp.Void](t, p, "$('"+knob+"').focus()")
		p.press(t, kb.End)
		p.until(t, "number('#rate') > 1000")
		same("at a rate of four digits")
		p.press(t, kb.Home)
		p.click(t, "#reset")
		p.until(t, "number('#rate') === 0")
		same("at rest")
		p.turn(t, 3)
	}
}

// crowd shows everything optional.
func (p *tab) crowd(t *testing.T, on bool) {
	t.Helper()
	for _, id := range []string{"persist", "cursors", "pause"} {
		p.toggle(t, id, on)
	}
	if !on {
		p.toggle(t, "trigger", false)
	}
	p.pull(t, on)
}

// paper has the scope and its readings on one white page.
func (p *tab) paper(t *testing.T) {
	p.look(t, 1280, 800, "dark")
	pdf, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(pdf.Data, []byte("/Type /Page\n")); n != 1 {
		t.Errorf("got %d pages, want 1", n)
	}
	if got := eval[string](t, p, "document.documentElement.dataset.theme"); got != "dark" {
		t.Errorf("got the theme %s after printing, want dark", got)
	}
	print := emulation.SetEmulatedMediaParams{Media: "print"}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, print); err != nil {
		t.Fatal(err)
	}
	p.until(t, "seen($('#numbers')) && $('#plots').checkVisibility() && !['#board', '#neuron', '#lab', '#pause', '#theme'].some((s) => $(s).checkVisibility())")
	p.look(t, 1280, 800, "light")
}

// accessible has axe-core look at the page in both themes.
func (p *tab) accessible(t *testing.T) {
	file := os.Getenv("HILLOCK_AXE")
	if file == "" {
		t.Skip("SKIPPED: the page under axe-core: HILLOCK_AXE=axe.min.js, of its npm package, runs it")
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p.do(t, chromedp.Evaluate[chromedp.Void](string(script)))
	for _, theme := range []string{"light", "dark"} {
		p.look(t, 1280, 800, theme)
		found := eval[[]string](t, p, `(await axe.run()).violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		  .flatMap((v) => v.nodes.map((n) => v.impact + ', ' + v.id + ': ' + n.html + ' ' + n.failureSummary))`)
		if len(found) > 0 {
			t.Errorf("%s: got\n%s", theme, strings.Join(found, "\n"))
		}
	}
}

// token gives a page beyond loopback its token, before which it changes nothing.
func (p *tab) token(t *testing.T) {
	const locked = "$('#auth').checkVisibility() && $('#slider-tau_m').disabled && $('#sweep').disabled && !$('" + knob + "')"
	give := func(token string) {
		t.Helper()
		p.click(t, "#token")
		p.press(t, strings.Split(token, "")...)
		p.press(t, kb.Enter)
	}
	p.until(t, "number('#rate') > 0 && "+locked)
	p.laidOut(t, "locked")
	give("open barley")
	p.until(t, "seen($('#error')) && "+locked)
	give("open sesame")
	p.until(t, "!$('#auth').checkVisibility() && !$('#slider-tau_m').disabled && !$('#sweep').disabled && $('"+knob+"')")
	p.turn(t, 3)
	p.fires(t, neuron.Default(), 3)
	p.do(t, chromedp.Reload())
	p.until(t, "number('#rate') > 0 && !$('#auth').checkVisibility() && $('"+knob+"')")
}

// at is the address of a page under a name of its host.
func at(t *testing.T, host, pages string) string {
	t.Helper()
	first, _, _ := strings.Cut(pages, " or ")
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + host + ":" + u.Port() + "/"
}
