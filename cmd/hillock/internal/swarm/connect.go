package swarm

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// together is the number of connections that begin at the same time.
const together = 32

// patience is the time limit of an attempt to connect, and of a message at the end.
const patience = 10 * time.Second

// link is a connection. A lost one comes back after growing waits, as that of a real board does.
type link struct {
	mqtt.Client
	lost   chan struct{}
	joined func() error // after each connection
	began  time.Time    // of the newest connection
}

// link returns a link without a connection.
func (s *swarm) link(id, will string, joined func() error) *link {
	l := &link{lost: make(chan struct{}, 1), joined: joined}
	o := mqtt.NewClientOptions().AddBroker("tcp://broker") // without a meaning: the next line opens the connection
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(s.open, patience)
		defer cancel()
		return s.opener.Open(ctx)
	})
	user, password := s.opener.Login()
	o.SetClientID(id).SetProtocolVersion(4).SetCleanSession(true).SetUsername(user).SetPassword(password)
	o.SetAutoReconnect(false).SetKeepAlive(5 * time.Second).SetConnectTimeout(patience)
	o.SetConnectionLostHandler(func(mqtt.Client, error) { l.lost <- struct{}{} })
	if will != "" {
		o.SetWill(will, class.Offline, 1, true)
	}
	l.Client = mqtt.NewClient(o)
	return l
}

// connect makes one attempt.
func (l *link) connect() error {
	token := l.Connect()
	token.Wait()
	if err := token.Error(); err != nil {
		return err
	}
	l.began = time.Now()
	if err := l.joined(); err != nil {
		l.Disconnect(0)
		return err
	}
	return nil
}

// keep connects again after each loss, until ctx ends.
func (l *link) keep(ctx context.Context) {
	var waits class.Backoff
	for {
		select {
		case <-l.lost:
		case <-ctx.Done():
			return
		}
		waits.Lasted(time.Since(l.began))
		for connected := false; !connected; connected = l.connect() == nil {
			select {
			case <-time.After(waits.Wait()):
			case <-ctx.Done():
				return
			}
		}
	}
}

// connect connects the readers, and then the boards. It returns the first error.
func (s *swarm) connect(ctx context.Context, messages io.Writer) error {
	var err error
	s.opener, err = class.NewOpener(&config.Config{Net: config.Net{Broker: s.Broker, Class: s.Class}}, class.Options{User: s.user(), Password: s.Code})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(ctx, s.end)()
	for _, r := range s.readers {
		r.link = s.link(r.name, "", r.subscribe)
		if err := s.first(ctx, r.link); err != nil {
			return err
		}
	}
	places := make(chan struct{}, together)
	var connecting sync.WaitGroup
	for i, b := range s.boards {
		places <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		progress(messages, "connecting: %d of %d boards", i+1, len(s.boards))
		b.link = s.link(class.ClientID(s.Class, b.name), b.topics[class.KindState], b.greet)
		connecting.Go(func() {
			defer func() { <-places }()
			if err := s.first(ctx, b.link); err != nil {
				cancel(err)
			}
		})
	}
	connecting.Wait()
	wipe(messages)
	return context.Cause(ctx)
}

// user returns the user for the join code.
func (s *swarm) user() string {
	if s.Code == "" {
		return ""
	}
	return s.Class
}

// first makes the first attempt, and keeps a connection.
func (s *swarm) first(ctx context.Context, l *link) error {
	switch err := l.connect(); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("%s: %s: check --broker, --class and --code-file", s.Broker, s.opener.StateOf(err))
	}
	s.keeping.Go(func() { l.keep(s.open) })
	return nil
}

// disconnect clears the retained messages of the boards, and ends all connections.
func (s *swarm) disconnect() {
	var ending sync.WaitGroup
	for _, b := range s.boards {
		if b.link != nil {
			ending.Go(func() {
				b.clear()
				b.link.Disconnect(250)
			})
		}
	}
	ending.Wait()
	for _, r := range s.readers {
		if r.link != nil {
			r.link.Disconnect(250)
		}
	}
	s.end()
	s.keeping.Wait()
}

// clear removes the board's retained messages from the broker.
func (b *board) clear() {
	if !b.link.IsConnectionOpen() {
		return
	}
	for _, kind := range []class.Kind{class.KindState, class.KindHello, class.KindRates} {
		b.link.Publish(b.topics[kind], 1, true, []byte{}).WaitTimeout(patience)
	}
}
