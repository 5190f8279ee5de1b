package neuron

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

// constant is an input with a constant current. It counts its reads.
type constant struct {
	current float64
	reads   int
}

func (c *constant) Current(time.Duration) float64 {
	c.reads++
	return c.current
}

// record is an output and an observer. It records all calls.
type record struct {
	name string
	to   *[]string
}

func (r record) say(format string, args ...any) {
	*r.to = append(*r.to, r.name+fmt.Sprintf(format, args...))
}
func (r record) Spike(step int64, now time.Duration) { r.say(" spike in step %d due %v", step, now) }
func (r record) Tick(now time.Duration)              { r.say(" tick %v", now) }

// stepRecord records samples, tickRecord records ticks.
type stepRecord struct{ samples []Sample }

func (r *stepRecord) Step(s Sample) { r.samples = append(r.samples, s) }
func (r *stepRecord) Tick(Tick)     {}

type tickRecord struct{ ticks []Tick }

func (r *tickRecord) Tick(t Tick) { r.ticks = append(r.ticks, t) }

func newLoop(t testing.TB, current float64) (*Loop, *Cell, *constant) {
	in := &constant{current: current}
	c := &Cell{Name: "n1", Neuron: mustNew(t, Default()), Inputs: []Input{in}}
	return &Loop{Clock: new(VirtualClock), Tick: ms, DT: 100 * us, Speed: 1, Cells: []*Cell{c}}, c, in
}

func TestLoopRunsAllDueSteps(t *testing.T) {
	for _, tt := range []struct {
		tick, dt time.Duration
		speed    float64
		ticks    int64
		steps    int64
	}{
		{ms, 100 * us, 1, 2000, 20_000},
		{ms, 100 * us, 0.1, 2000, 2000},
		{ms, 100 * us, 0.01, 2000, 200},            // a step every ten ticks
		{ms, 100 * us, 0.001, 999, 9},              // not a step early
		{ms, 100 * us, 0.001, 1000, 10},            // not a step late
		{ms, 100 * us, 0.123456789, 10_000, 12345}, // 12345.6789
		{333 * us, 70 * us, 1, 10_000, 47571},      // 47571.4
		{ms, 100 * us, 1000, 10, 100_000},
		{time.Second, time.Microsecond, 1e-3, 3, 3000},
	} {
		for _, watched := range []bool{false, true} {
			l, c, in := newLoop(t, 2)
			l.Tick, l.DT, l.Speed, l.Ticks = tt.tick, tt.dt, tt.speed, tt.ticks
			p := Default()
			p.DT = float64(tt.dt) / 1e6
			c.Neuron = mustNew(t, p)
			if watched {
				l.Observers = []Observer{new(stepRecord)}
			}
			end, err := l.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			want := Tick{Due: tt.ticks, Steps: tt.steps, Deadline: time.Duration(tt.ticks) * tt.tick, Began: time.Duration(tt.ticks) * tt.tick}
			if end != want {
				t.Errorf("tick %v dt %v speed %g: got %+v, want %+v", tt.tick, tt.dt, tt.speed, end, want)
			}
			if int64(in.reads) != tt.ticks {
				t.Errorf("got %d reads in %d ticks", in.reads, tt.ticks)
			}
			if want := p.SpikeCount(2, tt.steps); c.Spikes != want {
				t.Errorf("tick %v dt %v speed %g: got %d spikes, want %d", tt.tick, tt.dt, tt.speed, c.Spikes, want)
			}
		}
	}
}

