package main

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/trace"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// A desk has virtual Pis, each with an example.
type desk struct {
	pis  []*board.Virtual
	cfgs []*config.Config
}

// put puts a virtual Pi with an example beside the others.
func (d *desk) put(t *testing.T, example string) *board.Virtual {
	t.Helper()
	cfg, err := config.Load(filepath.Join("../../deploy/examples", example), []string{"loop.realtime=off"}, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	var v *board.Virtual
	if len(d.pis) == 0 {
		v, err = board.NewVirtual(cfg, nil)
	} else {
		v, err = d.pis[0].Beside(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.pis, d.cfgs = append(d.pis, v), append(d.cfgs, cfg)
	return v
}

// run runs all examples for a number of ticks, and returns the steps of their spikes by neuron.
func (d *desk) run(t *testing.T, ticks int64) map[string][]int64 {
	t.Helper()
	steps := map[string][]int64{}
	var all sync.WaitGroup
	var mu sync.Mutex
	for i, cfg := range d.cfgs {
		s, err := session.Open(t.Context(), cfg, session.Hardware{Pi: d.pis[i], Virtual: d.pis[i]}, session.Options{Clock: clock.New(), Traced: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Loop().Ticks = ticks
		all.Go(func() {
			defer func() { _ = s.Close() }()
			if _, err := s.Loop().Run(t.Context()); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			s.Record().Look(func(next, _ int64, cells []trace.Cell) {
				for i, n := range cfg.Neurons {
					steps[n.Name] = cells[i].Train.Between(1, next)
				}
			})
		})
	}
	all.Wait()
	return steps
}

// join joins two pins.
func join(t *testing.T, a, b *sim.Pin) {
	t.Helper()
	if err := sim.Join(a, b); err != nil {
		t.Fatal(err)
	}
}

// turns returns the number of changes from spikes of one neuron to spikes of another.
func turns(a, b []int64) (n int) {
	last := 0
	for len(a)+len(b) > 0 {
		next := 1
		if len(a) == 0 || len(b) > 0 && b[0] < a[0] {
			next, b = 2, b[1:]
		} else {
			a = a[1:]
		}
		if last != 0 && next != last {
			n++
		}
		last = next
	}
	return n
}

func TestHalfCentreOverTwoBoards(t *testing.T) {
	t.Parallel()
	for _, wired := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var d desk
			left, right := d.put(t, "left.toml"), d.put(t, "right.toml")
			if wired {
				join(t, left.Pin("GPIO17"), right.Pin("GPIO22"))
				join(t, right.Pin("GPIO17"), left.Pin("GPIO22"))
			}
			s := d.run(t, 4000)
			n := turns(s["left"], s["right"])
			t.Logf("wired %v: %d and %d spikes, %d turns", wired, len(s["left"]), len(s["right"]), n)
			if len(s["left"]) < 50 || len(s["right"]) < 50 || wired != (n >= 10 && n <= 40) {
				t.Errorf("got %d and %d spikes in %d turns, want 10 to 40 turns with the wires alone", len(s["left"]), len(s["right"]), n)
			}
		})
	}
}

// n1 excites the Lu.i board, and each spike of the board makes n2 spike once.
func TestLuiBetweenTwoNeurons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d desk
		pi := d.put(t, "lui.toml")
		lui := sim.NewLui(pi.Pi, sim.LuiParts{})
		join(t, pi.Pin("GPIO17"), lui.In[0])
		join(t, lui.Out, pi.Pin("GPIO22"))
		s := d.run(t, 4000)
		pulses := int(lui.Out.EdgeCount() / 2)
		t.Logf("n1 %d, Lu.i %d, n2 %d", len(s["n1"]), pulses, len(s["n2"]))
		if pulses < 10 || pulses >= len(s["n1"]) || len(s["n2"]) != pulses {
			t.Errorf("got %d spikes of n1, %d of the Lu.i and %d of n2, want fewer of the Lu.i and as many of n2", len(s["n1"]), pulses, len(s["n2"]))
		}
	})
}

func TestSpikelingBetweenTwoNeurons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d desk
		pi := d.put(t, "spikeling.toml")
		spikeling := sim.NewSpikeling(pi.Pi, sim.SpikelingParts{Gain: [2]float64{0, 2}})
		join(t, pi.Pin("GPIO17"), spikeling.In[1])
		if err := sim.Divide(spikeling.Out, pi.Pin("GPIO22")); err != nil {
			t.Fatal(err)
		}
		s := d.run(t, 4000)
		pulses := int(spikeling.Out.EdgeCount() / 2)
		t.Logf("n1 %d, Spikeling %d, n2 %d", len(s["n1"]), pulses, len(s["n2"]))
		if pulses < 10 || len(s["n2"]) != pulses {
			t.Errorf("got %d spikes of n1, %d of the Spikeling and %d of n2, want as many of n2", len(s["n1"]), pulses, len(s["n2"]))
		}
	})
}

// The contacts bounce, and each press is one spike.
func TestButtonExcites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d desk
		pi := d.put(t, "button.toml")
		button := pi.Buttons["touch"]
		go func() {
			for range 5 {
				time.Sleep(500 * time.Millisecond)
				button.Press()
				time.Sleep(100 * time.Millisecond)
				button.Release()
			}
		}()
		s := d.run(t, 4000)
		bounces := pi.Pin("GPIO22").EdgeCount()
		t.Logf("%d edges, once %d, burst %d", bounces, len(s["once"]), len(s["burst"]))
		if bounces <= 10 || len(s["once"]) != 5 || len(s["burst"]) < 50 {
			t.Errorf("got %d edges, %d spikes of once and %d of burst, want more than 10, 5, and 50 or more", bounces, len(s["once"]), len(s["burst"]))
		}
	})
}

// The wire takes one tick, here half a step, and the synapse one step.
func TestRelayOverAWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d desk
		d.put(t, "wire.toml")
		s := d.run(t, 8000)
		if want := []int64{10, 1010, 2010, 3010}; !slices.Equal(s["n1"], want) {
			t.Errorf("n1: got %v, want %v", s["n1"], want)
		}
		if want := []int64{41, 1041, 2041, 3041}; !slices.Equal(s["n2"], want) {
			t.Errorf("n2: got %v, want %v", s["n2"], want)
		}
	})
}
