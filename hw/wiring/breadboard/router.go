package breadboard

import (
	"math"
	"slices"
)

// router finds ways for wires on a grid of cells: along the rows of holes or halfway between. Wires cross at right angles, never run
// on each other, and never cross a part or a hole in use.
type router struct {
	*plan
	wide, high int
	blocked    []bool
	across     [3][]uint8 // wires through a cell: horizontal ones, vertical ones, and corners or ends
	extra      []int      // cost of a cell: over a hole, a number or a letter

	goal, way    []bool // of one search: its ends, and open cells beside pins of the header
	best, before []int32
	queue        queue
}

// Indexes of router.across.
const (
	horizontal = iota
	vertical
	corner
)

// Costs of a step on the grid.
const (
	stepCost  = 10
	turnCost  = 25
	crossCost = 90
	nearCost  = 8 // beside another wire
	holeCost  = 2 // over a free hole
	upCost    = 40
	textCost  = 15 // over a number or a letter
)

func newRouter(p *plan) *router {
	r := &router{plan: p, wide: p.wide + 4, high: p.high + 4}
	cells := r.wide * r.high
	r.blocked, r.extra = make([]bool, cells), make([]int, cells)
	r.goal, r.way = make([]bool, cells), make([]bool, cells)
	r.best, r.before = make([]int32, 5*cells), make([]int32, 5*cells)
	for i := range r.across {
		r.across[i] = make([]uint8, cells)
	}
	block := func(b box, margin float64) {
		for y := range r.high {
			for x := range r.wide {
				if b.left-margin < float64(x) && float64(x) < b.right+margin && b.top-margin < float64(y) && float64(y) < b.bottom+margin {
					r.blocked[y*r.wide+x] = true
				}
			}
		}
	}
	block(box{-1, -1, headerX - 1.5, piHigh + 1}, 0)                            // the Pi left of its header
	block(box{headerX - 2, -1, piWide, headerY - 2.5}, 0)                       // above the header
	block(box{headerX - 2, headerY + 19*pinSpace + 2.5, piWide, piHigh + 1}, 0) // below it
	for position := 1; position <= 40; position++ {
		at := p.at(Hole{0, Header, position})
		block(box{float64(at.x), float64(at.y), float64(at.x), float64(at.y)}, 1.9)
		if position%2 == 1 {
			r.blocked[r.cell(xy{at.x + pinSpace/2, at.y})] = true // no wire runs between the two columns
			r.extra[r.cell(xy{at.x, at.y - 1})] = upCost          // each wire has the space below its pin
		}
	}
	for board := 1; board <= p.Boards; board++ {
		for _, h := range places(board, p.rows) {
			r.extra[r.cell(p.at(h))] = holeCost
		}
		for row := 1; row <= p.rows; row++ {
			for _, x := range []int{7, 8, 9, 35, 36, 37} {
				r.extra[r.cell(xy{p.left[board-1] + x, aboveRows + 2*(row-1)})] = textCost
			}
		}
		for x := range boardWide {
			for _, y := range []int{1, 2, 3, boardHigh(p.rows) - 3, boardHigh(p.rows) - 2} {
				r.extra[r.cell(xy{p.left[board-1] + x, y})] = textCost
			}
		}
	}
	for _, part := range p.Parts {
		block(part.body, 0.3)
		for _, leg := range part.Legs {
			if leg.Hole.Board > 0 {
				r.blocked[r.cell(p.at(leg.Hole))] = true
			}
		}
		r.blockLegs(part, block)
	}
	return r
}

// blockLegs blocks the way of a part's legs from their holes to its body.
func (r *router) blockLegs(part *Part, block func(box, float64)) {
	if len(part.Legs) > 3 {
		return
	}
	for _, leg := range part.Legs {
		if leg.Hole.Board == 0 {
			continue
		}
		at := r.at(leg.Hole)
		x, y := float64(at.x), float64(at.y)
		nx, ny := min(max(x, part.body.left), part.body.right), min(max(y, part.body.top), part.body.bottom)
		block(box{min(x, nx), min(y, ny), max(x, nx), max(y, ny)}, 0.1)
	}
}

func (r *router) cell(at xy) int { return at.y*r.wide + at.x }

// find returns the cheapest way from one of some holes to one of others. Where wires leave no way, one on other wires is better than
// none.
func (r *router) find(starts, ends []Hole) (path []xy, from, to Hole, ok bool) {
	for _, strict := range []bool{true, false} {
		if path, ok = r.search(starts, ends, strict); ok {
			return path, r.holeAt(starts, path[0]), r.holeAt(ends, path[len(path)-1]), true
		}
	}
	return nil, Hole{}, Hole{}, false
}

func (r *router) holeAt(holes []Hole, at xy) Hole {
	i := slices.IndexFunc(holes, func(h Hole) bool { return r.at(h) == at })
	return holes[i]
}

