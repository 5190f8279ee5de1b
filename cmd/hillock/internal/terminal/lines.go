package terminal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/readable"
)

// Format is the form of a log: for people or for programs.
type Format string

const (
	Lines Format = "lines" // for people
	Text  Format = "text"  // slog's key=value
	JSON  Format = "json"  // slog's, a line each
)

// NewLogger returns a logger that writes to w in a format.
func NewLogger(w io.Writer, f Format) *slog.Logger {
	switch f {
	case Text:
		return slog.New(slog.NewTextHandler(w, nil))
	case JSON:
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(&lines{w: w, began: time.Now()})
}

// lines is a slog.Handler for people. A line has the time since its start, the level of a warning or error, the message, and the
// attributes in brackets.
type lines struct {
	w     io.Writer
	began time.Time
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	text := fmt.Sprintf("%7s  ", elapsed(r.Time.Sub(l.began)))
	switch {
	case r.Level >= slog.LevelError:
		text += "error: "
	case r.Level >= slog.LevelWarn:
		text += "warning: "
	}
	text += r.Message
	var attrs []string
	add := func(a slog.Attr) bool {
		attrs = append(attrs, strings.ReplaceAll(a.Key, "_", " ")+" "+a.Value.String())
		return true
	}
	for _, a := range l.attrs {
		add(a)
	}
	r.Attrs(add)
	if len(attrs) > 0 {
		text += " (" + strings.Join(attrs, ", ") + ")"
	}
	_, err := fmt.Fprintln(l.w, readable.OneLine(text))
	return err
}

// WithAttrs implements slog.Handler.
func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *l
	with.attrs = append(with.attrs[:len(with.attrs):len(with.attrs)], attrs...)
	return &with
}

// WithGroup implements slog.Handler: people read keys without their groups.
func (l *lines) WithGroup(string) slog.Handler { return l }

// elapsed writes a time as 0:07, 1:00:07.
func elapsed(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
