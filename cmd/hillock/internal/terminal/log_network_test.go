package terminal

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/part"
)

// netLogged is logged for a configuration.
func netLogged(t *testing.T, format Format, text string, at func(*sessiontest.Bench) sessiontest.At) string {
	t.Helper()
	cfg, err := config.Parse("net.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return loggedOf(t, format, at, func(t testing.TB, c sessiontest.Clock) *sessiontest.Bench {
		return sessiontest.Open(t, cfg, c, session.Options{Traced: true})
	})
}

// Many neurons share a line a second, and their reasons for no prediction too. A population is one of them.
func TestLogOfManyNeuronsHasALineASecond(t *testing.T) {
	t.Parallel()
	stop := func(b *sessiontest.Bench) sessiontest.At {
		return sessiontest.At{2700: func() { b.Clock.Sleep(300 * ms) }}
	}
	want := `
hillock on the virtual Pi, net.toml, in real time
   0:01  many: no prediction: a population of 200 neurons
   0:01  n01, n02, 6 more: no prediction: synapses act on it
   0:01  many 74.0, n01 74.6, n02 74.6, n03 74.6, n04 74.6, n05 74.6, 3 more Hz
   0:02  many 74.3, n01 74.6, n02 74.6, n03 74.6, n04 74.6, n05 74.6, 3 more Hz
   0:03  warning: the loop fell behind: missed time was skipped (ticks 299, model time 299 ms, max lag 250 ms, arrivals dropped 1)
   0:03  many 74.2, n01 74.6, n02 74.6, n03 74.6, n04 74.6, n05 74.6, 3 more Hz
`
	if diff := cmp.Diff(want[1:], netLogged(t, Lines, light(8), stop)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRecordsOfANetwork(t *testing.T) {
	t.Parallel()
	log := netLogged(t, JSON, strings.Replace(halfCentre, "[neuron.right]", "[neuron.right]\ncount = 20\nsigma = \"2 mV\"\nseed = 1", 1), nil)
	found := map[string]map[string]any{}
	for line := range strings.Lines(log) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if name, ok := r["neuron"].(string); ok {
			found[name] = r
		}
	}
	left, right := found["left"], found["right"]
	if left["synaptic_na"] == nil || left["w_na"] == nil || left["neurons"] != nil {
		t.Errorf("got %v, want a single neuron with its synaptic and adaptation current", left)
	}
	for _, key := range []string{"neurons", "lowest_rate_hz", "highest_rate_hz", "mean_cv"} {
		if right[key] == nil {
			t.Errorf("got %v, want %s of the population", right, key)
		}
	}
}

// A line has the gain of a synapse at the start, and later ones its changes.
func TestLogOfAGain(t *testing.T) {
	t.Parallel()
	turn := func(b *sessiontest.Bench) sessiontest.At {
		knob := b.Virtual.Knobs["volume"]
		return sessiontest.At{1200: func() { knob.Set(0.41) }, 2200: func() { knob.Set(0.9) }, 2900: func() {}}
	}
	var got []string
	for line := range strings.Lines(netLogged(t, Lines, gained, turn)) {
		if strings.Contains(line, "gain") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{"0:01  synapse nerve: gain -0.2 (knob volume at 40 %)", "0:03  synapse nerve: gain 0.8 (knob volume at 90 %)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
