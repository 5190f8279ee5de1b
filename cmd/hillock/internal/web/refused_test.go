package web

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/serve"
)

const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

// ask sends a request and returns the answer's status, 0 without an answer.
func (w *world) ask(t *testing.T, text string) int {
	t.Helper()
	conn, err := w.pipes.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, text)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

func TestBadRequestsAreRefused(t *testing.T) {
	const host = "Host: localhost:8080\r\n"
	tests := []struct {
		name, text string
		status     int
	}{
		{"a socket for a page from elsewhere", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Origin: http://evil.example\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 403},
		{"from the same host, another port", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Origin: http://localhost:9090\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 403},
		{"from a sandbox", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Origin: null\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 403},
		{"from a file", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Origin: file://localhost:8080\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 403},
		{"with two origins", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Origin: http://localhost:8080\r\nOrigin: http://evil.example\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 403},
		{"another subprotocol", "GET /ws HTTP/1.1\r\n" + host + upgrade + "Sec-WebSocket-Protocol: hillock.2\r\n\r\n", 400},
		{"no subprotocol", "GET /ws HTTP/1.1\r\n" + host + upgrade + "\r\n", 400},
		{"a socket without an upgrade", "GET /ws HTTP/1.1\r\n" + host + "\r\n", 426},
		{"another version of WebSocket", "GET /ws HTTP/1.1\r\n" + host + strings.Replace(upgrade, "13", "8", 1) + "Sec-WebSocket-Protocol: hillock.1\r\n\r\n", 400},
		{"a broken key", "GET /ws HTTP/1.1\r\n" + host + strings.Replace(upgrade, "AAAA==", "", 1) + "Sec-WebSocket-Protocol: hillock.1\r\n\r\n", 400},
		{"a name that was let point here", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		{"the same, for a socket", "GET /ws HTTP/1.1\r\nHost: evil.example\r\n" + upgrade + "Origin: http://evil.example\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n", 421},
		{"a name that begins like this machine's", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", 421},
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 421},
		{"a POST", "POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", 405},
		{"a PUT of the configuration", "PUT /config.toml HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", 405},
		{"a POST to the socket", "POST /ws HTTP/1.1\r\n" + host + upgrade + "Content-Length: 0\r\n\r\n", 405},
		{"a proxy's CONNECT", "CONNECT localhost:22 HTTP/1.1\r\n" + host + "\r\n", 405},
		{"a path that is not there", "GET /admin HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a path out of the page", "GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", 404},
		{"the same, encoded", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + "\r\n", 404},
		{"the page's folder", "GET //page/ HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a backslash and a zero", "GET /..%5c%00 HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a broken path", "GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400},
		{"a broken header", "GET / HTTP/1.1\r\n" + host + "Bro ken: 1\r\n\r\n", 400},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400},
		{"a body of two lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
		{"a huge header", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 20_000) + "\r\n\r\n", 431},
	}
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		for _, tt := range tests {
			if got := w.ask(t, tt.text); got != tt.status {
				t.Errorf("%s: got %d, want %d", tt.name, got, tt.status)
			}
		}
		w.untouched(t)
	})
}

// untouched fails with any change of the run.
func (w *world) untouched(t *testing.T) {
	t.Helper()
	if got := w.touched(); got != nil {
		t.Errorf("got changes %q, want none", got)
	}
}

func TestBadMessagesAreRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{``, "a message must be a JSON object"},
		{`[]`, "a message must be a JSON object"},
		{`null`, "a message must be a JSON object"},
		{`{"type":"reset"`, "a message must be a JSON object"},
		{`{"type":"reset"} {"type":"reset"}`, "a message must be a single JSON object"},
		{"{\"type\":\"\xff\"}", "a message must be UTF-8"},
		{`{}`, "type: must be a string"},
		{`{"type":1}`, "type: must be a string"},
		{`{"type":"halt"}`, `type: must be auth, view, turn, set, reset, fault, hide, try, reveal, wire, sweep or press, got "halt"`},
		{`{"type":"wire","wire":"w1","at":"middle","hole":""}`, `wire: at: must be from or to, got "middle"`},
		{`{"type":"hide"}`, "hide: missing key wires"},
		{`{"type":"hide","wires":4}`, "hide: wires: must be 1, 2 or 3, got 4"},
		{`{"type":"try"}`, "try: missing key name"},
		{`{"type":"press"}`, "press: missing key input"},
		{`{"type":"reveal","name":"x"}`, `reveal: unknown key "name"`},
		{`{"Type":"reset"}`, "type: must be a string"},
		{`{"type":"reset","now":true}`, `reset: unknown key "now"`},
		{`{"type":"turn","input":"knob"}`, "turn: missing key position"},
		{`{"type":"turn","input":"knob","position":null}`, "turn: position: must have a value, got null"},
		{`{"type":"turn","input":"knob","position":"0.5"}`, "turn: position: must be a number, got string"},
		{`{"type":"turn","input":"knob","position":NaN}`, "a message must be a JSON object"},
		{`{"type":"turn","input":"knob","position":1e999}`, "turn: position: must be a number, got number 1e999"},
		{`{"type":"turn","input":"knob","position":1.01}`, "turn: position: must be from 0 to 1, got 1.01"},
		{`{"type":"turn","input":"knob","position":-0.01}`, "turn: position: must be from 0 to 1, got -0.01"},
		{`{"type":"turn","input":"<b>","position":0.5}`, `turn: no input with a knob is called "<b>"`},
		{`{"type":"sweep","input":"other"}`, `turn: no input with a knob is called "other"`},
		{`{"type":"set","neuron":"n1","key":"dt","value":1}`, "set: key: must be " + strings.Join(keys(), ", ") + ` or speed, got "dt"`},
		{`{"type":"set","key":"tau_m","value":1}`, "set: tau_m: missing key neuron"},
		{`{"type":"set","neuron":"n1","key":"speed","value":1}`, "set: speed: belongs to the loop: leave out neuron"},
		{`{"type":"set","neuron":"n2","key":"tau_m","value":10}`, `set: no neuron is called "n2"`},
		{`{"type":"set","neuron":"n1","key":"tau_m","value":0.5}`, "tau_m: must be from 1 to 100, got 0.5"},
		{`{"type":"set","synapse":"a","key":"speed","value":1}`, "set: speed: belongs to the loop: leave out synapse"},
		{`{"type":"set","synapse":"a","key":"tau_m","value":1}`, `set: key: must be weight, tau, delay of a synapse, got "tau_m"`},
		{`{"type":"set","synapse":"a","key":"weight","value":20.5}`, "weight: must be from -20 to 20, got 20.5"},
		{`{"type":"set","synapse":"a","neuron":"n1","key":"weight","value":1}`, "set: must have neuron or synapse, got both"},
		{`{"type":"turn","synapse":"a","input":"knob","position":0.5}`, `turn: unknown key "synapse"`},
		{`{"type":"set","neuron":["n1"],"key":"tau_m","value":5}`, "set: neuron: must be a string, got array"},
		{`{"type":"set","key":"speed","value":1000}`, "speed: must be from 0.001 to 10, got 1000"},
		{`{"type":"view","per_column":0,"columns":0,"end":0}`, "view: per_column: must be a whole number from 1 to 1000000, got 0"},
		{`{"type":"view","per_column":1,"columns":65537,"end":0}`, "view: columns: must be a whole number from 0 to 65536, got 65537"},
		{`{"type":"view","per_column":1,"columns":-1,"end":0}`, "view: columns: must be a whole number from 0 to 65536, got -1"},
		{`{"type":"view","per_column":1,"columns":0,"end":0.5}`, "view: end: must be a whole number from 0 to 9007199254740992, got 0.5"},
		{`{"type":"view","per_column":1}`, "view: missing key columns"},
		{`{"type":"view","per_column":2.5,"columns":0,"end":0}`, "view: per_column: must be a whole number from 1 to 1000000, got 2.5"},
		{`{"type":"view","per_column":1e7,"columns":0,"end":0}`, "view: per_column: must be a whole number from 1 to 1000000, got 1e+07"},
		{`{"type":"fault","name":"fire"}`, "fault: the virtual Pi has no such fault"},
	}
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		v := w.view(t)
		for i, tt := range tests {
			time.Sleep(time.Second / serve.PerSecond)
			v.say(t, tt.text)
			if len(v.now().errors) != i+1 || v.now().errors[i] != tt.want {
				t.Fatalf("%s: got %q, want %q", tt.text, v.now().errors[i:], tt.want)
			}
		}
		w.untouched(t)
		if len(v.now().hellos) != 1 {
			t.Errorf("got %d hellos, want one: nothing was changed", len(v.now().hellos))
		}
		v.say(t, `{"type":"set","neuron":"n1","key":"tau_m","value":20}`)
		v.say(t, `{"type":"set","synapse":"a","key":"weight","value":-3}`)
		if got := w.touched(); !cmp.Equal(got, []string{"n1.tau_m=20", "synapse.a.weight=-3"}) || len(v.now().hellos) != 3 {
			t.Errorf("got %q and %d hellos, want the client to continue unchanged", got, len(v.now().hellos))
		}
	})
}

