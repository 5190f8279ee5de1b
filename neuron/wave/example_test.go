package wave_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"hillock/neuron/wave"
)

// A sine of 5 Hz in model time, 10 times slower than real time.
func Example() {
	sine, err := wave.New(wave.Sine{Mean: 2, Amplitude: 1, Frequency: 5})
	if err != nil {
		log.Fatal(err)
	}
	slow, err := wave.New(wave.Played{Wave: sine, Speed: 0.1})
	if err != nil {
		log.Fatal(err)
	}
	for now := time.Duration(0); now <= time.Second; now += 500 * time.Millisecond {
		fmt.Printf("%v: %.2f nA\n", now, slow.Current(now))
	}
	_, err = wave.New(wave.Sine{Frequency: -5})
	fmt.Println(err)
	// Output:
	// 0s: 2.00 nA
	// 500ms: 3.00 nA
	// 1s: 2.00 nA
	// wave: sine: frequency must be between 0 Hz and 1 MHz, got -5 Hz
}

func ExampleParse() {
	knob, err := wave.Parse("knob.csv", strings.NewReader("time_ms,current_na\n0,1.5\n10,2\n20,0\n"))
	if err != nil {
		log.Fatal(err)
	}
	again, err := knob.Repeated()
	if err != nil {
		log.Fatal(err)
	}
	for _, now := range []time.Duration{0, 15 * time.Millisecond, 25 * time.Millisecond} {
		fmt.Println(now, knob.Current(now), again.Current(now))
	}
	// Output:
	// 0s 1.5 1.5
	// 15ms 2 2
	// 25ms 0 1.5
}
