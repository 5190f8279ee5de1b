package broker

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// Return codes of a CONNACK, MQTT 3.1.1, table 3.1; otherVersion5 is from MQTT 5, table 3-1.
const (
	otherVersion  = 1
	badID         = 2
	unavailable   = 3
	badUser       = 4
	notAuthorized = 5
	otherVersion5 = 0x84
)

// Types of packets, MQTT 3.1.1, table 2.1.
const (
	connect     = packets.Connect
	publish     = packets.Publish
	subscribe   = packets.Subscribe
	unsubscribe = packets.Unsubscribe
	pingreq     = packets.Pingreq
	disconnect  = packets.Disconnect
)

// admit reads the CONNECT of a client, and takes its name. It returns a reason to refuse it, or "". All of it has one deadline.
func (b *Broker) admit(c *connection, encrypted bool) Reason {
	end := time.Now().Add(b.limits.connectTime)
	if c.Conn.SetDeadline(end) != nil {
		return NoConnect
	}
	if encrypted {
		safe := tls.Server(c.Conn, b.o.TLS)
		if err := safe.HandshakeContext(b.joining); err != nil {
			return NoTLS
		}
		c.Conn, c.out.to = safe, safe
	}
	pk, why := c.readConnect()
	if why != "" {
		return why
	}
	why, code := b.check(c, pk)
	if why == "" {
		if why = b.names.add(b.joining, c, b.o.Clients); why == NameInUse {
			code = badID
		} else {
			code = unavailable
		}
	}
	if why != "" {
		ack := []byte{packets.Connack << 4, 2, 0, code}
		if pk.ProtocolVersion == 5 {
			ack = []byte{packets.Connack << 4, 3, 0, otherVersion5, 0}
		}
		c.Write(ack)
		return why
	}
	if c.Conn.SetDeadline(time.Time{}) != nil { // mochi sets one for each packet
		b.names.remove(c)
		return NoConnect
	}
	return ""
}

// readConnect reads the first packet, and keeps its bytes for mochi.
func (c *connection) readConnect() (packets.Packet, Reason) {
	pk := packets.Packet{FixedHeader: packets.FixedHeader{Type: connect}}
	one := &byteReader{r: c.Conn}
	first, err := one.ReadByte()
	switch {
	case err != nil:
		return pk, NoConnect
	case first != connect<<4:
		return pk, NotMQTT
	}
	length, _, err := packets.DecodeLength(one)
	switch {
	case errors.Is(err, packets.ErrMalformedVariableByteInteger):
		return pk, NotMQTT
	case err != nil:
		return pk, NoConnect
	case length > maxConnect:
		return pk, TooLarge
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.Conn, body); err != nil {
		return pk, NoConnect
	}
	c.head = append(one.read, body...)
	c.b.bytesIn.Add(int64(len(c.head)))
	pk.FixedHeader.Remaining = length
	if err := decode(&pk, body); err != nil {
		return pk, NotMQTT
	}
	return pk, ""
}

// decode decodes a CONNECT. mochi's decoder sees hostile bytes here: a panic is an error.
func decode(pk *packets.Packet, body []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if err := pk.ConnectDecode(append([]byte(nil), body...)); err != nil {
		return err
	}
	if code := pk.ConnectValidate(); code != packets.CodeSuccess {
		return code
	}
	return nil
}

// byteReader reads single bytes, no further than asked, and keeps them.
type byteReader struct {
	r    io.Reader
	read []byte
}

func (b *byteReader) ReadByte() (byte, error) {
	var one [1]byte
	_, err := io.ReadFull(b.r, one[:])
	b.read = append(b.read, one[0])
	return one[0], err
}

// check checks version, name, class, code and will of a client. It returns the reason and the code of the CONNACK.
func (b *Broker) check(c *connection, pk packets.Packet) (Reason, byte) {
	p := pk.Connect
	if pk.ProtocolVersion != mqtt311 {
		return OtherVersion, otherVersion
	}
	if len(p.ClientIdentifier) > maxID || p.ClientIdentifier == "" && !p.Clean {
		return NotMQTT, badID
	}
	board, foreign := boardOf(p.ClientIdentifier, b.o.Class)
	c.id, c.board, c.seeks = p.ClientIdentifier, board, soughtBy(p.ClientIdentifier) // also for the log of a refusal
	if why, code := b.checkCode(c, string(p.Username), string(p.Password)); why != "" {
		return why, code
	}
	if foreign {
		return WrongCode, badUser
	}
	if p.WillFlag && (leafOf(p.WillTopic, b.o.Class, board) != state || len(p.WillPayload) > maxState || p.WillQos > 1) {
		return ForeignWill, notAuthorized
	}
	return "", 0
}

// checkCode checks user and password. A client of this machine may be without both.
func (b *Broker) checkCode(c *connection, user, password string) (Reason, byte) {
	switch {
	case user == "" && password == "" && c.local && !c.origin:
		return "", 0
	case b.o.Code == "" && c.local: // without a code there is nothing to guess
		if user != "" && user != b.o.Class {
			return WrongCode, badUser
		}
		return "", 0
	case password == "":
		return NoCode, notAuthorized
	case !c.local && b.guesses.paused(c.address, time.Now()):
		return Paused, unavailable
	}
	got, want := sha256.Sum256([]byte(plainCode(password))), sha256.Sum256([]byte(plainCode(b.o.Code)))
	rightCode := subtle.ConstantTimeCompare(got[:], want[:]) == 1
	if user != b.o.Class || !rightCode {
		if !c.local {
			b.guesses.wrong(c.address, time.Now())
		}
		return WrongCode, badUser
	}
	return "", 0
}
