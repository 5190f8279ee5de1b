// Package show runs a session and shows it everywhere that is asked for: on a terminal or in a log, in browsers, to systemd, and
// at its end as a summary.
package show

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/summary"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
)

// Options say how a run is shown.
type Options struct {
	In       io.Reader
	Out, Err io.Writer
	Plain    bool                           // a log instead of the scope, also on a terminal
	Format   terminal.Format                // of the log; "": lines for people, text for the log of a service
	Verbose  bool                           // the summary has all figures
	Summary  string                         // the file that the summary is written to as JSON; "": none
	Read     func() (*config.Config, error) // reads the configuration again
	Web      Web
	Version  string
}

// How long the end of a run waits: for a reader of what is printed, for the disk that takes the summary, and for the server.
const (
	printPatience = 2 * time.Second
	diskPatience  = 5 * time.Second
	sitePatience  = 2 * time.Second
)

// logRoom is how much of the log waits for a slow reader, in bytes: as much as a pipe of Linux holds.
const logRoom = 64 << 10

// Run runs a configuration until its end, ctx's, or that of the person at the terminal, and shows it. However it ends, the
// outputs are off and released before a word of it is written.
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
	r.Err, r.logger = log, terminal.NewLogger(log, r.Format)
	var gone <-chan struct{} // closed when the log has no reader; a scope needs none, and a service outlives its journal
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
	err = errors.Join(err, log.Close(printPatience))
	select {
	case <-gone:
		err = errors.Join(err, fmt.Errorf("the log: %w", syscall.EPIPE))
	default:
	}
	if end == nil {
		return err
	}
	return errors.Join(err, r.report(end, o.Err))
}

// run is a run that is shown.
type run struct {
	Options
	logger  *slog.Logger
	scope   bool // a person looks at a terminal
	session *session.Session
	site    *web.Site
	page    *terminal.Page
}

// run runs the session, and closes what it had open. The summary is nil where the loop did not end as it should.
func (r *run) run(ctx context.Context, cfg *config.Config, hw session.Hardware, s session.Options) (end *session.Summary, err error) {
	s.Quiet, s.Traced = systemd.Quiet(), r.scope || r.Web.Addr != ""
	s.Reloaded = func(until *session.Summary) {
		r.site.Follow()
		summary.Log(r.logger, until)
	}
	if r.session, err = session.Open(ctx, cfg, hw, s); err != nil {
		return nil, err
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
	defer r.session.Rest() // before all of these
	return r.watched(ctx, service, r.look)
}

// watched runs the session, which look shows, while the service reports it.
func (r *run) watched(ctx context.Context, service *systemd.Service, look func(context.Context) error) (*session.Summary, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var watch sync.WaitGroup
	var broke error // the watch itself
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

// look shows one configuration of the run.
func (r *run) look(ctx context.Context) error {
	if r.scope {
		return terminal.Scope(ctx, r.session, r.page, r.In, r.Out)
	}
	return terminal.Log(ctx, r.session, terminal.LogTo{W: r.Err, Logger: r.logger, Format: r.Format, Sparse: systemd.IsService()})
}

// report writes the summary of a run that has ended: the text also where the file cannot be written.
func (r *run) report(end *session.Summary, messages io.Writer) error {
	var err error
	if r.Summary != "" { // first: nobody may be left to read the text
		err = bounded.Call(diskPatience, "--summary: "+r.Summary, func() error {
			return outfile.Write(r.Summary, r.Out, func(w io.Writer) error { return summary.JSON(w, end) })
		})
	}
	to := r.Out
	if r.Summary == "-" { // standard output has the JSON
		to = messages
	}
	return errors.Join(err, bounded.Call(printPatience, "the summary: standard output", func() error { return summary.Text(to, end, r.Verbose) }))
}
