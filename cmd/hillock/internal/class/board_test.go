package class

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"hillock/config"
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

// kept has the latest message of each kind.
type kept struct {
	mu sync.Mutex
	of map[Kind][]byte
}

func keep(broker *testBroker, board string) *kept {
	k := &kept{of: map[Kind][]byte{}}
	broker.watch("9b", func(topic string, text []byte) {
		if t, err := ParseTopic(topic); err == nil && t.Board == board {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.of[t.Kind] = bytes.Clone(text)
		}
	})
	return k
}

// latest waits for a message that fits.
func latest[M Message](t *testing.T, k *kept, kind Kind, fits func(M) bool) (m M) {
	t.Helper()
	until(t, "a fitting "+string(kind), func() bool {
		k.mu.Lock()
		text := k.of[kind]
		k.mu.Unlock()
		if text == nil {
			return false
		}
		var err error
		if m, err = Decode[M](text); err != nil {
			t.Fatal(err)
		}
		return fits(m)
	})
	return m
}

func TestBoardDescribesItselfAndItsRates(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	all := keep(broker, "mara")
	cfg := parsed(t, "mara", "[neuron.n1]\ninput = \"drive\"\ncount = 3\n"+from("ida/n1"))
	b := join(t, cfg, Options{Dial: broker.dial, Version: "v1\n", Where: strings.Repeat("ü", 200)})
	speed := 1.0
	rates := []NeuronRate{{Name: "n1", RateHz: 12.5, Spikes: 7}}
	b.Begin(cfg, &speed, func() Figures {
		return Figures{Neurons: rates, LatenessP99Us: 80, LateTicks: 2, LateSpikes: 3}
	})
	d := drive(b, &neuron.Cell{Name: "n1", Count: 3, Fired: []int32{1}})
	until(t, "the connection", func() bool { return b.Status().Connected() })
	for range 20 {
		d.tick(0)
	}
	got := latest(t, all, KindRates, func(r Rates) bool { return r.Sent == 2 })
	want := Rates{Run: b.run, Step: 200, Neurons: rates, LatenessP99Us: 80, LateTicks: 2, LateSpikes: 3, Sent: 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	hello := latest(t, all, KindHello, func(Hello) bool { return true })
	hello.Started = time.Time{}
	described := Hello{Version: "v1", Run: b.run, Where: strings.Repeat("ü", 128), DT: 0.1, Tick: 1, Speed: 1, Neurons: []HelloNeuron{{"n1", 3, "lif"}},
		Synapses: []HelloSynapse{{Name: "s", From: []string{"ida/n1"}, To: []string{"n1"}, Kind: "exp", Weight: 1, Unit: "nA", Delay: 20}}}
	if diff := cmp.Diff(described, hello); diff != "" {
		t.Error(diff)
	}
	var mu sync.Mutex
	var speeds []string
	broker.watch("9b", func(topic string, text []byte) {
		mu.Lock()
		defer mu.Unlock()
		switch to, _ := ParseTopic(topic); to.Kind {
		case KindHello:
			h, err := Decode[Hello](text)
			speeds = append(speeds, fmt.Sprint(h.Speed, err))
		case KindSpikes:
			speeds = append(speeds, "spikes")
		}
	})
	speed = 2
	for range 20 {
		d.tick(0)
	}
	until(t, "the new speed before its batches", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Equal(speeds, []string{"1 <nil>", "2 <nil>", "spikes", "spikes"})
	})
}

