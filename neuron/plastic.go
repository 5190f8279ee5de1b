package neuron

// STDP is the spike-timing-dependent plasticity of a synapse: pairs of all spikes, traces by forward Euler
// (S. Song, K. D. Miller and L. F. Abbott, Nature Neurosci. 3, 919, 2000). A presynaptic spike counts when it arrives.
type STDP struct {
	APlus, AMinus     float64 // change of the weight, in its unit
	TauPlus, TauMinus float64 // ms
	Max               float64 // of the weight; the smallest is 0
}

// plastic is the state of a plastic synapse.
type plastic struct {
	STDP
	dt      float64
	weights [][]float64 // by source and target, as Synapse.Targets
	pre     []float64   // traces by source
	post    []postTrace
	index   map[int32]int32 // of a postsynaptic neuron in post
}

// postTrace is the trace of a postsynaptic neuron, with the weights onto it.
type postTrace struct {
	x    float64
	in   []*float64
	from []int32 // sources of the weights
}

func newPlastic(s *Synapse, dt float64) *plastic {
	p := &plastic{STDP: *s.Plastic, dt: dt, pre: make([]float64, len(s.From)), index: map[int32]int32{}}
	for i, targets := range s.Targets {
		weights := make([]float64, len(targets))
		for j, to := range targets {
			weights[j] = s.Weight
			k, ok := p.index[to]
			if !ok {
				k = int32(len(p.post))
				p.index[to] = k
				p.post = append(p.post, postTrace{})
			}
			t := &p.post[k]
			t.in, t.from = append(t.in, &weights[j]), append(t.from, int32(i))
		}
		p.weights = append(p.weights, weights)
	}
	return p
}

func (p *plastic) decay() {
	for i := range p.pre {
		p.pre[i] -= p.pre[i] * p.dt / p.TauPlus
	}
	for i := range p.post {
		p.post[i].x -= p.post[i].x * p.dt / p.TauMinus
	}
}

// arrived takes the spike of a source, after its response.
func (p *plastic) arrived(source int, targets []int32) {
	for j, to := range targets {
		w := &p.weights[source][j]
		*w = max(0, *w-float64(p.AMinus*p.post[p.index[to]].x))
	}
	p.pre[source]++
}

// fired takes the spikes of the step.
func (p *plastic) fired(spiked []int32) {
	for _, number := range spiked {
		k, ok := p.index[number]
		if !ok {
			continue
		}
		t := &p.post[k]
		for k, w := range t.in {
			*w = min(p.Max, *w+float64(p.APlus*p.pre[t.from[k]]))
		}
		t.x++
	}
}

// take takes over the traces of another state, and its weights unless they begin anew. source and target return the places of the
// old ones, -1: gone.
func (p *plastic) take(was *plastic, fresh bool, at func(int32) int32, from, old *synapse) {
	for i, number := range old.From {
		k := at(number)
		if k < 0 || from.source[k] < 0 {
			continue
		}
		here := from.source[k]
		p.pre[here] = was.pre[i]
		if fresh {
			continue
		}
		weights := map[int32]float64{}
		for j, to := range old.Targets[i] {
			weights[at(to)] = was.weights[i][j]
		}
		for j, to := range from.Targets[here] {
			if w, ok := weights[to]; ok {
				p.weights[here][j] = min(p.Max, w)
			}
		}
	}
	for number, k := range was.index {
		if here, ok := p.index[at(number)]; ok {
			p.post[here].x = was.post[k].x
		}
	}
}
