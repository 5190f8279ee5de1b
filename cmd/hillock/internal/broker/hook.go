package broker

import (
	"bytes"
	"strings"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// hook applies the rules to each packet of an admitted client.
type hook struct {
	mqtt.HookBase
	b *Broker
}

func (h *hook) ID() string { return "class" }

func (h *hook) Provides(method byte) bool {
	return bytes.IndexByte([]byte{mqtt.OnConnect, mqtt.OnConnectAuthenticate, mqtt.OnACLCheck, mqtt.OnPacketRead, mqtt.OnPublish,
		mqtt.OnSubscribe, mqtt.OnPacketProcessed, mqtt.OnWill}, method) >= 0
}

// of returns the connection of a client.
func of(cl *mqtt.Client) *connection { return cl.Net.Conn.(*connection) }

// OnConnect makes every session clean, and limits the silence of a client.
func (h *hook) OnConnect(cl *mqtt.Client, _ packets.Packet) error {
	cl.Properties.Clean = true
	if cl.State.Keepalive == 0 || cl.State.Keepalive > maxKeepalive {
		cl.State.Keepalive = maxKeepalive
	}
	cl.State.Keepalive = max(cl.State.Keepalive, h.b.limits.keepalive)
	return nil
}

// OnConnectAuthenticate admits every client: Broker.admit has checked it.
func (h *hook) OnConnectAuthenticate(*mqtt.Client, packets.Packet) bool { return true }

// OnPacketRead refuses unexpected packets, and delays a client beyond its rate. An error closes the connection.
func (h *hook) OnPacketRead(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	c := of(cl)
	price, why := 1, Reason("")
	switch pk.FixedHeader.Type {
	case connect:
		if c.connected {
			why = OtherPacket
		}
		c.connected = true
	case publish:
		if pk.FixedHeader.Qos > 1 {
			why = NoQoS2
		}
		if strings.HasPrefix(pk.TopicName, "$") { // mochi drops it without OnACLCheck
			c.refuse(ForeignTopic)
		}
	case subscribe:
		price = 10 * len(pk.Filters)
		if cl.State.Subscriptions.Len()+len(pk.Filters) > maxFilters {
			why = TooManyFilters
		}
	case unsubscribe:
		price = len(pk.Filters)
	case pingreq, disconnect:
	default:
		why = OtherPacket
	}
	if why != "" {
		c.refuse(why)
		return pk, packets.ErrRejectPacket
	}
	// Without room for the answer, the client waits.
	if !c.charge(price, pk.FixedHeader.Remaining) || !c.out.wait(2*pendingMessages, 2*pendingBytes) {
		return pk, packets.ErrRejectPacket
	}
	return pk, nil
}

// OnACLCheck answers for a topic to write, a filter to subscribe to, and a topic to receive. mochi drops a refused message of QoS 0
// and closes the connection after another.
func (h *hook) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	c := of(cl)
	switch {
	case write && leafOf(topic, h.b.o.Class, c.board) == noLeaf:
		c.refuse(ForeignTopic)
		return false
	case !write && !mayRead(topic, h.b.o.Class):
		c.refuse(ForeignFilter)
		return false
	}
	return true
}

// OnPublish keeps a retained message, and hands it on without the mark.
func (h *hook) OnPublish(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	if pk.FixedHeader.Retain {
		h.retain(of(cl), pk.TopicName, pk.Payload)
		pk.FixedHeader.Retain = false
	}
	return pk, nil
}

func (h *hook) retain(c *connection, topic string, payload []byte) {
	limit := leafOf(topic, h.b.o.Class, c.board).retains()
	if limit == 0 || len(payload) > limit || !h.b.retained.put(c.board, topic, payload) {
		c.refuse(NotRetained)
	}
}

// OnWill keeps a retained will. The will of a replaced connection is empty: its board is here.
func (h *hook) OnWill(cl *mqtt.Client, will mqtt.Will) (mqtt.Will, error) {
	c := of(cl)
	if c.replaced.Load() {
		return mqtt.Will{}, nil
	}
	if will.Retain {
		h.retain(c, will.TopicName, will.Payload)
		will.Retain = false
	}
	return will, nil
}

// OnSubscribe grants QoS 0. Sessions are clean, so that QoS 1 would save no message; and mochi makes the senders of QoS 1 wait for a
// slow reader. mochi holds no retained messages.
func (h *hook) OnSubscribe(_ *mqtt.Client, pk packets.Packet) packets.Packet {
	for i := range pk.Filters {
		pk.Filters[i].Qos, pk.Filters[i].RetainHandling = 0, 2
	}
	return pk
}

// OnPacketProcessed sends the retained messages of new subscriptions, at the speed of the client.
func (h *hook) OnPacketProcessed(cl *mqtt.Client, pk packets.Packet, err error) {
	if pk.FixedHeader.Type != subscribe || err != nil {
		return
	}
	c := of(cl)
	for _, s := range pk.Filters {
		if !mayRead(s.Filter, h.b.o.Class) {
			continue
		}
		for _, at := range h.b.retained.places(s.Filter) {
			if !c.out.wait(pendingMessages/2, pendingBytes/2) {
				return
			}
			err := h.b.retained.with(at, func(payload []byte) error {
				return cl.WritePacket(packets.Packet{
					FixedHeader: packets.FixedHeader{Type: publish, Retain: true}, TopicName: at.topic, Payload: payload,
				})
			})
			if err != nil {
				return
			}
		}
	}
}
