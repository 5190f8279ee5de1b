package wall

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/serve"
)

// deadline fails a broken program alone.
const deadline = 30 * time.Second

// served is a wall on loopback.
type served struct {
	*Wall
	addr string
}

func newServed(t *testing.T, o Options) served {
	t.Helper()
	o.Class, o.Clients = "9b", 10
	w, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return served{w, l.Addr().String()}
}

// ask sends a request and returns the answer's status.
func (s served) ask(t *testing.T, text string) int {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(deadline))
	io.WriteString(conn, text)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%.60q: %v", text, err)
	}
	r.Body.Close()
	return r.StatusCode
}

// browser is a connected viewer.
type browser struct {
	*websocket.Conn
	ctx context.Context
}

// watch connects a viewer, with further headers.
func (s served) watch(t *testing.T, host string, header http.Header) browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, "ws://"+s.addr+"/ws", &websocket.DialOptions{Subprotocols: []string{Protocol}, HTTPHeader: header, Host: host})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() })
	return browser{conn, ctx}
}

// next returns the next message of a type.
func (b browser) next(t *testing.T, kind string) string {
	t.Helper()
	for {
		of, text, err := b.Read(b.ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v", kind, err)
		}
		var m struct{ Type, Message string }
		if of == websocket.MessageText && json.Unmarshal(text, &m) == nil && m.Type == kind {
			if kind == "error" {
				return m.Message
			}
			return string(text)
		}
	}
}

func (b browser) say(t *testing.T, text string) {
	t.Helper()
	if err := b.Write(b.ctx, websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	const host = "Host: localhost:8080\r\n"
	const socket = "GET /ws HTTP/1.1\r\n" + host + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	s := newServed(t, Options{})
	for _, tt := range []struct {
		name, text string
		status     int
	}{
		{"a page from elsewhere", socket + "Origin: http://evil.example\r\nSec-WebSocket-Protocol: " + Protocol + "\r\n\r\n", 403},
		{"a sandbox", socket + "Origin: null\r\nSec-WebSocket-Protocol: " + Protocol + "\r\n\r\n", 403},
		{"another port of this host", socket + "Origin: http://localhost:9090\r\nSec-WebSocket-Protocol: " + Protocol + "\r\n\r\n", 403},
		{"the protocol of the other page", socket + "Sec-WebSocket-Protocol: hillock.1\r\n\r\n", 400},
		{"a name that points to this machine", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		{"a POST", "POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", 405},
		{"a path out of the page", "GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", 404},
		{"the same, encoded", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + "\r\n", 404},
		{"the state folder", "GET /walls/9b.json HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a file of the other page that this one does not use", "GET /app.js HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a zero", "GET /wall.js%00 HTTP/1.1\r\n" + host + "\r\n", 404},
		{"a huge header", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 20_000) + "\r\n\r\n", 431},
		{"the page", "GET / HTTP/1.1\r\n" + host + "\r\n", 200},
		{"a shared file", "GET /style.css HTTP/1.1\r\n" + host + "\r\n", 200},
	} {
		if got := s.ask(t, tt.text); got != tt.status {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.status)
		}
	}
}

