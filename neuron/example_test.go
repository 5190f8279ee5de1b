package neuron_test

import (
	"context"
	"fmt"
	"time"

	"hillock/neuron"
)

func ExampleNeuron_Step() {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		panic(err)
	}
	drive := n.Drive(2) // nA
	for step := 1; step <= 300; step++ {
		if n.Step(drive) {
			fmt.Println("spike in step", step)
		}
	}
	// Output:
	// spike in step 138
	// spike in step 276
}

type constant float64

func (c constant) Current(time.Duration) float64 { return float64(c) }

func ExampleLoop() {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		panic(err)
	}
	cell := &neuron.Cell{Name: "n1", Neuron: n, Inputs: []neuron.Input{constant(2)}}
	loop := neuron.Loop{
		Clock: new(neuron.VirtualClock),
		Tick:  time.Millisecond,
		DT:    100 * time.Microsecond,
		Speed: 1,
		Ticks: 2000,
		Cells: []*neuron.Cell{cell},
	}
	end, err := loop.Run(context.Background())
	fmt.Println(end.Steps, "steps,", cell.Spikes, "spikes,", err)
	rate := neuron.Default().DiscreteRate(2)
	fmt.Printf("%.2f Hz predicted\n", rate)
	// Output:
	// 20000 steps, 144 spikes, <nil>
	// 72.46 Hz predicted
}
