package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// simFlags are the flags of sim.
type simFlags struct {
	configFlags
	neuron, current, input, format, out, worksheet string
	duration                                       time.Duration
}

func newSim() *cobra.Command {
	f := simFlags{duration: 2 * time.Second}
	cmd := &cobra.Command{
		Use:   "sim [FILE]",
		Short: "run one neuron in model time, as fast as it can",
		Long: `sim runs one neuron of the configuration in model time, as fast as it can, on the same loop as run: under
a constant current, or under one that a CSV file holds (header time_ms,current_na; each row holds until the next).
Before the first row it is 0. Without either, the current is that of the virtual Pi's knobs at 0.4.`,
		Example: `  hillock sim --current "2 nA" --duration 2s
  hillock sim --current "2 nA" --format trace --out trace.csv
  hillock sim --input knob.csv --format spikes
  hillock sim --worksheet 20`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.neuron, "neuron", "", "which neuron (default the first by name)")
	flags.StringVar(&f.current, "current", "", `a constant current, "2 nA"`)
	flags.StringVar(&f.input, "input", "", "a CSV file of rows time_ms,current_na")
	addDuration(cmd, &f.duration, "model time to run, or the time of --input's last row if that is later")
	flags.StringVar(&f.format, "format", "summary", "summary, spikes, trace or worksheet")
	flags.StringVarP(&f.out, "out", "o", "", "write to this file (default standard output)")
	flags.StringVar(&f.worksheet, "worksheet", "", "print the classroom program's output for this R_I in mV")
	choices(cmd, "format", "summary", "spikes", "trace", "worksheet")
	return cmd
}

func (f *simFlags) run(cmd *cobra.Command, args []string) error {
	if err := exclusive(cmd, "current", "input", "worksheet"); err != nil {
		return err
	}
	if err := canWrite("out", f.out); err != nil {
		return err
	}
	if cmd.Flags().Changed("worksheet") {
		for _, other := range []string{"duration", "format", "neuron", "set"} {
			if err := exclusive(cmd, "worksheet", other); err != nil {
				return err
			}
		}
		ri, ok := plainNumber(f.worksheet)
		if !ok || !(ri >= -neuron.MaxVoltage && ri <= neuron.MaxVoltage) {
			return usage.Errorf("--worksheet: must be a number of mV between -%g and %g, got %q", neuron.MaxVoltage, neuron.MaxVoltage, f.worksheet)
		}
		return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error { return worksheet(w, ri) })
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	n, err := pick(cfg, f.neuron)
	if err != nil {
		return err
	}
	in, err := f.source(cfg, n)
	if err != nil {
		return err
	}
	if r, ok := in.(*recorded); ok && !cmd.Flags().Changed("duration") {
		f.duration = max(f.duration, r.End()) // all of its rows
	}
	steps := int64(f.duration / cfg.Loop.DT)
	if steps < 1 {
		return usage.Errorf("--duration: must be at least dt, %v, got %v", cfg.Loop.DT, f.duration)
	}
	cell := &neuron.Cell{Name: n.Name}
	if cell.Neuron, err = neuron.New(n.Params); err != nil {
		return err
	}
	cell.Inputs = []neuron.Input{in}
	// A recorded current is read at every step, so that it changes where its file says; a constant one seldom.
	perTick := int64(1)
	if _, ok := in.(constant); ok {
		perTick = gcd(steps, stepsPerTick)
	}
	loop := &neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Duration(perTick) * cfg.Loop.DT, DT: cfg.Loop.DT, Speed: 1,
		Ticks: steps / perTick, Cells: []*neuron.Cell{cell}}
	var stats isiStats
	cell.Outputs = []neuron.Output{&stats}
	if bar := newProgress(cmd.ErrOrStderr(), steps); bar != nil {
		loop.Observers = append(loop.Observers, bar)
		defer bar.done()
	}
	return outfile.Write(f.out, cmd.OutOrStdout(), func(w io.Writer) error {
		switch f.format {
		case "summary":
			return simSummary(cmd.Context(), w, loop, in, &stats)
		case "spikes":
			return simSpikes(cmd.Context(), w, loop)
		case "trace":
			return simTrace(cmd.Context(), w, loop)
		case "worksheet":
			return simWorksheet(cmd.Context(), w, loop)
		}
		return usage.Errorf("--format: must be summary, spikes, trace or worksheet, got %q", f.format)
	})
}

