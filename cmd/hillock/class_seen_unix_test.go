//go:build unix

package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/wall"
)

// received is what a reader of a class received, by board.
type received struct {
	news chan struct{} // has a value after a message

	mu     sync.Mutex // guards the rest
	boards map[string]*fromBoard
}

// fromBoard is what a reader received from a board.
type fromBoard struct {
	online  bool
	batches []class.Spikes
	count   int64    // of the spikes
	wrong   []string // topics of messages out of order or malformed
}

// stretch is a range of steps, both included.
type stretch struct{ from, to int64 }

func (s stretch) count() int64 { return s.to - s.from + 1 }

// take takes a message of the class.
func (r *received) take(topic string, payload []byte) {
	of, err := class.ParseTopic(topic)
	if err != nil || len(payload) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.boards[of.Board]
	if b == nil {
		b = &fromBoard{}
		r.boards[of.Board] = b
	}
	switch of.Kind {
	case class.KindState:
		b.online = string(payload) == class.Online
	case class.KindSpikes:
		s, err := class.Decode[class.Spikes](payload)
		if err != nil || len(b.batches) > 0 && (s.Run != b.batches[0].Run || s.From <= b.last().To) {
			b.wrong = append(b.wrong, topic)
			break
		}
		b.batches, b.count = append(b.batches, s), b.count+int64(s.Count())
	}
	notify(r.news)
}

// notify sets a value without waiting.
func notify(news chan struct{}) {
	select {
	case news <- struct{}{}:
	default:
	}
}

// wait waits for a condition, and looks after each piece of news. It returns false at the end of ctx.
func wait(ctx context.Context, news chan struct{}, ok func() bool) bool {
	for !ok() {
		select {
		case <-news:
		case <-ctx.Done():
			return ok()
		}
	}
	return true
}

// of calls f with what came from a board.
func (r *received) of(board string, f func(*fromBoard) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.boards[board]
	return b != nil && f(b)
}

// spikes returns the number of spikes of all boards.
func (r *received) spikes() (n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.boards {
		n += b.count
	}
	return n
}

// last returns the latest batch.
func (b *fromBoard) last() class.Spikes { return b.batches[len(b.batches)-1] }

// missing returns the steps before the first batch, and the gaps between the others.
func (b *fromBoard) missing() (before stretch, gaps []stretch) {
	before = stretch{1, b.batches[0].From - 1}
	for i, s := range b.batches[1:] {
		if next := b.batches[i].To + 1; s.From > next {
			gaps = append(gaps, stretch{next, s.From - 1})
		}
	}
	return before, gaps
}

// spikes returns the steps of all spikes by neuron.
func (b *fromBoard) spikes() map[string][]int64 {
	all := map[string][]int64{}
	for _, s := range b.batches {
		for name, steps := range s.Spikes {
			all[name] = append(all[name], steps...)
		}
	}
	return all
}

// without returns the spikes outside of some ranges.
func without(all map[string][]int64, ranges ...stretch) map[string][]int64 {
	rest := map[string][]int64{}
	for name, of := range all {
		rest[name] = slices.DeleteFunc(slices.Clone(of), func(step int64) bool {
			return slices.ContainsFunc(ranges, func(r stretch) bool { return step >= r.from && step <= r.to })
		})
	}
	return rest
}

// seen is what a browser received from a wall.
type seen struct {
	news chan struct{} // has a value after a message

	mu     sync.Mutex // guards the rest
	boards map[uint16]wall.Board
	times  map[uint16]map[uint8][]float64 // of the spikes by line, ms on the film
	gaps   map[uint16][]float64           // lengths in ms
	status refused
}

// refused are the numbers of messages and spikes that a wall does not show.
type refused struct {
	Foreign int64
	LeftOut int64 `json:"left_out"`
	Unshown int64
}

