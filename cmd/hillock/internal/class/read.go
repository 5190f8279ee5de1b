package class

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A field is a key of a message, with a pointer to its place.
type field struct {
	key string
	to  any
}

// An object is a message or an item in one.
type object interface{ fields() []field }

func (h *Hello) fields() []field {
	return []field{{"version", &h.Version}, {"run", &h.Run}, {"where", &h.Where}, {"dt_ms", &h.DT}, {"tick_ms", &h.Tick}, {"speed", &h.Speed},
		{"neurons", list[HelloNeuron](&h.Neurons)}, {"synapses", list[HelloSynapse](&h.Synapses)}, {"started", &h.Started}}
}

func (n *HelloNeuron) fields() []field {
	return []field{{"name", &n.Name}, {"count", &n.Count}, {"model", &n.Model}}
}

func (s *HelloSynapse) fields() []field {
	return []field{{"name", &s.Name}, {"from", &s.From}, {"to", &s.To}, {"kind", &s.Kind}, {"weight", &s.Weight}, {"unit", &s.Unit}, {"delay_ms", &s.Delay}}
}

func (r *Rates) fields() []field {
	return []field{{"run", &r.Run}, {"step", &r.Step}, {"neurons", list[NeuronRate](&r.Neurons)}, {"lateness_p99_us", &r.LatenessP99Us},
		{"late_ticks", &r.LateTicks}, {"late_spikes", &r.LateSpikes}, {"lost_steps", &r.LostSteps}, {"sent", &r.Sent}, {"unsent", &r.Unsent}}
}

func (n *NeuronRate) fields() []field {
	return []field{{"name", &n.Name}, {"rate_hz", &n.RateHz}, {"spikes", &n.Spikes}}
}

func (s *Spikes) fields() []field {
	return []field{{"run", &s.Run}, {"from", &s.From}, {"to", &s.To}, {"dt_ms", &s.DT}, {"at_ns", &s.AtNs}, {"skipped", &s.Skipped}, {"spikes", &s.Spikes}}
}

func (a *Ask) fields() []field { return []field{{"id", &a.ID}, {"sent_ns", &a.SentNs}} }

func (a *Answer) fields() []field {
	return []field{{"id", &a.ID}, {"sent_ns", &a.SentNs}, {"got_ns", &a.GotNs}, {"answered_ns", &a.AnsweredNs}, {"run", &a.Run}}
}

// list returns a function that reads a list of objects into a slice.
func list[E any, P interface {
	*E
	object
}](to *[]E) func(path string, data []byte) error {
	return func(path string, data []byte) error {
		if data[0] != '[' {
			return wrong(path, "must be a list", short(data))
		}
		values := items(data)
		c := checker{}
		if c.count(path, len(values), MaxNeurons); c.err != nil {
			return c.err
		}
		*to = make([]E, len(values))
		for i, value := range values {
			if err := readObject(item(path, i), value, P(&(*to)[i])); err != nil {
				return err
			}
		}
		return nil
	}
}

// readMessage reads any data. encoding/json would accept missing keys, null and keys in capitals, and it takes twice as long: a
// wall reads thousands of batches per second.
func readMessage(data []byte, to object) error {
	if !json.Valid(data) {
		return wrong("", "must be a JSON object", short(data))
	}
	return readObject("", trimmed(data), to)
}

// readObject reads valid JSON. Each field must have its key.
func readObject(path string, data []byte, to object) error {
	if data[0] != '{' {
		return wrong(path, "must be a JSON object", short(data))
	}
	fields := to.fields()
	values := make([][]byte, len(fields))
	for key, value := range members(data) {
		for i, f := range fields {
			if isKey(key, f.key) {
				values[i] = value
			}
		}
	}
	for i, f := range fields {
		at := f.key
		if path != "" {
			at = path + "." + f.key
		}
		if values[i] == nil {
			return fmt.Errorf("%s: missing", at)
		}
		if err := readValue(at, values[i], f.to); err != nil {
			return err
		}
	}
	return nil
}

// isKey compares a key in quotes with a name.
func isKey(key []byte, name string) bool {
	if bytes.IndexByte(key, '\\') < 0 {
		return string(key[1:len(key)-1]) == name
	}
	s, _ := text(key)
	return s == name
}

// readValue reads valid JSON into the place of a field.
func readValue(path string, data []byte, to any) (err error) {
	var rule string
	ok := false
	switch to := to.(type) {
	case func(string, []byte) error:
		return to(path, data)
	case *int64:
		rule = "must be a whole number"
		*to, ok = whole(data)
	case *float64:
		rule = "must be a number"
		*to, err = strconv.ParseFloat(string(data), 64)
		ok = err == nil
	case *string:
		rule = "must be a text"
		*to, ok = text(data)
	case *time.Time:
		rule = `must be a time such as "2026-11-30T08:15:00Z"`
		ok = data[0] == '"' && json.Unmarshal(data, to) == nil
	case *[]string:
		rule = "must be a list of texts"
		*to, ok = all(data, text)
	case *map[string][]int64:
		rule = "must have a list of whole numbers for each neuron"
		*to, ok = spikes(data)
	}
	if !ok {
		return wrong(path, rule, short(data))
	}
	return nil
}

// whole returns a number without point and exponent.
func whole(data []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(data), 10, 64)
	return n, err == nil
}

func text(data []byte) (s string, ok bool) {
	if data[0] != '"' {
		return "", false
	}
	s = string(data[1 : len(data)-1])
	if strings.Contains(s, `\`) || !utf8.ValidString(s) {
		ok = json.Unmarshal(data, &s) == nil
		return s, ok
	}
	return s, true
}

// all returns the items of a list.
func all[E any](data []byte, one func([]byte) (E, bool)) ([]E, bool) {
	if data[0] != '[' {
		return nil, false
	}
	values := items(data)
	list := make([]E, len(values))
	for i, value := range values {
		var ok bool
		if list[i], ok = one(value); !ok {
			return nil, false
		}
	}
	return list, true
}

// spikes returns the steps by neuron.
func spikes(data []byte) (map[string][]int64, bool) {
	if data[0] != '{' {
		return nil, false
	}
	by := map[string][]int64{}
	for key, value := range members(data) {
		name, _ := text(key)
		steps, ok := all(value, whole)
		if !ok {
			return nil, false
		}
		by[name] = steps
	}
	return by, true
}