// gcd is the greatest common divisor of two numbers above 0.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// source is where the neuron's current comes from.
func (f *simFlags) source(cfg *config.Config, n config.Neuron) (neuron.Input, error) {
	switch {
	case f.input != "":
		r, err := readCurrent(f.input)
		if err != nil {
			return nil, err
		}
		r.dt = cfg.Loop.DT
		return r, nil
	case f.current != "":
		i, err := currentFlag("current", f.current)
		return constant(i), err
	}
	sum := 0.0
	for _, in := range cfg.Inputs {
		for _, name := range n.Inputs {
			if name == in.Name {
				sum += in.Low + float64((in.High-in.Low)*board.RestingKnob)
			}
		}
	}
	return constant(sum), nil
}

func simSummary(ctx context.Context, w io.Writer, loop *neuron.Loop, in neuron.Input, stats *isiStats) error {
	end, err := loop.Run(ctx)
	if err != nil {
		return interrupted(err, end, loop.DT)
	}
	c := loop.Cells[0]
	fmt.Fprintf(w, "neuron     %s\n", c.Name)
	i, steady := in.(constant)
	theory, _ := c.Params().Theory()
	if steady {
		fmt.Fprintf(w, "current    %g nA", float64(i))
		if theory != nil {
			fmt.Fprintf(w, " (rheobase %g nA)", theory.Rheobase())
		}
		fmt.Fprintln(w)
	}
	dt := readable.Milliseconds(loop.DT)
	seconds := float64(end.Steps) * dt / 1000
	fmt.Fprintf(w, "model time %g s, %d steps of %g ms\n", seconds, end.Steps, dt)
	fmt.Fprintf(w, "spikes     %d\n", c.Spikes)
	fmt.Fprintf(w, "rate       %s Hz: spikes over time\n", readable.Digits(float64(c.Spikes)/seconds, 4))
	if c.Spikes > 0 {
		fmt.Fprintf(w, "first      step %d, %g ms\n", c.First, stepTime(c.First, loop.DT))
	}
	if mean, cv, ok := stats.isi(dt); ok {
		fmt.Fprintf(w, "ISI        mean %s ms, CV %s\n", readable.Digits(mean, 6), readable.Digits(cv, 3))
	}
	switch p := session.Now(config.Neuron{Params: c.Params()}, nil, float64(i)); {
	case !p.Exists():
		_, err = fmt.Fprintln(w, p)
	case steady:
		_, err = fmt.Fprintf(w, "predicted  %s, %s; continuous equation: %s Hz\n", readable.Count(theory.SpikeCount(float64(i), end.Steps), "spike"),
			readable.Interval(p.Hz, float64(i)), readable.Digits(theory.ExactRate(float64(i)), 4))
	}
	return err
}

func simSpikes(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	rows := &csvRows{w: w, dt: loop.DT}
	rows.header("step,time_ms")
	loop.Cells[0].Outputs = append(loop.Cells[0].Outputs, (*spikeRows)(rows))
	return rows.run(ctx, loop)
}

func simTrace(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	rows := &csvRows{w: w, dt: loop.DT}
	rows.header("step,time_ms,current_na,v_mv,spike")
	loop.Observers = append(loop.Observers, (*traceRows)(rows))
	return rows.run(ctx, loop)
}

func simWorksheet(ctx context.Context, w io.Writer, loop *neuron.Loop) error {
	t := newTokens(w)
	loop.Observers = append(loop.Observers, t)
	end, err := loop.Run(ctx)
	return errors.Join(interrupted(err, end, loop.DT), t.end())
}

// interrupted says how far a loop came that its context ended; other errors, and none, it leaves as they are.
func interrupted(err error, end neuron.Tick, dt time.Duration) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %v of model time", time.Duration(end.Steps)*dt)
	}
	return err
}

// progress draws a bar on a terminal once a run has taken a second.
type progress struct {
	w     *os.File
	all   int64
	start time.Time
	next  int64 // step at which to look at the time again
	shown bool
}

// newProgress is nil where nobody would see it.
func newProgress(w io.Writer, all int64) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{w: f, all: all, start: time.Now(), next: 1 << 20}
}

// Tick looks at the time every million steps, and draws.
func (p *progress) Tick(t neuron.Tick) {
	if t.Steps < p.next {
		return
	}
	p.next = t.Steps + 1<<20
	took := time.Since(p.start)
	if took < time.Second {
		return
	}
	p.shown = true
	part := float64(t.Steps) / float64(p.all)
	left := time.Duration(float64(took) * (1 - part) / part).Round(time.Second)
	fmt.Fprintf(p.w, "\r%s %3.0f %%, %v left \x1b[K", readable.Bar(part, 40), 100*part, left)
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
