package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Types is a set of types of TOML values.
type Types uint

const (
	Text Types = 1 << iota
	Whole
	Float
	List
	tableKind
	tablesKind // [[name]], always an error here
	Bool
	otherKind // a date or a time
)

// A node is a TOML value with its place.
type node struct {
	name  string // the last part of its key
	at    place
	kind  Types
	raw   string  // as written; "" for a table with a header
	text  string  // of a string, without quotes
	items []*node // of a list or a table, in the order of the file
	index map[string]*node
}

// place is the place of a node: in the file, or in the --set with number order.
type place struct {
	line, column int
	set          string
	order        int
}

func newTable(name string, at place) *node {
	return &node{name: name, at: at, kind: tableKind, index: map[string]*node{}}
}

// put adds an entry to a table. It replaces an entry with the same name.
func (n *node) put(entry *node) {
	n.drop(entry.name)
	n.items = append(n.items, entry)
	n.index[entry.name] = entry
}

func (n *node) drop(name string) {
	if old := n.index[name]; old != nil {
		n.items = slices.DeleteFunc(n.items, func(i *node) bool { return i == old })
		delete(n.index, name)
	}
}

// table returns a table within a table, and adds a missing one. It returns nil for an entry of another type.
func (n *node) table(name string, at place) *node {
	entry := n.index[name]
	if entry == nil {
		entry = newTable(name, at)
		n.put(entry)
	}
	if entry.kind&(tableKind|tablesKind) == 0 {
		return nil
	}
	return entry
}

// A source is a TOML text with its syntax tree.
type source struct {
	text   []byte
	starts []int // offsets of the lines
	parser unstable.Parser
}

func newSource(text []byte) *source {
	s := &source{text: text, starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

func (s *source) place(offset int) place {
	line, exact := slices.BinarySearch(s.starts, offset)
	if !exact {
		line--
	}
	return place{line: line + 1, column: offset - s.starts[line] + 1}
}

// tree parses the text. Unmarshal checks all rules of TOML, double definitions included. The syntax tree has the places.
func (s *source) tree() (*node, *Problem, place) {
	var all map[string]any
	if err := toml.Unmarshal(s.text, &all); err != nil {
		return nil, s.syntax(err), s.syntaxPlace(err)
	}
	root := newTable("", place{line: 1, column: 1})
	in := root
	s.parser.Reset(s.text)
	for s.parser.NextExpression() {
		switch e := s.parser.Expression(); e.Kind {
		case unstable.KeyValue:
			s.entry(in, e)
		default:
			in = s.descend(root, e.Key(), 0)
			if in != nil && e.Kind == unstable.ArrayTable {
				in.kind, in.raw = tablesKind, "[[...]]"
			}
		}
	}
	return root, nil, place{}
}

// descend follows a dotted key from table to table, without its last parts.
func (s *source) descend(in *node, key unstable.Iterator, last int) *node {
	var parts []*unstable.Node
	for key.Next() {
		parts = append(parts, key.Node())
	}
	for _, k := range parts[:len(parts)-last] {
		if in == nil {
			return nil
		}
		in = in.table(string(k.Data), s.place(int(k.Raw.Offset)))
	}
	return in
}

// entry adds a key with its value to a table.
func (s *source) entry(in *node, e *unstable.Node) {
	in = s.descend(in, e.Key(), 1)
	if in == nil {
		return
	}
	var last *unstable.Node
	for key := e.Key(); key.Next(); {
		last = key.Node()
	}
	after := int(last.Raw.Offset + last.Raw.Length)
	raw := string(s.text[after : e.Raw.Offset+e.Raw.Length])
	raw = strings.TrimLeft(strings.TrimLeft(raw, " \t")[1:], " \t") // the text after the equals sign
	in.put(s.value(string(last.Data), s.place(int(last.Raw.Offset)), e.Value(), raw))
}

// value returns a value of the syntax tree as a node. The parser has no range for lists and inline tables, so raw is an
// argument.
func (s *source) value(name string, at place, v *unstable.Node, raw string) *node {
	n := &node{name: name, at: at, raw: shorten(raw), kind: otherKind}
	switch v.Kind {
	case unstable.String:
		n.kind, n.text = Text, string(v.Data)
	case unstable.Integer:
		n.kind, n.text = Whole, string(v.Data)
	case unstable.Float:
		n.kind, n.text = Float, string(v.Data)
	case unstable.Bool:
		n.kind, n.text = Bool, string(v.Data)
	case unstable.Array:
		n.kind = List
		for items := v.Children(); items.Next(); {
			item, itemAt, itemRaw := items.Node(), at, "[...]"
			if item.Raw.Length > 0 {
				itemAt, itemRaw = s.place(int(item.Raw.Offset)), string(s.parser.Raw(item.Raw))
			}
			n.items = append(n.items, s.value("", itemAt, item, itemRaw))
		}
	case unstable.InlineTable:
		n.kind, n.index = tableKind, map[string]*node{}
		for items := v.Children(); items.Next(); {
			s.entry(n, items.Node())
		}
	}
	return n
}

// header returns the name of the table around a line.
func (s *source) header(line int) string {
	name := ""
	s.parser.Reset(s.text)
	for s.parser.NextExpression() {
		e := s.parser.Expression()
		if e.Kind == unstable.KeyValue {
			continue
		}
		key := e.Key()
		var parts []string
		for key.Next() {
			if s.place(int(key.Node().Raw.Offset)).line > line {
				return name
			}
			parts = append(parts, string(key.Node().Data))
		}
		name = dotted(parts...)
	}
	return name
}

func validKey(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !bare(r) && r != '.' })
}

