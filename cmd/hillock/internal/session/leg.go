package session

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/neuron"
)

// leg is the run of one configuration. A reload begins another.
type leg struct {
	desk
	network
	cfg     *config.Config
	board   *board.Board
	class   *class.Board // nil: the run has no class
	loop    *neuron.Loop
	oracles map[string]*neuron.Oracle // by output
	monitor *monitor
	members *members      // of populations; nil without any
	record  *trace.Record // every step; nil without Options.Traced
	reloads int           // so far
	lost    int64         // arrivals of a network without a successor
	faults  []string      // of the virtual Pi that fit this configuration
	grant   atomic.Pointer[clock.Grant]

	adjusted *config.Config // cfg with changed neurons and speed; nil: no changes. Session.mu guards it

	replaced context.Context // ends when the next leg is open
	replace  context.CancelFunc
	begun    chan error // result of a reload: nil when the leg begins, ErrOver after the end of the run
}

// desk is the hardware: all configurations of a run share it.
type desk struct {
	hw    Hardware
	wires *fault.Wires // nil on real hardware
}

func newLeg(d desk, cfg *config.Config, b *board.Board) (*leg, error) {
	l := &leg{desk: d, cfg: cfg, board: b, begun: make(chan error, 1)}
	l.replaced, l.replace = context.WithCancel(context.Background())
	var err error
	l.network, err = build(cfg, b)
	return l, err
}

// begin reports to Reload whether the leg begins. A nil leg has no Reload.
func (l *leg) begin(err error) {
	if l != nil {
		l.begun <- err
	}
}

// running returns the configuration as it runs now, with all changes. Session.mu is held.
func (l *leg) running() *config.Config {
	if l.adjusted != nil {
		return l.adjusted
	}
	return l.cfg
}

// assemble prepares the loop. A leg that follows another continues with the next tick, and neurons of the same name keep their
// state.
func (s *Session) assemble(l, after *leg) {
	l.loop, l.oracles = assemble(l.cfg, l.network, l.board, s.clock)
	if after != nil {
		l.loop.Start = after.monitor.end().tick.Deadline
		for _, c := range l.loop.Cells {
			for _, was := range after.loop.Cells {
				if was.Name == c.Name {
					c.Continue(was.Neuron)
				}
			}
		}
		l.lost = after.lost
		switch was := after.loop.Network(); {
		case was == nil:
		case l.loop.Net != nil:
			l.loop.Net.Continue(was)
		default:
			l.lost += was.Dropped() + was.UnderWay()
		}
	}
	if s.hw.Virtual != nil {
		l.faults = fault.Of(l.cfg)
	}
	l.monitor = newMonitor(l.loop, l.circuit)
	l.loop.Observers = append(append(l.loop.Observers, l.monitor), s.o.Observers...)
	if l.members = newMembers(l.loop.Cells, l.windows()); l.members != nil {
		l.loop.Observers = append(l.loop.Observers, l.members)
	}
	if s.o.Recorder != nil {
		l.loop.Observers = append(l.loop.Observers, s.o.Recorder.Observe(l.loop, l.recorded()))
	}
	if s.o.Traced {
		l.trace()
	}
	if s.o.RealTime != nil {
		l.inRealTime(s.o.RealTime, s.o.Service)
	}
	s.connect(l)
}

// patience is the loop's longest wait for a part. It is longer than a transfer on any working bus, and too short to be seen on an
// LED afterwards. Checking this often costs 0.3 % of a core.
const patience = 25 * time.Millisecond

// inRealTime lets the loop ask for the configured real-time priority, and limits its wait for a hanging part. Missing rights name
// the settings of a unit in a service, and the way of a user elsewhere.
func (l *leg) inRealTime(realTime *clock.Real, service bool) {
	l.loop.Patience = patience
	remedy := ""
	if !service {
		remedy = doctor.Remedy(board.OnPi())
	}
	l.loop.Ready = func() error {
		c := l.cfg.Loop
		g, err := realTime.Enter(clock.Options{Realtime: clock.Mode(c.Realtime), Spin: c.Spin, CPU: c.CPU, Remedy: remedy})
		if err == nil {
			l.grant.Store(&g)
		}
		return err
	}
}

// A tap has tapSteps steps: 6.5 s of real time at 0.1 ms. The tap of many neurons has fewer, for tapCells cells' memory. A display
// reads its record more often.
const (
	tapSteps = 1 << 16
	tapCells = 16
)

