package session_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/neuron"
)

// hub is a broker in this process.
func hub(t testing.TB) *broker.Broker {
	t.Helper()
	b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: "9b"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// fired is a spike in a step, with the time of the middle of the step.
type fired struct {
	step int64
	at   time.Duration
}

// seat is a run of a class, in real time.
type seat struct {
	*session.Session
	cfg *config.Config
	mu  sync.Mutex
	all []fired
	end func()

	steps []int64 // of the present tick
}

// Step implements neuron.StepObserver.
func (s *seat) Step(k neuron.Sample) {
	if k.Spiked {
		s.steps = append(s.steps, k.Step)
	}
}

// Tick implements neuron.Observer. A tick has ten steps.
func (s *seat) Tick(k neuron.Tick) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, step := range s.steps {
		back := time.Duration(k.Steps-step)*100*time.Microsecond + 50*time.Microsecond
		s.all = append(s.all, fired{step, k.Deadline - back})
	}
	s.steps = s.steps[:0]
}

func (s *seat) fired() []fired {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func classFile(t testing.TB, name, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("class.toml", []byte("loop.speed = 1\nloop.realtime = \"off\"\nloop.max_lag = \"10 s\"\n[net]\nbroker = \"mqtt://127.0.0.1:1\"\nclass = \"9b\"\nlink = \"cable\"\nboard = \""+name+"\"\n"+text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// sit starts a run with a clock. Tests in real time are not parallel: beside fifteen others under the race detector a loop is too late. Its broker is in this process. Changes of its options come last.
func sit(t testing.TB, b *broker.Broker, name, text string, clk neuron.Clock, changes ...func(*session.Options)) *seat {
	t.Helper()
	s := &seat{cfg: classFile(t, name, text)}
	dial := func(context.Context, string, string) (net.Conn, error) { return b.Dial() }
	v, err := board.NewVirtual(s.cfg, clk.(interface {
		neuron.Clock
		Sleep(time.Duration)
	}))
	if err != nil {
		t.Fatal(err)
	}
	o := session.Options{Clock: clk, Observers: []neuron.Observer{s}, Class: &class.Options{Dial: dial, Version: "test"}}
	for _, change := range changes {
		change(&o)
	}
	s.Session, err = session.Open(t.Context(), s.cfg, session.Hardware{Pi: v, Virtual: v, Where: "the virtual Pi"}, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Run(ctx, session.Unseen)
		done <- err
	}()
	s.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.end)
	return s
}

// until waits for a condition. Only a broken program reaches the deadline.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 2 min: %s", what)
		}
	}
}

func (s *seat) remote(name string) class.Remote {
	if n := s.Status().Net; n != nil {
		for _, r := range n.Boards {
			if r.Name == name {
				return r
			}
		}
	}
	return class.Remote{}
}

// ahead is real time with another zero.
type ahead struct {
	*clock.Real
	by time.Duration
}

func (a ahead) Now() time.Duration { return a.Real.Now() + a.by }
func (a ahead) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	got, err := a.Real.SleepUntil(ctx, now-a.by, t-a.by)
	return got + a.by, err
}

const sender = `
[input.drive]
driver = "wave"
shape = "constant"
mean = "2 nA"
[neuron.n1]
input = "drive"
`

// receiver fires once for each spike of mara/n1.
func receiver(delay string) string {
	return fmt.Sprintf(`
[neuron.n1]
[synapse.s]
from = "mara/n1"
to = "n1"
kind = "delta"
weight = "16 mV"
delay = %q
`, delay)
}

