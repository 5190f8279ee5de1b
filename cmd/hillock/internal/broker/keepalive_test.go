package broker

import (
	"testing"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// The broker waits 1.5 keepalives for a packet: 7 s for a keepalive of 5 s are too few on a busy machine.
func TestKeepaliveHasBounds(t *testing.T) {
	h := &hook{b: &Broker{limits: usual}}
	for asked, want := range map[uint16]uint16{0: 60, 1: 8, 5: 8, 8: 8, 30: 30, 60: 60, 61: 60, 65535: 60} {
		cl := &mqtt.Client{State: mqtt.ClientState{Keepalive: asked}}
		if err := h.OnConnect(cl, packets.Packet{}); err != nil || cl.State.Keepalive != want || !cl.Properties.Clean {
			t.Errorf("%d s: got %d s, clean %t, %v, want %d s", asked, cl.State.Keepalive, cl.Properties.Clean, err, want)
		}
	}
}
