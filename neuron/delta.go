package neuron

// deltaKind is no current: V jumps by the weight at once. A refractory neuron drops the jump.
func deltaKind() synapseKind {
	return synapseKind{name: "delta", unit: "mV", open: func(p place) receiver { return deltaReceiver{p.group} }}
}

type deltaReceiver struct{ group Group }

func (r deltaReceiver) arrive(targets []int32, weight float64) {
	for _, to := range targets {
		r.group.Jump(int(to), weight)
	}
}

func (r deltaReceiver) decay()                       {}
func (r deltaReceiver) current() []float64           { return nil }
func (r deltaReceiver) drive() []float64             { return nil }
func (r deltaReceiver) take(receiver, func(int) int) {}
