package web

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

// tcp is a pipe that is eager, and who reads from it.
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
	c, err := pipeListener{l}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p := c.(*pipe)
	t.Cleanup(func() { p.Conn.Close() })
	p.hasten()
	return p, reader
}

// What a reader has not taken yet comes later, in its order, and the writer does not wait.
func TestAPipeDoesNotWaitAndLosesNothing(t *testing.T) {
	p, reader := tcp(t)
	for round := range 3 {
		var want bytes.Buffer
		for k := 0; !p.behind() || want.Len() < 1<<20; k++ {
			b := bytes.Repeat([]byte{byte(k), byte(round)}, 1+k%3000)
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
		if p.drains.Wait(); p.behind() {
			t.Error("got one that is behind when all is read")
		}
	}
}

// Who asks for too much reads why that is refused, though the server has not read all of it.
func TestARefusalIsRead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := newFake()
	s := New(w, Options{Clients: 1})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n", strings.Repeat("x", 16*maxHeader)); err != nil {
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

// Who has gone is found by the next that is written, or the one after it, and the connection is closed.
func TestAPipeToNobody(t *testing.T) {
	p, reader := tcp(t)
	reader.(*net.TCPConn).SetLinger(0)
	reader.Close()
	var err error
	for err == nil {
		_, err = p.Write(make([]byte, 1000))
	}
	if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want that nobody reads", err)
	}
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) || !p.behind() {
		t.Errorf("got %v, want it closed", err)
	}
}
