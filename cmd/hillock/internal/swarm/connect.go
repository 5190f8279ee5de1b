package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hillock/cmd/hillock/internal/class"
)

// together is the number of connections that begin at the same time.
const together = 32

// patience is the time limit of a connection at the start, and of a message at the end.
const patience = 30 * time.Second

// connect connects the readers, and then the boards. It returns the first error.
func (s *swarm) connect(ctx context.Context, messages io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, r := range s.readers {
		r.client = mqtt.NewClient(s.options(r.name).SetOnConnectHandler(r.subscribe))
		if err := s.connectOne(ctx, r.client); err != nil {
			return err
		}
		select {
		case err := <-r.subscribed:
			if err != nil {
				return fmt.Errorf("%s: subscribe %s: %w", s.Broker, class.AllOf(s.Class), err)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
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
		connecting.Go(func() {
			defer func() { <-places }()
			o := s.options(s.Class+"."+b.name).SetBinaryWill(b.topics[class.KindState], []byte(class.Offline), 1, true)
			b.client = mqtt.NewClient(o.SetOnConnectHandler(func(mqtt.Client) {
				b.connected.Add(1)
				b.greet()
			}))
			if err := s.connectOne(ctx, b.client); err != nil {
				cancel(err)
			}
		})
	}
	connecting.Wait()
	wipe(messages)
	return context.Cause(ctx)
}

// options returns the settings of one connection.
func (s *swarm) options(id string) *mqtt.ClientOptions {
	o := mqtt.NewClientOptions().AddBroker(s.Broker).SetClientID(id)
	o.SetProtocolVersion(4).SetCleanSession(true).SetKeepAlive(5 * time.Second).SetConnectTimeout(patience)
	o.SetMaxReconnectInterval(5 * time.Second)
	if s.Code != "" {
		o.SetUsername(s.Class).SetPassword(s.Code)
	}
	return o
}

// connectOne connects a client within the time limit.
func (s *swarm) connectOne(ctx context.Context, client mqtt.Client) error {
	token := client.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("%s: %w: check --broker, --class and --code-file, and the broker's limits", s.Broker, plain(err))
	}
	return nil
}

// plain returns an error of the MQTT client in the words of the house.
func plain(err error) error {
	for _, known := range []struct {
		is   error
		text string
	}{
		{syscall.ECONNREFUSED, "no broker listens there"},
		{packets.ErrorRefusedNotAuthorised, "the broker refuses the join code"},
		{packets.ErrorRefusedBadUsernameOrPassword, "the broker refuses the join code"},
		{packets.ErrorRefusedIDRejected, "the broker refuses the client ID, or it is in use"},
		{packets.ErrorRefusedServerUnavailable, "the broker is full, or pauses after wrong join codes"},
	} {
		if errors.Is(err, known.is) {
			return errors.New(known.text)
		}
	}
	return err
}

// disconnect clears the retained messages of the boards, and ends all connections.
func (s *swarm) disconnect() {
	var ending sync.WaitGroup
	for _, b := range s.boards {
		if b.client == nil {
			continue
		}
		ending.Go(func() {
			b.clear()
			b.client.Disconnect(250)
		})
	}
	ending.Wait()
	for _, r := range s.readers {
		if r.client != nil {
			r.client.Disconnect(250)
		}
	}
}

// clear removes the board's retained messages from the broker.
func (b *board) clear() {
	if !b.client.IsConnectionOpen() {
		return
	}
	for _, kind := range []class.Kind{class.KindState, class.KindHello, class.KindRates} {
		b.client.Publish(b.topics[kind], 1, true, []byte{}).WaitTimeout(patience)
	}
}
