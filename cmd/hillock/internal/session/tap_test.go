package session_test

import (
	"fmt"
	"testing"

	"hillock/cmd/hillock/internal/session/sessiontest"
)

// A tap is one spike, in spite of the bounces.
func TestTapPressesTheButton(t *testing.T) {
	t.Parallel()
	b := network(t, follower, `input.wire.dead="20 ms"`)
	taps := sessiontest.At{}
	for i := range int64(5) {
		taps[100+300*i] = func() {
			if err := b.Session.Tap("wire"); err != nil {
				t.Error(err)
			}
		}
	}
	b.Observe(taps)
	b.Run(t, 2000)
	if got := spikeSteps(b, 0); len(got) != 5 || got[0] != 1002 {
		t.Errorf("got spikes in steps %v, want 5, the first in step 1002, one step after the first step of the next tick", got)
	}
	if edges := b.Virtual.Pin("GPIO22").EdgeCount(); edges <= 10 {
		t.Errorf("got %d edges, want bounces", edges)
	}
	if is := b.Session.Status().SpikeInputs; len(is) != 1 || !is[0].Button {
		t.Errorf("got %+v, want a button", is)
	}
	const want = `press: no input with a button is called "knob"`
	if err := b.Session.Tap("knob"); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	const real = "press: the button is a real one: press it by hand"
	if err := sessiontest.Real(t).Session.Tap("wire"); fmt.Sprint(err) != real {
		t.Errorf("got %v, want %s", err, real)
	}
}
