package config

import (
	"fmt"

	"hillock/neuron"
)

// warnSeeds warns of neurons, and of inputs of one driver, with the same random numbers.
func (d *decoder) warnSeeds(c *Config) {
	all := map[string]*seeds{} // by kind
	add := func(kind, what string, t *Table, seed uint64) {
		if all[kind] == nil {
			all[kind] = &seeds{what: what, used: map[uint64]string{}}
		}
		s := all[kind]
		s.tables, s.seeds, s.used[seed] = append(s.tables, t), append(s.seeds, seed), ""
	}
	for _, n := range c.Neurons {
		if n.Model().Sum(neuron.Noise, n.Params) > 0 {
			add("", "noise", d.of("neuron", n.Name), n.Seed)
		}
	}
	for _, in := range c.Inputs {
		if part, ok := in.Part.(interface {
			Random() (seed uint64, what string)
		}); ok {
			if seed, what := part.Random(); what != "" {
				add(in.Driver, what, d.of("input", in.Name), seed)
			}
		}
	}
	for _, s := range all {
		for i, t := range s.tables {
			s.take(t, s.seeds[i])
		}
	}
}

// seeds are the seeds of one kind of random numbers.
type seeds struct {
	what   string
	tables []*Table
	seeds  []uint64          // by table
	used   map[uint64]string // the first table of a seed
	free   uint64
}

// take warns of the seed of another table.
func (s *seeds) take(t *Table, seed uint64) {
	first := s.used[seed]
	if first == "" {
		s.used[seed] = t.path
		return
	}
	for taken := true; taken; _, taken = s.used[s.free] {
		s.free++
	}
	s.used[s.free] = t.path
	p := Problem{Rule: "is that of " + first + ", so both have the same " + s.what, Hint: fmt.Sprintf("write seed = %d", s.free)}
	if !t.Has("seed") {
		p.Got = fmt.Sprintf("%d by default", seed)
	}
	t.Warn("seed", p)
}