// A breach of the protocol ends the connection with a reason.
func TestProtocolErrorsEndTheConnection(t *testing.T) {
	header := func(first byte, length int) []byte { // masked with zeros
		if length < 126 {
			return append([]byte{first, 0x80 | byte(length)}, 0, 0, 0, 0)
		}
		return append(binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(length)), 0, 0, 0, 0)
	}
	const (
		text, binaryKind, fin = 0x1, 0x2, 0x80
		dropped               = -1 // without a reason
	)
	tests := []struct {
		name  string
		bytes []byte
		want  websocket.StatusCode
	}{
		{"a huge message", append(header(fin|text, 5000), make([]byte, 5000)...), websocket.StatusMessageTooBig},
		{"a message in binary", append(header(fin|binaryKind, 2), "{}"...), websocket.StatusUnsupportedData},
		{"a frame with reserved bits", append(header(fin|0x70|text, 2), "{}"...), websocket.StatusProtocolError},
		{"a frame of no kind", append(header(fin|0x5, 2), "{}"...), websocket.StatusProtocolError},
		{"a frame without a mask", []byte{fin | text, 2, '{', '}'}, dropped},
		{"a ping in pieces", append(header(0x9, 2), "{}"...), websocket.StatusProtocolError},
		{"the middle of a message", append(header(fin, 2), "{}"...), websocket.StatusProtocolError},
		{"too many messages", []byte(strings.Repeat(string(append(header(fin|text, 2), "{}"...)), serve.PerSecond+1)), websocket.StatusPolicyViolation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
				other := w.view(t)
				code := make(chan websocket.StatusCode)
				conn, r := w.raw(t)
				defer conn.Close()
				go func() { code <- closing(r) }()
				go conn.Write(tt.bytes)
				if got := <-code; got != tt.want {
					t.Errorf("got status %d, want %d", got, tt.want)
				}
				conn.Close()
				time.Sleep(time.Second)
				synctest.Wait()
				if n := w.server.Count(); n != 1 || other.now().ended != nil {
					t.Errorf("got %d clients and the other ended with %v, want it alone and well", n, other.now().ended)
				}
				w.untouched(t)
			})
		})
	}
}

