package neuron

import "testing"

func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	n, _ := New(Default())
	drive := n.Drive(2)
	spikes := 0
	for b.Loop() {
		for range 1000 {
			if n.Step(drive) {
				spikes++
			}
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds()/1e6, "Msteps/s")
}
