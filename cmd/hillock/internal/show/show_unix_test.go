//go:build unix

package show

import (
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/hw/clock"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// broken is a run with a Status that panics.
type broken struct{ *session.Session }

func (broken) Status() session.Status { panic("a status' own") }

func TestPanicBesideTheLoopIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	b := sessiontest.On(t, clock.New())
	logger := slog.New(slog.DiscardHandler)
	r := &run{logger: logger, session: b.Session}
	if end, err := r.watched(t.Context(), systemd.New(broken{b.Session}, logger), session.Unseen); end != nil || err == nil || !strings.HasPrefix(err.Error(), "panic: a status' own") {
		t.Errorf("got %v and %v, want the panic of the watch as an error", end, err)
	}
}
