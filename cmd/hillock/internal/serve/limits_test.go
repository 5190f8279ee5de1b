package serve

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// masked returns a viewer's frame, masked with zeros.
func masked(first byte, payload string) []byte {
	f := []byte{first, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		f = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(payload)))
	}
	return append(append(f, 0, 0, 0, 0), payload...)
}

// A meter counts each frame once for any division into reads.
func TestMeterCountsFrames(t *testing.T) {
	var all []byte
	for _, n := range []int{0, 1, 125, 126, 300, 0, 0, 65_535} {
		all = append(all, masked(0x81, strings.Repeat("x", n))...)
	}
	all = append(all, 0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0) // not masked, 65,536 bytes
	all = append(append(all, make([]byte, 1<<16)...), masked(0x89, "")...)
	for _, piece := range []int{1, 2, 3, 7, 4096, len(all)} {
		m, got := newMeter(), 0
		for b := all; len(b) > 0; {
			n := min(piece, len(b))
			got += m.begun(b[:n])
			b = b[n:]
		}
		if got != 10 {
			t.Errorf("in pieces of %d bytes: got %d frames, want 10", piece, got)
		}
	}
}

// The table of addresses stays small: it drops addresses without connections.
func TestAddressesAreForgotten(t *testing.T) {
	h := newHosts(Options{Clients: 2, PerAddress: 2})
	at := func(k int) net.Addr {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(k >> 8), byte(k)}), 1))
	}
	stays := h.connect(at(0))
	for k := 1; k < 5*maxHosts; k++ {
		one := h.connect(at(k))
		h.disconnect(one)
	}
	if n := len(h.all); n > maxHosts || h.connections != 1 || h.all[netip.AddrFrom4([4]byte{10})] != stays {
		t.Errorf("got %d addresses and %d connections, want at most %d, and the one that is connected", n, h.connections, maxHosts)
	}
}
