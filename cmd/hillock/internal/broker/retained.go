package broker

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"sync"
)

// retained holds the last retained messages of each board, bounded in boards and bytes.
type retained struct {
	mu                  sync.RWMutex // an outbox may be filled under it
	shelves             map[string]*shelf
	leaves              int // boards that left, so far
	maxBoards, maxBytes int
	bytes               int
}

// shelf holds the messages of one board.
type shelf struct {
	messages map[string][]byte // by topic
	here     int               // connections of the board
	left     int               // rank of its last leave: the smallest is forgotten first
}

func (r *retained) init(boards, bytes int) {
	r.shelves, r.maxBoards, r.maxBytes = map[string]*shelf{}, boards, bytes
}

// join and leave count the connections of a board. An absent board makes room for others.
func (r *retained) join(board string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.shelves[board]
	if s == nil {
		s = &shelf{messages: map[string][]byte{}}
		r.shelves[board] = s
	}
	s.here++
}

func (r *retained) leave(board string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.shelves[board]
	r.leaves++
	s.here, s.left = s.here-1, r.leaves
	r.tidy()
}

// put stores a message; an empty one removes the old one. It returns false without room.
func (r *retained) put(board, topic string, payload []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.shelves[board]
	if s == nil {
		return false
	}
	more := 0
	if old, ok := s.messages[topic]; ok {
		more -= len(topic) + len(old)
	}
	if len(payload) == 0 {
		delete(s.messages, topic)
		r.bytes += more
		return true
	}
	more += len(topic) + len(payload)
	for r.bytes+more > r.maxBytes && r.forget(board) {
	}
	if r.bytes+more > r.maxBytes {
		return false
	}
	s.messages[topic] = bytes.Clone(payload)
	r.bytes += more
	return true
}

// tidy forgets absent boards beyond the limit, and absent boards without a message.
func (r *retained) tidy() {
	maps.DeleteFunc(r.shelves, func(_ string, s *shelf) bool { return s.here == 0 && len(s.messages) == 0 })
	for len(r.shelves) > r.maxBoards && r.forget("") {
	}
}

// forget removes the board with the longest absence, other than one board. It returns false when all others are here.
func (r *retained) forget(but string) bool {
	oldest := ""
	for board, s := range r.shelves {
		if s.here == 0 && board != but && (oldest == "" || s.left < r.shelves[oldest].left) {
			oldest = board
		}
	}
	if oldest == "" {
		return false
	}
	for topic, payload := range r.shelves[oldest].messages {
		r.bytes -= len(topic) + len(payload)
	}
	delete(r.shelves, oldest)
	return true
}

// place is a topic and its board.
type place struct{ topic, board string }

// places returns the places with a topic of a filter, in order.
func (r *retained) places(filter string) []place {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var places []place
	for board, s := range r.shelves {
		for topic := range s.messages {
			if matches(filter, topic) {
				places = append(places, place{topic, board})
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.topic, b.topic) })
	return places
}

// with calls f with the message of a place, if there is one. Meanwhile no newer message takes its place: f's client receives the
// newer one later.
func (r *retained) with(at place, f func(payload []byte) error) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if s := r.shelves[at.board]; s != nil {
		if payload, ok := s.messages[at.topic]; ok {
			return f(payload)
		}
	}
	return nil
}

// size returns the number of messages and their bytes, topics included.
func (r *retained) size() (messages, bytes int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.shelves {
		messages += len(s.messages)
	}
	return messages, r.bytes
}
