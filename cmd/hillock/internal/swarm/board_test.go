package swarm

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Batches of any length cut the same train.
func TestNeuronsAreRegularAcrossBatches(t *testing.T) {
	for _, rate := range []float64{0, 0.5, 7, 100, 333, 1000} {
		s := &swarm{Load: Load{Neurons: 3, Rate: rate, Batch: 50 * time.Millisecond, Class: "swarm"}}
		b := newBoard(s, "swarm-00001", rand.New(rand.NewPCG(1, 0)))
		const steps = 100_000 // 10 s
		for neuron := range b.offsets {
			whole := b.between(neuron, 1, steps)
			for _, length := range []int64{1, 10, 333, 500} {
				var parts []int64
				for from := int64(1); from <= steps; from += length {
					parts = append(parts, b.between(neuron, from, min(steps, from+length-1))...)
				}
				if !slices.Equal(parts, whole) {
					t.Fatalf("%g Hz, batches of %d steps: got %d spikes, want the %d of one batch", rate, length, len(parts), len(whole))
				}
			}
			if n, want := float64(len(whole)), rate*10; n < want-1 || n > want+1 {
				t.Errorf("%g Hz: got %g spikes in 10 s, want %g", rate, n, want)
			}
			for i := 1; i < len(whole); i++ {
				if gap, want := float64(whole[i]-whole[i-1]), b.interval(); gap < want-1 || gap > want+1 {
					t.Fatalf("%g Hz: got an interspike interval of %g steps, want %g", rate, gap, want)
				}
			}
		}
	}
}