// Each spike arrives at the sender's step and the delay, on the receiver's clock.
func TestSpikesOfAnotherBoardArriveAfterTheDelay(t *testing.T) {
	b := hub(t)
	const delay = 2 * time.Second // also on a machine that runs other tests
	ida := sit(t, b, "ida", receiver("2 s"), ahead{clock.New(), 0})
	mara := sit(t, b, "mara", sender, ahead{clock.New(), time.Hour})
	until(t, "fifty spikes", func() bool { return len(ida.fired()) >= 50 })
	r := ida.remote("mara")
	mara.end()
	ida.end()
	if r.LostSteps != 0 || r.Gaps != 0 || r.Ignored != 0 || r.LostSpikes != 0 || r.Late != 0 || !r.Measured || r.Problem != "" {
		t.Fatalf("got %+v", r)
	}
	sent, got := mara.fired(), ida.fired()
	i := 0
	const step = 100 * time.Microsecond
	for _, g := range got {
		want := g.at - delay + r.Offset
		for i < len(sent) && sent[i].at < want-5*time.Millisecond {
			i++
		}
		if i == len(sent) {
			t.Fatalf("got a spike at %s, and no spike of mara for it", g.at)
		}
		if wrong := (sent[i].at - want).Abs(); wrong > r.RoundTrip+step { // rounding to the receiver's steps adds less than a step
			t.Errorf("got a spike at %s, %s from the one of mara, want within %s", g.at, sent[i].at-want, r.RoundTrip+step)
		}
		i++
	}
	t.Logf("%d spikes, offset %s, round trip %s", len(got), r.Offset, r.RoundTrip)
}

// A delay of 1 ms is over before the batch comes: each spike acts in the next step, and counts.
func TestLateSpikesOfAnotherBoardActAndCount(t *testing.T) {
	b := hub(t)
	ida := sit(t, b, "ida", receiver("1 ms"), ahead{clock.New(), 0})
	mara := sit(t, b, "mara", sender, ahead{clock.New(), 0})
	until(t, "ten late spikes", func() bool { return ida.remote("mara").Late >= 10 })
	r, st := ida.remote("mara"), ida.Status()
	mara.end()
	ida.end()
	if r.Spikes < r.Late || len(ida.fired()) == 0 {
		t.Errorf("got %+v and %d spikes of ida", r, len(ida.fired()))
	}
	if in := st.SpikeInputs[0]; in.Name != "mara/n1" || in.Remote == nil || in.Remote.Late == 0 || in.Fault.Cause != "" {
		t.Errorf("got %+v", in)
	}
}

// A reload with the same place in the class keeps the connection, and the steps go on.
func TestReloadKeepsThePlaceInTheClass(t *testing.T) {
	b := hub(t)
	ida := sit(t, b, "ida", receiver("250 ms"), ahead{clock.New(), 0})
	mara := sit(t, b, "mara", sender, ahead{clock.New(), 0})
	until(t, "the first spikes", func() bool { return ida.remote("mara").Spikes > 5 })
	since := mara.Status().Net.Since
	if err := mara.Reload(classFile(t, "mara", strings.Replace(sender, "2 nA", "3 nA", 1))); err != nil {
		t.Fatal(err)
	}
	if err := ida.Reload(classFile(t, "ida", receiver("300 ms"))); err != nil {
		t.Fatal(err)
	}
	was := ida.remote("mara").Spikes
	until(t, "spikes after the reload", func() bool { return ida.remote("mara").Spikes > was+5 })
	r := ida.remote("mara")
	if r.LostSteps != 0 || r.Gaps != 0 || r.LostSpikes != 0 || r.Ignored != 0 || mara.Status().Net.Since != since {
		t.Errorf("got %+v", r)
	}
	// Another name is another place.
	if err := mara.Reload(classFile(t, "otto", sender)); err != nil {
		t.Fatal(err)
	}
	until(t, "mara offline", func() bool { return !ida.remote("mara").Online })
	until(t, "otto", func() bool { n := mara.Status().Net; return n.Board == "otto" && n.Connected() })
	// And no class at all.
	alone, err := config.Parse("", []byte("loop.speed = 1\n"+sender), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if err := mara.Reload(alone); err != nil {
		t.Fatal(err)
	}
	if n := mara.Status().Net; n != nil {
		t.Errorf("got %+v, want no class", n)
	}
}

func TestSpeedStaysOneWithSpikesOfAnotherBoard(t *testing.T) {
	t.Parallel()
	ida := sit(t, hub(t), "ida", receiver("250 ms"), ahead{clock.New(), 0})
	const want = "speed: must be 1 with spikes of the board mara"
	if err := ida.SetSpeed(0.5); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
