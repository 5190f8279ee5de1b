package config

import (
	"maps"
	"slices"
	"strings"
)

// manyNames is the limit of a search among names.
const manyNames = 1000

// suggest returns a name of the file for a missing end of a synapse.
func (t *Table) suggest(key string) string {
	known := tableNames(t.named["neuron"])
	taken := t.node.index["to"].names()
	if key == "from" {
		known = append(slices.Sorted(maps.Keys(t.trains)), known...)
	} else if taken = t.node.index["from"].names(); !t.Has("from") {
		taken = []string{t.suggest("from")}
	}
	partners := set(tablesOf(taken))
	known = slices.DeleteFunc(known, func(name string) bool { return partners[name] })
	return t.free(known, "synapse", key, "n1")
}

// free returns the first of the names that no table of a section has in a key. If all are there, or too many to compare, it
// returns the first name, and without names the default.
func (d *decoder) free(known []string, section, key, byDefault string) string {
	if len(known) == 0 || len(d.named[section]) > manyNames {
		return append(known, byDefault)[0]
	}
	used := map[string]bool{}
	for _, t := range d.named[section] {
		maps.Copy(used, set(tablesOf(t.node.index[key].names())))
	}
	return known[max(0, slices.IndexFunc(known, func(name string) bool { return !used[name] }))]
}

// currents returns the names of the inputs with a current.
func (d *decoder) currents() []string {
	return slices.DeleteFunc(tableNames(d.named["input"]), d.isTrain)
}

// likeliest returns the driver with most keys of the table: the first of several.
func (t *Table) likeliest(all []heading) string {
	best, most := "", -1
	for _, d := range all {
		n := 0
		for _, item := range t.node.items {
			if contains(d.keys, item.name) {
				n++
			}
		}
		if n > most {
			best, most = d.driver, n
		}
	}
	return best
}

// several returns the hint for several names in one text, "" for one name.
func (t *Table) several(key, name string) string {
	if !strings.Contains(name, ",") {
		return ""
	}
	switch key {
	case "neuron":
		return eachOutput
	case "gain":
		return "name one"
	}
	return "write " + bracketed(name)
}

// eachOutput is the hint for several neurons at one output.
const eachOutput = "add an output for each"

// bracketed returns names with commas as a list of TOML.
func bracketed(names string) string {
	all := strings.Split(names, ",")
	for i, name := range all {
		all[i] = quote(strings.Trim(name, " \"'"))
	}
	return shorten("[" + strings.Join(all, ", ") + "]")
}

// names returns the texts of a name or of a list of names.
func (n *node) names() (all []string) {
	if n == nil {
		return nil
	}
	if n.kind == Text {
		return []string{n.text}
	}
	for _, item := range n.items {
		all = append(all, item.text)
	}
	return all
}

// tableNames returns the names of tables, in the order of the file.
func tableNames(tables []*Table) (all []string) {
	for _, t := range tables {
		all = append(all, t.name)
	}
	return all
}

// tablesOf returns the tables of neurons.
func tablesOf(names []string) (all []string) {
	for _, name := range names {
		all = append(all, TableOf(name))
	}
	return all
}
