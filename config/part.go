package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A part is one table that is being decoded: [loop], or a named one such as [input.knob].
type part struct {
	*decoder
	name string
	path string // its key, "input.knob"
	node *node
	bad  []string // keys that have a problem
}

// decoder is one run over a configuration.
type decoder struct {
	root               *node
	problems, warnings report
	parts              map[string]*part   // by path
	named              map[string][]*part // by section, in the order of the file
}

// wrong reports a problem of a key, or of the whole table where key is "". Where the key is not given, the place is
// that of the table.
func (p *part) wrong(key string, problem Problem) {
	p.bad = append(p.bad, key)
	p.problems.add(p.locate(key, &problem), problem)
}

// warn is wrong for what is legal.
func (p *part) warn(key string, problem Problem) {
	p.warnings.add(p.locate(key, &problem), problem)
}

func (p *part) locate(key string, problem *Problem) place {
	problem.Key = p.path
	if key == "" {
		return p.node.at
	}
	problem.Key += "." + key
	n := p.node.index[key]
	if n == nil {
		return p.node.at
	}
	if problem.Got == "" {
		problem.Got = n.raw
	}
	return n.at
}

func (p *part) has(key string) bool { return p.node.index[key] != nil }

func (p *part) isBad(key string) bool { return slices.Contains(p.bad, key) }

// value is the value of a key if it is of the right kind.
func (p *part) value(key string, kind kinds, rule string) *node {
	n := p.node.index[key]
	if n == nil {
		return nil
	}
	if n.kind&kind == 0 {
		p.wrong(key, Problem{Rule: rule})
		return nil
	}
	return n
}

// given is the text of a key that has no default.
func (p *part) given(key, rule, example string) (string, bool) {
	if !p.has(key) {
		p.wrong(key, Problem{Rule: "must be given", Hint: "add " + key + " = " + strconv.Quote(example)})
		return "", false
	}
	n := p.value(key, textKind, rule)
	if n == nil {
		return "", false
	}
	return n.text, true
}

// choice is a key without a default that is one of a few words.
func (p *part) choice(key string, words ...string) string {
	rule := "must be " + strings.Join(quoted(words), " or ")
	s, ok := p.given(key, rule, words[0])
	if ok && !slices.Contains(words, s) {
		p.wrong(key, Problem{Rule: rule, Hint: didYouMean(s, words, "")})
		ok = false
	}
	if !ok {
		return ""
	}
	return s
}

func quoted(words []string) []string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return q
}

// quantity is the text of a value with a unit. A bare number is told which unit is missing.
func (p *part) quantity(key string, d dimension) (string, bool) {
	n := p.node.index[key]
	switch {
	case n == nil:
		return "", false
	case n.kind&(wholeKind|floatKind) != 0:
		_, problem := d.parse(n.text) // there is one: TOML's numbers have no unit
		p.wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
		return "", false
	case n.kind != textKind:
		p.wrong(key, Problem{Rule: d.rule()})
		return "", false
	}
	return n.text, true
}

// float is a value with a unit: the default if it is not given, NaN if it is wrong.
func (p *part) float(key string, d dimension, byDefault float64) float64 {
	s, ok := p.quantity(key, d)
	if !ok {
		if p.isBad(key) {
			return math.NaN()
		}
		return byDefault
	}
	v, problem := d.float(s)
	if problem != nil {
		p.wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
		return math.NaN()
	}
	return v
}

// time is a time from low to high; where low is not a constant, lowName says what it is.
func (p *part) time(key string, byDefault, low, high time.Duration, lowName string) time.Duration {
	s, ok := p.quantity(key, milliseconds())
	if !ok {
		return byDefault
	}
	v, problem := parseDuration(s)
	switch {
	case problem != nil:
		p.wrong(key, Problem{Rule: problem.Rule, Hint: problem.Hint})
	case v < low || v > high:
		from := formatTime(low)
		if lowName != "" {
			from = lowName + " (" + from + ")"
		}
		p.wrong(key, Problem{Rule: "must be between " + from + " and " + formatTime(high)})
	default:
		return v
	}
	return byDefault
}

// yes is true or false, false where it is not given.
func (p *part) yes(key string) bool {
	n := p.value(key, boolKind, "must be true or false")
	return n != nil && n.text == "true"
}

// number is a number without a unit, NaN where it is none that a float can hold; false if it is not given or not a number.
func (p *part) number(key, rule string) (float64, bool) {
	n := p.value(key, wholeKind|floatKind, rule)
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

// number is the value of a whole number, false beyond 32 bits.
func (n *node) number() (int, bool) {
	v, err := strconv.ParseInt(n.text, 0, 32)
	return int(v), err == nil && n.kind == wholeKind
}
