package class

import "sync/atomic"

// ring is a queue of numbers with one writer and one reader. Neither waits and neither takes a lock.
//
// The writer sets numbers from tail on, and publishes them with a new tail. The reader takes numbers before tail, and frees them with
// a new head.
type ring struct {
	words []int64 // a power of two
	head  atomic.Uint64
	tail  atomic.Uint64
}

func newRing(words int) *ring { return &ring{words: make([]int64, words)} }

// at returns the place of a number.
func (r *ring) at(i uint64) *int64 { return &r.words[i&uint64(len(r.words)-1)] }

// fits reports whether the writer may set numbers before end.
func (r *ring) fits(end uint64) bool { return end-r.head.Load() <= uint64(len(r.words)) }
