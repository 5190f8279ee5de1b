package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/usage"
)

// open returns the embedded broker of the class "swarm".
func open(t *testing.T, code string) *broker.Broker {
	t.Helper()
	b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: "swarm", Code: code})
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

// small returns a load of 6 boards with 2 s of messages, as fast as the reader receives them.
func small(address string) Load {
	return Load{
		Broker: "mqtt://" + address, Class: "swarm", Boards: 6, Neurons: 3, Rate: 100, Readers: 1, Seed: 1,
		Batch: 50 * time.Millisecond, Duration: 2 * time.Second, window: 8,
	}
}

// load runs a load with a time limit that only a broken program reaches.
func load(t *testing.T, l Load) *Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := Run(ctx, io.Discard, l)
	if err != nil {
		t.Fatal(err)
	}
	if r.interrupted {
		t.Fatalf("got no end within 30 s: %+v", r)
	}
	return r
}

func TestNothingIsLostOnLoopback(t *testing.T) {
	t.Parallel()
	b := open(t, "K7QM-2RPD")
	l := small(b.Addr())
	l.Code, l.Readers = "k7qm2rpd", 2
	r := load(t, l)
	if r.Made != 240 || r.Sent != 240 || r.Unsent != 0 || r.Reconnected != 0 {
		t.Errorf("got %d batches made, %d sent, %d unsent, %d reconnections; want 240, 240, 0, 0", r.Made, r.Sent, r.Unsent, r.Reconnected)
	}
	for i, in := range r.Readers {
		if in.Delay.N != 240 || in.Delay.Max <= 0 || in.Bytes == 0 || in.Rates == 0 {
			t.Errorf("reader %d: got %+v, want delays, bytes and rates", i+1, in)
		}
		in.Delay, in.Bytes, in.Rates, in.BusyPercent = r.Publish, 0, 0, 0
		want := Received{Batches: 240, Spikes: r.Spikes, Hellos: 6, Online: 6, Gaps: []Gap{}, Delay: r.Publish}
		if diff := cmp.Diff(want, in); diff != "" {
			t.Errorf("reader %d (-want +got):\n%s", i+1, diff)
		}
	}
	if r.Spikes < 3500 || r.Spikes > 3700 {
		t.Errorf("got %d spikes, want 3600 of 6 boards with 3 neurons at 100 Hz for 2 s", r.Spikes)
	}
	if s := b.Stats(); s.Retained != 0 {
		t.Errorf("got %d retained messages after the run, want none", s.Retained)
	}
}

func TestForcedLossIsExact(t *testing.T) {
	t.Parallel()
	p := newProxy(t, open(t, "").Addr())
	p.drop = func(topic string, n int) bool {
		return topic == "hillock/1/swarm/swarm-00002/spikes" && (n >= 5 && n <= 7 || n == 20) || topic == "hillock/1/swarm/swarm-00006/spikes" && n == 40
	}
	r := load(t, small(p.address()))
	in := r.Readers[0]
	want := []Gap{{"swarm-00002", 2001, 3500, 150}, {"swarm-00002", 9501, 10_000, 50}, {"swarm-00006", 19_501, 20_000, 50}}
	if diff := cmp.Diff(want, in.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if r.Sent != 240 || in.Batches != 235 || in.LostBatches != 5 || in.LostSteps != 2500 {
		t.Errorf("got %d sent, %d received, %d lost batches, %d lost steps; want 240, 235, 5, 2500", r.Sent, in.Batches, in.LostBatches, in.LostSteps)
	}
}

// A broken connection loses messages on the way and before the next connection.
func TestGapsAreAllThatWasNotReceived(t *testing.T) {
	t.Parallel()
	p := newProxy(t, open(t, "").Addr())
	p.cut = func(topic string, n int) bool { return topic == "hillock/1/swarm/swarm-00003/spikes" && n == 10 }
	l := small(p.address())
	l.window = 0
	r := load(t, l)
	in := r.Readers[0]
	missing := r.Made - in.Batches
	if missing == 0 || in.LostSteps != 500*missing || in.LostBatches+r.Unsent != missing || r.Made != 240 {
		t.Errorf("got %d made, %d received, %d unsent, %d lost batches and %d lost steps, want each missing batch of 500 steps in one count and in a gap",
			r.Made, in.Batches, r.Unsent, in.LostBatches, in.LostSteps)
	}
}

func TestRefusedLoadNamesTheCause(t *testing.T) {
	t.Parallel()
	address := open(t, "K7QM-2RPD").Addr()
	wrong := small(address)
	wrong.Code = "K7QM-2RPE"
	_, err := Run(t.Context(), io.Discard, wrong)
	if want := "mqtt://" + address + ": refused: not authorised: check class and join code: check --broker, --class and --code-file"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if strings.Contains(fmt.Sprint(err), "2RPE") {
		t.Errorf("got the code in %v", err)
	}
	const nobody = "127.0.0.1:1" // no test listens on port 1; the port of a broker that has ended may be another test's by now
	_, err = Run(t.Context(), io.Discard, small(nobody))
	if want := "mqtt://" + nobody + ": no connection: connection refused: check --broker, --class and --code-file"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestInterruptedRunCountsItsPart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := newProxy(t, open(t, "").Addr())
	p.drop = func(topic string, n int) bool {
		if strings.HasSuffix(topic, "spikes") && n == 3 {
			cancel()
		}
		return false
	}
	l := small(p.address())
	l.Duration, l.window = time.Hour, 0
	r, err := Run(ctx, io.Discard, l)
	if err != nil {
		t.Fatal(err)
	}
	if !r.interrupted || r.Made == 0 || !strings.Contains(r.verdict(), " The run was interrupted after ") {
		t.Errorf("got %+v, want a part, and %q in the verdict %q", r, " The run was interrupted after ", r.verdict())
	}
	if _, err := Run(ctx, io.Discard, l); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want no run after the end of its context", err)
	}
}

