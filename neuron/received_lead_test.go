package neuron

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// remote returns a loop with a spike input of another board. Two synapses have different delays, the shorter one is the lead.
func remote(c Clock, events Events, train Train) *Loop {
	const lead = 2500 // 250 ms
	if r, ok := train.(*Received); ok {
		r.Remote = true
	}
	p := Default()
	n, err := New(p)
	if err != nil {
		panic(err)
	}
	cells := []*Cell{{Name: "n", Neuron: n, Count: 1}}
	net := NewNet(p.DT, cells, []Source{{"mara/n1", train}}, []Synapse{
		{Name: "a", From: []int32{1}, Targets: [][]int32{{0}}, Kind: Exp, Weight: 4, Tau: 5, Delay: lead},
		{Name: "b", From: []int32{1}, Targets: [][]int32{{0}}, Kind: Delta, Weight: 3, Delay: lead + 700},
	})
	l := &Loop{Clock: c, Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, MaxLag: 250 * time.Millisecond, Cells: cells, Net: net}
	if r, ok := train.(*Received); ok {
		l.Feeds = []Feed{{events, []*Received{r}}}
	}
	return l
}

// voltages records V of each step.
type voltages struct{ all []string }

func (v *voltages) Tick(Tick) {}

func (v *voltages) Step(s Sample) {
	v.all = append(v.all, fmt.Sprintf("%d %x %v", s.Step, s.V, s.Spiked))
}

// run returns V of each step of a loop.
func (v *voltages) run(t *testing.T, l *Loop, ticks int64) []string {
	t.Helper()
	l.Ticks, l.Observers = ticks, append(l.Observers, v)
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return v.all
}

// readSteps is an observer. It records the spikes as the network reads them: a train for the same run without other boards.
func readSteps(all *Weighted, r *Received) Observer { return &reader{r: r, all: all} }

type reader struct {
	r    *Received
	all  *Weighted
	next int64
}

// Tick implements Observer.
func (r *reader) Tick(t Tick) {
	for ; r.next <= t.Steps-r.r.Behind(); r.next++ {
		if r.r.Spikes(r.next) {
			r.all.Steps, r.all.Gains = append(r.all.Steps, r.next), append(r.all.Gains, r.r.Gain(r.next))
		}
	}
}

// A spike of another board acts at its own step plus the delay, although its message comes much later.
func TestSpikesOfOtherBoardsActAtTheirStepPlusDelay(t *testing.T) {
	for _, tt := range []struct {
		name string
		most time.Duration // longest way of a message
		late bool
	}{
		{"in time", 240 * time.Millisecond, false},
		{"sometimes too late", 400 * time.Millisecond, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 6))
			at := apart(3000, rng)
			slices.Sort(at)
			e := &edges{at: slices.Clone(at), gain: 1}
			arrives := time.Duration(0)
			i := 0
			e.delay = func() time.Duration { // the messages keep their order
				arrives = max(arrives, at[i]+time.Duration(rng.Int64N(int64(tt.most))))
				i++
				return arrives - at[i-1]
			}
			r := &Received{}
			l := remote(&lateClock{late: never}, e, r)
			var steps Weighted
			l.Observers = []Observer{readSteps(&steps, r)}
			ticks := int64(at[len(at)-1]/time.Millisecond) + 800
			got := new(voltages).run(t, l, ticks)
			if r.Taken() != 3000 || r.Dropped() != 0 || (r.Late() > 0) != tt.late {
				t.Errorf("got %d taken, %d late, %d dropped", r.Taken(), r.Late(), r.Dropped())
			}
			if !tt.late {
				var want []int64
				for _, t := range at {
					want = append(want, int64(t/l.DT)+1)
				}
				if !slices.Equal(steps.Steps, want) {
					t.Error("the steps are not those of the spikes")
				}
			}
			want := new(voltages).run(t, remote(&lateClock{late: never}, nil, steps), ticks)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("got %s, want %s as with a train of the same steps", got[i], want[i])
				}
			}
			if sent := l.Net.Sent(0); sent != int64(len(steps.Steps)) {
				t.Errorf("got %d spikes of the source, want %d", sent, len(steps.Steps))
			}
		})
	}
}

