package modeltime

import (
	"fmt"
	"strconv"
	"strings"

	"hillock/config"
)

// A Selection is all neurons of a configuration, those of one table, or one neuron of a population.
type Selection struct {
	Table  int // index in Config.Neurons, or All
	Member int // of the population, from 0, or All
}

// All selects each table, or each neuron of a population.
const All = -1

// mostNames is the largest number of names in a message.
const mostNames = 8

// Select returns the selection of a name: of a table, such as "n1", or of a neuron of a population, such as "n1.3". No name selects
// all.
func Select(cfg *config.Config, name string) (Selection, error) {
	s := Selection{All, All}
	if len(cfg.Neurons) == 1 {
		s.Table = 0
	}
	if name == "" {
		return s, nil
	}
	table, member, one := strings.Cut(name, ".")
	for i, n := range cfg.Neurons {
		if n.Name != table {
			continue
		}
		s.Table = i
		k, err := strconv.Atoi(member)
		switch {
		case !one:
			return s, nil
		case n.Count < 2:
			return s, fmt.Errorf("must be %s, which is no population, got %q", n.Name, name)
		case err != nil || k < 1 || k > n.Count:
			return s, fmt.Errorf("must be between %s.1 and %s.%d, got %q", n.Name, n.Name, n.Count, name)
		}
		s.Member = k - 1
		return s, nil
	}
	return s, unknown(cfg, name)
}

// Neuron returns the neuron of a name, the first one for "".
func Neuron(cfg *config.Config, name string) (config.Neuron, error) {
	if name == "" {
		return cfg.Neurons[0], nil
	}
	for _, n := range cfg.Neurons {
		if n.Name == name {
			return n, nil
		}
	}
	return config.Neuron{}, unknown(cfg, name)
}

// unknown returns the error about a name that no neuron has.
func unknown(cfg *config.Config, name string) error {
	var names, quoted []string
	for _, n := range cfg.Neurons {
		names, quoted = append(names, n.Name), append(quoted, strconv.Quote(n.Name))
	}
	last, near := len(names)-1, config.Nearest(name, names)
	switch hint := ": did you mean " + near + "?"; {
	case last >= mostNames && near != "":
		return fmt.Errorf("unknown neuron %q%s", name, hint)
	case last >= mostNames:
		return fmt.Errorf("unknown neuron %q: the file has %d, such as %s", name, len(names), names[0])
	case last == 0:
		return fmt.Errorf("must be %s, got %q", quoted[0], name)
	case near != "":
		return fmt.Errorf("must be %s or %s, got %q%s", strings.Join(quoted[:last], ", "), quoted[last], name, hint)
	}
	return fmt.Errorf("must be %s or %s, got %q", strings.Join(quoted[:last], ", "), quoted[last], name)
}

// of returns the number of selected neurons of a table.
func (s Selection) of(table int, n config.Neuron) int {
	switch {
	case s.Table != All && s.Table != table:
		return 0
	case s.Member != All:
		return 1
	}
	return max(1, n.Count)
}

// members returns the first selected neuron of a table, and the number of them.
func (s Selection) members(count int) (first, n int) { return max(0, s.Member), count }

// memberName returns the name of a neuron of a table.
func memberName(n config.Neuron, member int) string {
	if n.Count < 2 {
		return n.Name
	}
	return n.Name + "." + strconv.Itoa(member+1)
}
