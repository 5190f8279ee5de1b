package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

// firing is the pair with 4.8 nA at n1: a spike each 3.9 ms, so that 25 or 26 are under way, and none at n2.
func firing(t testing.TB, sets ...string) *config.Config {
	t.Helper()
	sets = append([]string{`input.knob.current=["4 nA", "6 nA"]`, `input.other.current=["0 nA", "0.001 nA"]`}, sets...)
	cfg, err := config.Parse("net.toml", []byte(pair), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// alone is the pair without its synapse.
func alone(t testing.TB, sets ...string) *config.Config {
	t.Helper()
	before, after, _ := strings.Cut(pair, "[synapse.a]")
	_, after, _ = strings.Cut(after, "[output")
	cfg, err := config.Parse("net.toml", []byte(before+"[output"+after), append([]string{`input.knob.current=["4 nA", "6 nA"]`, `input.other.current=["0 nA", "0.001 nA"]`}, sets...), part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// changed runs the pair for a second of the bubble, changes it after 500 ms, and returns the edges of the LED of n2 and the last status.
func changed(t *testing.T, change func(*session.Session) error, sets ...string) ([]sim.Edge, session.Status) {
	t.Helper()
	b := sessiontest.Open(t, firing(t, sets...), clock.New(), session.Options{Duration: time.Second})
	ended := make(chan error)
	go func() {
		_, err := b.Session.Run(t.Context(), session.Unseen)
		ended <- err
	}()
	time.Sleep(500*ms + ms/2)
	if change != nil {
		if err := change(b.Session); err != nil {
			t.Error(err)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return b.Virtual.Pin("GPIO17").Edges(), b.Session.Summary().Status
}

func TestReloadAndAdjustKeepSpikesUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		want, st := changed(t, nil)
		arrivals := st.Synapses[0].Arrivals
		if len(want) < 100 || arrivals < 230 {
			t.Fatalf("got %d edges and %d arrivals, want some", len(want), arrivals)
		}
		for _, tt := range []struct {
			name    string
			change  func(*session.Session) error
			dropped int64 // arrivals
			same    bool  // the pulses are those of an unchanged run
		}{
			{"reload", func(s *session.Session) error { return s.Reload(firing(t)) }, 0, true},
			{"reload with an output more", func(s *session.Session) error {
				return s.Reload(firing(t, "output.more.driver=pulse", "output.more.pin=GPIO27", "output.more.neuron=n1"))
			}, 0, true},
			{"the same weight", func(s *session.Session) error { return s.Set("synapse.a", "weight", 8) }, 0, true},
			{"a parameter of n1 and back", func(s *session.Session) error { return s.Set("n1", "t_ref", 0) }, 0, true},
			{"another weight", func(s *session.Session) error { return s.Set("synapse.a", "weight", 16) }, 0, false},
			{"another time constant", func(s *session.Session) error { return s.Set("synapse.a", "tau", 2) }, 0, false},
			{"a longer delay", func(s *session.Session) error { return s.Set("synapse.a", "delay", 200) }, 0, false},
			{"a shorter delay", func(s *session.Session) error { return s.Set("synapse.a", "delay", 10) }, 0, false},
			{"reload with a shorter step", func(s *session.Session) error { return s.Reload(firing(t, "loop.dt=0.05 ms")) }, 0, false},
			{"reload with another synapse", func(s *session.Session) error {
				return s.Reload(firing(t, "synapse.a.to=n1", "synapse.a.self=true"))
			}, 0, false},
			{"reload without the synapse", func(s *session.Session) error { return s.Reload(alone(t)) }, 26, false},
		} {
			got, st := changed(t, tt.change)
			if same := cmp.Equal(want, got); same != tt.same {
				t.Errorf("%s: got the same pulses: %v, want %v (-unchanged +got):\n%s", tt.name, same, tt.same, cmp.Diff(want, got))
			}
			if st.Dropped != tt.dropped {
				t.Errorf("%s: got %d arrivals dropped, want %d", tt.name, st.Dropped, tt.dropped)
			}
			if tt.same && st.Synapses[0].Arrivals != arrivals {
				t.Errorf("%s: got %d arrivals, want %d", tt.name, st.Synapses[0].Arrivals, arrivals)
			}
		}
	})
}

// A stop longer than max_lag skips ticks: what would have arrived in that time is dropped, and counted.
func TestSkippedTicksDropArrivals(t *testing.T) {
	t.Parallel()
	b := sessiontest.Open(t, firing(t), new(neuron.VirtualClock), session.Options{})
	b.Observe(sessiontest.At{500: func() { b.Clock.Sleep(270*ms + ms/2) }})
	b.Run(t, 1000)
	st := b.Session.Summary()
	// All 26 spikes under way would have arrived within the 100 ms after the stop began.
	if st.Skipped.Ticks != 269 || st.Dropped != 26 {
		t.Errorf("got %d ticks skipped, %d arrivals dropped, %d arrived of %d spikes; want 269 and 26", st.Skipped.Ticks, st.Dropped, st.Synapses[0].Arrivals, st.Neurons[0].Spikes)
	}
	under := b.Loop.Network().UnderWay()
	if sum := st.Synapses[0].Arrivals + st.Dropped + under; sum != st.Neurons[0].Spikes {
		t.Errorf("got %d arrivals in all, want one for each of %d spikes", sum, st.Neurons[0].Spikes)
	}
}

// A neuron without synapses onto it fires alike in a network and alone.
func TestReloadKeepsANeuronOutOfItsNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const led = "output.led.neuron=n1"
		want, _ := changed(t, nil, led)
		got, st := changed(t, func(s *session.Session) error {
			if err := s.Reload(alone(t, led)); err != nil {
				return err
			}
			time.Sleep(111 * ms)
			return s.Reload(firing(t, led))
		}, led)
		if diff := cmp.Diff(want, got); diff != "" || len(want) < 400 || st.Dropped != 26 {
			t.Errorf("got %d arrivals dropped, want 26; %d edges (-unchanged +got):\n%s", st.Dropped, len(want), diff)
		}
	})
}
