package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/signals"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/neuron"
)

// runFlags are the flags of run.
type runFlags struct {
	configFlags
	hw, summary string
	duration    time.Duration
	plain       bool
	web         webFlags
	observers   []neuron.Observer // of the loop, beside the monitor
}

func newRun() *cobra.Command { return new(runFlags).command() }

func (f *runFlags) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [FILE]",
		Short: "run the neuron in real time: knob in, pulses out",
		Long: `run integrates the neurons of the configuration in real time, reads their currents from the knobs, and
pulses a pin at every spike. Without FILE the built-in configuration runs (see 'hillock config init').

On a Raspberry Pi it takes the real pins and buses, elsewhere a virtual Pi with a knob on the screen: the arrow keys
turn it. On a terminal it is an oscilloscope, whose keys ? tells; with --plain, and where the terminal has no colours, it
logs. It ends after --duration, at q or Ctrl-C; the pins end low. SIGUSR1 prints how punctual it was so far. As a service
of systemd it reports how it does, and reads FILE again at SIGHUP; the summary is then that since the last time.`,
		Example: `  hillock run
  hillock run my.toml --duration 1m --summary result.json
  hillock run --set loop.speed=1 --set output.led.width="5 ms"
  hillock run --web                 also in a browser on this machine
  hillock run my.toml --web=:8080   in every browser of the network`,
		Args: cobra.MatchAll(f.web.args, cobra.MaximumNArgs(1)),
		RunE: f.run,
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "the `Pi` to run on: auto (the real hardware on a Pi, else the virtual Pi), real or sim")
	addDuration(cmd, &f.duration, "wall time to run (default until it is stopped)")
	flags.StringVar(&f.summary, "summary", "", "write the summary to this `file` as JSON")
	flags.BoolVar(&f.plain, "plain", false, "log lines also on a terminal, instead of the scope")
	f.web.add(cmd)
	choices(cmd, "hw", "auto", "real", "sim")
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.web.check(cmd); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("duration") && f.duration < cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least a tick, %v, got %v", cfg.Loop.Tick, f.duration)
	}
	if err := canWrite("summary", f.summary); err != nil {
		return err
	}
	wall := clock.New()
	hw, err := f.hardware(cfg, wall)
	if err != nil {
		return err
	}
	return f.runOn(cmd, args, cfg, wall, hw)
}

// How long the end of a run waits: for a reader of what is printed, for the disk that takes the summary, and for the server.
const (
	printPatience = 2 * time.Second
	diskPatience  = 5 * time.Second
	sitePatience  = 2 * time.Second
)

// logRoom is how much of the log waits for a slow reader, in bytes: as much as a pipe of Linux holds.
const logRoom = 64 << 10

// runOn runs on the hardware. However it ends, the outputs are off and released before a word of it
// is written.
func (f *runFlags) runOn(cmd *cobra.Command, args []string, cfg *config.Config, wall *clock.Wall, hw hardware) error {
	log := bounded.NewQueue(cmd.ErrOrStderr(), logRoom)
	cmd.SetErr(log)
	end, err := f.runLegs(cmd, args, cfg, wall, hw)
	err = errors.Join(err, log.Close(printPatience))
	if end == nil {
		return err
	}
	return errors.Join(err, f.report(cmd, end))
}

// ending is what a run leaves: its summary, its configuration as it ran last, and the faults that were there at the end.
type ending struct {
	summary summary
	cfg     *config.Config
	faults  []fault
}

// runLegs runs leg after leg, and closes what they had open. Its ending is nil where the loop did not end as it should.
func (f *runFlags) runLegs(cmd *cobra.Command, args []string, cfg *config.Config, wall *clock.Wall, hw hardware) (end *ending, err error) {
	b, err := board.Open(cfg, hw.pi)
	if err != nil {
		return nil, err
	}
	outs := &outputs{board: b}
	l := &leg{view: &view{cfg: cfg, board: b, virtual: hw.virtual, where: hw.where}, wall: wall, outputs: outs}
	defer func() { err = errors.Join(err, l.board.Close()) }()
	defer signals.Urgent(cmd.Context(), outs.rest)()
	if hw.virtual != nil {
		l.wires = &wires{virtual: hw.virtual, ask: consult}
		defer l.wires.end()
	}
	isLive := f.isLive(cmd)
	l.watched = isLive || f.web.addr != ""
	if err := l.assemble(nil, f.observers); err != nil {
		return nil, err
	}
	site, err := f.web.open(cmd, l, isLive)
	if err != nil {
		return nil, err
	}
	closeSite := sync.OnceValue(func() error {
		return bounded.Call(sitePatience, "the web server", func() error { site.close(); return nil })
	})
	defer func() { err = errors.Join(err, closeSite()) }()
	s := newService(newLogger(cmd))
	defer s.end()
	defer outs.rest() // before all of these
	for began := wall.Now(); ; {
		l.loop.Ticks = f.ticks(began, l.loop)
		next, err := f.runLeg(cmd, args, l, s)
		if err := errors.Join(err, wall.Leave()); err != nil {
			outs.rest()
			err = errors.Join(err, closeSite())
			if next != nil {
				err = errors.Join(err, outs.follow(next.board))
				l = next
			}
			return nil, err
		}
		end := &ending{summarize(l.cfg, l.loop.Cells, l.board, l.monitor), l.running(), l.faults()}
		end.summary.Reloads = l.reloads
		unseen := l.unseen
		if next != nil {
			old := l
			l = next
			if err := site.follow(l, func() error { return l.follow(old, f.observers) }); err != nil {
				return nil, err
			}
		}
		if next == nil || unseen != nil || cmd.Context().Err() != nil {
			return end, unseen
		}
		end.summary.log(newLogger(cmd))
	}
}

