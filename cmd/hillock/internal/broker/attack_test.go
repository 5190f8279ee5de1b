package broker

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// attack is one attack from an address of its own. want is the reason of its refusal.
type attack struct {
	name string
	want Reason
	do   func(a *attacker)
}

type attacker struct {
	*testing.T
	w    *world
	from string
	had  map[Reason]int64 // refusals before
}

// refused waits for a refusal.
func (a *attacker) refused(why Reason) {
	a.Helper()
	a.w.until(a.T, func() bool { return a.w.Stats().Refused[why] > a.had[why] })
}

// stranger connects without a CONNECT.
func (a *attacker) stranger() *client { a.Helper(); return a.w.dial(a.T, a.from) }

// sends sends bytes from a stranger, and waits for the end of the connection.
func (a *attacker) sends(p []byte) {
	a.Helper()
	c := a.stranger()
	c.Write(p) // may fail: the broker may be faster
	c.ended()
}

// logsIn tries a CONNECT and expects a code in the CONNACK.
func (a *attacker) logsIn(want byte, p packets.ConnectParams) {
	a.Helper()
	c := a.stranger()
	if got := c.connect(p); got != want {
		a.Errorf("CONNACK: got code %d, want %d", got, want)
	}
	c.ended()
}

// insider is a client with the join code.
func (a *attacker) insider(id string) *client {
	a.Helper()
	c := a.stranger()
	c.mustConnect(packets.ConnectParams{ClientIdentifier: id, Username: []byte("9b"), Password: []byte(testCode)})
	return c
}

// abuses sends bytes as tom, and waits for the end of the connection.
func (a *attacker) abuses(p []byte) {
	a.Helper()
	c := a.insider("9b:tom")
	c.Write(p)
	c.ended()
}

// floods sends bytes again and again as tom, until the broker delays it.
func (a *attacker) floods(p []byte) {
	a.Helper()
	c := a.insider("9b:tom")
	go io.Copy(io.Discard, c.r)
	go func() {
		for {
			if _, err := c.Write(p); err != nil {
				return
			}
		}
	}()
	a.refused(TooFast)
	c.Close()
}

func as(user, password, id string) packets.ConnectParams {
	return packets.ConnectParams{Username: []byte(user), Password: []byte(password), ClientIdentifier: id}
}

// withWill returns tom's CONNECT with a will.
func withWill(id, topic, text string) packets.ConnectParams {
	p := as("9b", testCode, id)
	p.WillTopic, p.WillPayload = topic, []byte(text)
	return p
}

// patched returns tom's CONNECT with one byte changed.
func patched(at int, to byte) []byte {
	p := connectBytes(as("9b", testCode, "9b:tom"))
	p[at] = to
	return p
}

