package swarm

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// proxy passes MQTT to a broker. drop and cut see the topic of each PUBLISH on the way to the broker, and its number in this topic from 1 on.
type proxy struct {
	listener net.Listener
	to       string
	drop     func(topic string, n int) bool // leaves the message out
	cut      func(topic string, n int) bool // ends the connection instead

	mu     sync.Mutex // guards counts and conns
	counts map[string]int
	conns  []net.Conn
	serve  sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	never := func(string, int) bool { return false }
	p := &proxy{listener: l, to: to, drop: never, cut: never, counts: map[string]int{}}
	p.serve.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.serve.Go(func() { p.pass(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.serve.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// pass passes one connection until either side ends it.
func (p *proxy) pass(client net.Conn) {
	defer client.Close()
	broker, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer broker.Close()
	p.mu.Lock()
	p.conns = append(p.conns, client, broker)
	p.mu.Unlock()
	p.serve.Go(func() {
		_, _ = io.Copy(client, broker) // until the end
		client.Close()
	})
	from := bufio.NewReader(client)
	for {
		packet, topic, err := readPacket(from)
		if err != nil {
			return
		}
		if topic != "" {
			p.mu.Lock()
			p.counts[topic]++
			n := p.counts[topic]
			p.mu.Unlock()
			if p.drop(topic, n) {
				continue
			}
			if p.cut(topic, n) {
				return
			}
		}
		if _, err := broker.Write(packet); err != nil {
			return
		}
	}
}

// readPacket reads one packet of MQTT 3.1.1 (section 2.2), and the topic of a PUBLISH.
func readPacket(r *bufio.Reader) (packet []byte, topic string, err error) {
	kind, err := r.ReadByte()
	if err != nil {
		return nil, "", err
	}
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, "", err
	}
	rest := make([]byte, length)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, "", err
	}
	const publish = 3
	if kind>>4 == publish {
		topic = string(rest[2 : 2+binary.BigEndian.Uint16(rest)])
	}
	return append(binary.AppendUvarint([]byte{kind}, length), rest...), topic, nil
}
