package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/neuron"
)

// A Table is a table during decoding: [loop], or a named one such as [input.knob]. A Kind decodes its keys from it. A bad key is
// reported to the Table and returns its default, so that the other keys are decoded too.
type Table struct {
	*decoder
	name string
	path string // its key, "input.knob"
	node *node
	bad  []string // keys with a problem
}

// decoder decodes one configuration.
type decoder struct {
	kinds              Kinds
	root               *node
	problems, warnings report
	parts              map[string]*Table   // by path
	named              map[string][]*Table // by section, in the order of the file
	timing             Loop
	remoteDelay        time.Duration // default delay of synapses from other boards
	quoted             bool          // word has put the last value in quotes
	graph                            // of the whole configuration, for check
}

// Loop returns the loop of the configuration.
func (t *Table) Loop() Loop { return t.timing }

// Wrong reports a problem of a key, or of the whole table for "". For a key left out the place is that of the table.
func (t *Table) Wrong(key string, problem Problem) {
	t.bad = append(t.bad, key)
	t.problems.add(t.locate(key, &problem), problem)
}

// Unknown reports a key that this table cannot have.
func (t *Table) Unknown(key, hint string) { t.Wrong(key, Problem{Rule: unknownKey, Hint: hint}) }

// WrongFile reports a problem inside the file that a key names. The problem has its own File, Line and Column.
func (t *Table) WrongFile(key string, problem Problem) {
	t.bad = append(t.bad, key)
	t.problems.add(t.node.index[key].at, problem)
}

// Warn is Wrong for a legal value.
func (t *Table) Warn(key string, problem Problem) {
	t.warnings.add(t.locate(key, &problem), problem)
}

func (t *Table) locate(key string, problem *Problem) place {
	problem.Key = t.path
	if key == "" {
		return t.node.at
	}
	problem.Key += "." + key
	n := t.node.index[key]
	if n == nil {
		return t.node.at
	}
	if problem.Got == "" && problem.Rule != unknownKey {
		problem.Got = n.raw
	}
	return n.at
}

// Has reports whether a key is given.
func (t *Table) Has(key string) bool { return t.node.index[key] != nil }

// IsBad reports whether a key has a problem.
func (t *Table) IsBad(key string) bool { return slices.Contains(t.bad, key) }

// value returns the value of a key, or nil for a key left out or of a wrong type.
func (t *Table) value(key string, types Types, rule string) *node {
	n := t.node.index[key]
	if n == nil {
		return nil
	}
	if n.kind&types == 0 {
		hint := ""
		switch one := types == Text && n.kind == List; {
		case types == Whole && n.kind == Text && isWhole(n.text):
			hint = "write " + n.text + " without quotes"
		case one && len(n.items) == 1 && n.items[0].kind == Text:
			hint = "write " + n.items[0].raw + " without brackets"
		case one && key == "neuron":
			hint = eachOutput
		}
		t.Wrong(key, Problem{Rule: rule, Hint: hint})
		return nil
	}
	return n
}

// Given returns the text of a required key.
func (t *Table) Given(key, rule, example string) (string, bool) {
	if !t.Has(key) {
		t.missing(key, example)
		return "", false
	}
	return t.Text(key, rule)
}

// missing reports a required key without a value. A table of --set alone may be a misspelt one of the file. The keys of an unknown
// driver are not known.
func (t *Table) missing(key, example string) {
	if t.Has("driver") && t.IsBad("driver") && key != "neuron" {
		t.bad = append(t.bad, key)
		return
	}
	add := "add " + key + " = " + strconv.Quote(example)
	if section, _, _ := strings.Cut(t.path, "."); t.node.at.set != "" {
		var known []string
		for _, other := range t.named[section] {
			if other.node.at.set == "" {
				known = append(known, other.name)
			}
		}
		if near := Nearest(t.name, known); near != "" {
			add = "did you mean " + dotted(section, near) + "? for a new " + section + " " + add
		}
	}
	t.Wrong(key, Problem{Rule: "must be given", Hint: add})
}

// Text returns the text of a key, or false for a key left out or of another type.
func (t *Table) Text(key, rule string) (text string, ok bool) {
	n := t.value(key, Text, rule)
	if n == nil {
		return "", false
	}
	return n.text, true
}

// Choice returns one of the given words from a required key, or "" for a bad one.
func (t *Table) Choice(key string, words ...string) string {
	rule := "must be " + alternatives(quoted(words))
	s, ok := t.Given(key, rule, words[0])
	if ok && !slices.Contains(words, s) {
		t.Wrong(key, Problem{Rule: rule, Hint: didYouMean(s, words, "")})
		ok = false
	}
	if !ok {
		return ""
	}
	return s
}

// alternatives joins words: "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func quoted(words []string) []string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return q
}

// quantity returns the text of a value with a unit. For a plain number it reports the missing unit.
func (t *Table) quantity(key string, d dimension) (string, bool) {
	n := t.node.index[key]
	switch {
	case n == nil:
		return "", false
	case n.kind&(Whole|Float) != 0:
		_, problem := d.parse(n.text) // always a problem: the unit is missing
		t.Wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
		return "", false
	case n.kind != Text:
		t.Wrong(key, Problem{Rule: d.rule()})
		return "", false
	}
	return n.text, true
}

// float returns a value with a unit, the default for a key left out, or NaN for a bad one.
func (t *Table) float(key string, d dimension, byDefault float64) float64 {
	s, ok := t.quantity(key, d)
	if !ok {
		if t.IsBad(key) {
			return math.NaN()
		}
		return byDefault
	}
	v, problem := d.float(s)
	if problem != nil {
		t.Wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
		return math.NaN()
	}
	return v
}

