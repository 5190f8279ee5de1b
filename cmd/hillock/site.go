package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"rsc.io/qr"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/web"
)

// webFlags are those of the page in a browser.
type webFlags struct {
	web, addr, token, tokenFile string
	clients, perAddress         int

	given string // the token that the user gave, "" for none
}

const webAddr = "127.0.0.1:8080"

func (f *webFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.web, "web", "", "show the run to browsers that come to this `address`: --web alone is "+webAddr+", --web=:8080 lets the whole network watch")
	flags.Lookup("web").NoOptDefVal = webAddr
	flags.StringVar(&f.addr, "web-addr", "", "show the run to browsers that come to this `address`, as --web=ADDRESS does")
	choices(cmd, "web", webAddr, ":8080")
	choices(cmd, "web-addr", webAddr, ":8080")
	flags.StringVar(&f.token, "web-token", "", "`token` that a browser must give to make changes; other users of this machine see it in the list of processes, which --web-token-file and "+
		webTokenVariable+" avoid (default: none on an address of this machine alone, otherwise random and printed)")
	flags.StringVar(&f.tokenFile, "web-token-file", "", "read the token from this `file`, which other users must not be able to read; without it and --web-token, the environment variable "+
		webTokenVariable+" may hold the token")
	flags.IntVar(&f.clients, "web-clients", 100, "how many browsers may look on at a time; one more may with the token")
	flags.IntVar(&f.perAddress, "web-per-address", 8, "how many of these may come from one IP address; browsers behind a proxy or an SSH tunnel share one address, which then needs as many as --web-clients")
}

// args refuses an address that stands after --web and a blank, where pflag takes it for FILE.
func (f *webFlags) args(_ *cobra.Command, args []string) error {
	for _, arg := range args {
		if _, err := os.Stat(arg); f.web == webAddr && err != nil && checkAddr(arg) == nil {
			return usage.Errorf("%s: an address does not follow --web after a space: write --web=%[1]s or --web-addr %[1]s", arg)
		}
	}
	return nil
}

// checkAddr returns an error unless addr is an address to listen on.
func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if _, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil {
		return fmt.Errorf("must be an address such as %s or :8080, got %q", webAddr, addr)
	}
	return nil
}

// choose sets addr to the address that --web or --web-addr gives, "" where neither is given.
func (f *webFlags) choose(changed func(name string) bool) error {
	flag := "--web-addr"
	if !changed("web-addr") {
		if !changed("web") {
			return nil
		}
		flag, f.addr = "--web", f.web
	} else if changed("web") && f.web != webAddr {
		return usage.Errorf("--web=%s, --web-addr: cannot be given together: choose one", f.web)
	}
	if err := checkAddr(f.addr); err != nil {
		return usage.Errorf("%s: %w", flag, err)
	}
	return nil
}

func (f *webFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	if err := f.choose(changed); err != nil {
		return err
	}
	if f.addr == "" {
		for _, name := range []string{"web-token", "web-token-file", "web-clients", "web-per-address"} {
			if changed(name) {
				return usage.Errorf("--%s: goes with --web", name)
			}
		}
		return nil
	}
	if f.clients < 1 {
		return usage.Errorf("--web-clients: must be at least 1, got %d", f.clients)
	}
	if f.perAddress < 1 {
		return usage.Errorf("--web-per-address: must be at least 1, got %d", f.perAddress)
	}
	if err := exclusive(cmd, "web-token", "web-token-file"); err != nil {
		return err
	}
	var flag, file *string
	if changed("web-token") {
		flag = &f.token
	}
	if changed("web-token-file") {
		file = &f.tokenFile
	}
	var err error
	f.given, err = givenToken(flag, file, os.LookupEnv)
	return err
}

// site is a run's server; nil where it has none.
type site struct {
	run    *onWeb
	server *web.Server
	stop   context.CancelFunc
	ended  chan struct{}
}

// open listens, says where, and serves until the site is closed. Where the run is going to be live the scope has the QR code.
func (f *webFlags) open(cmd *cobra.Command, l *leg, live bool) (*site, error) {
	if f.addr == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return nil, fmt.Errorf("--web: %w: --web=ADDRESS takes another address", err)
	}
	at := listener.Addr().(*net.TCPAddr)
	loopback := at.IP.IsLoopback()
	token := tokenFor(f.given, loopback, isService())
	l.page = &webPage{urls: urlsOf(at), token: token.shown}
	wrong := logWrongTokens(newLogger(cmd))
	if live && isTerminal(cmd.ErrOrStderr()) { // a log line would break the screen
		wrong = l.page.warn
	}
	s := &site{run: newOnWeb(l), ended: make(chan struct{})}
	s.server = web.New(s.run, web.Options{Clients: f.clients, PerAddress: f.perAddress, Token: token.text, Beyond: !loopback, WrongTokens: wrong})
	l.page.announce(cmd.ErrOrStderr(), live)
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go func() {
		defer close(s.ended)
		if err := s.server.Serve(ctx, listener); err != nil {
			newLogger(cmd).Error("nobody can look on any more: the neuron goes on", "reason", err)
		}
	}()
	return s, nil
}

