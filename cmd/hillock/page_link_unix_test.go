//go:build unix

package main

import (
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"hillock/neuron"
)

// A page without answers shows since when, greys its numbers and recovers by itself. No connection is closed meanwhile, as in a
// network without any packets.
func TestPageShowsASilentServer(t *testing.T) {
	ctx := chromium(t)
	server := pageOf(t, "--web=127.0.0.1:0")
	through := newProxy(t, strings.TrimPrefix(server, "http://"))
	p := open(t, ctx, "http://"+through.addr())
	p.until(t, "text('#link') === 'live' && number('#rate') > 0 && !$('#rate').matches('.unsettled') && !$('body').matches('.stale')")
	color := func() string { return eval[string](t, p, "getComputedStyle($('#rate')).color") }
	live := color()
	through.stop()
	p.until(t, `/^no answer since \d.*: trying again$/.test(text('#link')) && $('body').matches('.stale')`)
	said := p.text(t, "link")
	through.attempts(t, 3) // accepted, without an answer
	if got := p.text(t, "link"); got != said {
		t.Errorf("got %q after %q, want one text, which a screen reader says once", got, said)
	}
	if got := color(); got == live {
		t.Errorf("got the old rate in %s, the colour of a live one", got)
	}
	t.Run("axe-core", p.accessible)
	p.laidOut(t, "stale")
	through.resume()
	p.until(t, "text('#link') === 'live' && !$('body').matches('.stale')")
	p.statuses(t, 3)
	p.mu.Lock()
	p.amiss = slices.DeleteFunc(p.amiss, func(text string) bool { // the page gives up an attempt
		return strings.Contains(text, "WebSocket is closed before the connection is established")
	})
	p.mu.Unlock()
	p.well(t)
}

// The page and /healthz report a loop at a standstill.
func TestPageShowsALoopAtAStandstill(t *testing.T) {
	ctx := chromium(t)
	hold, released := make(chan struct{}), make(chan struct{})
	f := &runFlags{observers: []neuron.Observer{stepFunc(func(neuron.Sample) {
		select {
		case <-hold:
			<-released
		default:
		}
	})}}
	r := startWeb(t, f, "--web=127.0.0.1:0", "--plain")
	release := sync.OnceFunc(func() { close(released) })
	defer release()
	p := open(t, ctx, r.url)
	p.until(t, "text('#link') === 'live' && number('#rate') > 0")
	close(hold)
	p.until(t, "text('#link') === 'the loop stands still' && $('body').matches('.stale') && /no tick for \\d+\\.\\d s/.test(text('#foot'))")
	health := "await fetch('healthz').then(async (r) => `${r.status} ${await r.text()}`)"
	if got := eval[string](t, p, health); !strings.HasPrefix(got, "503 no tick for ") {
		t.Errorf("got %q, want 503 and for how long", got)
	}
	t.Run("axe-core", p.accessible)
	release()
	p.until(t, "text('#link') === 'live' && !$('body').matches('.stale')")
	if got, want := eval[string](t, p, health), "200 ok\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.end(t)
}

// proxy forwards connections to a server on loopback. While stopped it accepts connections and bytes and forwards nothing.
type proxy struct {
	l      net.Listener
	server string
	came   chan struct{} // an element for each connection

	mu   sync.Mutex
	gate chan struct{} // closed while it forwards
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, server: server, came: make(chan struct{}, 1000), gate: make(chan struct{})}
	close(p.gate)
	var joined sync.WaitGroup
	ended := make(chan struct{})
	joined.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			joined.Go(func() { p.serve(c, ended, &joined) })
			p.came <- struct{}{}
		}
	})
	t.Cleanup(func() {
		l.Close()
		close(ended)
		joined.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.l.Addr().String() }

func (p *proxy) stop() {
	p.mu.Lock()
	p.gate = make(chan struct{})
	p.mu.Unlock()
	for len(p.came) > 0 {
		<-p.came
	}
}

func (p *proxy) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.gate)
}

// attempts waits for n new connections.
func (p *proxy) attempts(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-p.came:
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}

// open waits until the proxy forwards. It returns false at the proxy's end.
func (p *proxy) open(ended chan struct{}) bool {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	select {
	case <-gate:
		return true
	case <-ended:
		return false
	}
}

func (p *proxy) serve(c net.Conn, ended chan struct{}, joined *sync.WaitGroup) {
	defer c.Close()
	if !p.open(ended) {
		return
	}
	s, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer s.Close()
	over := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{c, s}, {s, c}} {
		joined.Go(func() {
			_, _ = io.Copy(gated{way[1], p, ended}, way[0])
			over <- struct{}{}
		})
	}
	select {
	case <-over:
	case <-ended:
	}
}

// gated is a connection without writes while the proxy is stopped.
type gated struct {
	net.Conn
	proxy *proxy
	ended chan struct{}
}

func (g gated) Write(b []byte) (int, error) {
	if !g.proxy.open(g.ended) {
		return 0, net.ErrClosed
	}
	return g.Conn.Write(b)
}