func TestProblemOfAnotherBoardIsShown(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	var log lines
	b := join(t, parsed(t, "ida", from("mara/n1", "mara/n7", "mara/n2.4", "otto/n1")), Options{Dial: broker.dial, Logger: log.logger()})
	join(t, parsed(t, "mara", "[neuron.n1]\ninput = \"drive\"\n[neuron.n2]\ninput = \"drive\"\ncount = 3\n"), Options{Dial: broker.dial})
	slow := parsed(t, "otto", "")
	slow.Loop.Speed = 0.5
	join(t, slow, Options{Dial: broker.dial})
	const missing, speed = "mara has no neuron n2.4 and no neuron n7", "speed: must be 1 on both boards, got 0.5 on otto"
	until(t, "both problems", func() bool { return b.remoteOf("mara").Problem == missing && b.remoteOf("otto").Problem == speed })
	until(t, "both in the log", func() bool {
		return strings.Contains(log.String(), "no spikes from mara: "+missing) && strings.Contains(log.String(), "no spikes from otto: "+speed)
	})
}

// A name in from may be a typing error: the board says so, once, with the boards that are here.
func TestAbsentBoardIsNamed(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	say := func(board, state string) {
		if err := broker.Publish("hillock/1/9b/"+board+"/state", []byte(state), true, 1); err != nil {
			t.Fatal(err)
		}
	}
	say("mara", Online)
	say("eva", Online)
	say("ida", Offline)
	var log lines
	b := join(t, parsed(t, "tom", from("Mara/n1", "zoe/n1", "ida/n1", "eva/n1")), Options{Dial: broker.dial, Logger: log.logger()})
	until(t, "two absent boards", func() bool {
		return b.remoteOf("Mara").Problem == notYet+": did you mean mara?" && b.remoteOf("zoe").Problem == notYet+": it has eva, mara"
	})
	if ida, eva := b.remoteOf("ida"), b.remoteOf("eva"); ida.Online || ida.Problem != "" || !eva.Online || eva.Problem != "" {
		t.Errorf("got %+v and %+v, want ida offline and eva online", ida, eva)
	}
	for _, want := range []string{"class: synapse.s.from: no board Mara in class 9b yet: did you mean mara?", "class: synapse.s.from: no board zoe in class 9b yet: it has eva, mara"} {
		until(t, want, func() bool { return strings.Count(log.String(), want) == 1 })
	}
	say("zoe", Online)
	until(t, "zoe", func() bool { z := b.remoteOf("zoe"); return z.Online && z.Problem == "" })
	say("zoe", "") // deletes the state
	until(t, "zoe absent again", func() bool { z := b.remoteOf("zoe"); return !z.Online && strings.HasPrefix(z.Problem, notYet) })
}

// Without the right to read the states of others, the board knows no names.
func TestAbsentBoardIsNamedWithoutRights(t *testing.T) {
	t.Parallel()
	broker := &testBroker{t: t, deny: Topic{"9b", Any, KindState, ""}.String()}
	broker.start()
	t.Cleanup(broker.stop)
	var log lines
	b := join(t, parsed(t, "tom", from("zoe/n1")), Options{Dial: broker.dial, Logger: log.logger()})
	until(t, "the absent board", func() bool {
		return strings.Contains(log.String(), `"class: synapse.s.from: no board zoe in class 9b yet"`)
	})
	if !b.Status().Connected() {
		t.Errorf("got %+v, want a connection", b.Status())
	}
}

func TestAbsentBoardIsNamedWithThoseHere(t *testing.T) {
	t.Parallel()
	b := &Board{name: "tom"}
	for _, tt := range []struct{ here, want string }{
		{"", ""},
		{"tom", ": it has no other board"},
		{"tom mara", ": it has mara"},
		{"tom idaa", ": did you mean idaa?"},
		{"tom k j b c d e f g h a", ": it has a, b, c, d, e, f, g, h and 2 others"},
	} {
		present := map[string]bool{}
		for _, name := range strings.Fields(tt.here) {
			present[name] = true
		}
		if got := b.instead("ida", present); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.here, got, tt.want)
		}
	}
}

