// Package bench measures how late the ticks of a loop begin on this machine, and the cost of a tick.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/neuron"
)

// Result is the result of a measurement. Its keys are those of the JSON.
type Result struct {
	TickUs        float64              `json:"tick_us"`
	DTUs          float64              `json:"dt_us"`
	DurationS     float64              `json:"duration_s"`
	TicksDue      int64                `json:"ticks_due"`
	TicksRun      int64                `json:"ticks_run"`
	StepsDue      int64                `json:"steps_due"`
	StepsRun      int64                `json:"steps_run"`
	SkippedMs     float64              `json:"skipped_ms"`
	Late          session.Percentiles  `json:"lateness_us"`
	Wake          session.Percentiles  `json:"wakeup_us"` // of the ticks after a sleep
	Read          session.Percentiles  `json:"read_us"`
	Pulse         *session.Percentiles `json:"pulse_us,omitempty"` // nil without a pulse output
	CPUPercent    float64              `json:"cpu_percent"`        // of one core, for the whole program
	RSSMB         float64              `json:"rss_mb"`
	GCCount       uint32               `json:"gc_count"`
	AllocsPerTick float64              `json:"allocs_per_tick"` // of the whole program
	TickerDue     int64                `json:"ticker_ticks_due"`
	TickerRun     int64                `json:"ticker_ticks_run"` // by Go's time.Ticker
	Realtime      []string             `json:"realtime"`         // granted by the system

	where      string
	late       *hdrhistogram.Histogram
	lateTicks  int64
	readErrors int64
	missing    []string // refused by the system, each with its error

	interrupted bool // it covers only a part of the duration
}

// ErrInterrupted is the end of a context before the first tick, or before a report.
var ErrInterrupted = errors.New("the measurement was interrupted")

// Measure runs a configuration for a duration, and then counts the ticks of a plain time.Ticker for the same duration. It writes a
// line to messages at the start, and its progress to a terminal. If ctx ends early, the result covers the time until then, and has no
// report.
func Measure(ctx context.Context, messages io.Writer, cfg *config.Config, hw session.Hardware, realTime *clock.Real, duration time.Duration) (*Result, error) {
	warm := &warmUp{ticks: int64(duration/cfg.Loop.Tick) / 10, done: make(chan struct{})}
	s, err := session.Open(ctx, cfg, hw, session.Options{RealTime: realTime, Duration: duration, Observers: []neuron.Observer{warm}})
	if err != nil {
		return nil, err
	}
	each := config.FormatTime(duration)
	fmt.Fprintln(messages, readable.Fit(messages, fmt.Sprintf("bench on %s: ticks of %s for %s, then a time.Ticker for %s", hw.Where, config.FormatTime(cfg.Loop.Tick), each, each), 0))
	stop := progress(messages, "measuring the loop", duration)
	end, spent, err := measureRun(ctx, s, warm)
	stop()
	if err == nil && end.Tick.Run() == 0 && ctx.Err() != nil {
		err = ErrInterrupted // otherwise the result covers the time so far
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	loop, at, times := cfg.Loop, end.Tick, end.Times
	r := &Result{
		TickUs: float64(loop.Tick) / 1e3, DTUs: float64(loop.DT) / 1e3, DurationS: (time.Duration(at.Due) * loop.Tick).Seconds(),
		TicksDue: at.Due, TicksRun: at.Run(), StepsRun: at.Steps, StepsDue: stepsDue(loop, at.Due),
		SkippedMs: float64(at.Skipped) * readable.Milliseconds(loop.Tick) * loop.Speed, Late: times.Late, Wake: times.Wake, Read: times.Read,
		CPUPercent: 100 * float64(spent.cpu) / float64(max(1, spent.time)), RSSMB: residentBytes() / 1e6,
		GCCount: spent.collections, AllocsPerTick: float64(spent.allocs) / float64(max(1, at.Due-warm.ticks)),
		Realtime: end.Grant.Got, where: hw.Where, late: end.Began, lateTicks: times.LateTicks, readErrors: end.ReadErrors, missing: end.Grant.Missing,
	}
	if len(end.Pulsed) > 0 {
		r.Pulse = &times.Pulse
	}
	defer progress(messages, "comparing with a time.Ticker", duration)()
	r.TickerRun, r.TickerDue = ticker(ctx, loop.Tick, duration)
	r.interrupted = ctx.Err() != nil
	return r, nil
}

// stepsDue returns the number of steps due in a number of ticks.
func stepsDue(loop config.Loop, ticks int64) int64 {
	return int64(float64(ticks)*(float64(loop.Tick)*loop.Speed/float64(loop.DT)) + 1e-6)
}

// ticker counts the ticks of a plain time.Ticker, and the ticks due, in a duration or until ctx ends. A Ticker drops late ticks.
func ticker(ctx context.Context, tick, duration time.Duration) (ticks, due int64) {
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
