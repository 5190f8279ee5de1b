//go:build unix

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// exampleTab starts an example, and opens its page.
func exampleTab(t *testing.T, ctx context.Context, name string, args ...string) *tab {
	t.Helper()
	p := open(t, ctx, pageOf(t, append([]string{filepath.Join("..", "..", "deploy", "examples", name+".toml"), "--web=127.0.0.1:0"}, args...)...))
	p.until(t, "text('#link') === 'live'")
	return p
}

// network has the picture of a half-centre, its currents, and sliders for its synapses.
func (p *tab) network(t *testing.T) {
	// Form and not only colour tells the kinds of synapses apart.
	const bars, heads = "[...document.querySelectorAll('#graph .bar')].filter((e) => e.checkVisibility()).length", "[...document.querySelectorAll('#graph .head')].filter((e) => e.checkVisibility()).length"
	p.until(t, "document.querySelectorAll('#graph .place').length === 2 && "+bars+" === 2 && "+heads+" === 0")
	p.until(t, "number('#synaptic') < -0.05 && number('#w') > 0.01")
	// A spike moves along its synapse.
	eval[bool](t, p, `await (async () => {
	  const dots = () => [...document.querySelectorAll('#graph .spots circle[visibility=visible]')].map((c) => Number(c.getAttribute('cx')));
	  for (let moves = 0, was = NaN; moves < 3; was = dots()[0]) { await next(); if (Math.abs(dots()[0] - was) > 1) moves++; }
	  return true;
	})()`)
	p.until(t, "document.querySelectorAll('#graph .place.on').length > 0")
	p.shot(t, "half-centre")
	if name, content := p.download(t, "#csv"); !strings.Contains(string(content), "left_synaptic_min_nA,left_synaptic_max_nA,left_w_min_nA,left_w_max_nA") {
		t.Errorf("got %s without the synaptic current and w:\n%.200s", name, content)
	}
	// A weight above 0 excites.
	p.drag(t, p.part(t, "#synapse-weight", 0.3, 0.5), p.part(t, "#synapse-weight", 0.75, 0.5)) // of -10 to 10 nA
	p.until(t, "number('#net-raster .slider output') > 4 && "+bars+" === 0 && "+heads+" === 2 && number('#synaptic') > 1")
	weight := eval[float64](t, p, "parseFloat($('#synapse-weight').getAttribute('aria-valuetext'))")
	if _, content := p.download(t, "#toml"); !strings.Contains(string(content), fmt.Sprintf(`weight = "%g nA"`, weight)) {
		t.Errorf("got\n%s\nwant the weight of the slider, %g nA", content, weight)
	}
	p.shot(t, "excites")
	p.click(t, "#reset")
	p.until(t, bars+" === 2 && $('#synapse-weight').getAttribute('aria-valuetext').startsWith('−3')")
	// A press on a neuron chooses it.
	p.click(t, "#graph .place:last-of-type .body")
	p.until(t, "$('#cell').value === '1'")
	p.laidOut(t, "network")
	p.accessible(t)
}

// light has the eight LEDs of a running light, one after the other, and a lane for each neuron.
func (p *tab) light(t *testing.T) {
	p.until(t, "document.querySelectorAll('#drawing .led').length === 8 && document.querySelectorAll('#graph .place').length === 9 && document.querySelectorAll('#graph .place.input').length === 1")
	eval[bool](t, p, `await (async () => {
	  const seen = new Set();
	  while (seen.size < 8) { await next(); for (const led of document.querySelectorAll('#drawing .led.on')) seen.add(led.dataset.output); }
	  return true;
	})()`)
	p.until(t, "document.querySelectorAll('#graph .place.on').length === 1")
	p.shot(t, "running light")
	p.laidOut(t, "network of a running light")
}

// lanes has a lane for each of eight neurons, and the potentials of all on one axis without them.
func (p *tab) lanes(t *testing.T) {
	p.until(t, "$('#lanes').ariaPressed === 'true' && $('#names').children.length === 9")
	lanes := eval[string](t, p, "$('#plot-v canvas').toDataURL()")
	p.toggle(t, "lanes", false)
	p.until(t, "$('#plot-v canvas').toDataURL() !== "+strconv.Quote(lanes))
	p.toggle(t, "lanes", true)
	// The keyboard chooses a synapse and changes it.
	eval[chromedp.Void](t, p, "$('#synapse').focus()")
	p.press(t, kb.ArrowDown)
	p.until(t, "$('#synapse').value === '1' && $('#graph .chosen.synapse').dataset.synapse === $('#synapse').selectedOptions[0].text")
	eval[chromedp.Void](t, p, "$('#synapse-tau').focus()")
	p.press(t, kb.End)
	p.until(t, "$('#synapse-tau').getAttribute('aria-valuetext') === '100.0 ms'")
	p.statuses(t, 4)
	p.click(t, "#reset")
	p.until(t, "$('#synapse-tau').getAttribute('aria-valuetext') === '10.0 ms'")
	p.laidOut(t, "network of eight neurons")
}

// population has the raster and the mean rate of two populations with 4000 neurons.
func (p *tab) population(t *testing.T) {
	p.until(t, "number('#rate') > 4 && number('#rate') < 8 && text('#rate-of') === 'mean rate of 3200'")
	p.until(t, "/exc: 200 of 3200 neurons, mean [4-7]\\.\\d Hz · inh: 200 of 800 neurons, mean [4-7]\\.\\d Hz/.test(text('#raster-note'))")
	p.statuses(t, 8)
	rows, seen := p.table(t, "#csv-raster", "hillock-spikes.csv", "neuron", "step", "ms"), map[string]bool{}
	for _, r := range rows {
		table, member, _ := strings.Cut(r[0], ".")
		seen[table] = true
		if k, err := strconv.Atoi(member); err != nil || table == "exc" && (k-1)%16 != 0 || table == "inh" && (k-1)%4 != 0 {
			t.Fatalf("got a spike of %s, want each 16th neuron of exc and each fourth of inh", r[0])
		}
	}
	if len(rows) < 200 || !seen["exc"] || !seen["inh"] {
		t.Errorf("got %d spikes of %v in 500 ms, want about 1100 of both populations", len(rows), seen)
	}
	p.until(t, "document.querySelectorAll('#graph .spots circle[visibility=visible]').length > 3")
	p.shot(t, "cuba")
	p.laidOut(t, "network of populations")
}
