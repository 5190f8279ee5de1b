// Package systemd reports a run to systemd, feeds its watchdog, and takes its wish to reload: see sd_notify(3).
package systemd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
)

// IsService reports whether systemd started the program and wants to hear of it.
func IsService() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// Run is the run that is reported.
type Run interface {
	Status() session.Status
	Reload(cfg *config.Config) error
}

// Service reports a run. Nil is a run that is no service.
type Service struct {
	run      Run
	logger   *slog.Logger
	watchdog time.Duration // beyond which systemd restarts a silent program; 0: never
	reloads  chan os.Signal
	ready    bool
	fed      int64  // the tick that the watchdog heard of last
	status   string // the latest
	refused  string // why the latest reload was
	deaf     bool   // nobody listens
}

// New returns what reports a run to systemd, nil where that did not start the program.
func New(run Run, logger *slog.Logger) *Service {
	if !IsService() {
		return nil
	}
	s := &Service{run: run, logger: logger, reloads: make(chan os.Signal, 1)}
	var err error
	if s.watchdog, err = daemon.SdWatchdogEnabled(false); err != nil {
		logger.Warn("no watchdog: " + err.Error())
	}
	signal.Notify(s.reloads, syscall.SIGHUP)
	return s
}

// defaultQuiet is how long a loop may make no tick where systemd has no watchdog for it: three of the longest ticks.
const defaultQuiet = 3 * time.Second

// Quiet returns how long the loop may make no tick before the run counts as stalled.
func Quiet() time.Duration {
	if watchdog, err := daemon.SdWatchdogEnabled(false); err == nil && watchdog > 0 {
		return watchdog
	}
	return defaultQuiet
}

// End says that the run is over.
func (s *Service) End() {
	if s != nil {
		signal.Ignore(syscall.SIGHUP)
		s.tell(daemon.SdNotifyStopping)
	}
}

// Watch reports on the run until ctx ends. Where systemd asks for it, read reads another configuration, and the run changes to
// it. The watchdog is fed only while the loop makes ticks.
func (s *Service) Watch(ctx context.Context, read func() (*config.Config, error)) {
	if s == nil {
		<-ctx.Done()
		return
	}
	beat := time.NewTicker(s.beat())
	defer beat.Stop()
	type file struct {
		cfg *config.Config
		err error
	}
	reloads, files := s.reloads, make(chan file, 1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-reloads:
			if s.ready {
				s.tell(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
			}
			reloads = nil // one at a time
			go func() {
				var f file
				defer func() { files <- f }()
				defer bounded.Caught(&f.err)
				f.cfg, f.err = read() // it may keep its reader waiting
			}()
		case f := <-files:
			if f.err == nil {
				f.err = s.run.Reload(f.cfg)
			}
			switch {
			case errors.Is(f.err, session.ErrOver):
				return
			case f.err != nil:
				s.refuse(f.err)
			default:
				s.refused, s.fed = "", 0
				if s.ready {
					s.tell(daemon.SdNotifyReady)
				}
				beat.Reset(s.beat())
			}
			reloads = s.reloads
		case <-beat.C:
			s.report(beat)
		}
	}
}

// report tells systemd what is new.
func (s *Service) report(beat *time.Ticker) {
	st := s.run.Status()
	if !s.ready && st.Ready() {
		s.ready = true
		s.tell(daemon.SdNotifyReady)
		beat.Reset(s.beat())
	}
	if st.Tick.Due > s.fed && s.watchdog > 0 {
		s.fed = st.Tick.Due
		s.tell(daemon.SdNotifyWatchdog)
	}
	if status := brief(Line(&st) + s.refused); status != s.status {
		s.status = status
		s.tell("STATUS=" + status)
	}
}

// beat is how often to look: often enough for the watchdog, and for the first tick.
func (s *Service) beat() time.Duration {
	switch {
	case !s.ready:
		return 20 * time.Millisecond
	case s.watchdog > 0:
		return min(time.Second, s.watchdog/3)
	}
	return time.Second
}

// refuse says why all stays as it is.
func (s *Service) refuse(err error) {
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

func (s *Service) tell(state string) {
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

// Line is a run in a line: rates, and what is wrong.
func Line(st *session.Status) string {
	if st.Tick.Due == 0 {
		return "starting"
	}
	var parts []string
	for _, n := range st.Neurons {
		parts = append(parts, fmt.Sprintf("%s %.1f Hz (%s) at %.2f nA", n.Name, n.Rate, n.Prediction, n.Current))
	}
	for _, f := range st.Broken() {
		parts = append(parts, fmt.Sprintf("%s %s: %s", f.Part, f.State, f.Cause))
	}
	if st.Tick.Skipped > 0 {
		parts = append(parts, readable.Count(st.Tick.Skipped, "tick")+" skipped")
	}
	return strings.Join(parts, "; ")
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
