package broker

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestJoinCodeOutlivesTheHub(t *testing.T) {
	dir := t.TempDir()
	code, err := JoinCode(dir, "9b")
	if err != nil || !validCode(code) || len(code) != 9 || code[4] != '-' {
		t.Fatalf("got %q, %v, want a code as K7QM-2RPD", code, err)
	}
	if again, err := JoinCode(dir, "9b"); again != code || err != nil {
		t.Errorf("again: got %q, %v, want the same code", again, err)
	}
	if other, err := JoinCode(dir, "9c"); other == code || err != nil {
		t.Errorf("other class: got %q, %v, want another code", other, err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "classes"))
	if err != nil || len(files) != 2 {
		t.Errorf("got files %v, %v, want two codes and no remains", files, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "classes", "9b.code")); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
}

func TestJoinCodeErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "classes", "9b.code")
	if _, err := JoinCode(dir, "../9b"); err == nil || err.Error() != `net.class: must be 1 to 32 letters, digits, _ and -, got "../9b"` {
		t.Errorf("class: got %v", err)
	}
	if err := writeSecret(file, []byte("K7QM-2RPO\n")); err != nil {
		t.Fatal(err)
	}
	const wrong = ": must hold a join code of 8 characters as K7QM-2RPD: correct it, or remove the file for a new code"
	if _, err := JoinCode(dir, "9b"); err == nil || err.Error() != file+wrong {
		t.Errorf("content: got %v, want %s", err, file+wrong)
	}
	if err := os.WriteFile(file, []byte("k7qm 2rpd"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := JoinCode(dir, "9b"); got != "k7qm 2rpd" || err != nil {
		t.Errorf("other spelling: got %q, %v, want it accepted", got, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	want := file + ": has mode 0640, and others may read the secret: use 'chmod 600 " + file + "'"
	if _, err := JoinCode(dir, "9b"); err == nil || err.Error() != want {
		t.Errorf("mode: got %v, want %s", err, want)
	}
}

func TestStateFolder(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"service": {map[string]string{"STATE_DIRECTORY": "/var/lib/hillock:/var/lib/b", "XDG_CONFIG_HOME": "/x"}, "/var/lib/hillock"},
		"user":    {map[string]string{"XDG_CONFIG_HOME": "/home/mara/.config"}, filepath.Join("/home/mara/.config", "hillock")},
	} {
		if got, err := Folder(func(key string) string { return test.env[key] }); got != test.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
		}
	}
}

func TestOwnCertificateServesTheClass(t *testing.T) {
	dir := t.TempDir()
	cert, err := OwnCertificate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := OwnCertificate(dir); err != nil || again.Fingerprint != cert.Fingerprint || len(cert.Fingerprint) != 95 {
		t.Errorf("again: got %q, %v, want %q", again.Fingerprint, err, cert.Fingerprint)
	}
	leaf, err := x509.ParseCertificate(cert.TLS.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	if years := time.Until(leaf.NotAfter).Hours() / 24 / 365; years < 9.9 || years > 10.1 {
		t.Errorf("got %.1f years, want 10", years)
	}
	w := open(t, func(o *Options) { o.TLS = cert.Config() })
	pem, err := os.ReadFile(cert.File)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	for _, name := range []string{"localhost", "127.0.0.1"} {
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", w.Addr(), &tls.Config{RootCAs: roots, ServerName: name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		newClient(t, c).mustConnect(maraParams("9b:mara"))
	}
	plain := w.dial(t, "127.0.0.1")
	plain.send(connectBytes(maraParams("9b:mara")))
	plain.ended()
	if s := w.Stats(); s.Refused[NoTLS] != 1 {
		t.Errorf("got %v, want one refused client without TLS", s.Refused)
	}
}

// A Pi moves to another network, and a certificate ends: the hub says so, before the boards do.
func TestCertificateHasItsProblem(t *testing.T) {
	cert, err := OwnCertificate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := cert.TLS.Leaf.NotBefore.AddDate(1, 0, 0)
	for _, tt := range []struct {
		hosts []string
		now   time.Time
		want  string
	}{
		{[]string{"127.0.0.1:1883", "[::1]:1883", "localhost:1883"}, now, ""},
		{[]string{"127.0.0.1:1883", "192.0.2.7:1883"}, now, cert.File + ": is not for 192.0.2.7: remove its folder for a new certificate, or give one with --tls-cert"},
		{nil, now.AddDate(20, 0, 0), cert.File + ": is valid until " + cert.TLS.Leaf.NotAfter.Format(time.DateOnly) +
			": remove its folder for a new certificate, or give one with --tls-cert"},
		{nil, now.AddDate(-2, 0, 0), cert.File + ": is valid from " + cert.TLS.Leaf.NotBefore.Format(time.DateOnly) + " on: correct the date of this computer"},
	} {
		if got := cert.Problem(tt.hosts, tt.now); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.hosts, got, tt.want)
		}
	}
}

func TestPauseGrowsWithWrongCodes(t *testing.T) {
	var g guesses
	g.init()
	from, other, now := netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.8"), time.Unix(0, 0)
	var pauses []time.Duration
	for range 16 {
		g.wrong(from, now)
		pause := g.all[from].pause()
		pauses = append(pauses, pause/time.Second)
		if pause > 0 && !g.paused(from, now.Add(pause-1)) || g.paused(from, now.Add(pause)) || g.paused(other, now) {
			t.Errorf("after %v: the pause does not hold for %v", pauses, pause)
		}
	}
	if want := [16]time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300}; [16]time.Duration(pauses) != want {
		t.Errorf("pauses in s: got %d, want %d", pauses, want)
	}
	if g.wrong(from, now.Add(forget+1)); g.paused(from, now.Add(forget+1)) {
		t.Error("the wrong codes are not forgotten")
	}
	for i := range 2 * maxGuessers {
		g.wrong(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), now.Add(time.Duration(i)))
	}
	if len(g.all) != maxGuessers {
		t.Errorf("got %d addresses, want %d", len(g.all), maxGuessers)
	}
}
