package broker

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

const testCode = "K7QM-2RPD"

// patience is the end of every wait in the tests. Only a broken program needs it.
const patience = 30 * time.Second

// world is a broker of the class 9b with its log. Connections from 127.0.0.1 are of this machine, others of 127.0.0.0/8 are not.
type world struct {
	*Broker
	log *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func open(t *testing.T, change func(*Options)) *world {
	t.Helper()
	w := &world{log: &safeBuffer{}}
	l := usual
	l.local = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") }
	o := Options{Listen: "127.0.0.1:0", Class: "9b", Code: testCode, limits: &l,
		Logger: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	b, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.Broker = b
	return w
}

// client is a bare MQTT client: it can send anything.
type client struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// dial connects from an address, without a CONNECT.
func (w *world) dial(t *testing.T, from string) *client {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	c, err := d.Dial("tcp", w.Addr())
	switch {
	case err != nil && from != "127.0.0.1" && runtime.GOOS != "linux":
		t.Skipf("SKIPPED: needs the address %s", from)
	case err != nil:
		t.Fatal(err)
	}
	return newClient(t, c)
}

func newClient(t *testing.T, c net.Conn) *client {
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &client{t, c, bufio.NewReader(c)}
}

// join connects from this machine with an ID.
func (w *world) join(t *testing.T, id string) *client {
	t.Helper()
	c := w.dial(t, "127.0.0.1")
	c.mustConnect(packets.ConnectParams{ClientIdentifier: id})
	return c
}

func (c *client) send(p []byte) {
	c.t.Helper()
	if _, err := c.Write(p); err != nil {
		c.t.Fatal(err)
	}
}

func connectBytes(p packets.ConnectParams) []byte {
	p.ProtocolName, p.Clean = []byte("MQTT"), true
	p.UsernameFlag, p.PasswordFlag, p.WillFlag = len(p.Username) > 0, len(p.Password) > 0, p.WillTopic != ""
	if p.Keepalive == 0 {
		p.Keepalive = 30
	}
	var b bytes.Buffer
	pk := packets.Packet{ProtocolVersion: 4, FixedHeader: packets.FixedHeader{Type: connect}, Connect: p}
	if err := pk.ConnectEncode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// connect returns the code of the CONNACK.
func (c *client) connect(p packets.ConnectParams) byte {
	c.t.Helper()
	c.send(connectBytes(p))
	pk := c.next()
	if pk.FixedHeader.Type != packets.Connack {
		c.t.Fatalf("got packet type %d, want CONNACK", pk.FixedHeader.Type)
	}
	return pk.ReasonCode
}

func (c *client) mustConnect(p packets.ConnectParams) {
	c.t.Helper()
	if code := c.connect(p); code != 0 {
		c.t.Fatalf("connect: got code %d, want 0", code)
	}
}

func publishBytes(topic, payload string, retain bool, qos byte) []byte {
	pk := packets.Packet{ProtocolVersion: 4, FixedHeader: packets.FixedHeader{Type: publish, Retain: retain, Qos: qos}, TopicName: topic, Payload: []byte(payload)}
	if qos > 0 {
		pk.PacketID = 7
	}
	var b bytes.Buffer
	if err := pk.PublishEncode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (c *client) publish(topic, payload string, retain bool, qos byte) {
	c.t.Helper()
	c.send(publishBytes(topic, payload, retain, qos))
}

func subscribeBytes(filters ...string) []byte {
	pk := packets.Packet{ProtocolVersion: 4, FixedHeader: packets.FixedHeader{Type: subscribe, Qos: 1}, PacketID: 9}
	for _, f := range filters {
		pk.Filters = append(pk.Filters, packets.Subscription{Filter: f, Qos: 1})
	}
	var b bytes.Buffer
	if err := pk.SubscribeEncode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// subscribe returns the codes of the SUBACK. No other packet may come before it.
func (c *client) subscribe(filters ...string) []byte {
	c.t.Helper()
	c.send(subscribeBytes(filters...))
	pk := c.next()
	if pk.FixedHeader.Type != packets.Suback {
		c.t.Fatalf("got packet type %d, want SUBACK", pk.FixedHeader.Type)
	}
	return pk.ReasonCodes
}

// ping waits until the broker has processed all packets of the client.
func (c *client) ping() {
	c.t.Helper()
	c.send([]byte{pingreq << 4, 0})
	if pk := c.next(); pk.FixedHeader.Type != packets.Pingresp {
		c.t.Fatalf("got packet type %d, want PINGRESP", pk.FixedHeader.Type)
	}
}

// next returns the next packet.
func (c *client) next() packets.Packet {
	c.t.Helper()
	pk, err := c.read()
	if err != nil {
		c.t.Fatalf("next packet: %v", err)
	}
	return pk
}

func (c *client) read() (packets.Packet, error) {
	first, err := c.r.ReadByte()
	if err != nil {
		return packets.Packet{}, err
	}
	pk := packets.Packet{ProtocolVersion: 4}
	if err := pk.FixedHeader.Decode(first); err != nil {
		return pk, err
	}
	n, _, err := packets.DecodeLength(c.r)
	if err != nil {
		return pk, err
	}
	pk.FixedHeader.Remaining = n
	body := make([]byte, n)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return pk, err
	}
	switch pk.FixedHeader.Type {
	case packets.Connack:
		pk.ReasonCode = body[1] // for MQTT 5 too
	case publish:
		err = pk.PublishDecode(body)
	case packets.Suback:
		err = pk.SubackDecode(body)
	}
	return pk, err
}

// message returns the next message as "topic payload", with " retained".
func (c *client) message() string {
	c.t.Helper()
	pk := c.next()
	if pk.FixedHeader.Type != publish {
		c.t.Fatalf("got packet type %d, want PUBLISH", pk.FixedHeader.Type)
	}
	text := pk.TopicName + " " + string(pk.Payload)
	if pk.FixedHeader.Retain {
		text += " retained"
	}
	return text
}

// ended waits for the end of the connection, and skips packets before it.
func (c *client) ended() {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			if e, ok := err.(net.Error); ok && e.Timeout() {
				c.t.Fatal("the connection is still open")
			}
			return
		}
	}
}
