package web

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// A large view comes in frames of at most maxFrame bytes, one at a time, without loss.
func TestFramesAreBounded(t *testing.T) {
	const cells, columns = 8, 16_384
	tap := neuron.NewTap(cells, 1<<15)
	c := new(client)
	c.begin(part{record: trace.NewRecord(tap, slices.Repeat([]trace.Window{{Width: 1, Silence: 1000, DT: 1}}, cells))}, 1)
	for step := range columns {
		for range cells {
			tap.Step(neuron.Sample{V: float64(step), Spiked: step > columns/2})
		}
	}
	got, spikes := 0, 0
	for range 1000 {
		all := c.frames(&press{made: map[cut]frame{}}, nil)
		if len(all) == 0 {
			break
		}
		if len(all) != 1 || len(all[0].bytes) > maxFrame {
			t.Fatalf("got %d frames, the first of %d bytes, want one of at most %d bytes", len(all), len(all[0].bytes), maxFrame)
		}
		f := decode(all[0].bytes)
		if int(f.first) != got+1 {
			t.Fatalf("got a frame from step %g on, want %d", f.first, got+1)
		}
		got += f.columns
		spikes += len(f.spikes[0])
	}
	if got != columns || spikes != columns/2-1 {
		t.Errorf("got %d columns and %d spikes, want %d and %d", got, spikes, columns, columns/2-1)
	}
}

// The frames of one round are limited for all clients together. Each client comes first at some time.
func TestRoundIsBounded(t *testing.T) {
	const clients = 30
	inBubble(t, serve.Options{Clients: clients}, func(t *testing.T, w *world) {
		w.run(t, 1000)
		var all []*viewer
		for range clients {
			all = append(all, w.view(t))
		}
		for i, v := range all { // no two of them alike
			v.say(t, fmt.Sprintf(`{"type":"view","per_column":1,"columns":%d,"end":0}`, 9_000-i))
		}
		time.Sleep(2 * frameTime)
		synctest.Wait()
		printed := 0
		for _, v := range all {
			for _, f := range v.now().frames {
				printed += columnBytes * f.columns
			}
		}
		if printed < maxPrinted || printed > 2*(maxPrinted+maxFrame) {
			t.Errorf("got %d bytes in two rounds, want at most %d in each", printed, maxPrinted+maxFrame)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		for i, v := range all {
			columns := 0
			for _, f := range v.now().frames {
				columns += f.columns
			}
			if columns != 9_000-i {
				t.Errorf("client %d: got %d columns, want all %d", i, columns, 9_000-i)
			}
		}
	})
}

// masked returns a client's frame, masked with zeros.
func masked(first byte, payload string) []byte {
	f := []byte{first, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		f = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(payload)))
	}
	return append(append(f, 0, 0, 0, 0), payload...)
}

// Control frames, fragments and bytes have limits, as messages do. A client beyond a limit gets the reason and is dropped. A long
// connection within the limits stays.
func TestFloodsAreEnded(t *testing.T) {
	const ping, pong, text, more = 0x89, 0x8a, 0x01, 0x00
	tests := []struct {
		name  string
		send  []byte
		times int
		want  string
	}{
		{"pings", masked(ping, ""), serve.FrameBurst + 1, "1008 at most 80 frames a second"},
		{"pongs", masked(pong, "x"), serve.FrameBurst + 1, "1008 at most 80 frames a second"},
		{"empty fragments", append(masked(text, ""), bytes.Repeat(masked(more, ""), serve.FrameBurst)...), 1, "1008 at most 80 frames a second"},
		{"long pings", masked(ping, strings.Repeat("x", 125)), serve.BytesAtOnce/131 + 1, "1008 at most 80 frames a second"},
		{"long messages", masked(text|0x80, strings.Repeat(" ", serve.MaxMessage)), serve.BytesAtOnce / serve.MaxMessage, "1008 at most 16384 bytes a second"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
				other := w.view(t)
				conn, r := w.raw(t)
				defer conn.Close()
				ended := make(chan string)
				go func() { ended <- farewell(r) }()
				go conn.Write(bytes.Repeat(tt.send, tt.times))
				if got := <-ended; got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				conn.Close()
				time.Sleep(time.Second)
				synctest.Wait()
				if n := w.server.Count(); n != 1 || other.now().ended != nil {
					t.Errorf("got %d clients and the other ended with %v, want it alone and well", n, other.now().ended)
				}
			})
		})
	}
	t.Run("within the limits", func(t *testing.T) {
		inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
			conn, r := w.raw(t)
			defer conn.Close()
			go io.Copy(io.Discard, r)
			for range 10 * serve.FramesEach {
				if _, err := conn.Write(masked(ping, "")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second / serve.FramesEach)
			}
			if n := w.server.Count(); n != 1 {
				t.Errorf("got %d clients after %d pings in 10 s, want 1", n, 10*serve.FramesEach)
			}
		})
	})
}

