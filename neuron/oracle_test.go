package neuron

import (
	"context"
	"slices"
	"testing"
	"time"
)

// lamp is an output behind an oracle, and an observer of the present step and of the spikes.
type lamp struct {
	step   int64
	lights [][2]int64 // step of the light, and announced step of the spike
	due    []time.Duration
	spikes []int64
}

func (l *lamp) out() Output { return lampOutput{l} }

// Step implements StepObserver.
func (l *lamp) Step(s Sample) {
	l.step = s.Step
	if s.Spiked && s.Cell.Name == "n1" {
		l.spikes = append(l.spikes, s.Step)
	}
}

// Tick implements Observer.
func (l *lamp) Tick(Tick) {}

type lampOutput struct{ *lamp }

// Tick implements Output.
func (lampOutput) Tick(time.Duration) {}

// Spike implements Output.
func (l lampOutput) Spike(step int64, now time.Duration) {
	l.lights, l.due = append(l.lights, [2]int64{l.step, step}), append(l.due, now)
}

// foreseen returns a loop of a cell with an oracle.
func foreseen(t testing.TB, p LIF, in Input, ahead int64, net bool) (*Loop, *Oracle, *lamp) {
	t.Helper()
	seen := &lamp{}
	n, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	c := &Cell{Name: "n1", Neuron: n, Inputs: []Input{in}}
	o := NewOracle(c, ahead, seen.out())
	c.Outputs = []Output{o}
	l := &Loop{Clock: new(VirtualClock), Tick: ms, DT: 100 * us, Speed: 1, Cells: []*Cell{c}, Observers: []Observer{seen, o.Foresight()}}
	if net {
		other := &Cell{Name: "n2", Neuron: mustNew(t, Default())}
		l.Cells = append(l.Cells, other)
		l.Net = NewNet(0.1, l.Cells, nil, []Synapse{{Name: "a", Weight: 1, Tau: 5, Delay: 1, From: []int32{0}, Targets: [][]int32{{1}}}})
	}
	return l, o, seen
}