// raw is a connected client without a WebSocket library.
func (w *world) raw(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := w.pipes.dial()
	if err != nil {
		t.Fatal(err)
	}
	go io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: [::1]:8080\r\nOrigin: http://[::1]:8080\r\n"+upgrade+"Sec-WebSocket-Protocol: hillock.1\r\n\r\n")
	b := bufio.NewReader(conn)
	r, err := http.ReadResponse(b, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v and %v, want a socket", r, err)
	}
	return conn, b
}

// closing reads frames up to the close frame.
func closing(r io.Reader) websocket.StatusCode {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return -1
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
		if head[0]&0xf == 0x8 {
			var code uint16
			_ = binary.Read(r, binary.BigEndian, &code)
			return websocket.StatusCode(code)
		}
		_, _ = io.CopyN(io.Discard, r, n)
	}
}

// A slow header holds a connection for five seconds and disturbs no other client.
func TestSlowHeaders(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		conn, err := w.pipes.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			for _, b := range []byte("GET / HTTP/1.1\r\nHost: localhost\r\nX: xxxxxxxxxxxx") {
				time.Sleep(time.Second)
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		_, _ = io.Copy(io.Discard, conn)
		if took := time.Since(began); took != serve.HeaderTime {
			t.Errorf("it was closed after %v, want %v", took, serve.HeaderTime)
		}
	})
}

func TestTooManyClients(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		w.view(t)
		v := w.view(t)
		_, r, err := websocket.Dial(t.Context(), "http://localhost/ws", &websocket.DialOptions{HTTPClient: w.http, Subprotocols: []string{Protocol}})
		if err == nil || r.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("a third client: got %v and %v, want status 503", r, err)
		}
		v.conn.CloseNow()
		<-v.done
		synctest.Wait()
		w.view(t)
	})
}

// The end of the run closes all clients with that reason.
func TestEndOfTheRunClosesClients(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		v := w.view(t)
		deaf := w.dial(t)
		defer deaf.CloseNow()
		began := time.Now()
		w.stop()
		<-v.done
		w.ended <- <-w.ended
		var closed websocket.CloseError
		if !errors.As(v.now().ended, &closed) || closed.Code != websocket.StatusGoingAway || closed.Reason != "the run has ended" {
			t.Errorf("got %v, want that it goes away", v.now().ended)
		}
		if took := time.Since(began); took > 2*serve.FarewellTime {
			t.Errorf("it took %v with a client without reads, want at most %v", took, 2*serve.FarewellTime)
		}
	})
}

// A stop does not wait for an answer under way, nor for the client's answer to the close frame.
func TestStopDoesNotWaitForAnAnswerUnderWay(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2, Token: "KNOBANDLED"}, func(t *testing.T, w *world) {
		silent := w.dial(t)
		defer silent.CloseNow()
		if err := silent.Write(t.Context(), websocket.MessageText, []byte(`{"type":"auth","token":"KNOBANDLEG"}`)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the answer to the wrong token takes serve.GuessTime
		began := time.Now()
		w.stop()
		w.ended <- <-w.ended
		if took := time.Since(began); took > 2*serve.FarewellTime {
			t.Errorf("got an end after %v, want at most %v", took, 2*serve.FarewellTime)
		}
	})
}

// A dropped client frees its place within 2*serve.FarewellTime, also without an answer to the close frame.
func TestDroppedClientFreesItsPlace(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		silent := w.dial(t)
		defer silent.CloseNow()
		if err := silent.Write(t.Context(), websocket.MessageBinary, []byte{1}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * serve.FarewellTime)
		synctest.Wait()
		if n := w.server.Count(); n != 0 {
			t.Errorf("got %d places taken after %v, want 0", n, 2*serve.FarewellTime)
		}
	})
}
