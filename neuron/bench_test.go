package neuron

import (
	"context"
	"testing"
	"time"
)

func BenchmarkStep(b *testing.B) {
	n := mustNew(b, Default())
	drive := n.Drive(2)
	b.ReportAllocs()
	for b.Loop() {
		for range 1000 {
			n.Step(drive)
		}
	}
	b.ReportMetric(float64(b.N)*1e-3/b.Elapsed().Seconds(), "Msteps/s")
}

func BenchmarkAdvance(b *testing.B) {
	n := mustNew(b, Default())
	drive := n.Drive(2)
	b.ReportAllocs()
	for b.Loop() {
		for steps := 1000; steps > 0; {
			taken, _ := n.Advance(drive, steps)
			steps -= taken
		}
	}
	b.ReportMetric(float64(b.N)*1e-3/b.Elapsed().Seconds(), "Msteps/s")
}

// BenchmarkTick is a tick of ten steps with one neuron, one input and one output.
func BenchmarkTick(b *testing.B) {
	for name, observers := range map[string][]Observer{"alone": nil, "observed": {nothing{}}} {
		b.Run(name, func(b *testing.B) {
			c := &Cell{Name: "n1", Neuron: mustNew(b, Default()), Inputs: []Input{fixed(2)}, Outputs: []Output{idle{}}}
			l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: []*Cell{c},
				Observers: observers, Ticks: int64(b.N)}
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := l.Run(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

type idle struct{}

func (idle) Tick(time.Duration)         {}
func (idle) Spike(int64, time.Duration) {}

func BenchmarkNoisyStep(b *testing.B) {
	n := mustNew(b, noisyParams())
	b.ReportAllocs()
	for b.Loop() {
		n.Step(15)
	}
}
