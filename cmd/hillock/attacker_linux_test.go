package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/web"
)

// attackerEnv makes the test binary an attacker. Its value is an attack's name, the victim's address and a duration.
const attackerEnv = "HILLOCK_TEST_ATTACKER"

// attack is a way to misuse the web server.
type attack struct {
	name  string
	args  []string // of the victim
	hands int      // goroutines with a call of run, until its ctx ends
	run   func(ctx context.Context, a *assault)
}

// assault is an attack under way with its counts.
type assault struct {
	addr                    string
	opened, refused, closed atomic.Int64
	sent                    atomic.Int64 // bytes
}

func attacks() []attack {
	many := []string{"--web-per-address=100"} // reaches the other limits
	const get = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
	return []attack{
		{"none", nil, 1, func(ctx context.Context, _ *assault) { <-ctx.Done() }}, // the control of the test itself
		{"views", many, 60, sockets(textFrame(`{"type":"view","per_column":1,"columns":65536,"end":0}`), nil, false)},
		{"pings", many, 10, sockets(nil, bytes.Repeat(maskedFrame(0x89, nil), 700), true)},
		{"fragments", many, 10, sockets(maskedFrame(0x01, nil), bytes.Repeat(maskedFrame(0x00, nil), 700), true)},
		{"deaf pings", many, 2, sockets(nil, bytes.Repeat(maskedFrame(0x89, make([]byte, 125)), 30), false)},
		{"messages", many, 60, sockets(nil, bytes.Repeat(textFrame(`{"type":"view","per_column":3,"columns":65536,"end":0}`), 50), true)},
		{"places", nil, 150, sockets(nil, nil, true)},
		{"idle", nil, 19_000, connections("", 0)},
		{"http /", nil, 32, connections(strings.Repeat(fmt.Sprintf(get, "/"), 20), 0)},
		{"http metrics", nil, 32, connections(strings.Repeat(fmt.Sprintf(get, "/metrics"), 20), 0)},
		{"http config", nil, 32, connections(strings.Repeat(fmt.Sprintf(get, "/config.toml"), 20), 0)},
		{"slow headers", nil, 500, connections("GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 1000), 500*time.Millisecond)},
		{"storms", nil, 8, storm},
	}
}

// TestAttacker is the process of an attacker.
func TestAttacker(t *testing.T) {
	words := os.Getenv(attackerEnv)
	if words == "" {
		t.Skip("SKIPPED: the attacker of TestAttacks: enable with " + attackDuration + "=10s")
	}
	fields := strings.Fields(words)
	addr, length := fields[len(fields)-2], fields[len(fields)-1]
	name := strings.Join(fields[:len(fields)-2], " ")
	duration, err := time.ParseDuration(length)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	a := &assault{addr: addr}
	var hands sync.WaitGroup
	for _, k := range attacks() {
		if k.name != name {
			continue
		}
		for range k.hands {
			hands.Go(func() { k.run(ctx, a) })
		}
	}
	<-ctx.Done()
	hands.Wait()
	fmt.Printf("attacker: %d connections opened, %d refused, %d closed by the server, %d MB sent\n", a.opened.Load(), a.refused.Load(), a.closed.Load(), a.sent.Load()/1e6)
}

// maskedFrame returns a client's WebSocket frame, masked with zeros.
func maskedFrame(first byte, payload []byte) []byte {
	f := []byte{first, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		f = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(payload)))
	}
	return append(append(f, 0, 0, 0, 0), payload...)
}

func textFrame(s string) []byte { return maskedFrame(0x81, []byte(s)) }

// sockets opens a WebSocket, sends first once and then again repeatedly, and reads the answers if reads is set. After a refusal or
// a close it starts over.
func sockets(first, again []byte, reads bool) func(context.Context, *assault) {
	return func(ctx context.Context, a *assault) {
		for ctx.Err() == nil {
			a.socket(ctx, first, again, reads)
			pause(ctx, 20*time.Millisecond)
		}
	}
}

func (a *assault) socket(ctx context.Context, first, again []byte, reads bool) {
	conn, r := a.dial(ctx)
	if conn == nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", web.Protocol)
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		a.refused.Add(1)
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if reads {
			io.Copy(io.Discard, r)
			conn.Close()
		} else {
			awaitReset(ctx, conn)
		}
	}()
	a.write(conn, first)
	for len(again) > 0 && a.write(conn, again) {
	}
	if len(again) > 0 && ctx.Err() == nil {
		conn.Close()
	}
	<-gone
	if ctx.Err() == nil {
		a.closed.Add(1)
	}
}

// awaitReset waits for a reset by the peer, without reading.
func awaitReset(ctx context.Context, conn net.Conn) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return
	}
	for ctx.Err() == nil {
		wrong := 0
		if err := raw.Control(func(fd uintptr) { wrong, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR) }); err != nil || wrong != 0 {
			return
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func (a *assault) write(conn net.Conn, b []byte) bool {
	n, err := conn.Write(b)
	a.sent.Add(int64(n))
	return err == nil
}

func (a *assault) dial(ctx context.Context) (net.Conn, *bufio.Reader) {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "tcp", a.addr)
	if err != nil {
		if errors.Is(err, syscall.EMFILE) {
			pause(ctx, time.Second)
		}
		a.refused.Add(1)
		return nil, nil
	}
	a.opened.Add(1)
	return conn, bufio.NewReader(conn)
}

// connections opens a connection, sends a request repeatedly, at once or byte by byte, and reads the answers.
func connections(request string, each time.Duration) func(context.Context, *assault) {
	return func(ctx context.Context, a *assault) {
		for ctx.Err() == nil {
			if conn, _ := a.dial(ctx); conn != nil {
				a.connection(ctx, conn, request, each)
			}
			pause(ctx, 20*time.Millisecond)
		}
	}
}

func (a *assault) connection(ctx context.Context, conn net.Conn, request string, each time.Duration) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.Copy(io.Discard, conn)
		conn.Close()
	}()
	for k := 0; request != ""; k++ {
		b := []byte(request)
		if each > 0 {
			b = b[k%len(b):][:1]
			pause(ctx, each)
		}
		if !a.write(conn, b) {
			break
		}
	}
	<-gone
	if ctx.Err() == nil {
		a.closed.Add(1)
	}
}

// storm opens connections and resets each of them at once.
func storm(ctx context.Context, a *assault) {
	for ctx.Err() == nil {
		if conn, _ := a.dial(ctx); conn != nil {
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
