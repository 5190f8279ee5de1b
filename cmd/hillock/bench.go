package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/neuron"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	configFlags
	hw, json, plot string
	tick, duration time.Duration
}

func newBenchCommand() *cobra.Command {
	f := benchFlags{duration: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "bench [FILE]",
		Short: "measure how punctual this machine is",
		Long: `bench runs the configuration at life's speed for a while and measures its loop: how late the ticks began, how long
reads and pulses took, what was lost, and what it cost. Then, for comparison, it counts for as long how many ticks of
the same length a plain time.Ticker of Go delivers.`,
		Example: `  hillock bench
  hillock bench --tick 100us --duration 10s --json bench.json
  hillock bench --set loop.spin=off`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "auto, real or sim, as for run")
	flags.Var((*durationFlag)(&f.tick), "tick", "the tick to measure (default the configuration's)")
	flags.Lookup("tick").DefValue = ""
	addDuration(cmd, &f.duration, "how long to measure, and then to compare")
	flags.StringVar(&f.json, "json", "", "write the figures to this file as JSON")
	flags.StringVar(&f.plot, "plot", "", "draw the lateness to this file, .svg or .png")
	choices(cmd, "hw", "auto", "real", "sim")
	return cmd
}

// benchResult is what was measured; the keys are those of its JSON.
type benchResult struct {
	TickUs        float64             `json:"tick_us"`
	DTUs          float64             `json:"dt_us"`
	DurationS     float64             `json:"duration_s"`
	TicksDue      int64               `json:"ticks_due"`
	TicksRun      int64               `json:"ticks_run"`
	StepsDue      int64               `json:"steps_due"`
	StepsRun      int64               `json:"steps_run"`
	SkippedMs     float64             `json:"skipped_ms"`
	Late          session.Percentiles `json:"lateness_us"`
	Wake          session.Percentiles `json:"wakeup_us"` // of the ticks that the loop slept for
	Read          session.Percentiles `json:"read_us"`
	Pulse         session.Percentiles `json:"pulse_us"`
	CPUPercent    float64             `json:"cpu_percent"` // of one core, the whole program
	RSSMB         float64             `json:"rss_mb"`
	GCCount       uint32              `json:"gc_count"`
	AllocsPerTick float64             `json:"allocs_per_tick"` // of the whole program
	NaiveTicksRun int64               `json:"naive_ticks_run"`
	Realtime      []string            `json:"realtime"` // what the loop got

	naiveDue int64
	late     *hdrhistogram.Histogram
}

func (f *benchFlags) run(cmd *cobra.Command, args []string) error {
	if err := checkPlot(cmd, f.plot); err != nil {
		return err
	}
	if err := errors.Join(canWrite("json", f.json), canWrite("plot", f.plot)); err != nil {
		return err
	}
	f.sets = append([]string{"loop.speed=1"}, f.sets...)
	tick := cmd.Flags().Changed("tick")
	if tick {
		f.sets = append(f.sets, "loop.tick="+f.tick.String())
	}
	cfg, err := f.load(cmd, args)
	if problems := (config.Problems)(nil); tick && errors.As(err, &problems) {
		for i := range problems {
			if problems[i].Set == "loop.tick" {
				problems[i].Set, problems[i].Key = "", "--tick"
			}
		}
	}
	if err != nil {
		return err
	}
	if f.duration < 10*cfg.Loop.Tick {
		return usage.Errorf("--duration: must be at least ten ticks, %v, got %v", 10*cfg.Loop.Tick, f.duration)
	}
	wall := clock.New()
	hw, err := choose(f.hw, cfg, wall)
	if err != nil {
		return err
	}
	warm := &warmUp{ticks: int64(f.duration/cfg.Loop.Tick) / 10, done: make(chan struct{})}
	s, err := session.Open(cmd.Context(), cfg, hw, session.Options{Wall: wall, Duration: f.duration, Observers: []neuron.Observer{warm}})
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "hillock bench on %s: ticks of %v for %v, then a time.Ticker for as long\n", hw.Where, cfg.Loop.Tick, f.duration)
	end, spent, err := measureRun(cmd.Context(), s, warm)
	if err == nil && end.Tick.Run() == 0 {
		err = cmd.Context().Err() // else: what was measured until then
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	loop, at, times := cfg.Loop, end.Tick, end.Times
	r := benchResult{
		TickUs: float64(loop.Tick) / 1e3, DTUs: float64(loop.DT) / 1e3, DurationS: (time.Duration(at.Due) * loop.Tick).Seconds(),
		TicksDue: at.Due, TicksRun: at.Run(), StepsRun: at.Steps, StepsDue: stepsDue(loop, at.Due),
		SkippedMs: float64(at.Skipped) * readable.Milliseconds(loop.Tick) * loop.Speed, Late: times.Late, Wake: times.Wake, Read: times.Read, Pulse: times.Pulse,
		CPUPercent: 100 * float64(spent.cpu) / float64(max(1, spent.time)), RSSMB: residentBytes() / 1e6,
		GCCount: spent.collections, AllocsPerTick: float64(spent.allocs) / float64(max(1, at.Due-warm.ticks)),
		Realtime: end.Grant.Got, late: end.Began,
	}
	r.NaiveTicksRun, r.naiveDue = naive(cmd.Context(), loop.Tick, f.duration)
	if f.json != "" {
		err = outfile.Write(f.json, cmd.OutOrStdout(), r.json)
	}
	if f.plot != "" {
		err = errors.Join(err, outfile.Write(f.plot, cmd.OutOrStdout(), func(w io.Writer) error {
			format, _ := chart.Format(f.plot)
			return r.bars(hw.Where).Picture(w, format)
		}))
	}
	return errors.Join(err, r.text(cmd.OutOrStdout())) // the text also where a file cannot be written
}

