package terminal

import (
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// touched is a neuron with a button.
const touched = `
loop.speed = 1
[input.touch]
driver = "edge"
pin = "GPIO22"
dead = "20 ms"
[neuron.n1]
[synapse.a]
from = "touch"
to = "n1"
kind = "delta"
weight = "20 mV"
`

func TestKeyPressesTheButton(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("touch.toml", []byte(touched), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Traced: true})
	s := newScreen(b.Session, nil, nil)
	b.Run(t, 100)
	s.typed("b")
	if s.notice != nil || !b.Virtual.Buttons["touch"].Pressed() {
		t.Errorf("got the notice %q, want a pressed button", s.notice)
	}
	b.Run(t, 1000)
	if got := b.Session.Status().SpikeInputs[0].Spikes; got != 1 || b.Virtual.Buttons["touch"].Pressed() {
		t.Errorf("got %d spikes, pressed %v, want one and a released button", got, b.Virtual.Buttons["touch"].Pressed())
	}

	_, s = scopeBench(t)
	s.typed("b")
	if got := strings.Join(s.notice, " "); got != "the configuration has no button" {
		t.Errorf("got the notice %q", got)
	}
	s = newScreen(sessiontest.Real(t).Session, nil, nil)
	s.typed("b")
	if got := strings.Join(s.notice, " "); got != "b presses buttons of the virtual Pi: press a real button by hand" {
		t.Errorf("got the notice %q", got)
	}
}
