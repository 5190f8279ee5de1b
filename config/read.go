package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxName is the limit of a name: it must fit a column on the screen.
const MaxName = 32

// NameRule says what ValidName accepts.
const NameRule = "must be 1 to 32 letters, digits, _ and -"

// read parses the text into a tree, applies the sets, and registers all known tables. It returns false for a text that is not
// TOML.
func (d *decoder) read(text []byte, sets []string) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // the byte order mark of some editors
	src := newSource(text)
	if i := invalidUTF8(text); i >= 0 {
		d.problems.add(src.place(i), Problem{Rule: "must be UTF-8 text", Got: fmt.Sprintf("%#x", text[i]), Hint: "save the file as UTF-8"})
		return false
	}
	root, problem, at := src.tree()
	if problem != nil {
		if !d.quoted {
			*problem, at = d.word(src, at, *problem)
		}
		d.problems.add(at, *problem)
		return false
	}
	d.root = root
	for i, set := range sets {
		if problem, at := d.override(set, i+1); problem != nil {
			d.problems.add(at, *problem)
		}
	}
	d.dropOverridden()
	for _, n := range root.items {
		d.section(n)
	}
	if d.parts["loop"] == nil {
		d.part("loop", "", newTable("loop", root.at))
	}
	return true
}

// word returns the problem of a word without quotes. If the key does not take the word in quotes either, the rule of the key
// replaces the parser's message.
func (d *decoder) word(s *source, at place, p Problem) (Problem, place) {
	start := s.starts[at.line-1]
	line, _, _ := strings.Cut(string(s.text[start:]), "\n")
	key, _, ok := strings.Cut(line, "=")
	if !ok || p.Got == "" || strings.ContainsFunc(p.Got, func(r rune) bool { return !letter(r) }) {
		return p, at
	}
	in := &decoder{kinds: d.kinds, quoted: true, parts: map[string]*Table{}, named: map[string][]*Table{}}
	if in.read(fmt.Appendf(nil, "%s%s= %q", s.text[:start], key, p.Got), nil) {
		in.tables()
	}
	for _, f := range in.problems.found {
		if f.Key == p.Key && f.at.line == at.line && f.Rule != p.Rule {
			if f.Got != "" {
				f.Got = p.Got
			}
			return f.Problem, f.at
		}
	}
	return p, at
}

// invalidUTF8 returns the index of the first byte that is not UTF-8, or -1. In a UTF-16 file of an editor or a shell it is the
// first byte.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// dropOverridden removes the channel of the file when a set gives differential, and the reverse. Only one of them may be given,
// and a set overrides the file.
func (d *decoder) dropOverridden() {
	inputs := d.root.index["input"]
	if inputs == nil || inputs.kind != tableKind {
		return
	}
	for _, in := range inputs.items {
		channel, pair := in.index["channel"], in.index["differential"]
		switch {
		case channel == nil || pair == nil:
		case channel.at.set != "" && pair.at.set == "":
			in.drop("differential")
		case pair.at.set != "" && channel.at.set == "":
			in.drop("channel")
		}
	}
}

// section registers the tables of one section.
func (d *decoder) section(n *node) {
	keys := d.kinds.keysOf(n.name)
	if keys == nil {
		d.unknown(n)
		return
	}
	path := dotted(n.name)
	if n.kind != tableKind {
		d.problems.add(n.at, Problem{Key: path, Rule: "must be a table", Got: n.raw, Hint: "write " + header(n.name)})
		return
	}
	if isSingle(n.name) {
		d.part(n.name, "", n)
		return
	}
	nameless := false
	for _, item := range n.items {
		path := dotted(n.name, item.name)
		problem := Problem{Key: path, Rule: "must be a table", Got: item.raw, Hint: "write [" + path + "]"}
		switch {
		case item.kind == tableKind:
			if !ValidName(item.name) {
				d.problems.add(item.at, Problem{Key: path, Rule: "must have a name of at most 32 letters, digits, _ and -"})
			}
			d.part(n.name, item.name, item)
			continue
		case contains(keys, item.name) && nameless:
			continue // one mistake, one problem
		case contains(keys, item.name):
			nameless = true
			problem.Rule, problem.Hint = "must be in a table with a name", "write "+header(n.name)+" above it"
		}
		d.problems.add(item.at, problem)
	}
}

// unknown reports an unknown name at the top level.
func (d *decoder) unknown(n *node) {
	p := Problem{Key: dotted(n.name), Rule: unknownTable}
	if n.kind&(tableKind|tablesKind) == 0 {
		p.Rule = unknownKey
	}
	p.Hint = d.homeOf(n.name)
	if p.Hint == "" {
		p.Hint = didYouMean(n.name, sections(), "the tables are "+strings.Join(sections(), ", "))
	}
	d.problems.add(n.at, p)
}

// part registers a table and reports its unknown keys.
func (d *decoder) part(section, name string, n *node) {
	p := &Table{decoder: d, name: name, path: section, node: n}
	if !isSingle(section) {
		p.path = dotted(section, name)
	}
	d.parts[p.path] = p
	d.named[section] = append(d.named[section], p)
	keys, of := d.kinds.keysOf(section), header(section)
	if driver := n.index["driver"]; driver != nil {
		keys, of = d.kinds.keysFor(section, driver.text), "driver "+driver.text
	}
	if section == "neuron" {
		keys, of = neuronKeys(p.model().Name), "model "+p.model().Name
	}
	for _, item := range n.items {
		if contains(keys, item.name) {
			continue
		}
		hint := "the keys of " + of + " are " + strings.Join(names(keys), ", ")
		if !contains(d.kinds.keysOf(section), item.name) {
			if home := d.homeOf(item.name); home != "" {
				hint = home
			}
			hint = didYouMean(item.name, names(keys), hint)
		} else if section == "neuron" {
			hint = item.name + " belongs to model " + strings.Join(modelsWith(item.name), " or ")
		}
		_, err := strconv.Atoi(item.name)
		switch numbered := err == nil && section == "neuron"; {
		case numbered && n.index["count"] != nil:
			hint = "the neurons of a population are equal: give another one a table such as " + header("neuron")
		case !isSingle(section) && item.raw == "" && item.kind == tableKind && Nearest(item.name, names(keys)) == "":
			hint = "a name has no point: write [" + dotted(section, name+"_"+item.name) + "]"
			if numbered {
				hint += ", or add count to [" + p.path + "]"
			}
		}
		p.bad = append(p.bad, item.name)
		d.problems.add(item.at, Problem{Key: p.path + "." + dotted(item.name), Rule: unknownKey, Hint: hint})
	}
}

// homeOf returns the hint for a key of another table, or "".
func (d *decoder) homeOf(key string) string {
	var homes []string
	for _, s := range sections() {
		if contains(d.kinds.keysOf(s), key) {
			homes = append(homes, header(s))
		}
	}
	if homes == nil {
		return ""
	}
	return key + " belongs in " + strings.Join(homes, " or ")
}

// header returns the header of a section's tables: "[loop]" or "[input.NAME]".
func header(section string) string {
	if isSingle(section) {
		return "[" + section + "]"
	}
	return "[" + section + ".NAME]"
}

func ValidName(s string) bool {
	return s != "" && len(s) <= MaxName && !strings.ContainsFunc(s, func(r rune) bool { return !bare(r) })
}
