package config

import (
	"slices"
	"strings"
	"time"

	"hillock/neuron"
)

// Kinds are the known kinds of parts. The first of each list also decodes tables without a driver, to check their other
// keys.
type Kinds struct {
	Inputs  []Kind[InputPart]
	Outputs []Kind[Part]
	Kit     func(*Config) []Problem // the problems of its wires, with their keys; nil: none are looked for
}

// A Kind is a kind of part.
type Kind[P Part] struct {
	Name   string // the value of the key driver
	Keys   []Key  // of its table without driver; an output also lists neuron
	Decode func(*Table) P
}

// A Part is the decoded table of a part: a small, comparable value. On a reload an equal part stays open.
type Part interface {
	Print(*Printer) // writes its keys as in a file
	Claims() []Claim
}

// An InputPart is the part of an input.
type InputPart interface {
	Part
	Range() (low, high float64) // of the current, nA; for a knob at positions 0 and 1, where low may be the larger one
}

// A SpikeInput is the part of an input of spikes. It has no current: its range is 0, and no neuron names it.
type SpikeInput interface {
	InputPart
	// FromOutside reports whether the spikes come from outside during a run. Those of a TrainInput are known before.
	FromOutside() bool
}

// A TrainInput is the part of an input of known spikes.
type TrainInput interface {
	SpikeInput
	// Train returns the spikes in steps of dt. A file with a relative name is in the given folder.
	Train(folder string, dt time.Duration) (neuron.Train, error)
}

// An Oracle is the part of an output that can show spikes before they come.
type Oracle interface {
	Part
	Ahead() time.Duration // model time from the light to the spike, whole steps; 0: it shows the spikes themselves
}

// A Key is a key of a table with its types.
type Key struct {
	Name  string
	Types Types
}

// heading is a driver with its keys, of an input or an output.
type heading struct {
	driver string
	keys   []Key
}

// drivers returns the drivers of a section, or nil.
func (k Kinds) drivers(section string) []heading {
	switch section {
	case "input":
		return headings(k.Inputs)
	case "output":
		return headings(k.Outputs)
	}
	return nil
}

func headings[P Part](kinds []Kind[P]) (all []heading) {
	for _, k := range kinds {
		all = append(all, heading{k.Name, k.Keys})
	}
	return all
}

// keysOf returns the keys of a section, those of all its drivers together, or nil for an unknown section.
func (k Kinds) keysOf(section string) []Key {
	switch section {
	case "loop":
		return []Key{
			{"dt", Text}, {"tick", Text}, {"speed", Whole | Float}, {"max_lag", Text},
			{"realtime", Text}, {"spin", Text}, {"cpu", Whole | Text},
		}
	case "net":
		return netKeys()
	case "neuron":
		return neuronKeys("")
	case "synapse":
		return synapseKeys()
	case "input", "output":
		all := []Key{{"driver", Text}}
		for _, d := range k.drivers(section) {
			all = join(all, d.keys...)
		}
		return all
	}
	return nil
}

// keysFor returns the keys of a table with a driver, or those of all drivers for an unknown one.
func (k Kinds) keysFor(section, driver string) []Key {
	for _, d := range k.drivers(section) {
		if d.driver == driver {
			return append([]Key{{"driver", Text}}, d.keys...)
		}
	}
	return k.keysOf(section)
}

func sections() []string { return []string{"loop", "net", "input", "neuron", "synapse", "output"} }

// isSingle reports whether a section is one table without a name.
func isSingle(section string) bool { return section == "loop" || section == "net" }

func names(keys []Key) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.Name
	}
	return list
}

// join adds keys. A key in both takes the types of both.
func join(keys []Key, more ...Key) []Key {
	for _, k := range more {
		if i := slices.IndexFunc(keys, func(known Key) bool { return known.Name == k.Name }); i >= 0 {
			keys[i].Types |= k.Types
		} else {
			keys = append(keys, k)
		}
	}
	return keys
}

func contains(keys []Key, name string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return k.Name == name })
}

// driver returns the driver of a table, or "" for a bad one.
func (t *Table) driver(section string) string {
	var known []string
	for _, d := range t.kinds.drivers(section) {
		known = append(known, d.driver)
	}
	if len(known) <= 2 {
		return t.Choice("driver", known...)
	}
	rule := `must be a driver such as "` + known[0] + `"`
	s, ok := t.Given("driver", rule, t.likeliest(t.kinds.drivers(section)))
	switch {
	case !ok:
		return ""
	case !slices.Contains(known, s):
		t.Wrong("driver", Problem{Rule: rule, Hint: didYouMean(s, known, "the drivers are "+strings.Join(known, ", "))})
		return ""
	}
	return s
}

// kindOf returns the kind of a driver, or the first kind.
func kindOf[P Part](kinds []Kind[P], driver string) Kind[P] {
	return kinds[max(0, slices.IndexFunc(kinds, func(k Kind[P]) bool { return k.Name == driver }))]
}

// input decodes one [input.NAME].
func (d *decoder) input(t *Table) Input {
	driver := t.driver("input")
	return Input{Name: t.name, Driver: driver, Part: kindOf(d.kinds.Inputs, driver).Decode(t)}
}

// output decodes one [output.NAME].
func (d *decoder) output(t *Table) Output {
	driver := t.driver("output")
	out := Output{Name: t.name, Driver: driver, Part: kindOf(d.kinds.Outputs, driver).Decode(t)}
	if !t.Has("neuron") {
		t.missing("neuron", d.free(tableNames(d.named["neuron"]), "output", "neuron", "n1"))
		return out
	}
	out.Neuron, _ = t.Text("neuron", "must be the name of a neuron")
	return out
}
