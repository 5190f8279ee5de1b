package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
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
  hillock run my.toml --web :8080   in every browser of the network`,
		Args: func(cmd *cobra.Command, args []string) error {
			_, files := f.web.split(args)
			return cobra.MaximumNArgs(1)(cmd, files)
		},
		RunE: f.run,
	}
	f.add(cmd)
	complete := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		_, files := f.web.split(args)
		return complete(cmd, files, word)
	}
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
	f.web.addr, args = f.web.split(args)
	if err := f.web.check(cmd); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("duration") && f.duration < cfg.Loop.Tick {
		return usagef("--duration: must be at least a tick, %v, got %v", cfg.Loop.Tick, f.duration)
	}
	if err := canWrite("summary", f.summary); err != nil {
		return err
	}
	wall := clock.New()
	where, virtual, err := f.hardware(cfg, wall)
	if err != nil {
		return err
	}
	if virtual != nil {
		defer virtual.Close()
	}
	return f.runOn(cmd, args, cfg, wall, where, virtual)
}

// runOn runs on the Pi that periph's registries hold. However it ends, the pins are low and released.
func (f *runFlags) runOn(cmd *cobra.Command, args []string, cfg *config.Config, wall *clock.Wall, where string, virtual *board.Virtual) (err error) {
	b, err := board.Open(cfg)
	if err != nil {
		return err
	}
	l := &leg{view: &view{cfg: cfg, board: b, virtual: virtual, where: where}, wall: wall}
	defer func() { err = errors.Join(err, l.board.Close()) }()
	if virtual != nil {
		l.wires = &wires{virtual: virtual, ask: process(again).consult}
		defer l.wires.end()
	}
	isLive := f.isLive(cmd)
	l.watched = isLive || f.web.addr != ""
	if err := l.assemble(nil, f.observers); err != nil {
		return err
	}
	site, err := f.web.open(cmd, l, isLive)
	if err != nil {
		return err
	}
	defer site.close()
	s := newService(newLogger(cmd))
	defer s.end()
	for began := wall.Now(); ; {
		if f.duration > 0 {
			l.loop.Ticks = max(1, ticksIn(f.duration-(max(began, l.loop.Start)-began), l.loop.Tick))
		}
		next, err := f.runLeg(cmd, args, l, s)
		if err := errors.Join(err, wall.Leave()); err != nil {
			site.close()
			if next != nil {
				err = errors.Join(err, next.board.Succeed(l.board))
				l = next
			}
			return err
		}
		sum, faults, last := summarize(l.cfg, l.loop.Cells, l.board, l.monitor), l.faults(), l.running()
		sum.Reloads = l.reloads
		if next != nil {
			old := l
			l = next
			if err := site.follow(l, func() error { return l.follow(old, f.observers) }); err != nil {
				return err
			}
		}
		if next == nil || cmd.Context().Err() != nil {
			return f.report(cmd, sum, last, faults)
		}
		sum.log(newLogger(cmd))
	}
}

// report writes the summary of a run that has ended.
func (f *runFlags) report(cmd *cobra.Command, s summary, cfg *config.Config, faults []fault) error {
	if f.summary != "" { // first: nobody may be left to read the text
		if err := writeFile(f.summary, cmd.OutOrStdout(), s.json); err != nil {
			return err
		}
	}
	return s.text(cmd.OutOrStdout(), cfg, faults)
}

// leg is a run of one configuration. A service's run is several: each reload begins another.
type leg struct {
	*view
	loop      *neuron.Loop
	wall      *clock.Wall
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
		if next = s.watch(ctx, l.view, read, l.change); s == nil {
			<-ctx.Done()
		}
	}()
	show := l.log
	if f.isLive(cmd) {
		show = l.live
	}
	if err = live(ctx, l.loop, cmd, show); errors.Is(err, context.Canceled) {
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
	return &leg{view: &view{cfg: cfg, board: b, virtual: l.virtual, wires: l.wires, where: l.where, page: l.page, reloads: l.reloads + 1}, wall: l.wall, watched: l.watched}, nil
}

// follow takes the place of a leg that has ended.
func (l *leg) follow(old *leg, observers []neuron.Observer) error {
	var err error
	if l.virtual != nil {
		err = l.virtual.Wire(l.cfg)
		l.pull(l.wires.pulled()) // what was added has the same fault
	}
	return errors.Join(err, l.board.Succeed(old.board), l.assemble(old, observers))
}

// hardware chooses the Pi that the parts are opened on, and tells which in a few words.
func (f *runFlags) hardware(cfg *config.Config, wall *clock.Wall) (where string, virtual *board.Virtual, err error) {
	pi := board.OnPi()
	hw := f.hw
	switch {
	case hw == "auto" && pi != "":
		hw = "real"
	case hw == "auto":
		hw = "sim"
		where = " (no Raspberry Pi here)"
	}
	switch hw {
	case "real":
		if pi == "" {
			pi = "the pins and buses of this machine"
		}
		return pi, nil, board.Real()
	case "sim":
		virtual, err = board.NewVirtual(cfg, wall)
		return "the virtual Pi" + where, virtual, err
	}
	return "", nil, usagef("--hw: must be auto, real or sim, got %q", f.hw)
}

// live runs the loop while show shows it on this goroutine, until either ends. When it returns, or panics, the loop has
// ended, so that the caller can leave the pins low.
func live(ctx context.Context, loop *neuron.Loop, cmd *cobra.Command, show func(context.Context, *cobra.Command) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		_, err := loop.Run(ctx)
		ended <- err
	}()
	defer func() {
		cancel()
		err = errors.Join(<-ended, err)
	}()
	return show(ctx, cmd)
}

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
