package class

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

const (
	quiet    = 2500 * time.Millisecond // a board that is there sends a batch in this time: a batch has at most 1 s
	nameWait = 2 * time.Second         // until the next look at a taken name
)

// nameTaken is the text of errTaken for people.
const nameTaken = "another program has the name of this board: end one of them, or choose another name with --board"

// errTaken is the error of a board when another program has its name.
var errTaken = errors.New("name taken")

// taken returns errTaken if another program has the name of this board. It looks before the board connects, as a reader with another
// client ID: a broker ends the older of two connections with one ID, and two boards of one name would end each other's for ever. A name
// is free when its board is offline or silent, so that a board can return at once after a crash. Another error is that of the connection.
func (b *Board) taken(ctx context.Context, address string) error {
	conn, err := b.openAt(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	connect := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	connect.ProtocolName, connect.ProtocolVersion, connect.CleanSession, connect.Keepalive = "MQTT", 4, true, uint16(keepAlive.Seconds())
	connect.ClientIdentifier = ClientID(b.net.Class, b.name) + ":" + b.run // of a reader: the hub's log has the name
	connect.UsernameFlag, connect.Username = b.login.user != "", b.login.user
	connect.PasswordFlag, connect.Password = b.login.password != "", []byte(b.login.password)
	err = connect.Write(conn)
	var answer packets.ControlPacket
	if err == nil {
		answer, err = packets.ReadPacket(conn)
	}
	switch {
	case shut(err) && strings.HasPrefix(address, "mqtt:"):
		return reason("the broker closed it: if it has TLS on this port, write mqtts://")
	case shut(err):
		return errors.Join(ctx.Err(), err)
	case err != nil: // with TLS 1.3 the broker refuses a certificate of a board here
		return errors.Join(ctx.Err(), ofTLS(err, false))
	}
	ack, ok := answer.(*packets.ConnackPacket)
	switch {
	case !ok:
		return reason("the broker speaks no MQTT on this port: if it has TLS, write mqtts://")
	case ack.ReturnCode == packets.ErrRefusedIDRejected: // a broker that permits the IDs of boards alone
		return nil
	case ack.ReturnCode != packets.Accepted:
		return b.uncoded(packets.ConnErrors[ack.ReturnCode])
	}
	if err := b.look(conn); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return nil
}

// look reads the topics of this board's name. The answer to the ping comes after all retained messages.
func (b *Board) look(conn net.Conn) error {
	s := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	s.MessageID, s.Qoss = 1, make([]byte, 3)
	for _, k := range []Kind{KindState, KindHello, KindSpikes} {
		s.Topics = append(s.Topics, b.topic(k, "").String())
	}
	if err := errors.Join(s.Write(conn), packets.NewControlPacket(packets.Pingreq).Write(conn)); err != nil {
		return err
	}
	online := false
	for {
		p, err := packets.ReadPacket(conn)
		var late interface{ Timeout() bool }
		switch {
		case errors.As(err, &late) && late.Timeout(): // a board that is silent: its connection is a dead one
			return nil
		case err != nil:
			return err
		}
		switch p := p.(type) {
		case *packets.PingrespPacket:
			if !online {
				return nil
			}
			if err := conn.SetReadDeadline(time.Now().Add(quiet)); err != nil {
				return err
			}
		case *packets.PublishPacket:
			switch p.TopicName {
			case s.Topics[0]:
				if online = string(p.Payload) == Online; !online && !p.Retain {
					return nil
				}
			case s.Topics[1]:
				if h, err := Decode[Hello](p.Payload); err == nil && h.Run == b.run { // a connection of ours before
					return nil
				}
			case s.Topics[2]:
				if m, err := Decode[Spikes](p.Payload); err == nil && m.Run != b.run {
					return errTaken
				}
			}
		}
	}
}