func TestBadLoadIsRefused(t *testing.T) {
	const address = "mqtt://127.0.0.1:1883"
	for want, change := range map[string]func(*Load){
		`--broker: must be an address such as mqtt://127.0.0.1:1883, with mqtt, mqtts, ws or wss, got "localhost"`:      func(l *Load) { l.Broker = "localhost" },
		`--broker: must be an address such as mqtt://127.0.0.1:1883, with mqtt, mqtts, ws or wss, got "mqtt://...@a:x"`: func(l *Load) { l.Broker = "mqtt://u:secret@a:x" },
		`--broker: must have no user and no password: use --class and --code-file, got "mqtt://...@127.0.0.1:1883"`:     func(l *Load) { l.Broker = "mqtt://u:secret@127.0.0.1:1883" },
		`--class: must be 1 to 32 letters, digits, _ and -, got "9 b"`:                                                  func(l *Load) { l.Class = "9 b" },
		"--boards: must be between 1 and 20000, got 0":                                                                  func(l *Load) { l.Boards = 0 },
		"--neurons: must be between 0 and 1000, got -1":                                                                 func(l *Load) { l.Neurons = -1 },
		"--readers: must be between 1 and 100, got 101":                                                                 func(l *Load) { l.Readers = 101 },
		"--rate: must be between 0 and 1000 Hz, got 1001":                                                               func(l *Load) { l.Rate = 1001 },
		"--batch: must be between 1 ms and 10 s, in whole steps of 0.1 ms, got 0.5 ms":                                  func(l *Load) { l.Batch = 500 * time.Microsecond },
		"--batch: must be between 1 ms and 10 s, in whole steps of 0.1 ms, got 1.05 ms":                                 func(l *Load) { l.Batch = 1050 * time.Microsecond },
		"--duration: must be at least one batch, 50 ms, got 10 ms":                                                      func(l *Load) { l.Duration = 10 * time.Millisecond },
		"--duration: must be at most 24 h, got 90000000 ms":                                                             func(l *Load) { l.Duration = 25 * time.Hour },
		"--batch: must have at most 20000 spikes, got up to 51000: use fewer neurons, a lower rate or shorter batches":  func(l *Load) { l.Neurons, l.Rate = 1000, 1000 },
		"--cpu-of: must be a process of this machine with files in /proc (Linux), got 1000000000":                       func(l *Load) { l.Process = 1e9 },
		"--cpu-of: must be the ID of a process, got -1":                                                                 func(l *Load) { l.Process = -1 },
	} {
		l := small(strings.TrimPrefix(address, "mqtt://"))
		change(&l)
		_, err := Run(t.Context(), io.Discard, l)
		if fmt.Sprint(err) != want || usage.Status(err) != 2 {
			t.Errorf("got %v, exit status %d, want %s, and 2", err, usage.Status(err), want)
		}
	}
}
