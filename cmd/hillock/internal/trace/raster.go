package trace

import (
	"sort"

	"hillock/neuron"
)

// Raster holds the latest spikes of a population.
type Raster struct {
	Members int // neurons of the population

	pieces [][]neuron.MemberSpike // a ring
	n      int64                  // spikes so far
}

const (
	rasterLength = 1 << 18
	rasterPiece  = 1 << 12 // the ring grows by pieces
)

// NewRaster returns the raster of a population.
func NewRaster(members int) *Raster {
	return &Raster{Members: members, pieces: make([][]neuron.MemberSpike, rasterLength/rasterPiece)}
}

// Add adds the next spike: of a later neuron of the same step, or in a later step.
func (r *Raster) Add(s neuron.MemberSpike) {
	at := r.n % rasterLength
	if r.pieces[at/rasterPiece] == nil {
		r.pieces[at/rasterPiece] = make([]neuron.MemberSpike, rasterPiece)
	}
	r.pieces[at/rasterPiece][at%rasterPiece] = s
	r.n++
}

// at returns the spike with a number, counted from 0.
func (r *Raster) at(n int64) neuron.MemberSpike {
	n %= rasterLength
	return r.pieces[n/rasterPiece][n%rasterPiece]
}

// numbers returns the numbers of the kept spikes from a step on, before end.
func (r *Raster) numbers(from, end int64) (first, after int64) {
	oldest := max(0, r.n-rasterLength)
	find := func(step int64) int64 {
		return oldest + int64(sort.Search(int(r.n-oldest), func(i int) bool { return r.at(oldest+int64(i)).Step >= step }))
	}
	return find(from), find(end)
}

// Between calls each with the kept spikes from a step on, before end.
func (r *Raster) Between(from, end int64, each func(neuron.MemberSpike)) {
	for n, after := r.numbers(from, end); n < after; n++ {
		each(r.at(n))
	}
}

// Count returns the number of kept spikes from a step on, before end.
func (r *Raster) Count(from, end int64) int64 {
	first, after := r.numbers(from, end)
	return after - first
}
