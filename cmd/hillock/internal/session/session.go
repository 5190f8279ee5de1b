// Package session is a run: it opens the parts on a Pi, runs the loop, changes it while it runs, reloads its configuration, and
// stops with the outputs off first. Status has everything that can be said of a run, and Summary what can be said of the whole
// of it: every display renders these values and decides nothing of its own.
package session

import (
	"context"
	"errors"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/signals"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/neuron"
)

// Options say how to run.
type Options struct {
	Wall      *clock.Real       // the loop runs in its time, with the real time that the configuration asks for
	Clock     neuron.Clock      // of the loop where Wall is nil, which then waits for parts that hang
	Duration  time.Duration     // to run, on the clock, over all configurations; 0: until it is stopped
	Traced    bool              // keep a Record of every step
	Observers []neuron.Observer // of the loop, beside the session's own
	Quiet     time.Duration     // how long the loop may make no tick before the run counts as stalled
	Doctor    fault.Doctor      // checks the faults of the virtual Pi; nil: fault.Consult
	Reloaded  func(*Summary)    // called between two configurations with the summary until then; nil: nobody asks
}

// Session is a run. All methods but Run, Close and Summary may be called from any goroutine.
//
// Locks are taken in this order: reload, mu, and then either outputs.mu, which comes before those of a pin, or one of monitor.mu,
// times.mu, fault.Wires' and trace.Record's, under which no other lock of cmd is taken. No display and no server is called under
// any of them; a display draws under a record's lock, and calls nothing of the session there. The loop takes none but outputs.mu, at its end; it only tries monitor.mu. The locks of a web server come before
// all of these.
type Session struct {
	desk
	o       Options
	clock   neuron.Clock
	outputs *outputs
	forget  func() // the outputs, at a second signal

	reload  sync.Mutex // held while a reload opens parts, and by Run where a loop has ended: guards what follows
	next    *leg       // what a reload has opened, until it follows
	over    bool       // no configuration can follow any more
	dropped error      // from what a reload opened in vain

	mu     sync.Mutex // held while a configuration follows another: guards what follows
	leg    *leg       // the configuration that runs
	now    snapshot   // of its monitor
	before heartbeat  // what was known when the leg began
}

// Open opens the parts of a configuration, and readies the loop. A second signal to the program of ctx puts the outputs off.
func Open(ctx context.Context, cfg *config.Config, hw Hardware, o Options) (*Session, error) {
	b, err := board.Open(cfg, hw.Pi)
	if err != nil {
		return nil, err
	}
	s := &Session{desk: desk{hw: hw}, o: o, clock: o.Clock, outputs: &outputs{board: b}}
	s.forget = signals.Urgent(ctx, s.Rest)
	if o.Wall != nil {
		s.clock = o.Wall
	}
	if hw.Virtual != nil {
		s.wires = fault.NewWires(hw.Virtual, o.Doctor)
	}
	s.leg = newLeg(s.desk, cfg, b)
	if err := s.assemble(s.leg, nil); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.before = heartbeat{at: s.clock.Now()}
	return s, nil
}

// Run runs until the duration is over, ctx ends, show returns or the loop breaks, and over all configurations that Reload lets
// follow each other. show is called for each of them on the calling goroutine; its context ends with the loop. Where show
// fails, its error comes with the summary; where the loop does, there is no summary. The outputs are off when Run returns.
func (s *Session) Run(ctx context.Context, show func(context.Context) error) (*Summary, error) {
	for began := s.clock.Now(); ; {
		l := s.leg
		l.loop.Ticks = ticks(s.o.Duration, began, l.loop)
		unseen, err := s.runLeg(ctx, l, show)
		next, dropped := s.ended()
		if err := errors.Join(err, dropped, s.leave()); err != nil {
			s.Rest()
			next.begin(ErrOver)
			return nil, err
		}
		end := s.Summary()
		if next != nil {
			if err := s.follow(next, l); err != nil {
				next.begin(ErrOver)
				return nil, err
			}
		}
		if next == nil || unseen != nil || ctx.Err() != nil {
			next.begin(ErrOver)
			return end, unseen
		}
		if s.o.Reloaded != nil {
			s.o.Reloaded(end)
		}
		next.begin(nil)
	}
}

// ended returns the leg that follows one whose loop has ended, nil where none can any more.
func (s *Session) ended() (next *leg, dropped error) {
	s.reload.Lock()
	defer s.reload.Unlock()
	s.over = s.next == nil
	return s.next, s.dropped
}

// leave gives the loop's real time back.
func (s *Session) leave() error {
	if s.o.Wall == nil {
		return nil
	}
	return s.o.Wall.Leave()
}

// ticks is how many ticks a loop has of the duration of the run, at least one; 0, for ever, where the run has none. Each takes
// what those before it have left.
func ticks(duration, began time.Duration, l *neuron.Loop) int64 {
	if duration == 0 {
		return 0
	}
	return max(1, int64((duration-(max(began, l.Start)-began))/l.Tick))
}

// Rest puts the outputs off for good, also while the loop runs.
func (s *Session) Rest() { s.outputs.rest() }

// Close closes all parts. It comes after Run, when nobody uses the session any more.
func (s *Session) Close() error {
	s.wires.Close()
	s.forget()
	var err error
	if s.next != nil { // opened, and never begun
		err = s.outputs.follow(s.next.board)
	}
	return errors.Join(err, s.outputs.close())
}

// Record returns the steps of the configuration that runs, nil where the session is not traced.
func (s *Session) Record() *trace.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.record
}

// Loop returns the loop of the configuration that runs.
func (s *Session) Loop() *neuron.Loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.loop
}

// Board returns the open parts of the configuration that runs.
func (s *Session) Board() *board.Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.board
}

// Times returns how long ticks and their reads and pulses took until now: it waits for the loop, 20 ms at most.
func (s *Session) Times() Times { return s.times().fresh() }

// Lateness returns how many ticks began at most so late, of how many, and how late all of them were together.
func (s *Session) Lateness(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	return s.times().lateness(bounds)
}

func (s *Session) times() *times {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.monitor.times
}

// TOML returns the configuration as it runs, for another place than its own file's.
func (s *Session) TOML() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.running().Portable().TOML()
}
