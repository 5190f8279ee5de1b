package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Edit changes the value of a key such as "input.knob.ends" in the text of a configuration. The value must be TOML. All other
// text stays, comments and order too. A new key follows the last key of its table. The error of a missing table says what to
// write by hand.
func Edit(text []byte, key, value string) ([]byte, error) {
	var p unstable.Parser
	p.Reset(text)
	path := strings.Split(key, ".")
	table := path[:len(path)-1]
	var header []string // of the table that the parser is in
	end, prefix := -1, ""
	for p.NextExpression() {
		e := p.Expression()
		var parts []string
		var last *unstable.Node
		for k := e.Key(); k.Next(); {
			last = k.Node()
			parts = append(parts, string(last.Data))
		}
		if e.Kind != unstable.KeyValue {
			header = parts
			if slices.Equal(header, table) {
				end, prefix = int(last.Raw.Offset+last.Raw.Length), ""
			}
			continue
		}
		whole := append(slices.Clone(header), parts...)
		stop := int(e.Raw.Offset + e.Raw.Length)
		switch {
		case slices.Equal(whole, path):
			after := int(last.Raw.Offset + last.Raw.Length)
			start := after + bytes.IndexByte(text[after:], '=') + 1
			for text[start] == ' ' || text[start] == '\t' {
				start++
			}
			return slices.Concat(text[:start], []byte(value), text[stop:]), nil
		case len(whole) == len(path) && slices.Equal(whole[:len(table)], table):
			end, prefix = stop, strings.Join(parts[:len(parts)-1], ".")
		}
	}
	if err := p.Error(); err != nil {
		return nil, err
	}
	name := path[len(path)-1]
	if end < 0 {
		return nil, fmt.Errorf("no table [%s] in the file: add %s = %s by hand", strings.Join(table, "."), name, value)
	}
	if prefix != "" {
		name = prefix + "." + name
	}
	eol := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		eol = "\r\n"
	}
	if i := bytes.Index(text[end:], []byte(eol)); i >= 0 {
		end += i
	} else {
		end = len(text)
	}
	return slices.Concat(text[:end], []byte(eol+name+" = "+value), text[end:]), nil
}
