package doctor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/edge"
	"hillock/hw/line"
	"hillock/hw/pulsecode"
)

// Jumper is a jumper wire, as found: the pulses of an output arrive at a pin.
type Jumper struct {
	Output string `json:"output"` // "red", or "left/red" of another board
	From   string `json:"from"`   // its pin, "GPIO17"
	To     string `json:"to"`     // the pin at the other end, "GPIO22"
	Part   string `json:"part"`   // the part on that pin, "input touch" or "output green"; "" for a free pin
	Wanted bool   `json:"wanted"` // the file has this wire
}

// Connectome is the graph of the jumper wires, as found.
type Connectome struct {
	Jumpers  []Jumper
	Listened []string // pins whose wires are found
	Findings []Finding
}

// Units of the outputs' codes.
const (
	CodeUnit  = 15 * time.Millisecond // pulsecode has the reason
	ShortUnit = time.Millisecond      // for a virtual Pi: it has no neighbours
)

// unit returns the unit of the codes on this bench.
func (b *Bench) unit() time.Duration {
	if b.Unit > 0 {
		return b.Unit
	}
	return CodeUnit
}

// BoardName returns the name of a board for messages and codes: that of its file, "left" for left.toml.
func BoardName(cfg *config.Config) string {
	name := filepath.Base(cfg.File)
	if cfg.File == "" || cfg.File == "-" {
		return "hillock"
	}
	return pulsecode.Sent(strings.TrimSuffix(name, filepath.Ext(name)))
}

// HasJumpers reports whether a configuration has edge inputs.
func HasJumpers(cfg *config.Config) bool {
	return slices.ContainsFunc(cfg.Inputs, func(in config.Input) bool { _, ok := in.Part.(board.Jumpered); return ok })
}

// Connectome pulses the outputs one after the other, with all other pins as inputs. It calls heard with each jumper wire at once, and
// compares all of them with the configuration. An output that something else drives is not pulsed.
//
// Each output sends its code: the doctor of another board reads it with Listen.
func (b *Bench) Connectome(ctx context.Context, heard func(Jumper)) (c Connectome, err error) {
	b.ctx = ctx
	all := b.sockets()
	defer func() { err = errors.Join(err, b.leave(all)) }()
	usable := b.usable(all)
	if err := b.rest(usable); err != nil {
		return c, err
	}
	w := &wires{board: BoardName(b.Config), all: all}
	for _, s := range usable {
		c.Listened = append(c.Listened, s.pin)
		if s.out == nil || s.driven() {
			continue
		}
		b.begin(s.out.Name)
		echoes, err := b.send(s, slices.DeleteFunc(slices.Clone(usable), func(other *socket) bool { return other == s }))
		if ctx.Err() != nil {
			return c, ctx.Err()
		}
		if err != nil {
			s.refusal = err
			continue
		}
		w.sent = append(w.sent, source{s.out.Name, s.pin})
		for _, e := range echoes {
			if w.echoes = append(w.echoes, e); !e.loose() {
				s.joined = s.joined || e.at.out != nil
				c.Jumpers = append(c.Jumpers, w.jumper(e))
				heard(w.jumper(e))
			}
		}
	}
	if err := b.openEnds(w); err != nil {
		return c, err
	}
	c.Findings = w.findings()
	return c, nil
}

// jumpers checks the jumper wires from outputs of this board. The parts check buttons and the wires from other boards.
func (b *Bench) jumpers(yield func(Finding) bool) bool {
	if !HasJumpers(b.Config) {
		return true
	}
	b.begin("jumpers")
	c, err := b.Connectome(b.ctx, func(Jumper) {})
	if err != nil {
		return yield(Finding{Check: "jumpers", Result: Skipped, Seen: "not checked: " + err.Error()})
	}
	elsewhere := map[string]bool{} // inputs without an output of this board
	w := wires{board: BoardName(b.Config)}
	for _, in := range b.Config.Inputs {
		if part, ok := in.Part.(board.Jumpered); ok {
			want, local := w.want(&socket{wants: part.From()})
			elsewhere[in.Name] = want == "" || !local
		}
	}
	for _, f := range c.Findings {
		if good := f.Result == Passed || f.Result == Skipped; !(good && elsewhere[f.Check]) && !yield(f) {
			return false
		}
	}
	return true
}

