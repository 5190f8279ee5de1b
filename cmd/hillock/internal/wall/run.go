package wall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"

	"github.com/coreos/go-systemd/v22/daemon"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/terminal"
)

// Show is a wall with its address.
type Show struct {
	Options
	Source
	Addr     string // to listen on
	Given    string // token for changes; "": none given
	CodeFile string // of the join code; "": the code is the user's own
	Err      io.Writer
	Ready    func(port int) // called when the wall listens; may be nil
}

// Run shows a class in browsers until ctx ends.
func Run(ctx context.Context, s Show) error {
	service := systemd.IsService()
	format := terminal.Lines
	if service {
		format = terminal.Text
	}
	s.Logger = terminal.NewLogger(s.Err, format)
	l, urls, here, err := serve.Listen(s.Addr)
	if err != nil {
		return err
	}
	token := serve.TokenFor(s.Given, here, service)
	s.Token, s.Beyond, s.WrongTokens = token.Text, !here, serve.LogWrongTokens(s.Logger)
	if !here {
		s.URL = urls[0]
	}
	w, err := New(s.Options)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if at := l.Addr().(*net.TCPAddr); at.IP.IsUnspecified() { // there the wall has the join code
		urls = append([]string{fmt.Sprintf("http://127.0.0.1:%d", at.Port)}, urls...)
	}
	s.announce(urls, token.Shown, service)
	if s.Ready != nil {
		s.Ready(l.Addr().(*net.TCPAddr).Port)
	}
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		Watch(ctx, s.Class, s.Source, w.Take, logged(s.Logger, w.State))
	})
	if service {
		_ = systemd.Notify(daemon.SdNotifyReady) // systemd shows its absence
	}
	err = w.Serve(ctx, l)
	stop()
	watch.Wait()
	return err
}

// logged logs each new state of the connection.
func logged(logger *slog.Logger, state func(string)) func(string) {
	last := ""
	return func(now string) {
		if state(now); now != last {
			logger.Info("broker: " + now)
		}
		last = now
	}
}

// announce prints the addresses, the token, and how to join. The join code is for a person at a terminal: in a log it would stay.
func (s Show) announce(urls []string, token string, service bool) {
	if service {
		s.Logger.Info("wall", "class", s.Class, "urls", strings.Join(urls, " "), "token", token, "broker", strings.Join(s.Addresses, " "))
		return
	}
	fmt.Fprintln(s.Err, "open", strings.Join(urls, " or "))
	if token != "" {
		fmt.Fprintln(s.Err, "token to make changes:", token)
	}
	fmt.Fprintf(s.Err, "a board joins with\n  %s\n", strings.Join(s.commands(s.Code != ""), "\nor with\n  "))
	switch {
	case s.Code != "" && terminal.Is(s.Err):
		fmt.Fprintln(s.Err, "join code:", s.Code)
		if s.URL != "" {
			terminal.PrintQR(s.Err, s.URL+"/#"+s.Code)
		}
	case s.CodeFile != "":
		fmt.Fprintln(s.Err, "join code: in", s.CodeFile)
	}
}
