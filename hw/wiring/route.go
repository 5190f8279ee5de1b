package wiring

import (
	"math"
	"slices"
)

// A trunk is a wire in a channel: a vertical lane with branches to its left and right.
type trunk struct {
	net         string
	color       Color
	left, right []xy
}

func (t *trunk) span() (top, bottom float64) {
	top, bottom = math.Inf(1), math.Inf(-1)
	for _, p := range slices.Concat(t.left, t.right) {
		top, bottom = min(top, p.y), max(bottom, p.y)
	}
	return top, bottom
}

// cost counts the crossings and touches of two trunks with the lane of a left of that of b. A branch on another one counts twice.
func cost(a, b *trunk) int {
	n := 0
	crossings := func(branches []xy, t *trunk) {
		top, bottom := t.span()
		for _, p := range branches {
			if top <= p.y && p.y <= bottom {
				n++
			}
		}
	}
	crossings(a.right, b)
	crossings(b.left, a)
	return n
}

// order sorts trunks into lanes from the left for few crossings: it moves trunks as long as a move helps.
func order(trunks []*trunk) {
	type pair struct{ a, b *trunk }
	costs := map[pair]int{}
	for _, a := range trunks {
		for _, b := range trunks {
			costs[pair{a, b}] = cost(a, b)
		}
	}
	// gain returns the crossings saved by moving a trunk.
	gain := func(from, to int) int {
		n, t := 0, trunks[from]
		for _, passed := range trunks[min(from, to) : max(from, to)+1] {
			n += costs[pair{passed, t}] - costs[pair{t, passed}]
		}
		if from < to {
			return -n
		}
		return n
	}
	for better := true; better; {
		better = false
		for from := range trunks {
			for to := range trunks {
				if gain(from, to) > 0 {
					move(trunks, from, to)
					better = true
				}
			}
		}
	}
}

func move(trunks []*trunk, from, to int) {
	t := trunks[from]
	copy(trunks[from:], trunks[from+1:])
	copy(trunks[to+1:], trunks[to:len(trunks)-1])
	trunks[to] = t
}

// pack gives each trunk the first lane right of all earlier trunks beside it. Other trunks may share a lane.
func pack(trunks []*trunk) (lane []int, lanes int) {
	lane = make([]int, len(trunks))
	for i, t := range trunks {
		top, bottom := t.span()
		for j, before := range trunks[:i] {
			if high, low := before.span(); high <= bottom && top <= low {
				lane[i] = max(lane[i], lane[j]+1)
			}
		}
		lanes = max(lanes, lane[i]+1)
	}
	return lane, lanes
}

// route draws trunks in the lanes of a channel, at most pitch apart.
func (s *Page) route(trunks []*trunk, from, to, pitch float64) {
	order(trunks)
	lane, lanes := pack(trunks)
	pitch = min(pitch, (to-from)/float64(lanes+1))
	s.crowded = s.crowded || pitch < wireWidth+0.6
	first := (from + to - pitch*float64(lanes-1)) / 2
	for i, t := range trunks {
		x := first + float64(lane[i])*pitch
		branches := slices.Concat(t.right, t.left)
		top, bottom := t.span()
		s.wire(t.net, t.color, branches[0], xy{x, branches[0].y}, xy{x, branches[1].y}, branches[1])
		for _, p := range branches[2:] {
			end := min(max(p.y, min(branches[0].y, branches[1].y)), max(branches[0].y, branches[1].y)) // of the lane so far
			s.wire(t.net, t.color, xy{x, end}, xy{x, p.y}, p)
		}
		for _, p := range branches {
			if len(branches) > 2 && p.y != top && p.y != bottom {
				s.joint(xy{x, p.y}, t.color)
			}
		}
	}
}