func bare(r rune) bool { return letter(r) || '0' <= r && r <= '9' || r == '_' || r == '-' }

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// dotted joins the parts of a key, with quotes as TOML needs them.
func dotted(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = shorten(p)
		if p == "" || strings.ContainsFunc(p, func(r rune) bool { return !bare(r) }) {
			quoted[i] = shorten(strconv.Quote(p))
		}
	}
	return strings.Join(quoted, ".")
}

// override puts a --set, "table.name.key=value", into the tree.
func (d *decoder) override(set string, order int) (*Problem, place) {
	key, raw, ok := strings.Cut(set, "=")
	key = strings.TrimSpace(key)
	parts := strings.Split(key, ".")
	at := place{set: shorten(key), order: order}
	if key == "" {
		at.set = `""`
	}
	if near := Nearest(parts[0], []string{"loop", "net"}); len(parts) == 2 && !isSingle(parts[0]) && near != "" {
		return &Problem{Key: parts[0], Rule: unknownTable, Hint: "did you mean " + near + "?"}, at
	}
	if !ok || !validKey(key) || slices.Contains(parts, "") || !depth(parts) {
		return &Problem{Key: at.set, Rule: "must be table.name.key=value or loop.key=value", Got: shorten(strconv.Quote(set))}, at
	}
	in, last := d.root, len(parts)-1
	for _, part := range parts[:last] {
		if in = in.table(part, at); in == nil || in.kind == tablesKind {
			return nil, at // the file has another type there: a problem of the file
		}
	}
	keys := d.kinds.keysOf(parts[0])
	if last == 3 {
		keys = plasticKeys()
	}
	in.put(setValue(keys, parts[last], raw, at))
	return nil, at
}

// depth reports whether the parts of a key are as many as --set takes: two in [loop] and [net], three in a table with a name, and four
// in the key plastic of a synapse.
func depth(parts []string) bool {
	switch len(parts) {
	case 2:
		return isSingle(parts[0])
	case 3:
		return true
	}
	return len(parts) == 4 && parts[0] == "synapse" && parts[2] == "plastic"
}

// setValue parses raw as TOML if the key can have a value of its type, else as a string without quotes: a shell removes
// quotes.
func setValue(keys []Key, name, raw string, at place) *node {
	raw = strings.TrimSpace(raw)
	s := newSource(fmt.Appendf(nil, "v = %s", raw))
	if root, problem, _ := s.tree(); problem == nil && len(root.items) == 1 && root.items[0].name == "v" {
		v := root.items[0]
		if slices.ContainsFunc(keys, func(k Key) bool { return k.Name == name && k.Types&v.kind != 0 }) {
			v.name, v.at = name, at
			for _, item := range v.items {
				item.at = at
			}
			return v
		}
	}
	return &node{name: name, at: at, kind: Text, raw: shorten(strconv.Quote(raw)), text: raw}
}
