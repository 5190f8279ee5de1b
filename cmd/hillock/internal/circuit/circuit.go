// Package circuit builds the network of a configuration: numbers for its neurons and spike inputs, and the graphs of its synapses. It
// needs no hardware.
package circuit

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
	"hillock/neuron"
)

// Circuit is the network of a configuration. The neurons have numbers in the order of Config.Neurons, a population one number for
// each of its neurons. Then come the spike inputs.
type Circuit struct {
	Config   *config.Config
	Sources  []neuron.Source  // spike inputs, in the order of Config.Inputs
	Synapses []neuron.Synapse // in the order of Config.Synapses, without knobs for their gains

	first []int32 // number of the first neuron of each table, and at the end the number of all neurons
}

// Of returns the network of a configuration. The error is that of a file of spikes.
func Of(cfg *config.Config) (*Circuit, error) {
	c := &Circuit{Config: cfg, first: make([]int32, 1, len(cfg.Neurons)+1)}
	for i, n := range cfg.Neurons {
		c.first = append(c.first, c.first[i]+int32(max(1, n.Count)))
	}
	for _, in := range cfg.Inputs {
		switch part := in.Part.(type) {
		case config.TrainInput:
			train, err := part.Train(filepath.Dir(cfg.File), cfg.Loop.DT)
			if err != nil {
				return nil, fmt.Errorf("input %s: %w", in.Name, err)
			}
			c.Sources = append(c.Sources, neuron.Source{Name: in.Name, Train: train})
		case config.SpikeInput:
			_, remote := part.(config.Remote)
			c.Sources = append(c.Sources, neuron.Source{Name: in.Name, Train: &neuron.Received{Remote: remote}})
		}
	}
	for _, s := range cfg.Synapses {
		c.Synapses = append(c.Synapses, c.synapse(s))
	}
	return c, nil
}

// Exists reports whether the configuration has a network: synapses or a population. Other neurons are alone.
func (c *Circuit) Exists() bool {
	return len(c.Synapses) > 0 || slices.ContainsFunc(c.Config.Neurons, func(n config.Neuron) bool { return n.Count > 1 })
}

// Len returns the number of neurons.
func (c *Circuit) Len() int { return int(c.first[len(c.first)-1]) }

// Number returns the number of the first neuron of a name, and how many there are: of a table, of one neuron such as "n1.3", or of
// a spike input. An unknown name has none.
func (c *Circuit) Number(name string) (first, n int) {
	table, member, one := strings.Cut(name, ".")
	for i, known := range c.Config.Neurons {
		first, count := int(c.first[i]), int(c.first[i+1]-c.first[i])
		switch k, err := strconv.Atoi(member); {
		case known.Name != table:
		case !one:
			return first, count
		case err == nil && k >= 1 && k <= count:
			return first + k - 1, 1
		}
	}
	for i, s := range c.Sources {
		if s.Name == name {
			return c.Len() + i, 1
		}
	}
	return 0, 0
}

// Name returns the name of a number: "n1", "n1.3" of a population, or a spike input.
func (c *Circuit) Name(number int32) string {
	if i := int(number) - c.Len(); i >= 0 {
		return c.Sources[i].Name
	}
	i, found := slices.BinarySearch(c.first, number)
	if !found {
		i--
	}
	name := c.Config.Neurons[i].Name
	if c.first[i+1]-c.first[i] > 1 {
		name += "." + strconv.Itoa(int(number-c.first[i])+1)
	}
	return name
}