// watch connects a browser to the wall at a URL such as http://127.0.0.1:8080.
func watch(ctx context.Context, t *testing.T, url string) *seen {
	t.Helper()
	conn, _, err := websocket.Dial(ctx, url+"/ws", &websocket.DialOptions{Subprotocols: []string{wall.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	s := &seen{news: make(chan struct{}, 1), boards: map[uint16]wall.Board{}, times: map[uint16]map[uint8][]float64{}, gaps: map[uint16][]float64{}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			kind, m, err := conn.Read(ctx)
			if err != nil {
				return
			}
			s.take(kind, m)
		}
	}()
	t.Cleanup(func() {
		conn.CloseNow()
		<-ended
	})
	return s
}

// take takes a message to the wall.
func (s *seen) take(kind websocket.MessageType, m []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer notify(s.news)
	if kind == websocket.MessageBinary {
		s.frame(m)
		return
	}
	var text struct {
		Type   string
		Boards []wall.Board
	}
	_ = json.Unmarshal(m, &text) // a bad message leaves its boards out
	switch text.Type {
	case "boards":
		for _, b := range text.Boards {
			s.boards[b.ID] = b
		}
	case "status":
		_ = json.Unmarshal(m, &s.status) // the same
	}
}

// frame takes a frame of the picture. The comment of film.shoot has its form.
func (s *seen) frame(m []byte) {
	u16 := func() uint16 { v := binary.LittleEndian.Uint16(m); m = m[2:]; return v }
	now := math.Float64frombits(binary.LittleEndian.Uint64(m[1:]))
	m = m[13:]
	for range u16() {
		board, from, to := u16(), u16(), u16()
		s.gaps[board] = append(s.gaps[board], float64(from)-float64(to))
	}
	for range u16() {
		board, n := u16(), u16()
		if s.times[board] == nil {
			s.times[board] = map[uint8][]float64{}
		}
		for range n {
			line := m[0]
			m = m[1:]
			s.times[board][line] = append(s.times[board][line], now-float64(u16()))
		}
	}
}

// shown is a board as a browser has it.
type shown struct {
	wall.Board
	gaps  []float64   // lengths in ms
	times [][]float64 // of the spikes by line, ms on the film
}

// of returns a board by its name, an empty one before the wall has it.
func (s *seen) of(name string) (is shown) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, b := range s.boards {
		if b.Name != name {
			continue
		}
		is.Board, is.gaps = b, slices.Clone(s.gaps[id])
		for line := range b.Lines {
			is.times = append(is.times, slices.Clone(s.times[id][uint8(line)]))
		}
	}
	return is
}

// refused returns what the wall did not show, as of its latest report.
func (s *seen) refused() refused {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// tally is what a wall has of a board.
type tally struct {
	Spikes          []int     // by neuron
	Gaps, Lost      int64     // Lost in steps
	Lengths         []float64 // of the gaps in ms: a frame has whole numbers
	Skipped, LostMs int64
}

func (is shown) tally() (c tally) {
	for _, times := range is.times {
		c.Spikes = append(c.Spikes, len(times))
	}
	c.Lengths, c.Gaps, c.Lost, c.LostMs, c.Skipped = is.gaps, is.Gaps, is.Lost, is.LostMs, is.Skipped
	return c
}

// tally returns what a wall must have of the board. The neurons are named in the order of their lines.
func (b *fromBoard) tally() (c tally) {
	all := b.spikes()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c.Spikes = append(c.Spikes, len(all[name]))
	}
	before, gaps := b.missing()
	for _, g := range gaps {
		c.Lengths = append(c.Lengths, b.ms(g.count()))
	}
	c.Gaps, c.Lost = int64(len(gaps)), b.last().To-before.count()
	for _, s := range b.batches {
		c.Lost -= stretch{s.From, s.To}.count()
	}
	c.LostMs = int64(b.ms(c.Lost) + 0.5)
	return c
}

// ms returns the length of steps.
func (b *fromBoard) ms(steps int64) float64 { return float64(steps) * b.batches[0].DT }

// shows compares what a browser has of a board with what a reader received: the number of spikes of each neuron, and each gap with its
// length. It returns the largest difference between the places of two spikes in the picture and their steps, in ms.
func (s *seen) shows(ctx context.Context, t *testing.T, name string, from *fromBoard) (spread float64) {
	t.Helper()
	want, got, is := from.tally(), tally{}, shown{}
	nearly := cmpopts.EquateApprox(0, 1)
	if !wait(ctx, s.news, func() bool { is = s.of(name); got = is.tally(); return cmp.Equal(want, got, nearly) }) {
		t.Errorf("%s shown by the wall (-want +got):\n%s", name, cmp.Diff(want, got, nearly))
		return 0
	}
	steps := from.spikes()
	for line, neuron := range slices.Sorted(maps.Keys(steps)) {
		var places []float64
		for i, at := range is.times[line] {
			places = append(places, at-from.ms(steps[neuron][i]))
		}
		spread = max(spread, slices.Max(places)-slices.Min(places))
	}
	return spread
}