// farewell reads frames up to the close frame, and returns its status and reason.
func farewell(r io.Reader) string {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err.Error()
		}
		n := int64(head[1])
		switch n {
		case 126:
			var long uint16
			_ = binary.Read(r, binary.BigEndian, &long)
			n = int64(long)
		case 127:
			_ = binary.Read(r, binary.BigEndian, &n)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(r, payload); err != nil {
			return err.Error()
		}
		if head[0]&0xf == 0x8 {
			return fmt.Sprintf("%d %s", binary.BigEndian.Uint16(payload), payload[2:])
		}
	}
}

// Frames before the answer to the request count too.
func TestFramesBeforeTheAnswerCount(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		conn, err := w.pipes.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go conn.Write(append([]byte(handshake("")), bytes.Repeat(masked(0x89, ""), serve.FrameBurst+1)...))
		b := bufio.NewReader(conn)
		if r, err := http.ReadResponse(b, nil); err != nil || r.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("got %v and %v, want a socket", r, err)
		}
		if got, want := farewell(b), "1008 at most 80 frames a second"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// handshake returns a request for a socket, with a token unless it is "".
func handshake(token string) string {
	offer := Protocol
	if token != "" {
		offer += ", " + serve.TokenProtocol + base64.RawURLEncoding.EncodeToString([]byte(token))
	}
	return "GET /ws HTTP/1.1\r\nHost: localhost\r\n" + upgrade + "Sec-WebSocket-Protocol: " + offer + "\r\n\r\n"
}

// askFrom sends a request from an address. It returns the answer's status and text, and the connection.
func (w *world) askFrom(t *testing.T, ip, text string) (net.Conn, string) {
	t.Helper()
	conn, err := w.pipes.dialFrom(netip.MustParseAddr(ip))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go io.WriteString(conn, text)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return conn, err.Error()
	}
	if r.StatusCode == http.StatusSwitchingProtocols {
		go io.Copy(io.Discard, conn)
		return conn, "socket"
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return conn, fmt.Sprintf("%d %s: %s", r.StatusCode, r.Header.Get("Retry-After"), bytes.TrimSpace(body))
}

// One address has few places, all addresses have more, and one place is reserved for a client with the token.
func TestPlaces(t *testing.T) {
	const token = "KNOB and LED" // not permitted in a subprotocol
	const ofOne, ofAll = "429 10: 3 clients of this address are connected, the maximum (--web-per-address)", "503 10: 5 clients are connected, the maximum (--web-clients)"
	inBubble(t, serve.Options{Clients: 5, PerAddress: 3, Token: token}, func(t *testing.T, w *world) {
		var conns []net.Conn
		for i, tt := range []struct{ ip, token, want string }{
			{"10.9.9.1", "", "socket"}, {"10.9.9.1", "", "socket"}, {"::ffff:10.9.9.1", "", "socket"},
			{"10.9.9.1", "", ofOne}, {"10.9.9.1", "wrong and LED", ofOne},
			{"10.9.9.2", "", "socket"}, {"fe80::1", "", "socket"}, {"10.9.9.3", "", ofAll}, {"10.9.9.3", "wrong and LED", ofAll},
			{"10.9.9.1", token, "socket"}, {"10.9.9.3", token, ofAll},
		} {
			began := time.Now()
			conn, got := w.askFrom(t, tt.ip, handshake(tt.token))
			if got != tt.want {
				t.Errorf("client %d from %s with token %q: got %q, want %q", i+1, tt.ip, tt.token, got, tt.want)
			}
			if took := time.Since(began); (took >= serve.GuessTime) != (tt.token != "" && tt.token != token) {
				t.Errorf("client %d: got an answer after %v, want %v for a wrong token alone", i+1, took, serve.GuessTime)
			}
			conns = append(conns, conn)
		}
		conns[0].Close()
		synctest.Wait()
		for _, want := range []string{ofOne, ofAll} { // it has two and the one with the token; all together have five
			ip := map[string]string{ofOne: "10.9.9.1", ofAll: "10.9.9.4"}[want]
			if _, got := w.askFrom(t, ip, handshake("")); got != want {
				t.Errorf("from %s after one has gone: got %q, want %q", ip, got, want)
			}
		}
	})
}

// A client may make changes at once with the token in its request. With a wrong token it gets an error and may watch.
func TestTokenInTheRequest(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2, Token: "KNOBANDLED"}, func(t *testing.T, w *world) {
		for token, want := range map[string]string{"KNOBANDLED": "true ", "KNOBANDLEG": "false wrong token"} {
			conn, err := w.pipes.dial()
			if err != nil {
				t.Fatal(err)
			}
			go io.WriteString(conn, handshake(token))
			b := bufio.NewReader(conn)
			r, err := http.ReadResponse(b, nil)
			if err != nil || r.Header.Get("Sec-WebSocket-Protocol") != Protocol {
				t.Fatalf("got %v and %v, want the subprotocol %s alone", r, err, Protocol)
			}
			heard, stop := new(viewer), time.AfterFunc(time.Second, func() { conn.Close() })
			for {
				text, err := nextText(b)
				if err != nil {
					break
				}
				heard.text(text)
			}
			stop.Stop()
			if got := fmt.Sprint(heard.hellos[0].MayChange, " ", strings.Join(heard.errors, ", ")); got != want {
				t.Errorf("token %s: got %q, want %q", token, got, want)
			}
		}
	})
}

