package class

import (
	"math"
	"sync/atomic"
	"time"

	"hillock/neuron"
)

const (
	outboxWords = 1 << 16 // 512 KiB: three minutes of three neurons at 100 Hz
	batchSpikes = 1000    // of a batch: its message stays below 64 KiB with the longest names
	maxPending  = 1 << 13 // spikes of a tick
)

// batch is the spikes of the steps from..to.
type batch struct {
	era      int64         // number of the layout: it has the names and the step
	from, to int64         // steps, inclusive, skipped ones included
	at       time.Duration // end of step to, on the loop's clock
	skipped  int64         // steps
	speed    float64       // of the loop
	spikes   []fired       // ascending steps
}

// fired is a spike of a neuron, by its number in the layout.
type fired struct {
	who  int32
	step int64
}

// headWords is the length of a batch's head in the ring: number of spikes, era, from, to, at, skipped, speed.
const headWords = 7

// outbox turns the spikes of a loop into batches for the sender. The loop calls begin, spike, tick and end, the sender next. The loop
// never waits: without room in the ring a whole batch is dropped. It wakes no goroutine: a channel has a lock, and its holder may wait for
// a CPU. The sender knows when a batch is due.
//
// A step of the class counts all steps of the run: those of earlier configurations, and skipped ones.
type outbox struct {
	ring   *ring
	unsent atomic.Int64 // batches dropped
	over   atomic.Int64 // spikes dropped: more in a step or a tick than fit

	pending []fired // of the present tick, with the steps of the loop

	batch   time.Duration // length
	due     time.Duration // deadline of the tick that ends the batch
	open    batch         // without spikes
	count   int           // spikes of the open batch
	full    bool          // the open batch has no room
	started bool          // there was a tick
	base    int64         // steps before this loop
	left    int64         // steps skipped in this loop
	length  time.Duration // of a tick
	dt      time.Duration
	speed   *float64 // of the loop; another tick may have another one
	tickIn  float64  // steps of a tick
	step    float64  // real time of a step, ns
	before  skips    // until the latest change of the speed
}

// skips are the skips of a loop until a tick.
type skips struct{ ticks, steps int64 }

func newOutbox() *outbox {
	return &outbox{ring: newRing(outboxWords), pending: make([]fired, 0, maxPending), open: batch{from: 1}}
}

// begin prepares for a loop. Steps continue behind those of the loop before. tick reads speed.
func (o *outbox) begin(era int64, length, tick, dt time.Duration, speed *float64) {
	o.end()
	o.base, o.left, o.before = o.open.to, 0, skips{}
	o.open.era, o.open.from, o.batch, o.started = era, o.base+1, length, false
	o.length, o.dt, o.speed = tick, dt, speed
	o.accelerate()
}

// accelerate takes the speed of the loop.
func (o *outbox) accelerate() {
	o.open.speed = *o.speed
	o.tickIn, o.step = float64(o.length)*o.open.speed/float64(o.dt), float64(o.dt)/o.open.speed
}

// spike takes a spike in a step of the loop.
func (o *outbox) spike(who int32, step int64) {
	if len(o.pending) == cap(o.pending) {
		o.over.Add(1)
		return
	}
	o.pending = append(o.pending, fired{who, step})
}

// tick takes the steps of a tick, and ends the batch when it is due.
func (o *outbox) tick(t neuron.Tick) {
	left := o.before.steps + int64(float64(t.Skipped-o.before.ticks)*o.tickIn)
	if *o.speed != o.open.speed { // a batch has one speed. Ticks skipped before this one have the old speed
		o.end()
		o.before = skips{t.Skipped, left}
		o.accelerate()
	}
	if !o.started {
		o.started, o.due = true, t.Deadline-time.Duration(float64(t.Steps)*o.step)+o.batch
	}
	o.open.skipped += left - o.left
	o.left = left
	to := o.base + t.Steps + left
	for _, f := range o.pending {
		o.put(fired{f.who, f.step + o.base + left}, to, t.Deadline)
	}
	o.pending = o.pending[:0]
	o.open.to, o.open.at = to, t.Deadline
	if t.Deadline >= o.due {
		o.end()
		o.due += o.batch * max(1, 1+(t.Deadline-o.due)/o.batch)
	}
}

// put adds a spike to the open batch. A batch with too many spikes ends before the step of the spike. to and at are the end of the
// tick.
func (o *outbox) put(f fired, to int64, at time.Duration) {
	switch {
	case o.full:
		return
	case o.count == batchSpikes && !o.split(f.step, to, at):
		o.over.Add(1)
		return
	}
	o.write(o.count, int64(f.who)<<32|(f.step-o.open.from))
	o.count++
}

// write sets a spike of the open batch, if it fits.
func (o *outbox) write(i int, spike int64) {
	place := o.ring.tail.Load() + headWords + uint64(i)
	if !o.ring.fits(place + 1) {
		o.full = true
		return
	}
	*o.ring.at(place) = spike
}

// split ends the open batch right before a step. It moves the spikes of this step into the next batch. It returns false if all spikes
// are of this step.
func (o *outbox) split(step, to int64, at time.Duration) bool {
	first := o.ring.tail.Load() + headWords
	n := o.count
	for n > 0 && *o.ring.at(first + uint64(n-1))&(1<<32-1) == step-o.open.from {
		n--
	}
	if n == 0 {
		return false
	}
	moved := o.count - n
	o.count = n
	o.close(step-1, at-time.Duration(float64(to-step+1)*o.step))
	for i := moved - 1; i >= 0; i-- { // upwards in the ring, past the head of the next batch
		o.write(i, *o.ring.at(first + uint64(n+i))&^(1<<32-1))
	}
	o.count = moved
	return true
}

// end ends the open batch. Without a step there is none.
func (o *outbox) end() {
	if o.open.to >= o.open.from {
		o.close(o.open.to, o.open.at)
	}
}

// close passes the open batch on, up to a step with the given end, and opens the next one.
func (o *outbox) close(to int64, at time.Duration) {
	tail := o.ring.tail.Load()
	if end := tail + headWords + uint64(o.count); !o.full && o.ring.fits(end) {
		for i, word := range [headWords]int64{int64(o.count), o.open.era, o.open.from, to, int64(at), o.open.skipped, int64(math.Float64bits(o.open.speed))} {
			*o.ring.at(tail + uint64(i)) = word
		}
		o.ring.tail.Store(end)
	} else {
		o.unsent.Add(1)
	}
	o.open.from, o.open.skipped, o.count, o.full = to+1, 0, 0, false
}

// next reads the oldest batch into b. It returns false if there is none.
func (o *outbox) next(b *batch) bool {
	head := o.ring.head.Load()
	if head == o.ring.tail.Load() {
		return false
	}
	var words [headWords]int64
	for i := range words {
		words[i] = *o.ring.at(head + uint64(i))
	}
	count := words[0]
	b.era, b.from, b.to, b.at, b.skipped, b.speed = words[1], words[2], words[3], time.Duration(words[4]), words[5], math.Float64frombits(uint64(words[6]))
	b.spikes = b.spikes[:0]
	for i := range uint64(count) {
		word := *o.ring.at(head + headWords + i)
		b.spikes = append(b.spikes, fired{int32(word >> 32), b.from + word&(1<<32-1)})
	}
	o.ring.head.Store(head + headWords + uint64(count))
	return true
}
