package neuron

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// Events are spikes from outside, in real time: edges on pins, or spikes of other boards. Its dynamic type must be comparable.
type Events interface {
	// Read calls add for each new spike, with the number of its spike input, its time on the loop's clock, and its gain: the factor
	// of the weights. The loop calls Read once per tick, and Read must not block.
	Read(now time.Duration, add func(input int, at time.Duration, gain float64))
}

// A Feed brings spikes from outside to spike inputs of the network.
type Feed struct {
	Events Events
	To     []*Received // by the number of the spike input
}

// Received is a Train of spikes from outside. The loop gives each spike its step.
//
// A spike in the time from one deadline to the next belongs to the tick of the second one. It takes the step at the same place in
// that tick: its latency is one tick, and its jitter is below one step. A spike with a step of the past acts in the next step.
//
// A spike of another board comes some 100 ms after its time. A remote train keeps its own step, and it acts a delay later: in time, if
// that step is still to come.
type Received struct {
	Remote bool // spikes come after their step

	lead    int64        // of a remote train: the shortest delay of the synapses from here, steps
	waiting []receivedAt // ascending times
	spikes  []receivedIn // ascending steps: those to come, and the past ones with arrivals under way
	kept    int64        // steps

	taken, late, dropped atomic.Int64
}

// receivedAt is a spike without a step.
type receivedAt struct {
	at   time.Duration
	gain float64
}

// receivedIn is the spike of a step. Its gain is the sum of all spikes in the step.
type receivedIn struct {
	step int64
	gain float64
}

// Taken returns the number of spikes with a step so far. Any goroutine may call it.
func (r *Received) Taken() int64 { return r.taken.Load() }

// Late returns the number of late spikes so far, part of Taken: the step was over, or its tick began a whole tick after the deadline.
// Of a remote train: the spike should have acted already. Any goroutine may call it.
func (r *Received) Late() int64 { return r.late.Load() }

// Dropped returns the number of spikes in skipped time so far. Any goroutine may call it.
func (r *Received) Dropped() int64 { return r.dropped.Load() }

// Spikes implements Train.
func (r *Received) Spikes(step int64) bool {
	if len(r.spikes) == 0 || r.spikes[len(r.spikes)-1].step < step {
		return false
	}
	_, found := r.find(step)
	return found
}

// Count implements Train.
func (r *Received) Count(first, last int64) int64 {
	from, _ := r.find(first)
	to, _ := r.find(last + 1)
	return int64(max(0, to-from))
}

// Gain returns the factor of the weights for the spike of a step, 0 without a spike.
func (r *Received) Gain(step int64) float64 {
	if i, found := r.find(step); found {
		return r.spikes[i].gain
	}
	return 0
}

func (r *Received) find(step int64) (i int, found bool) {
	return slices.BinarySearchFunc(r.spikes, step, func(s receivedIn, step int64) int { return cmp.Compare(s.step, step) })
}

// add adds a spike, in the order of time.
func (r *Received) add(at time.Duration, gain float64) {
	i := len(r.waiting)
	for i > 0 && r.waiting[i-1].at > at {
		i--
	}
	r.waiting = slices.Insert(r.waiting, i, receivedAt{at, gain})
}

// put gives a spike its step. The network has not read this step yet.
func (r *Received) put(now, step int64, gain float64) {
	r.taken.Add(1)
	if len(r.spikes) == cap(r.spikes) {
		past, _ := r.find(now - r.kept)
		r.spikes = slices.Delete(r.spikes, 0, past)
	}
	i, found := r.find(step)
	if found {
		r.spikes[i].gain += gain
		return
	}
	r.spikes = slices.Insert(r.spikes, i, receivedIn{step, gain})
}

// Behind returns the age of a step when the network reads it, in steps. Every arrival is still to come then.
func (r *Received) Behind() int64 { return max(0, r.lead-1) }

// take takes over the spikes of another train. step maps its steps.
func (r *Received) take(from *Received, step func(int64) int64) {
	if r == from {
		return
	}
	r.waiting = append(r.waiting[:0], from.waiting...)
	r.spikes = r.spikes[:0]
	for _, s := range from.spikes {
		r.spikes = append(r.spikes, receivedIn{step(s.step), s.gain})
	}
	r.taken.Store(from.taken.Load())
	r.late.Store(from.late.Load())
	r.dropped.Store(from.dropped.Load())
}

