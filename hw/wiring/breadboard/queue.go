package breadboard

// queue is a heap of states, the one with the smallest guess first.
type queue []item

type item struct{ state, cost, guess int }

func (q *queue) push(it item) {
	*q = append(*q, it)
	all := *q
	for i := len(all) - 1; i > 0; {
		parent := (i - 1) / 2
		if all[parent].guess <= all[i].guess {
			return
		}
		all[parent], all[i] = all[i], all[parent]
		i = parent
	}
}

func (q *queue) pop() item {
	all := *q
	first, last := all[0], len(all)-1
	all[0] = all[last]
	all = all[:last]
	*q = all
	for i := 0; ; {
		small := i
		for _, kid := range []int{2*i + 1, 2*i + 2} {
			if kid < last && all[kid].guess < all[small].guess {
				small = kid
			}
		}
		if small == i {
			return first
		}
		all[small], all[i] = all[i], all[small]
		i = small
	}
}
