package class

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/broker"
)

// certified returns a certificate for 127.0.0.1 with a validity of a day, and its file.
func certified(t *testing.T, from time.Time, names ...string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: from.Add(24 * time.Hour), DNSNames: names,
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if names == nil {
		form.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// Each mistake with TLS, as a user makes it: the state says what is wrong and what to do.
func TestMistakesWithTLSAreExplained(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good, ca := certified(t, now.Add(-time.Hour))
	_, otherCA := certified(t, now.Add(-time.Hour))
	elsewhere, elsewhereCA := certified(t, now.Add(-time.Hour), "hub.local", "a.example", "b.example", "c.example", "\x1b[2J")
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	expired, expiredCA := certified(t, old)
	open := func(c *tls.Config) *broker.Broker {
		b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", WebSocket: "127.0.0.1:0", Class: "9b", TLS: c})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return b
	}
	with := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	mutual := with(good)
	mutual.ClientAuth = tls.RequireAnyClientCert
	const noTLS = "the broker has no TLS on this port: write mqtt://, or choose its port for TLS, usually 8883"
	for _, tt := range []struct {
		name, scheme string
		tls          *tls.Config
		web          bool
		ca, want     string
	}{
		{"right", "mqtts", with(good), false, ca, ""},
		{"no file of authorities", "mqtts", with(good), false, "", "the broker's certificate is of an unknown authority: name its CA file in net.ca or SSL_CERT_FILE"},
		{"another file of authorities", "mqtts", with(good), false, otherCA,
			"the broker's certificate does not fit the file of net.ca: take the file that the hub names at its start"},
		{"another host", "mqtts", with(elsewhere), false, elsewhereCA, `the broker's certificate is for "hub.local", "a.example", "b.example", "c.example", ..., ` +
			`not for "127.0.0.1": take one of its names for the address, or a new certificate`},
		{"expired", "mqtts", with(expired), false, expiredCA, "the broker's certificate is valid from 2020-01-01 to 2020-01-02, and this computer has the date " +
			day(now) + ": correct the date, or make a new certificate"},
		{"expired, over a WebSocket", "wss", with(expired), true, expiredCA, "the broker's certificate is valid from 2020-01-01 to 2020-01-02, and this computer has the date " +
			day(now) + ": correct the date, or make a new certificate"},
		{"no certificate of the board", "mqtts", mutual, false, ca, "the broker refused the TLS connection: check net.cert and net.key"},
		{"MQTT to a port for TLS", "mqtt", with(good), false, "", "the broker closed it: if it has TLS on this port, write mqtts://"},
		{"TLS to a port for MQTT", "mqtts", nil, false, ca, noTLS},
		{"TLS to a port for WebSockets", "mqtts", nil, true, ca, noTLS},
		{"a WebSocket to a port for MQTT", "ws", nil, false, "",
			"the broker has no WebSocket on this port: write mqtt:// or mqtts://, or choose its port for WebSockets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := open(tt.tls)
			cfg := parsed(t, "mara", "")
			cfg.Net.Broker, cfg.Net.CA = tt.scheme+"://"+b.Addr(), tt.ca
			if tt.web {
				cfg.Net.Broker = tt.scheme + "://" + b.WebSocketAddr()
			}
			mara := join(t, cfg, Options{})
			until(t, "an answer", func() bool { s := mara.Status(); return s.Retry > 0 || s.Connected() })
			want := "no connection: " + tt.want
			if tt.want == "" {
				want = Connected
			}
			if got := mara.Status().State; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