// A member of the class without manners: each message is refused, and nothing stops.
func TestBadMessagesAreIgnored(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	b := drive(join(t, parsed(t, "ida", from("mara/n1")), Options{Dial: broker.dial}))
	a := drive(join(t, parsed(t, "mara", ""), Options{Dial: broker.dial}), &neuron.Cell{Name: "n1", Count: 1})
	until(t, "the offset", func() bool { return b.remoteOf("mara").Measured })
	far := int64(time.Hour)
	good := Spikes{Run: a.run, From: 1, To: 10, DT: 0.1, AtNs: far, Spikes: map[string][]int64{"n1": {4}}}
	wrongTime, err := Encode(good)
	if err != nil {
		t.Fatal(err)
	}
	good.Run = "other"
	otherRun, err := Encode(good)
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, kind := range []Kind{KindSpikes, KindState, KindHello, KindAnswer, KindAsk, KindRates} {
		to := ""
		if kind.ToBoard() {
			to = "ida"
		}
		for _, text := range []string{"", "{", "null", "[]", strings.Repeat("x", 1<<20), `{"run":"x","from":5,"to":1}`} {
			if err := broker.Publish(Topic{"9b", "mara", kind, to}.String(), []byte(text), false, 0); err != nil {
				t.Fatal(err)
			}
			if kind == KindSpikes {
				sent++
			}
		}
	}
	for _, text := range [][]byte{wrongTime, wrongTime, otherRun} { // of another time, doubled, and of a run without a clock
		if err := broker.Publish(Topic{"9b", "mara", KindSpikes, ""}.String(), text, false, 0); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the count of all bad batches", func() bool { return b.remoteOf("mara").Ignored == int64(sent+2) })
	if got := b.heard(); len(got) != 0 || !b.Status().Connected() || !a.Status().Connected() {
		t.Errorf("got spikes %v; %+v", got, b.Status())
	}
}

func TestHomeAssistantFindsAndForgetsTheBoard(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	var mu sync.Mutex
	var got []string
	err := broker.Subscribe("homeassistant/#", 1, func(_ *mqtt.Client, _ packets.Subscription, pk packets.Packet) {
		mu.Lock()
		defer mu.Unlock()
		m := struct {
			Components map[string]struct{} `json:"cmps"`
		}{}
		if len(pk.Payload) > 0 {
			if err := json.Unmarshal(pk.Payload, &m); err != nil {
				t.Error(err)
			}
		}
		got = append(got, fmt.Sprint(pk.TopicName, " ", slices.Sorted(maps.Keys(m.Components))))
	})
	if err != nil {
		t.Fatal(err)
	}
	messages := func(n int) {
		t.Helper()
		until(t, "the next message", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= n })
	}
	with := func(neurons string) *config.Config {
		cfg := parsed(t, "mara", neurons)
		cfg.Net.HomeAssistant = true
		return cfg
	}
	first := join(t, with("[neuron.n1]\ninput = \"drive\"\n[neuron.n2]\ninput = \"drive\"\n"), Options{Dial: broker.dial})
	messages(1)
	first.Begin(with("[neuron.n2]\ninput = \"drive\"\n"), nil, nil)
	messages(2)
	join(t, parsed(t, "mara", ""), Options{Dial: broker.dial, After: first})
	first.Leave()
	messages(3)
	const topic = "homeassistant/device/hillock_9b/mara/config "
	want := []string{topic + "[late_spikes lateness lost_steps rate_n1 rate_n2]", topic + "[late_spikes lateness lost_steps rate_n1 rate_n2]", topic + "[]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// loopSide returns a board with three neurons, without a connection.
func loopSide(t testing.TB) *driver {
	cfg := parsed(t, "ida", "[neuron.n1]\ninput = \"drive\"\n[neuron.n2]\ninput = \"drive\"\n[neuron.n3]\ninput = \"drive\"\n"+from("mara/n1"))
	b := join(t, cfg, Options{Dial: (&testBroker{}).dial})
	return drive(b, &neuron.Cell{Name: "n1", Count: 1}, &neuron.Cell{Name: "n2", Count: 1}, &neuron.Cell{Name: "n3", Count: 1})
}
