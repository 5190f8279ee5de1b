package class

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/config"
)

// checker keeps the first problem of a message. Its comparisons are written so that NaN fails.
type checker struct{ err error }

// check returns the first problem of the values of a message.
func check(m any) error {
	c := checker{}
	m.(interface{ check(*checker) }).check(&c)
	return c.err
}

// wrong returns a problem. path is "" for the whole message.
func wrong(path, rule, got string) error {
	if path == "" {
		return fmt.Errorf("%s, got %s", rule, got)
	}
	return fmt.Errorf("%s: %s, got %s", path, rule, got)
}

// item returns the path of an item in a list.
func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// number returns a number as it was sent.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (c *checker) wrong(path, rule, got string) {
	if c.err == nil {
		c.err = wrong(path, rule, got)
	}
}

func (c *checker) count(path string, n, most int) {
	if n > most {
		c.wrong(path, fmt.Sprintf("must have at most %d entries", most), strconv.Itoa(n))
	}
}

func (c *checker) whole(path string, v, least, most int64) {
	if v < least || v > most {
		c.wrong(path, fmt.Sprintf("must be between %d and %d", least, most), strconv.FormatInt(v, 10))
	}
}

func (c *checker) finite(path string, v float64) {
	if !(math.Abs(v) <= math.MaxFloat64) {
		c.wrong(path, "must be finite", number(v))
	}
}

func (c *checker) positive(path string, v float64) {
	if !(v > 0 && v <= math.MaxFloat64) {
		c.wrong(path, "must be more than 0", number(v))
	}
}

func (c *checker) notNegative(path string, v float64) {
	if !(v >= 0 && v <= math.MaxFloat64) {
		c.wrong(path, "must be at least 0", number(v))
	}
}

// length checks the length of a step or a tick, ms.
func (c *checker) length(path string, v float64) {
	if !(v > 0 && v <= 1000) {
		c.wrong(path, "must be more than 0 and at most 1000", number(v))
	}
}

func (c *checker) name(path, s string) {
	if err := CheckName(s); err != nil && c.err == nil {
		c.err = fmt.Errorf("%s: %w", path, err)
	}
}

func (c *checker) neuron(path, s string) {
	if !isNeuron(s) {
		c.wrong(path, `must be the name of a neuron such as "n1" or "n1.3"`, quoted(s))
	}
}

func (c *checker) sources(path string, names []string, is func(string) bool, rule string) {
	c.count(path, len(names), maxSources)
	for i, s := range names {
		if !is(s) {
			c.wrong(item(path, i), rule, quoted(s))
			return
		}
	}
}

func (c *checker) run(s string) {
	if s == "" || len(s) > maxRun || strings.ContainsFunc(s, func(r rune) bool { return !config.ValidName(string(r)) }) {
		c.wrong("run", fmt.Sprintf("must be 1 to %d letters, digits, _ and -", maxRun), quoted(s))
	}
}

func (c *checker) text(path, s string) {
	if utf8.RuneCountInString(s) > maxText || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		c.wrong(path, fmt.Sprintf("must be at most %d printable characters", maxText), quoted(s))
	}
}
