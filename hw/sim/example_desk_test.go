package sim_test

import (
	"fmt"
	"log"
	"time"

	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// Two boards with a wire between them. The second one has the times of the edges.
func ExamplePi_Beside() {
	clock := new(stopwatch)
	left := sim.New(clock)
	right := left.Beside()
	out := left.Pin("GPIO17")
	if err := sim.Join(out, right.Pin("GPIO22")); err != nil {
		log.Fatal(err)
	}
	port, err := right.OpenEdges([]edge.Line{{Pin: "GPIO22", Rising: true, Falling: true, Pull: gpio.PullDown}})
	if err != nil {
		log.Fatal(err)
	}
	defer port.Close()

	clock.Sleep(10 * time.Millisecond)
	out.Out(gpio.High)
	clock.Sleep(2 * time.Millisecond)
	out.Out(gpio.Low)

	edges := make([]edge.Edge, 16)
	n, err := port.Read(edges)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range edges[:n] {
		fmt.Println(e.At, e.Rising)
	}
	// Output:
	// 10ms true
	// 12ms false
}
