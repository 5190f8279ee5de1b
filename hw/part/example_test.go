package part_test

import (
	"fmt"

	"hillock/config"
	"hillock/hw/part"
)

func Example() {
	c, err := config.Load("", []string{"neuron.n1.tau_m=20 ms"}, part.Kinds())
	if err != nil {
		fmt.Println(err)
		return
	}
	knob, n1, led := c.Inputs[0].Part.(part.MCP3xxx), c.Neurons[0], c.Outputs[0].Part.(part.Pulse)
	fmt.Printf("%s on %s gives %g to %g nA\n", knob.Model, knob.Port, knob.Low, knob.High)
	fmt.Printf("%s has tau_m %g ms and dt %g ms\n", n1.Name, value(n1, "tau_m"), value(n1, "dt"))
	fmt.Printf("%s pulses %s for %v\n", c.Outputs[0].Name, led.Pin, led.Width)

	_, err = config.Load("", []string{"neuron.n1.tau_m=20 mV", "output.led.pin=P1_9"}, part.Kinds())
	fmt.Println(err)
	// Output:
	// mcp3008 on SPI0.0 gives 0 to 5 nA
	// n1 has tau_m 20 ms and dt 0.1 ms
	// led pulses GPIO17 for 20ms
	// --set neuron.n1.tau_m: must be a time such as "10 ms", got "20 mV": the units are ps, ns, us, ms, s, min, h
	// --set output.led.pin: must be a GPIO pin, got "P1_9": position 9 of the header is GND
}

// value returns a parameter of a neuron's model, in its unit.
func value(n config.Neuron, key string) float64 {
	p, _ := n.Model().Param(key)
	return p.Of(n.Params)
}
