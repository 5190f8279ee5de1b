package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"hillock/config"
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

// watch reports on a run until ctx ends, or until a reload has given what follows it. The watchdog is fed only while the
// loop makes ticks.
func (s *service) watch(ctx context.Context, v *view, reload func() (*leg, error)) *leg {
	if s == nil {
		return nil
	}
	if s.ready { // a reload is over
		s.tell(daemon.SdNotifyReady)
	}
	beat := time.NewTicker(s.beat())
	defer beat.Stop()
	var now snapshot
	fed := int64(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.reloads:
			if next := s.reload(reload); next != nil {
				return next
			}
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
			if status := oneLine(v.status(&now) + s.refused); status != s.status {
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

// reload gives what follows, or nil, with the reason in the log and the status, when all stays as it is.
func (s *service) reload(load func() (*leg, error)) *leg {
	if s.ready {
		s.tell(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	}
	next, err := load()
	if err == nil {
		s.refused = ""
		return next
	}
	s.logger.Error("not reloaded: the neuron goes on as it was", "reason", err)
	s.refused = "; not reloaded: " + err.Error()
	if s.ready {
		s.tell(daemon.SdNotifyReady)
	}
	return nil
}

func (s *service) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.logger.Warn("systemd does not listen: " + err.Error())
	}
}

// inputsAreValid tells whether each input has answered.
func (v *view) inputsAreValid() bool {
	for _, in := range v.cfg.Inputs {
		if v.board.Knobs[in.Name].Reading().Fault != nil {
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
	for i, n := range v.cfg.Neurons {
		parts = append(parts, v.rate(n, now, i))
	}
	for _, f := range v.faults() {
		if f.text != "" {
			parts = append(parts, fmt.Sprintf("%s %s: %s", f.part, f.state, f.text))
		}
	}
	if now.tick.Skipped > 0 {
		parts = append(parts, count(now.tick.Skipped, "tick")+" skipped")
	}
	return strings.Join(parts, "; ")
}

func (v *view) rate(n config.Neuron, now *snapshot, i int) string {
	c := &now.cells[i]
	return fmt.Sprintf("%s %.1f Hz (predicted %.1f) at %.2f nA", n.Name, c.rate(now.tick.Steps, v.cfg.Loop.DT), n.DiscreteRate(c.current), c.current)
}

// oneLine keeps a text from ending a message early.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }
