package main

import (
	"context"
	"crypto/rand"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/discover"
	"hillock/config"
)

// The flag takes precedence over the environment, and so does the file. User is the class.
func TestSourcesOfTheJoinCode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "9b.code")
	if err := os.WriteFile(file, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		env  string
		want string
	}{
		{nil, "", " "},
		{nil, "from-env", "9b from-env"},
		{[]string{"--code-file", file}, "from-env", "9b from-file"},
		{[]string{"--code", "from-flag"}, "from-env", "9b from-flag"},
	} {
		t.Setenv(class.CodeVariable, tt.env)
		f := new(runFlags)
		cmd := f.command()
		if err := cmd.ParseFlags(tt.args); err != nil {
			t.Fatal(err)
		}
		if err := f.class.check(cmd, &f.configFlags); err != nil {
			t.Fatal(err)
		}
		o, err := f.class.options(cmd, config.Net{Broker: "find", Class: "9b"})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.User + " " + o.Password; got != tt.want {
			t.Errorf("%q with %q: got %q, want %q", tt.args, tt.env, got, tt.want)
		}
	}
}

// A run finds the hub of its class on the network, and joins it with the join code. No output has the code.
func TestRunFindsItsHub(t *testing.T) {
	const code = "K7QM-2RPD"
	name := "test-" + rand.Text()
	b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: name, Code: code})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	a := discover.Announce(discover.Hub{Class: name, Broker: netip.MustParseAddrPort(b.Addr())})
	defer a.Close()
	if _, err := discover.Find(t.Context(), name); err != nil {
		t.Skipf("SKIPPED: needs multicast on loopback: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	t.Setenv(class.CodeVariable, code)
	ended := make(chan string, 1)
	go func() {
		out, log, err := hillock(ctx, "run", "--hw", "sim", "--plain", "--class", name, "--board", "mara")
		if err != nil {
			log += err.Error()
		}
		ended <- out + log
	}()
	for b.Stats().Clients == 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	text := <-ended
	for _, want := range []string{"looking for the hub on this network", "hub found", "mqtt://" + b.Addr(), "connected"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, code) {
		t.Errorf("got the join code in\n%s", text)
	}
}
