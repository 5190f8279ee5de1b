// Package swarm loads a broker with simulated boards. It sends the messages of real boards, and counts what arrives.
package swarm

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/readable"
)

// stepMs is the integration step of a simulated board, ms.
const stepMs = 0.1

// Load is the load on a broker. The zero values of Code and Process are valid.
type Load struct {
	Broker   string // address: mqtt://, mqtts://, ws:// or wss://
	Class    string
	Code     string // join code of the class; "": connect without user and password
	Boards   int
	Neurons  int     // of each board
	Rate     float64 // of each neuron, Hz
	Batch    time.Duration
	Duration time.Duration
	Readers  int // each subscribes the whole class, as a wall does
	Process  int // ID of the broker's process on this machine, to measure its cost; 0: none
	Seed     uint64

	window int // batches of a board between sending and arrival, without a schedule; 0: in real time
}

// steps returns the number of steps in a batch.
func (l *Load) steps() int64 { return int64(l.Batch / stepLength) }

// batches returns the number of batches of each board.
func (l *Load) batches() int64 { return int64(l.Duration / l.Batch) }

// stepLength is stepMs.
const stepLength = 100 * time.Microsecond

// swarm is a run of a load.
type swarm struct {
	Load
	run     string
	begin   time.Time // zero of its clock
	boards  []*board
	byName  map[string]*board
	readers []*reader

	opener  *class.Opener
	open    context.Context // ends with the connections
	end     context.CancelFunc
	keeping sync.WaitGroup // of lost connections

	mu      sync.Mutex // guards the histograms
	late    *hdrhistogram.Histogram
	publish *hdrhistogram.Histogram
}

// newTimes returns a histogram of times up to an hour, in ns, with three digits.
func newTimes() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(time.Hour), 3) }

// Run loads the broker for the duration, and returns the counts. It writes its progress to messages. If ctx ends early, the result covers
// the time until then. An error means that the load did not begin.
func Run(ctx context.Context, messages io.Writer, l Load) (*Result, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	fmt.Fprintln(messages, readable.Fit(messages, l.title(), 0))
	s := newSwarm(l)
	defer s.disconnect()
	if err := s.connect(ctx, messages); err != nil {
		return nil, err
	}
	m, err := newMonitor(s)
	if err != nil {
		return nil, err
	}
	stop := m.start(messages)
	interrupted := s.send(ctx)
	stop()
	s.drain(ctx)
	return s.result(m, interrupted), nil
}

// newSwarm returns a swarm without connections.
func newSwarm(l Load) *swarm {
	random := rand.New(rand.NewPCG(l.Seed, 0))
	s := &swarm{Load: l, run: "swarm-" + strconv.FormatInt(time.Now().UnixNano(), 36), begin: time.Now(), byName: map[string]*board{}, late: newTimes(), publish: newTimes()}
	s.open, s.end = context.WithCancel(context.Background())
	var names []string
	for i := range l.Boards {
		b := newBoard(s, fmt.Sprintf("swarm-%05d", i+1), random)
		s.boards, s.byName[b.name] = append(s.boards, b), b
		names = append(names, b.name)
	}
	for i := range l.Readers {
		s.readers = append(s.readers, newReader(s, fmt.Sprintf("%s-reader-%d", s.run, i+1), names))
	}
	return s
}

// clock returns the time since the start of the swarm. All boards share it.
func (s *swarm) clock() time.Duration { return time.Since(s.begin) }

// record enters a time into a histogram of the swarm.
func (s *swarm) record(h *hdrhistogram.Histogram, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = h.RecordValue(min(max(1, int64(d)), int64(time.Hour))) // in range
}

// send sends all batches, and reports whether ctx ended before.
func (s *swarm) send(ctx context.Context) (interrupted bool) {
	start := s.clock()
	var sending sync.WaitGroup
	for _, b := range s.boards {
		sending.Go(func() { b.send(ctx, start) })
	}
	sending.Wait()
	return ctx.Err() != nil
}

// drain waits until each reader has the last sent batch of each board, or until a second passes without a message.
func (s *swarm) drain(ctx context.Context) {
	const check, quiet = 10 * time.Millisecond, time.Second
	tick := time.NewTicker(check)
	defer tick.Stop()
	for _, r := range s.readers {
		_, before := r.behind()
		for since := time.Duration(0); since < quiet; since += check {
			boards, messages := r.behind()
			if boards == 0 {
				break
			}
			if messages != before {
				since, before = 0, messages
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}
