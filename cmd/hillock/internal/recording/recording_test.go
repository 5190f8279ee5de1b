package recording_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// mixed is a circuit with all kinds of currents: a knob, a gain, noise and a sine.
const mixed = `loop = {speed = 1, dt = "0.1 ms"}
[input.knob]
driver = "mcp3008"
channel = 0
[input.volume]
driver = "mcp3008"
channel = 1
[input.noise]
driver = "wave"
shape = "noise"
mean = "0 nA"
sd = "1 nA"
tau = "5 ms"
[input.tide]
driver = "wave"
shape = "sine"
mean = "2 nA"
amplitude = "1 nA"
frequency = "3 Hz"
[input.cue]
driver = "train"
rate = "50 Hz"
[neuron.n1]
input = ["knob", "noise"]
[neuron.n2]
input = "tide"
b = "0.05 nA"
t_ref = "2 ms"
[synapse.a]
from = "n1"
to = "n2"
kind = "exp"
weight = "5 nA"
tau = "5 ms"
gain = "volume"
[synapse.b]
from = "cue"
to = "n1"
kind = "delta"
weight = "4 mV"
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
[output.led2]
driver = "pulse"
pin = "GPIO27"
neuron = "n2"
`

// spikes is an observer: it keeps the rows of 'hillock sim --format spikes'.
type spikes struct{ text *bytes.Buffer }

func (spikes) Tick(neuron.Tick) {}

func (s spikes) Step(of neuron.Sample) {
	if of.Spiked {
		fmt.Fprintf(s.text, "%d,%s\n", of.Step, of.Cell.Name)
	}
}

func parse(t *testing.T, text string, sets ...string) *config.Config {
	t.Helper()
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "c.toml"), []byte(text), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// recorded runs a configuration for a number of ticks while its knobs turn. It returns the spikes and the file of the recording.
func recorded(t *testing.T, cfg *config.Config, ticks int64, at sessiontest.At) (rows, file, note string) {
	t.Helper()
	rec := recording.New()
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Recorder: rec})
	var text bytes.Buffer
	b.Observe(spikes{&text})
	b.Observe(sessiontest.Each(func(tick neuron.Tick) {
		if tick.Due%9 == 0 {
			b.Virtual.Knobs["knob"].SetCode(300 + int(tick.Due*tick.Due)%500)
			if k := b.Virtual.Knobs["volume"]; k != nil {
				k.SetCode(int(tick.Due * 37 % 1024))
			}
		}
	}))
	if at != nil {
		b.Observe(at)
	}
	b.Run(t, ticks)
	rec.Close()
	var out bytes.Buffer
	if err := rec.Write(&out); err != nil || rec.Err() != nil {
		t.Fatal(err, rec.Err())
	}
	file = filepath.Join(t.TempDir(), "rec.csv")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return text.String(), file, rec.Note()
}

// simulated returns the spikes of a configuration in model time.
func simulated(t *testing.T, cfg *config.Config, steps int64) string {
	t.Helper()
	var out, rows bytes.Buffer
	r := modeltime.Run{Config: cfg, Shown: modeltime.Selection{Table: modeltime.All, Member: modeltime.All}, Steps: steps}
	if err := r.Write(t.Context(), &out, "spikes"); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if f := strings.Split(strings.TrimSpace(line), ","); f[0] != "step" {
			fmt.Fprintf(&rows, "%s,%s\n", f[0], f[2])
		}
	}
	return rows.String()
}

// A replay has the same spikes in the same steps, in model time and in a run, at each speed.
func TestReplayHasTheSameSpikes(t *testing.T) {
	t.Parallel()
	for _, sets := range [][]string{nil, {"loop.speed=0.3"}, {"loop.speed=3.7"}, {"loop.speed=0.01"}, {"loop.tick=3 ms"}, {"neuron.n1.sigma=2 mV"}} {
		cfg := parse(t, mixed, sets...)
		want, file, note := recorded(t, cfg, 3000, nil)
		if n := strings.Count(want, "\n"); note != "" || n < 10 && sets == nil {
			t.Errorf("%v: got %d spikes, %q; want 10 or more in a whole recording", sets, n, note)
		}
		again, err := recording.Replay(cfg, file)
		if err != nil {
			t.Fatal(err)
		}
		b := sessiontest.Open(t, again, new(neuron.VirtualClock), session.Options{})
		var run bytes.Buffer
		b.Observe(spikes{&run})
		b.Run(t, 3000)
		if diff := cmp.Diff(want, run.String()); diff != "" {
			t.Errorf("%v, in a run (-recorded +replayed):\n%s", sets, diff)
		}
		if diff := cmp.Diff(want, simulated(t, again, b.Session.Status().Tick.Steps)); diff != "" {
			t.Errorf("%v, in model time (-recorded +replayed):\n%s", sets, diff)
		}
		if len(sets) == 0 && simulated(t, cfg, 30_000) == want {
			t.Error("got the same spikes without the recording")
		}
	}
}

