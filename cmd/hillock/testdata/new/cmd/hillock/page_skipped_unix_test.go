//go:build unix

package main

import "testing"

func TestPageShowsWhatWasSkipped(t *testing.T) {
	p := open(t, chromium(t), pageOf(t, "--web=127.0.0.1:0"))
	defer p.well(t)
	p.until(t, `/^\d+ ms$/.test(text('#skipped'))`)
}
