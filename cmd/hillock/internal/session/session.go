// Package session is a run. It opens the parts on a Pi, runs and changes the loop, reloads the configuration, and stops with the
// outputs off first. Status describes the run at an instant, Summary the whole run. Every display renders these values and
// computes nothing of its own.
package session

import (
	"context"
	"errors"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/signals"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/neuron"
)

// Options are the options of a run.
type Options struct {
	RealTime  *clock.Real         // clock of the loop, with the configured real-time priority
	Clock     neuron.Clock        // clock of the loop without RealTime; the loop then waits for hanging parts
	Duration  time.Duration       // of the run on the clock, all configurations together; 0: until stopped
	Traced    bool                // keep a Record of every step
	Observers []neuron.Observer   // of the loop, after the session's own
	Recorder  *recording.Recorder // of the inputs of the first configuration; nil: none
	Service   bool                // systemd runs the program: missing rights name the settings of a unit
	Quiet     time.Duration       // longest time without a tick before the run counts as stalled
	Doctor    fault.Doctor        // checks the faults of the virtual Pi; nil: fault.Consult
	Class     *class.Options      // of the class in the configuration, without clock and place; nil: the run joins none
	Reloaded  func(*Summary)      // called between two configurations with the summary until then; may be nil
}

// Session is a run. All methods except Run, Close and Summary may be called from any goroutine.
//
// Locks are taken in this order: reload, mu, and then one of outputs.mu, monitor.mu, times.mu, fault.Wires' and trace.Record's.
// outputs.mu comes before the locks of a pin, and mu before class.Board's; under the others no lock of cmd is taken. No display and no server is called under
// a lock. A display draws under a record's lock, and calls nothing of the session there. The loop takes outputs.mu at its end,
// and only tries monitor.mu. A web server's locks come before all of these.
type Session struct {
	desk
	o       Options
	clock   neuron.Clock
	outputs *outputs
	forget  func() // unregisters the outputs from signals.Urgent

	left []*class.Board // boards of earlier configurations. Run and Close use it

	reload  sync.Mutex // held while a reload opens parts, and by Run after a loop; guards the next three
	next    *leg       // opened by a reload, and waiting to follow
	over    bool       // no configuration can follow
	dropped error      // from closing the parts of a reload that came too late

	mu     sync.Mutex // held while a configuration follows another; guards the next three
	leg    *leg       // the running configuration
	now    snapshot   // of its monitor
	before heartbeat  // the latest before the leg began
}

// Open opens the parts of a configuration and prepares the loop. A second signal to the program of ctx switches the outputs off.
func Open(ctx context.Context, cfg *config.Config, hw Hardware, o Options) (*Session, error) {
	b, err := board.Open(cfg, hw.Pi)
	if err != nil {
		return nil, err
	}
	s := &Session{desk: desk{hw: hw}, o: o, clock: o.Clock, outputs: &outputs{board: b}}
	s.forget = signals.Urgent(ctx, s.Rest)
	if o.RealTime != nil {
		s.clock = o.RealTime
	}
	if hw.Virtual != nil {
		s.wires = fault.NewWires(hw.Virtual, o.Doctor)
	}
	if s.leg, err = newLeg(s.desk, cfg, b); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.leg.class, err = s.join(cfg, nil); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.before = heartbeat{at: s.clock.Now()}
	s.assemble(s.leg, nil)
	return s, nil
}

// Run runs until the duration is over, ctx ends, show returns or the loop fails. It runs all configurations of all reloads. It
// calls show for each of them on the calling goroutine, with a context that ends with the loop. After an error of show, Run
// returns the error and the summary; after an error of the loop, the error alone. The outputs are off when Run returns.
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

// ended returns the next leg after the end of a loop, or nil for the end of the run.
func (s *Session) ended() (next *leg, dropped error) {
	s.reload.Lock()
	defer s.reload.Unlock()
	s.over = s.next == nil
	return s.next, s.dropped
}

// leave gives the loop's real time back.
func (s *Session) leave() error {
	if s.o.RealTime == nil {
		return nil
	}
	return s.o.RealTime.Leave()
}

// ticks returns the number of ticks of a loop: the rest of the run's duration, at least one. 0 means no limit.
func ticks(duration, began time.Duration, l *neuron.Loop) int64 {
	if duration == 0 {
		return 0
	}
	return max(1, int64((duration-(max(began, l.Start)-began))/l.Tick))
}

// Rest switches the outputs off for good, also while the loop runs.
func (s *Session) Rest() { s.outputs.rest() }

// Close closes all parts. Call it after Run, when nothing else uses the session.
func (s *Session) Close() error {
	s.wires.Close()
	s.forget()
	var err error
	all := s.left
	if s.leg != nil && s.leg.class != nil {
		all = append(all, s.leg.class)
	}
	if s.next != nil { // opened, and never begun
		err = s.outputs.follow(s.next.board)
		if s.next.class != nil && s.next.class != s.leg.class {
			all = append(all, s.next.class)
		}
	}
	err = errors.Join(err, s.outputs.close())
	for _, b := range all {
		err = errors.Join(err, b.Close())
	}
	return err
}

// Record returns the steps of the running configuration, or nil without Options.Traced.
func (s *Session) Record() *trace.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.record
}

// Loop returns the loop of the running configuration.
func (s *Session) Loop() *neuron.Loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.loop
}

// Board returns the open parts of the running configuration.
func (s *Session) Board() *board.Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.board
}

// Times returns the times of ticks, reads and pulses so far. It waits for the loop, at most 20 ms.
func (s *Session) Times() Times { return s.times().fresh() }

// Lateness returns the number of ticks within each bound of lateness, the number of all ticks, and the sum of their lateness.
func (s *Session) Lateness(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	return s.times().lateness(bounds)
}

func (s *Session) times() *times {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.monitor.times
}

// TOML returns the configuration as it runs, for a file in another folder.
func (s *Session) TOML() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg.running().Portable().TOML()
}