// Received spikes are in the recording with their steps and gains: late ones, several in one step, and those of wide pulses. The replay
// needs no pins.
func TestReplayHasTheReceivedSpikes(t *testing.T) {
	t.Parallel()
	cfg := parse(t, mixed+`
[input.wire]
driver = "edge"
pin = "GPIO22"
dead = "0 ms"
width = true
[input.press]
driver = "edge"
pin = "GPIO23"
dead = "0.2 ms"
[input.silent]
driver = "edge"
pin = "GPIO24"
[synapse.c]
from = ["wire", "silent"]
to = "n2"
kind = "exp"
weight = "3 nA"
tau = "4 ms"
delay = "2.3 ms"
[synapse.d]
from = "press"
to = "n1"
kind = "delta"
weight = "9 mV"
`)
	rec := recording.New()
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Recorder: rec})
	var want bytes.Buffer
	b.Observe(spikes{&want})
	random := rand.New(rand.NewPCG(1, 2))
	b.Observe(sessiontest.Each(func(neuron.Tick) {
		for range random.IntN(4) {
			pin := b.Virtual.Pin([]string{"GPIO22", "GPIO23"}[random.IntN(2)])
			b.Clock.Sleep(time.Duration(random.IntN(300)) * time.Microsecond)
			pin.Drive(!pin.Level())
		}
		if random.IntN(100) == 0 {
			b.Clock.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		}
	}))
	b.Run(t, 3000)
	rec.Close()
	var out bytes.Buffer
	if err := rec.Write(&out); err != nil || rec.Err() != nil || rec.Note() != "" {
		t.Fatal(err, rec.Err(), rec.Note())
	}
	st := b.Session.Status()
	late, n := int64(0), int64(0)
	for _, in := range st.SpikeInputs {
		if in.Edges != nil {
			late, n = late+in.Edges.Late, n+in.Spikes
		}
	}
	if late < 50 || n < 1000 {
		t.Errorf("got %d spikes, %d late; want 1000 and 50", n, late)
	}
	file := filepath.Join(t.TempDir(), "rec.csv")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := recording.Replay(cfg, file)
	if err != nil {
		t.Fatal(err)
	}
	r := sessiontest.Open(t, again, new(neuron.VirtualClock), session.Options{})
	var run bytes.Buffer
	r.Observe(spikes{&run})
	r.Run(t, 3000)
	if diff := cmp.Diff(want.String(), run.String()); diff != "" || r.Board.Edges != nil {
		t.Errorf("in a run, with pins %v (-recorded +replayed):\n%s", r.Board.Edges != nil, diff)
	}
	if diff := cmp.Diff(want.String(), simulated(t, again, 30_000)); diff != "" {
		t.Errorf("in model time (-recorded +replayed):\n%s", diff)
	}
}

// What a recording cannot show ends it, with its reason. Until then it is whole.
func TestRecordingEndsWhereAReplayCannotFollow(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*sessiontest.Bench)
		want string
	}{
		{"a new parameter", func(b *sessiontest.Bench) { b.Session.Set("n1", "v_t", -57) }, "the recording ends after step 10000: the run was changed"},
		{"a long stop", func(b *sessiontest.Bench) { b.Clock.Sleep(time.Second) }, "the recording ends after step 10000: time was skipped"},
	} {
		cfg := parse(t, strings.ReplaceAll(mixed, `["knob", "noise"]`, `"knob"`), "input.noise.sd=0 nA")
		rec := recording.New()
		b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Recorder: rec})
		b.Observe(sessiontest.At{1000: func() { tt.do(b) }})
		b.Run(t, 2000)
		rec.Close()
		var out bytes.Buffer
		if err := rec.Write(&out); err != nil || rec.Note() != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, rec.Note(), err, tt.want)
		}
		if last := out.String()[strings.LastIndex(strings.TrimSpace(out.String()), "\n")+1:]; !strings.HasPrefix(last, "9991,999,tide,") {
			t.Errorf("%s: got the last row %q, want that of tick 1000", tt.name, last)
		}
	}
}

// The tick with a recorder does not allocate.
func TestRecorderDoesNotAllocate(t *testing.T) {
	rec := recording.New()
	at := 0.0
	in := recording.Input{Name: "knob", Current: func() (float64, bool) { at++; return at, true }}
	o := rec.Observe(&neuron.Loop{DT: 100 * time.Microsecond, Speed: 1}, []recording.Input{in, {Name: "wire", Spikes: new(neuron.Received)}})
	var tick neuron.Tick
	if n := testing.AllocsPerRun(1000, func() { tick.Steps += 10; tick.Deadline += time.Millisecond; o.Tick(tick) }); n != 0 {
		t.Errorf("got %g allocations in a tick, want 0", n)
	}
}

// Rows beyond the room for a slow disk are counted.
func TestLostRowsAreAnError(t *testing.T) {
	rec := recording.New()
	at := 0.0
	o := rec.Observe(&neuron.Loop{DT: 100 * time.Microsecond, Speed: 1}, []recording.Input{{Name: "knob", Current: func() (float64, bool) { at++; return at, true }}})
	for k := range int64(1<<16 + 3) {
		o.Tick(neuron.Tick{Due: k + 1, Steps: 10 * (k + 1), Deadline: time.Duration(k+1) * time.Millisecond})
	}
	if err := rec.Err(); err == nil || err.Error() != "3 rows lost: the disk was too slow: record to another disk" {
		t.Errorf("got %v, want 3 rows lost", err)
	}
}

func TestReplayRefusesAnotherConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rec.csv")
	text := "step,time_ms,input,current_na,gain\n0,0,volume,,\n1,0,knob,2,\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ remove, want string }{
		{"", file + ": input volume has spikes, the configuration's is a current: record the same configuration"},
		{"volume", file + `: must have rows of input tide, got rows of ["volume" "knob"]`},
	} {
		cfg := parse(t, mixed)
		var keep []config.Input
		for _, in := range cfg.Inputs {
			if in.Name == "knob" || in.Name == "tide" || in.Name == "volume" && tt.remove == "" {
				keep = append(keep, in)
			}
		}
		cfg.Inputs = keep
		if tt.remove == "" {
			cfg.Inputs = []config.Input{keep[0], keep[2]}
		}
		if _, err := recording.Replay(cfg, file); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
