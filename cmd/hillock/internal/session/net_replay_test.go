package session_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hillock/cmd/hillock/internal/recording"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/neuron"
)

// bits are the membrane potentials of all steps, bit for bit, and the spikes.
type bits struct {
	v      []uint64
	spikes []int64
}

func (b *bits) Tick(neuron.Tick) {}

func (b *bits) Step(s neuron.Sample) {
	b.v = append(b.v, math.Float64bits(s.V))
	if s.Spiked {
		b.spikes = append(b.spikes, s.Step)
	}
}

const (
	twoNeurons = `
[neuron.n1]
[neuron.n2]
tau_m = "20 ms"
`
	twoSynapses = `
[synapse.a]
from = %q
to = "n1"
kind = "delta"
weight = "16 mV"
delay = %q
[synapse.b]
from = %[1]q
to = "n2"
kind = "exp"
weight = "5 nA"
tau = "4 ms"
delay = "2 s"
`
)

// A run without a broker, with the recorded arrivals, has the same potentials and spikes in each step: in time, late or both. So has a
// run with a train of the recording by hand.
func TestRecordedSpikesOfAnotherBoardHaveTheSameEffect(t *testing.T) {
	for _, delay := range []string{"1 ms", "13 ms", "500 ms"} {
		h := hub(t)
		var live bits
		rec := recording.New()
		ida := sit(t, h, "ida", twoNeurons+fmt.Sprintf(twoSynapses, "mara/n1", delay), ahead{clock.New(), 0}, func(o *session.Options) {
			o.Recorder, o.Observers = rec, append(o.Observers, &live)
		})
		mara := sit(t, h, "mara", sender, ahead{clock.New(), 0})
		until(t, "ninety spikes", func() bool { return len(ida.fired()) >= 90 })
		mara.end()
		ida.end()
		rec.Close()
		var text bytes.Buffer
		if err := rec.Write(&text); err != nil || rec.Err() != nil || rec.Note() != "" {
			t.Fatal(err, rec.Err(), rec.Note())
		}
		folder := t.TempDir()
		file := filepath.Join(folder, "rec.csv")
		if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		replayed, err := recording.Replay(ida.cfg, file)
		if err != nil {
			t.Fatal(err)
		}
		byHand, err := config.Parse(filepath.Join(folder, "hand.toml"), []byte("loop.speed = 1\n[input.far]\ndriver = \"train\"\nfile = \"rec.csv\"\nof = \"mara/n1\"\n"+
			twoNeurons+fmt.Sprintf(twoSynapses, "far", delay)), nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		end := ida.Session.Summary().Tick
		for name, cfg := range map[string]*config.Config{"replayed": replayed, "by hand": byHand} {
			b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{})
			var again bits
			b.Observe(&again)
			b.Run(t, end.Steps/10)
			if len(live.spikes) < 90 || !slices.Equal(live.spikes, again.spikes) || !slices.Equal(live.v, again.v) {
				t.Errorf("delay %s, %s: got %d spikes and %d potentials, want the same %d and %d", delay, name, len(again.spikes), len(again.v), len(live.spikes), len(live.v))
			}
		}
		r := ida.Session.Summary().Net.Boards[0]
		t.Logf("delay %s: %d steps, %d spikes received, %d late, %d fired", delay, end.Steps, r.Spikes, r.Late, len(live.spikes))
	}
}