// close ends it, and returns when nobody looks at the run any more.
func (s *site) close() {
	if s != nil {
		s.stop()
		<-s.ended
	}
}

// follow goes on with a leg, once change has put it in the place of the one before.
func (s *site) follow(l *leg, change func() error) error {
	if s == nil {
		return change()
	}
	if err := s.run.follow(l, change); err != nil {
		return err
	}
	s.server.Follow()
	return nil
}

// webPage is where browsers find a run.
type webPage struct {
	urls    []string
	token   string // what is shown of the token for changes; "" where none is needed
	warning atomic.Pointer[string]
}

// warn puts wrong tokens on the screen.
func (p *webPage) warn(n int, from string) {
	text := fmt.Sprintf("%s wrong token from %s", time.Now().Format(time.TimeOnly), from)
	if n > 1 {
		text += fmt.Sprintf(", and %d more in the second before", n-1)
	}
	p.warning.Store(&text)
}

// logWrongTokens logs wrong tokens: how many were tried since the last line, and the address of the latest.
func logWrongTokens(logger *slog.Logger) func(n int, from string) {
	return func(n int, from string) {
		attrs := []any{"from", from}
		if n > 1 {
			attrs = append(attrs, "others_not_logged", n-1)
		}
		logger.Warn("wrong token", attrs...)
	}
}

func (p *webPage) String() string {
	text := "look at " + strings.Join(p.urls, " or ")
	if p.token != "" {
		text += ", token " + p.token
	}
	return text
}

// announce says where it is, on a terminal with its code, unless a scope is going to hide that.
func (p *webPage) announce(w io.Writer, hidden bool) {
	fmt.Fprintln(w, "look at", strings.Join(p.urls, " or "))
	if p.token == "" {
		return
	}
	fmt.Fprintln(w, "token to make changes:", p.token)
	if !hidden && isTerminal(w) && os.Getenv("TERM") != "dumb" {
		fmt.Fprintln(w, strings.Join(p.code(), "\n"))
	}
}

// draw is all of it on so much of a terminal: the code goes first where there is no room.
func (p *webPage) draw(width, height int) []string {
	text := "look at " + strings.Join(p.urls, "\n     or ")
	if p.token == "" {
		return readable.Wrap(text+"\n\nOnly this machine finds it: --web=:8080 lets the whole network look on.", width)
	}
	text += "\ntoken   " + p.token + "  to make changes"
	lines, code := readable.Wrap(text, width), p.code()
	if len(code) == 0 || width >= ansi.StringWidth(code[0]) && height >= len(lines)+len(code) {
		return append(lines, code...)
	}
	return readable.Wrap(fmt.Sprintf("%s\n\nIts QR code has no room here: it takes %d columns and %d lines more.", text, ansi.StringWidth(code[0]), len(code)), width)
}

// code is the QR code of the first address, for looking on: the token is not in it. Level L is enough on a screen, which has no
// dirt, and any IPv4 address is then 17 lines.
func (p *webPage) code() []string {
	c, err := qr.Encode(p.urls[0], qr.L)
	if err != nil { // longer than any address
		return nil
	}
	return drawQR(c.Black, c.Size)
}

// urlsOf are where others find what listens at an address.
func urlsOf(at *net.TCPAddr) []string {
	hosts := []net.IP{at.IP}
	if at.IP.IsUnspecified() {
		hosts = nil
		addrs, _ := net.InterfaceAddrs() // without any there is still the machine itself
		for _, v4 := range []bool{true, false} {
			for _, a := range addrs {
				if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && (n.IP.To4() != nil) == v4 {
					hosts = append(hosts, n.IP)
				}
			}
		}
	}
	if len(hosts) == 0 {
		hosts = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	var urls []string
	for _, h := range hosts {
		urls = append(urls, "http://"+net.JoinHostPort(h.String(), fmt.Sprint(at.Port)))
	}
	return urls
}

// drawQR draws a code two rows to a line, black on white whatever the terminal's colours are, with the margin of four that
// ISO/IEC 18004 asks for.
func drawQR(black func(x, y int) bool, size int) (lines []string) {
	const margin = 4
	for y := -margin; y < size+margin; y += 2 {
		var b strings.Builder
		b.WriteString("\x1b[38;5;16;48;5;231m")
		for x := -margin; x < size+margin; x++ {
			b.WriteString(map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}[[2]bool{black(x, y), black(x, y+1)}])
		}
		b.WriteString("\x1b[0m")
		lines = append(lines, b.String())
	}
	return lines
}
