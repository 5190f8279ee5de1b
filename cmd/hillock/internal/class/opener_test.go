package class

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/broker"
	"hillock/config"
)

// online joins with [net], waits for the connection, and leaves.
func online(t *testing.T, cfg *config.Config, o Options) {
	t.Helper()
	var log lines
	o.Logger = log.logger()
	b := join(t, cfg, o)
	until(t, "the connection", func() bool { return b.Status().Connected() })
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if all := log.String() + fmt.Sprintf("%+v", b.Status()); o.Password != "" && strings.Contains(all, o.Password) {
		t.Errorf("got the password in %s", all)
	}
}

func TestConnectionOverEachScheme(t *testing.T) {
	t.Parallel()
	const code = "K7QM-2RPD"
	folder := t.TempDir()
	certificate, err := broker.OwnCertificate(folder)
	if err != nil {
		t.Fatal(err)
	}
	mutual := certificate.Config()
	mutual.ClientAuth = tls.RequireAnyClientCert
	for _, tt := range []struct {
		name, scheme string
		tls          *tls.Config
		web, cert    bool
	}{
		{"mqtt", "mqtt", nil, false, false},
		{"mqtts", "mqtts", certificate.Config(), false, false},
		{"mqtts with a certificate of the board", "mqtts", mutual, false, true},
		{"ws", "ws", nil, true, false},
		{"wss", "wss", certificate.Config(), true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", WebSocket: "127.0.0.1:0", Class: "9b", Code: code, TLS: tt.tls})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			cfg := parsed(t, "mara", "")
			cfg.Net.Broker = tt.scheme + "://" + b.Addr()
			if tt.web {
				cfg.Net.Broker = tt.scheme + "://" + b.WebSocketAddr()
			}
			if tt.tls != nil {
				cfg.Net.CA = certificate.File
			}
			if tt.cert {
				cfg.Net.Cert, cfg.Net.Key = certificate.File, filepath.Join(folder, "tls", "key.pem")
			}
			online(t, cfg, Options{User: "9b", Password: code})
		})
	}
	t.Run("unknown authority", func(t *testing.T) {
		t.Parallel()
		b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: "9b", Code: code, TLS: certificate.Config()})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		cfg := parsed(t, "mara", "")
		cfg.Net.Broker = "mqtts://" + b.Addr()
		mara := join(t, cfg, Options{})
		until(t, "an answer", func() bool { return mara.Status().Retry > 0 })
		if got, want := mara.Status().State, "no connection: the broker's certificate is of an unknown authority: name its CA file in net.ca or SSL_CERT_FILE"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Whatever fails: no message has the password, not even one in an address.
