package class

import (
	"math/rand/v2"
	"testing"
	"time"
)

// wire is the way to another board: its clock is drift fast and ahead by offset. Each delay is random.
type wire struct {
	rng         *rand.Rand
	offset      time.Duration
	drift       float64
	least       time.Duration // of a delay
	there, back time.Duration // largest random part of a delay
	now         time.Duration // on our clock
}

func (w *wire) other() time.Duration {
	return w.now + w.offset + time.Duration(float64(w.now)*w.drift)
}

func (w *wire) pass(random time.Duration) {
	w.now += w.least + time.Duration(w.rng.Int64N(int64(random)+1))
}

// exchange asks and answers.
func (w *wire) exchange() (e exchange) {
	e.sent = w.now
	w.pass(w.there)
	e.got = w.other()
	w.now += time.Duration(w.rng.Int64N(int64(time.Millisecond)))
	e.answered = w.other()
	w.pass(w.back)
	e.received = w.now
	return e
}

// round runs a round of an asker, and returns the smallest round trip.
func (w *wire) round(t *testing.T, a *asker, run string) (smallest time.Duration) {
	t.Helper()
	smallest = never
	w.now = max(w.now, a.due())
	for n := 1; ; n++ {
		id, ok := a.ask(w.now)
		if !ok {
			t.Fatalf("got no question at %s, want number %d of the round", w.now, n)
		}
		e := w.exchange()
		smallest = min(smallest, e.roundTrip())
		if a.answer(id, run, e) != (n == exchanges) {
			t.Fatalf("answer %d: got the end of the round: %v", n, n != exchanges)
		}
		if n == exchanges {
			return smallest
		}
		w.now = max(w.now, a.due())
	}
}

func TestOffsetErrorIsAtMostHalfTheSmallestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 5000 {
		w := &wire{rng: rng, offset: time.Duration(rng.Int64N(int64(time.Hour))) - 30*time.Minute,
			there: time.Duration(rng.Int64N(int64(200 * time.Millisecond))), back: time.Duration(rng.Int64N(int64(200 * time.Millisecond))), now: time.Second}
		var a asker
		trip := w.round(t, &a, "r1")
		if wrong := (a.value - w.offset).Abs(); a.trip != trip || wrong > trip/2+1 {
			t.Fatalf("delays up to %s and %s: got %s with a round trip of %s, want %s with %s", w.there, w.back, a.value, a.trip, w.offset, trip)
		}
		for range 5 { // the offset may stay at the other end of its bounds
			trip = w.round(t, &a, "r1")
			if wrong := (a.value - w.offset).Abs(); wrong > trip+1 {
				t.Fatalf("a later round: got %s, want %s within the round trip of %s", a.value, w.offset, trip)
			}
		}
	}
}

// A wire at home: 0.1 ms to 0.4 ms each way, and clocks that part by 0.5 ms in 10 s.
func TestOffsetFollowsDrift(t *testing.T) {
	w := &wire{rng: rand.New(rand.NewPCG(2, 0)), offset: time.Second, drift: 50e-6, least: 100 * time.Microsecond, there: 300 * time.Microsecond, back: 300 * time.Microsecond}
	var a asker
	var most time.Duration
	for range 360 {
		if a.known {
			w.now = a.due() // the worst moment is right before a round
			most = max(most, (a.value - (w.other() - w.now)).Abs())
		}
		w.round(t, &a, "r1")
	}
	if w.now < time.Hour-time.Minute || most > time.Millisecond {
		t.Errorf("got an error of %s within %s, want at most 1 ms in an hour", most, w.now)
	}
	t.Logf("largest error in an hour: %s", most)
}

// Without drift, the offset moves only while the bounds become narrower: spikes keep their intervals.
func TestOffsetStaysWithinItsBounds(t *testing.T) {
	w := &wire{rng: rand.New(rand.NewPCG(3, 0)), there: 5 * time.Millisecond, back: 5 * time.Millisecond}
	var a asker
	moved := 0
	for range 100 {
		was, known := a.value, a.known
		w.round(t, &a, "r1")
		if known && a.value != was {
			moved++
		}
	}
	if moved > 10 {
		t.Errorf("got %d moves in 100 rounds, want at most 10", moved)
	}
}

func TestNewRunAsksSooner(t *testing.T) {
	w := &wire{rng: rand.New(rand.NewPCG(4, 0))}
	var a asker
	var waits []time.Duration
	for _, run := range []string{"r1", "r1", "r1", "r1", "r2", "r2"} {
		w.round(t, &a, run)
		waits = append(waits, (a.due() - w.now).Round(time.Second))
	}
	want := []time.Duration{1, 3, 10, 10, 1, 3}
	for i := range want {
		if waits[i] != want[i]*time.Second {
			t.Fatalf("got %v, want %v s", waits, want)
		}
	}
}

func TestNewRunForgetsTheOffset(t *testing.T) {
	w := &wire{rng: rand.New(rand.NewPCG(5, 0)), offset: time.Hour}
	var a asker
	w.round(t, &a, "r1")
	w.offset = time.Second
	id, _ := a.ask(a.due())
	w.now = a.due() - askEvery
	if e := w.exchange(); a.answer(id, "r2", e) || a.known || a.run != "r2" {
		t.Errorf("got %+v, want an unknown offset of r2", a.offset)
	}
}

func TestAskerIgnoresWrongAnswers(t *testing.T) {
	var a asker
	a.begin(0)
	id, _ := a.ask(time.Second)
	good := exchange{time.Second, 5 * time.Second, 5 * time.Second, 2 * time.Second}
	for _, tt := range []struct {
		name string
		id   int64
		e    exchange
	}{
		{"unknown number", id + 1, good},
		{"number of long ago", id - 1, good},
		{"another time", id, exchange{time.Millisecond, good.got, good.answered, good.received}},
		{"received before it was sent", id, exchange{time.Second, 5 * time.Second, 5 * time.Second, time.Millisecond}},
		{"answered before it came", id, exchange{time.Second, 5 * time.Second, 4 * time.Second, 2 * time.Second}},
		{"answered in more than the round trip", id, exchange{time.Second, 5 * time.Second, 7 * time.Second, 2 * time.Second}},
	} {
		if a.answer(tt.id, "r1", tt.e); a.got != 0 {
			t.Fatalf("%s: got an answer", tt.name)
		}
	}
	a.answer(id, "r1", good)
	a.answer(id, "r1", good) // twice
	if a.got != 1 {
		t.Errorf("got %d answers, want 1", a.got)
	}
}

// A round with lost messages ends too, with the answers that came.
func TestLostAnswersEndTheRound(t *testing.T) {
	for _, answers := range []int{0, 3} {
		var a asker
		now := time.Duration(0)
		for n := range exchanges {
			id, ok := a.ask(now)
			if !ok || n < answers && a.answer(id, "r1", exchange{now, now + 1, now + 1, now + 2}) {
				t.Fatalf("question %d: got none", n)
			}
			now = a.due()
		}
		if _, ok := a.ask(now); ok || a.asking || a.known != (answers > 0) || a.due() <= now {
			t.Errorf("%d answers: got %+v, want the end of the round", answers, a)
		}
	}
}
