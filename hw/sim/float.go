package sim

import "math/rand/v2"

// floating models the unconnected inputs of a converter. The pin and its wire hold a small charge. It wanders with hum
// and leakage, and each sample mixes it with the charge of the previous sample in the sampling capacitor.
type floating struct {
	volts []float64 // of each input, as a fraction of the supply
	held  float64   // by the sampling capacitor
	rng   *rand.Rand
}

const (
	sampleFarads = 20e-12 // sampling capacitor, DS21295D figure 4-1
	pinFarads    = 17e-12 // pin, 7 pF in that figure, and some centimetres of breadboard
	wander       = 0.03   // largest step between samples, as a fraction of the supply
)

func newFloating(inputs int) floating {
	return floating{volts: make([]float64, inputs), rng: rand.New(rand.NewPCG(1, 0))}
}

// sample returns the sampled voltage of an input with the knob k, as a fraction of the supply.
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
