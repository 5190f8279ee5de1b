package neuron

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"time"
)

// ramp is a current with another value in each tick.
type ramp struct{ n float64 }

func (r *ramp) Current(time.Duration) float64 { r.n++; return 1 + math.Mod(r.n, 7)/2 }

// history is an observer. It keeps all steps.
type history struct{ all []Moment }

func (*history) Tick(Tick) {}
func (h *history) Step(s Sample) {
	h.all = append(h.all, Moment{V: s.V, Current: float32(s.Current), Spiked: s.Spiked})
}

func tapped(t testing.TB, ticks int64, observers ...Observer) *Loop {
	second := Default()
	second.TauM = 20
	return &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: ticks, Observers: observers,
		Cells: []*Cell{{Name: "n1", Neuron: mustNew(t, Default()), Inputs: []Input{&ramp{}}}, {Name: "n2", Neuron: mustNew(t, second), Inputs: []Input{&ramp{n: 3}}}}}
}

// Each step of each cell is either read in time or counted as lost.
func TestTapLosesNoStepUncounted(t *testing.T) {
	for _, tt := range []struct{ keep, every, room, missed int }{
		{4096, 1, 100, 0},   // all of it
		{4096, 300, 100, 0}, // the rest with the next calls
		{64, 6, 100, 0},     // 60 steps in a ring of 64
		{64, 7, 100, 70 - 63},
		{64, 1000, 1000, 10_000 - 63},
	} {
		tap, all := NewTap(2, tt.keep), &history{}
		reader, ticks := tap.Reader(), 0
		var got []Moment
		next := int64(1)
		take := func() {
			moments := make([]Moment, tt.room)
			for {
				missed := reader.Missed()
				first, n := reader.Read(moments)
				if n == 0 {
					return
				}
				if next += reader.Missed() - missed; first != next {
					t.Fatalf("%+v: got step %d, want %d", tt, first, next)
				}
				got = append(got, moments[:2*n]...)
				if !slices.Equal(moments[:2*n], all.all[2*(first-1):2*(first-1)+int64(2*n)]) {
					t.Fatalf("%+v: got other moments from step %d on", tt, first)
				}
				next += int64(n)
			}
		}
		l := tapped(t, 1000, all, tap, ticker(func() {
			if ticks++; ticks%tt.every == 0 {
				take()
			}
		}))
		if _, err := l.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		take()
		periods := max(1, 1000/tt.every)
		if tt.every == 7 {
			periods = 142 // of 7 ticks; the last 6 fit
		}
		if want := int64(tt.missed * periods); reader.Missed() != want || len(got)/2+int(want) != 10_000 {
			t.Errorf("%+v: got %d steps and %d missed, want %d missed of 10000", tt, len(got)/2, reader.Missed(), want)
		}
	}
}

// ticker is an observer of ticks only.
type ticker func()

func (f ticker) Tick(Tick) { f() }

// stepped is an observer of steps only.
type stepped func(Sample)

func (stepped) Tick(Tick)       {}
func (f stepped) Step(s Sample) { f(s) }

