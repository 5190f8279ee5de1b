package web

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// A frame of a network has its inner currents, the spikes of its sources, and a bounded raster of each population.
func TestFramesOfANetwork(t *testing.T) {
	const members, steps = 1000, 400
	tap := neuron.NewTapOf([]neuron.Tapped{{Inner: true, Members: members}, {}}, 1<<12)
	c := new(client)
	c.begin(part{record: trace.NewRecord(tap, slices.Repeat([]trace.Window{{Width: 1, Silence: 1000, DT: 1}}, 2))}, 10)
	all := make([]int32, members)
	for i := range all {
		all[i] = int32(i)
	}
	var want []dot
	step := int64(0)
	run := func(fired func(step int64) []int32) (frames []told) {
		t.Helper()
		for range steps {
			step++
			cell := &neuron.Cell{Synaptic: float64(step), W: -float64(step), Fired: fired(step)}
			tap.Step(neuron.Sample{Cell: cell, Step: step, Current: 2})
			tap.Step(neuron.Sample{Cell: &neuron.Cell{}, Step: step})
		}
		for _, m := range c.frames(&press{made: map[cut]frame{}}, nil) {
			if len(m.bytes) > maxFrame {
				t.Errorf("got a frame of %d bytes, want at most %d", len(m.bytes), maxFrame)
			}
			frames = append(frames, decode(m.bytes))
		}
		return frames
	}
	few := run(func(step int64) (fired []int32) {
		for i := int32(step % 7); i < members; i += 97 {
			fired = append(fired, i)
			if i%5 == 0 {
				want = append(want, dot{float64(step), int(i / 5)})
			}
		}
		return fired
	})
	if len(few) != 1 || !slices.Equal(few[0].rasters[0], want) || len(want) < 300 {
		t.Fatalf("got %d frames, want one with each fifth of 1000 neurons: %v", len(few), want)
	}
	if f := few[0]; len(f.rasters) != 1 || f.cells != 2 || f.inner[1] != [4]float32{11, 20, -20, -11} || f.values[2] != [5]float32{0, 0, 0, 2, 2} {
		t.Errorf("got %d rasters of %d cells, the inner currents %v and the values %v, want one of two, and those of steps 11 to 20", len(f.rasters), f.cells, f.inner[1], f.values[2])
	}
	drawn := 0
	many := run(func(int64) []int32 { return all }) // 200 rows in 400 steps
	for _, f := range many {
		drawn += len(f.rasters[0])
		if n := len(f.rasters[0]); n > rasterSpikes || f.columns > 20 && n < rasterSpikes/2 {
			t.Errorf("got %d spikes in a frame, want at most %d", n, rasterSpikes)
		}
	}
	if drawn == 0 {
		t.Error("got no spikes of a population with 1000 spikes a step")
	}
}

func TestFramesHaveTheSpikesOfSources(t *testing.T) {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	cells := []*neuron.Cell{{Name: "n1", Neuron: n}}
	sources := []neuron.Source{{Name: "a", Train: neuron.Steps{3, 700}}, {Name: "b", Train: neuron.Steps{250}}}
	synapses := []neuron.Synapse{{Name: "s", Kind: neuron.Exp, Weight: 1, Tau: 5, Delay: 1, From: []int32{1}, Targets: [][]int32{{0}}}}
	tap := neuron.NewTap(1, 1<<12)
	loop := &neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 100, Cells: cells,
		Net: neuron.NewNet(0.1, cells, sources, synapses), Observers: []neuron.Observer{tap}}
	tap.Sources(loop)
	c := new(client)
	c.begin(part{record: trace.NewRecord(tap, []trace.Window{{Width: 1, Silence: 1000, DT: 1}})}, 10)
	if _, err := loop.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	frames := c.frames(&press{made: map[cut]frame{}}, nil)
	want := [][]float64{{3, 700}, {250}}
	if got := decode(frames[0].bytes).sources; len(frames) != 1 || !cmp.Equal(got, want) {
		t.Errorf("got %d frames, the first with the spikes %v, want one with %v", len(frames), got, want)
	}
}

func TestRowsOfARaster(t *testing.T) {
	for members, want := range map[int]int{2: 2, 200: 200, 201: 101, 400: 200, 800: 200, 3200: 200, 3201: 189, 10_000: 200} {
		if got := rowsOf(members); got != want {
			t.Errorf("%d neurons: got %d rows, want %d", members, got, want)
		}
	}
}
