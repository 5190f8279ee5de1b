package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/neuron"
)

// view is what a person sees of a run: the scope on a terminal, or a log line a second.
type view struct {
	cfg     *config.Config
	board   *board.Board
	virtual *board.Virtual // nil on real hardware
	wires   *wires         // the virtual Pi's
	monitor *monitor
	record  *trace.Record // every step, for those who look; nil where nobody does
	where   string
	page    *webPage                    // nil where browsers do not find it
	reloads int                         // of the configuration until now
	grant   atomic.Pointer[clock.Grant] // what the loop got of real time, once it has asked

	atSpeed  func(speed float64) error     // lets the model run at another speed; nil where nothing runs
	adjusted atomic.Pointer[config.Config] // cfg with what was changed of its neurons and its speed while they run

	now snapshot
}

// running is the configuration as it runs now: the parts of cfg, with what was changed since.
func (v *view) running() *config.Config {
	if cfg := v.adjusted.Load(); cfg != nil {
		return cfg
	}
	return v.cfg
}

// pull makes one of trials so on the virtual Pi.
func (v *view) pull(trial int) { v.wires.pull(trial, v.running()) }

// patience is how long the loop waits for a part: beyond the slowest bus that somebody would call slow and not broken,
// and short enough that what it then catches up with is hardly seen on an LED. Looking so often costs 0.3 % of a core.
const patience = 25 * time.Millisecond

// onWall makes the loop one of the wall's time: it asks for the real time that the configuration wants, and does not wait
// for a part that hangs.
func (v *view) onWall(loop *neuron.Loop, wall *clock.Wall) {
	loop.Patience = patience
	loop.Ready = func() error {
		l := v.cfg.Loop
		g, err := wall.Enter(clock.Options{Realtime: clock.Mode(l.Realtime), Spin: l.Spin, CPU: l.CPU})
		if err == nil {
			v.grant.Store(&g)
		}
		return err
	}
}

// tapSteps is how many steps a tap keeps: 6.5 s at life's speed and 0.1 ms, for a record that nobody looks at for as long.
const tapSteps = 1 << 16

// given is the least and the most that a neuron's inputs can give together, nA.
func given(cfg *config.Config, b *board.Board, n config.Neuron) (low, high float64) {
	for _, in := range cfg.Inputs {
		if slices.Contains(n.Inputs, in.Name) {
			l, h := b.Range(in)
			low, high = low+l, high+h
		}
	}
	return low, high
}

// recordSteps lets people look at each step of a loop.
func (v *view) recordSteps(loop *neuron.Loop) {
	tap := neuron.NewTap(len(loop.Cells), tapSteps)
	loop.Observers = append(loop.Observers, tap)
	var windows []trace.Window
	for _, n := range v.cfg.Neurons {
		low, high := v.currents(n)
		windows = append(windows, trace.NewWindow((high-low)/50, n.Params))
	}
	v.record = trace.NewRecord(tap, windows)
}

// intro is the line that says what runs where.
func (v *view) intro() string {
	file := v.cfg.File
	if file == "" {
		file = "built-in"
	}
	return fmt.Sprintf("hillock on %s: %s, %s", v.where, file, pace(v.running().Loop.Speed))
}

// pace is a speed in words.
func pace(speed float64) string {
	switch {
	case speed == 1:
		return "at life's speed"
	case speed < 1:
		return strconv.FormatFloat(readable.Round(1/speed), 'f', -1, 64) + "x slower than life"
	}
	return strconv.FormatFloat(readable.Round(speed), 'f', -1, 64) + "x faster than life"
}

