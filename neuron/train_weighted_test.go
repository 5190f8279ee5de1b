package neuron

import "testing"

// A spike with a gain acts with as many times the weight as a spike of a Received.
func TestGainOfATrainScalesItsSpikes(t *testing.T) {
	run := func(train Train) []float64 {
		c := &Cell{Name: "n1", Neuron: mustNew(t, Default())}
		n := NewNet(0.1, []*Cell{c}, []Source{{"in", train}}, []Synapse{{Name: "a", Weight: 2, Tau: 5, Delay: 1, From: []int32{1}, Targets: [][]int32{{0}}}})
		var v []float64
		for range 300 {
			n.Step([]float64{0})
			v = append(v, n.V(0, 0))
		}
		return v
	}
	from := &Received{}
	from.put(0, 5, 1.5)
	from.put(0, 40, 1)
	from.put(0, 41, -0.25)
	got, want := run(Weighted{Steps{5, 40, 41}, []float64{1.5, 1, -0.25}}), run(from)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("step %d: got %v mV, want %v mV", i+1, got[i], want[i])
		}
	}
	if plain := run(Steps{5, 40, 41}); plain[10] == want[10] {
		t.Errorf("got %v mV without gains too", want[10])
	}
}
