package board

import "slices"

// smooth is the median of the latest readings, and then the mean of the latest of these: a median takes out what jumps, a
// mean what trembles. It allocates nothing after newSmooth. Until there are so many readings it takes those that there are.
type smooth struct {
	raw    ring // for the median
	sorted []int32
	mids   ring // for the mean
	sum    int64
}

func newSmooth(median, average int) *smooth {
	return &smooth{raw: ring{size: median, at: make([]int32, 0, median)}, sorted: make([]int32, 0, median), mids: ring{size: average, at: make([]int32, 0, average)}}
}

// add takes a reading and gives what it comes to.
func (s *smooth) add(raw int32) float64 {
	s.raw.push(raw)
	mid := raw
	if s.raw.size > 1 {
		s.sorted = append(s.sorted[:0], s.raw.at...)
		slices.Sort(s.sorted)
		mid = s.sorted[len(s.sorted)/2]
	}
	s.sum += int64(mid) - int64(s.mids.push(mid))
	return float64(s.sum) / float64(len(s.mids.at))
}

// forget begins anew: after a silence the old readings say nothing.
func (s *smooth) forget() {
	s.raw.clear()
	s.mids.clear()
	s.sum = 0
}

// ring is the latest readings, at most size, in no order.
type ring struct {
	size, next int
	at         []int32
}

// push puts a reading in the place of the oldest, which it gives, 0 where there was room.
func (r *ring) push(v int32) (oldest int32) {
	if len(r.at) < r.size {
		r.at = append(r.at, v)
		return 0
	}
	oldest, r.at[r.next] = r.at[r.next], v
	r.next = (r.next + 1) % r.size
	return oldest
}

func (r *ring) clear() { r.at, r.next = r.at[:0], 0 }