func TestLoopCallsOutputsInOrder(t *testing.T) {
	var got []string
	l, c, _ := newLoop(t, 40) // a spike every 4 steps
	second := &Cell{Name: "n2", Neuron: mustNew(t, Default()), Inputs: c.Inputs, Outputs: []Output{record{"b", &got}}}
	c.Outputs = []Output{record{"a", &got}}
	l.Cells = append(l.Cells, second)
	l.Ticks = 1
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := []string{"a tick 1ms", "b tick 1ms", "a spike in step 4 due 1ms", "b spike in step 4 due 1ms",
		"a spike in step 8 due 1ms", "b spike in step 8 due 1ms"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoopReadsSharedInputsOnce(t *testing.T) {
	l, c, knob := newLoop(t, 1.25)
	bias := &constant{current: 0.75}
	c.Inputs = []Input{knob, bias}
	other := &Cell{Name: "n2", Neuron: mustNew(t, Default()), Inputs: []Input{knob}}
	silent := &Cell{Name: "n3", Neuron: mustNew(t, Default())}
	l.Cells, l.Ticks = append(l.Cells, other, silent), 2000
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if c.Current != 2 || other.Current != 1.25 || silent.Current != 0 {
		t.Errorf("got currents %g, %g, %g nA, want 2, 1.25, 0", c.Current, other.Current, silent.Current)
	}
	if c.Spikes != 144 || c.First != 138 || c.Last != 144*138 {
		t.Errorf("got %d spikes, first %d, last %d; want 144, 138, %d", c.Spikes, c.First, c.Last, 144*138)
	}
	if knob.reads != 2000 || bias.reads != 2000 {
		t.Errorf("got %d and %d reads, want one a tick, 2000", knob.reads, bias.reads)
	}
}

func TestLoopObserversSeeEveryStep(t *testing.T) {
	l, c, _ := newLoop(t, 2)
	seen := new(stepRecord)
	l.Observers, l.Ticks = []Observer{seen}, 50
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	n := mustNew(t, Default())
	for i, s := range seen.samples {
		spiked := n.Step(n.Drive(2))
		if want := (Sample{c, int64(i) + 1, 2, n.v, spiked}); s != want {
			t.Fatalf("got %+v, want %+v", s, want)
		}
	}
	if len(seen.samples) != 500 {
		t.Errorf("got %d samples, want 500", len(seen.samples))
	}
}

// stalling is a virtual clock. On it the inputs of some ticks are slow.
type stalling struct {
	VirtualClock
	stall map[time.Duration]time.Duration // by deadline
}

func (s *stalling) Current(now time.Duration) float64 {
	s.Sleep(s.stall[now])
	return 2
}

func TestLateTicksRunAtOnceUntilCaughtUp(t *testing.T) {
	l, c, _ := newLoop(t, 0)
	clock := &stalling{stall: map[time.Duration]time.Duration{10 * ms: 3500 * us}}
	seen := new(tickRecord)
	l.Clock, c.Inputs = clock, []Input{clock}
	l.Observers, l.Ticks, l.MaxLag = []Observer{seen}, 2000, 250*ms
	end, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tick{Due: 2000, Steps: 20_000, Deadline: 2 * time.Second, Began: 2 * time.Second}); end != want {
		t.Errorf("got %+v, want %+v", end, want)
	}
	if c.Spikes != 144 {
		t.Errorf("got %d spikes, want 144: a late tick loses no step", c.Spikes)
	}
	var late []time.Duration
	for _, tick := range seen.ticks[9:15] {
		late = append(late, tick.Lateness())
	}
	if want := []time.Duration{0, 2500 * us, 1500 * us, 500 * us, 0, 0}; !slices.Equal(late, want) {
		t.Errorf("got lateness %v, want %v", late, want)
	}
}

// slowOutput is slow at each spike.
type slowOutput struct {
	clock *VirtualClock
	takes time.Duration
}

func (slowOutput) Tick(time.Duration)           {}
func (o slowOutput) Spike(int64, time.Duration) { o.clock.Sleep(o.takes) }

func TestTicksAreMeasured(t *testing.T) {
	l, c, _ := newLoop(t, 0)
	clock := &stalling{stall: map[time.Duration]time.Duration{2 * ms: 30 * us, 14 * ms: 10 * us}}
	seen := new(tickRecord)
	l.Clock, c.Inputs, c.Outputs = clock, []Input{clock}, []Output{slowOutput{&clock.VirtualClock, 7 * us}}
	l.Observers, l.Ticks = []Observer{seen}, 20
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int][3]time.Duration{1: {0, 0, 0}, 2: {30 * us, 30 * us, 0}, 14: {10 * us, 17 * us, 7 * us}} {
		tick := seen.ticks[i-1]
		if got := [3]time.Duration{tick.Read, tick.Ran, tick.Write}; got != want {
			t.Errorf("tick %d: got read, ran, write %v; want %v", i, got, want)
		}
	}
}

