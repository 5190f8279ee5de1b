package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
)

// isService tells whether systemd started the program and wants to hear of it: see sd_notify(3).
func isService() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// service tells systemd how the run is doing, and takes its wish to reload. Nil is a run that is no service.
type service struct {
	logger   *slog.Logger
	watchdog time.Duration // beyond which systemd restarts a silent program; 0: never
	reloads  chan os.Signal
	ready    bool
	status   string // the latest
	refused  string // why the latest reload was
	deaf     bool   // nobody listens
}

func newService(logger *slog.Logger) *service {
	if !isService() {
		return nil
	}
	s := &service{logger: logger, reloads: make(chan os.Signal, 1)}
	var err error
	if s.watchdog, err = daemon.SdWatchdogEnabled(false); err != nil {
		logger.Warn("no watchdog: " + err.Error())
	}
	signal.Notify(s.reloads, syscall.SIGHUP)
	return s
}

// end says that the run is over.
func (s *service) end() {
	if s != nil {
		signal.Ignore(syscall.SIGHUP)
		s.tell(daemon.SdNotifyStopping)
	}
}

// watch reports on a run until ctx ends, or until a reload has given what follows it: another configuration is read, and
// the run changed to it. The watchdog is fed only while the loop makes ticks.
func (s *service) watch(ctx context.Context, v *view, read func() (*config.Config, error), change func(*config.Config) (*leg, error)) *leg {
	if s == nil {
		return nil
	}
	if s.ready { // a reload is over
		s.tell(daemon.SdNotifyReady)
	}
	beat := time.NewTicker(s.beat())
	defer beat.Stop()
	type file struct {
		cfg *config.Config
		err error
	}
	reloads, files := s.reloads, make(chan file, 1)
	var now snapshot
	fed := int64(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-reloads:
			if s.ready {
				s.tell(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
			}
			reloads = nil // one at a time
			go func() {
				var f file
				defer func() { files <- f }()
				defer caught(&f.err)
				f.cfg, f.err = read() // it may keep its reader waiting
			}()
		case f := <-files:
			var next *leg
			if f.err == nil {
				next, f.err = change(f.cfg)
			}
			if f.err == nil {
				s.refused = ""
				return next
			}
			s.refuse(f.err)
			reloads = s.reloads
		case <-beat.C:
			v.monitor.read(&now)
			if !s.ready && now.tick.Due > 0 && v.inputsAreValid() {
				s.ready = true
				s.tell(daemon.SdNotifyReady)
				beat.Reset(s.beat())
			}
			if now.tick.Due > fed && s.watchdog > 0 {
				fed = now.tick.Due
				s.tell(daemon.SdNotifyWatchdog)
			}
			if status := brief(v.status(&now) + s.refused); status != s.status {
				s.status = status
				s.tell("STATUS=" + status)
			}
		}
	}
}

// beat is how often to look: often enough for the watchdog, and for the first tick.
func (s *service) beat() time.Duration {
	switch {
	case !s.ready:
		return 20 * time.Millisecond
	case s.watchdog > 0:
		return min(time.Second, s.watchdog/3)
	}
	return time.Second
}

// refuse says why all stays as it is.
func (s *service) refuse(err error) {
	s.logger.Error("not reloaded: the neuron goes on as it was", "reason", err)
	first, rest, _ := strings.Cut(err.Error(), "\n")
	s.refused = "; not reloaded: " + first
	if rest != "" {
		s.refused += fmt.Sprintf(", and %d more: see the log", 1+strings.Count(rest, "\n"))
	}
	if s.ready {
		s.tell(daemon.SdNotifyReady)
	}
}

func (s *service) tell(state string) {
	if err := notify(state); err != nil && !s.deaf {
		s.deaf = true
		s.logger.Warn("systemd does not listen: " + err.Error())
	}
}

// notifyPatience is how long a notification waits for systemd to read those before it.
const notifyPatience = 500 * time.Millisecond

// notify sends a state to systemd: see sd_notify(3). daemon.SdNotify waits for ever where nobody reads.
func notify(state string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: os.Getenv("NOTIFY_SOCKET"), Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(notifyPatience)); err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return err
}

// inputsAreValid tells whether each input has answered.
func (v *view) inputsAreValid() bool {
	for _, in := range v.cfg.Inputs {
		if r := v.board.Inputs[in.Name].Reading(); r.State != board.OK || r.Fault != nil {
			return false
		}
	}
	return true
}

// status is a run in a line: rates, and what is wrong.
func (v *view) status(now *snapshot) string {
	if now.tick.Due == 0 {
		return "starting"
	}
	var parts []string
	for i, n := range v.running().Neurons {
		parts = append(parts, v.rate(n, now, i))
	}
	for _, f := range v.faults() {
		if f.text != "" {
			parts = append(parts, fmt.Sprintf("%s %s: %s", f.part, f.state, f.text))
		}
	}
	if now.tick.Skipped > 0 {
		parts = append(parts, readable.Count(now.tick.Skipped, "tick")+" skipped")
	}
	return strings.Join(parts, "; ")
}

func (v *view) rate(n config.Neuron, now *snapshot, i int) string {
	c := &now.cells[i]
	return fmt.Sprintf("%s %.1f Hz (%s) at %.2f nA", n.Name, c.rate(now.tick.Steps, v.cfg.Loop.DT), session.Now(n, v.cfg.Inputs, c.current), c.current)
}

// brief is a text as a status: in a line, and short enough for systemd, which drops what is longer than 4096 bytes.
func brief(s string) string {
	const most = 1000
	s = readable.OneLine(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
