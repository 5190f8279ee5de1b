package doctor

import (
	"fmt"
	"slices"
	"strings"

	"hillock/config"
)

// wires are the jumper wires as found, to compare with a configuration.
type wires struct {
	board  string // name of this board
	all    []*socket
	sent   []source // outputs of this board that sent their codes
	echoes []echo
	ends   map[*socket]*socket // the far end of an input's wire, in a wrong hole

	far  bool            // the outputs are those of other boards
	bare map[*socket]int // edges at a pin since its latest code
}

// want returns the name of the output at the other end of an input's wire, and whether it belongs to this board.
func (w *wires) want(s *socket) (name string, local bool) {
	board, name, far := strings.Cut(s.wants, "/")
	switch {
	case !far:
		return s.wants, true
	case board == w.board:
		return name, true
	}
	return s.wants, false
}

// hears returns the outputs that arrive at a pin.
func (w *wires) hears(s *socket) (all []source) {
	for _, e := range w.echoes {
		if e.at == s && !e.loose() && !slices.Contains(all, e.of) {
			all = append(all, e.of)
		}
	}
	return all
}

// places returns the pins where an output arrives.
func (w *wires) places(name string) (all []*socket) {
	for _, e := range w.echoes {
		if e.of.name == name && !e.loose() && !slices.Contains(all, e.at) {
			all = append(all, e.at)
		}
	}
	return all
}

// wrong returns the pins where an output arrives without an input for it. The pins of other outputs come last: the wire may join
// the two elsewhere.
func (w *wires) wrong(name string) []*socket {
	all := slices.DeleteFunc(w.places(name), func(s *socket) bool {
		want, _ := w.want(s)
		return s.input != "" && want == name
	})
	slices.SortStableFunc(all, func(a, b *socket) int {
		switch {
		case a.out == nil && b.out != nil:
			return -1
		case a.out != nil && b.out == nil:
			return 1
		}
		return 0
	})
	return all
}

// output returns the pin of an output of this board, nil for another.
func (w *wires) output(name string) *socket {
	i := slices.IndexFunc(w.all, func(s *socket) bool { return s.out != nil && s.out.Name == name })
	if i < 0 {
		return nil
	}
	return w.all[i]
}

// findings compares the wires of this board with its configuration.
func (w *wires) findings() (all []Finding) {
	for _, s := range w.all {
		if s.out != nil && !w.far && !w.didSend(s.out.Name) {
			all = append(all, w.unsent(s))
		}
	}
	named := map[string]bool{} // by outputs and pins with a finding
	for _, s := range w.all {
		if s.input != "" {
			all = append(all, w.input(s, named))
		}
	}
	return append(all, w.others(named)...)
}

func (w *wires) didSend(name string) bool {
	return slices.ContainsFunc(w.sent, func(o source) bool { return o.name == name })
}

// unsent returns the finding on an output without pulses.
func (w *wires) unsent(s *socket) Finding {
	f := Finding{Check: s.out.Name, Result: Failed}
	switch {
	case s.refusal != nil:
		return refused(f, *s.out, s.refusal)
	case s.busy > 0:
		f.Seen = fmt.Sprintf("%s is driven from outside, and was not pulsed: %d edges in %s", Spot(s.pin), s.busy, config.FormatTime(quietTime))
		f.Means = "an output of another board is at this output: two outputs would drive one wire"
		f.Do = fmt.Sprintf("move the other end of its wire from %s to an input", Spot(s.pin))
		return f
	}
	level, rail := "high", "3V3"
	if s.stuck() == "low" {
		level, rail = "low", "GND"
	}
	f.Seen = fmt.Sprintf("%s is %s without a pulse, and was not pulsed", Spot(s.pin), level)
	f.Means = fmt.Sprintf("the wire of %s is at %s, or at an output of another board", s.out.Name, rail)
	f.Do = fmt.Sprintf("remove the wire at %s, check its other end, and run the doctor again", Spot(s.pin))
	return f
}

// input returns the finding on an edge input.
func (w *wires) input(s *socket, named map[string]bool) Finding {
	f := Finding{Check: s.input, Result: Failed}
	want, local := w.want(s)
	heard := w.hears(s)
	for _, o := range heard {
		named[o.name+" "+s.pin] = true
	}
	switch {
	case s.refusal != nil:
		f.Seen, f.Do = s.refusal.Error(), fmt.Sprintf("stop the program that holds %s, or choose another pin", Spot(s.pin))
	case len(heard) > 0 && (want == "" || local == w.far):
		w.unwanted(&f, s, want, heard)
	case want == "":
		f.Result, f.Seen = Passed, fmt.Sprintf("%s, without a wire from an output, hears none", Spot(s.pin))
	case w.far && local:
		f.Result, f.Seen = Skipped, "not checked: "+want+" is an output of this board"
		f.Do = fmt.Sprintf("run 'hillock doctor %s --jumpers'", w.file())
	case w.far:
		w.compare(&f, s, w.known(want), named)
	case !local:
		f.Result, f.Seen = Skipped, "not checked: "+want+" is on another board"
		f.Do = fmt.Sprintf("run 'hillock doctor %s --listen' here, then %s there", w.file(), pulsing(want))
	case w.output(want) == nil:
		f.Result, f.Seen = Skipped, fmt.Sprintf("not checked: %s is no output with pulses on a pin", want)
	case !w.didSend(want):
		f.Result, f.Seen = Skipped, fmt.Sprintf("not checked: %s was not pulsed", want)
	default:
		w.compare(&f, s, source{want, w.output(want).pin}, named)
	}
	return f
}

