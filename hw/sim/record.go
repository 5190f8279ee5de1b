package sim

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Edge is one change of a pin's level.
type Edge struct {
	At    time.Duration // by the Pi's clock
	Level gpio.Level    // after the change
}

// KeptEdges is how many edges a pin keeps: the latest ones.
const KeptEdges = 16384

// record is a ring of the latest edges. It takes its memory at once when its pin is put out, and none after that; that of a
// pin that is only pulled grows with its edges.
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