// nextText returns the payload of the next text frame.
func nextText(r io.Reader) ([]byte, error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return nil, err
		}
		n := int64(head[1])
		if n == 126 {
			var long uint16
			_ = binary.Read(r, binary.BigEndian, &long)
			n = int64(long)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(r, payload); err != nil || head[0] == 0x81 {
			return payload, err
		}
	}
}

// Connections are limited per address and in all. A connection without a request is closed after serve.HeaderTime.
func TestConnectionsAreLimited(t *testing.T) {
	inBubble(t, serve.Options{Clients: 4, PerAddress: 2}, func(t *testing.T, w *world) {
		var all []net.Conn
		opened := func() (n int) {
			for _, conn := range all {
				conn.SetReadDeadline(time.Now())
				if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
					n++
				}
			}
			return n
		}
		connect := func(ip string, n int) {
			t.Helper()
			for range n {
				conn, err := w.pipes.dialFrom(netip.MustParseAddr(ip))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { conn.Close() })
				all = append(all, conn)
			}
			synctest.Wait()
		}
		connect("10.9.9.1", 50)
		if got := opened(); got != 2+serve.OtherPerAddress {
			t.Errorf("got %d connections of one address, want %d", got, 2+serve.OtherPerAddress)
		}
		for k := range 50 {
			connect(fmt.Sprintf("10.9.8.%d", k), 3)
		}
		if got := opened(); got != 4+serve.OtherConnections {
			t.Errorf("got %d connections in all, want %d", got, 4+serve.OtherConnections)
		}
		time.Sleep(serve.HeaderTime + time.Second)
		synctest.Wait()
		if got := opened(); got != 0 {
			t.Errorf("got %d connections after %v without a request, want none", got, serve.HeaderTime)
		}
	})
}

// Too many calls of one address are refused for a while: first its requests, then its connections. Other addresses are not
// affected.
func TestTooManyCallsOfOneAddress(t *testing.T) {
	const page = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	inBubble(t, serve.Options{Clients: 4, PerAddress: 1}, func(t *testing.T, w *world) {
		conn, err := w.pipes.dialFrom(netip.MustParseAddr("10.9.9.1"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go io.WriteString(conn, strings.Repeat("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 100))
		b, served, last := bufio.NewReader(conn), 0, 0
		for {
			r, err := http.ReadResponse(b, nil)
			if err != nil {
				break
			}
			_, _ = io.Copy(io.Discard, r.Body)
			if last = r.StatusCode; last != http.StatusTooManyRequests {
				served++
			}
		}
		if served != serve.CallsAtOnce-1 || last != http.StatusTooManyRequests {
			t.Errorf("got %d answers and then status %d, want %d with the connection's own and then 429", served, last, serve.CallsAtOnce-1)
		}
		if _, got := w.askFrom(t, "10.9.9.1", page); got != "EOF" && got != "unexpected EOF" {
			t.Errorf("got %q for a new connection, want it closed", got)
		}
		if _, got := w.askFrom(t, "10.9.9.2", page); !strings.HasPrefix(got, "200 ") {
			t.Errorf("got %q for another address, want 200", got)
		}
		time.Sleep(time.Second)
		if _, got := w.askFrom(t, "10.9.9.1", page); !strings.HasPrefix(got, "200 ") {
			t.Errorf("got %q a second later, want 200", got)
		}
	})
}

// The number of requests under way is limited. A further request waits, and is refused after serve.HandlerTime.
func TestHandlersAreLimited(t *testing.T) {
	const config = "GET /config.toml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	inBubble(t, serve.Options{Clients: 40}, func(t *testing.T, w *world) {
		entered, release := make(chan struct{}), make(chan struct{})
		w.mu.Lock()
		w.hold = func() {
			entered <- struct{}{}
			<-release
		}
		w.mu.Unlock()
		answers := make(chan string, 40)
		ask := func() {
			go func() {
				_, got := w.askFrom(t, "10.9.9.1", config)
				answers <- got
			}()
		}
		for range serve.MaxHandlers {
			ask()
			<-entered
		}
		began := time.Now()
		ask()
		if got, want := <-answers, "503 1: 8 requests under way: try again"; got != want || time.Since(began) != serve.HandlerTime {
			t.Errorf("got %q after %v, want %q after %v", got, time.Since(began), want, serve.HandlerTime)
		}
		ask() // it waits
		synctest.Wait()
		release <- struct{}{}
		<-entered
		w.view(t) // a socket needs no handler
		close(release)
		for range serve.MaxHandlers + 1 {
			if got := <-answers; !strings.HasPrefix(got, "200 ") {
				t.Errorf("got %q, want 200", got)
			}
		}
	})
}
