package broker

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Limits of every client.
const (
	maxID      = 64        // bytes of a client ID
	maxConnect = 4 << 10   // bytes of a CONNECT
	maxMessage = 256 << 10 // bytes of a payload
	maxPacket  = maxMessage + 1<<10
	maxState   = 16       // bytes of a state, and of a will
	maxRates   = 64 << 10 // bytes of rates and of a discovery message
	maxFilters = 128      // subscriptions
	maxFilter  = 200      // bytes of a filter
	maxLevels  = 6        // hillock/1/CLASS/BOARD/ask/TO

	maxKeepalive = 60 // s

	pendingMessages = 256      // messages to one client; further spikes and rates are dropped
	pendingBytes    = 1 << 20  // the same in bytes
	insideFactor    = 16       // a reader inside this program may have so many times more: the kernel has no buffer for it
	urgentFactor    = 4        // a client with so many times more is cut: states, greetings and acknowledgements are never dropped
	crowdedBytes    = 64 << 20 // of all clients: beyond it a client with more than crowdedShare waiting loses messages
	crowdedShare    = 32 << 10

	mqtt311 = 4 // the protocol level of MQTT 3.1.1
)

// limits are those with other values in tests.
type limits struct {
	perAddress  int           // connections of one address beyond this machine
	newcomers   int           // connections without an admitted client; 0: as many as clients
	connectTime time.Duration // for TLS and CONNECT together
	writeTime   time.Duration // for 64 KiB to one client
	keepalive   uint16        // the shortest, s: boards ask for 5 s, and a busy machine pings up to 7 s apart
	messages    rate.Limit    // packets per second of one client
	messageRush int           // packets at once
	bytes       rate.Limit    // bytes per second of one client
	byteRush    int

	retainedBytes int

	local func(netip.Addr) bool // addresses of this machine
}

var usual = limits{
	perAddress: 32, connectTime: 10 * time.Second, writeTime: 10 * time.Second, keepalive: 8,
	messages: 500, messageRush: 2000, bytes: 1 << 20, byteRush: 2 << 20,
	retainedBytes: 32 << 20,
	local:         netip.Addr.IsLoopback,
}
