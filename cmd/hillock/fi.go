package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/neuron"
)

// fiFlags are the flags of fi.
type fiFlags struct {
	configFlags
	neuron, from, to, csv, plot string
	points                      int
	duration                    time.Duration
}

func newFI() *cobra.Command {
	f := fiFlags{points: 51, duration: 10 * time.Second}
	cmd := &cobra.Command{
		Use:   "fi [FILE]",
		Short: "firing rate against input current",
		Long: `fi runs one neuron of the configuration from rest under each of a row of constant currents, in model time, and
sets its firing rate, spikes over model time, beside the two that mathematics predicts: rate_discrete_hz of the steps of
dt that the neuron takes, rate_exact_hz of the continuous equation.

On a terminal it draws the curve, elsewhere it prints it as CSV; --csv and --plot write files. Where the membrane comes
to the threshold and not past it, as at the rheobase itself, the rounding of the arithmetic decides what fires.`,
		Example: `  hillock fi                            draw the curve in the terminal
  hillock fi --csv fi.csv --plot fi.svg
  hillock fi --from "1.4 nA" --to "1.6 nA" --points 201 --duration 60s
  hillock fi --set neuron.n1.t_ref="5 ms" --plot refractory.png`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.neuron, "neuron", "", "which neuron (default the first by name)")
	flags.StringVar(&f.from, "from", "0 nA", "the first current")
	flags.StringVar(&f.to, "to", "5 nA", "the last current")
	flags.IntVar(&f.points, "points", f.points, "how many currents, the first and the last included")
	addDuration(cmd, &f.duration, "model time of each point")
	flags.StringVar(&f.csv, "csv", "", "write the numbers to this file, - for standard output")
	flags.StringVar(&f.plot, "plot", "", "draw the curve to this file, .svg or .png")
	return cmd
}

// The bounds of a sweep. So many steps take a laptop some minutes, and a Pi Zero hours.
const (
	maxFIPoints       = 100_000
	maxFISteps  int64 = 100_000_000_000 // of all points together
)

func (f *fiFlags) run(cmd *cobra.Command, args []string) error {
	from, to, err := f.check(cmd)
	if err != nil {
		return err
	}
	if err := errors.Join(canWrite("csv", f.csv), canWrite("plot", f.plot)); err != nil {
		return err
	}
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	c := &fiCurve{dt: cfg.Loop.DT, currents: decimals(from, to, f.points)}
	if c.neuron, err = pick(cfg, f.neuron); err != nil {
		return err
	}
	if c.steps, err = f.steps(cfg.Loop.DT); err != nil {
		return err
	}
	bar := newProgress(cmd.ErrOrStderr(), c.steps*int64(f.points))
	err = c.measure(cmd.Context(), bar)
	if bar != nil {
		bar.done()
	}
	if err != nil {
		return err
	}
	return f.show(cmd, c)
}

// check checks what needs no configuration, and reads the ends of the sweep.
func (f *fiFlags) check(cmd *cobra.Command) (from, to float64, err error) {
	if from, err = currentFlag("from", f.from); err != nil {
		return 0, 0, err
	}
	if to, err = currentFlag("to", f.to); err != nil {
		return 0, 0, err
	}
	changed := cmd.Flags().Changed
	switch ext := plotFormat(f.plot); {
	case !(from < to):
		return 0, 0, usage.Errorf("--to: must be more than --from, %q, got %q (for one current there is 'hillock sim')", f.from, f.to)
	case f.points < 2 || f.points > maxFIPoints:
		return 0, 0, usage.Errorf("--points: must be from 2 to %d, got %d", maxFIPoints, f.points)
	case changed("csv") && f.csv == "":
		return 0, 0, usage.Errorf(`--csv: must be a file's name, or - for standard output, got ""`)
	case changed("plot") && ext != ".svg" && ext != ".png":
		return 0, 0, noPlotFormat(f.plot)
	case f.plot != "" && f.plot == f.csv:
		return 0, 0, usage.Errorf("--plot: must be another file than --csv, got %q for both", f.plot)
	}
	return from, to, nil
}

func noPlotFormat(name string) error {
	return usage.Errorf("--plot: must be a file's name that ends in .svg or .png, got %q", name)
}

// plotFormat is the extension that says in which format to draw.
func plotFormat(name string) string { return strings.ToLower(filepath.Ext(name)) }