// search is A*. A state is a cell and the direction of the last step into it: 0 to 3 for right, down, left, up, and 4 at the start.
func (r *router) search(starts, ends []Hole, strict bool) ([]xy, bool) {
	low, high := xy{math.MaxInt32, math.MaxInt32}, xy{}
	clear(r.goal)
	clear(r.way)
	for _, h := range ends {
		at := r.at(h)
		r.goal[r.cell(at)] = true
		r.clearPad(h, at)
		low, high = xy{min(low.x, at.x), min(low.y, at.y)}, xy{max(high.x, at.x), max(high.y, at.y)}
	}
	guess := func(cell int) int {
		x, y := cell%r.wide, cell/r.wide
		return stepCost * (max(low.x-x, x-high.x, 0) + max(low.y-y, y-high.y, 0))
	}
	for i := range r.best {
		r.best[i] = math.MaxInt32
	}
	q := r.queue[:0]
	for _, h := range starts {
		at := r.at(h)
		c := r.cell(at)
		r.clearPad(h, at)
		s := 5*c + 4
		r.best[s], r.before[s] = 0, -1
		q.push(item{state: s, guess: guess(c)})
	}
	defer func() { r.queue = q }()
	steps := [4]int{1, r.wide, -1, -r.wide}
	for len(q) > 0 {
		it := q.pop()
		if it.cost > int(r.best[it.state]) {
			continue
		}
		cell, in := it.state/5, it.state%5
		if r.goal[cell] {
			return r.trace(it.state), true
		}
		x, y := cell%r.wide, cell/r.wide
		for dir := range 4 {
			if in < 4 && dir == (in+2)%4 || dir == 0 && x == r.wide-1 || dir == 1 && y == r.high-1 || dir == 2 && x == 0 || dir == 3 && y == 0 {
				continue
			}
			next := cell + steps[dir]
			if r.blocked[next] && !r.goal[next] && !r.way[next] || r.goal[next] && strict && r.used(next) {
				continue
			}
			cost, ok := r.leave(cell, in, dir, strict)
			if !ok {
				continue
			}
			cost += it.cost + stepCost + r.beside(next, dir) + r.extra[next]
			if s := 5*next + dir; cost < int(r.best[s]) {
				r.best[s], r.before[s] = int32(cost), int32(it.state)
				q.push(item{s, cost, cost + guess(next)})
			}
		}
	}
	return nil, false
}

// trace returns the way to a state.
func (r *router) trace(s int) (path []xy) {
	for ; s >= 0; s = int(r.before[s]) {
		c := s / 5
		path = append(path, xy{c % r.wide, c / r.wide})
	}
	slices.Reverse(path)
	return path
}

// clearPad opens the way from a pin of the header to the spaces between the pins.
func (r *router) clearPad(h Hole, at xy) {
	if h.Column != Header {
		return
	}
	r.way[r.cell(xy{at.x, at.y - 1})], r.way[r.cell(xy{at.x, at.y + 1})] = true, true
	if h.Row%2 == 0 {
		r.way[r.cell(xy{at.x + 1, at.y})] = true
	}
}

// leave returns the cost of going on from a cell in a direction, and whether other wires in it allow that.
func (r *router) leave(cell, in, out int, strict bool) (cost int, ok bool) {
	turns := in < 4 && in != out
	if turns {
		cost = turnCost
	}
	if in == 4 || !r.used(cell) {
		return cost, true
	}
	if !turns && r.across[corner][cell] == 0 && r.across[out%2][cell] == 0 {
		return cost + crossCost, true
	}
	return cost + 40*stepCost, !strict
}

// beside returns the cost of wires beside a cell in the same direction.
func (r *router) beside(cell, dir int) (cost int) {
	side := r.wide
	if dir%2 == vertical {
		side = 1
	}
	for _, c := range []int{cell - side, cell + side} {
		if 0 <= c && c < len(r.blocked) && r.across[dir%2][c]+r.across[corner][c] > 0 {
			cost += nearCost
		}
	}
	return cost
}

// used reports whether a wire is in a cell.
func (r *router) used(cell int) bool {
	return r.across[horizontal][cell]+r.across[vertical][cell]+r.across[corner][cell] > 0
}

// keep enters a wire in the grid, and remove takes it out again.
func (r *router) keep(path []xy) { r.enter(path, 1, true) }

func (r *router) remove(path []xy) { r.enter(path, ^uint8(0), false) }

func (r *router) enter(path []xy, by uint8, blocked bool) {
	for i, at := range path {
		c := r.cell(at)
		switch {
		case i == 0 || i == len(path)-1:
			r.blocked[c] = blocked || r.pad(at)
			r.across[corner][c] += by
		case path[i-1].x != path[i+1].x && path[i-1].y != path[i+1].y:
			r.across[corner][c] += by
		case path[i-1].x == path[i+1].x:
			r.across[vertical][c] += by
		default:
			r.across[horizontal][c] += by
		}
	}
}

// pad reports whether a place is outside the boards: a pin of the header or of a module.
func (r *router) pad(at xy) bool {
	for _, left := range r.left[:r.Boards] {
		if left <= at.x && at.x < left+boardWide {
			return false
		}
	}
	return true
}