// generator returns the random numbers of a table. They depend on nothing else in the file.
func generator(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// numbers returns the numbers of all names, ascending, each once.
func (c *Circuit) numbers(names []string) (all []int32) {
	for _, name := range names {
		first, n := c.Number(name)
		for k := range n {
			all = append(all, int32(first+k))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Adjusted returns the network with the parameters of another configuration. Its neurons, spike inputs and graphs are the same.
func (c *Circuit) Adjusted(cfg *config.Config) *Circuit {
	next := &Circuit{Config: cfg, Sources: c.Sources, first: c.first}
	for i, s := range cfg.Synapses {
		all := next.parameters(s)
		all.From, all.Targets = c.Synapses[i].From, c.Synapses[i].Targets
		next.Synapses = append(next.Synapses, all)
	}
	return next
}

// parameters returns a table without its graph.
func (c *Circuit) parameters(s config.Synapse) neuron.Synapse {
	all := neuron.Synapse{Name: s.Name, Kind: s.Kind, Weight: s.Weight, Tau: s.Tau, Delay: int64(s.Delay / c.Config.Loop.DT)}
	if s.Plastic != (neuron.STDP{}) {
		all.Plastic = &s.Plastic
	}
	return all
}

// synapse returns a table with its graph. A random graph takes a number for each pair, source by source.
func (c *Circuit) synapse(s config.Synapse) neuron.Synapse {
	all := c.parameters(s)
	random := generator(s.Seed, s.Name)
	to := c.numbers(s.To)
	all.From = c.numbers(s.From)
	for _, from := range all.From {
		var targets []int32
		for _, t := range to {
			if t == from && !s.Self || s.Probability < 1 && random.Float64() >= s.Probability {
				continue
			}
			targets = append(targets, t)
		}
		all.Targets = append(all.Targets, targets)
	}
	return all
}

// VStart returns the potentials of a table's neurons at the start, mV, or nil: at rest.
func (c *Circuit) VStart(i int) []float64 {
	n := c.Config.Neurons[i]
	if n.VStart == nil {
		return nil
	}
	v := make([]float64, max(1, n.Count))
	random := generator(n.Seed, n.Name)
	for k := range v {
		v[k] = n.VStart[0] + float64((n.VStart[1]-n.VStart[0])*random.Float64())
	}
	return v
}

// Cells returns a cell for each table of neurons, without inputs and outputs.
func (c *Circuit) Cells() (cells []*neuron.Cell, err error) {
	for i, n := range c.Config.Neurons {
		count := max(1, n.Count)
		nn, err := neuron.NewGroup(n.Params, count)
		if err != nil {
			return nil, fmt.Errorf("neuron %s: %w", n.Name, err)
		}
		if v := c.VStart(i); v != nil {
			neuron.Start(nn, v)
		}
		cells = append(cells, &neuron.Cell{Name: n.Name, Neuron: nn, Count: count})
	}
	return cells, nil
}

// Net returns the network of the cells, or nil if they are alone. input returns an input by its name, for gains.
func (c *Circuit) Net(cells []*neuron.Cell, input func(name string) neuron.Input) *neuron.Net {
	if !c.Exists() {
		return nil
	}
	return neuron.NewNet(float64(c.Config.Loop.DT)/1e6, cells, c.Sources, c.Gained(input))
}

// Received returns the spikes from outside of a spike input, nil for another one.
func (c *Circuit) Received(name string) *neuron.Received {
	for _, s := range c.Sources {
		if r, ok := s.Train.(*neuron.Received); ok && s.Name == name {
			return r
		}
	}
	return nil
}

// Gained returns the synapses with the inputs of their gains.
func (c *Circuit) Gained(input func(name string) neuron.Input) []neuron.Synapse {
	all := slices.Clone(c.Synapses)
	for i, s := range c.Config.Synapses {
		if s.Gain == "" {
			continue
		}
		k := slices.IndexFunc(c.Config.Inputs, func(in config.Input) bool { return in.Name == s.Gain })
		low, high := c.Config.Inputs[k].Part.Range()
		all[i].Gain = neuron.Gain{Input: input(s.Gain), Low: low, High: high}
	}
	return all
}

// Pairs returns the number of synapses of a table.
func (c *Circuit) Pairs(i int) (n int) {
	for _, targets := range c.Synapses[i].Targets {
		n += len(targets)
	}
	return n
}