func TestLongStopIsSkippedAtOnce(t *testing.T) {
	l, c, _ := newLoop(t, 0)
	clock := &stalling{stall: map[time.Duration]time.Duration{100 * ms: 700*ms + 300*us}}
	seen := new(tickRecord)
	l.Clock, c.Inputs = clock, []Input{clock}
	l.Observers, l.Ticks, l.MaxLag = []Observer{seen}, 2000, 250*ms
	end, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	// Tick 100 ends at 800.3 ms; ticks 101 to 799 are missed, 800 runs 0.3 ms late.
	if want := (Tick{Due: 2000, Skipped: 699, Steps: 13_010, Deadline: 2 * time.Second, Began: 2 * time.Second}); end != want {
		t.Errorf("got %+v, want %+v", end, want)
	}
	if got, want := seen.ticks[100], (Tick{Due: 800, Skipped: 699, Steps: 1010, Deadline: 800 * ms, Began: 800*ms + 300*us, Missed: 699*ms + 300*us}); got != want {
		t.Errorf("got %+v after the stop, want %+v", got, want)
	}
	if want := Default().SpikeCount(2, 13_010); c.Spikes != want {
		t.Errorf("got %d spikes, want %d", c.Spikes, want)
	}
}

func TestStopPastTheEndEndsTheLoop(t *testing.T) {
	l, c, _ := newLoop(t, 0)
	clock := &stalling{stall: map[time.Duration]time.Duration{100 * ms: time.Hour}}
	l.Clock, c.Inputs = clock, []Input{clock}
	l.Ticks, l.MaxLag = 200, 250*ms
	end, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if end.Due != 200 || end.Skipped != 99 || end.Steps != 1010 {
		t.Errorf("got %+v, want 200 ticks due, 99 skipped, 1010 steps", end)
	}
}

func TestLoopEndsWithItsContext(t *testing.T) {
	l, c, _ := newLoop(t, 40)
	ctx, cancel := context.WithCancel(context.Background())
	c.Outputs = []Output{cancelAt{8, cancel}}
	end, err := l.Run(ctx)
	if !errors.Is(err, context.Canceled) || end.Due != 1 || end.Steps != 10 {
		t.Errorf("got %+v, %v; want 1 tick, 10 steps, %v", end, err, context.Canceled)
	}
}

// cancelAt ends a loop at the spike in a given step.
type cancelAt struct {
	step   int64
	cancel context.CancelFunc
}

func (c cancelAt) Tick(time.Duration) {}
func (c cancelAt) Spike(step int64, _ time.Duration) {
	if step == c.step {
		c.cancel()
	}
}

