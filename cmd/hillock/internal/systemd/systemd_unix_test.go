//go:build unix

package systemd

import (
	"context"
	"errors"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

func TestWatchdogIsFedByTicksAlone(t *testing.T) {
	m := newManager(t)
	t.Setenv("NOTIFY_SOCKET", m.path)
	watch := func(ticks bool) {
		synctest.Test(t, func(t *testing.T) {
			b := sessiontest.New(t)
			s := &Service{run: b.Session, logger: slog.New(slog.DiscardHandler), watchdog: 3 * time.Second}
			ctx, cancel := context.WithTimeout(t.Context(), 10500*ms)
			defer cancel()
			if ticks {
				b.Run(t, 1)
			}
			s.Watch(ctx, nil)
		})
	}
	for _, tt := range []struct {
		ticks bool
		want  string
	}{
		{false, "STATUS=starting"}, // a loop before its first tick
		{true, "READY=1\nWATCHDOG=1\nSTATUS=n1 0.0 Hz (predicted 71.9 Hz) at 2.00 nA"}, // a stalled loop after it
	} {
		m.said = nil
		watch(tt.ticks)
		for m.hear(t, time.Second) {
		}
		if got := strings.Join(m.said, "\n"); got != tt.want {
			t.Errorf("ticks %v: got\n%s\nwant\n%s", tt.ticks, got, tt.want)
		}
	}
}

// fake is a run with its own Reload.
type fake struct {
	*session.Session
	reload func(*config.Config) error
}

func (f fake) Reload(cfg *config.Config) error { return f.reload(cfg) }

// A panic while reading the configuration fails the reload. The next reload may succeed.
func TestPanicOfAReaderFailsTheReload(t *testing.T) {
	b := sessiontest.New(t)
	m := newManager(t)
	t.Setenv("NOTIFY_SOCKET", m.path)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &Service{logger: slog.New(slog.DiscardHandler), reloads: make(chan os.Signal, 1)}
	s.reloads <- syscall.SIGHUP
	reads, refused := 0, ""
	read := func() (*config.Config, error) {
		if reads++; reads == 1 {
			s.reloads <- syscall.SIGHUP // for a second reload
			panic("a reader's own")
		}
		return b.Config, nil
	}
	s.run = fake{b.Session, func(*config.Config) error {
		refused = s.refused
		cancel()
		return nil
	}}
	if s.Watch(ctx, read); !strings.HasPrefix(refused, "; not reloaded: panic: a reader's own") || s.refused != "" {
		t.Errorf("got %q, and afterwards %q; want why it was not reloaded, and then nothing", refused, s.refused)
	}
}

func TestStatusIsShortEnough(t *testing.T) {
	if got := brief(strings.Repeat("µ", 3000) + "\nx"); len(got) > 1003 || !strings.HasSuffix(got, "µ...") {
		t.Errorf("got %d bytes, %s", len(got), got)
	}
}

// manager is systemd's end of the notification socket, with all messages so far.
type manager struct {
	*net.UnixConn
	path string
	said []string
}

func newManager(t *testing.T) *manager {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &manager{UnixConn: c, path: path}
}

// hear reads a message. It returns false without one in time.
func (m *manager) hear(t *testing.T, within time.Duration) bool {
	t.Helper()
	b := make([]byte, 4096)
	m.SetReadDeadline(time.Now().Add(within))
	n, err := m.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	m.said = append(m.said, string(b[:n]))
	return true
}
