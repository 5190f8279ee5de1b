package class

import (
	"testing"
	"time"

	"hillock/neuron"
)

// Point 5 of the class: two boards with clocks of their own, 1 s apart, one of them 50 ppm fast.
func TestOffsetOverTheBroker(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	for _, tt := range []struct {
		name  string
		drift float64
	}{{"1 s ahead", 0}, {"1 s ahead and 50 ppm fast", 50e-6}} {
		t.Run(tt.name, func(t *testing.T) {
			zero := time.Now()
			ida, mara := roomClock{zero: zero}, roomClock{zero, time.Second, tt.drift}
			join(t, parsed(t, "mara", ""), Options{Dial: broker.dial, Clock: mara})
			b := join(t, parsed(t, "ida", from("mara/n1")), Options{Dial: broker.dial, Clock: ida})
			var r Remote
			var wrong time.Duration
			until(t, "an offset within 1 ms", func() bool { // a busy machine may delay all eight messages of a round
				r = b.remoteOf("mara")
				now := ida.Now()
				wrong = (r.Offset - (mara.Now() - now)).Abs()
				return r.Measured && wrong <= time.Millisecond
			})
			if r.RoundTrip <= 0 || wrong > r.RoundTrip+time.Millisecond/2 {
				t.Errorf("got %s with a round trip of %s, want 1 s within it", r.Offset, r.RoundTrip)
			}
			t.Logf("offset %s, %s wrong, round trip %s", r.Offset, wrong, r.RoundTrip)
		})
	}
}

// driver runs ticks of 1 ms by hand, with deadlines on the board's clock.
type driver struct {
	*Board
	t     neuron.Tick
	cells []*neuron.Cell
	out   []neuron.Output
}

func drive(b *Board, cells ...*neuron.Cell) *driver {
	d := &driver{Board: b, cells: cells, t: neuron.Tick{Deadline: b.o.Clock.Now()}}
	for _, c := range cells {
		d.out = append(d.out, b.Output(c))
	}
	return d
}

// tick runs a tick of ten steps. The cells with a spike have it in its fourth step. It returns the time of the middle of that step.
func (d *driver) tick(spiked ...int) time.Duration {
	for _, i := range spiked {
		d.out[i].Spike(d.t.Steps+4, d.t.Deadline)
	}
	d.t.Due++
	d.t.Steps += 10
	d.t.Deadline += time.Millisecond
	d.Tick(d.t)
	return d.t.Deadline - 650*time.Microsecond
}

// heard is a spike of Read.
type heard struct {
	input int
	at    time.Duration
}

func (d *driver) heard() (all []heard) {
	d.Read(0, func(input int, at time.Duration, _ float64) { all = append(all, heard{input, at}) })
	return all
}

func TestSpikesComeAtTheirTimes(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	zero := time.Now()
	mara, ida := roomClock{zero, time.Hour, 0}, roomClock{zero: zero}
	a := drive(join(t, parsed(t, "mara", "[neuron.n1]\ninput = \"drive\"\ncount = 3\n[neuron.n2]\ninput = \"drive\"\n"), Options{Dial: broker.dial, Clock: mara}),
		&neuron.Cell{Name: "n1", Count: 3, Fired: []int32{0, 2}}, &neuron.Cell{Name: "n2", Count: 1})
	b := drive(join(t, parsed(t, "ida", from("mara/n1.3", "mara/n2", "mara/n1")), Options{Dial: broker.dial, Clock: ida}))
	until(t, "the offset", func() bool { return b.remoteOf("mara").Measured })
	if got := b.Inputs(); len(got) != 3 || got[0] != "mara/n1" || got[1] != "mara/n1.3" || got[2] != "mara/n2" {
		t.Fatalf("got inputs %q", got)
	}
	var want []heard
	offset := b.remoteOf("mara").Offset
	one := a.tick(0) - offset
	two := a.tick(1) - offset
	want = []heard{{0, one}, {0, one}, {1, one}, {2, two}}
	for range 8 {
		a.tick()
	}
	var got []heard
	until(t, "four spikes", func() bool {
		got = append(got, b.heard()...)
		return len(got) >= len(want)
	})
	count := map[heard]int{}
	for _, h := range want {
		count[h]++
	}
	for _, h := range got {
		count[h]--
	}
	for h, n := range count {
		if n != 0 {
			t.Errorf("got %v, want %v: %v %d times too few", got, want, h, n)
		}
	}
	r := b.remoteOf("mara")
	if r.Spikes != 4 || r.LostSteps != 0 || r.Ignored != 0 || !r.Online || r.Problem != "" {
		t.Errorf("got %+v", r)
	}
}

// Each restart of the broker costs the batches meanwhile: the gap has their steps, and the loop notices nothing.
func TestBrokerRestartShowsTheGap(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	a := drive(join(t, parsed(t, "mara", ""), Options{Dial: broker.dial}), &neuron.Cell{Name: "n1", Count: 1})
	b := drive(join(t, parsed(t, "ida", from("mara/n1")), Options{Dial: broker.dial}))
	until(t, "the offset", func() bool { return b.remoteOf("mara").Measured })
	total := int64(0)
	send := func(ticks int) {
		for range ticks {
			a.tick(0)
		}
	}
	send(10)
	until(t, "the first batch", func() bool { return b.remoteOf("mara").Spikes == 10 })
	total += 10
	broker.stop()
	until(t, "the lost connections", func() bool { return !a.Status().Connected() && !b.Status().Connected() })
	send(50)
	until(t, "five dropped batches", func() bool { return a.Status().Unsent == 5 })
	broker.start()
	until(t, "the connections", func() bool { return a.Status().Connected() && b.Status().Connected() })
	send(10)
	total += 10
	until(t, "the batch after the gap", func() bool { return b.remoteOf("mara").Spikes == total })
	if r := b.remoteOf("mara"); r.LostSteps != 500 || r.Gaps != 1 || r.Ignored != 0 || r.LostSpikes != 0 {
		t.Errorf("got %+v, want a gap of 500 steps", r)
	}
}

func TestLoopSideDoesNotAllocate(t *testing.T) {
	d := loopSide(t)
	add := func(int, time.Duration, float64) {}
	if n := testing.AllocsPerRun(1000, func() {
		d.inbox.put(0, 1)
		d.Read(0, add)
		d.tick(0, 1, 2)
	}); n != 0 {
		t.Errorf("got %g allocations in a tick, want 0", n)
	}
}

// The cost of a tick for three neurons at 100 Hz, with a network that is not there.
func BenchmarkTick(b *testing.B) {
	d := loopSide(b)
	add := func(int, time.Duration, float64) {}
	i := 0
	for b.Loop() {
		d.Read(0, add)
		if i++; i%10 == 0 {
			d.tick(0, 1, 2)
		} else {
			d.tick()
		}
	}
}

// loopSide returns a board with three neurons, without a connection.
func loopSide(t testing.TB) *driver {
	cfg := parsed(t, "ida", "[neuron.n1]\ninput = \"drive\"\n[neuron.n2]\ninput = \"drive\"\n[neuron.n3]\ninput = \"drive\"\n"+from("mara/n1"))
	b := join(t, cfg, Options{Dial: (&testBroker{}).dial})
	return drive(b, &neuron.Cell{Name: "n1", Count: 1}, &neuron.Cell{Name: "n2", Count: 1}, &neuron.Cell{Name: "n3", Count: 1})
}
