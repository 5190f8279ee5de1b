package sim

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Edge is one change of a pin's level.
type Edge struct {
	At    time.Duration // by the Pi's clock
	Level gpio.Level    // after the change
	By    Driver
}

// Driver is the cause of an edge.
type Driver uint8

// The drivers of an edge.
const (
	ByProgram Driver = iota // Out, In or SetFunc of this pin
	ByOutside               // Drive or Release of this pin
	ByWire                  // another pin on the same wire, or the wire itself: Connect, Disconnect
)

// String returns "program", "outside" or "wire".
func (d Driver) String() string {
	names := [...]string{"program", "outside", "wire"}
	if int(d) < len(names) {
		return names[d]
	}
	return fmt.Sprintf("Driver(%d)", uint8(d))
}

// KeptEdges is how many edges a pin keeps: the latest ones.
const KeptEdges = 16384

// record is a ring of the latest edges. Out takes the whole memory of its pin's record at once, so that later edges allocate
// nothing. The record of an input grows with its edges.
type record struct {
	ring  []Edge
	count uint64 // in all
}

func (r *record) ready() {
	if cap(r.ring) < KeptEdges {
		r.ring = append(make([]Edge, 0, KeptEdges), r.ring...)
	}
}

func (r *record) add(e Edge) {
	if len(r.ring) < KeptEdges {
		r.ring = append(r.ring, e)
	} else {
		r.ring[r.count%KeptEdges] = e
	}
	r.count++
}

// latest returns a copy of what is kept, oldest first.
func (r *record) latest() []Edge {
	if r.count <= KeptEdges {
		return append([]Edge(nil), r.ring...)
	}
	oldest := r.count % KeptEdges
	return append(append(make([]Edge, 0, KeptEdges), r.ring[oldest:]...), r.ring[:oldest]...)
}
