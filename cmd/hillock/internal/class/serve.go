package class

import (
	"context"
	"slices"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// serve sends and receives over a connection until it is lost or ctx ends. Its error is the reason.
func (b *Board) serve(ctx context.Context, l *link) error {
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell+farewell/4, func() { l.conn.Close() }) })()
	s := sender{Board: b, link: l, subscribed: map[string]bool{}}
	defer l.Disconnect(uint(farewell.Milliseconds() / 4))
	b.discard()
	if err := s.begin(); err != nil {
		return err
	}
	b.setState(Connected, 0)
	rates := time.NewTicker(time.Second)
	defer rates.Stop()
	asking, batches, looking := time.NewTimer(0), time.NewTimer(0), time.NewTimer(lookEvery)
	defer asking.Stop()
	defer batches.Stop()
	defer looking.Stop()
	for {
		select {
		case err := <-l.lost:
			return err
		case <-ctx.Done():
			_ = s.batches() // the connection ends in any case
			s.publish(KindState, "", 1, []byte(Offline)).WaitTimeout(farewell)
			return nil
		case <-batches.C:
			if err := s.batches(); err != nil {
				return err
			}
			batches.Reset(s.due())
		case <-rates.C:
			s.rates()
		case a := <-b.answers:
			a.AnsweredNs = int64(b.o.Clock.Now())
			s.message(KindAnswer, a.to, 0, encoded(a.Answer))
		case <-b.poke:
			if err := s.hello(); err != nil {
				return err
			}
			asking.Reset(0)
		case <-asking.C:
			asking.Reset(s.ask())
		case <-looking.C:
			looking.Reset(s.look())
		}
	}
}

// sender sends the messages of a board over a connection.
type sender struct {
	*Board
	*link
	era        int64 // of the latest hello
	speed      float64
	length     time.Duration // of a batch
	subscribed map[string]bool
	looking    bool // for absent boards
}

// begin subscribes, and then says that the board is here.
func (s *sender) begin() error {
	if err := s.subscribe(Topic{s.net.Class, Any, KindAsk, s.name}.String()); err != nil {
		return err
	}
	s.publish(KindState, "", 1, []byte(Online))
	return s.hello()
}

// subscribe subscribes to topics, each once, and waits for the broker's answer.
func (s *sender) subscribe(topics ...string) error {
	filters := map[string]byte{}
	for _, t := range topics {
		if !s.subscribed[t] {
			filters[t] = 0
		}
		s.subscribed[t] = true
	}
	if len(filters) == 0 {
		return nil
	}
	token := s.SubscribeMultiple(filters, nil)
	if !token.WaitTimeout(patience) {
		return context.DeadlineExceeded
	}
	if err := token.Error(); err != nil {
		return s.because(err)
	}
	for _, qos := range token.(*mqtt.SubscribeToken).Result() {
		if qos > 2 {
			return ErrRead
		}
	}
	return nil
}

// because returns the reason of a lost connection, or another error.
func (s *sender) because(err error) error {
	select {
	case lost := <-s.lost:
		return lost
	default:
		return err
	}
}

// hello sends the description of the board and subscribes to other boards, after each start of a loop.
func (s *sender) hello() error {
	s.mu.Lock()
	now := s.layout
	var hello Hello
	if now != nil {
		hello = now.hello
	}
	var topics []string
	for name, r := range s.remotes {
		if len(r.inputs) > 0 {
			for _, k := range []Kind{KindState, KindHello, KindSpikes} {
				topics = append(topics, Topic{s.net.Class, name, k, ""}.String())
			}
			topics = append(topics, Topic{s.net.Class, name, KindAnswer, s.name}.String())
		}
	}
	s.mu.Unlock()
	if now == nil || now.era == s.era && hello.Speed == s.speed {
		return nil
	}
	s.era, s.speed, s.length = now.era, hello.Speed, now.batch
	if err := s.subscribe(topics...); err != nil {
		return err
	}
	text, err := Encode(hello)
	if err != nil {
		s.log.Warn("class: no description of this board: " + err.Error())
		return nil
	}
	s.publish(KindHello, "", 1, text)
	s.discovery(hello)
	return nil
}

