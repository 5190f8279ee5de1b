package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
)

// A password from a file, from the environment or from a flag is in no output of a run: not in its log, summary, recording or page,
// whether the broker takes it or refuses it.
func TestOutputsOfARunHaveNoPassword(t *testing.T) {
	const code, wrong = "K7QM-2RPD", "open-sesame-wrong"
	for _, tt := range []struct {
		name, password string
		args, env      []string
	}{
		{name: "login", password: code, args: []string{"--set", "net.login=LOGIN"}},
		{name: "refused login", password: wrong, args: []string{"--set", "net.login=LOGIN"}},
		{name: "environment", password: code, env: []string{class.PasswordVariable, class.CodeVariable}},
		{name: "refused environment", password: wrong, env: []string{class.PasswordVariable}},
		{name: "flag", password: code, args: []string{"--code", code}},
		{name: "file", password: wrong, args: []string{"--code-file", "CODE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: "9b", Code: code})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			folder := t.TempDir()
			in := func(name string) string { return filepath.Join(folder, name) }
			for name, text := range map[string]string{"login": "9b\n" + tt.password + "\n", "code": tt.password + "\n"} {
				if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range tt.env {
				t.Setenv(name, tt.password)
			}
			files := strings.NewReplacer("LOGIN", in("login"), "CODE", in("code"))
			args := []string{"--plain", "--web=127.0.0.1:0", "--class=9b", "--broker=mqtt://" + b.Addr(), "--board=mara", "--set", "loop.speed=1",
				"--record", in("rec.csv"), "--summary", in("sum.json")}
			for _, arg := range tt.args {
				args = append(args, files.Replace(arg))
			}
			r := startWeb(t, new(runFlags), args...)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			for tried := false; !tried; time.Sleep(5 * time.Millisecond) {
				if ctx.Err() != nil {
					t.Fatal("no attempt to connect within 30 s")
				}
				is := b.Stats()
				tried = is.Clients > 0 || len(is.Refused) > 0
			}
			seen := map[string]string{}
			for _, path := range []string{"/", "/config.toml", "/metrics", "/healthz"} {
				seen[path] = load(t, ctx, r.url+path)
			}
			seen["/ws"] = messages(t, ctx, r.url+"/ws", 30)
			if !strings.Contains(seen["/ws"], `"net":{"text":"9b at mqtt://`) || !strings.Contains(seen["/metrics"], "hillock_net_connected") {
				t.Errorf("got no class in\n%s", seen["/ws"])
			}
			out, log := r.end(t)
			seen["output"], seen["log"] = out, log
			for _, name := range []string{"rec.csv", "sum.json"} {
				text, err := os.ReadFile(in(name))
				if err != nil {
					t.Fatal(err)
				}
				seen[name] = string(text)
			}
			if !strings.Contains(seen["sum.json"], `"broker": "mqtt://`) {
				t.Errorf("got no class in\n%s", seen["sum.json"])
			}
			for what, text := range seen {
				if strings.Contains(text, tt.password) {
					t.Errorf("got the password in %s:\n%s", what, text)
				}
			}
		})
	}
}

// load returns the body at a URL.
func load(t *testing.T, ctx context.Context, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// messages returns the first n messages of a page's connection.
func messages(t *testing.T, ctx context.Context, url string, n int) string {
	t.Helper()
	c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{"hillock.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(-1)
	var all strings.Builder
	for range n {
		_, text, err := c.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