func TestLoopRefusesBadFields(t *testing.T) {
	for _, tt := range []struct {
		change func(*Loop)
		want   string
	}{
		{func(l *Loop) { l.Tick = 0 }, "tick: must be more than 0 ms, got 0 ms"},
		{func(l *Loop) { l.DT = -1 }, "dt: must be more than 0 ms and at most 1 h, got -1e-06 ms"},
		{func(l *Loop) { l.DT = ms }, "neuron n1: its dt is 0.1 ms, the loop's 1 ms"},
		{func(l *Loop) { l.Speed = 0 }, "speed: must be from 1e-9 to 1e6, got 0"},
		{func(l *Loop) { l.Speed = math.NaN() }, "speed: must be from 1e-9 to 1e6, got NaN"},
		{func(l *Loop) { l.Speed = math.Inf(1) }, "speed: must be from 1e-9 to 1e6, got +Inf"},
		{func(l *Loop) { l.Tick = time.Minute; l.Speed = 1000 }, "speed: must keep tick*speed/dt at most 1000000 steps per tick, got speed 1000 with tick 60000 ms and dt 0.1 ms"},
		{func(l *Loop) { l.DT = 1; l.Tick = 1 << 62; l.Speed = 1e6 }, "speed: must keep tick*speed/dt at most 1000000 steps per tick, got speed 1e+06 with tick 4.611686018427388e+12 ms and dt 1e-06 ms"},
		{func(l *Loop) { l.Cells = nil }, "a loop needs a clock and at least one cell"},
	} {
		l, _, _ := newLoop(t, 2)
		tt.change(l)
		if _, err := l.Run(context.Background()); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestTicksAndStepsDoNotAllocate(t *testing.T) {
	l, c, _ := newLoop(t, 2)
	c.Inputs = []Input{fixed(2)}
	second := &Cell{Name: "n2", Neuron: mustNew(t, noisyParams()), Inputs: c.Inputs}
	for name, change := range map[string]func(){
		"one neuron": func() {},
		"two neurons, one noisy, and a step observer": func() { l.Cells = append(l.Cells, second); l.Observers = []Observer{nothing{}} },
	} {
		change()
		l.Clock, l.Ticks = new(VirtualClock), 1
		few := testing.AllocsPerRun(10, func() { l.Run(context.Background()) })
		l.Ticks = 1000
		many := testing.AllocsPerRun(10, func() { l.Run(context.Background()) })
		if few != many {
			t.Errorf("%s: got %g allocations in 1000 ticks and %g in one, want the same", name, many, few)
		}
	}
}

type fixed float64

func (f fixed) Current(time.Duration) float64 { return float64(f) }

type nothing struct{}

func (nothing) Tick(Tick)   {}
func (nothing) Step(Sample) {}

func TestLoopContinuesAnotherBetweenTicks(t *testing.T) {
	params := Default()
	params.TRef = 2
	spikes := func(ticks ...int64) (all []string) {
		clock := new(VirtualClock)
		var before *Cell
		var end Tick
		for _, n := range ticks {
			l, c, _ := newLoop(t, 2)
			c.Neuron = mustNew(t, params)
			if before != nil {
				c.Continue(before.Neuron)
				clock.Sleep(5500 * us) // the ticks in between are late, not lost
			}
			base := end.Deadline
			l.Clock, l.Ticks, l.Start = clock, n, base
			c.Outputs = []Output{at(func(now time.Duration) { all = append(all, fmt.Sprint(now)) })}
			end, _ = l.Run(t.Context())
			before = c
		}
		return all
	}
	for _, params.Sigma = range []float64{0, 3} {
		if got, want := spikes(100, 1, 14, 385), spikes(500); !slices.Equal(got, want) || len(want) < 30 {
			t.Errorf("sigma %g mV: got spikes at\n%v\nwant\n%v", params.Sigma, got, want)
		}
	}
}

// at is an output with the deadlines of all spikes.
type at func(time.Duration)

func (at) Tick(time.Duration)                 {}
func (f at) Spike(_ int64, now time.Duration) { f(now) }

// With the same step the rest of the refractory time is the same number of steps.
func TestContinueCountsRefractorySteps(t *testing.T) {
	for ref := range int64(1000) {
		n, next := mustNew(t, Default()), mustNew(t, Default())
		n.ref = ref
		if next.Continue(n); next.ref != ref {
			t.Errorf("got %d steps to go, want %d", next.ref, ref)
		}
	}
}

func TestContinueKeepsTheRefractoryTime(t *testing.T) {
	p := Default()
	p.TRef = 2
	n := mustNew(t, p)
	for !n.Step(30) {
	}
	n.Step(30) // leaves 1.9 ms
	p.DT, p.VReset = 0.3, -60
	next := mustNew(t, p)
	next.Continue(n)
	for i := range 7 { // 2.1 ms
		if next.Step(30); next.v != -70 {
			t.Fatalf("got V %g mV after %d steps, want it held at -70 for seven", next.v, i+1)
		}
	}
	if next.Step(30); next.v <= -70 {
		t.Errorf("got V %g mV, want it to rise", next.v)
	}
}
