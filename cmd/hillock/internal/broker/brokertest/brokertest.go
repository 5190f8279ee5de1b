// Package brokertest starts brokers for tests: the embedded one, Debian's mosquitto, a NATS server, and a cluster of two NATS servers.
// Each admits the boards mara, ida and tom of the class 9b, each with the topics of its own name only.
package brokertest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/broker"
)

// Class is the class of the brokers, Code its join code.
const (
	Class = "9b"
	Code  = "K7QM-2RPD"
)

// Boards returns the names of the admitted boards.
func Boards() []string { return []string{"mara", "ida", "tom"} }

// patience is the longest wait. Only a broken broker needs it.
const patience = 60 * time.Second

// Site is a running broker, or a cluster.
type Site struct {
	Nodes []string // addresses, host:port; one board may use any
	Login func(board string) (user, password string)
	stop  func()
	start func()
}

// Stop kills the broker.
func (s *Site) Stop() { s.stop() }

// Start starts a stopped broker at the same addresses, and waits until it admits a board.
func (s *Site) Start() { s.start() }

// Each runs f with each broker. A broker without its program is skipped by name.
func Each(t *testing.T, f func(t *testing.T, s *Site)) {
	for _, b := range []struct {
		name string
		open func(*testing.T) *Site
	}{{"embedded", embedded}, {"mosquitto", mosquitto}, {"nats", nats}, {"nats cluster", cluster}} {
		t.Run(b.name, func(t *testing.T) {
			s := b.open(t)
			t.Cleanup(func() { s.stop() })
			s.start()
			f(t, s)
		})
	}
}

func embedded(t *testing.T) *Site {
	s := &Site{Nodes: freePorts(t, 1), Login: func(string) (string, string) { return Class, Code }}
	var b *broker.Broker
	s.start = func() {
		var err error
		if b, err = broker.Open(broker.Options{Listen: s.Nodes[0], Class: Class, Code: Code}); err != nil {
			t.Fatal(err)
		}
	}
	s.stop = func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	return s
}

// mosquitto writes the files of deploy/doc/class.md for a school: a user and rules for each board.
func mosquitto(t *testing.T) *Site {
	program := find(t, "mosquitto", "", "/usr/sbin/mosquitto")
	passwd := find(t, "mosquitto_passwd", "", "/usr/bin/mosquitto_passwd")
	dir := t.TempDir()
	nodes := freePorts(t, 1)
	_, port, _ := net.SplitHostPort(nodes[0])
	var users, rules strings.Builder
	for _, board := range Boards() {
		fmt.Fprintf(&users, "%s:%s\n", board, secret(board))
		fmt.Fprintf(&rules, "user %s\ntopic read hillock/1/%s/#\ntopic write hillock/1/%[2]s/%[1]s/#\n\n", board, Class)
	}
	write(t, dir, "passwords", users.String())
	write(t, dir, "rules", rules.String())
	if out, err := exec.Command(passwd, "-U", filepath.Join(dir, "passwords")).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	config := write(t, dir, "mosquitto.conf", fmt.Sprintf(`listener %s 127.0.0.1
allow_anonymous false
password_file %s/passwords
acl_file %[2]s/rules
set_tcp_nodelay true
max_queued_messages 256
persistence false
`, port, dir))
	if os.Geteuid() == 0 { // mosquitto changes to its own user otherwise, without access to the folder
		config = write(t, dir, "mosquitto.conf", "user root\n"+read(t, config))
	}
	return served(t, nodes, [][]string{{program, "-c", config}})
}

// natsUsers are the permissions of each board, for NATS. MQTT's topic a/b is the subject a.b there, and + is *. A dot in a topic is //.
func natsUsers() string {
	var b strings.Builder
	for _, board := range Boards() {
		fmt.Fprintf(&b, `      { user: %s, password: %q, permissions: {
          publish: ["hillock.1.%s.%[1]s.>"]
          subscribe: ["hillock.1.%[3]s.>", "$MQTT.sub.>"] } }
`, board, secret(board), Class)
	}
	return b.String()
}

