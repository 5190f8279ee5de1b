package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/wiring"
	"hillock/hw/wiring/breadboard"
)

// desk is the kit as it lies on the breadboard. A hand can move its wires.
type desk struct {
	cfg   *config.Config
	kit   *wiring.Netlist
	board *breadboard.Board
	svg   []byte
	wires []DeskWire
}

// newDesk lays a kit out, and returns nil for one without a breadboard.
func newDesk(cfg *config.Config, kit *wiring.Netlist) *desk {
	if kit == nil {
		return nil
	}
	board, err := breadboard.New(kit)
	if err != nil {
		return nil // the schematic stays
	}
	var b bytes.Buffer
	if board.SVG(&b, breadboard.Options{Page: true}) != nil {
		return nil
	}
	d := &desk{cfg: cfg, kit: kit, board: board, svg: b.Bytes(), wires: []DeskWire{}}
	for _, w := range board.Wires {
		without := slices.DeleteFunc(slices.Clone(board.Wires), func(other breadboard.Wire) bool { return other.ID == w.ID })
		d.wires = append(d.wires, DeskWire{ID: w.ID, Fault: strings.Join(d.faults(without), " + ")})
	}
	return d
}

// faults returns the names of the virtual Pi's faults when the given wires lie on the desk.
func (d *desk) faults(wires []breadboard.Wire) (names []string) {
	group := map[wiring.End]int{}
	joined := d.board.Joined(wires)
	for i, ends := range joined {
		for _, e := range ends {
			group[e] = i + 1
		}
	}
	together := func(a, b wiring.End) bool { return group[a] != 0 && group[a] == group[b] }
	powered := func(rail wiring.End) bool {
		return slices.ContainsFunc(d.kit.Wires, func(w wiring.Wire) bool { return w.From == rail && together(rail, w.To) })
	}
	byRef := map[string]wiring.Part{}
	for _, p := range d.kit.Parts {
		byRef[p.Ref] = p
	}
	for _, w := range d.kit.Wires {
		name := loosened(d.cfg, byRef, w)
		isRail := w.To.Part == wiring.Supply || w.To.Part == wiring.Ground
		if name == "" || w.To.Part == wiring.Scope || together(w.From, w.To) && (!isRail || powered(w.To)) {
			continue
		}
		if g := group[w.From]; g != 0 {
			name = d.inHole(name, w.From, joined[g-1])
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, in := range d.cfg.Inputs {
		output, pin := d.jumper(in)
		if output == (wiring.End{}) || together(output, pin) {
			continue
		}
		name := "jumper " + in.Name + " loose"
		if g := group[output]; g != 0 {
			name = d.inHole(name, output, joined[g-1])
		}
		names = append(names, name)
	}
	return names
}

// jumper returns the header pins at both ends of a spike input's jumper wire from an output of the same file, or nothing.
func (d *desk) jumper(in config.Input) (output, pin wiring.End) {
	part, ok := in.Part.(board.Jumpered)
	if !ok {
		return output, pin
	}
	for _, out := range d.cfg.Outputs {
		if pins := config.Pins(out.Part); out.Name == part.From() && len(pins) == 1 {
			return wiring.End{Part: wiring.Header, Pin: config.Position(pins[0])}, wiring.End{Part: wiring.Header, Pin: config.Position(part.Edges().Pin)}
		}
	}
	return output, pin
}

// wanted reports whether the kit joins two ends.
func (d *desk) wanted(a, b wiring.End) bool {
	return slices.ContainsFunc(breadboard.Wanted(d.kit), func(ends []wiring.End) bool { return slices.Contains(ends, a) && slices.Contains(ends, b) })
}

// loosened returns the fault of a loose wire of a kit: as pulledOut, of each LED alone, and of a chip's ground.
func loosened(cfg *config.Config, byRef map[string]wiring.Part, w wiring.Wire) string {
	p := byRef[w.From.Part]
	switch name := pulledOut(cfg, byRef, w); {
	case name == "LED loose":
		return "LED " + p.Use + " loose"
	case name == "" && p.Kind == wiring.Chip && w.To.Part == wiring.Ground && pulledOut(cfg, byRef, supplyOf(p)) != "":
		return "VDD loose" // without ground the chip drives nothing either
	default:
		return name
	}
}

// supplyOf returns the wire of a chip's supply.
func supplyOf(p wiring.Part) wiring.Wire {
	pin := slices.IndexFunc(p.Pins, func(name string) bool { return strings.HasPrefix(name, "VDD") })
	return wiring.Wire{From: wiring.End{Part: p.Ref, Pin: pin + 1}, To: wiring.End{Part: wiring.Supply}}
}

// inHole returns the fault of a wire from an end that is joined to another place than its own: "CS in GPIO25".
func (d *desk) inHole(loose string, from wiring.End, ends []wiring.End) string {
	wire, ok := strings.CutSuffix(loose, " loose")
	if loose == "MISO open" {
		wire, ok = "MISO", true
	}
	signal := ok && (slices.Contains([]string{"CS", "SCLK", "MOSI", "MISO"}, wire) || strings.HasPrefix(wire, "LED ") || strings.HasPrefix(wire, "jumper "))
	if !signal {
		return loose
	}
	for _, e := range ends {
		if d.wanted(from, e) {
			continue
		}
		hole := ""
		switch e.Part {
		case wiring.Header:
			hole = wiring.PinName(e.Pin)
		case wiring.Supply:
			hole = "3V3"
		case wiring.Ground:
			hole = "GND"
		}
		if strings.HasPrefix(hole, "GPIO") || hole == "3V3" || hole == "GND" {
			return wire + " in " + hole
		}
	}
	return loose
}

// Breadboard implements Run.
func (w *shown) Breadboard() []byte {
	st := w.Session.Status()
	if d := w.draw(&st).desk; d != nil {
		return d.svg
	}
	return nil
}

// Move implements Run. The virtual Pi gets the fault of all moved wires together.
func (w *shown) Move(m MovedWire) error {
	st := w.Session.Status()
	d := w.draw(&st).desk
	if d == nil {
		return errors.New("wire: this kit is on no breadboard")
	}
	all := slices.DeleteFunc(w.movedNow(&st), func(was MovedWire) bool { return was.Wire == m.Wire && was.End == m.End })
	if !d.own(m) {
		all = append(all, m)
	}
	var moves []breadboard.Move
	for _, m := range all {
		moves = append(moves, breadboard.Move{Wire: m.Wire, From: m.End == "from", Hole: m.Hole})
	}
	wires, err := d.board.Moved(moves...)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	name := cmp.Or(strings.Join(d.faults(wires), " + "), fault.None)
	if err := w.Fault(name); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved = moved{d.cfg, all, name}
	return nil
}

// own reports whether a move puts a wire back into its own hole.
func (d *desk) own(m MovedWire) bool {
	return slices.ContainsFunc(d.board.Wires, func(w breadboard.Wire) bool {
		return w.ID == m.Wire && (m.End == "from" && w.From.ID() == m.Hole || m.End == "to" && w.To.ID() == m.Hole)
	})
}

// movedNow returns the moved wires, none after another fault or another configuration.
func (w *shown) movedNow(st *session.Status) []MovedWire {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.moved.of != st.File || w.moved.fault != st.Fault {
		return []MovedWire{}
	}
	return slices.Clone(w.moved.wires)
}
