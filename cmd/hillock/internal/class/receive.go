package class

import (
	"cmp"
	"fmt"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
)

// question is an answer under way, with the board that asked.
type question struct {
	to string
	Answer
}

// receive takes a message from the network. It never waits for the loop or for the network.
func (b *Board) receive(topic string, text []byte) {
	now := b.o.Clock.Now()
	t, err := ParseTopic(topic)
	if err != nil || t.Class != b.net.Class || t.Kind.ToBoard() && t.To != b.name {
		return
	}
	if t.Kind == KindAsk {
		b.asked(t.Board, text, now)
		return
	}
	b.mu.Lock()
	r := b.remotes[t.Board]
	if b.present != nil && t.Kind == KindState && string(text) == Online {
		b.present[t.Board] = true
	}
	b.mu.Unlock()
	if r == nil {
		return
	}
	switch t.Kind {
	case KindState:
		b.isOnline(r, text, now)
	case KindHello:
		b.hasHello(r, text)
	case KindSpikes:
		b.spiked(r, text, now)
	case KindAnswer:
		b.answered(r, text, now)
	}
}

// asked answers a question for our clock. Without room for the answer there is none, and the other board asks again.
func (b *Board) asked(by string, text []byte, now time.Duration) {
	a, err := Decode[Ask](text)
	if err != nil {
		return
	}
	select {
	case b.answers <- question{by, Answer{ID: a.ID, SentNs: a.SentNs, GotNs: int64(now), Run: b.run}}:
	default:
	}
}

// isOnline takes the state of a board. A board that comes back is asked for its clock. An empty text deletes the state.
func (b *Board) isOnline(r *remote, text []byte, now time.Duration) {
	online, err := DecodeState(text)
	deleted := len(text) == 0
	if err != nil && !deleted {
		return
	}
	b.mu.Lock()
	changed := online != r.online
	r.online, r.stated, r.missed = online, !deleted, false
	if online {
		r.asker.begin(now)
	} else {
		r.asker.stop()
	}
	b.mu.Unlock()
	b.renew()
	if changed {
		b.log.Info("class: " + r.name + " is " + cmp.Or(string(text), Offline))
	}
}

// hasHello takes the description of a board, and logs a problem with it.
func (b *Board) hasHello(r *remote, text []byte) {
	h, err := Decode[Hello](text)
	if err != nil {
		return
	}
	b.mu.Lock()
	was := r.problem()
	r.hello = &h
	problem := r.problem()
	b.mu.Unlock()
	if problem != "" && problem != was {
		b.log.Warn("class: no spikes from " + r.name + ": " + problem)
	}
}

// answered takes an answer. At the end of a round the waiting spikes get their times.
func (b *Board) answered(r *remote, text []byte, now time.Duration) {
	a, err := Decode[Answer](text)
	if err != nil {
		return
	}
	e := exchange{time.Duration(a.SentNs), time.Duration(a.GotNs), time.Duration(a.AnsweredNs), now}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.asker.answer(a.ID, a.Run, e) {
		b.use(r, now)
		b.renew()
	}
}

// use passes the waiting spikes of a board on. b.mu is held, and the offset is known.
func (b *Board) use(r *remote, now time.Duration) {
	for _, s := range r.release() {
		r.pass(&s, now, b.inbox)
	}
}

// spiked takes a batch.
func (b *Board) spiked(r *remote, text []byte, now time.Duration) {
	s, err := Decode[Spikes](text)
	b.mu.Lock()
	if err != nil {
		r.ignored++
		b.mu.Unlock()
		return
	}
	lost, ok := r.take(&s)
	gap := ""
	switch {
	case !ok:
	case r.hello != nil && r.hello.Speed != 1:
		r.ignored++
	case r.asker.known && r.asker.run == s.Run:
		r.pass(&s, now, b.inbox)
	default:
		r.hold(s)
		if !r.asker.asking {
			r.asker.begin(now)
			b.renew()
		}
	}
	if ok {
		gap = r.gap(lost, s.DT, now)
	}
	b.mu.Unlock()
	if gap != "" {
		b.log.Warn("class: " + gap)
	}
}

// gap returns the message for lost steps, at most one each second: later gaps wait for the next message.
func (r *remote) gap(lost int64, dt float64, now time.Duration) string {
	if lost > 0 {
		r.unsaid = append(r.unsaid, lost)
	}
	if len(r.unsaid) == 0 || r.said != 0 && now-r.said < time.Second {
		return ""
	}
	sum := int64(0)
	for _, n := range r.unsaid {
		sum += n
	}
	text := fmt.Sprintf("gap of %s (%s) from %s", readable.Count(sum, "step"), config.FormatTime(time.Duration(float64(sum)*dt*1e6).Round(time.Microsecond)), r.name)
	if len(r.unsaid) > 1 {
		text = fmt.Sprintf("%d gaps %v from %s, %d steps (%s) together", len(r.unsaid), r.unsaid, r.name, sum, config.FormatTime(time.Duration(float64(sum)*dt*1e6).Round(time.Microsecond)))
	}
	r.said, r.unsaid = now, r.unsaid[:0]
	return text
}