// Each light comes exactly ahead steps before its spike, and each spike has its light: of neurons with a short and a long
// refractory time, alone and in a network, also with interspike intervals shorter than ahead.
func TestLightComesAheadOfItsSpike(t *testing.T) {
	total := 0
	for _, change := range []func(*LIF){func(*LIF) {}, func(p *LIF) { p.TRef = 2 }, func(p *LIF) { p.TRef = 7.3 }, func(p *LIF) { p.Exact = true }, func(p *LIF) { p.EL = -54 }} {
		for _, net := range []bool{false, true} {
			for _, current := range []float64{1.5001, 1.51, 1.7, 2, 3.2, 5, 12, 40} {
				for _, ahead := range []int64{1, 7, 50, 1000} {
					p := Default()
					change(&p)
					l, o, seen := foreseen(t, p, fixed(current), ahead, net)
					l.Ticks = 1000
					end, err := l.Run(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					var want [][2]int64
					for _, spike := range seen.spikes {
						if spike > ahead {
							want = append(want, [2]int64{spike - ahead, spike})
						}
					}
					got := slices.DeleteFunc(slices.Clone(seen.lights), func(light [2]int64) bool { return light[1] > end.Steps })
					if !slices.Equal(want, got) {
						t.Fatalf("%+v at %g nA, %d steps ahead, network %t:\n got %v\nwant %v", p, current, ahead, net, got, want)
					}
					total += len(want)
					if all, wrong, missed := o.Lights(); all != int64(len(seen.lights)) || wrong != 0 || missed != 0 {
						t.Errorf("%g nA, %d steps ahead: got %d lights, %d without a spike, %d spikes without a light; want %d, 0, 0", current, ahead, all, wrong, missed, len(seen.lights))
					}
				}
			}
		}
	}
	if total < 10_000 {
		t.Errorf("got %d spikes in the test, want more", total)
	}
}

// turning is an input with a current by tick.
type turning struct {
	at       int
	currents []float64
}

func (i *turning) Current(time.Duration) float64 {
	current := i.currents[min(i.at, len(i.currents)-1)]
	i.at++
	return current
}

// A spike that a change of the current moves has a light without a spike before the change, and no light of its own if it comes too
// soon. At 2 nA the spikes come in steps 138 and 276, with lights in steps 88 and 226.
func TestLightsAfterAChangeOfTheCurrent(t *testing.T) {
	for _, tt := range []struct {
		name          string
		until         int // tick of the change, from 0
		then          float64
		wrong, missed int64
		lights        [][2]int64
	}{
		{"long before the light", 3, 2.5, 0, 0, [][2]int64{{48, 98}, {140, 190}, {232, 282}}},
		{"right before the light, sooner", 8, 2.5, 0, 1, [][2]int64{{156, 206}, {248, 298}}},
		{"after the light, below the rheobase", 23, 1, 1, 0, [][2]int64{{88, 138}, {226, 276}}},
		{"after the light, three spikes within 50 steps", 24, 10, 1, 3, [][2]int64{{88, 138}, {226, 276}, {244, 294}, {261, 311}, {278, 328}}},
		{"no change", 200, 2, 0, 0, [][2]int64{{88, 138}, {226, 276}}},
	} {
		in := &turning{currents: append(slices.Repeat([]float64{2}, tt.until), tt.then)}
		l, o, seen := foreseen(t, Default(), in, 50, false)
		l.Ticks = 28
		if _, err := l.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, wrong, missed := o.Lights(); wrong != tt.wrong || missed != tt.missed {
			t.Errorf("%s: got %d lights without a spike and %d spikes without a light, want %d and %d; lights %v, spikes %v", tt.name, wrong, missed, tt.wrong, tt.missed, seen.lights, seen.spikes)
		}
		if !slices.Equal(tt.lights, seen.lights) {
			t.Errorf("%s: got lights %v, want %v", tt.name, seen.lights, tt.lights)
		}
	}
}

// In any run each light has its spike or counts as wrong, and each spike has its light or counts as missed.
func TestLightsAndSpikesAddUp(t *testing.T) {
	currents := make([]float64, 3000)
	for i := range currents {
		currents[i] = 1 + float64(mix(uint64(i/7))%1000)/250
	}
	l, o, seen := foreseen(t, Default(), &turning{currents: currents}, 50, false)
	l.Ticks = 3000
	end, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	announced := map[int64]bool{}
	var wrong, missed int64
	for _, light := range seen.lights {
		if light[1]-light[0] != 50 {
			t.Fatalf("got a light in step %d for a spike in step %d, want 50 steps", light[0], light[1])
		}
		announced[light[1]] = true
		if !slices.Contains(seen.spikes, light[1]) && light[1] <= end.Steps {
			wrong++
		}
	}
	for _, spike := range seen.spikes {
		if !announced[spike] && spike > 50 {
			missed++
		}
	}
	if _, gotWrong, gotMissed := o.Lights(); gotWrong != wrong || gotMissed != missed || wrong < 20 || missed < 20 {
		t.Errorf("got %d lights without a spike and %d spikes without a light, want %d and %d, and 20 or more of each", gotWrong, gotMissed, wrong, missed)
	}
}

// New parameters of a running neuron count from the next step. Noise has no prediction: it leaves no light until it is gone.
func TestLightsAfterNewParameters(t *testing.T) {
	l, o, seen := foreseen(t, Default(), fixed(2), 50, false)
	l.Ticks = 3000
	change := func(at int64, p LIF) Observer {
		return ticking(func(tick Tick) {
			if tick.Due == at {
				if err := l.Adjust([]Params{p}, nil, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	slow, noisy := Default(), Default()
	slow.TauM, noisy.Sigma = 20, 3
	l.Observers = append(l.Observers, change(500, slow), change(1000, noisy), change(2000, Default()))
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	in := func(first, last int64) (n int) {
		for _, light := range seen.lights {
			if light[0] >= first && light[0] <= last {
				n++
			}
		}
		return n
	}
	if got := in(10_001, 20_000); got != 0 {
		t.Errorf("got %d lights of a noisy neuron, want 0", got)
	}
	if _, wrong, missed := o.Lights(); in(5001, 10_000) < 15 || in(20_001, 30_000) < 60 || wrong > 2 || missed < 50 {
		t.Errorf("got %d lights with a slow membrane, %d after the noise, %d without a spike, %d spikes without a light", in(5001, 10_000), in(20_001, 30_000), wrong, missed)
	}
}

// ticking is an observer of ticks.
type ticking func(Tick)

// Tick implements Observer.
func (f ticking) Tick(t Tick) { f(t) }

// A light has the time of the tick with its step.
func TestLightHasTheTimeOfItsTick(t *testing.T) {
	l, _, seen := foreseen(t, Default(), fixed(2), 50, false)
	l.Ticks = 100
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{9 * ms, 23 * ms, 37 * ms, 51 * ms, 64 * ms, 78 * ms, 92 * ms}; !slices.Equal(seen.due, want) {
		t.Errorf("got lights at %v, want %v", seen.due, want)
	}
}

func TestOracleDoesNotAllocate(t *testing.T) {
	for _, net := range []bool{false, true} {
		in := &turning{currents: make([]float64, 1e6)}
		for i := range in.currents {
			in.currents[i] = 2 + float64(i%3)
		}
		l, o, _ := foreseen(t, Default(), in, 50, net)
		o.Output = idle{}
		l.Observers = []Observer{o.Foresight()}
		l.Ticks = 1
		few := testing.AllocsPerRun(10, func() { l.Run(context.Background()) })
		l.Ticks = 1000
		many := testing.AllocsPerRun(10, func() { l.Run(context.Background()) })
		if many > few {
			t.Errorf("network %t: got %g allocations in 1000 ticks, %g in one", net, many, few)
		}
	}
}