func attacks() []attack {
	random := rand.New(rand.NewPCG(9, 7)) // the same bytes in each run
	noise := func(n int) []byte {
		p := make([]byte, n)
		for i := range p {
			p[i] = byte(random.Uint32())
		}
		return p
	}
	refusedFilter := func(filters ...string) func(*attacker) {
		return func(a *attacker) {
			c := a.insider("9b:tom")
			for i, code := range c.subscribe(filters...) {
				if code != 0x80 {
					a.Errorf("%s: got code %d, want 0x80", filters[i], code)
				}
			}
		}
	}
	const tom = "hillock/1/9b/tom/"
	return []attack{
		{"wrong code", WrongCode, func(a *attacker) { a.logsIn(badUser, as("9b", "SECRET-GUESS", "9b:tom")) }},
		{"code without class", WrongCode, func(a *attacker) { a.logsIn(badUser, as("", testCode, "9b:tom")) }},
		{"code of another class", WrongCode, func(a *attacker) { a.logsIn(badUser, as("9a", testCode, "9b:tom")) }},
		{"board of another class", WrongCode, func(a *attacker) { a.logsIn(badUser, as("9b", testCode, "9a:tom")) }},
		{"no code", NoCode, func(a *attacker) { a.logsIn(notAuthorized, as("", "", "9b:tom")) }},
		{"class without code", NoCode, func(a *attacker) { a.logsIn(notAuthorized, as("9b", "", "9b:tom")) }},
		{"guesses", Paused, func(a *attacker) {
			for range freeGuesses {
				a.logsIn(badUser, as("9b", "SECRET-GUESS", "9b:tom"))
			}
			a.logsIn(unavailable, as("9b", testCode, "9b:tom"))
		}},
		{"theft of a name", NameInUse, func(a *attacker) { a.logsIn(badID, as("9b", testCode, "9b:mara")) }},
		{"will for another board", ForeignWill, func(a *attacker) {
			a.logsIn(notAuthorized, withWill("9b:tom", "hillock/1/9b/mara/state", "offline"))
		}},
		{"will in another class", ForeignWill, func(a *attacker) { a.logsIn(notAuthorized, withWill("9b:tom", "hillock/1/9a/tom/state", "offline")) }},
		{"will with spikes", ForeignWill, func(a *attacker) { a.logsIn(notAuthorized, withWill("9b:tom", tom+"spikes", "{}")) }},
		{"long will", ForeignWill, func(a *attacker) { a.logsIn(notAuthorized, withWill("9b:tom", tom+"state", strings.Repeat("x", 17))) }},
		{"will of a reader", ForeignWill, func(a *attacker) { a.logsIn(notAuthorized, withWill("tom", tom+"state", "offline")) }},
		{"long ID", NotMQTT, func(a *attacker) { a.logsIn(badID, as("9b", testCode, strings.Repeat("x", 65))) }},

		{"PUBLISH before CONNECT", NotMQTT, func(a *attacker) { a.sends(publishBytes(tom+"spikes", "{}", false, 0)) }},
		{"HTTP", NotMQTT, func(a *attacker) { a.sends([]byte("GET / HTTP/1.1\r\nHost: hub\r\n\r\n")) }},
		{"TLS without need", NotMQTT, func(a *attacker) { a.sends([]byte{0x16, 3, 1, 2, 0, 1}) }},
		{"length without end", NotMQTT, func(a *attacker) { a.sends([]byte{0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 1}) }},
		{"CONNECT of 256 MB", TooLarge, func(a *attacker) { a.sends([]byte{0x10, 0xff, 0xff, 0xff, 0x7f}) }},
		{"long user", TooLarge, func(a *attacker) { a.sends(connectBytes(as(strings.Repeat("u", 5000), testCode, "9b:tom"))) }},
		{"CONNECT cut inside", NotMQTT, func(a *attacker) { a.sends(patched(13, 0xff)) }},
		{"reserved bit", NotMQTT, func(a *attacker) { a.sends(patched(9, 0xc3)) }},
		{"other protocol", NotMQTT, func(a *attacker) { a.sends(patched(4, 'X')) }},
		{"NUL in the ID", NotMQTT, func(a *attacker) { a.sends(connectBytes(as("9b", testCode, "9b:to\x00m"))) }},
		{"MQTT 5 with properties", OtherVersion, func(a *attacker) {
			body := append([]byte("\x00\x04MQTT\x05\x02\x00\x3c"), 5, 0x11, 0xff, 0xff, 0xff, 0xff) // a session without end
			a.sends(append([]byte{0x10, byte(len(body) + 8)}, append(body, "\x00\x069b:tom"...)...))
		}},
		{"MQTT 3.1", OtherVersion, func(a *attacker) {
			body := "\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x069b:tom"
			a.sends(append([]byte{0x10, byte(len(body))}, body...))
		}},
		{"noise", NotMQTT, func(a *attacker) {
			for range 100 {
				p := noise(1 + random.IntN(300))
				p[0] |= 0xe0 // no CONNECT, or the broker waits for the rest of it
				a.sends(p)
			}
		}},
		{"noise in a CONNECT", NotMQTT, func(a *attacker) {
			for range 200 {
				p := connectBytes(as("9b", "SECRET-GUESS", "9b:tom"))
				p[2+random.IntN(12)] = byte(random.Uint32())
				c := a.stranger()
				c.Write(p)
				c.CloseWriteSoon()
				c.ended()
			}
		}},
		{"silence and slowness before CONNECT", NoConnect, func(a *attacker) {
			silent, slow, half := a.stranger(), a.stranger(), a.stranger()
			half.send([]byte{0x10, 20, 0, 4})
			p := connectBytes(as("9b", testCode, "9b:tom"))
			done := make(chan struct{})
			go func() { // one byte at a time, until the broker hangs up
				defer close(done)
				for i := 0; ; i = min(i+1, len(p)-2) {
					slow.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
					if _, err := slow.Read(make([]byte, 1)); err != nil && !isTimeout(err) {
						return
					}
					if _, err := slow.Write(p[i : i+1]); err != nil {
						return
					}
				}
			}()
			silent.ended()
			half.ended()
			<-done
		}},
		{"a thousand connections", TooManyOfAddress, func(a *attacker) {
			for range 1000 {
				a.stranger()
			}
		}},

		{"second CONNECT", OtherPacket, func(a *attacker) { a.abuses(connectBytes(as("9b", testCode, "9b:tom"))) }},
		{"packets of a broker", OtherPacket, func(a *attacker) {
			for _, kind := range []byte{packets.Connack, packets.Suback, packets.Unsuback} {
				a.abuses([]byte{kind << 4, 3, 0, 9, 0})
			}
			a.abuses([]byte{packets.Pingresp << 4, 0})
		}},
		{"acknowledgements of nothing", OtherPacket, func(a *attacker) {
			for _, first := range []byte{0x40, 0x50, 0x62, 0x70} {
				a.abuses([]byte{first, 2, 0, 9})
			}
		}},
		{"AUTH", OtherPacket, func(a *attacker) { a.abuses([]byte{packets.Auth << 4, 2, 0x18, 0}) }},
		{"publish for another board", ForeignTopic, func(a *attacker) {
			c := a.insider("9b:tom")
			c.publish("hillock/1/9b/mara/spikes", "forged", false, 0)
			c.ping()
		}},
		{"the same with QoS 1", ForeignTopic, func(a *attacker) { a.abuses(publishBytes("hillock/1/9b/mara/state", "offline", true, 1)) }},
		{"publish in another class", ForeignTopic, func(a *attacker) { a.abuses(publishBytes("hillock/1/9a/tom/spikes", "{}", false, 1)) }},
		{"publish of a reader", ForeignTopic, func(a *attacker) {
			c := a.insider("wall-tom")
			c.publish("hillock/1/9b/wall-tom/spikes", "{}", false, 0)
			c.ping()
		}},
		{"publish to $SYS", ForeignTopic, func(a *attacker) {
			c := a.insider("9b:tom")
			c.publish("$SYS/broker/version", "{}", true, 0)
			c.ping()
		}},
		{"unknown topics", ForeignTopic, func(a *attacker) {
			c := a.insider("9b:tom")
			for i := range 300 {
				c.publish(fmt.Sprintf("%sx%d", tom, i), "{}", true, 0)
			}
			c.ping()
		}},
		{"wildcards in a topic", Malformed, func(a *attacker) { a.abuses(publishBytes("hillock/1/9b/+/state", "offline", true, 0)) }},
		{"empty topic", Malformed, func(a *attacker) { a.abuses([]byte{0x30, 4, 0, 0, '{', '}'}) }},
		{"NUL in a topic", Malformed, func(a *attacker) { a.abuses(publishBytes(tom+"\x00", "{}", false, 0)) }},
		{"topic without UTF-8", Malformed, func(a *attacker) { a.abuses(publishBytes(tom+"\xff\xfe", "{}", false, 0)) }},
		{"QoS 3", Malformed, func(a *attacker) { a.abuses([]byte{0x36, 4, 0, 0, 0, 0}) }},
		{"QoS 1 without an ID", Malformed, func(a *attacker) {
			p := publishBytes(tom+"spikes", "{}", false, 1)
			p[len(p)-3] = 0
			a.abuses(p)
		}},
		{"QoS 2 without an end", NoQoS2, func(a *attacker) { a.abuses(bytes.Repeat(publishBytes(tom+"spikes", "{}", false, 2), 100)) }},
		{"message of 1 MiB", TooLarge, func(a *attacker) { a.abuses(publishBytes(tom+"hello", strings.Repeat("x", 1<<20), true, 0)) }},
		{"message of 256 MB", TooLarge, func(a *attacker) { a.abuses([]byte{0x30, 0xff, 0xff, 0xff, 0x7f}) }},
		{"subscription to $SYS", ForeignFilter, refusedFilter("$SYS/#", "$SYS/broker/version")},
		{"subscription to all", ForeignFilter, refusedFilter("#", "+/+/+/#", "hillock/#")},
		{"subscription to another class", ForeignFilter, refusedFilter("hillock/1/9a/#", "hillock/1/+/tom/spikes")},
		{"shared subscription", ForeignFilter, refusedFilter("$share/g/hillock/1/9b/#", "$SHARE/g/hillock/1/9b/mara/spikes")},
		{"deep filter", ForeignFilter, refusedFilter("hillock/1/9b/"+strings.Repeat("+/", 50)+"#", "hillock/1/9b/"+strings.Repeat("x", 300))},
		{"thousands of subscriptions", TooManyFilters, func(a *attacker) {
			c := a.insider("9b:tom")
			for i := range 200 {
				c.Write(subscribeBytes(fmt.Sprintf("hillock/1/9b/b%d/spikes", i)))
			}
			c.ended()
		}},
		{"subscription to nothing", Malformed, func(a *attacker) { a.abuses([]byte{0x82, 2, 0, 9}) }},
		{"retained spikes and long states", NotRetained, func(a *attacker) {
			c := a.insider("9b:tom")
			c.publish(tom+"spikes", "{}", true, 0)
			c.publish(tom+"state", strings.Repeat("x", 17), true, 0)
			c.ping()
		}},
		{"retained messages of many names", "", func(a *attacker) {
			for i := range 40 { // 40 times 60 KiB; the test allows 1 MiB
				c := a.insider(fmt.Sprintf("9b:b%d", i))
				c.publish(fmt.Sprintf("hillock/1/9b/b%d/hello", i), strings.Repeat("x", 60<<10), true, 0)
				c.ping()
				c.Close()
			}
			if s := a.w.Stats(); s.RetainedBytes > 1<<20 {
				a.Errorf("got %d bytes of retained messages, want at most 1 MiB", s.RetainedBytes)
			}
		}},
		{"flood of pings", TooFast, func(a *attacker) { a.floods(bytes.Repeat([]byte{pingreq << 4, 0}, 100)) }},
		{"flood of bytes", TooFast, func(a *attacker) { a.floods(publishBytes(tom+"spikes", strings.Repeat("x", 200<<10), false, 0)) }},
		{"flood of subscriptions", TooFast, func(a *attacker) { a.floods(subscribeBytes("hillock/1/9b/mara/rates")) }},
		{"reader without a read", Stuck, func(a *attacker) {
			c := a.stranger()
			c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
			c.mustConnect(as("9b", testCode, "wall-tom"))
			c.subscribe("hillock/1/9b/#")
			for i := range 8 {
				s := a.insider(fmt.Sprintf("9b:b%d", i))
				for range 30 {
					s.publish(fmt.Sprintf("hillock/1/9b/b%d/spikes", i), strings.Repeat("x", 60<<10), false, 0)
				}
				s.ping()
			}
			a.refused(Stuck)
			a.refused(ReadsTooSlowly)
		}},
		{"half a packet", "", func(a *attacker) {
			c := a.stranger()
			p := as("9b", testCode, "9b:tom")
			p.Keepalive = 1
			c.mustConnect(p)
			c.send([]byte{0x30, 100, 0, 20})
			c.ended() // after 1.5 keepalives
		}},
		{"a hundred takeovers", "", func(a *attacker) {
			for range 100 {
				a.insider("9b:tom")
			}
		}},
		{"noise after CONNECT", Malformed, func(a *attacker) {
			for range 200 {
				c := a.insider("9b:tom")
				c.Write(noise(2 + random.IntN(200)))
				c.CloseWriteSoon()
				c.ended()
			}
		}},
	}
}
