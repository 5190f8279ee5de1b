// Package systemd reports a run to systemd, feeds its watchdog, and reloads the configuration at SIGHUP: see sd_notify(3).
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

// IsService reports whether systemd started the program with a notification socket.
func IsService() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// Run is the reported run.
type Run interface {
	Status() session.Status
	Reload(cfg *config.Config) error
}

// Service reports a run to systemd. A nil Service reports nothing.
type Service struct {
	run      Run
	logger   *slog.Logger
	watchdog time.Duration // longest silence before systemd restarts the program; 0: no limit
	reloads  chan os.Signal
	ready    bool
	fed      int64  // tick at the latest feeding of the watchdog
	status   string // the latest report
	refused  string // error of the latest reload
	deaf     bool   // the socket has no reader
}

// New returns the Service of a run, nil for a program not started by systemd.
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

// defaultQuiet is Quiet without a watchdog: three of the longest ticks.
const defaultQuiet = 3 * time.Second

// Quiet returns the longest time without a tick before the run counts as stalled.
func Quiet() time.Duration {
	if watchdog, err := daemon.SdWatchdogEnabled(false); err == nil && watchdog > 0 {
		return watchdog
	}
	return defaultQuiet
}

// End reports the end of the run.
func (s *Service) End() {
	if s != nil {
		signal.Ignore(syscall.SIGHUP)
		s.tell(daemon.SdNotifyStopping)
	}
}

// Watch reports the run until ctx ends. At SIGHUP read reads the configuration again, and the run changes to it. The watchdog is
// fed only while the loop makes ticks.
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
				f.cfg, f.err = read() // it may block
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

// report sends changes to systemd.
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

// beat returns the time between two reports: short enough for the watchdog and for the first tick.
func (s *Service) beat() time.Duration {
	switch {
	case !s.ready:
		return 20 * time.Millisecond
	case s.watchdog > 0:
		return min(time.Second, s.watchdog/3)
	}
	return time.Second
}

// refuse reports a failed reload.
func (s *Service) refuse(err error) {
	s.logger.Error("not reloaded: the old configuration keeps running", "reason", err)
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
	if err := Notify(state); err != nil && !s.deaf {
		s.deaf = true
		s.logger.Warn("systemd does not read notifications: " + err.Error())
	}
}

// notifyPatience is the longest wait of a notification for systemd to read earlier ones.
const notifyPatience = 500 * time.Millisecond

// Notify sends a state to systemd: see sd_notify(3). daemon.SdNotify would block without a reader.
func Notify(state string) error {
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

// Line returns a run in a line: rates, predictions, faults.
func Line(st *session.Status) string {
	if st.Tick.Due == 0 {
		return "starting"
	}
	var parts []string
	const few = 3 // neurons with a prediction and a current
	for _, n := range st.Neurons {
		if len(st.Neurons) > few {
			parts = append(parts, fmt.Sprintf("%s %.1f Hz", n.Name, n.Rate))
			continue
		}
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

// brief returns a text as a status of one line. systemd drops notifications of more than 4096 bytes.
func brief(s string) string {
	const most = 1000
	s = readable.OneLine(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
