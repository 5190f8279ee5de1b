package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/neuron"
)

// Limits of the picture of a network: beyond them it has no place for each neuron of a population, or no places at all.
const (
	maxMembers = 16
	maxPlaces  = 60
	maxPairs   = 600 // of all tables
)

// networkOf returns the network of a configuration: the places and the pairs of its picture.
func networkOf(cfg *config.Config) Network {
	n := Network{Places: []Place{}, Synapses: []Synapse{}}
	c, err := circuit.Of(cfg)
	if err != nil || !c.Exists() {
		return n // the run has read the same files
	}
	n.Exists = true
	at := n.place(c)
	pairs := 0
	for i, s := range cfg.Synapses {
		is := Synapse{Name: s.Name, Kind: s.Kind.String(), Plastic: s.Plastic != (neuron.STDP{}), Gain: s.Gain, Count: c.Pairs(i), Pairs: [][2]int{}}
		if len(n.Places) > 0 {
			is.Pairs = pairsOf(c.Synapses[i], at)
		}
		pairs += len(is.Pairs)
		n.Synapses = append(n.Synapses, is)
	}
	if pairs > maxPairs {
		n.Places = n.Places[:0]
		for i := range n.Synapses {
			n.Synapses[i].Pairs = n.Synapses[i].Pairs[:0]
		}
	}
	return n
}

// place gives each neuron and each spike input a place, and returns the places by their numbers in the circuit. A population has one
// place, unless it is small and a synapse names one of its neurons.
func (n *Network) place(c *circuit.Circuit) (at []int) {
	for i, table := range c.Config.Neurons {
		members := max(1, table.Count)
		apart := members <= maxMembers && slices.ContainsFunc(c.Config.Synapses, func(s config.Synapse) bool {
			return slices.ContainsFunc(slices.Concat(s.From, s.To), func(name string) bool { return strings.HasPrefix(name, table.Name+".") })
		})
		for k := range members {
			switch {
			case apart:
				n.Places = append(n.Places, Place{Name: table.Name + "." + strconv.Itoa(k+1), Neuron: i, Source: -1, Member: k})
			case k == 0:
				n.Places = append(n.Places, Place{Name: table.Name, Neuron: i, Source: -1, Member: -1})
			}
			at = append(at, len(n.Places)-1)
		}
	}
	for i, s := range c.Sources {
		n.Places = append(n.Places, Place{Name: s.Name, Neuron: -1, Source: i, Member: -1})
		at = append(at, len(n.Places)-1)
	}
	if len(n.Places) > maxPlaces {
		n.Places = n.Places[:0]
	}
	return at
}

// pairsOf returns the pairs of places with synapses of a table, in their order.
func pairsOf(s neuron.Synapse, at []int) [][2]int {
	pairs := map[[2]int]struct{}{}
	for i, from := range s.From {
		for _, to := range s.Targets[i] {
			pairs[[2]int{at[from], at[to]}] = struct{}{}
		}
	}
	return slices.SortedFunc(maps.Keys(pairs), func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
}

// now returns the network with the parameters of the run.
func (n Network) now(st *session.Status) Network {
	n.Synapses = slices.Clone(n.Synapses)
	for i := range n.Synapses {
		s, is := st.Synapses[i], &n.Synapses[i]
		is.Params, is.Sliders = map[string]float64{"weight": s.Weight, "tau": s.Tau, "delay": s.Delay}, []Slider{}
		for _, p := range session.SynapseParams(st.File.Synapses[i], st.Config.Loop.DT) {
			is.Sliders = append(is.Sliders, Slider{Key: p.Key, Symbol: p.Key, Name: p.Help, Unit: p.Unit, Low: p.Slider.Low, High: p.Slider.High,
				Decimals: p.Slider.Decimals, Logarithmic: p.Slider.Logarithmic})
		}
	}
	return n
}