// A slow reader beside a fast loop reads no wrong step. Run this with the race detector.
func TestTapReadersReadTrueSteps(t *testing.T) {
	want := &history{}
	if _, err := tapped(t, 2000, want).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	tap := NewTap(2, 256)
	var all sync.WaitGroup
	done := make(chan struct{})
	for i := range 4 {
		reader := tap.Reader()
		all.Go(func() {
			moments, seen := make([]Moment, 2*(1<<i)), int64(0)
			for over := false; ; {
				first, n := reader.Read(moments)
				seen += int64(n)
				if n > 0 && !slices.Equal(moments[:2*n], want.all[2*(first-1):2*(first-1)+int64(2*n)]) {
					t.Errorf("reader %d: got other moments from step %d on", i, first)
					return
				}
				if n == 0 && over {
					break
				}
				select {
				case <-done:
					over = true
				default:
				}
			}
			if seen+reader.Missed() != 20_000 {
				t.Errorf("reader %d: got %d steps and %d missed, want 20000 together", i, seen, reader.Missed())
			}
		})
	}
	_, err := tapped(t, 2000, tap).Run(context.Background())
	close(done)
	all.Wait()
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkTap is a tick of ten steps of one neuron with a tap.
func BenchmarkTap(b *testing.B) {
	c := &Cell{Name: "n1", Neuron: mustNew(b, Default()), Inputs: []Input{fixed(2)}}
	l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: []*Cell{c},
		Observers: []Observer{NewTap(1, 1<<16)}, Ticks: int64(b.N)}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := l.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// A tap of a network keeps the inner currents of its cells, and the spikes of all neurons of a population.
func TestTapKeepsInnerCurrentsAndMembers(t *testing.T) {
	p := Default()
	p.B, p.TauW = 0.2, 300
	group, err := NewGroup(p, 3)
	if err != nil {
		t.Fatal(err)
	}
	cells := []*Cell{{Name: "all", Neuron: group, Inputs: []Input{fixed(2)}}, {Name: "n2", Neuron: mustNew(t, Default())}}
	s := exp(to(1, 4), 8, 5)
	sources := []Source{{Name: "a", Train: Steps(nil)}, {Name: "b", Train: Steps{100, 101, 500}}}
	tap := NewTapOf([]Tapped{{Inner: true, Members: 3}, {Inner: true}}, 1<<12)
	reader := tap.Reader()
	var want []Moment
	var spikes []MemberSpike
	l := &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 100, Cells: cells,
		Net: NewNet(0.1, cells, sources, []Synapse{s}), Observers: []Observer{tap, stepped(func(s Sample) {
			for _, k := range s.Cell.Fired {
				if s.Cell == cells[0] {
					spikes = append(spikes, MemberSpike{s.Step, k})
				}
			}
			want = append(want, Moment{V: s.V, Current: float32(s.Current), Spiked: s.Spiked, Synaptic: float32(s.Cell.Synaptic), W: float32(s.Cell.W)})
		})}}
	tap.Sources(l)
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := make([]Moment, 2000)
	if first, n := reader.Read(got); first != 1 || n != 1000 || !slices.Equal(got, want) {
		t.Errorf("got %d other moments from step %d on", n, first)
	}
	var members []MemberSpike
	var sent []int64
	lost := reader.Spikes(func(cell int, s MemberSpike) {
		switch cell {
		case 0:
			members = append(members, s)
		case 3:
			sent = append(sent, s.Step)
		default:
			t.Errorf("got %+v of cell %d, want the population and source b", s, cell)
		}
	})
	if !slices.Equal(sent, []int64{100, 101, 500}) {
		t.Errorf("got the spikes %v of the source, want those in the steps 100, 101 and 500", sent)
	}
	if lost != 0 || len(members) < 6 || !slices.Equal(members, spikes) {
		t.Errorf("got %d lost and the spikes %v, want %v", lost, members, spikes)
	}
	synaptic, w := slices.MaxFunc(got, func(a, b Moment) int { return cmp.Compare(a.Synaptic, b.Synaptic) }), slices.MaxFunc(got, func(a, b Moment) int { return cmp.Compare(a.W, b.W) })
	if synaptic.Synaptic < 8 || synaptic.Synaptic > 9 || w.W < 0.2 {
		t.Errorf("got at most %g nA of the synapse and w %g nA, want a little more than 8 nA, and more than 0.2 nA", synaptic.Synaptic, w.W)
	}
}

// A reader counts the spikes of a population that the loop has overwritten.
func TestTapCountsLostSpikes(t *testing.T) {
	c := &Cell{Fired: []int32{0, 1, 2, 3}}
	tap := NewTapOf([]Tapped{{Members: 4}}, 16)
	reader := tap.Reader()
	const steps = tapSpikes/4 + 10
	for step := range int64(steps) {
		tap.Step(Sample{Cell: c, Step: step + 1, Spiked: true})
	}
	var first, n int64
	lost := reader.Spikes(func(_ int, s MemberSpike) {
		if n++; n == 1 {
			first = 4*(s.Step-1) + int64(s.Member)
		}
	})
	if lost != 41 || first != 41 || n+lost != 4*steps {
		t.Errorf("got %d spikes from number %d on and %d lost, want the latest of %d", n, first, lost, 4*steps)
	}
}
