package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/web"
)

// The flag takes precedence over the environment, and so does the file. Without --web the environment has no effect.
func TestSourcesOfTheToken(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const unset = "(unset)"
	good, private := file("good", "from the file\n", 0o640), file("open", "from the file\n", 0o644)
	windows, short, twice := file("crlf", "from the file\r\n", 0o600), file("short", "1234567\n", 0o600), file("lines", "from the\nfile\n", 0o600)
	long, missing := file("long", strings.Repeat("x", 5000), 0o600), filepath.Join(dir, "missing")
	for _, tt := range []struct {
		args       []string
		env        string
		want, fail string
	}{
		{nil, unset, "", ""},
		{[]string{"--web"}, unset, "", ""},
		{nil, "from the environment", "", ""},
		{nil, "short", "", ""},
		{[]string{"--web"}, "from the environment", "from the environment", ""},
		{[]string{"--web", "--web-token-file", good}, "from the environment", "from the file", ""},
		{[]string{"--web", "--web-token-file", windows}, unset, "from the file", ""},
		{[]string{"--web", "--web-token", "from the flag"}, "from the environment", "from the flag", ""},
		{[]string{"--web", "--web-token", "from the flag", "--web-token-file", good}, unset, "",
			"--web-token, --web-token-file: cannot be given together: choose one"},
		{[]string{"--web-token-file", good}, unset, "", "--web-token-file: needs --web"},
		{[]string{"--web", "--web-token", ""}, unset, "", "--web-token: must have 8 to 256 bytes, got 0"},
		{[]string{"--web", "--web-token", "\x1b[2J12345"}, unset, "", "--web-token: must be one line of text"},
		{[]string{"--web", "--web-token", "\xff1234567"}, unset, "", "--web-token: must be one line of text"},
		{[]string{"--web"}, "1234567", "", "HILLOCK_WEB_TOKEN: must have 8 to 256 bytes, got 7"},
		{[]string{"--web"}, "", "", ""},
		{[]string{"--web", "--web-token-file", short}, unset, "", "--web-token-file: " + short + ": must have 8 to 256 bytes, got 7"},
		{[]string{"--web", "--web-token-file", long}, unset, "", "--web-token-file: " + long + ": must have 8 to 256 bytes, got 5000"},
		{[]string{"--web", "--web-token-file", twice}, unset, "", "--web-token-file: " + twice + ": must be one line of text"},
		{[]string{"--web", "--web-token-file", missing}, unset, "", "--web-token-file: " + missing + ": no such file or directory"},
		{[]string{"--web", "--web-token-file", dir}, unset, "", "--web-token-file: " + dir + ": must be a regular file"},
		{[]string{"--web", "--web-token-file", private}, unset, "",
			"--web-token-file: " + private + ": must be private, but other users may read or write it (-rw-r--r--): chmod o= " + private},
	} {
		if runtime.GOOS == "windows" && (strings.Contains(tt.fail, "private") || strings.Contains(tt.fail, "no such")) {
			continue // files have other modes and errors on Windows
		}
		if t.Setenv(serve.TokenVariable, tt.env); tt.env == unset {
			os.Unsetenv(serve.TokenVariable)
		}
		var f runFlags
		cmd := f.command()
		if err := cmd.ParseFlags(tt.args); err != nil {
			t.Fatal(err)
		}
		err := f.web.check(cmd)
		failed := ""
		if err != nil {
			failed = err.Error()
		}
		if f.web.given != tt.want || failed != tt.fail || err != nil && usage.Status(err) != 2 {
			t.Errorf("%q with %q: got %q and %v, want %q and %q", tt.args, tt.env, f.web.given, err, tt.want, tt.fail)
		}
	}
}

// With a token a page on loopback asks for it too. The token is neither in the program's output nor in /config.toml.
func TestGivenTokenCountsOnLoopback(t *testing.T) {
	t.Parallel()
	const secret = "open sesame"
	r := startWeb(t, new(runFlags), "--web=127.0.0.1:0", "--web-token", secret, "--plain", "--summary", "-")
	for _, host := range []string{"evil.example", "127.0.0.1"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/config.toml", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := answer.Write(&text); err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"evil.example": 421, "127.0.0.1": 200}[host]; answer.StatusCode != want || strings.Contains(text.String(), secret) {
			t.Errorf("host %s: got %d, want %d and no token in\n%s", host, answer.StatusCode, want, text.String())
		}
	}
	conn, _, err := websocket.Dial(t.Context(), r.url+"/ws", &websocket.DialOptions{Subprotocols: []string{web.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	next := func(kind string) (m struct {
		Type, Message string
		MayChange     bool `json:"may_change"`
	}) {
		t.Helper()
		for m.Type != kind {
			_, b, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_ = json.Unmarshal(b, &m) // a frame leaves m unchanged
		}
		return m
	}
	say := func(text string) {
		t.Helper()
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if next("hello").MayChange {
		t.Error("got a page that may make changes before it gave the token")
	}
	say(`{"type":"reset"}`)
	if got, want := next("error").Message, "changes need the token of this run"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	say(`{"type":"auth","token":"open barley"}`)
	if got, want := next("error").Message, "wrong token"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	say(`{"type":"auth","token":"` + secret + `"}`)
	if !next("hello").MayChange {
		t.Error("got a page that may not make changes after it gave the token")
	}
	out, errOut := r.end(t)
	if all := out + errOut; strings.Contains(all, secret) || !strings.Contains(errOut, "token to make changes: as given") ||
		!strings.Contains(errOut, "warning: wrong token (from 127.0.0.1:") {
		t.Errorf("got\n%s\nwant a wrong token logged, and no token", all)
	}
}
