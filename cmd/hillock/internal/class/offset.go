package class

import "time"

// exchange is a question for the clock of another board, and its answer. Sent and received are times on our clock, got and answered on
// the other one.
type exchange struct{ sent, got, answered, received time.Duration }

// bounds returns the smallest and the largest offset that fit an exchange: a message cannot arrive before it was sent.
func (e exchange) bounds() (low, high time.Duration) { return e.answered - e.received, e.got - e.sent }

// roundTrip returns the time of both messages under way.
func (e exchange) roundTrip() time.Duration {
	low, high := e.bounds()
	return high - low
}

// possible reports whether an exchange can have happened. A wrong answer cannot.
func (e exchange) possible() bool {
	return e.received >= e.sent && e.answered >= e.got && e.roundTrip() >= 0
}

// offset is the time on the clock of another board minus the time on ours.
type offset struct {
	value time.Duration
	trip  time.Duration // round trip of the newest round
	known bool
}

// take takes the best exchange of a round. The first offset is the middle of its bounds: the error is at most half the round trip. A
// later exchange moves the offset only into its bounds: the error is at most the round trip. Equal delays of spikes stay equal then.
func (o *offset) take(best exchange) {
	low, high := best.bounds()
	o.trip = high - low
	if !o.known {
		o.value, o.known = low+(high-low)/2, true
		return
	}
	o.value = min(max(o.value, low), high)
}

const (
	exchanges   = 8 // of a round
	askEvery    = 25 * time.Millisecond
	askPatience = time.Second // wait for an answer
	roundEvery  = 10 * time.Second
)

// soon are the times between the first rounds with a new run.
var soon = [...]time.Duration{time.Second, 3 * time.Second}

// asker asks another board for its clock: a round of exchanges, and the next round later. It is a value without a clock of its own.
type asker struct {
	offset
	run    string // of the other board: a new run has a new clock
	asking bool   // a round is under way
	next   time.Duration
	rounds int // with this run
	id     int64
	first  int64 // id of the round's first question
	got    int   // answers in the round
	best   exchange
	sent   [exchanges]time.Duration
}

// begin begins a round at once.
func (a *asker) begin(now time.Duration) {
	a.asking, a.next, a.first, a.got = true, now, a.id+1, 0
}

// stop ends the questions until begin. The offset stays.
func (a *asker) stop() { a.asking, a.next = false, never }

// never is later than all times.
const never = time.Duration(1<<63 - 1)

// due returns the time of the next question or of the end of a round.
func (a *asker) due() time.Duration { return a.next }

// ask returns the number of a question that is due now. The time now goes into the question. It returns false if none is due.
func (a *asker) ask(now time.Duration) (id int64, ok bool) {
	if now < a.next {
		return 0, false
	}
	if !a.asking {
		a.begin(now)
	}
	asked := a.id - a.first + 1
	if asked == exchanges {
		a.end(now)
		return 0, false
	}
	a.id++
	a.sent[asked] = now
	a.next = now + askEvery
	if asked+1 == exchanges {
		a.next = now + askPatience
	}
	return a.id, true
}

// answer takes an answer of a run. It reports whether the offset is new: the round has ended.
func (a *asker) answer(id int64, run string, e exchange) (ended bool) {
	if k := id - a.first; !a.asking || k < 0 || k >= exchanges || id > a.id || e.sent != a.sent[k] || !e.possible() {
		return false
	}
	if run != a.run {
		a.offset, a.run, a.rounds = offset{}, run, 0
		a.got = 0
	}
	a.sent[id-a.first] = -1 // a second answer has no effect
	if a.got == 0 || e.roundTrip() < a.best.roundTrip() {
		a.best = e
	}
	if a.got++; a.got < exchanges {
		return false
	}
	a.end(e.received)
	return true
}

// end ends a round. Without an answer the offset stays.
func (a *asker) end(now time.Duration) {
	a.asking, a.next = false, now+roundEvery
	if a.got == 0 {
		return
	}
	a.take(a.best)
	if a.rounds < len(soon) {
		a.next = now + soon[a.rounds]
	}
	a.rounds++
}
