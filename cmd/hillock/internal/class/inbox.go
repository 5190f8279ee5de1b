package class

import (
	"sync"
	"time"
)

// inboxSpikes is the number of spikes between two ticks with room.
const inboxSpikes = 1 << 13

// inbox passes spikes of other boards to the loop. The loop calls read, and never waits.
type inbox struct {
	mu   sync.Mutex // held by the goroutines of the network while they put spikes; the loop never takes it
	ring *ring      // a number of a neuron, then a time on the loop's clock
}

func newInbox() *inbox { return &inbox{ring: newRing(2 * inboxSpikes)} }

// put adds a spike. It returns false if there is no room.
func (in *inbox) put(id int, at time.Duration) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	tail := in.ring.tail.Load()
	if !in.ring.fits(tail + 2) {
		return false
	}
	*in.ring.at(tail), *in.ring.at(tail + 1) = int64(id), int64(at)
	in.ring.tail.Store(tail + 2)
	return true
}

// read calls add for each new spike. number has the input of each neuron, -1 for none.
func (in *inbox) read(number []int, add func(input int, at time.Duration, gain float64)) {
	head, tail := in.ring.head.Load(), in.ring.tail.Load()
	for ; head != tail; head += 2 {
		if id := *in.ring.at(head); id < int64(len(number)) && number[id] >= 0 {
			add(number[id], time.Duration(*in.ring.at(head + 1)), 1)
		}
	}
	in.ring.head.Store(head)
}