// tap returns a tap of the loop.
func (l *leg) tap() *neuron.Tap {
	var cells []neuron.Tapped
	for i, n := range l.cfg.Neurons {
		_, adapts := neuron.AdaptationCurrent(l.loop.Cells[i].Neuron)
		cells = append(cells, neuron.Tapped{Inner: l.loop.Net != nil || adapts, Members: n.Count})
	}
	tap := neuron.NewTapOf(cells, min(tapSteps, tapCells*tapSteps/len(cells)))
	tap.Sources(l.loop)
	return tap
}

// trace records each step.
func (l *leg) trace() {
	tap := l.tap()
	l.loop.Observers = append(l.loop.Observers, tap)
	l.record = trace.NewRecord(tap, l.windows())
}

// recorded returns the inputs for a recording. The knob of a gain has no effect without a reading: a recorded current cannot show that.
func (l *leg) recorded() (all []recording.Input) {
	for _, in := range l.cfg.Inputs {
		open := l.board.Inputs[in.Name]
		gain := slices.ContainsFunc(l.cfg.Synapses, func(s config.Synapse) bool { return s.Gain == in.Name })
		if open != nil {
			all = append(all, recording.Input{Name: in.Name, Current: func() (float64, bool) {
				r := open.Reading()
				return r.Current, !gain || r.State != board.Lost
			}})
		}
	}
	for _, source := range l.circuit.Sources {
		if spikes, ok := source.Train.(*neuron.Received); ok {
			all = append(all, recording.Input{Name: source.Name, Spikes: spikes})
		}
	}
	return all
}

// windows returns the measurement of a rate, by neuron.
func (l *leg) windows() (windows []trace.Window) {
	for _, n := range l.cfg.Neurons {
		low, high := span(inputRange(l.cfg, l.board, n))
		w := trace.NewWindow((high-low)/50, n.Params)
		w.Varying = slices.ContainsFunc(l.cfg.Inputs, func(in config.Input) bool {
			shape := parts.Shape(in)
			return parts.IsOfModelTime(in) && shape != "constant" && shape != "step" && slices.Contains(n.Inputs, in.Name)
		})
		windows = append(windows, w)
	}
	return windows
}

// runLeg runs until the loop ends or a reload replaces the leg. unseen is the error of show.
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

// live runs the loop beside show, on another goroutine, until one of them ends. It calls ended directly after the loop, before
// anything can block. When live returns or panics, both are over.
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

// Unseen is the show of a run without a display.
func Unseen(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// ErrOver is the error of a reload after the end of the run.
var ErrOver = errors.New("the run has ended")

// Reload changes to another configuration. It opens new parts while the loop runs, and returns when the new loop is about to run.
// After an error the old configuration keeps running; ErrOver means the end of the run.
func (s *Session) Reload(cfg *config.Config) error {
	next, err := s.change(cfg)
	if err != nil {
		return err
	}
	return <-next.begun
}

// change opens the new parts of another configuration and ends the present leg.
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
	next, err := newLeg(s.desk, cfg, b)
	if err != nil {
		return nil, errors.Join(err, b.Drop(l.board))
	}
	if next.class, err = s.join(cfg, l); err != nil {
		return nil, errors.Join(err, b.Drop(l.board))
	}
	if !s.outputs.claim() { // the loop has ended first
		s.dropped = b.Drop(l.board)
		if next.class != nil && next.class != l.class {
			s.dropped = errors.Join(s.dropped, next.class.Close())
		}
		return nil, ErrOver
	}
	s.next = next
	s.next.reloads = l.reloads + 1
	l.replace()
	return s.next, nil
}

// follow replaces an ended leg with the next one, without a display.
func (s *Session) follow(next, old *leg) error {
	err := s.swap(next, old)
	s.reload.Lock()
	defer s.reload.Unlock()
	s.next = nil // its parts belong to the outputs now
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
		s.wires.Inject(s.wires.Fault(), next.cfg) // new parts get the same fault
	}
	if err := errors.Join(err, s.outputs.follow(next.board)); err != nil {
		return err
	}
	s.leaveClass(old, next)
	s.assemble(next, old)
	s.leg, s.now, s.before = next, snapshot{}, before
	return nil
}