// ticks is how many ticks a leg has of the duration of the run, at least one; 0, for ever, where the run has none. Each leg
// takes what those before it have left.
func (f *runFlags) ticks(began time.Duration, l *neuron.Loop) int64 {
	if f.duration == 0 {
		return 0
	}
	return max(1, ticksIn(f.duration-(max(began, l.Start)-began), l.Tick))
}

// report writes the summary of a run that has ended: the text also where the file cannot be written.
func (f *runFlags) report(cmd *cobra.Command, end *ending) error {
	out := cmd.OutOrStdout()
	var err error
	if f.summary != "" { // first: nobody may be left to read the text
		err = bounded.Call(diskPatience, "--summary: "+f.summary, func() error { return outfile.Write(f.summary, out, end.summary.json) })
	}
	return errors.Join(err, bounded.Call(printPatience, "the summary: standard output", func() error {
		return end.summary.text(out, end.cfg, end.faults)
	}))
}

// leg is a run of one configuration. A service's run is several: each reload begins another.
type leg struct {
	*view
	loop      *neuron.Loop
	wall      *clock.Wall
	outputs   *outputs   // of the run
	unseen    error      // why nobody could see the leg to its end
	watched   bool       // step by step
	adjusting sync.Mutex // never held by the loop; after onWeb.mu
}

// assemble readies the loop. Where the leg follows another, which has ended between two ticks, its first tick is the next
// one, and neurons of the same name go on from where they were.
func (l *leg) assemble(after *leg, observers []neuron.Observer) (err error) {
	if l.loop, err = assemble(l.cfg, l.board, l.wall); err != nil {
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
	l.atSpeed = l.runAt
	l.monitor = newMonitor(l.loop)
	l.loop.Observers = append(append(l.loop.Observers, l.monitor), observers...)
	if l.watched {
		l.recordSteps(l.loop)
	}
	l.onWall(l.loop, l.wall)
	return nil
}

// runLeg runs until the end, or until a reload was asked for that can be: then it returns the leg that follows.
func (f *runFlags) runLeg(cmd *cobra.Command, args []string, l *leg, s *service) (next *leg, err error) {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	watched := make(chan struct{})
	var broke error // the watch itself
	go func() {
		defer close(watched)
		defer stop()
		defer caught(&broke)
		read := func() (*config.Config, error) {
			if len(args) == 0 {
				return nil, errors.New("there is no file to read again: the built-in configuration runs")
			}
			return f.load(cmd, args)
		}
		if next = s.watch(ctx, l.view, read, l.change); next != nil && !l.outputs.claim() {
			broke, next = next.board.Drop(l.board), nil // the loop was first to end
		}
		if s == nil {
			<-ctx.Done()
		}
	}()
	show := l.log
	if f.isLive(cmd) {
		show = l.live
	}
	l.unseen, err = live(ctx, l.loop, l.outputs.end, cmd, show)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	stop()
	<-watched
	return next, errors.Join(err, broke)
}

// isLive tells whether somebody looks on at a terminal.
func (f *runFlags) isLive(cmd *cobra.Command) bool {
	return !f.plain && isTerminal(cmd.OutOrStdout()) && isTerminal(cmd.InOrStdin()) && hasColors(cmd.OutOrStdout())
}

// change opens what another configuration adds, while l goes on. What it returns has to follow l.
func (l *leg) change(cfg *config.Config) (*leg, error) {
	b, err := l.board.Change(cfg)
	if err != nil {
		return nil, err
	}
	return &leg{view: &view{cfg: cfg, board: b, virtual: l.virtual, wires: l.wires, where: l.where, page: l.page, reloads: l.reloads + 1}, wall: l.wall, outputs: l.outputs, watched: l.watched}, nil
}

// follow takes the place of a leg that has ended.
func (l *leg) follow(old *leg, observers []neuron.Observer) error {
	var err error
	if l.virtual != nil {
		err = l.virtual.Wire(l.cfg)
		l.pull(l.wires.pulled()) // what was added has the same fault
	}
	return errors.Join(err, l.outputs.follow(l.board), l.assemble(old, observers))
}

// hardware is the Pi that the parts are opened on.
type hardware struct {
	pi      doctor.Pi
	virtual *board.Virtual // pi, where it is a virtual one, else nil
	where   string         // which it is, in a few words
}

// hardware chooses the Pi.
func (f *runFlags) hardware(cfg *config.Config, wall *clock.Wall) (hardware, error) {
	model, where := board.OnPi(), ""
	hw := f.hw
	switch {
	case hw == "auto" && model != "":
		hw = "real"
	case hw == "auto":
		hw = "sim"
		where = " (no Raspberry Pi here)"
	}
	switch hw {
	case "real":
		if model == "" {
			model = "the pins and buses of this machine"
		}
		pi, err := board.Real()
		return hardware{pi: pi, where: model}, err
	case "sim":
		virtual, err := board.NewVirtual(cfg, wall)
		return hardware{virtual, virtual, "the virtual Pi" + where}, err
	}
	return hardware{}, usage.Errorf("--hw: must be auto, real or sim, got %q", f.hw)
}

// live runs the loop while show shows it on this goroutine, until either ends. Where the loop ends, ended is called at once,
// before anything else that may wait. When live returns, or panics, both are over.
func live(ctx context.Context, loop *neuron.Loop, ended func(), cmd *cobra.Command, show func(context.Context, *cobra.Command) error) (unseen, err error) {
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
	return show(ctx, cmd), nil
}

// isTerminal tells whether a file, or one behind a queue, is a terminal.
func isTerminal(f any) bool {
	if q, ok := f.(*bounded.Queue); ok {
		f = q.Unwrap()
	}
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
