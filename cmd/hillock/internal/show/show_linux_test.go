package show

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/terminal/terminaltest"
)

// The log of a run with a scope comes after its picture: a lost connection to the class leaves the picture as it is.
func TestLogWaitsForTheEndOfTheScope(t *testing.T) {
	t.Setenv("TERM", "xterm-256color")
	end, terminal, err := terminaltest.Open()
	if err != nil {
		t.Skip("SKIPPED: a scope on a terminal: no pseudo-terminals: ", err)
	}
	cfg, realTime, virtual := onVirtualPi(t, "net.class=9b", "net.board=mara", "net.broker=mqtt://127.0.0.1:1")
	ctx, cancel := context.WithCancel(t.Context())
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100}); err != nil {
		t.Fatal(err)
	}
	var text []byte
	drawn, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		seen := sync.OnceFunc(func() { close(drawn) })
		for b := make([]byte, 4096); ; {
			n, err := end.Read(b)
			if err != nil {
				return
			}
			if text = append(text, b[:n]...); bytes.Contains(text, []byte("predicted")) {
				seen()
			}
		}
	}()
	attempts := 0
	dial := func(context.Context, string, string) (net.Conn, error) {
		<-drawn
		if attempts++; attempts == 2 { // the first failure is in the log
			cancel()
		}
		return nil, errors.New("the cable is out")
	}
	s := session.Options{RealTime: realTime, Class: &class.Options{Dial: dial}}
	err = Run(ctx, cfg, session.Hardware{Pi: virtual, Virtual: virtual, Where: "the virtual Pi"}, s, Options{In: terminal, Out: terminal, Err: terminal})
	if err != nil {
		t.Error(err)
	}
	terminal.Close()
	<-read
	picture, log := bytes.LastIndex(text, []byte("\x1b[?1049l")), bytes.Index(text, []byte("warning: class"))
	if picture < 0 || log < picture {
		t.Errorf("got the end of the picture at %d and the log at %d of\n%q", picture, log, text)
	}
}
