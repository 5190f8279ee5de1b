package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/part"
)

// --web takes its address after an equals sign, --web-addr after a space too; every other argument is FILE.
func TestWebAddress(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("my.toml", config.Default(part.Kinds()).TOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, addr, file string }{
		{"", "", ""},
		{"my.toml", "", "my.toml"},
		{":9090", "", ":9090"},
		{"--web", webAddr, ""},
		{"--web=:8080", ":8080", ""},
		{"--web=[::1]:8080", "[::1]:8080", ""},
		{"--web my.toml", webAddr, "my.toml"},
		{"my.toml --web", webAddr, "my.toml"},
		{"my.toml --web=localhost:8080", "localhost:8080", "my.toml"},
		{"--web=:8080 :9090", ":8080", ":9090"},
		{"--web-addr :8080", ":8080", ""},
		{"--web-addr=:8080 my.toml", ":8080", "my.toml"},
		{"my.toml --web-addr :8080 --web", ":8080", "my.toml"},
		{"--web --web-addr :8080 my.toml", ":8080", "my.toml"},
	} {
		var f runFlags
		cmd := f.command()
		if err := cmd.ParseFlags(strings.Fields(tt.args)); err != nil {
			t.Fatal(err)
		}
		args := cmd.Flags().Args()
		if err := errors.Join(cmd.ValidateArgs(args), f.web.check(cmd)); err != nil {
			t.Errorf("%s: got %v, want no error", tt.args, err)
		}
		if file := strings.Join(args, " "); f.web.addr != tt.addr || file != tt.file {
			t.Errorf("%s: got address %q and file %q, want %q and %q", tt.args, f.web.addr, file, tt.addr, tt.file)
		}
	}
	out, errOut, err := hillock(t.Context(), "run", "--hw", "sim", "--duration", "5ms", "--web-addr", "127.0.0.1:0", "my.toml")
	if err != nil || !strings.HasPrefix(errOut, "open http://127.0.0.1:") || !strings.Contains(errOut, "my.toml") {
		t.Errorf("got %v, %q and %q, want the file's run on the web", err, out, errOut)
	}
	for _, tt := range []struct{ args, want string }{
		{"--web=:8080 ", "toml\n:8"},
		{"--web-addr :8080 ", "toml\n:8"},
		{"--web-addr ", "127.0.0.1:8080\n:8080\n:4"},
		{"--web=", "127.0.0.1:8080\n:8080\n:4"},
	} {
		args := append([]string{"__complete", "run"}, strings.Split(tt.args, " ")...)
		if words, _, _ := hillock(t.Context(), args...); !strings.Contains(words, tt.want) {
			t.Errorf("%s: got the completion %q, want %q", tt.args, words, tt.want)
		}
	}
}

func TestWebFlags(t *testing.T) {
	t.Parallel()
	noFile := func(name string) string {
		_, err := os.Open(name)
		return fmt.Sprintf("%v: write one with 'hillock config init %s'", err, name)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--web="}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "" (see 'hillock run --help')`},
		{[]string{"--web=8080"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "8080"`},
		{[]string{"--web=127.0.0.1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "127.0.0.1"`},
		{[]string{"--web=127.0.0.1:-1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "127.0.0.1:-1"`},
		{[]string{"--web=localhost:http"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "localhost:http"`},
		{[]string{"--web=:65536"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got ":65536"`},
		{[]string{"--web=::1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "::1"`},
		{[]string{"--web-addr", "my.toml"}, `--web-addr: must be an address such as 127.0.0.1:8080 or :8080, got "my.toml"`},
		{[]string{"--web-addr", "", "--web"}, `--web-addr: must be an address such as 127.0.0.1:8080 or :8080, got "" (see 'hillock run --help')`},
		{[]string{"--web=:8080", "--web-addr", ":9090"}, "--web=:8080, --web-addr: cannot be given together: choose one"},
		{[]string{"--web", ":8080"}, ":8080: no space before the address of --web: write --web=:8080 or --web-addr :8080 (see 'hillock run --help')"},
		{[]string{"my.toml", "--web", "[::1]:8080"}, "[::1]:8080: no space before the address of --web: write --web=[::1]:8080 or --web-addr [::1]:8080 (see 'hillock run --help')"},
		{[]string{"--web", "8080"}, noFile("8080")},
		{[]string{"--web", "my.toml", "other.toml"}, `unexpected argument "other.toml" (see 'hillock run --help')`},
		{[]string{"--web=:8080", ":9090"}, noFile(":9090")},
		{[]string{"--web", "my.toml"}, noFile("my.toml")},
		{[]string{"--web", "my:toml"}, noFile("my:toml")},
		{[]string{":9090"}, noFile(":9090")},
		{[]string{"--web-addr", ":8080", ":9090"}, noFile(":9090")},
		{[]string{"--web-token=12345678"}, "--web-token: needs --web"},
		{[]string{"--web", "--web-token=1234567"}, "--web-token: must have 8 to 256 bytes, got 7"},
		{[]string{"--web", "--web-clients=0"}, "--web-clients: must be at least 1, got 0"},
		{[]string{"--web", "--web-per-address=0"}, "--web-per-address: must be at least 1, got 0"},
		{[]string{"--web-per-address=9"}, "--web-per-address: needs --web"},
	} {
		cmd := newRoot()
		cmd.SetArgs(append([]string{"run", "--hw", "sim"}, tt.args...))
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		if err := cmd.Execute(); err == nil || err.Error() != tt.want || usage.Status(err) != 2 {
			t.Errorf("%q: got %v and status %d, want %s and 2", tt.args, err, usage.Status(err), tt.want)
		}
	}
}
