package trace

import (
	"math/rand/v2"
	"testing"

	"hillock/neuron"
)

// At any time base and start, each spike and each extreme is in exactly its own column.
func TestColumnsKeepEverySpikeAndExtreme(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	h := NewHistory()
	var all []neuron.Moment
	for step := int64(1); step <= 200_000; step++ {
		m := neuron.Moment{V: -70 + 15*rng.Float64(), Current: rng.Float32(), Spiked: rng.IntN(140) == 0}
		all = append(all, m)
		h.Add(step, m)
	}
	if h.Next() != 200_001 || h.Oldest() != 1 {
		t.Errorf("got steps %d to %d, want 1 to 200000", h.Oldest(), h.Next()-1)
	}
	for _, per := range []int64{1, 2, 3, 16, 17, 100, 256, 1000, 4096, 10_000} {
		columns := make([]Bucket, 100)
		whole := 200_000 / per * per
		from := max(1, min(whole, 200_000)-100*per+1-rng.Int64N(5000))
		h.Columns(from, per, columns)
		want := Bucket{}
		end := min(from+100*per, 200_001)
		for step := from; step < end; step++ {
			want.Add(step, all[step-1])
		}
		got := Bucket{}
		for _, c := range columns {
			got.Merge(c)
		}
		if got != want {
			t.Errorf("%d steps a column from %d on: got %+v, want %+v", per, from, got, want)
		}
		for i, c := range columns {
			want := Bucket{}
			for step := from + int64(i)*per; step < min(from+int64(i+1)*per, 200_001); step++ {
				want.Add(step, all[step-1])
			}
			if c != want {
				t.Fatalf("%d steps a column, column %d: got %+v, want %+v", per, i, c, want)
			}
		}
	}
}

// Old steps come from a coarser level, and missed steps leave a gap.
func TestColumnsOfLongAgo(t *testing.T) {
	h := NewHistory()
	last := int64(finest + 100_000)
	for step := int64(1); step <= last; step++ {
		if step > 600_000 && step <= 600_100 {
			continue
		}
		h.Add(step, neuron.Moment{V: float64(step), Spiked: step%1000 == 0})
	}
	columns := make([]Bucket, 4)
	h.Columns(1, 1, columns)
	if c := columns[0]; c.First != 1 || c.Steps != 16 || c.VMax != 16 {
		t.Errorf("the first steps: got %+v, want the 16 of a bucket", c)
	}
	if c := columns[1]; c.Steps != 0 {
		t.Errorf("the column after: got %+v again, want none", c)
	}
	h.Columns(600_001-16, 16, columns)
	for i, want := range []int32{16, 0, 0, 0} {
		if columns[i].Steps != want {
			t.Errorf("column %d beside the gap: got %+v, want %d steps", i, columns[i], want)
		}
	}
	h.Columns(last+1, 16, columns)
	if columns[0].Steps != 0 {
		t.Errorf("the future: got %+v, want nothing", columns[0])
	}
}
