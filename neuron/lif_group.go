package neuron

import (
	"fmt"
	"math"

	"hillock/neuron/internal/gauss"
)

// lifGroup is a group of leaky integrate-and-fire neurons. Its equation is that of lifNeuron, to the bit, with the
// adaptation current w:
//
//	tau_m dV/dt = E_L - V + R_m (I - w),    tau_w dw/dt = a (V - E_L) - w,    at a spike w <- w + b
type lifGroup struct {
	LIF
	refractory
	v, w []float64 // mV, nA; w is nil without adaptation
	xi   []*gauss.Source
	kick float64

	p22, p20 float64 // propagators of V and of the current: exp(-dt/tau_m), R_m (1 - exp(-dt/tau_m)); only with Exact
}

func newLIFGroup(p LIF, n int) *lifGroup {
	g := &lifGroup{LIF: p, refractory: newRefractory(n, p.RefSteps()), v: make([]float64, n)}
	for i := range g.v {
		g.v[i] = p.Rest()
	}
	if p.Exact {
		g.p22, _ = p.decay()
		g.p20 = p.RM * (1 - g.p22)
	}
	if p.Adapts() {
		g.w = make([]float64, n)
	}
	if p.Sigma > 0 {
		for i := range n {
			purpose := "membrane"
			if i > 0 {
				purpose += fmt.Sprint(i + 1)
			}
			g.xi, g.kick = append(g.xi, gauss.New(p.Seed, purpose)), p.kick()
		}
	}
	return g
}

// group implements Params.
func (p LIF) group(n int) Group { return newLIFGroup(p, n) }

// Params implements Group.
func (g *lifGroup) Params() Params { return g.LIF }

// Len implements Group.
func (g *lifGroup) Len() int { return len(g.v) }

// V implements Group.
func (g *lifGroup) V(i int) float64 { return g.v[i] }

// W implements Group.
func (g *lifGroup) W(i int) float64 {
	if g.w == nil {
		return 0
	}
	return g.w[i]
}

// propagators implements exactly.
func (g *lifGroup) propagators() (tauM, p22 float64, ok bool) { return g.TauM, g.p22, g.Exact }

// Start implements Group.
func (g *lifGroup) Start(i int, mV float64) { g.v[i] = mV }

// Integrate implements Group.
func (g *lifGroup) Integrate(currents []float64) {
	v, left, el, rm, dt, tauM := g.v, g.left, g.EL, g.RM, g.DT, g.TauM
	switch {
	case g.Exact:
		for i, current := range currents {
			if left[i] == 0 {
				v[i] = el + float64((v[i]-el)*g.p22) + float64(g.p20*current)
			}
		}
	case g.w != nil:
		g.adapt(currents)
	case g.xi != nil:
		for i, current := range currents {
			if left[i] == 0 {
				v[i] += (el - v[i] + float64(rm*current)) * dt / tauM
				v[i] += float64(g.kick * g.xi[i].Next())
			}
		}
	default:
		v, left = v[:len(currents)], left[:len(currents)]
		for i, current := range currents {
			if left[i] == 0 {
				v[i] += (el - v[i] + float64(rm*current)) * dt / tauM
			}
		}
	}
}

// adapt is Integrate with an adaptation current.
func (g *lifGroup) adapt(currents []float64) {
	rate, a := g.DT/max(g.DT, g.TauW), g.A/1000 // nS mV are pA
	k := 1 - rate
	for i, current := range currents {
		v, w := g.v[i], g.w[i]
		if g.left[i] == 0 {
			g.v[i] += (g.EL - v + float64(g.RM*(current-w))) * g.DT / g.TauM
			if g.xi != nil {
				g.v[i] += float64(g.kick * g.xi[i].Next())
			}
		}
		g.w[i] = float64(w*k) + float64(float64(a*(v-g.EL))*rate)
	}
}

// Jump implements Group.
func (g *lifGroup) Jump(i int, mV float64) {
	if g.left[i] == 0 {
		g.v[i] += mV
	}
}

// Fire implements Group.
func (g *lifGroup) Fire(spiked []int32) []int32 {
	left, vt := g.left[:len(g.v)], g.VT
	for i, v := range g.v {
		switch {
		case left[i] > 0:
			left[i]--
		case v >= vt:
			g.v[i] = g.VReset
			left[i] = g.after
			if g.w != nil {
				g.w[i] += g.B
			}
			spiked = append(spiked, int32(i))
		}
	}
	return spiked
}

// Continue implements Group. With the same seed it takes over the state of the noise too.
func (g *lifGroup) Continue(from Group) {
	was, ok := from.(*lifGroup)
	if !ok {
		return
	}
	copy(g.v, was.v)
	copy(g.w, was.w)
	g.refractory.take(was.refractory, was.DT, g.DT)
	if g.Seed == was.Seed {
		for i := range min(len(g.xi), len(was.xi)) {
			*g.xi[i] = *was.xi[i]
		}
	}
}

// groupOf returns the group of a neuron that is a group of one leaky integrate-and-fire neuron.
func groupOf(n Neuron) (g *lifGroup, ok bool) {
	s, ok := n.(*single)
	if ok {
		g, ok = s.Group.(*lifGroup)
	}
	return g, ok
}

// alone returns the first neuron of the group without its adaptation.
func (g *lifGroup) alone() *lifNeuron {
	n := &lifNeuron{LIF: g.LIF, v: g.v[0], ref: int64(g.left[0])}
	if g.xi != nil {
		n.xi = g.xi[0]
	}
	return n
}

// groupOfOne returns a group with the state of the neuron.
func (n *lifNeuron) groupOfOne() *lifGroup {
	g := newLIFGroup(n.LIF, 1)
	g.v[0], g.left[0] = n.v, int32(min(n.ref, math.MaxInt32))
	if n.xi != nil {
		*g.xi[0] = *n.xi
	}
	return g
}
