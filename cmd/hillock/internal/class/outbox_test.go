package class

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hillock/neuron"
)

// ticker drives an outbox as a loop does: ticks of 1 ms with 10 steps.
type ticker struct {
	*outbox
	t     neuron.Tick
	speed float64 // of the loop
}

const start = 7 * time.Second // deadline of tick 0

func newTicker(length time.Duration) *ticker {
	k := &ticker{outbox: newOutbox(), speed: 1}
	k.begin(0, length, time.Millisecond, 100*time.Microsecond, &k.speed)
	return k
}

// run runs a tick with spikes: the number of the step in the tick, from 1, by spike. A skip comes before it.
func (k *ticker) run(skip int64, steps ...int64) {
	k.t.Due += skip + 1
	k.t.Skipped += skip
	for _, s := range steps {
		k.spike(int32(s), k.t.Steps+s)
	}
	k.t.Steps += 10
	k.t.Deadline = start + time.Duration(k.t.Due)*time.Millisecond
	k.tick(k.t)
}

// taken returns all batches in the ring.
func (o *outbox) taken() (all []batch) {
	for {
		var b batch
		if !o.next(&b) {
			return all
		}
		all = append(all, b)
	}
}

var ofBatches = cmp.Options{cmp.AllowUnexported(batch{}, fired{}), cmpopts.EquateEmpty()}

func TestBatchEndsAfterItsTime(t *testing.T) {
	k := newTicker(5 * time.Millisecond)
	for i := range 12 {
		k.run(0, int64(i%10+1))
	}
	want := []batch{
		{0, 1, 50, start + 5*time.Millisecond, 0, 1, []fired{{1, 1}, {2, 12}, {3, 23}, {4, 34}, {5, 45}}},
		{0, 51, 100, start + 10*time.Millisecond, 0, 1, []fired{{6, 56}, {7, 67}, {8, 78}, {9, 89}, {10, 100}}},
	}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
	k.end()
	want = []batch{{0, 101, 120, start + 12*time.Millisecond, 0, 1, []fired{{1, 101}, {2, 112}}}}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Errorf("after the end:\n%s", diff)
	}
	if k.end(); len(k.taken()) != 0 {
		t.Error("got a second end, want none without a step")
	}
}

func TestSilentBatchIsSentToo(t *testing.T) {
	k := newTicker(2 * time.Millisecond)
	k.run(0)
	k.run(0)
	want := []batch{{0, 1, 20, start + 2*time.Millisecond, 0, 1, nil}}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
}

// A stop of 7 ms in a batch of 5 ms: the steps of the stop count, and the next batch ends on time.
func TestSkippedTimeStaysInsideItsBatch(t *testing.T) {
	k := newTicker(5 * time.Millisecond)
	k.run(0, 1)
	k.run(7, 2)
	for range 6 {
		k.run(0)
	}
	want := []batch{
		{0, 1, 90, start + 9*time.Millisecond, 70, 1, []fired{{1, 1}, {2, 82}}},
		{0, 91, 100, start + 10*time.Millisecond, 0, 1, nil},
		{0, 101, 150, start + 15*time.Millisecond, 0, 1, nil},
	}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
}

func TestFullBatchIsSplitBetweenSteps(t *testing.T) {
	k := newTicker(10 * time.Millisecond)
	for range 3 {
		for who := range int32(batchSpikes/2 - 100) {
			k.spike(who, k.t.Steps+3)
		}
		k.run(0)
	}
	k.end()
	all := k.taken()
	if len(all) != 2 {
		t.Fatalf("got %d batches, want 2", len(all))
	}
	first, second := all[0], all[1]
	if first.from != 1 || first.to != 22 || first.at != start+2*time.Millisecond+200*time.Microsecond || len(first.spikes) != batchSpikes-200 {
		t.Errorf("got %d..%d with %d spikes until %s", first.from, first.to, len(first.spikes), first.at)
	}
	if second.from != 23 || second.to != 30 || second.at != start+3*time.Millisecond || len(second.spikes) != batchSpikes/2-100 {
		t.Errorf("got %d..%d with %d spikes until %s", second.from, second.to, len(second.spikes), second.at)
	}
	for i, f := range second.spikes {
		if f != (fired{int32(i), 23}) {
			t.Fatalf("spike %d: got %+v", i, f)
		}
	}
}