// consumed is what the program has cost so far.
type consumed struct {
	at  time.Time
	cpu time.Duration
	mem runtime.MemStats
}

func measureConsumed() consumed {
	u := consumed{at: time.Now(), cpu: cpuTime()}
	runtime.ReadMemStats(&u.mem)
	return u
}

// spent is what the program cost over a time.
type spent struct {
	time, cpu   time.Duration
	allocs      uint64
	collections uint32
}

// measureRun runs a session and tells what the program cost after a tenth of it, in which Go still starts threads; nothing
// where it did not come that far.
func measureRun(ctx context.Context, s *session.Session, warm *warmUp) (*session.Summary, spent, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	first := make(chan consumed, 1)
	go func() {
		select {
		case <-warm.done:
		case <-ctx.Done():
		}
		first <- measureConsumed()
	}()
	var after consumed
	end, err := s.Run(ctx, func(ctx context.Context) error {
		<-ctx.Done() // the end of the loop
		after = measureConsumed()
		return nil
	})
	cancel()
	before := <-first
	if !warm.over || !before.at.Before(after.at) {
		return end, spent{}, err
	}
	return end, spent{after.at.Sub(before.at), after.cpu - before.cpu, after.mem.Mallocs - before.mem.Mallocs, after.mem.NumGC - before.mem.NumGC}, err
}

// warmUp is an observer of the first ticks.
type warmUp struct {
	ticks int64
	done  chan struct{} // closed after them
	over  bool
}

func (w *warmUp) Tick(t neuron.Tick) {
	if t.Due >= w.ticks && !w.over {
		w.over = true
		close(w.done)
	}
}

// stepsDue is how many steps are due in so many ticks.
func stepsDue(loop config.Loop, ticks int64) int64 {
	return int64(float64(ticks)*(float64(loop.Tick)*loop.Speed/float64(loop.DT)) + 1e-6)
}

// naive counts the ticks that a plain time.Ticker delivers, of those that are due in a time or until ctx ends: those that
// come late are dropped.
func naive(ctx context.Context, tick, duration time.Duration) (ticks, due int64) {
	start := time.Now()
	t := time.NewTicker(tick)
	defer t.Stop()
	over := time.NewTimer(duration)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return ticks, int64(time.Since(start) / tick)
		case <-over.C:
			return ticks, int64(duration / tick)
		case <-t.C:
			ticks++
		}
	}
}

func (r *benchResult) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// text is the result for a person: the histogram of lateness, the figures, and a sentence.
func (r *benchResult) text(w io.Writer) error {
	t := &readable.Printer{W: w}
	t.Printf("\nhow late the ticks began\n")
	for _, row := range lateRows(r.late) {
		t.Printf("  %-10s %s %6.2f %%\n", row.label, readable.Bar(row.part, 40), 100*row.part)
	}
	t.Printf("\n")
	t.Printf("real time  %s\n", strings.Join(r.Realtime, ", "))
	t.Printf("ticks      %d of %d due, %d of %d steps, %s skipped\n", r.TicksRun, r.TicksDue, r.StepsRun, r.StepsDue, readable.Seconds(r.SkippedMs/1e3))
	t.Printf("lateness   %s\n", r.Late)
	t.Printf("wake-up    %s, of the ticks that the loop slept for\n", r.Wake)
	t.Printf("read       %s\n", r.Read)
	t.Printf("pulse      %s, from crossing to pin\n", r.Pulse)
	t.Printf("cost       %s %% of a core, %s MB, %s, %s allocations a tick\n",
		readable.Digits(r.CPUPercent, 3), readable.Digits(r.RSSMB, 3), readable.Count(int64(r.GCCount), "collection"), readable.Digits(r.AllocsPerTick, 3))
	t.Printf("ticker     %d of %d ticks with a plain time.Ticker\n", r.NaiveTicksRun, r.naiveDue)
	t.Printf("\n%s\n", r.verdict())
	return t.Err
}

// verdict is the result in a sentence.
func (r *benchResult) verdict() string {
	part := 100 * r.Late.P99 / r.TickUs
	switch {
	case r.TicksRun < r.TicksDue:
		return fmt.Sprintf("This machine does not keep a tick of %s: %d of %d ticks were skipped.", readable.Micros(r.TickUs), r.TicksDue-r.TicksRun, r.TicksDue)
	case part > 100:
		return fmt.Sprintf("Every step was run, but this machine is not punctual at such ticks: 1 in 100 began more than a whole one late, %s.", readable.Micros(r.Late.P99))
	}
	return fmt.Sprintf("Every step was run, and 99 of 100 ticks began within %s, %s %% of a tick.", readable.Micros(r.Late.P99), readable.Digits(part, 2))
}

// lateRow is a row of the histogram: the part of the ticks that were at most so late, and later than the row before.
type lateRow struct {
	label string
	part  float64
}

func lateRows(h *hdrhistogram.Histogram) []lateRow {
	limits := []int64{500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000}
	rows := make([]lateRow, len(limits)+1)
	for i, l := range limits {
		rows[i].label = "to " + readable.Micros(float64(l)/1e3)
	}
	rows[len(limits)].label = "later"
	for _, b := range h.Distribution() {
		i := 0
		for i < len(limits) && b.To > limits[i] {
			i++
		}
		rows[i].part += float64(b.Count) / float64(max(1, h.TotalCount()))
	}
	for len(rows) > 1 && rows[len(rows)-1].part == 0 {
		rows = rows[:len(rows)-1]
	}
	return rows
}
