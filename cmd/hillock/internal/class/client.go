package class

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const (
	patience  = 10 * time.Second // longest time of an attempt to connect
	keepAlive = 5 * time.Second
	maxWrite  = time.Second // of a message into the socket's buffer
	farewell  = time.Second // for "offline"
	closing   = 2 * time.Second

	discardEvery = 100 * time.Millisecond // without a connection
)

// ErrRead is a refused subscription.
var ErrRead = errors.New("the broker refused a subscription")

var (
	errNoHub    = errors.New("no hub found")
	errNoCode   = errors.New("no join code")
	errEmbedded = errors.New("the broker of this program has ended")
)

// link is a connection to the broker. Each connection has a new client: paho's own reconnection would hide the reason and the wait, and
// keep messages of the time before.
type link struct {
	mqtt.Client
	conn net.Conn
	lost chan error // has the error of a lost connection
}

// connect makes one attempt.
func (b *Board) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	address, err := b.locate(ctx)
	b.setBroker(address)
	if err != nil {
		return nil, err
	}
	if err := b.taken(ctx, address); err != nil {
		return nil, err
	}
	conn, err := b.openAt(ctx, address)
	if err != nil {
		return nil, err
	}
	unlock := context.AfterFunc(ctx, func() { conn.Close() }) // ends a handshake without an answer
	l := &link{conn: conn, lost: make(chan error, 1)}
	o := mqtt.NewClientOptions()
	o.AddBroker("tcp://broker") // the connection is open: paho has no address and no password in it
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return conn, nil })
	o.SetClientID(ClientID(b.net.Class, b.name)).SetProtocolVersion(4).SetCleanSession(true)
	o.SetUsername(b.login.user).SetPassword(b.login.password)
	o.SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(patience)
	o.SetKeepAlive(keepAlive).SetPingTimeout(keepAlive).SetWriteTimeout(maxWrite)
	o.SetWill(b.topic(KindState, "").String(), Offline, 1, true)
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { b.receive(m.Topic(), m.Payload()) })
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { l.lost <- err })
	l.Client = mqtt.NewClient(o)
	token := l.Connect()
	<-token.Done()
	if err := token.Error(); err != nil {
		conn.Close()
		return nil, errors.Join(ctx.Err(), b.uncoded(err))
	}
	if !unlock() {
		l.Disconnect(0)
		return nil, ctx.Err()
	}
	return l, nil
}

// stay keeps the board connected until ctx ends. Spikes without a connection are dropped: they would come too late.
func (b *Board) stay(ctx context.Context) {
	var waits Backoff
	for ctx.Err() == nil {
		b.setState(Connecting, 0)
		l, err := b.attempt(ctx)
		if err == nil {
			began := time.Now()
			err = b.serve(ctx, l)
			waits.Lasted(time.Since(began))
		}
		if ctx.Err() != nil {
			return
		}
		state, refused := stateOf(err)
		if refused {
			waits.refuse()
		}
		wait := waits.Wait()
		if errors.Is(err, errTaken) {
			wait = nameWait
		}
		b.setState(state, wait)
		b.idle(ctx, wait)
	}
}

// attempt makes one attempt to connect, and drops batches meanwhile.
func (b *Board) attempt(ctx context.Context) (l *link, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		l, err = b.connect(ctx)
	}()
	rest := time.NewTicker(discardEvery)
	defer rest.Stop()
	for {
		select {
		case <-done:
			return l, err
		case <-rest.C:
			b.discard()
		}
	}
}

// idle waits without a connection.
func (b *Board) idle(ctx context.Context, wait time.Duration) {
	timer, rest := time.NewTimer(wait), time.NewTicker(discardEvery)
	defer timer.Stop()
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-rest.C:
			b.discard()
		}
	}
}

// discard drops all batches until now.
func (b *Board) discard() {
	for b.outbox.next(&b.batch) {
		b.outbox.unsent.Add(1)
	}
}

// setBroker sets the address of the broker, "" for a hub that was not found.
func (b *Board) setBroker(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Broker = cmp.Or(address, b.net.Broker)
}

// setState sets the state of the connection, and logs a change. Attempts after the first one are no change.
func (b *Board) setState(state string, retry time.Duration) {
	b.mu.Lock()
	was := b.state.State
	b.retry = time.Time{}
	if retry > 0 {
		b.retry = time.Now().Add(retry)
	}
	changed := state != was && (state != Connecting || was == Connected || was == "")
	if changed {
		b.state.State, b.state.Since = state, time.Now()
	}
	broker := b.state.Broker
	b.mu.Unlock()
	if !changed || state == Connecting {
		return
	}
	if state == Connected {
		b.log.Info("class: connected", "class", b.net.Class, "board", b.name, "broker", broker)
	} else {
		b.log.Warn("class: "+state, "class", b.net.Class, "board", b.name, "broker", broker)
	}
}