// change is a change of an output's level, between two times on the clock of the edges.
type change struct {
	before, after time.Duration
	rising        bool
}

// source is an output at the other end of a jumper wire, of this board or of another.
type source struct {
	name string // "red", or "left/red" of another board
	pin  string
}

// echo is the edges of an output at another pin.
type echo struct {
	of            source
	at            *socket
	arrived, sent int // edges
}

// jumper returns the wire of an echo.
func (w *wires) jumper(e echo) Jumper {
	want, _ := w.want(e.at)
	return Jumper{Output: e.of.name, From: e.of.pin, To: e.at.pin, Part: e.at.part(), Wanted: want == e.of.name}
}

// loose reports whether only some edges arrive.
func (e echo) loose() bool { return 10*e.arrived < 9*e.sent }

// sends is the number of times that a code is sent, until its times are right.
const sends = 3

// send sends the code of an output and returns its echoes at other pins. The output ends at rest, and released.
func (b *Bench) send(s *socket, others []*socket) (echoes []echo, err error) {
	ear, err := b.listen(others)
	if err != nil {
		return nil, err
	}
	defer ear.Close()
	p, err := b.Pi.OpenPin(s.pin)
	if err != nil {
		return nil, err
	}
	l, err := line.New("output "+s.out.Name, p, s.pulse.Invert)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Halt()) }()
	output := pulsecode.Output{Board: BoardName(b.Config), Name: s.out.Name, GPIO: p.Number()}
	for range sends {
		var good bool
		if echoes, good, err = b.transmit(l, s, output.Intervals(b.unit()), ear, others); err != nil || good {
			return echoes, err
		}
	}
	return echoes, nil
}

// transmit sends one code. It reports whether its times are right, for a listener on another board.
func (b *Bench) transmit(l *line.Line, s *socket, intervals []time.Duration, ear *ear, others []*socket) (echoes []echo, good bool, err error) {
	if err := b.pause(10 * b.unit()); err != nil { // rest before the code
		return nil, false, err
	}
	if _, err := ear.take(); err != nil {
		return nil, false, err
	}
	var changes []change
	var edges []edge.Edge
	good = true
	var due time.Duration
	for i := range len(intervals) + 1 {
		on := i%2 == 0
		c := change{before: ear.Now(), rising: on != s.pulse.Invert}
		if err := l.Set(on); err != nil {
			return nil, false, err
		}
		c.after = ear.Now()
		good = good && (i == 0 || c.after-due < b.unit()/3)
		changes = append(changes, c)
		interval := b.unit() // after the last change
		if i < len(intervals) {
			interval = intervals[i]
		}
		due = c.before + interval // a late change is not made up for: no interval gets shorter
		if err := b.pause(due - ear.Now()); err != nil {
			return nil, false, err
		}
		new, err := ear.take()
		if err != nil {
			return nil, false, err
		}
		edges = append(edges, new...)
	}
	for n, other := range others {
		if e := match(changes, edges, n, b.unit()/2); 5*e.arrived >= e.sent {
			e.of, e.at = source{s.out.Name, s.pin}, other
			echoes = append(echoes, e)
		}
	}
	return echoes, good, nil
}

// match counts the edges of a line that belong to changes. An edge comes at most slack before or after its change. A line with more
// other edges has no echo.
func match(changes []change, edges []edge.Edge, n int, slack time.Duration) (e echo) {
	others := 0
	e.sent = len(changes)
	taken := make([]bool, len(changes))
	for _, edge := range edges {
		if edge.Line != n {
			continue
		}
		fits := func(c change) bool {
			return c.rising == edge.Rising && edge.At >= c.before-slack && edge.At <= c.after+slack
		}
		free := -1 // a change without an edge so far
		for i, c := range changes {
			if fits(c) && !taken[i] {
				free = i
				break
			}
		}
		switch {
		case free >= 0:
			taken[free] = true
			e.arrived++
		case !slices.ContainsFunc(changes, fits):
			others++
		}
	}
	if 10*e.arrived < 9*e.sent && others > e.arrived {
		e.arrived = 0
	}
	return e
}

// and joins words: "red, green and blue".
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s and %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
