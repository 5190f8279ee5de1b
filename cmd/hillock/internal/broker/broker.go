// Package broker is the embedded MQTT broker of a class: mochi-mqtt behind the rules and limits of a classroom.
//
// A board joins with the client ID CLASS:BOARD, the user CLASS and the join code as password. It writes below its own name only, and
// reads the topics of its class. Any other client ID may read and not write. Connections from this machine need no code.
//
// The package reads and checks each CONNECT itself. mochi sees only admitted clients, and never two with one ID. Retained messages
// stay in a bounded store of this package.
package broker

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"

	"hillock/config"
)

// Defaults of Options.
const (
	DefaultListen  = "127.0.0.1:1883"
	DefaultClients = 250
)

// Options of a Broker.
type Options struct {
	Listen    string      // host:port for MQTT; "": DefaultListen. Port 0 takes a free one.
	Key       string      // name of Listen in errors; "": net.listen
	WebSocket string      // host:port for MQTT over WebSockets; "": none
	Class     string      // the one class of this broker
	Code      string      // join code; "": none, and only this machine may connect
	TLS       *tls.Config // for both addresses; nil: no encryption
	Clients   int         // the maximum number of clients; 0: DefaultClients
	Logger    *slog.Logger

	limits *limits // nil: the usual ones; tests set tighter ones
}

// Broker is a running broker.
type Broker struct {
	o      Options
	limits limits
	began  time.Time
	server *mqtt.Server
	tcp    net.Listener
	web    *http.Server // nil without WebSockets
	webAt  string

	joining context.Context // ends with Close
	stop    context.CancelFunc
	accepts sync.WaitGroup // the listeners
	closing sync.Once

	hosts    hosts
	guesses  guesses
	names    names
	retained retained
	refusals refusals

	bytesIn, bytesOut, messagesOut, dropped, waiting atomic.Int64 // waiting: bytes in all outboxes
}

// Open starts a broker. An address beyond loopback needs a join code.
func Open(o Options) (*Broker, error) {
	o.Listen = cmp.Or(o.Listen, DefaultListen)
	o.Key = cmp.Or(o.Key, "net.listen")
	o.Clients = cmp.Or(o.Clients, DefaultClients)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if !config.ValidName(o.Class) {
		return nil, fmt.Errorf("net.class: %s, got %q", config.NameRule, o.Class)
	}
	if o.Code != "" && !validCode(o.Code) {
		return nil, errors.New("join code: must have 8 characters as K7QM-2RPD, without 0, 1, I and O") // the value is a secret
	}
	for _, address := range []string{o.Listen, o.WebSocket} {
		if err := checkAddress(o.Key, address, o.Code); err != nil {
			return nil, err
		}
	}
	l := cmp.Or(o.limits, &usual)
	b := &Broker{o: o, limits: *l, began: time.Now()}
	b.joining, b.stop = context.WithCancel(context.Background())
	b.limits.newcomers = cmp.Or(b.limits.newcomers, o.Clients)
	b.hosts.init(o.Clients, b.limits)
	b.guesses.init()
	b.names.init()
	b.retained.init(2*o.Clients, b.limits.retainedBytes)
	b.refusals.init(o.Logger)
	if err := b.start(); err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// start opens the listeners and mochi. After an error nothing is left open.
func (b *Broker) start() error {
	var err error
	if b.tcp, err = listen(b.o.Key, b.o.Listen); err != nil {
		return err
	}
	capabilities := mqtt.NewDefaultServerCapabilities()
	capabilities.MaximumClients = math.MaxInt64 // hosts and names hold the limit
	capabilities.MaximumClientWritesPending = pendingMessages
	capabilities.MaximumPacketSize = maxPacket
	capabilities.MaximumMessageExpiryInterval = 0 // 0 is no limit: a class may run for days
	capabilities.MaximumSessionExpiryInterval = 0
	capabilities.ReceiveMaximum = 64
	capabilities.MaximumInflight = 64
	capabilities.TopicAliasMaximum = 0
	capabilities.MinimumProtocolVersion = mqtt311
	b.server = mqtt.New(&mqtt.Options{
		Capabilities:             capabilities,
		ClientNetReadBufferSize:  1 << 10,
		ClientNetWriteBufferSize: 1, // one packet in each Write: the outbox counts and drops whole packets
		SysTopicResendInterval:   10 * 365 * 24 * 3600,
		Logger:                   slog.New(slog.DiscardHandler), // mochi logs packets, and a CONNECT has the join code
	})
	if err := b.server.AddHook(&hook{b: b}, nil); err != nil {
		return errors.Join(err, b.tcp.Close())
	}
	var web net.Listener
	if b.o.WebSocket != "" {
		if web, err = listen(b.o.Key, b.o.WebSocket); err != nil {
			return errors.Join(err, b.tcp.Close())
		}
	}
	if err := b.server.Serve(); err != nil {
		return errors.Join(err, b.tcp.Close())
	}
	b.accepts.Go(b.accept)
	if web != nil {
		b.serveWeb(web)
	}
	return nil
}

// Addr returns the address of the MQTT listener, host:port.
func (b *Broker) Addr() string { return b.tcp.Addr().String() }

// WebSocketAddr returns the address of the WebSocket listener, "" without one.
func (b *Broker) WebSocketAddr() string { return b.webAt }

// Dial returns a connection inside the process. It needs no code and no encryption; the rules for names and topics hold.
func (b *Broker) Dial() (net.Conn, error) {
	client, broker := net.Pipe()
	if !b.begin(b.newConnection(broker, broker.RemoteAddr()), false) {
		return nil, fmt.Errorf("embedded broker on %s: takes no more connections", b.Addr())
	}
	return client, nil
}

// Close ends all connections and waits for them.
func (b *Broker) Close() error {
	var err error
	b.closing.Do(func() {
		b.stop()
		err = b.tcp.Close()
		if b.web != nil {
			err = errors.Join(err, b.web.Close())
		}
		b.accepts.Wait()
		b.hosts.close()
		err = errors.Join(err, b.server.Close())
	})
	return err
}

// Stats are the counts since the start.
type Stats struct {
	Clients                 int // connected now
	MessagesIn, MessagesOut int64
	BytesIn, BytesOut       int64
	Dropped                 int64            // messages to slow readers
	Refused                 map[Reason]int64 // nil for none
	Retained, RetainedBytes int
	Uptime                  time.Duration
}

// Stats returns the counts.
func (b *Broker) Stats() Stats {
	messages, bytes := b.retained.size()
	return Stats{
		Clients: b.names.clients(), MessagesIn: atomic.LoadInt64(&b.server.Info.MessagesReceived), MessagesOut: b.messagesOut.Load(),
		BytesIn: b.bytesIn.Load(), BytesOut: b.bytesOut.Load(), Dropped: b.dropped.Load(), Refused: b.refusals.all(),
		Retained: messages, RetainedBytes: bytes, Uptime: time.Since(b.began),
	}
}