func nats(t *testing.T) *Site {
	program := find(t, "nats-server", "HILLOCK_NATS", "")
	dir := t.TempDir()
	ports := freePorts(t, 2)
	config := write(t, dir, "nats.conf", natsConfig("a", dir, ports[0], ports[1], ""))
	return served(t, ports[:1], [][]string{{program, "-c", config}})
}

// cluster has two nodes. A stream with replicas needs three, so that each has one copy here.
func cluster(t *testing.T) *Site {
	program := find(t, "nats-server", "HILLOCK_NATS", "")
	dir := t.TempDir()
	ports := freePorts(t, 6)
	var commands [][]string
	for i, name := range []string{"a", "b"} {
		more := fmt.Sprintf(`cluster {
  name: class
  listen: %q
  routes: ["nats://%s", "nats://%s"]
}
`, ports[4+i], ports[4], ports[5])
		config := write(t, dir, name+".conf", natsConfig(name, filepath.Join(dir, name), ports[i], ports[2+i], more))
		commands = append(commands, []string{program, "-c", config})
	}
	return served(t, ports[:2], commands)
}

func natsConfig(name, dir, mqtt, client, more string) string {
	return fmt.Sprintf(`server_name: %q
listen: %q
jetstream { store_dir: %q }
mqtt {
  listen: %q
  stream_replicas: 1
  js_api_timeout: "1s"
}
accounts {
  CLASS {
    jetstream: enabled
    users: [
%s    ]
  }
  SYS { users: [ { user: admin, password: %q } ] }
}
system_account: SYS
%s`, name, client, dir, mqtt, natsUsers(), secret("admin"), more)
}

func secret(user string) string { return "secret-of-" + user }

// served returns a site of processes. Each node must admit mara before a test begins.
func served(t *testing.T, nodes []string, commands [][]string) *Site {
	s := &Site{Nodes: nodes, Login: func(board string) (string, string) { return board, secret(board) }}
	var running []*exec.Cmd
	log := &tail{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the broker:\n%s", log)
		}
	})
	s.start = func() {
		for _, c := range commands {
			p := exec.Command(c[0], c[1:]...)
			p.Stdout, p.Stderr = log, log
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, p)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for _, node := range nodes {
			if err := admits(ctx, node, "mara", secret("mara")); err != nil {
				t.Fatalf("%s: %v", node, err)
			}
		}
	}
	s.stop = func() {
		for _, p := range running {
			p.Process.Kill()
			p.Wait()
		}
		running = nil
	}
	return s
}

// admits tries until a broker accepts a CONNECT.
func admits(ctx context.Context, address, user, password string) error {
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := try(ctx, address, user, password)
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("the broker admits no board: %w", err)
		}
	}
}

// try sends a CONNECT of MQTT 3.1.1, and expects a CONNACK with the code 0.
func try(ctx context.Context, address, user, password string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	var body bytes.Buffer
	text := func(s string) { body.Write([]byte{byte(len(s) >> 8), byte(len(s))}); body.WriteString(s) }
	text("MQTT")
	body.Write([]byte{4, 0xC2, 0, 60})
	text("probe")
	text(user)
	text(password)
	if _, err := c.Write(append([]byte{0x10, byte(body.Len())}, body.Bytes()...)); err != nil {
		return err
	}
	var ack [4]byte
	if _, err := io.ReadFull(c, ack[:]); err != nil {
		return err
	}
	if ack[3] != 0 {
		return fmt.Errorf("CONNACK with code %d", ack[3])
	}
	_, err = c.Write([]byte{0xE0, 0})
	return err
}

// find returns a program: of an environment variable, on the PATH or at its usual place. Without it the test is skipped by name.
func find(t *testing.T, name, variable, place string) string {
	t.Helper()
	if variable != "" && os.Getenv(variable) != "" {
		return os.Getenv(variable)
	}
	for _, p := range []string{name, cmp.Or(place, name)} {
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	t.Skipf("SKIPPED: needs %s", name)
	return ""
}

// freePorts returns unused addresses of loopback. Another program could take one meanwhile; then the start fails.
func freePorts(t *testing.T, n int) (addresses []string) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return addresses
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tail keeps the end of a log.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	l.text = l.text[max(0, len(l.text)-8<<10):]
	return len(p), nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
