// Package wall shows a class on a projector: the spikes of all boards, who projects to whom, and what is missing.
package wall

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/class"
)

// Limits of a World.
const (
	maxBoards = 250
	maxNews   = 1 << 16 // spikes between two frames
	maxGaps   = 1 << 10 // gaps between two frames
)

// span is the length of the picture. It is also how long a board stays red after a loss.
const span = 10 * time.Second

// World is a class as the wall shows it. It changes with messages and their arrival times alone. Times are those of the
// receiver's clock.
type World struct {
	class    string
	boards   map[string]*board
	hidden   map[string]bool // removed boards, until they are online again
	numbered uint16          // boards so far

	spikes []spike // since the last frame
	gaps   []gap

	Foreign int64 // refused messages
	LeftOut int64 // messages of boards beyond maxBoards
	Unshown int64 // spikes beyond maxNews, and of unknown neurons
}

// board is a board of the class.
type board struct {
	id     uint16
	name   string
	online bool
	since  time.Duration // of online
	about  about
	rates  rates
	clock  mapping

	run  string // of the latest batch
	to   int64  // its last step
	last time.Duration

	gaps, lost, skipped int64         // of this run: gaps, their steps, and steps left out by the loop
	lostMs              float64       // length of the gaps, real time
	troubled            time.Duration // latest loss or late spike
	trouble             bool          // there was one
}

// spike is a spike of a line.
type spike struct {
	board uint16
	line  uint8
	at    time.Duration
}

// gap is a time without batches.
type gap struct {
	board    uint16
	from, to time.Duration
}

// NewWorld returns the empty world of a class.
func NewWorld(class string) *World {
	return &World{class: class, boards: map[string]*board{}, hidden: map[string]bool{}}
}

// Take takes a message with its arrival time. It counts and drops messages of other classes and malformed ones.
func (w *World) Take(topic string, payload []byte, now time.Duration) {
	t, err := class.ParseTopic(topic)
	if err != nil || t.Class != w.class {
		w.Foreign++
		return
	}
	if t.Kind.ToBoard() { // the boards' own affair
		return
	}
	if len(payload) == 0 && t.Kind != class.KindSpikes { // a retained message was deleted (MQTT 3.1.1, section 3.3.1.3)
		if t.Kind == class.KindState {
			delete(w.boards, t.Board)
		}
		return
	}
	var take func(b *board)
	switch t.Kind {
	case class.KindState:
		var online bool
		online, err = class.DecodeState(payload)
		take = func(b *board) { b.state(online, now) }
	case class.KindHello:
		var h class.Hello
		h, err = class.Decode[class.Hello](payload)
		take = func(b *board) { b.about = aboutOf(h) }
	case class.KindRates:
		var r class.Rates
		r, err = class.Decode[class.Rates](payload)
		take = func(b *board) { b.figures(r, now) }
	case class.KindSpikes:
		var s class.Spikes
		s, err = class.Decode[class.Spikes](payload)
		take = func(b *board) { w.batch(b, s, now) }
	}
	if err != nil {
		w.Foreign++
		return
	}
	if w.hidden[t.Board] {
		if t.Kind != class.KindSpikes && !(t.Kind == class.KindState && string(payload) == class.Online) {
			return // retained
		}
		delete(w.hidden, t.Board)
	}
	if b := w.board(t.Board); b != nil {
		take(b)
	} else {
		w.LeftOut++
	}
}

// hide keeps boards away until they are online.
func (w *World) hide(names []string) {
	for _, name := range names {
		w.hidden[name] = true
	}
}

// board returns a board by its name, nil beyond maxBoards. A new board takes the place of the one gone longest.
func (w *World) board(name string) *board {
	if b := w.boards[name]; b != nil {
		return b
	}
	if len(w.boards) >= maxBoards {
		gone := slices.DeleteFunc(slices.Collect(maps.Values(w.boards)), func(b *board) bool { return b.online })
		if len(gone) == 0 {
			return nil
		}
		longest := slices.MinFunc(gone, func(a, b *board) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.name, b.name)) })
		delete(w.boards, longest.name)
	}
	w.numbered++
	b := &board{id: w.numbered, name: name}
	w.boards[name] = b
	return b
}

// Remove removes a board that is gone. It returns false for another one.
func (w *World) Remove(name string) bool {
	b := w.boards[name]
	if b == nil || b.online {
		return false
	}
	delete(w.boards, name)
	w.hide([]string{name})
	return true
}

func (b *board) state(online bool, now time.Duration) {
	if online != b.online {
		b.online, b.since = online, now
	}
}

// rates are the latest rates of a board.
type rates struct {
	run  string
	hz   map[string]float64 // by neuron
	late int64              // spikes from other boards, after their time
}

// figures takes the rates of a board. More late spikes than before are a trouble.
func (b *board) figures(r class.Rates, now time.Duration) {
	if b.rates.run == r.Run && r.LateSpikes > b.rates.late {
		b.trouble, b.troubled = true, now
	}
	b.rates = rates{r.Run, map[string]float64{}, r.LateSpikes}
	for _, n := range r.Neurons[:min(len(r.Neurons), maxTables)] {
		b.rates.hz[n.Name] = n.RateHz
	}
}

// batch takes the spikes of a board.
func (w *World) batch(b *board, s class.Spikes, now time.Duration) {
	b.state(true, now) // its state may be lost
	if s.Run != b.run {
		b.run, b.to, b.clock = s.Run, s.From-1, mapping{}
		b.gaps, b.lost, b.skipped, b.lostMs, b.trouble = 0, 0, 0, 0, false
	}
	if s.From <= b.to { // again, or out of order
		w.Foreign++
		return
	}
	b.clock.see(time.Duration(s.AtNs), now)
	step := s.DT // ms of real time
	if b.about.Run == s.Run {
		step /= b.about.Speed
	}
	end := b.clock.at(time.Duration(s.AtNs))
	at := func(n int64) time.Duration { // the middle of a step; older ones than the picture are all alike
		return max(end-time.Duration(min((float64(s.To-n)+0.5)*step*1e6, float64(2*span))), now-2*span)
	}
	if lost := s.From - b.to - 1; lost > 0 {
		b.gaps, b.lost, b.lostMs = b.gaps+1, b.lost+lost, b.lostMs+float64(lost)*step
		b.trouble, b.troubled = true, now
		if len(w.gaps) < maxGaps {
			w.gaps = append(w.gaps, gap{b.id, at(b.to + 1), at(s.From)})
		}
	}
	if s.Skipped > 0 {
		b.skipped += s.Skipped
		b.trouble, b.troubled = true, now
	}
	b.to, b.last = s.To, now
	for name, steps := range s.Spikes {
		line, ok := b.about.lines.line(name)
		if !ok { // before its hello, or beyond maxTables
			w.Unshown += int64(len(steps))
			continue
		}
		for _, n := range steps {
			if len(w.spikes) >= maxNews {
				w.Unshown++
				continue
			}
			w.spikes = append(w.spikes, spike{b.id, line, at(n)})
		}
	}
}
