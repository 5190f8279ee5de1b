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
	ByProgram Driver = iota // Out, In or SetFunc on this pin
	ByOutside               // Drive or Release on this pin
	ByWire                  // another pin on the wire, Connect or Disconnect
)

// String returns "program", "outside" or "wire".
func (d Driver) String() string {
	names := [...]string{"program", "outside", "wire"}
	if int(d) < len(names) {
		return names[d]
	}
	return fmt.Sprintf("Driver(%d)", uint8(d))
}

// KeptEdges is the number of edges that a pin keeps.
const KeptEdges = 16384

// record is a ring buffer of the latest edges. For an output, ready allocates all of it, so that no later edge
// allocates. For an input it grows.
type record struct {
	ring  []Edge
	count uint64 // of all edges
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

// latest returns a copy of the kept edges, oldest first.
func (r *record) latest() []Edge {
	if r.count <= KeptEdges {
		return append([]Edge(nil), r.ring...)
	}
	oldest := r.count % KeptEdges
	return append(append(make([]Edge, 0, KeptEdges), r.ring[oldest:]...), r.ring[:oldest]...)
}
