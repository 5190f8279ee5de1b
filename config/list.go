package config

import (
	"slices"
	"time"

	"hillock/neuron"
)

// An Item is an item of a list.
type Item struct{ *node }

// List returns the items of a key, or false for a key left out or of another type.
func (t *Table) List(key, rule string) (items []Item, ok bool) {
	n := t.value(key, List, rule)
	if n == nil {
		return nil, false
	}
	for _, item := range n.items {
		items = append(items, Item{item})
	}
	return items, true
}

// Text returns the text of the item, or false for another type.
func (i Item) Text() (text string, ok bool) { return i.text, i.kind == Text }

// Number returns the item as a whole number, or false outside of 32 bits and for another type.
func (i Item) Number() (v int, ok bool) { return i.number() }

// list returns the names of a key with a name or a list of names. The noun is for messages: " input".
func (t *Table) list(key, rule, noun string) (names []string) {
	n := t.node.index[key]
	switch {
	case n == nil:
		return nil
	case n.kind&(Text|List) == 0:
		t.Wrong(key, Problem{Rule: rule, Hint: quotesFor(n)})
		return nil
	}
	items := n.items
	if n.kind == Text {
		items = []*node{n}
	} else if len(items) == 0 {
		t.Wrong(key, Problem{Rule: "must name at least one" + noun})
	}
	for _, item := range items {
		switch {
		case item.kind != Text:
			t.Wrong(key, Problem{Rule: rule, Hint: quotesFor(item)})
		case slices.Contains(names, item.text):
			t.Wrong(key, Problem{Rule: "must name each" + noun + " once", Hint: item.raw + " appears twice"})
		default:
			names = append(names, item.text)
		}
	}
	return names
}

// quotesFor returns the hint for a number as a name.
func quotesFor(n *node) string {
	if n.kind&(Whole|Float) != 0 {
		return "put each name in quotes"
	}
	return ""
}

// Time returns the item as a time between low and high, or the broken rule.
func (i Item) Time(low, high time.Duration) (time.Duration, *Problem) {
	d := milliseconds()
	if i.kind&(Text|Whole|Float) == 0 {
		return 0, &Problem{Rule: d.rule()}
	}
	return d.time(i.text, low, high, FormatTime(low)+" and "+FormatTime(high))
}

// WrongItem reports a problem of an item at its place.
func (t *Table) WrongItem(key string, i Item, p Problem) { t.wrongItem(key, i.node, p) }

// Currents returns two different currents, nA, at the two ends of a knob.
func (t *Table) Currents(key string, low, high float64) (float64, float64) {
	low, high = t.pair(key, `must be two currents such as ["0 nA", "5 nA"]`, current(), Limits{-neuron.MaxCurrent, neuron.MaxCurrent, "-1 mA and 1 mA"}, low, high)
	if !t.IsBad(key) && low == high {
		t.Wrong(key, Problem{Rule: "must be two different currents", Hint: "the knob has no effect"})
	}
	return low, high
}

// Millivolts returns a range of voltages, mV, the lower one first.
func (t *Table) Millivolts(key string, low, high float64) (float64, float64) {
	low, high = t.pair(key, `must be two voltages such as ["-80 mV", "-50 mV"]`, voltage("-80 mV", -3),
		Limits{-neuron.MaxVoltage, neuron.MaxVoltage, "-10000 mV and 10000 mV"}, low, high)
	if !t.IsBad(key) && !(low < high) {
		t.Wrong(key, Problem{Rule: "must have the lower voltage first"})
	}
	return low, high
}

// pair returns the values of a list of two, by default low and high.
func (t *Table) pair(key, rule string, d dimension, l Limits, low, high float64) (float64, float64) {
	n := t.value(key, List, rule)
	if n == nil {
		return low, high
	}
	if len(n.items) != 2 {
		t.Wrong(key, Problem{Rule: rule})
		return low, high
	}
	ends := t.items(key, d, l)
	return ends[0], ends[1]
}

// items returns the values of a list. It reports each bad one at its place.
func (t *Table) items(key string, d dimension, l Limits) (all []float64) {
	for _, item := range t.node.index[key].items {
		v, problem := item.float(d)
		if problem == nil && !(v >= l.Low && v <= l.High) {
			problem = &Problem{Rule: "must be between " + l.Words}
		}
		if problem != nil {
			t.wrongItem(key, item, *problem)
		}
		all = append(all, v)
	}
	return all
}

// float returns an item of a list as a value with a unit.
func (n *node) float(d dimension) (float64, *Problem) {
	if n.kind&(Text|Whole|Float) == 0 {
		return 0, &Problem{Rule: d.rule()}
	}
	return d.float(n.text)
}

// warnItem is wrongItem for a legal value.
func (t *Table) warnItem(key string, item *node, p Problem) {
	p.Key, p.Got = t.path+"."+key, item.raw
	t.warnings.add(item.at, p)
}

// wrongItem reports a problem of one item of a list, or of a value that is no list.
func (t *Table) wrongItem(key string, item *node, p Problem) {
	p.Key, p.Got = t.path+"."+key, item.raw
	t.bad = append(t.bad, key)
	t.problems.add(item.at, p)
}

// item returns the item of a list with a text, or the value that is no list.
func (t *Table) item(key, text string) *node {
	n := t.node.index[key]
	for _, item := range n.items {
		if item.text == text {
			return item
		}
	}
	return n
}
