package class

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hillock/cmd/hillock/internal/broker/brokertest"
	"hillock/neuron"
)

// plug is the network cable of one board.
type plug struct {
	node string
	mu   sync.Mutex
	out  bool
	conn net.Conn
}

func (p *plug) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out {
		return nil, errors.New("unplugged")
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, p.node)
	if err != nil {
		return nil, err
	}
	p.conn = c
	return reset{c}, nil
}

// reset is a connection with the error of a cut one: paho waits for more after net.ErrClosed.
type reset struct{ net.Conn }

func (r reset) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	if errors.Is(err, net.ErrClosed) {
		err = syscall.ECONNRESET
	}
	return n, err
}

// pull cuts the connection without a goodbye.
func (p *plug) pull() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = true
	p.conn.(*net.TCPConn).SetLinger(0)
	p.conn.Close()
}

func (p *plug) push() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = false
}

// One body for each broker: join, spikes, last will, return, restart with a gap of known length, and the rules for names. In a cluster
// mara and ida are at different nodes.
func TestEachBrokerCarriesTheClass(t *testing.T) {
	brokertest.Each(t, func(t *testing.T, s *brokertest.Site) {
		at := func(board, node string) (*plug, Options) {
			p := &plug{node: node}
			user, password := s.Login(board)
			return p, Options{Dial: p.dial, User: user, Password: password}
		}
		first, last := s.Nodes[0], s.Nodes[len(s.Nodes)-1]
		cable, o := at("mara", first)
		a := drive(join(t, parsed(t, "mara", ""), o), &neuron.Cell{Name: "n1", Count: 1})
		until(t, "mara's connection", a.connected)
		_, o = at("ida", last)
		b := drive(join(t, parsed(t, "ida", from("mara/n1")), o)) // late: mara's state and hello are retained
		until(t, "mara's state and clock", func() bool { r := b.remoteOf("mara"); return r.Online && r.Measured && r.Problem == "" })

		ticks := int64(0)
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("after %d ticks: mara as ida sees it: %+v; mara: %+v; ida: %+v", ticks, b.remoteOf("mara"), a.Status(), b.Status())
			}
		})
		// wait runs the loops in real time until a condition holds. Each batch of mara has 10 ticks of 10 steps, each tick with a spike.
		wait := func(what string, ok func(r Remote) bool) {
			t.Helper()
			until(t, what, func() bool {
				if a.t.Deadline <= a.o.Clock.Now() {
					for range 10 {
						a.tick(0)
					}
					ticks += 10
				}
				b.heard()
				return ok(b.remoteOf("mara"))
			})
		}
		// carried waits for further spikes. Each spike until then has arrived, or its step is in a gap.
		carried := func() Remote {
			t.Helper()
			before := b.remoteOf("mara").Spikes
			wait("spikes, each of them or its gap", func(r Remote) bool { return r.Spikes > before && r.Spikes+r.LostSteps/10 == ticks })
			return b.remoteOf("mara")
		}
		carried()

		cable.pull()
		wait("the last will", func(r Remote) bool { return !r.Online })
		cable.push()
		wait("mara's return", func(r Remote) bool { return r.Online && a.connected() })
		lost := carried()

		s.Stop()
		wait("the lost connections", func(Remote) bool { return !a.connected() && !b.connected() })
		unsent := a.Status().Unsent
		wait("five dropped batches", func(Remote) bool { return a.Status().Unsent >= unsent+5 })
		s.Start()
		wait("the connections", func(r Remote) bool { return a.connected() && b.connected() && r.Online })
		if r := carried(); r.Gaps <= lost.Gaps || r.LostSteps < lost.LostSteps+500 || r.Ignored != 0 || r.LostSpikes != 0 {
			t.Errorf("got %+v, want a gap more than %+v, at least 500 steps", r, lost)
		}

		user, password := s.Login("tom")
		forge(t, first, user, password, "hillock/1/9b/mara/state", Offline)
		forge(t, first, user, password, "hillock/1/9b/mara/hello", "{}")
		seen := watch(t, last, user, password, "hillock/1/9b/+/state")
		again := time.NewTicker(100 * time.Millisecond) // the nodes of a cluster exchange subscriptions after the SUBACK
		defer again.Stop()
		for topic := ""; topic != "hillock/1/9b/tom/state"; {
			select {
			case <-again.C:
				forge(t, first, user, password, "hillock/1/9b/tom/state", Online)
			case message, ok := <-seen:
				if !ok {
					t.Fatal("got no state of tom before the end of the connection")
				}
				if topic = message.TopicName; topic == "hillock/1/9b/mara/state" && string(message.Payload) != Online {
					t.Errorf("got %s for %s: tom wrote it", message.Payload, topic)
				}
			}
		}
		if r := b.remoteOf("mara"); !r.Online || r.Problem != "" {
			t.Errorf("got %+v, want mara online: tom must not write for mara", r)
		}
	})
}

func (b *Board) connected() bool { return b.Status().Connected() }

// bare is a connection of tom without a Board.
func bare(t *testing.T, node, id, user, password string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", node)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion, p.CleanSession, p.Keepalive = "MQTT", 4, true, 60
	p.ClientIdentifier, p.UsernameFlag, p.Username, p.PasswordFlag, p.Password = id, true, user, true, []byte(password)
	if err := p.Write(c); err != nil {
		t.Fatal(err)
	}
	ack, err := packets.ReadPacket(c)
	if got, ok := ack.(*packets.ConnackPacket); err != nil || !ok || got.ReturnCode != 0 {
		t.Fatalf("connect as %s: got %v, %v, want a CONNACK", id, ack, err)
	}
	return c
}

// forge publishes a retained message as tom, and waits until the broker has processed it or has closed the connection.
func forge(t *testing.T, node, user, password, topic, text string) {
	t.Helper()
	c := bare(t, node, "9b:tom", user, password)
	defer c.Close()
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload, p.Retain = topic, []byte(text), true
	if err := errors.Join(p.Write(c), packets.NewControlPacket(packets.Pingreq).Write(c)); err != nil {
		return // closed
	}
	packets.ReadPacket(c) // an error is a closed connection
}

// watch returns the messages of a subscription.
func watch(t *testing.T, node, user, password, filter string) <-chan *packets.PublishPacket {
	t.Helper()
	c := bare(t, node, "watch", user, password)
	p := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	p.MessageID, p.Topics, p.Qoss = 1, []string{filter}, []byte{0}
	if err := p.Write(c); err != nil {
		t.Fatal(err)
	}
	seen := make(chan *packets.PublishPacket)
	go func() {
		defer close(seen)
		for {
			got, err := packets.ReadPacket(c)
			if err != nil {
				return
			}
			if m, ok := got.(*packets.PublishPacket); ok {
				select {
				case seen <- m:
				case <-t.Context().Done():
					return
				}
			}
		}
	}()
	return seen
}