// discovery describes the board to Home Assistant, or removes it after a reload without the key.
func (s *sender) discovery(hello Hello) {
	var names, gone []string
	for _, n := range hello.Neurons {
		names = append(names, n.Name)
	}
	for _, name := range s.announced {
		if !slices.Contains(names, name) {
			gone = append(gone, name)
		}
	}
	var all []Retained
	switch {
	case s.net.HomeAssistant:
		all = Discovery(hello, s.net.Class, s.name, gone...)
		s.announced = names
	case s.announced != nil:
		all = Forget(s.net.Class, s.name)
		s.announced = nil
	}
	for _, m := range all {
		s.Publish(m.Topic, 1, true, m.Text)
	}
}

// batches sends all batches of the outbox. Before the first one of another speed it sends hello.
func (s *sender) batches() error {
	for s.outbox.next(&s.batch) {
		if s.setSpeed(&s.batch) {
			if err := s.hello(); err != nil {
				return err
			}
		}
		if text := s.spikes(&s.batch); text != nil && s.message(KindSpikes, "", 0, text) {
			s.sent.Add(1)
		} else {
			s.outbox.unsent.Add(1)
		}
	}
	return nil
}

// due returns the time until the next batch. One that is late is asked for each ms, and without a loop more slowly.
func (s *sender) due() time.Duration {
	switch late := s.o.Clock.Now() - s.batch.at - s.length; {
	case late < 0:
		return min(-late, s.length) + 200*time.Microsecond
	case late < 100*time.Millisecond:
		return time.Millisecond
	}
	return 20 * time.Millisecond
}

// spikes returns the message of a batch.
func (b *Board) spikes(of *batch) []byte {
	b.mu.Lock()
	for len(b.layouts) > 1 && b.layouts[0].era < of.era {
		b.layouts = b.layouts[1:]
	}
	from := b.layouts[0]
	b.mu.Unlock()
	m := Spikes{Run: b.run, From: of.from, To: of.to, DT: from.hello.DT, AtNs: int64(of.at), Skipped: of.skipped, Spikes: make(map[string][]int64)}
	for _, f := range of.spikes {
		name := from.names[f.who]
		m.Spikes[name] = append(m.Spikes[name], f.step)
	}
	b.step.Store(of.to)
	return encoded(m)
}

// rates sends the figures of the last second.
func (s *sender) rates() {
	s.mu.Lock()
	figures, lost := s.figures, int64(0)
	for _, r := range s.remotes {
		lost += r.lostSteps
	}
	s.mu.Unlock()
	if figures == nil {
		return
	}
	f := figures() // it may take locks of the session: no lock of the board is held
	s.message(KindRates, "", 0, encoded(Rates{Run: s.run, Step: s.step.Load(), Neurons: f.Neurons, LatenessP99Us: f.LatenessP99Us, LateTicks: f.LateTicks,
		LateSpikes: f.LateSpikes, LostSteps: lost, Sent: s.sent.Load(), Unsent: s.outbox.unsent.Load()}))
}

// ask sends the questions that are due, and returns the time until the next one.
func (s *sender) ask() time.Duration {
	type question struct {
		to string
		Ask
	}
	var all []question
	next := never
	now := s.o.Clock.Now()
	s.mu.Lock()
	for _, r := range s.remotes {
		if id, ok := r.asker.ask(now); ok {
			all = append(all, question{r.name, Ask{id, int64(now)}})
		}
		if r.asker.known {
			s.use(r, now)
		}
		next = min(next, r.asker.due())
	}
	s.mu.Unlock()
	for _, q := range all {
		s.message(KindAsk, q.to, 0, encoded(q.Ask))
	}
	return min(max(next-s.o.Clock.Now(), time.Millisecond), time.Minute)
}

// message publishes a message, and reports whether it is on its way. nil is no message.
func (s *sender) message(kind Kind, to string, qos byte, text []byte) bool {
	if text == nil {
		return false
	}
	token := s.publish(kind, to, qos, text)
	select {
	case <-token.Done():
		return token.Error() == nil
	default:
		return true
	}
}

// publish publishes a message. State, hello and rates are retained.
func (s *sender) publish(kind Kind, to string, qos byte, text []byte) mqtt.Token {
	retained := kind == KindState || kind == KindHello || kind == KindRates
	return s.Publish(s.topic(kind, to).String(), qos, retained, text)
}

// topic returns the topic of a message of this board.
func (b *Board) topic(kind Kind, to string) Topic { return Topic{b.net.Class, b.name, kind, to} }

// encoded returns a message in JSON, nil for one that Decode would refuse.
func encoded[M Message](m M) []byte {
	text, err := Encode(m)
	if err != nil {
		return nil
	}
	return text
}
