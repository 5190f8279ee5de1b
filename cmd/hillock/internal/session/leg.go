package session

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/neuron"
)

// leg is the run of one configuration. A reload begins another.
type leg struct {
	desk
	cfg     *config.Config
	board   *board.Board
	loop    *neuron.Loop
	monitor *monitor
	record  *trace.Record // every step, nil where the session is not traced
	reloads int           // of the configuration until now
	faults  []string      // that the virtual Pi can have with this configuration
	grant   atomic.Pointer[clock.Grant]

	adjusted *config.Config // cfg with what was changed of its neurons and its speed; nil: nothing. Session.mu guards it

	replaced context.Context // ends when the next leg is open
	replace  context.CancelFunc
	begun    chan error // of a leg that follows: nil when it begins, ErrOver where it never does
}

// desk is what stays where it is while configurations follow each other.
type desk struct {
	hw    Hardware
	wires *fault.Wires // nil on real hardware
}

func newLeg(d desk, cfg *config.Config, b *board.Board) *leg {
	l := &leg{desk: d, cfg: cfg, board: b, begun: make(chan error, 1)}
	l.replaced, l.replace = context.WithCancel(context.Background())
	return l
}

// begin tells whoever reloads the configuration whether the leg begins. Nil legs, which nobody waits for, do not.
func (l *leg) begin(err error) {
	if l != nil {
		l.begun <- err
	}
}

// running is the configuration as it runs now: the parts of cfg, with what was changed since. Session.mu is held.
func (l *leg) running() *config.Config {
	if l.adjusted != nil {
		return l.adjusted
	}
	return l.cfg
}

// assemble readies the loop. Where the leg follows another, which has ended between two ticks, its first tick is the next
// one, and neurons of the same name go on from where they were.
func (s *Session) assemble(l, after *leg) (err error) {
	if l.loop, err = assemble(l.cfg, l.board, s.clock); err != nil {
		return err
	}
	if after != nil {
		l.loop.Start = after.monitor.end().tick.Deadline
		for _, c := range l.loop.Cells {
			for _, was := range after.loop.Cells {
				if was.Name == c.Name {
					c.Continue(was.Neuron)
				}
			}
		}
	}
	if s.hw.Virtual != nil {
		l.faults = fault.Of(l.cfg)
	}
	l.monitor = newMonitor(l.loop)
	l.loop.Observers = append(append(l.loop.Observers, l.monitor), s.o.Observers...)
	if s.o.Traced {
		l.trace()
	}
	if s.o.Wall != nil {
		l.onWall(s.o.Wall)
	}
	return nil
}

// patience is how long the loop waits for a part: beyond the slowest bus that somebody would call slow and not broken,
// and short enough that what it then catches up with is hardly seen on an LED. Looking so often costs 0.3 % of a core.
const patience = 25 * time.Millisecond

// onWall makes the loop one of the wall's time: it asks for the real time that the configuration wants, and does not wait
// for a part that hangs.
func (l *leg) onWall(wall *clock.Real) {
	l.loop.Patience = patience
	l.loop.Ready = func() error {
		c := l.cfg.Loop
		g, err := wall.Enter(clock.Options{Realtime: clock.Mode(c.Realtime), Spin: c.Spin, CPU: c.CPU})
		if err == nil {
			l.grant.Store(&g)
		}
		return err
	}
}

// tapSteps is how many steps a tap keeps: 6.5 s in real time and at 0.1 ms, for a record that nobody looks at for as long.
const tapSteps = 1 << 16

// trace keeps a record of each step.
func (l *leg) trace() {
	tap := neuron.NewTap(len(l.loop.Cells), tapSteps)
	l.loop.Observers = append(l.loop.Observers, tap)
	var windows []trace.Window
	for _, n := range l.cfg.Neurons {
		low, high := span(inputRange(l.cfg, l.board, n))
		w := trace.NewWindow((high-low)/50, n.Params)
		w.Varying = slices.ContainsFunc(l.cfg.Inputs, func(in config.Input) bool {
			shape := parts.Shape(in)
			return parts.IsOfModelTime(in) && shape != "constant" && shape != "step" && slices.Contains(n.Inputs, in.Name)
		})
		windows = append(windows, w)
	}
	l.record = trace.NewRecord(tap, windows)
}

// runLeg runs until the loop ends, or a reload replaces the leg. unseen is the error of show.
func (s *Session) runLeg(ctx context.Context, l *leg, show func(context.Context) error) (unseen, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(l.replaced, stop)()
	unseen, err = live(ctx, l.loop, s.outputs.end, show)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return unseen, err
}

// live runs the loop while show shows it on this goroutine, until either ends. Where the loop ends, ended is called at once,
// before anything else that may wait. When live returns, or panics, both are over.
func live(ctx context.Context, loop *neuron.Loop, ended func(), show func(context.Context) error) (unseen, err error) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan error, 1)
	go func() {
		defer cancel()
		_, err := loop.Run(ctx)
		ended()
		over <- err
	}()
	defer func() {
		cancel()
		err = <-over
	}()
	return show(ctx), nil
}

// Unseen is a show for a run that nobody looks at.
func Unseen(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// ErrOver is the error of a reload that comes too late.
var ErrOver = errors.New("the run has ended")

// Reload changes to another configuration: it opens what that adds while the loop goes on, and returns when the loop of the new
// configuration is about to run. Its error says why all stays as it is; it is ErrOver where the run has ended meanwhile.
func (s *Session) Reload(cfg *config.Config) error {
	next, err := s.change(cfg)
	if err != nil {
		return err
	}
	return <-next.begun
}

// change opens what another configuration adds, and ends the present leg.
func (s *Session) change(cfg *config.Config) (*leg, error) {
	s.reload.Lock()
	defer s.reload.Unlock()
	switch {
	case s.over:
		return nil, ErrOver
	case s.next != nil:
		return nil, errors.New("another reload is under way")
	}
	s.mu.Lock()
	l := s.leg
	s.mu.Unlock()
	b, err := l.board.Change(cfg)
	if err != nil {
		return nil, err
	}
	if !s.outputs.claim() { // the loop was first to end
		s.dropped = b.Drop(l.board)
		return nil, ErrOver
	}
	s.next = newLeg(s.desk, cfg, b)
	s.next.reloads = l.reloads + 1
	l.replace()
	return s.next, nil
}

// follow lets a leg take the place of one that has ended, with nobody looking.
func (s *Session) follow(next, old *leg) error {
	err := s.swap(next, old)
	s.reload.Lock()
	defer s.reload.Unlock()
	s.next = nil // its parts are the outputs' now
	return err
}

func (s *Session) swap(next, old *leg) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old.monitor.read(&s.now)
	before := s.heartbeat()
	var err error
	if s.hw.Virtual != nil {
		err = s.hw.Virtual.Wire(next.cfg)
		s.wires.Pull(s.wires.Fault(), next.cfg) // what was added has the same fault
	}
	if err := errors.Join(err, s.outputs.follow(next.board), s.assemble(next, old)); err != nil {
		return err
	}
	s.leg, s.now, s.before = next, snapshot{}, before
	return nil
}
