package web

import (
	"bytes"
	"errors"
	"io"
	"net"
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