func TestTooManySpikesInOneStepAreCounted(t *testing.T) {
	k := newTicker(10 * time.Millisecond)
	for who := range int32(batchSpikes + 7) {
		k.spike(who, 3)
	}
	k.run(0)
	k.end()
	if all := k.taken(); len(all) != 1 || len(all[0].spikes) != batchSpikes || k.over.Load() != 7 || k.unsent.Load() != 0 {
		t.Errorf("got %d batches, %d dropped spikes, want one and 7", len(all), k.over.Load())
	}
}

// Whatever the reader does: the batches have no hole, except where whole batches are missing, and no spike has another step.
func TestFullRingDropsWholeBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	k := newTicker(5 * time.Millisecond)
	var got []batch
	sent := map[fired]bool{}
	batches := 0
	for tick := range 3000 {
		for s := range int64(10) {
			for who := range int32(rng.IntN(30)) {
				k.spike(who, k.t.Steps+s+1)
				sent[fired{who, k.t.Steps + s + 1}] = true
			}
		}
		k.run(0)
		if (tick/500)%2 == 1 && rng.IntN(5) == 0 {
			got = append(got, k.taken()...)
		}
	}
	k.end()
	got = append(got, k.taken()...)
	if k.unsent.Load() == 0 || k.over.Load() != 0 {
		t.Fatalf("got %d unsent batches, %d dropped spikes; want some and none", k.unsent.Load(), k.over.Load())
	}
	to, gaps, spikes := int64(0), int64(0), map[fired]bool{}
	for _, b := range got {
		if b.from <= to || b.to < b.from {
			t.Fatalf("got %d..%d after %d", b.from, b.to, to)
		}
		if b.from != to+1 {
			gaps++
		}
		for _, f := range b.spikes {
			if f.step < b.from || f.step > b.to || !sent[f] || spikes[f] {
				t.Fatalf("%d..%d: got a wrong spike %+v", b.from, b.to, f)
			}
			spikes[f] = true
		}
		for s := b.from; s <= b.to; s++ {
			for who := range int32(30) {
				if f := (fired{who, s}); sent[f] && !spikes[f] {
					t.Fatalf("%d..%d: got no spike %+v", b.from, b.to, f)
				}
			}
		}
		to = b.to
		batches++
	}
	if gaps == 0 || gaps > k.unsent.Load() {
		t.Errorf("got %d gaps of %d unsent batches beside %d", gaps, k.unsent.Load(), batches)
	}
}

func TestReloadContinuesTheSteps(t *testing.T) {
	k := newTicker(5 * time.Millisecond)
	k.run(0, 4)
	k.run(3, 5)
	at := k.t.Deadline
	k.begin(1, 4*time.Millisecond, time.Millisecond, 200*time.Microsecond, &k.speed)
	k.spike(9, 2)
	k.tick(neuron.Tick{Due: 1, Steps: 5, Deadline: at + time.Millisecond})
	k.end()
	want := []batch{
		{0, 1, 50, start + 5*time.Millisecond, 30, 1, []fired{{4, 4}, {5, 45}}},
		{1, 51, 55, start + 6*time.Millisecond, 0, 1, []fired{{9, 52}}},
	}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
}

