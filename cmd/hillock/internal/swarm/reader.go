package swarm

import (
	"context"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	mqtt "github.com/eclipse/paho.mqtt.golang"

	"hillock/cmd/hillock/internal/class"
)

// reader subscribes the whole class, and checks each message.
type reader struct {
	swarm *swarm
	name  string
	link  *link

	mu       sync.Mutex // guards the rest
	ledger   *ledger
	messages int64
	bytes    int64
	busy     time.Duration // of handle
	delay    *hdrhistogram.Histogram
	recent   *hdrhistogram.Histogram // delays since the latest call of second
}

// newReader returns a reader without a connection.
func newReader(s *swarm, name string, boards []string) *reader {
	return &reader{
		swarm: s, name: name,
		ledger: newLedger(s.run, boards), delay: newTimes(), recent: newTimes(),
	}
}

// subscribe subscribes the class.
func (r *reader) subscribe() error {
	topic := class.AllOf(r.swarm.Class)
	token := r.link.Subscribe(topic, 0, func(_ mqtt.Client, m mqtt.Message) {
		at := r.swarm.clock()
		r.handle(m.Topic(), m.Payload(), at)
	})
	const refused = 0x80 // MQTT 3.1.1, 3.9.3
	switch {
	case !token.WaitTimeout(patience):
		return context.DeadlineExceeded
	case token.Error() != nil:
		return token.Error()
	case token.(*mqtt.SubscribeToken).Result()[topic] == refused:
		return class.ErrRead
	}
	return nil
}

// handle enters a message with its arrival on the swarm's clock.
func (r *reader) handle(topic string, payload []byte, at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() { r.busy += r.swarm.clock() - at }()
	r.messages++
	r.bytes += int64(len(topic) + len(payload))
	if len(payload) == 0 { // a cleared message
		return
	}
	if err := r.enter(topic, payload, at); err != nil {
		r.ledger.malformed++
	}
}

func (r *reader) enter(topic string, payload []byte, at time.Duration) error {
	t, err := class.ParseTopic(topic)
	if err != nil {
		return err
	}
	account := r.ledger.boards[t.Board]
	if account == nil {
		r.ledger.foreign++
		return nil
	}
	switch t.Kind {
	case class.KindState:
		account.online = string(payload) == class.Online
	case class.KindHello:
		hello, err := class.Decode[class.Hello](payload)
		if err != nil {
			return err
		}
		account.hello = hello.Run == r.ledger.run
	case class.KindRates:
		if _, err := class.Decode[class.Rates](payload); err != nil {
			return err
		}
		r.ledger.rates++
	case class.KindSpikes:
		m, err := class.Decode[class.Spikes](payload)
		if err != nil {
			return err
		}
		r.spikes(t.Board, account, m, at)
	}
	return nil
}

// spikes enters a batch.
func (r *reader) spikes(name string, a *account, m class.Spikes, at time.Duration) {
	before := a.next
	r.ledger.batch(name, m.Run, m.From, m.To, int64(m.Count()))
	if a.next == before {
		return
	}
	for _, h := range []*hdrhistogram.Histogram{r.delay, r.recent} {
		_ = h.RecordValue(min(max(1, int64(at)-m.AtNs), int64(time.Hour))) // in range
	}
	if r == r.swarm.readers[0] {
		r.swarm.byName[name].release((a.next - before) / r.swarm.steps())
	}
}

// second is the state of a reader each second.
type second struct {
	batches, lost int64
	delay         time.Duration // 99th percentile since the latest call
}

// second returns the state, and begins a new second.
func (r *reader) second() second {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := second{r.ledger.batches, r.ledger.lost(), time.Duration(r.recent.ValueAtQuantile(99))}
	r.recent.Reset()
	return s
}

// behind returns the number of boards whose last batch has not arrived, and the number of messages so far.
func (r *reader) behind() (boards int, messages int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.swarm.boards {
		if r.ledger.boards[b.name].next <= b.last {
			boards++
		}
	}
	return boards, r.messages
}
