package class

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hillock/config"
)

const (
	lookEvery = 3 * time.Second // a broker sends the state of a known board at once
	lookFor   = time.Second     // for the states of all boards
)

// notYet is the problem with a board that was never in the class.
const notYet = "not in the class yet"

// absent reports whether the board has synapses to this one, but never had a state: it was never in the class.
func (r *remote) absent() bool { return len(r.inputs) > 0 && !r.stated }

// look looks for absent boards: their names are often typing errors. The first call asks for the states of all boards, and the next one
// reports with their names. It returns the time until the next call.
func (s *sender) look() time.Duration {
	all := Topic{s.net.Class, Any, KindState, ""}.String()
	if s.looking {
		s.looking = false
		s.Unsubscribe(all)
		delete(s.subscribed, all)
		s.reportAbsent()
		return lookEvery
	}
	s.mu.Lock()
	for _, r := range s.remotes {
		s.looking = s.looking || r.absent() && !r.missed
	}
	if s.looking {
		s.present = map[string]bool{}
	}
	s.mu.Unlock()
	if !s.looking {
		return lookEvery
	}
	_ = s.subscribe(all) // without this right the report has no names
	return lookFor
}

// reportAbsent logs absent boards, each once.
func (s *sender) reportAbsent() {
	s.mu.Lock()
	present := s.present
	s.present = nil
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.remotes)) {
		if r := s.remotes[name]; r.absent() && !r.missed {
			r.missed, r.instead = true, s.instead(name, present)
			all = append(all, "class: "+s.layout.hello.sourceOf(name)+": no board "+name+" in class "+s.net.Class+" yet"+r.instead)
		}
	}
	s.mu.Unlock()
	for _, text := range all {
		s.log.Warn(text)
	}
}

// sourceOf returns the first key with a neuron of a board: "synapse.mara.from".
func (h *Hello) sourceOf(board string) string {
	for _, s := range h.Synapses {
		if slices.ContainsFunc(s.From, func(name string) bool { return strings.HasPrefix(name, board+"/") }) {
			return "synapse." + s.Name + ".from"
		}
	}
	return "from"
}

// instead returns a hint with the boards that are present, "" for a board that may not read their states: not even its own.
func (b *Board) instead(name string, present map[string]bool) string {
	if !present[b.name] {
		return ""
	}
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(present)), func(other string) bool { return other == b.name })
	const most = 8
	switch near := config.Nearest(name, others); {
	case near != "":
		return ": did you mean " + near + "?"
	case len(others) == 0:
		return ": it has no other board"
	case len(others) > most:
		return fmt.Sprintf(": it has %s and %d others", strings.Join(others[:most], ", "), len(others)-most)
	}
	return ": it has " + strings.Join(others, ", ")
}
