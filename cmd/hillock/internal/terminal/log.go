package terminal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
)

// Log writes a line a second for each neuron of a run, and one for each fault that comes or goes, until ctx ends. Where the log
// is kept it is sparse: a line a minute.
func Log(ctx context.Context, run Run, w io.Writer, sparse bool) error {
	l := &logger{run: run, w: w, Logger: slog.New(slog.NewTextHandler(w, nil)), faults: map[string]string{}}
	l.status = run.Status()
	l.speed, l.granted = l.status.Config.Loop.Speed, l.status.Reloads > 0
	if l.status.Reloads == 0 {
		fmt.Fprintln(w, intro(&l.status))
	}
	every := time.NewTicker(time.Second)
	defer every.Stop()
	requests, stop := reportRequests()
	defer stop()
	for seconds := 0; ; {
		select {
		case <-ctx.Done():
			l.status = run.Status()
			l.skips()
			return nil
		case <-requests:
			fmt.Fprintln(w, strings.Join(run.Times().Rows(), "\n"))
			continue
		case <-every.C:
		}
		l.status = run.Status()
		l.grant()
		if l.status.Tick.Due == 0 { // a tick is longer than this
			continue
		}
		l.changes()
		late := run.Times().Late
		l.overload()
		if seconds++; sparse && seconds%60 != 1 {
			continue
		}
		for i := range l.status.Neurons {
			l.neuron(i, late)
		}
	}
}

// logger is the log of a run, with what is in it already.
type logger struct {
	*slog.Logger
	run     Run
	w       io.Writer
	status  session.Status
	faults  map[string]string // by part
	skipped session.Skipped
	speed   float64
	granted bool // the real time is told
	slow    bool
}

// intro is the line that says what runs where.
func intro(st *session.Status) string {
	file := st.Config.File
	if file == "" {
		file = "built-in"
	}
	return fmt.Sprintf("hillock on %s: %s, %s", st.Where, file, pace(st.Config.Loop.Speed))
}

// pace is a speed in words.
func pace(speed float64) string {
	switch {
	case speed == 1:
		return "in real time"
	case speed < 1:
		return strconv.FormatFloat(readable.Round(1/speed), 'f', -1, 64) + " times slower than real time"
	}
	return strconv.FormatFloat(readable.Round(speed), 'f', -1, 64) + " times faster than real time"
}

// grant writes what the loop got of real time, once.
func (l *logger) grant() {
	g := l.status.Grant
	if g == nil || l.granted {
		return
	}
	l.granted = true
	attrs := []any{"got", strings.Join(g.Got, ", ")}
	if len(g.Missing) > 0 {
		attrs = append(attrs, "missing", strings.Join(g.Missing, "; "))
	}
	l.Info("real time", attrs...)
}

// changes writes what changed of faults, skipped ticks and speed since the last time.
func (l *logger) changes() {
	for _, f := range l.status.Parts() {
		is := ""
		if f.Cause != "" {
			is = f.State + f.Cause
		}
		switch {
		case is == l.faults[f.Part]:
			continue
		case is == "":
			l.Info("works again", "part", f.Part)
		default:
			l.Warn(f.Cause, "part", f.Part, "state", f.State)
		}
		l.faults[f.Part] = is
	}
	l.skips()
	if l.status.Speed != l.speed {
		l.speed = l.status.Speed
		l.Info("the model's speed was changed", "speed", l.speed)
	}
}

// skips writes what was skipped since the last time.
func (l *logger) skips() {
	now := l.status.Skipped
	if n := now.Ticks - l.skipped.Ticks; n > 0 {
		l.Warn("the loop fell behind: missed time was skipped", "ticks", n,
			"model_time", readable.Seconds((now.Model - l.skipped.Model).Seconds()), "max_lag", l.status.Config.Loop.MaxLag)
	}
	l.skipped = now
}

// overload writes when the ticks begin to be too much for the machine, and when they fit again.
func (l *logger) overload() {
	text := l.status.Overload.String()
	if (text != "") == l.slow {
		return
	}
	if l.slow = text != ""; l.slow {
		l.Warn(text)
	} else {
		l.Info("the ticks fit again")
	}
}

// neuron writes the line of a neuron.
func (l *logger) neuron(i int, late session.Percentiles) {
	st, n := &l.status, l.status.Neurons[i]
	round := readable.Round
	attrs := []any{"neuron", n.Name, "v_mv", round(n.V), "current_na", round(n.Current), "spikes", n.Spikes, "rate_hz", round(n.Rate)}
	if p := n.Prediction; p.Exists() {
		attrs = append(attrs, "predicted_hz", round(p.Hz))
	} else {
		attrs = append(attrs, "no_prediction", p.Reason)
	}
	if st.Config.Loop.Speed != 1 || st.Tick.Skipped > 0 {
		attrs = append(attrs, "real_time_hz", round(n.RealTimeRate))
	}
	for k, out := range st.Config.Outputs {
		if text := st.Outputs[k].Note(); text != "" && out.Neuron == n.Name {
			attrs = append(attrs, out.Name+"_note", text)
		}
	}
	for _, name := range st.Config.Neurons[i].Inputs {
		in := st.Input(name)
		if in.Reading.Raw < 0 { // nobody turns it
			attrs = append(attrs, name+"_na", round(in.Reading.Current))
			continue
		}
		attrs = append(attrs, name, fmt.Sprintf("%.1f%%", 100*in.Reading.Position))
		if n := in.Note.String(); n != "" {
			attrs = append(attrs, name+"_note", n)
		}
	}
	if late.N > 0 {
		attrs = append(attrs, "late_p50_us", round(late.P50), "late_p99_us", round(late.P99), "late_p999_us", round(late.P999), "late_max_us", round(late.Max))
	}
	l.Info("run", attrs...)
}
