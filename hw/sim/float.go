package sim

import "math/rand/v2"

// floating is the inputs of a converter that nothing is wired to. Each has the little charge of its pin and its wire,
// which wanders with the hum and the leakage around it, and which every sample mixes with what the sample before has left
// in the sampling capacitor.
type floating struct {
	volts []float64 // of each input, in parts of the supply
	held  float64   // of the sampling capacitor
	rng   *rand.Rand
}

const (
	sampleFarads = 20e-12 // the sampling capacitor, DS21295D figure 4-1
	pinFarads    = 17e-12 // the pin, 7 pF there, and some centimetres of a breadboard
	wander       = 0.03   // the most, from a sample to the next, in parts of the supply
)

func newFloating(inputs int) floating {
	return floating{volts: make([]float64, inputs), rng: rand.New(rand.NewPCG(1, 0))}
}

// sample is what an input is sampled as, whose knob is k.
func (f *floating) sample(input int, k *Knob) float64 {
	v, floats := k.wiper()
	if floats {
		v = f.volts[input] + float64(wander*(2*f.rng.Float64()-1)) // the same bits on every architecture
		v = min(max((float64(v*pinFarads)+float64(f.held*sampleFarads))/(pinFarads+sampleFarads), 0), 1)
		f.volts[input] = v
	}
	f.held = v
	return v
}
