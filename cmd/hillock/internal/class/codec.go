package class

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kindOf returns the kind of a message.
func kindOf(m any) Kind {
	switch m.(type) {
	case Hello:
		return KindHello
	case Rates:
		return KindRates
	case Spikes:
		return KindSpikes
	case Ask:
		return KindAsk
	}
	return KindAnswer
}

// Encode returns a message in JSON. It refuses a message that Decode would refuse.
func Encode[M Message](m M) ([]byte, error) {
	if err := check(m); err != nil {
		return nil, fmt.Errorf("%s: %w", kindOf(m), err)
	}
	data, err := json.Marshal(filled(m))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", kindOf(m), err)
	case len(data) > MaxMessage:
		return nil, tooLong(kindOf(m), data)
	}
	return data, nil
}

// filled returns m with empty lists instead of nil, which JSON would write as null.
func filled[M Message](m M) any {
	switch m := any(m).(type) {
	case Hello:
		m.Neurons = orEmpty(m.Neurons)
		m.Synapses = orEmpty(slices.Clone(m.Synapses))
		for i, s := range m.Synapses {
			m.Synapses[i].From, m.Synapses[i].To = orEmpty(s.From), orEmpty(s.To)
		}
		return m
	case Rates:
		m.Neurons = orEmpty(m.Neurons)
		return m
	case Spikes:
		all := make(map[string][]int64, len(m.Spikes))
		for name, steps := range m.Spikes {
			all[name] = orEmpty(steps)
		}
		m.Spikes = all
		return m
	}
	return m
}

func orEmpty[E any](list []E) []E {
	if list == nil {
		return []E{}
	}
	return list
}

// Decode returns the message in data, from any sender. It needs each key and ignores unknown keys, for later versions. The error
// names the kind of message, the key, the rule and the value.
func Decode[M Message](data []byte) (M, error) {
	var m, none M
	kind := kindOf(m)
	if len(data) > MaxMessage {
		return none, tooLong(kind, data)
	}
	if err := read("", data, reflect.ValueOf(&m).Elem()); err != nil {
		return none, fmt.Errorf("%s: %w", kind, err)
	}
	if err := check(m); err != nil {
		return none, fmt.Errorf("%s: %w", kind, err)
	}
	return m, nil
}

// DecodeState reports whether a board is online.
func DecodeState(data []byte) (online bool, err error) {
	switch s := string(data); s {
	case Online, Offline:
		return s == Online, nil
	default:
		return false, fmt.Errorf("state: must be %q or %q, got %s", Online, Offline, quoted(s))
	}
}

func tooLong(kind Kind, data []byte) error {
	return fmt.Errorf("%s: must be at most %d bytes, got %d", kind, MaxMessage, len(data))
}

// read decodes the value of a key. path is "" for the whole message. encoding/json alone would accept missing keys, null, and keys in
// capitals.
func read(path string, data json.RawMessage, v reflect.Value) error {
	var rule string
	switch v.Interface().(type) {
	case int64:
		rule = "must be a whole number"
	case float64:
		rule = "must be a number"
	case string:
		rule = "must be a text"
	case time.Time:
		rule = `must be a time such as "2026-11-30T08:15:00Z"`
	case []string:
		rule = "must be a list of texts"
	case map[string][]int64:
		rule = "must have a list of whole numbers for each neuron"
	default:
		if v.Kind() == reflect.Slice {
			return readList(path, data, v)
		}
		return readObject(path, data, v)
	}
	err := json.Unmarshal(data, v.Addr().Interface())
	if err != nil || string(data) == "null" || hasNil(v.Interface()) {
		return wrong(path, rule, short(data))
	}
	return nil
}

// hasNil reports whether a list of steps was null.
func hasNil(v any) bool {
	lists, _ := v.(map[string][]int64)
	for _, steps := range lists {
		if steps == nil {
			return true
		}
	}
	return false
}

// readObject decodes an object into a struct. Each field must have its key.
func readObject(path string, data json.RawMessage, v reflect.Value) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil || values == nil {
		return wrong(path, "must be a JSON object", short(data))
	}
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("json")
		at := strings.TrimPrefix(path+"."+key, ".")
		value, ok := values[key]
		if !ok {
			return fmt.Errorf("%s: missing", at)
		}
		if err := read(at, value, v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

// readList decodes a list of objects into a slice of structs.
func readList(path string, data json.RawMessage, v reflect.Value) error {
	var values []json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil || values == nil {
		return wrong(path, "must be a list", short(data))
	}
	c := checker{}
	if c.count(path, len(values), MaxNeurons); c.err != nil {
		return c.err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(values), len(values)))
	for i, value := range values {
		if err := read(item(path, i), value, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// short returns JSON from outside for a message: at most 64 bytes of printable ASCII.
func short(data []byte) string {
	if len(data) == 0 {
		return "nothing"
	}
	s := strconv.QuoteToASCII(string(data[:min(len(data), 64)]))
	s = strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`)
	if len(data) > 64 {
		s += "..."
	}
	return s
}
