package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// tcp returns an eager pipe and its other end.
func tcp(t *testing.T) (*pipe, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reader, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	c, err := newPipeListener(l, newHosts(Options{Clients: 1, PerAddress: 1})).Accept()
	if err != nil {
		t.Fatal(err)
	}
	p := c.(*pipe)
	t.Cleanup(func() { p.Conn.Close() })
	p.hasten(nil)
	return p, reader
}

// Queued bytes come later and in order, and the writer does not wait. A write to a pipe with maxQueued queued bytes closes it.
func TestPipeDoesNotWaitAndIsBounded(t *testing.T) {
	p, reader := tcp(t)
	for round := range 3 {
		var want bytes.Buffer
		for k := 0; p.waiting() < maxQueued-3000; k++ {
			b := bytes.Repeat([]byte{byte(k), byte(round)}, 1+k%1500)
			want.Write(b)
			if n, err := p.Write(b); n != len(b) || err != nil {
				t.Fatalf("got %d, %v, want all %d bytes taken", n, err, len(b))
			}
		}
		got := make([]byte, want.Len())
		if _, err := io.ReadFull(reader, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Error("got other bytes than were written")
		}
		if p.drains.Wait(); p.behind() || p.queue.n.Load() != 0 {
			t.Errorf("got a pipe behind and %d bytes in the queue when all is read", p.queue.n.Load())
		}
	}
	var err error
	written := 0
	for ; err == nil && p.waiting() < 2*maxQueued; written++ {
		if p.waiting() > maxQueued+1000 {
			t.Fatalf("got %d bytes queued, want at most %d", p.waiting(), maxQueued+1000)
		}
		_, err = p.Write(make([]byte, 1000))
	}
	if err != errBehind {
		t.Errorf("got %v after %d unread writes, want %v", err, written, errBehind)
	}
	p.drains.Wait()
	if p.waiting() != 0 || p.queue.n.Load() != 0 {
		t.Errorf("got %d bytes in the queue of a closed pipe and %d in all, want none", p.waiting(), p.queue.n.Load())
	}
}

// waiting returns the number of queued bytes.
func (p *pipe) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queued
}

// All pipes together queue at most maxBacklog bytes: a write beyond that closes its pipe.
func TestAllPipesTogetherAreBounded(t *testing.T) {
	p, _ := tcp(t)
	p.queue.n.Store(maxBacklog - 100)
	for p.waiting() == 0 { // until the system's buffer is full
		if _, err := p.Write(make([]byte, 100)); err != nil {
			break
		}
	}
	if _, err := p.Write(make([]byte, 100)); err != errBehind {
		t.Errorf("got %v, want %v", err, errBehind)
	}
	p.drains.Wait()
	if got := p.queue.n.Load(); got != maxBacklog-100 {
		t.Errorf("got %d bytes in all queues, want the %d of the others", got, maxBacklog-100)
	}
}

// A client with too large a request reads the refusal, although the server has not read the whole request.
func TestRefusalIsRead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Clients: 1})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n", strings.Repeat("x", 16*MaxHeader)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 431 ") || err != nil {
		t.Errorf("got %q, %v, want status 431", answer, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The first or second write after the other end has closed fails and closes the pipe.
func TestPipeWithoutReader(t *testing.T) {
	p, reader := tcp(t)
	reader.(*net.TCPConn).SetLinger(0)
	reader.Close()
	var err error
	for err == nil {
		_, err = p.Write(make([]byte, 1000))
	}
	if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want EPIPE or ECONNRESET", err)
	}
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) || !p.behind() {
		t.Errorf("got %v, want it closed", err)
	}
}
