package trace

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// A raster keeps the latest spikes, and finds those of any steps.
func TestRasterKeepsTheLatestSpikes(t *testing.T) {
	r, rng := NewRaster(100), rand.New(rand.NewPCG(1, 1))
	if n := r.Count(1, 1000); n != 0 {
		t.Errorf("got %d spikes of an empty raster", n)
	}
	var all []neuron.MemberSpike
	for step := int64(1); len(all) < 2*rasterLength; step++ {
		for member := range int32(100) {
			if rng.IntN(200) == 0 {
				all = append(all, neuron.MemberSpike{Step: step, Member: member})
				r.Add(all[len(all)-1])
			}
		}
	}
	kept := all[len(all)-rasterLength:]
	last := all[len(all)-1].Step
	for _, tt := range [][2]int64{{1, last + 1}, {last, last + 1}, {last - 1000, last - 500}, {last + 1, last + 100}, {5, 5}} {
		var want, got []neuron.MemberSpike
		for _, s := range kept {
			if s.Step >= tt[0] && s.Step < tt[1] {
				want = append(want, s)
			}
		}
		r.Between(tt[0], tt[1], func(s neuron.MemberSpike) { got = append(got, s) })
		if n := r.Count(tt[0], tt[1]); !cmp.Equal(want, got) || n != int64(len(want)) {
			t.Errorf("steps %d to %d: got %d spikes and the count %d, want %d", tt[0], tt[1], len(got), n, len(want))
		}
	}
}

// A record of a network has the inner currents of its cells at any time base, and all spikes of a population.
func TestRecordOfANetwork(t *testing.T) {
	tap := neuron.NewTapOf([]neuron.Tapped{{Inner: true, Members: 3}, {}}, 1<<12)
	r := NewRecord(tap, []Window{NewWindow(0.1, neuron.Default()), NewWindow(0.1, neuron.Default())})
	const steps = 3000
	for step := int64(1); step <= steps; step++ {
		c := &neuron.Cell{Synaptic: float64(step % 7), W: float64(-step)}
		if step%100 == 0 {
			c.Fired = []int32{1, 2}
		}
		if step%1000 == 0 {
			c.Fired = []int32{0, 2}
		}
		tap.Step(neuron.Sample{Cell: c, Step: step, Spiked: step%1000 == 0})
		tap.Step(neuron.Sample{Cell: &neuron.Cell{Synaptic: 9}, Step: step})
	}
	r.Look(func(next, missed int64, cells []Cell) {
		if next != steps+1 || missed != 0 || r.lost != 0 {
			t.Errorf("got the step to come %d, %d missed and %d spikes lost", next, missed, r.lost)
		}
		for _, per := range []int64{1, 10, 16, 500} {
			columns := make([]Bucket, 3)
			cells[0].History.Columns(steps-3*per+1, per, columns)
			for i, b := range columns {
				first := float32(steps - 3*per + 1 + int64(i)*per)
				want := Inner{SMin: 0, SMax: 6, WMin: -first - float32(per) + 1, WMax: -first}
				if per == 1 {
					want.SMin = float32(int(first) % 7)
					want.SMax = want.SMin
				}
				if b.Inner != want {
					t.Errorf("%d steps a column: got %+v, want %+v", per, b.Inner, want)
				}
			}
		}
		one := make([]Bucket, 1)
		if cells[1].History.Columns(1, steps, one); cells[1].History.Inner() || one[0].Inner != (Inner{}) || cells[1].Raster != nil {
			t.Errorf("got the inner currents %+v of a cell without", one[0].Inner)
		}
		if got := cells[0].Train.Between(1, steps+1); !cmp.Equal(got, []int64{1000, 2000, 3000}) {
			t.Errorf("got the spikes %v of the first neuron", got)
		}
		if n := cells[0].Raster.Count(1, steps+1); n != 2*steps/100 || cells[0].Raster.Members != 3 {
			t.Errorf("got %d spikes of all neurons, want %d", n, 2*steps/100)
		}
	})
}

// The histories of many cells together take no more memory than those of few.
func TestManyHistoriesAreShort(t *testing.T) {
	for cells, want := range map[int]int64{1: finest, most: finest, most + 1: finest / 2, 1000: finest / 128} {
		if h := newHistory(cells, false); h.steps.length != want {
			t.Errorf("%d cells: got %d single steps, want %d", cells, h.steps.length, want)
		}
	}
	h := newHistory(1000, true)
	for step := range int64(20_000) {
		h.Add(step+1, neuron.Moment{V: float64(step + 1), Synaptic: 2})
	}
	columns := make([]Bucket, 2)
	h.Columns(10_001, 5000, columns)
	for i, b := range columns {
		const near = factor * factor // steps in a bucket of the past
		if first := 10_001 + 5000*i; int(b.VMin) > first+near || int(b.VMin) < first-near || int(b.VMax) > first+4999+near || b.SMax != 2 {
			t.Errorf("got %+v, want about the steps %d to %d", b, first, first+4999)
		}
	}
}
