package board

import "slices"

// smooth is the mean of the latest medians of the latest readings: the median removes outliers, the mean reduces noise. It
// allocates nothing after newSmooth. At the start it uses the readings that there are.
type smooth struct {
	raw    ring // of the median
	sorted []int32
	mids   ring // of the mean
	sum    int64
}

func newSmooth(median, average int) *smooth {
	return &smooth{raw: ring{size: median, at: make([]int32, 0, median)}, sorted: make([]int32, 0, median), mids: ring{size: average, at: make([]int32, 0, average)}}
}

// add takes in a reading and returns the smoothed value.
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

// forget drops all readings: after a silence they are out of date.
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

// push replaces the oldest reading and returns it, or returns 0 while the ring is not full.
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