// Limits are the limits of a value, in the unit of the method.
type Limits struct {
	Low, High float64
	Words     string // both for messages: "100 Ohm and 1 MOhm"
}

// Volts returns a voltage, V. The example is for messages: "3.3 V".
func (t *Table) Volts(key, example string, byDefault float64, l Limits) float64 {
	return t.between(key, voltage(example, 0), byDefault, l)
}

// Ohms returns a resistance, Ohm. The example is for messages.
func (t *Table) Ohms(key, example string, byDefault float64, l Limits) float64 {
	return t.between(key, ohms(example), byDefault, l)
}

// Farads returns a capacitance, F.
func (t *Table) Farads(key string, byDefault float64, l Limits) float64 {
	return t.between(key, capacitance(), byDefault, l)
}

// Hertz returns a frequency, Hz. The example is for messages: "20 Hz".
func (t *Table) Hertz(key, example string, byDefault float64, l Limits) float64 {
	d := frequency()
	d.example = example
	return t.between(key, d, byDefault, l)
}

// Nanoamps returns a current, nA, within the limits of a neuron.
func (t *Table) Nanoamps(key string, byDefault float64) float64 {
	return t.between(key, current(), byDefault, Limits{-neuron.MaxCurrent, neuron.MaxCurrent, "-1 mA and 1 mA"})
}

func (t *Table) between(key string, d dimension, byDefault float64, l Limits) float64 {
	v := t.float(key, d, byDefault)
	if t.IsBad(key) {
		return byDefault
	}
	if !(v >= l.Low && v <= l.High) {
		t.Wrong(key, Problem{Rule: "must be between " + l.Words})
		return byDefault
	}
	return v
}

// Time returns a time between low and high. If low is not a constant, lowName names it in messages: "one tick".
func (t *Table) Time(key string, byDefault, low, high time.Duration, lowName string) time.Duration {
	s, ok := t.quantity(key, milliseconds())
	if !ok {
		return byDefault
	}
	from := FormatTime(low)
	if lowName != "" {
		from = lowName + " (" + from + ")"
	}
	v, problem := milliseconds().time(s, low, high, from+" and "+FormatTime(high))
	if problem != nil {
		t.Wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
		return byDefault
	}
	return v
}

// TickOrMore returns a time of at least one tick. The default is raised to one tick too: the loop does nothing between ticks.
func (t *Table) TickOrMore(key string, byDefault, high time.Duration) time.Duration {
	if t.parts["loop"].IsBad("tick") {
		return t.Time(key, byDefault, 0, high, "")
	}
	tick := t.timing.Tick
	return t.Time(key, max(byDefault, tick), tick, high, "one tick")
}

// Steps returns a time of whole steps: at least one, and at most the result of most for the length of a step.
func (t *Table) Steps(key string, byDefault time.Duration, most func(dt time.Duration) time.Duration) time.Duration {
	dt := t.timing.DT
	if t.parts["loop"].IsBad("dt") {
		return t.Time(key, byDefault, 0, most(time.Second), "")
	}
	v := t.Time(key, byDefault, dt, most(dt), "dt")
	if v%dt != 0 && !t.IsBad(key) {
		t.Wrong(key, Problem{Rule: "must be a multiple of dt (" + FormatTime(dt) + ")", Hint: "write " + quote(FormatTime(v.Round(dt)))})
	}
	return v
}

// Yes returns true or false, and false for a key left out.
func (t *Table) Yes(key string) bool {
	const rule = "must be true or false"
	if n := t.node.index[key]; n != nil && n.kind == Text {
		hint := ""
		switch word := strings.ToLower(n.text); {
		case word != "true" && word != "false":
		case word == n.text:
			hint = "write " + word + " without quotes"
		default:
			hint = "write " + word
		}
		t.Wrong(key, Problem{Rule: rule, Hint: hint})
		return false
	}
	n := t.value(key, Bool, rule)
	return n != nil && n.text == "true"
}

// Whole returns a whole number between low and high. The optional instead returns a hint for a bad number.
func (t *Table) Whole(key string, byDefault, low, high int, instead ...func(int) string) int {
	rule := "must be a whole number between " + strconv.Itoa(low) + " and " + strconv.Itoa(high)
	n := t.value(key, Whole, rule)
	if n == nil {
		return byDefault
	}
	v, ok := n.number()
	if !ok || v < low || v > high {
		if strings.HasPrefix(n.text, "0x") || key == "address" {
			rule = fmt.Sprintf("must be a whole number between %#x and %#x", low, high)
		}
		problem := Problem{Rule: rule}
		for _, hint := range instead {
			problem.Hint = hint(v)
		}
		t.Wrong(key, problem)
		return byDefault
	}
	return v
}

// number returns a plain number, or NaN beyond the range of a float. It returns false for a key left out or of another type.
func (t *Table) number(key, rule string) (float64, bool) {
	n := t.value(key, Whole|Float, rule)
	if n == nil {
		return 0, false
	}
	if i, ok := n.number(); ok {
		return float64(i), true
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
	if err != nil {
		return math.NaN(), true
	}
	return v, true
}

// number returns the value of a whole number, or false beyond 32 bits.
func (n *node) number() (int, bool) {
	v, err := strconv.ParseInt(n.text, 0, 32)
	return int(v), err == nil && n.kind == Whole
}

// isWhole reports whether a text is a whole number.
func isWhole(text string) bool {
	_, err := strconv.ParseInt(text, 0, 32)
	return err == nil
}
