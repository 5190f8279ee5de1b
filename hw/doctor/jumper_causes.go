package doctor

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/gpio"
)

// compare completes the finding on an input that wants an output.
func (w *wires) compare(f *Finding, s *socket, want source, named map[string]bool) {
	heard, wrong := w.hears(s), w.wrong(want.name)
	other := slices.DeleteFunc(slices.Clone(heard), func(o source) bool { return o.name == want.name })
	switch {
	case len(heard) == 1 && len(other) == 0:
		f.Result, f.Seen = Passed, fmt.Sprintf("%s at %s arrives at %s", want.name, want.place(), Spot(s.pin))
		return
	case len(heard) > len(other):
		f.Seen = fmt.Sprintf("%s hears %s", Spot(s.pin), and(names(heard)))
		f.Means = fmt.Sprintf("%s are joined: two outputs drive one wire", and(names(heard)))
		f.Do = w.part(want, other[0], s)
		return
	}
	for _, at := range wrong {
		named[want.name+" "+at.pin] = true
	}
	swapped := slices.IndexFunc(wrong, func(at *socket) bool {
		wants, _ := w.want(at)
		return slices.ContainsFunc(heard, func(o source) bool { return o.name == wants })
	})
	switch {
	case swapped >= 0:
		at := wrong[swapped]
		theirs, _ := w.want(at)
		f.Seen = fmt.Sprintf("%s hears %s, and %s arrives at %s", Spot(s.pin), theirs, want.name, Spot(at.pin))
		f.Means = fmt.Sprintf("the wires of %s and %s are swapped", want.name, theirs)
		f.Do = fmt.Sprintf("put the wire of %s into %s, and that of %s into %s", want.name, Spot(s.pin), theirs, Spot(at.pin))
	case len(wrong) > 0:
		f.Seen = fmt.Sprintf("%s arrives at %s, %s, and not at %s", want.name, Spot(wrong[0].pin), wrong[0].called(), Spot(s.pin))
		f.Means = w.yours(want, s, "is in "+wrong[0].pin)
		f.Do = fmt.Sprintf("move the wire from %s to %s", Spot(wrong[0].pin), Spot(s.pin))
	case len(heard) > 0:
		f.Seen = fmt.Sprintf("%s hears %s, and not %s", Spot(s.pin), and(names(heard)), want.name)
		f.Means = w.yours(want, s, fmt.Sprintf("comes from %s, %s", heard[0].pin, heard[0].name))
		f.Do = fmt.Sprintf("move the other end of the wire from %s to %s", heard[0].place(), want.place())
	default:
		w.silent(f, s, want)
	}
}

// yours returns the meaning of a wire in a wrong hole: "xor wants red -> GPIO22, yours is in GPIO23".
func (w *wires) yours(want source, s *socket, yours string) string {
	return fmt.Sprintf("%s wants %s -> %s, yours %s", w.board, want.name, s.pin, yours)
}

// silent completes the finding on an input without any output.
func (w *wires) silent(f *Finding, s *socket, want source) {
	wire := fmt.Sprintf("the wire from %s to %s", want.place(), Spot(s.pin))
	f.Seen = fmt.Sprintf("%s does not hear %s", Spot(s.pin), want.name)
	f.Do = "push in both ends of " + wire
	if i := slices.IndexFunc(w.echoes, func(e echo) bool { return e.of.name == want.name && e.at == s }); i >= 0 {
		e := w.echoes[i]
		f.Seen = fmt.Sprintf("%s hears %d of %d edges of %s", Spot(s.pin), e.arrived, e.sent, want.name)
		f.Means = "a contact of the wire is loose"
		return
	}
	if end := w.ends[s]; end != nil {
		f.Seen += fmt.Sprintf(": its wire leads to %s, a free pin", Spot(end.pin))
		f.Means = w.yours(want, s, "comes from "+end.pin)
		f.Do = fmt.Sprintf("move that end from %s to %s, %s", Spot(end.pin), want.place(), want.name)
		return
	}
	if level := s.stuck(); level != "" && w.bare[s] < fewEdges {
		rail := map[string]string{"low": "GND", "high": "3V3"}[level]
		f.Seen = fmt.Sprintf("%s stays %s, and does not hear %s", Spot(s.pin), level, want.name)
		if f.Means = fmt.Sprintf("%s is at %s", s.pin, rail); w.far {
			f.Means += ", or at an output that sent no code"
		}
		f.Do = fmt.Sprintf("check both ends of the wire at %s, and its neighbours", Spot(s.pin))
		return
	}
	if w.far {
		w.unheard(f, s, want)
		return
	}
	f.Means = "the wire is loose or missing, or an end is in a hole that is no free pin"
	if o := w.output(want.name); o != nil && o.up == gpio.Low && !o.pulse.Invert {
		f.Means = fmt.Sprintf("the wire is loose or missing, or %s is at GND", want.pin)
	}
	f.Do = "connect " + strings.TrimPrefix(wire, "the wire from ")
}

// fewEdges is a number of edges above that of a wire put into its hole.
const fewEdges = 20

// unheard completes the finding on an input that does not hear an output of another board.
func (w *wires) unheard(f *Finding, s *socket, want source) {
	board, _, _ := strings.Cut(want.name, "/")
	f.Do = fmt.Sprintf("connect %s to %s, and GND to GND; run %s there", want.name, Spot(s.pin), pulsing(want.name))
	switch {
	case slices.ContainsFunc(w.sent, func(o source) bool { return strings.HasPrefix(o.name, board+"/") }):
		f.Means = "the wire is loose or missing: other wires of " + board + " work"
		f.Do = fmt.Sprintf("connect %s to %s", want.name, Spot(s.pin))
	case w.bare[s] >= fewEdges:
		f.Seen = fmt.Sprintf("%s hears %d edges without a code, and not %s", Spot(s.pin), w.bare[s], want.name)
		f.Means = fmt.Sprintf("a neuron runs on %s, or the boards have no common ground", board)
		f.Do = fmt.Sprintf("connect GND to GND; stop the neuron on %s, and run %s there", board, pulsing(want.name))
	default:
		f.Means = fmt.Sprintf("the wire is loose or missing, the boards have no common ground, or no doctor pulses %s", board)
	}
}

// move returns the remedy for an output at a wrong input.
func (w *wires) move(o source, s *socket) string {
	if home := w.home(o); home != nil {
		return fmt.Sprintf("move the wire of %s from %s to %s", o.name, Spot(s.pin), Spot(home.pin))
	}
	return fmt.Sprintf("remove the wire of %s, %s, from %s", o.name, o.place(), Spot(s.pin))
}

// part returns the remedy for an input with the right output and another one.
func (w *wires) part(right, other source, s *socket) string {
	if home := w.home(other); home != nil {
		return w.move(other, s)
	}
	return fmt.Sprintf("remove the wire that joins %s, %s, to %s or to %s", other.name, other.place(), right.place(), Spot(s.pin))
}

// home returns an input that wants an output and does not hear it, or nil.
func (w *wires) home(o source) *socket {
	at := w.places(o.name)
	for _, s := range w.all {
		if want, _ := w.want(s); s.input != "" && want == o.name && !slices.Contains(at, s) {
			return s
		}
	}
	return nil
}