// steps is how many steps each point runs.
func (f *fiFlags) steps(dt time.Duration) (int64, error) {
	steps := int64(f.duration / dt)
	if steps < 1 {
		return 0, usage.Errorf("--duration: must be at least dt, %v, got %v", dt, f.duration)
	}
	if most := maxFISteps / int64(f.points); steps > most {
		longest := time.Duration(most) * dt
		if longest > time.Minute {
			longest = longest.Truncate(time.Second)
		}
		fits := fmt.Sprintf("--duration %v", longest)
		if points := maxFISteps / steps; points >= 2 {
			fits += fmt.Sprintf(", or --points %d", points)
		}
		return 0, usage.Errorf("--duration: %d points of %v must be at most %g steps of %v in all, got %.3g: %s would fit",
			f.points, f.duration, float64(maxFISteps), dt, float64(f.points)*float64(steps), fits)
	}
	return steps, nil
}

// show writes the files, draws on a terminal, and prints CSV where there is nothing else to look at. What it prints comes also
// where a file cannot be written.
func (f *fiFlags) show(cmd *cobra.Command, c *fiCurve) error {
	out := cmd.OutOrStdout()
	width, height, terminal := terminalSize(out)
	if f.csv == "" && f.plot == "" && !terminal {
		return outfile.Write("-", out, c.csv)
	}
	written, err := f.files(out, c)
	if f.plot == "" && f.csv != "-" && terminal {
		if drawn := c.draw(out, width, height-3); drawn != nil { // the summary takes two lines, the prompt one
			return errors.Join(err, drawn)
		}
	} else if f.plot == "" && f.csv == "-" {
		return err
	}
	if written != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s written\n", strings.Join(written, ", "))
	}
	fmt.Fprintln(cmd.ErrOrStderr(), c.summary())
	return err
}

// files writes the files, each also where the other one cannot be written, and returns the names of those that were.
func (f *fiFlags) files(out io.Writer, c *fiCurve) (written []string, err error) {
	write := func(name string, to func(io.Writer) error) {
		if name == "" {
			return
		}
		failed := outfile.Write(name, out, to)
		if failed == nil && name != "-" {
			written = append(written, name)
		}
		err = errors.Join(err, failed)
	}
	write(f.plot, func(w io.Writer) error { return c.plot(w, plotFormat(f.plot)) })
	write(f.csv, c.csv)
	return written, err
}

// terminalSize is the size of the terminal that w is, 80 by 24 where it does not say.
func terminalSize(w io.Writer) (width, height int, ok bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, 0, false
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24, true
	}
	return width, height, true
}

// fiCurve is how often one neuron fires under constant currents.
type fiCurve struct {
	neuron   config.Neuron
	dt       time.Duration
	steps    int64     // run under each current
	currents []float64 // nA, ascending
	spikes   []int64   // of each current, once measured
}

// decimals is n numbers at equal distances, both ends included, reckoned in decimal fractions: from 1.4 to 2 in four
// comes 1.6, where floats of their own would say 1.5999999999999999.
func decimals(from, to float64, n int) []float64 {
	low, distance := decimal(from), decimal(to)
	distance.Sub(distance, low)
	distance.Quo(distance, new(big.Rat).SetInt64(int64(n-1)))
	all := make([]float64, n)
	var v big.Rat
	for k := range all {
		v.SetInt64(int64(k))
		all[k], _ = v.Add(low, v.Mul(&v, distance)).Float64()
	}
	return all
}

// decimal is the number as it would be written.
func decimal(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64)) // which reads what FormatFloat writes
	return r
}

// measure runs the neuron under every current, on all cores.
func (c *fiCurve) measure(ctx context.Context, bar *progress) error {
	c.spikes = make([]int64, len(c.currents))
	var done atomic.Int64
	all := &sharedProgress{bar: bar}
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, current := range c.currents {
		workers.Go(func() (err error) {
			if c.spikes[i], err = c.count(ctx, current, all); err == nil {
				done.Add(1)
			}
			return err
		})
	}
	err := workers.Wait()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %d of %d points; nothing was written", done.Load(), len(c.currents))
	}
	return err
}

// stepsPerTick is how many steps a tick of the loop runs: few enough to be interrupted at once, enough for ticks to cost nothing.
const stepsPerTick = 10_000