// known returns an output of another board, with its pin if it was heard.
func (w *wires) known(name string) source {
	for _, o := range w.sent {
		if o.name == name {
			return o
		}
	}
	return source{name: name}
}

// place returns the place of an output: "GPIO17 (header pin 11)", or "GPIO17 (header pin 11) of left".
func (o source) place() string {
	board, _, far := strings.Cut(o.name, "/")
	switch {
	case o.pin == "":
		return o.name
	case far:
		return Spot(o.pin) + " of " + board
	}
	return Spot(o.pin)
}

// pulsing returns the command that pulses the outputs of another board.
func pulsing(output string) string {
	board, _, _ := strings.Cut(output, "/")
	return fmt.Sprintf("'hillock doctor %s.toml --jumpers'", board)
}

// file returns the name of this board's file.
func (w *wires) file() string { return w.board + ".toml" }

// unwanted completes the finding on an input that hears outputs of this board and should not.
func (w *wires) unwanted(f *Finding, s *socket, want string, heard []source) {
	purpose := "a button"
	if want != "" {
		purpose = want
	}
	f.Seen = fmt.Sprintf("%s hears %s", Spot(s.pin), and(names(heard)))
	f.Means = fmt.Sprintf("%s is for %s: a wire of %s is in the wrong hole", s.pin, purpose, and(names(heard)))
	f.Do = w.move(heard[0], s)
}

// others returns the findings on outputs at pins without an input for them.
func (w *wires) others(named map[string]bool) (all []Finding) {
	for _, e := range w.echoes {
		joined := e.at.out != nil
		key, back := e.of.name+" "+e.at.pin, ""
		if joined {
			back = e.at.out.Name + " " + e.of.pin
		}
		if e.loose() || e.at.input != "" || named[key] || joined && (named[back] || w.atInput(e.of.name, e.at.out.Name)) {
			continue
		}
		named[key] = true
		f := Finding{Check: e.of.name, Result: Failed}
		if joined {
			f.Seen = fmt.Sprintf("%s at %s arrives at %s, %s", e.of.name, e.of.place(), Spot(e.at.pin), e.at.called())
			f.Means = fmt.Sprintf("%s and %s are joined: two outputs drive one wire", e.of.name, e.at.out.Name)
			f.Do = fmt.Sprintf("remove the wire between %s and %s", e.of.place(), Spot(e.at.pin))
		} else {
			f.Result = Warning
			f.Seen = fmt.Sprintf("%s at %s arrives at %s, a free pin, too", e.of.name, e.of.place(), Spot(e.at.pin))
			f.Means = "the file does not use this wire"
			f.Do = fmt.Sprintf("remove the wire at %s, or add an input of driver edge for it", Spot(e.at.pin))
		}
		all = append(all, f)
	}
	return all
}

// atInput reports whether two outputs arrive at one input. Its finding names both.
func (w *wires) atInput(a, b string) bool {
	return slices.ContainsFunc(w.places(a), func(s *socket) bool { return s.input != "" && slices.Contains(w.places(b), s) })
}

// names returns the names of outputs.
func names(all []source) (words []string) {
	for _, o := range all {
		words = append(words, o.name)
	}
	return words
}

// Listened returns the finding with the pins of the check.
func Listened(c Connectome) Finding {
	return Finding{Check: "jumpers", Result: Passed, Seen: fmt.Sprintf("listened at %s", list28(c.Listened))}
}

// list28 returns pins in the order of their numbers: "GPIO4 to GPIO6, GPIO22".
func list28(pins []string) string {
	listed := func(n int) bool { return n < 28 && slices.Contains(pins, fmt.Sprintf("GPIO%d", n)) }
	var all []string
	for n := 0; n < 28; n++ {
		if !listed(n) {
			continue
		}
		last := n
		for listed(last + 1) {
			last++
		}
		switch {
		case last > n+1:
			all = append(all, fmt.Sprintf("GPIO%d to GPIO%d", n, last))
		case last > n:
			all = append(all, fmt.Sprintf("GPIO%d", n), fmt.Sprintf("GPIO%d", last))
		default:
			all = append(all, fmt.Sprintf("GPIO%d", n))
		}
		n = last
	}
	return strings.Join(all, ", ")
}