func TestBadMessagesAreRefused(t *testing.T) {
	s := newServed(t, Options{})
	s.Take("hillock/1/9b/mara/state", []byte("online"))
	s.Take("hillock/1/9b/ida/state", []byte("online"))
	s.setup.Names["tom"] = "Eva"
	b := s.watch(t, "", nil)
	long := strings.Repeat("x", 41)
	for _, tt := range []struct{ text, want string }{
		{`[]`, "a message must be a JSON object"},
		{`{"type":"halt"}`, `type: must be auth, freeze, name, mute, order or remove, got "halt"`},
		{`{"type":"freeze"}`, "freeze: missing key on"},
		{`{"type":"freeze","on":1}`, "freeze: on: must be a truth value, got number"},
		{`{"type":"freeze","on":true,"board":"mara"}`, `freeze: unknown key "board"`},
		{`{"type":"name","board":"<b>","name":"x"}`, `name: no board is called "<b>"`},
		{`{"type":"name","board":"mara","name":"` + long + `"}`, "name: must have at most 40 letters, got 41"},
		{`{"type":"name","board":"mara","name":"a\u202eb"}`, "name: must have visible letters only"},
		{`{"type":"name","board":"mara","name":" Ida"}`, `name: board ida has the name "Ida": choose another name`},
		{`{"type":"name","board":"mara","name":"eva"}`, `name: board tom has the name "eva": choose another name`},
		{`{"type":"mute","board":"","on":true}`, `mute: board: must be 1 to 32 letters, digits, _ and -, got ""`},
		{`{"type":"order","boards":[1,1]}`, "order: board mara: must be in a list once"},
		{`{"type":"order","boards":["mara"]}`, "order: boards: must be a number, got string"},
		{`{"type":"order","boards":[-1]}`, "order: boards: must be a number, got number -1"},
		{`{"type":"order","boards":1}`, "order: boards: must be a list, got number"},
		{`{"type":"remove","board":"mara"}`, "remove: mara is online: only a board that is gone can be removed"},
	} {
		b.say(t, tt.text)
		if got := b.next(t, "error"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	want := newSetup()
	want.Names["tom"] = "Eva"
	if diff := cmp.Diff(want, s.setup); diff != "" || s.film.frozen {
		t.Errorf("setup (-want +got):\n%s", diff)
	}
}

// A browser on this machine and one with the token see the join code. One that only reaches this machine does not.
func TestJoinCodeIsForTheProjector(t *testing.T) {
	s := newServed(t, Options{Options: serve.Options{Token: "open sesame", Beyond: true}, Code: "K7QM-2RPD", URL: "http://192.168.1.5:8080"})
	for _, tt := range []struct {
		name, host string
		header     http.Header
		want       bool
	}{
		{"this machine", "", nil, true},
		{"this machine by name", "localhost:8080", nil, true},
		{"a name that points to this machine", "evil.example", nil, false},
		{"the address in the network", "192.168.1.5:8080", nil, false},
		{"a proxy on this machine", "", http.Header{"X-Forwarded-For": {"10.0.0.7"}}, false},
		{"a proxy with another header", "", http.Header{"Forwarded": {"for=10.0.0.7"}}, false},
	} {
		b := s.watch(t, tt.host, tt.header)
		hello := b.next(t, "hello")
		if got := strings.Contains(hello, "K7QM"); got != tt.want || strings.Contains(hello, `"may_change":true`) {
			t.Errorf("%s: got the code: %t, want %t, and no changes: %s", tt.name, got, tt.want, hello)
		}
		if !tt.want {
			b.say(t, `{"type":"freeze","on":true}`)
			if got, want := b.next(t, "error"), "changes need the token of this wall"; got != want {
				t.Errorf("%s: got %q, want %q", tt.name, got, want)
			}
		}
		b.CloseNow()
	}
	b := s.watch(t, "192.168.1.5:8080", nil)
	b.next(t, "hello")
	b.say(t, `{"type":"auth","token":"open sesamf"}`)
	if got, want := b.next(t, "error"), "wrong token"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.say(t, `{"type":"auth","token":"open sesame"}`)
	if hello := b.next(t, "hello"); !strings.Contains(hello, `"code":"K7QM-2RPD"`) || !strings.Contains(hello, `"may_change":true`) {
		t.Errorf("got %s with the token, want the code and changes", hello)
	}
}

// A flood and a huge message end their connection. The other viewers go on beside a viewer without reads.
func TestBadViewersAreAlone(t *testing.T) {
	s := newServed(t, Options{})
	good, silent := s.watch(t, "", nil), s.watch(t, "", nil)
	_ = silent // never reads
	huge, flood := s.watch(t, "", nil), s.watch(t, "", nil)
	huge.say(t, `{"type":"order","boards":["`+strings.Repeat("x", serve.MaxMessage)+`"]}`)
	for range 3 * serve.PerSecond {
		if flood.Write(flood.ctx, websocket.MessageText, []byte(`{"type":"freeze","on":false}`)) != nil {
			break
		}
	}
	for name, b := range map[string]browser{"huge": huge, "flood": flood} {
		var err error
		for err == nil {
			_, _, err = b.Read(b.ctx)
		}
		if got := websocket.CloseStatus(err); got != websocket.StatusMessageTooBig && got != websocket.StatusPolicyViolation {
			t.Errorf("%s: got %v, want it ended with a reason", name, err)
		}
	}
	said := func(to int64) {
		h := hello("a", 3)
		text, _ := class.Encode(h)
		s.Take("hillock/1/9b/mara/hello", text)
		all := map[string][]int64{}
		for k := range 3 {
			for n := range 500 {
				all[fmt.Sprint("n1.", k+1)] = append(all[fmt.Sprint("n1.", k+1)], to-499+int64(n))
			}
		}
		text, _ = class.Encode(batch("a", to, all))
		s.Take("hillock/1/9b/mara/spikes", text)
	}
	for n := int64(1); n <= 4; n++ {
		said(500 * n)
		good.next(t, "status")
	}
}

// The setup is in a file of the class. A changed file is refused with its name.
func TestSetupIsKept(t *testing.T) {
	folder := t.TempDir()
	s := newServed(t, Options{Folder: folder})
	for _, board := range []string{"mara", "ida"} {
		s.Take("hillock/1/9b/"+board+"/state", []byte("online"))
	}
	s.Take("hillock/1/9b/ida/state", []byte("offline"))
	for _, m := range []wish{{Type: "name", Board: "mara", Name: " Mara & Tim "}, {Type: "mute", Board: "mara", On: true}, {Type: "order", Boards: []uint16{1, 2, 77}}, {Type: "remove", Board: "ida"}} {
		if err := s.change(&viewer{}, m); err != nil {
			t.Fatal(err)
		}
	}
	want := setup{map[string]string{"mara": "Mara & Tim"}, []string{"mara", "ida"}, []string{"mara"}, []string{"ida"}}
	got, err := readSetup(folder, "9b")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, setup (-want +got):\n%s", err, diff)
	}
	again, err := New(Options{Invitation: Invitation{Class: "9b"}, Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	again.Take("hillock/1/9b/ida/state", []byte("offline")) // retained
	if n := again.world.Names(); len(n) != 0 {
		t.Errorf("got %q, want the removed board away", n)
	}
	again.Take("hillock/1/9b/ida/state", []byte("online"))
	if n := again.world.Names(); len(n) != 1 {
		t.Errorf("got %q, want it back", n)
	}
	name := file(folder, "9b")
	for text, want := range map[string]string{
		`{"names":{"../x":"y"}}`:     `board: must be 1 to 32 letters, digits, _ and -, got "../x"`,
		`{"order":["a","a"]}`:        "board a: must be in a list once",
		`{"colour":1}`:               `json: unknown field "colour"`,
		strings.Repeat(" ", 70_000):  "must have at most 65536 bytes",
		`{"names":{"a":"x\u0007y"}}`: "name: must have visible letters only",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{Invitation: Invitation{Class: "9b"}, Folder: folder})
		if want := name + ": " + want + ": remove this file"; fmt.Sprint(err) != want {
			t.Errorf("%.30s: got %v, want %s", text, err, want)
		}
	}
}

// A browser loads less than 80 KiB, with the files of the other page.
func TestPageIsSmall(t *testing.T) {
	own, err := filepath.Glob("page/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shared() {
		own = append(own, filepath.Join("..", "web", "page", name))
	}
	size := int64(0)
	for _, name := range own {
		info, err := fs.Stat(os.DirFS("../.."), filepath.ToSlash(filepath.Join("internal/wall", name)))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size >= 80<<10 {
		t.Errorf("got %d bytes, want less than %d", size, 80<<10)
	}
}