// count is the number of spikes from rest under a constant current, nA.
func (c *fiCurve) count(ctx context.Context, current float64, all *sharedProgress) (int64, error) {
	n, err := neuron.New(c.neuron.Params)
	if err != nil {
		return 0, err
	}
	cell := &neuron.Cell{Name: c.neuron.Name, Neuron: n, Inputs: []neuron.Input{constant(current)}}
	run := func(steps, ticks int64) error {
		if steps == 0 || ticks == 0 {
			return nil
		}
		loop := neuron.Loop{Clock: new(neuron.VirtualClock), Tick: time.Duration(steps) * c.dt, DT: c.dt, Speed: 1, Ticks: ticks,
			Cells: []*neuron.Cell{cell}, Observers: []neuron.Observer{&loopProgress{all: all}}}
		_, err := loop.Run(ctx)
		return err
	}
	// Whole ticks, then the steps that are left over as a shorter one.
	if err := run(stepsPerTick, c.steps/stepsPerTick); err != nil {
		return 0, err
	}
	err = run(c.steps%stepsPerTick, 1)
	return cell.Spikes, err
}

// sharedProgress is a progress that the loops of all points move.
type sharedProgress struct {
	mu    sync.Mutex
	steps int64
	bar   *progress // nil where nobody would see it
}

// loopProgress is what one loop has added to the shared progress.
type loopProgress struct {
	all   *sharedProgress
	steps int64
}

func (p *loopProgress) Tick(t neuron.Tick) {
	if p.all.bar == nil {
		return
	}
	p.all.mu.Lock()
	defer p.all.mu.Unlock()
	p.all.steps += t.Steps - p.steps
	p.steps = t.Steps
	p.all.bar.Tick(neuron.Tick{Steps: p.all.steps})
}

// theory is the neuron's closed forms, nil where it has none: then there are measured points alone.
func (c *fiCurve) theory() neuron.Theory {
	theory, _ := c.neuron.Theory()
	return theory
}

// seconds is the model time of each point.
func (c *fiCurve) seconds() float64 { return (time.Duration(c.steps) * c.dt).Seconds() }

// rate is the simulated firing rate at point i, Hz of model time.
func (c *fiCurve) rate(i int) float64 { return float64(c.spikes[i]) / c.seconds() }

// csv writes a row a point.
func (c *fiCurve) csv(w io.Writer) error {
	rows := &csvRows{w: w}
	theory := c.theory()
	header := "current_na,rate_hz"
	if theory != nil {
		header += ",rate_discrete_hz,rate_exact_hz"
	}
	rows.header(header)
	for i, current := range c.currents {
		rows.buf = strconv.AppendFloat(rows.buf[:0], current, 'g', -1, 64)
		rows.number(c.rate(i))
		if theory != nil {
			rows.number(theory.DiscreteRate(current))
			rows.number(theory.ExactRate(current))
		}
		rows.end()
	}
	return rows.err
}

// summary is the curve in a line: where firing begins, and how well simulation and closed form agree.
func (c *fiCurve) summary() string {
	theory := c.theory()
	if theory == nil {
		return session.Now(c.neuron, nil, 0).String()
	}
	if p := session.Now(c.neuron, nil, 0); !p.Exists() {
		return fmt.Sprintf("rheobase %s nA; %s", readable.Digits(theory.Rheobase(), 4), p)
	}
	agree, worst, at := 0, 0.0, 0
	for i, current := range c.currents {
		if c.spikes[i] == theory.SpikeCount(current, c.steps) {
			agree++
		}
		if d := math.Abs(c.rate(i) - theory.DiscreteRate(current)); d > worst {
			worst, at = d, i
		}
	}
	n := len(c.currents)
	s := fmt.Sprintf("rheobase %s nA; spike counts as predicted at %d of %d currents; ", readable.Digits(theory.Rheobase(), 4), agree, n)
	if worst == 0 {
		return s + "no deviation from the discrete rate"
	}
	s += fmt.Sprintf("largest deviation from the discrete rate %s Hz, at %s nA: ", readable.Digits(worst, 3), readable.Digits(c.currents[at], 9))
	if spikes := worst * c.seconds(); spikes >= 1 {
		s += fmt.Sprintf("%s spikes in %s", readable.Digits(spikes, 3), readable.Seconds(c.seconds()))
		if levels := c.neuron.Levels(); levels.Reset.V > levels.Rest.V {
			s += ", as the first takes longer, from rest"
		}
		return s
	}
	return s + "less than one spike in " + readable.Seconds(c.seconds())
}
