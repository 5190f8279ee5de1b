package web

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/serve"
	"hillock/neuron"
)

// wish is a message from a client. It has exactly the keys of its type.
type wish struct {
	Type      string  `json:"type"`
	Token     string  `json:"token"`
	PerColumn float64 `json:"per_column"`
	Columns   float64 `json:"columns"`
	End       float64 `json:"end"`
	Input     string  `json:"input"`
	Position  float64 `json:"position"`
	Neuron    string  `json:"neuron"`
	Synapse   string  `json:"synapse"`
	Key       string  `json:"key"`
	Value     float64 `json:"value"`
	Name      string  `json:"name"`
	Wires     float64 `json:"wires"`
	Wire      string  `json:"wire"`
	Hole      string  `json:"hole"`
	At        string  `json:"at"`
}

// kinds returns the types of messages.
func kinds() []serve.Kind {
	return []serve.Kind{
		{Type: "auth", Keys: []string{"token"}}, {Type: "view", Keys: []string{"per_column", "columns", "end"}},
		{Type: "turn", Keys: []string{"input", "position"}}, {Type: "set", Keys: []string{"key", "value"}, Optional: []string{"neuron", "synapse"}},
		{Type: "reset"}, {Type: "fault", Keys: []string{"name"}}, {Type: "hide", Keys: []string{"wires"}}, {Type: "try", Keys: []string{"name"}},
		{Type: "reveal"}, {Type: "wire", Keys: []string{"wire", "at", "hole"}}, {Type: "sweep", Keys: []string{"input"}}, {Type: "press", Keys: []string{"input"}},
	}
}

// synapseKeys returns the keys of "set" of a synapse.
func synapseKeys() []string { return []string{"weight", "tau", "delay"} }

// keys returns the keys of "set" of a neuron. The loop's own key is speed.
func keys() (all []string) {
	for _, m := range neuron.Models() {
		for _, d := range m.Params {
			if d.Adjustable && !slices.Contains(all, d.Key) {
				all = append(all, d.Key)
			}
		}
	}
	return all
}

// slider returns the slider of a message's key: that of its neuron or of its synapse, or the loop's for an unknown name.
func (h Hello) slider(m wish) (Slider, bool) {
	all, key := h.Sliders, m.Key
	for _, n := range h.Neurons {
		if n.Name == m.Neuron {
			all = n.Sliders
		}
	}
	for _, s := range h.Network.Synapses {
		if s.Name == m.Synapse {
			all = s.Sliders
		}
	}
	i := slices.IndexFunc(all, func(s Slider) bool { return s.Key == key })
	if i < 0 {
		return Slider{}, false
	}
	return all[i], true
}

const (
	maxPerColumn = 1_000_000 // steps
	maxPast      = 1 << 16   // columns of the past in one request
)

// parse decodes and checks a message.
func parse(text []byte) (wish, error) {
	var m wish
	given, err := serve.Decode(text, kinds(), &m)
	if err != nil {
		return m, err
	}
	return m, m.check(given["neuron"] != nil, given["synapse"] != nil)
}

// check checks the values against fixed limits.
func (m wish) check(ofNeuron, ofSynapse bool) error {
	switch m.Type {
	case "view":
		for _, key := range []struct {
			name        string
			value       float64
			least, most int64
		}{{"per_column", m.PerColumn, 1, maxPerColumn}, {"columns", m.Columns, 0, maxPast}, {"end", m.End, 0, 1 << 53}} {
			if v := key.value; !(v >= float64(key.least) && v <= float64(key.most)) || v != math.Trunc(v) {
				return fmt.Errorf("view: %s: must be a whole number from %d to %d, got %g", key.name, key.least, key.most, v)
			}
		}
	case "turn":
		if !(m.Position >= 0 && m.Position <= 1) {
			return fmt.Errorf("turn: position: must be from 0 to 1, got %g", m.Position)
		}
	case "hide":
		if m.Wires != 1 && m.Wires != 2 && m.Wires != 3 {
			return fmt.Errorf("hide: wires: must be 1, 2 or 3, got %g", m.Wires)
		}
	case "wire":
		if m.At != "from" && m.At != "to" {
			return fmt.Errorf("wire: at: must be from or to, got %.40q", m.At)
		}
	case "set":
		switch {
		case ofNeuron && ofSynapse:
			return errors.New("set: must have neuron or synapse, got both")
		case m.Key == "speed" && (ofNeuron || ofSynapse):
			return fmt.Errorf("set: speed: belongs to the loop: leave out %s", map[bool]string{true: "neuron", false: "synapse"}[ofNeuron])
		case ofSynapse && !slices.Contains(synapseKeys(), m.Key):
			return fmt.Errorf("set: key: must be %s of a synapse, got %.40q", strings.Join(synapseKeys(), ", "), m.Key)
		case ofSynapse:
		case m.Key != "speed" && !slices.Contains(keys(), m.Key):
			return fmt.Errorf("set: key: must be %s or speed, got %.40q", strings.Join(keys(), ", "), m.Key)
		case m.Key != "speed" && !ofNeuron:
			return fmt.Errorf("set: %s: missing key neuron", m.Key)
		}
	}
	return nil
}

// change makes a change, completely or not at all.
func (s *Server) change(m wish) error {
	switch m.Type {
	case "turn":
		return s.turn(m.Input, m.Position)
	case "sweep":
		return s.sweep(m.Input)
	case "press":
		return s.run.Tap(m.Input)
	case "set":
		if r, ok := s.now().slider(m); ok && !(m.Value >= r.Low && m.Value <= r.High) {
			return fmt.Errorf("%s: must be from %g to %g, got %g", m.Key, r.Low, r.High, m.Value)
		}
		name := m.Neuron
		if m.Synapse != "" {
			name = "synapse." + m.Synapse
		}
		if err := s.run.Set(name, m.Key, m.Value); err != nil {
			return err
		}
	case "reset":
		if err := s.run.Reset(); err != nil {
			return err
		}
	case "fault":
		return s.run.Fault(m.Name)
	case "hide":
		return s.run.Hide(int(m.Wires))
	case "try":
		return s.run.Try(m.Name)
	case "reveal":
		return s.run.Reveal()
	case "wire":
		return s.run.Move(MovedWire{Wire: m.Wire, End: m.At, Hole: m.Hole})
	}
	s.greet()
	return nil
}