// A late spike acts in the next step, and the count is exact.
func TestLateSpikesOfOtherBoardsActInTheNextStep(t *testing.T) {
	const ms = time.Millisecond
	e := &edges{at: []time.Duration{100*ms + 1, 200*ms + 1, 300*ms + 1}, gain: 1, ready: []time.Duration{349 * ms, 450 * ms, 700 * ms}}
	r := &Received{}
	l := remote(&lateClock{late: never}, e, r)
	var steps Weighted
	l.Observers = []Observer{readSteps(&steps, r)}
	new(voltages).run(t, l, 1000)
	// The first is read in the tick at 349 ms. The second comes in the tick at 450 ms, after the steps until 449 ms: step 2001 acts in step 4501.
	if want := []int64{1001, 2001, 6991 - 2499}; !slices.Equal(steps.Steps, want) {
		t.Errorf("got %v, want %v", steps.Steps, want)
	}
	if r.Late() != 1 || r.Taken() != 3 {
		t.Errorf("got %d late of %d, want 1 of 3", r.Late(), r.Taken())
	}
}

// After skipped time a spike still acts at its step plus delay, if that is to come. Else it is dropped.
func TestSpikesOfOtherBoardsInSkippedTime(t *testing.T) {
	const ms = time.Millisecond
	e := &edges{at: []time.Duration{100 * ms, 300 * ms, 500 * ms}, gain: 1, ready: []time.Duration{340 * ms, 340 * ms, 620 * ms}}
	c := &lateClock{}
	sleeps := 0
	c.late = func() time.Duration {
		if sleeps++; sleeps == 320 {
			return 400 * ms // until 720 ms
		}
		return 0
	}
	r := &Received{}
	l := remote(c, e, r)
	var steps Weighted
	l.Observers = []Observer{readSteps(&steps, r)}
	new(voltages).run(t, l, 1200)
	if want := []int64{5001}; !slices.Equal(steps.Steps, want) || r.Dropped() != 2 || r.Late() != 0 {
		t.Errorf("got steps %v, %d dropped, %d late, want %v, 2 dropped, none late", steps.Steps, r.Dropped(), r.Late(), want)
	}
}

// A shorter delay, set during the run, makes spikes late that wait for their arrival. None is lost.
func TestShorterDelayKeepsSpikesOfOtherBoards(t *testing.T) {
	const ms = time.Millisecond
	e := &edges{at: []time.Duration{100*ms + 1, 150*ms + 1, 210*ms + 1}, gain: 1, ready: []time.Duration{110 * ms, 160 * ms, 215 * ms}}
	r := &Received{}
	l := remote(&lateClock{late: never}, e, r)
	var steps Weighted
	change := func(delay int64) {
		all := []Synapse{l.Net.synapses[0].Synapse, l.Net.synapses[1].Synapse}
		all[0].Delay, all[1].Delay = delay, delay
		if err := l.Adjust([]Params{Default()}, all, 1); err != nil {
			t.Error(err)
		}
	}
	l.Observers = []Observer{readSteps(&steps, r), each(func(at Tick) {
		switch at.Due {
		case 200:
			change(300)
		case 230:
			change(5000)
		}
	})}
	l.Ticks = 1000
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	// At 200 ms the two first ones wait, for 350 and 400 ms: with 30 ms they are late, and act in step 2001.
	if net := l.Network(); net.Sent(0) != 2 || net.Arrived(0) != 2 || net.Dropped() != 0 {
		t.Errorf("got %d spikes, %d arrivals, %d dropped", net.Sent(0), net.Arrived(0), net.Dropped())
	}
	if r.Taken() != 3 || r.Late() != 2 || r.Dropped() != 0 {
		t.Errorf("got %d taken, %d late, %d dropped", r.Taken(), r.Late(), r.Dropped())
	}
	if i, found := r.find(2001 - 299); !found || r.spikes[i].gain != 2 {
		t.Errorf("got %v, want step %d with gain 2", r.spikes, 2001-299)
	}
}

// each is an observer that calls a function.
type each func(Tick)

// Tick implements Observer.
func (e each) Tick(t Tick) { e(t) }