func TestNoErrorHasThePassword(t *testing.T) {
	t.Parallel()
	const password = "hunter2"
	web := newBroker(t, "") // MQTT where HTTP is expected
	for _, address := range []string{
		"mqtt://mara:" + password + "@127.0.0.1:1", "ws://mara:" + password + "@127.0.0.1:1", "mqtt://mara:" + password + "@[::1", "mqtt://127.0.0.1:1/%zz" + password,
		"mqtts://" + web.addr, "ws://" + web.addr, "http://" + password,
	} {
		op, err := NewOpener(&config.Config{Net: config.Net{Broker: address}}, Options{User: "mara", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		conn, err := op.Open(ctx)
		cancel()
		if err == nil {
			conn.Close()
			t.Errorf("%s: got a connection", address)
			continue
		}
		stated, _ := stateOf(err)
		if strings.Contains(err.Error(), password) || strings.Contains(stated, password) {
			t.Errorf("%s: got %v and %s", address, err, stated)
		}
		t.Logf("%s: %s", strings.ReplaceAll(address, password, "*"), stated)
	}
}

func TestHubIsFoundBeforeEachAttempt(t *testing.T) {
	t.Parallel()
	hub := newBroker(t, "")
	calls := 0
	find := func(_ context.Context, class string) (string, error) {
		if calls++; calls == 1 {
			return "", errors.New("no answer on the network")
		}
		return "mqtt://" + hub.addr, nil
	}
	cfg := parsed(t, "mara", "")
	cfg.Net.Broker = "find"
	var log lines
	b := join(t, cfg, Options{Find: find, Logger: log.logger()})
	until(t, "the first attempt", func() bool { return b.Status().Retry > 0 })
	if got, want := b.Status().State, "no connection: no hub found: no answer on the network"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	until(t, "the connection", func() bool { return b.Status().Connected() })
	want := `level=WARN msg="class: no connection: no hub found: no answer on the network" class=9b board=mara broker=find
level=INFO msg="class: connected" class=9b board=mara broker=mqtt://` + hub.addr + "\n"
	until(t, "the line about it", func() bool { return strings.Contains(log.String(), "connected") }) // the state comes first
	if got := log.String(); got != want {
		t.Errorf("got log\n%swant\n%s", got, want)
	}
	if got, want := b.Status().String(), "9b at mqtt://"+hub.addr+": "; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A board with a certificate of the hub sends its join code over no connection without TLS.
func TestFoundHubWithoutTLSIsRefused(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, "mara", "")
	cfg.Net.Broker = "find"
	op := &Opener{net: cfg.Net, o: Options{Find: func(context.Context, string) (string, error) { return "mqtt://192.168.1.5:1883", nil }}}
	if got, err := op.locate(t.Context()); got != "mqtt://192.168.1.5:1883" || err != nil {
		t.Errorf("got %q and %v, want the hub", got, err)
	}
	op.net.CA = "hub.pem"
	const want = "no connection: the hub at mqtt://192.168.1.5:1883 has no TLS, and net.ca is given: start it with --tls, or leave net.ca out"
	if _, err := op.locate(t.Context()); op.StateOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A board with its own broker: another one joins over the network.
func TestEmbeddedBrokerServesItsBoardAndOthers(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := func(name string) (string, bool) {
		return map[string]string{"STATE_DIRECTORY": folder}[name], name == "STATE_DIRECTORY"
	}
	cfg := parsed(t, "mara", "")
	cfg.Net.Broker, cfg.Net.Listen = "embedded", ":0"
	mara := join(t, cfg, Options{Env: env})
	until(t, "the connection of mara", func() bool { return mara.Status().Connected() })
	code, err := os.ReadFile(filepath.Join(folder, "classes", "9b.code"))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(mara.Status().Addr, "["), ":")
	port = port[strings.LastIndex(port, ":")+1:]
	ida := parsed(t, "ida", from("mara/n1"))
	ida.Net.Broker = "mqtt://127.0.0.1:" + port
	b := join(t, ida, Options{User: "9b", Password: strings.TrimSpace(string(code))})
	until(t, "mara at ida", func() bool { return b.remoteOf("mara").Measured })

	// After a reload with another name the broker stays.
	cfg = parsed(t, "otto", "")
	cfg.Net.Broker, cfg.Net.Listen = "embedded", ":0"
	otto := join(t, cfg, Options{Env: env, After: mara})
	mara.Leave()
	until(t, "the connection of otto", func() bool { return otto.Status().Connected() })
	until(t, "mara offline at ida", func() bool { return !b.remoteOf("mara").Online })
	if was, is := mara.Status().Addr, otto.Status().Addr; was != is || !b.Status().Connected() {
		t.Errorf("got the broker at %s, want %s", is, was)
	}
}

func TestEmbeddedBrokerNeedsItsAddress(t *testing.T) {
	t.Parallel()
	taken := newBroker(t, "")
	cfg := parsed(t, "mara", "")
	cfg.Net.Broker, cfg.Net.Listen = "embedded", taken.addr
	_, port, _ := strings.Cut(taken.addr, ":")
	want := "net.listen: port " + port + " is in use"
	if _, err := Join(cfg, Options{}); !strings.HasPrefix(fmt.Sprint(err), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