// log writes a line a second for each neuron, a minute where it is a service, whose log is kept, and one for each fault that
// comes or goes, until ctx ends.
func (v *view) log(ctx context.Context, cmd *cobra.Command) error {
	if v.reloads == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), v.intro())
	}
	logger := newLogger(cmd)
	every := time.NewTicker(time.Second)
	defer every.Stop()
	requests, stop := reportRequests()
	defer stop()
	faults := map[string]string{}
	since, speed, granted, slow := skipped{}, v.running().Loop.Speed, v.reloads > 0, false
	for seconds := 0; ; {
		select {
		case <-ctx.Done():
			v.monitor.read(&v.now)
			v.logSkipped(logger, since)
			return nil
		case <-requests:
			fmt.Fprintln(cmd.ErrOrStderr(), strings.Join(v.monitor.times.fresh().rows(), "\n"))
			continue
		case <-every.C:
		}
		if g := v.grant.Load(); g != nil && !granted {
			granted = true
			attrs := []any{"got", strings.Join(g.Got, ", ")}
			if len(g.Missing) > 0 {
				attrs = append(attrs, "missing", strings.Join(g.Missing, "; "))
			}
			logger.Info("real time", attrs...)
		}
		v.monitor.read(&v.now)
		if v.now.tick.Due == 0 { // a tick is longer than this
			continue
		}
		v.logFaults(logger, faults)
		since = v.logSkipped(logger, since)
		if v.now.speed != speed {
			speed = v.now.speed
			logger.Info("the model's speed was changed", "speed", speed)
		}
		late := v.monitor.times.fresh().Late
		if text := overload(v.now.cost, v.running()); (text != "") != slow {
			if slow = text != ""; slow {
				logger.Warn(text)
			} else {
				logger.Info("the ticks fit again")
			}
		}
		if seconds++; isService() && seconds%60 != 1 {
			continue
		}
		cfg := v.running()
		for i, n := range cfg.Neurons {
			c := v.now.cells[i]
			rate := c.rate(v.now.tick.Steps, cfg.Loop.DT)
			attrs := []any{"neuron", n.Name, "v_mv", readable.Round(c.v), "current_na", readable.Round(c.current), "spikes", c.spikes, "rate_hz", readable.Round(rate)}
			if p := session.Now(n, cfg.Inputs, c.current); p.Exists() {
				attrs = append(attrs, "predicted_hz", readable.Round(p.Hz))
			} else {
				attrs = append(attrs, "no_prediction", p.Reason)
			}
			if cfg.Loop.Speed != 1 || v.now.tick.Skipped > 0 {
				attrs = append(attrs, "wall_hz", readable.Round(c.blinks(v.now.tick.Began)))
			}
			for _, out := range cfg.Outputs {
				if text := merging(cfg, n, rate, out); text != "" {
					attrs = append(attrs, out.Name+"_note", text)
				}
			}
			for _, in := range n.Inputs {
				r := v.board.Inputs[in].Reading()
				if r.Raw < 0 { // nobody turns it
					attrs = append(attrs, in+"_na", readable.Round(r.Current))
					continue
				}
				attrs = append(attrs, in, fmt.Sprintf("%.1f%%", 100*r.Position))
				if n := note(r); n != "" {
					attrs = append(attrs, in+"_note", n)
				}
			}
			if late.n > 0 {
				attrs = append(attrs, "late_p50_us", readable.Round(late.P50), "late_p99_us", readable.Round(late.P99), "late_p999_us", readable.Round(late.P999), "late_max_us", readable.Round(late.Max))
			}
			logger.Info("run", attrs...)
		}
	}
}

func newLogger(cmd *cobra.Command) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
}

// logSkipped writes what was skipped since so much was, and returns what that is in all.
func (v *view) logSkipped(logger *slog.Logger, since skipped) skipped {
	now := v.now.skipped
	if n := now.ticks - since.ticks; n > 0 {
		logger.Warn("the loop fell behind: missed time was skipped", "ticks", n,
			"model_time", readable.Seconds((now.model - since.model).Seconds()), "max_lag", v.cfg.Loop.MaxLag)
	}
	return now
}

// logFaults writes what changed of the faults since the last time.
func (v *view) logFaults(logger *slog.Logger, was map[string]string) {
	for _, f := range v.faults() {
		is := ""
		if f.text != "" {
			is = f.state + f.text
		}
		switch {
		case is == was[f.part]:
			continue
		case is == "":
			logger.Info("works again", "part", f.part)
		default:
			logger.Warn(f.text, "part", f.part, "state", f.state)
		}
		was[f.part] = is
	}
}

// fault is what is wrong with a part, "" when nothing is.
type fault struct{ part, state, text string }

// faults are all the parts, in the order of the configuration, with what is wrong with each.
func (v *view) faults() []fault {
	var all []fault
	for _, in := range v.cfg.Inputs {
		r := v.board.Inputs[in.Name].Reading()
		f := fault{part: in.Name, state: r.State.String()}
		if r.Fault != nil {
			f.text = r.Fault.Error()
		}
		all = append(all, f)
	}
	for _, out := range v.cfg.Outputs {
		f := fault{part: out.Name, state: "refused"}
		if err := faultOf(v.board, out); err != nil {
			f.text = err.Error()
		}
		all = append(all, f)
	}
	return all
}

// faultOf is what is wrong with an output, nil when nothing is.
func faultOf(b *board.Board, out config.Output) error { return b.Outputs[out.Name].Fault() }

// note is what a person should know of a reading, "" when it is as it should be.
func note(r board.Reading) string {
	switch {
	case r.State != board.OK:
		return r.State.String()
	case r.Raw == 0:
		return "reads 0: the knob's end, or a wire: turn it up to see, or run hillock doctor"
	}
	return ""
}

// merging says that the pulses of an output run into each other at a firing rate in Hz of model time, "" when they do not.
func merging(cfg *config.Config, n config.Neuron, rate float64, out config.Output) string {
	_, opts := ledOf(out)
	hz := rate * cfg.Loop.Speed / float64(max(1, opts.Every))
	if !isLED(out) || out.Neuron != n.Name || hz*opts.Width.Seconds() < 1 {
		return ""
	}
	return fmt.Sprintf("%s stays lit: its pulses of %v run together, one comes every %s", out.Name, opts.Width, readable.Seconds(1/hz))
}