// receive reads the new spikes from outside, after the inputs. The kernel reports an edge some 50 us after it: an edge right before
// the deadline is in time then.
func (r *run) receive() {
	for i := range r.Feeds {
		r.feed = i
		r.Feeds[i].Events.Read(r.at.Began+r.at.Read, r.add)
	}
}

// addSpike adds a spike to the feed being read.
func (r *run) addSpike(input int, at time.Duration, gain float64) {
	r.Feeds[r.feed].To[input].add(at, gain)
}

// place gives the spikes from outside in this tick's time their steps. The tick has so many steps.
func (r *run) place(due int) {
	now := r.at.Steps
	if r.net != nil {
		now = r.net.now
	}
	for _, f := range r.Feeds {
		for _, in := range f.To {
			r.placeOf(in, now, due)
		}
	}
}

// placeOf is place for one spike input.
func (r *run) placeOf(in *Received, now int64, due int) {
	from := r.at.Deadline - r.Tick
	n := 0
	for ; n < len(in.waiting) && in.waiting[n].at < r.at.Deadline; n++ {
		s := in.waiting[n]
		step, late := now+1, r.at.Lateness() >= r.Tick
		switch {
		case in.lead > 0:
			if s.at < r.start && r.Start == 0 { // before the run
				continue
			}
			step += steps(s.at-from, r.DT)
			first := now + 1 - in.Behind()
			if late = step < first; late && r.at.Missed > 0 {
				in.dropped.Add(1)
				continue
			}
			step = max(step, first)
		case s.at >= from:
			step += int64(s.at-from) * int64(due) / int64(r.Tick)
		case s.at < r.start && r.Start == 0: // before the run
			continue
		case r.at.Missed > 0:
			in.dropped.Add(1)
			continue
		default:
			late = true
		}
		if late {
			in.late.Add(1)
		}
		in.put(now, step, s.gain)
	}
	in.waiting = slices.Delete(in.waiting, 0, n)
}

// steps returns the whole number of steps of dt in a time, rounded down.
func steps(t, dt time.Duration) int64 {
	n := t / dt
	if t%dt < 0 {
		n--
	}
	return int64(n)
}

// read reads the step of a source with a lead that acts next.
func (n *Net) read(source int, r *Received) {
	step := n.now - r.Behind()
	if step < 1 || !r.Spikes(step) {
		return
	}
	spiked, number := n.history.at(step), n.number(source)
	if i, found := slices.BinarySearch(*spiked, number); !found {
		*spiked = slices.Insert(*spiked, i, number)
		n.sent[source]++
	}
}

// hear finds the spike inputs from outside, and those with gains.
func (n *Net) hear() {
	n.gains, n.heard = make([]gained, len(n.sources)), make([]*Received, len(n.sources))
	for i, s := range n.sources {
		n.gains[i], _ = s.Train.(gained)
		n.heard[i], _ = s.Train.(*Received)
	}
}

// adopt prepares the trains from outside for this network: it runs now.
func (n *Net) adopt() {
	for i, r := range n.heard {
		if r == nil {
			continue
		}
		r.kept = int64(len(n.history))
		if lead := n.lead(n.number(i)); r.Remote && lead != r.lead {
			before := r.Behind()
			r.lead = lead
			r.hurry(n.now-before, n.now-r.Behind())
		}
	}
}

// lead returns the shortest delay of the synapses from a source, in steps.
func (n *Net) lead(number int32) int64 {
	lead := int64(0)
	for _, s := range n.synapses {
		if s.source[number] >= 0 && (lead == 0 || s.Delay < lead) {
			lead = s.Delay
		}
	}
	return lead
}

// hurry lets spikes act in the next step: a shorter delay has made them late. The network has read the steps up to read, and reads
// the steps after skipped next.
func (r *Received) hurry(read, skipped int64) {
	i, _ := r.find(read + 1)
	k, _ := r.find(skipped + 1)
	if i >= k {
		return
	}
	sum := 0.0
	for _, s := range r.spikes[i:k] {
		sum += s.gain
	}
	r.late.Add(int64(k - i))
	r.spikes = slices.Delete(r.spikes, i, k)
	r.put(skipped, skipped+1, sum)
	r.taken.Add(-1)
}
