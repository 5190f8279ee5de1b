package neuron

import (
	"slices"
	"testing"
)

// From V_reset to V_T are 15 mV, and 2 nA give 0.2 mV a step.
func TestPIFSpikesInTheRightStep(t *testing.T) {
	i := slices.IndexFunc(Models(), func(m Model) bool { return m.Name == "pif" })
	if i < 0 {
		t.Fatal("got no model pif in the list")
	}
	n, err := New(Models()[i].Default)
	if err != nil {
		t.Fatal(err)
	}
	drive, step := n.Drive(2), 1
	for !n.Step(drive) {
		step++
	}
	if step < 75 || step > 76 { // rounding decides
		t.Errorf("got a spike in step %d, want 75 or 76", step)
	}
}
