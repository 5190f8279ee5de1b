package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is a type of message from a viewer, with its keys.
type Kind struct {
	Type     string
	Keys     []string
	Optional []string
}

// Decode decodes a message into the struct at m. It needs one of the kinds, with all its keys and no others. It returns the given
// keys.
func Decode(text []byte, kinds []Kind, m any) (given map[string]json.RawMessage, err error) {
	if !utf8.Valid(text) {
		return nil, errors.New("a message must be UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&given); err != nil || given == nil {
		return nil, errors.New("a message must be a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("a message must be a single JSON object")
	}
	var name string
	if err := json.Unmarshal(given["type"], &name); err != nil {
		return nil, errors.New("type: must be a string")
	}
	k := slices.IndexFunc(kinds, func(k Kind) bool { return k.Type == name })
	if k < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, k.Type)
		}
		last := len(names) - 1
		return nil, fmt.Errorf("type: must be %s or %s, got %.40q", strings.Join(names[:last], ", "), names[last], name)
	}
	kind := kinds[k]
	for key, value := range given {
		if key != "type" && !slices.Contains(kind.Keys, key) && !slices.Contains(kind.Optional, key) {
			return nil, fmt.Errorf("%s: unknown key %.40q", name, key)
		}
		if string(value) == "null" {
			return nil, fmt.Errorf("%s: %s: must have a value, got null", name, key)
		}
	}
	for _, key := range kind.Keys {
		if given[key] == nil {
			return nil, fmt.Errorf("%s: missing key %s", name, key)
		}
	}
	if err := json.Unmarshal(text, m); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s: %s: must be a %s, got %.40s", name, wrong.Field, noun(wrong.Type.Kind().String()), wrong.Value)
		}
		return nil, errors.New("a message must be a JSON object")
	}
	return given, nil
}

// noun returns JSON's word for a kind of Go value.
func noun(kind string) string {
	switch kind {
	case "string":
		return kind
	case "bool":
		return "truth value"
	case "slice":
		return "list"
	}
	return "number"
}
