package class

import (
	"encoding/json"
	"fmt"
	"slices"
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
	if err := readMessage(data, any(&m).(object)); err != nil {
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
