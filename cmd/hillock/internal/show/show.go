// Package show runs a session with its displays: the terminal or a log, browsers, systemd, and the summary at the end.
package show

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/signals"
	"hillock/cmd/hillock/internal/summary"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
)

// Options are the displays of a run.
type Options struct {
	In       io.Reader
	Out, Err io.Writer
	Plain    bool                           // a log instead of the scope, also on a terminal
	Format   terminal.Format                // of the log; "": lines for people, text for the log of a service
	Verbose  bool                           // the summary has all figures
	Summary  string                         // file for the summary as JSON; "": none
	Record   string                         // file for the inputs; "": none
	Read     func() (*config.Config, error) // reads the configuration again, for a reload
	Web      Web
	Version  string
}

// Longest waits at the end of a run: for a reader of the output, for the disk, and for the web server.
const (
	printPatience = 2 * time.Second
	diskPatience  = 5 * time.Second
	sitePatience  = 2 * time.Second
)

// logRoom is the room for log lines before a slow reader, in bytes: as much as a pipe of Linux holds.
const logRoom = 64 << 10

// Run runs a configuration and shows it, until its duration is over, ctx ends, or q is pressed. At every end the outputs are
// switched off and released before any text is written.
func Run(ctx context.Context, cfg *config.Config, hw session.Hardware, s session.Options, o Options) error {
	log := bounded.NewQueue(o.Err, logRoom)
	r := &run{Options: o, scope: !o.Plain && o.Format == "" && terminal.CanDraw(o.In, o.Out)}
	switch {
	case r.Format != "":
	case systemd.IsService():
		r.Format = terminal.Text
	default:
		r.Format = terminal.Lines
	}
	r.Err, r.log, r.logger = log, log, terminal.NewLogger(log, r.Format)
	var gone <-chan struct{} // closed when the log has no reader; a scope needs none, and a service keeps running without its journal
	if !r.scope && !systemd.IsService() {
		gone = log.Gone()
	}
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		defer stop()
		select {
		case <-gone:
		case <-ctx.Done():
		}
	})
	end, err := r.run(ctx, cfg, hw, s)
	stop()
	watch.Wait()
	if context.Cause(ctx) == (signals.First{Signal: syscall.SIGHUP}) {
		r.logger.Info("SIGHUP ended the run: only a service reads its file again: start the run again for a changed file")
	}
	err = errors.Join(err, log.Close(printPatience))
	select {
	case <-gone:
		err = errors.Join(err, fmt.Errorf("the log: %w", syscall.EPIPE))
	default:
	}
	if end == nil {
		return err
	}
	return errors.Join(err, r.report(end, o.Err), dark(end))
}

// dark returns an error for each LED with a refused pin at the end, such as one in use by another program.
func dark(end *session.Summary) (err error) {
	for _, out := range end.Pulsed {
		for _, f := range end.Broken() {
			if f.Part == out.Name {
				err = errors.Join(err, fmt.Errorf("output %s: the LED was dark at the end of the run: %s refused", out.Name, out.Pin))
			}
		}
	}
	return err
}

// run is a run with its displays.
type run struct {
	Options
	log     *bounded.Queue
	logger  *slog.Logger
	scope   bool // on a terminal, instead of a log
	session *session.Session
	site    *web.Site
	page    *terminal.Page

	searching atomic.Bool // for the hub of the class
}

// class returns the options of the board in its class, with a log.
func (r *run) class(given *class.Options) *class.Options {
	o := class.Options{}
	if given != nil {
		o = *given
	}
	o.Logger, o.Version = r.logger, r.Version
	if find := o.Find; find != nil {
		o.Find = func(ctx context.Context, class string) (address string, err error) {
			if !r.searching.Swap(true) { // further attempts are no news
				r.logger.Info("class: looking for the hub on this network", "class", class)
			}
			if address, err = find(ctx, class); err == nil {
				r.searching.Store(false)
				r.logger.Info("class: hub found", "class", class, "broker", address)
			}
			return address, err
		}
	}
	return &o
}

// run runs the session and closes everything afterwards. After an error of the loop the summary is nil.
func (r *run) run(ctx context.Context, cfg *config.Config, hw session.Hardware, s session.Options) (end *session.Summary, err error) {
	s.Service = systemd.IsService()
	s.Quiet, s.Traced = systemd.Quiet(), r.scope || r.Web.Addr != ""
	s.Reloaded = func(until *session.Summary) {
		r.site.Follow()
		summary.Log(r.logger, until, r.session.Status().Dropped-until.Dropped)
	}
	if r.Record != "" {
		s.Recorder = recording.New()
	}
	s.Class = r.class(s.Class)
	if r.session, err = session.Open(ctx, cfg, hw, s); err != nil {
		return nil, err
	}
	if r.Record != "" {
		written := r.record(s.Recorder)
		defer func() { err = errors.Join(err, written()) }() // after Close: no loop runs
	}
	defer func() { err = errors.Join(err, r.session.Close()) }()
	if err := r.serve(); err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, bounded.Call(sitePatience, "the web server", func() error { r.site.Close(); return nil }))
	}()
	service := systemd.New(r.session, r.logger)
	defer service.End()
	defer r.session.Rest() // before all others
	return r.watched(ctx, service, r.look)
}

// record writes a recording beside the run. Call written after the loop: it waits for the disk.
func (r *run) record(rec *recording.Recorder) (written func() error) {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer bounded.Caught(&err)
		err = outfile.Write(r.Record, r.Out, rec.Write)
	}()
	return func() error {
		rec.Close()
		if note := rec.Note(); note != "" {
			r.logger.Warn(note)
		}
		err := bounded.Call(diskPatience, r.Record, func() error { return <-done })
		if err = errors.Join(err, rec.Err()); err != nil {
			err = fmt.Errorf("--record: %w", err)
		}
		return err
	}
}

// watched runs the session with the display look, while the service reports to systemd.
func (r *run) watched(ctx context.Context, service *systemd.Service, look func(context.Context) error) (*session.Summary, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var watch sync.WaitGroup
	var broke error // panic of the watch itself
	watch.Go(func() {
		defer stop()
		defer bounded.Caught(&broke)
		service.Watch(ctx, r.Read)
	})
	end, err := r.session.Run(ctx, look)
	stop()
	watch.Wait()
	if broke != nil {
		return nil, errors.Join(err, broke)
	}
	return end, err
}

// look shows one configuration of the run until its loop ends.
func (r *run) look(ctx context.Context) error {
	if r.scope {
		if terminal.Is(r.Err) { // lines would go into the picture: they come after it
			defer r.log.Hold()()
		}
		return terminal.Scope(ctx, r.session, r.page, r.In, r.Out)
	}
	return terminal.Log(ctx, r.session, terminal.LogTo{W: r.Err, Logger: r.logger, Format: r.Format, Sparse: systemd.IsService()})
}

// report writes the summary: the file first, and the text even after an error of the file.
func (r *run) report(end *session.Summary, messages io.Writer) error {
	var err error
	if r.Summary != "" { // first: the text may have no reader
		err = bounded.Call(diskPatience, "--summary: "+r.Summary, func() error {
			return outfile.Write(r.Summary, r.Out, func(w io.Writer) error { return summary.JSON(w, end) })
		})
	}
	to := r.Out
	if r.Summary == "-" || r.Record == "-" { // standard output is for a program
		to = messages
	}
	return errors.Join(err, bounded.Call(printPatience, "the summary: standard output", func() error { return summary.Text(to, end, r.Verbose) }))
}
