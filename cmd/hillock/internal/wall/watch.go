package wall

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"hillock/cmd/hillock/internal/class"
)

// Source is the broker that a wall reads.
type Source struct {
	User, Password string
	Open           func(ctx context.Context) (net.Conn, error) // opens a connection to the broker
	State          func(err error) string                      // the reason for a failed or lost connection, without secrets
}

// Waits between attempts to connect, and limits of an attempt.
const (
	firstWait = 500 * time.Millisecond
	maxWait   = 10 * time.Second
	keepAlive = 5 * time.Second
	patience  = 10 * time.Second
)

// errSubscription is the error of a broker that does not permit to read the class.
var errSubscription = errors.New("the broker refused the subscription: check the class and the join code")

// Watch reads a class, by its name, until ctx ends. take receives each message, and state the state of the connection: connected, or the reason
// against it.
func Watch(ctx context.Context, of string, s Source, take func(topic string, payload []byte), state func(string)) {
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		lost, end, err := s.connect(ctx, of, take)
		if err == nil {
			state("connected")
			wait = firstWait / 2
			select {
			case <-ctx.Done():
			case err = <-lost:
			}
			end()
		}
		if ctx.Err() != nil {
			return
		}
		state(s.reason(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// reason returns the reason for a failed connection.
func (s Source) reason(err error) string {
	if errors.Is(err, errSubscription) {
		return err.Error()
	}
	return s.State(err)
}

// connect connects and subscribes. lost receives the error of the end of the connection. Each connection has a client of its own:
// paho's reconnection would hide the reason.
func (s Source) connect(ctx context.Context, of string, take func(topic string, payload []byte)) (lost <-chan error, end func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := s.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	unlock := context.AfterFunc(ctx, func() { conn.Close() }) // ends a handshake without an answer
	ended := make(chan error, 1)
	o := mqtt.NewClientOptions()
	o.AddBroker("tcp://broker") // the connection is open: paho has no address and no password in it
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return conn, nil })
	o.SetClientID("wall-" + rand.Text()[:12]).SetProtocolVersion(4).SetCleanSession(true).SetOrderMatters(true)
	o.SetUsername(s.User).SetPassword(s.Password)
	o.SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(patience)
	o.SetKeepAlive(keepAlive).SetPingTimeout(keepAlive)
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { take(m.Topic(), m.Payload()) })
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { ended <- err })
	client := mqtt.NewClient(o)
	done := client.Connect()
	<-done.Done()
	if err := done.Error(); err != nil {
		conn.Close()
		return nil, nil, errors.Join(ctx.Err(), err)
	}
	reads := client.Subscribe(class.AllOf(of), 0, nil)
	select {
	case <-reads.Done():
	case <-ctx.Done():
	}
	if err := errors.Join(ctx.Err(), reads.Error()); err != nil || granted(reads) > 2 {
		client.Disconnect(0)
		return nil, nil, errors.Join(err, errSubscription)
	}
	if !unlock() {
		client.Disconnect(0)
		return nil, nil, ctx.Err()
	}
	return ended, func() { client.Disconnect(0) }, nil
}

// granted returns the largest quality of service in the answer to a subscription; 0x80 is a refusal.
func granted(reads mqtt.Token) (most byte) {
	if t, ok := reads.(*mqtt.SubscribeToken); ok {
		for _, qos := range t.Result() {
			most = max(most, qos)
		}
	}
	return most
}
