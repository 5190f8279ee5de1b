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

// LogTo is the destination and form of a log.
type LogTo struct {
	W      io.Writer
	Logger *slog.Logger // to W, in Format
	Format Format
	Sparse bool // a line a minute for each neuron: for a log that is kept
}

// Log writes a line a second for each neuron of a run, and one for each change: faults, lateness, speed. It returns when ctx ends.
func Log(ctx context.Context, run Run, to LogTo) error {
	l := &logger{Logger: to.Logger, w: to.W, run: run, people: to.Format == Lines, said: map[string]string{}, gains: map[string]float64{}, edgesGone: map[string]int64{}}
	l.status = run.Status()
	l.speed, l.granted, l.dropped = l.status.Config.Loop.Speed, l.status.Reloads > 0, l.status.Dropped
	for _, in := range l.status.SpikeInputs {
		if in.Edges != nil {
			l.edgesGone[in.Name] = in.Edges.Lost + in.Edges.Dropped
		}
	}
	if l.status.Reloads == 0 {
		l.begin()
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
			l.times()
			continue
		case <-every.C:
		}
		l.status = run.Status()
		l.grant()
		if l.status.Tick.Due == 0 { // a tick is longer than this
			continue
		}
		l.changes()
		times := run.Times()
		l.late(times)
		l.overload()
		seconds++
		full := !to.Sparse || seconds%60 == 1
		switch {
		case l.people:
			l.forPeople(full)
		case full:
			for i := range l.status.Neurons {
				l.record(i, times.Late)
			}
			l.spikeRecords()
			l.netRecords()
		}
	}
}

// logger writes the log of a run.
type logger struct {
	*slog.Logger
	w         io.Writer
	run       Run
	people    bool // for people: unchanged notes are not repeated
	status    session.Status
	said      map[string]string  // latest text by subject
	gains     map[string]float64 // in the latest line about a synapse's gain
	skipped   session.Skipped
	edgesGone map[string]int64 // lost and dropped edges in the latest line about them
	dropped   int64            // arrivals, at the latest line about skipped time
	ticks     session.Lateness // at the latest line about it
	speed     float64
	granted   bool // the real-time permissions are in the log
	slow      bool
}

// begin writes the first line: Pi, configuration, speed.
func (l *logger) begin() {
	st := &l.status
	file := st.Config.File
	if file == "" {
		file = "built-in configuration"
	}
	if l.people {
		fmt.Fprintf(l.w, "hillock on %s, %s, %s\n", st.Where, file, pace(l.speed))
		return
	}
	l.Info("run begins", "where", st.Where, "configuration", file, "speed", l.speed)
}

// intro returns the first line of the scope: Pi, configuration, speed.
func intro(st *session.Status) string {
	file := st.Config.File
	if file == "" {
		file = "built-in"
	}
	return fmt.Sprintf("hillock on %s: %s, %s", st.Where, file, pace(st.Config.Loop.Speed))
}

// pace returns a speed in words.
func pace(speed float64) string {
	switch {
	case speed == 1:
		return "in real time"
	case speed < 1:
		return strconv.FormatFloat(readable.Round(1/speed), 'f', -1, 64) + " times slower than real time"
	}
	return strconv.FormatFloat(readable.Round(speed), 'f', -1, 64) + " times faster than real time"
}

// grant writes the real-time permissions of the loop, once.
func (l *logger) grant() {
	g := l.status.Grant
	if g == nil || l.granted {
		return
	}
	l.granted = true
	if g.Risk != "" {
		l.Warn(g.Risk + `: realtime = "auto" avoids it`)
	}
	if l.people && len(g.Missing) == 0 {
		return
	}
	attrs := []any{"got", strings.Join(g.Got, ", ")}
	if len(g.Missing) > 0 {
		attrs = append(attrs, "missing", g.Lacks())
	}
	l.Info("real time", attrs...)
}

// says reports whether a text is new for its subject. The first text of a subject is compared with "".
func (l *logger) says(subject, text string) bool {
	if l.said[subject] == text {
		return false
	}
	l.said[subject] = text
	return true
}

// changes writes changed faults, skipped ticks, and a changed speed.
func (l *logger) changes() {
	for _, f := range l.status.Parts() {
		fault := ""
		if f.Cause != "" {
			fault = f.State + " " + f.Cause // an input that was held and is now lost is news
		}
		switch {
		case !l.says(f.Part, fault):
		case f.Cause == "":
			l.Info("works again", "part", f.Part)
		default:
			l.Warn(f.Cause, "part", f.Part, "state", f.State)
		}
	}
	l.skips()
	l.edgesLost()
	if l.status.Speed != l.speed {
		l.speed = l.status.Speed
		l.Info("the model's speed was changed", "speed", l.speed)
	}
}

// skips writes the number of newly skipped ticks.
func (l *logger) skips() {
	now := l.status.Skipped
	if n := now.Ticks - l.skipped.Ticks; n > 0 {
		attrs := []any{"ticks", n, "model_time", readable.Seconds((now.Model - l.skipped.Model).Seconds()),
			"max_lag", readable.Seconds(l.status.Config.Loop.MaxLag.Seconds())}
		if dropped := l.status.Dropped - l.dropped; dropped > 0 {
			attrs = append(attrs, "arrivals_dropped", dropped)
		}
		l.Warn("the loop fell behind: missed time was skipped", attrs...)
	}
	l.skipped, l.dropped = now, l.status.Dropped
}

// late warns people of a bad latest second. Records have percentiles instead.
func (l *logger) late(times session.Times) {
	now := times.Lateness(l.status.Config.Loop.Tick, session.Skipped{})
	since := now
	since.Ticks, since.Late = now.Ticks-l.ticks.Ticks, now.Late-l.ticks.Late
	l.ticks = now
	if l.people && since.Bad() {
		l.Warn(fmt.Sprintf("late: %d of %d ticks began more than %s late", since.Late, since.Ticks, readable.Seconds(since.Tick.Seconds())))
	}
}

// overload writes the beginning and the end of an overload.
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

// times writes the lateness and the times of all ticks so far.
func (l *logger) times() {
	t, st := l.run.Times(), l.run.Status()
	late := t.Lateness(st.Config.Loop.Tick, st.Skipped)
	if l.people {
		fmt.Fprintf(l.w, "ticks      %s\n%s\n", late, strings.Join(t.Rows(), "\n"))
		return
	}
	attrs := []any{"ticks", late.Ticks, "late_ticks", late.Late, "skipped_ticks", st.Skipped.Ticks}
	for _, p := range []struct {
		name string
		of   session.Percentiles
	}{{"late", t.Late}, {"wakeup", t.Wake}, {"read", t.Read}, {"pulse", t.Pulse}, {"tick", t.Ran}} {
		attrs = append(attrs, percentiles(p.name, p.of)...)
	}
	l.Info("times", attrs...)
}

// percentiles returns attributes, none for an empty histogram.
func percentiles(name string, p session.Percentiles) []any {
	if p.N == 0 {
		return nil
	}
	return []any{name + "_p50_us", readable.Round(p.P50), name + "_p99_us", readable.Round(p.P99), name + "_p999_us", readable.Round(p.P999), name + "_max_us", readable.Round(p.Max)}
}
