package class

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"hillock/config"
	"hillock/hw/part"
)

// testBroker is a broker on loopback that can stop and come back at another port. Boards find it with dial.
type testBroker struct {
	t  testing.TB
	mu sync.Mutex
	*mqtt.Server
	addr string
	code string // password of all users; "": everybody may connect
	deny string // a filter that no client may read
}

func newBroker(t testing.TB, code string) *testBroker {
	b := &testBroker{t: t, code: code}
	b.start()
	t.Cleanup(b.stop)
	return b
}

func (b *testBroker) start() {
	b.t.Helper()
	s := mqtt.New(&mqtt.Options{InlineClient: true, Logger: slog.New(slog.DiscardHandler)})
	if err := s.AddHook(&codeHook{code: b.code, deny: b.deny}, nil); err != nil {
		b.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	if err := s.AddListener(listeners.NewNet("tcp", listener)); err != nil {
		b.t.Fatal(err)
	}
	if err := s.Serve(); err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	b.Server, b.addr = s, listener.Addr().String()
	b.mu.Unlock()
}

func (b *testBroker) stop() {
	b.mu.Lock()
	s := b.Server
	b.Server, b.addr = nil, ""
	b.mu.Unlock()
	if s != nil {
		s.Close()
	}
}

// dial connects to the broker as it is now, whatever the address.
func (b *testBroker) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	b.mu.Lock()
	addr := b.addr
	b.mu.Unlock()
	if addr == "" {
		return nil, io.EOF
	}
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

// watch calls f with each message of a class.
func (b *testBroker) watch(class string, f func(topic string, text []byte)) {
	b.t.Helper()
	err := b.Subscribe(AllOf(class), 1, func(_ *mqtt.Client, _ packets.Subscription, pk packets.Packet) { f(pk.TopicName, pk.Payload) })
	if err != nil {
		b.t.Fatal(err)
	}
}

// codeHook lets clients in with a password. They may do everything but read deny.
type codeHook struct {
	mqtt.HookBase
	code, deny string
}

func (*codeHook) Provides(b byte) bool {
	return b == mqtt.OnConnectAuthenticate || b == mqtt.OnACLCheck
}

func (h *codeHook) OnConnectAuthenticate(_ *mqtt.Client, pk packets.Packet) bool {
	return h.code == "" || string(pk.Connect.Password) == h.code
}

func (h *codeHook) OnACLCheck(_ *mqtt.Client, topic string, write bool) bool {
	return write || h.deny == "" || topic != h.deny
}

// roomClock is the clock of a board: real time, shifted and with drift.
type roomClock struct {
	zero   time.Time
	offset time.Duration
	drift  float64
}

func (c roomClock) Now() time.Duration {
	d := time.Since(c.zero)
	return d + c.offset + time.Duration(float64(d)*c.drift)
}

// parsed returns a configuration with [net] and more text.
func parsed(t testing.TB, board, more string) *config.Config {
	t.Helper()
	text := "loop.speed = 1\nloop.realtime = \"off\"\n[net]\nbroker = \"mqtt://broker:1883\"\nclass = \"9b\"\nboard = \"" + board + "\"\nlink = \"cable\"\n[input.drive]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"2 nA\"\n" + more
	if !strings.Contains(more, "[neuron.") {
		text += "[neuron.n1]\ninput = \"drive\"\n"
	}
	cfg, err := config.Parse("class.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// from is a synapse from neurons of other boards.
func from(names ...string) string {
	return "[synapse.s]\nfrom = [\"" + strings.Join(names, "\", \"") + "\"]\nto = \"n1\"\nkind = \"exp\"\nweight = \"1 nA\"\ntau = \"5 ms\"\n"
}

// join joins a class and begins a configuration.
func join(t testing.TB, cfg *config.Config, o Options) *Board {
	t.Helper()
	if o.Clock == nil {
		o.Clock = roomClock{zero: time.Now()}
	}
	b, err := Join(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	b.Begin(cfg, nil, nil)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// until waits for a condition. Only a broken program reaches the deadline.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// remoteOf returns the state of another board.
func (b *Board) remoteOf(name string) Remote {
	for _, r := range b.Status().Boards {
		if r.Name == name {
			return r
		}
	}
	return Remote{}
}
