package systemd

import (
	"testing"

	"hillock/cmd/hillock/internal/session"
	"hillock/neuron"
)

// Many neurons leave room for the faults: each has its rate alone.
func TestLineOfManyNeurons(t *testing.T) {
	st := session.Status{Tick: neuron.Tick{Due: 1}, Inputs: []session.InputStatus{{Fault: session.Fault{Part: "knob", State: "lost", Cause: "no chip answers"}}}}
	for _, name := range []string{"n1", "n2", "n3", "n4"} {
		st.Neurons = append(st.Neurons, session.NeuronStatus{Name: name, Rate: 5.5, Current: 2, Prediction: session.Prediction{Reason: "synapses act on it"}})
	}
	if got, want := Line(&st), "n1 5.5 Hz; n2 5.5 Hz; n3 5.5 Hz; n4 5.5 Hz; knob lost: no chip answers"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	st.Neurons = st.Neurons[:1]
	if got, want := Line(&st), "n1 5.5 Hz (no prediction: synapses act on it) at 2.00 nA; knob lost: no chip answers"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
