package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Problem is an error in a configuration, or a warning: a legal value that is probably a mistake.
type Problem struct {
	File         string // "built-in" for the built-in file; "" for a value on its own
	Line, Column int    // from 1, in bytes; 0 without a File
	Set          string // key of the --set with the value; File is then ""
	Warning      bool
	Key          string // in full: "neuron.n1.tau_m"
	Rule         string // "must be more than 0 ms", or unknownKey or unknownTable
	Got          string // the value as written; "" without one
	Hint         string // the way out, unless Rule says it
}

// The rules of names that mean nothing here. In a message the name follows: "unknown key loop.sped".
const (
	unknownKey   = "unknown key"
	unknownTable = "unknown table"
)

// Error returns one line: "file:line:column: key: rule, got value: way out".
func (p Problem) Error() string {
	var b strings.Builder
	key := p.Key
	switch {
	case p.Set != "":
		b.WriteString("--set " + p.Set + ": ")
		if key == p.Set {
			key = ""
		}
	case p.File != "":
		b.WriteString(p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) + ": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	switch {
	case key == "":
		b.WriteString(p.Rule)
	case p.Rule == unknownKey || p.Rule == unknownTable:
		b.WriteString(p.Rule + " " + key)
	default:
		b.WriteString(key + ": " + p.Rule)
	}
	if p.Got != "" {
		b.WriteString(", got " + p.Got)
	}
	if p.Hint != "" {
		b.WriteString(": " + p.Hint)
	}
	return b.String()
}

// As lets errors.As find Problems in a single Problem too.
func (p Problem) As(target any) bool {
	t, ok := target.(*Problems)
	if ok {
		*t = Problems{p}
	}
	return ok
}

// Problems are all errors of a configuration in the order of the file. Those of --set come last.
type Problems []Problem

// Error returns a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each Problem.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i := range p {
		errs[i] = p[i]
	}
	return errs
}

// A report collects problems and sorts them by their places.
type report struct {
	file     string
	warnings bool
	found    []finding
}

type finding struct {
	Problem
	at place
}

// add adds a problem at a place of the configuration. A problem with a File of its own keeps its place there.
func (r *report) add(at place, p Problem) {
	p.Warning = r.warnings
	if p.File == "" {
		p.File, p.Line, p.Column, p.Set = r.file, at.line, at.column, at.set
		if at.set != "" {
			p.File = ""
		}
	}
	r.found = append(r.found, finding{p, at})
}

// blame gives each problem of the built-in file the place of a set: the file alone has no problem. The last set of the same
// table is the nearest one.
func (r *report) blame(sets []string) {
	for i := range r.found {
		f := &r.found[i]
		if f.at.set != "" || len(sets) == 0 || f.File != r.file {
			continue
		}
		cause := len(sets) - 1
		for j, set := range sets {
			key, _, _ := strings.Cut(set, "=")
			if dot := strings.LastIndex(key, "."); dot > 0 && strings.HasPrefix(f.Key, strings.TrimSpace(key[:dot])+".") {
				cause = j
			}
		}
		key, _, _ := strings.Cut(sets[cause], "=")
		f.at = place{set: shorten(strings.TrimSpace(key)), order: cause + 1}
		f.Set, f.File, f.Line, f.Column = f.at.set, "", 0, 0
	}
}

func (r *report) sorted() []Problem {
	slices.SortStableFunc(r.found, func(a, b finding) int {
		return slices.Compare([]int{a.at.order, a.at.line, a.at.column}, []int{b.at.order, b.at.line, b.at.column})
	})
	var list []Problem
	for _, f := range r.found {
		list = append(list, f.Problem)
	}
	return list
}

// shorten fits a text from a file into one line of a message.
func shorten(s string) string {
	const most = 60
	if len(s) > (most+1)*utf8.UTFMax {
		s = s[:(most+1)*utf8.UTFMax] // enough runes for the limit
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > most {
			b.WriteString("...")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// didYouMean returns a hint with the nearest known name, or else the given hint.
func didYouMean(name string, known []string, all string) string {
	if near := Nearest(name, known); near != "" {
		return "did you mean " + shorten(near) + "?"
	}
	return all
}

// Nearest returns the known name most like name, "" when none is close: one letter wrong in a short name, two in a
// longer one, or the beginning of it.
func Nearest(name string, known []string) string {
	best, least := "", 3
	lower := strings.ToLower(name)
	for _, k := range known {
		d, most := distance(lower, strings.ToLower(k)), 1
		if letters(lower) == letters(strings.ToLower(k)) {
			d = 1 // letters in the wrong order
		}
		if len(k) > 4 {
			most = 2
		}
		if d > most && len(lower) > 1 && (strings.HasPrefix(k, lower) || strings.HasPrefix(lower, k)) {
			d, most = 2, 2
		}
		if d <= most && d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// letters are those of s in the order of the alphabet.
func letters(s string) string {
	b := []byte(s)
	slices.Sort(b)
	return string(b)
}

// distance is Levenshtein's: how many letters to insert, delete or replace. Long names are not compared.
func distance(a, b string) int {
	if max(len(a), len(b)) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