// A change of the speed ends the batch: a batch has one speed. Ticks skipped before the change have the old one.
func TestBatchHasOneSpeed(t *testing.T) {
	k := newTicker(5 * time.Millisecond)
	k.run(0, 1)
	k.run(0, 2)
	k.speed = 0.5
	tick := func(skip, steps int64) {
		k.t.Due, k.t.Skipped, k.t.Steps = k.t.Due+skip+1, k.t.Skipped+skip, k.t.Steps+steps
		k.t.Deadline = start + time.Duration(k.t.Due)*time.Millisecond
		k.tick(k.t)
	}
	k.spike(3, k.t.Steps+3)
	tick(3, 5) // 30 steps skipped at the old speed
	tick(2, 5) // 10 steps skipped at the new one
	k.end()
	want := []batch{
		{0, 1, 20, start + 2*time.Millisecond, 0, 1, []fired{{1, 1}, {2, 12}}},
		{0, 21, 55, start + 6*time.Millisecond, 30, 0.5, []fired{{3, 53}}},
		{0, 56, 70, start + 9*time.Millisecond, 10, 0.5, nil},
	}
	if diff := cmp.Diff(want, k.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
	for who := range int32(batchSpikes) {
		k.spike(who, k.t.Steps+2)
	}
	k.spike(0, k.t.Steps+4)
	tick(0, 5)
	k.end()
	if all := k.taken(); len(all) != 2 || all[0].to != 73 || all[0].at != start+10*time.Millisecond-400*time.Microsecond {
		t.Errorf("got %d batches, the first until %s; want two, the first until 400 us before the end of the tick", len(all), all[0].at)
	}
}

// 10 times slower than real time, a tick has one step.
func TestSlowModelHasItsSteps(t *testing.T) {
	o := newOutbox()
	speed := 0.1
	o.begin(0, 4*time.Millisecond, time.Millisecond, 100*time.Microsecond, &speed)
	o.tick(neuron.Tick{Due: 2, Steps: 2, Deadline: start + 2*time.Millisecond})
	o.tick(neuron.Tick{Due: 5, Skipped: 2, Steps: 3, Deadline: start + 5*time.Millisecond})
	want := []batch{{0, 1, 5, start + 5*time.Millisecond, 2, 0.1, nil}}
	if diff := cmp.Diff(want, o.taken(), ofBatches); diff != "" {
		t.Error(diff)
	}
}

func TestOutboxDoesNotAllocate(t *testing.T) {
	k := newTicker(5 * time.Millisecond)
	var b batch
	b.spikes = make([]fired, 0, batchSpikes)
	n := testing.AllocsPerRun(1000, func() {
		k.spike(0, k.t.Steps+1)
		k.spike(1, k.t.Steps+2)
		k.run(0)
		k.next(&b)
	})
	if n != 0 {
		t.Errorf("got %g allocations in a tick, want 0", n)
	}
}

// The cost of a tick for three neurons at 100 Hz, with batches of 50 ms.
func BenchmarkOutbox(b *testing.B) {
	k := newTicker(50 * time.Millisecond)
	var got batch
	i := 0
	for b.Loop() {
		if i++; i%10 == 0 {
			for who := range int32(3) {
				k.spike(who, k.t.Steps+1)
			}
		}
		k.run(0)
		if i%50 == 0 {
			k.next(&got)
		}
	}
}

func TestInboxPassesSpikesOn(t *testing.T) {
	in := newInbox()
	for i := range inboxSpikes {
		if !in.put(i%3, time.Duration(i)) {
			t.Fatalf("got no room for spike %d", i)
		}
	}
	if in.put(0, 0) {
		t.Error("got room in a full inbox")
	}
	var got []string
	in.read([]int{5, -1}, func(input int, at time.Duration, gain float64) {
		if len(got) < 3 {
			got = append(got, fmt.Sprint(input, int64(at), gain))
		}
	})
	if diff := cmp.Diff([]string{"5 0 1", "5 3 1", "5 6 1"}, got); diff != "" {
		t.Error(diff)
	}
	if n := testing.AllocsPerRun(100, func() {
		in.put(0, 1)
		in.read([]int{0}, func(int, time.Duration, float64) {})
	}); n != 0 {
		t.Errorf("got %g allocations, want 0", n)
	}
}
