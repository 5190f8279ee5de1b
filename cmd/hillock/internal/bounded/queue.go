package bounded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"hillock/config"
)

// Queue is a buffer in front of another writer. Write never waits: a goroutine passes the texts on in order. A text without room
// is dropped, and the next one with room begins with the number of dropped lines. Like slog, a Queue ignores the errors of the
// other writer.
type Queue struct {
	to    io.Writer
	room  int // bytes
	wake  chan struct{}
	ended chan struct{}
	gone  chan struct{}

	mu      sync.Mutex // no other lock is taken under it
	texts   [][]byte
	size    int   // bytes of texts
	dropped int64 // lines since the latest text that found room
	held    bool
	closed  bool
}

// NewQueue returns a queue in front of w with room for a number of bytes. Close it at the end.
func NewQueue(w io.Writer, room int) *Queue {
	q := &Queue{to: w, room: room, wake: make(chan struct{}, 1), ended: make(chan struct{}), gone: make(chan struct{})}
	go q.run()
	return q
}

// Write takes a whole text of complete lines, or drops it. It never fails.
func (q *Queue) Write(text []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.size+len(text) > q.room {
		q.dropped += lines(text)
		return len(text), nil
	}
	q.note()
	q.texts = append(q.texts, bytes.Clone(text))
	q.size += len(text)
	q.poke()
	return len(text), nil
}

// note queues the number of dropped lines; q.mu is held.
func (q *Queue) note() {
	if q.dropped == 0 {
		return
	}
	text := fmt.Appendf(nil, "hillock: %d log lines dropped here: too many were waiting\n", q.dropped)
	q.dropped = 0
	q.texts = append(q.texts, text)
	q.size += len(text)
}

// poke wakes run; q.mu is held.
func (q *Queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Hold keeps the texts from now on back, until release or Close: the other writer has another use.
func (q *Queue) Hold() (release func()) {
	set := func(held bool) {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.held = held
		q.poke()
	}
	set(true)
	return func() { set(false) }
}

// next takes the oldest text, nil for none; over reports a closed and empty queue.
func (q *Queue) next() (text []byte, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.texts) == 0 || q.held && !q.closed {
		return nil, q.closed
	}
	text = q.texts[0]
	q.texts = q.texts[1:]
	q.size -= len(text)
	return text, false
}

func (q *Queue) run() {
	defer close(q.ended)
	gone := sync.OnceFunc(func() { close(q.gone) })
	for {
		text, over := q.next()
		switch {
		case over:
			return
		case text == nil:
			<-q.wake
		default:
			if _, err := q.to.Write(text); errors.Is(err, syscall.EPIPE) {
				gone()
			}
		}
	}
}

// Close writes the rest and ends the queue. Its error gives the number of lines still unread after a time.
func (q *Queue) Close(within time.Duration) error {
	q.mu.Lock()
	if !q.closed {
		q.note()
		q.closed = true
		q.poke()
	}
	q.mu.Unlock()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-q.ended:
		return nil
	case <-timer.C:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return fmt.Errorf("the log: not read within %s: at least %d lines lost", config.FormatTime(within), lines(q.texts...)+q.dropped)
}

// Gone returns a channel that is closed when the other writer is a pipe without a reader.
func (q *Queue) Gone() <-chan struct{} { return q.gone }

// Unwrap returns the writer behind the queue.
func (q *Queue) Unwrap() io.Writer { return q.to }

func lines(texts ...[]byte) (n int64) {
	for _, t := range texts {
		n += int64(bytes.Count(t, []byte{'\n'}))
	}
	return n
}
