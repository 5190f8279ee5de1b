package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/summary"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
	"math"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
)

const ms = time.Millisecond

// predictedEdges returns the edges of a pin with a pulse of width at each spike of the closed form.
func predictedEdges(p neuron.LIF, current float64, steps int64, width time.Duration) (edges []sim.Edge) {
	first, ok := p.StepsToThreshold(p.Rest(), current)
	between, _ := p.StepsBetweenSpikes(current)
	if !ok {
		return nil
	}
	end := time.Duration(steps) * 100 * time.Microsecond
	for step := first; step <= steps; step += between {
		tick := time.Duration((step+9)/10) * ms // ten steps a tick
		edges = append(edges, sim.Edge{At: tick, Level: gpio.High})
		if tick+width <= end {
			edges = append(edges, sim.Edge{At: tick + width, Level: gpio.Low})
		}
	}
	return edges
}

func TestPulsesAreTheSpikesOfTheEquation(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 146, 307, 308, 409, 584, 800, 1023} {
		t.Run(fmt.Sprint("code ", code), func(t *testing.T) {
			b := sessiontest.New(t, "output.led.width=2 ms")
			b.Virtual.Knobs["knob"].SetCode(code)
			b.Run(t, 3000)
			current := 5 * (float64(code) / 1023)
			p := b.Config.Neurons[0].Params.(neuron.LIF)
			pin := b.Virtual.Pin("GPIO17")
			want := predictedEdges(p, current, 30_000, 2*ms)
			if diff := cmp.Diff(want, pin.Edges()); diff != "" {
				t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
			}
			s := b.Session.Summary()
			if s.Spiked[0].Spikes != s.Spiked[0].Prediction.Spikes || s.Pulsed[0].Pulses != s.Spiked[0].Spikes || s.ReadErrors != 0 || s.Tick.Run() != 3000 || s.Tick.Steps != 30_000 {
				t.Errorf("got %+v, want %d spikes and pulses, 3000 ticks, 30000 steps, no read error", s, s.Spiked[0].Prediction.Spikes)
			}
			if err := b.Board.Close(); err != nil {
				t.Fatal(err)
			}
			if pin.Level() != gpio.Low {
				t.Error("got GPIO17 high after Close, want low")
			}
		})
	}
}

func TestTwoKnobsTwoNeuronsTwoLEDs(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "input.second.driver=mcp3008", "input.second.channel=3", "neuron.n0.input=second",
		"output.other.driver=pulse", "output.other.pin=P1_13", "output.other.neuron=n0", "output.other.width=2 ms", "output.led.width=2 ms")
	b.Virtual.Knobs["knob"].SetCode(409)
	b.Virtual.Knobs["second"].SetCode(1023)
	b.Run(t, 2000)
	if a, c := b.Loop.Cells[0].Name, b.Loop.Cells[1].Name; a != "n0" || c != "n1" {
		t.Errorf("got cells %s, %s; want them in the order of their names", a, c)
	}
	p := neuron.Default()
	if diff := cmp.Diff(predictedEdges(p, 5, 20_000, 2*ms), b.Virtual.Pin("GPIO27").Edges()); diff != "" {
		t.Errorf("edges of GPIO27 (-predicted +recorded):\n%s", diff)
	}
	if diff := cmp.Diff(predictedEdges(p, 5*(409./1023), 20_000, 2*ms), b.Virtual.Pin("GPIO17").Edges()); diff != "" {
		t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
	}
}

// Without a fault each tick uses its own reading of the knob, also a late one.
func TestTicksUseTheirOwnReading(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	knob, late := b.Virtual.Knobs["knob"], 0
	code := func(now time.Duration) int { return int(now/ms) % 1024 } // turned once a millisecond
	knob.SetCode(code(ms))
	b.Observe(sessiontest.Each(func(tick neuron.Tick) {
		if want := 5 * (float64(code(tick.Began)) / 1023); b.Loop.Cells[0].Current != want {
			t.Errorf("tick %d, %v late: got %g nA, want %g, those of its own moment", tick.Due, tick.Lateness(), b.Loop.Cells[0].Current, want)
		}
		if tick.Lateness() > 0 {
			late++
		}
		if tick.Due%100 == 0 {
			b.Clock.Sleep(20*ms + ms/2) // the machine is busy
		}
		knob.SetCode(code(max(b.Clock.Now(), tick.Deadline+ms)))
	}))
	b.Run(t, 2000)
	if late < 300 {
		t.Errorf("got %d late ticks, want those of twenty stops", late)
	}
}

func TestRealTimeRateIsMeasured(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "loop.speed=0.5")
	b.Run(t, 4000)
	n := b.Session.Status().Neurons[0]
	rate, blinks := n.Rate, n.RealTimeRate
	if math.Abs(rate-71.94) > 0.01 || math.Abs(blinks-35.97) > 0.2 {
		t.Errorf("got %g Hz and %g in real time, want 71.94 and half of it", rate, blinks)
	}
	b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: 4 * ms}) // four times slower
	b.Run(t, 4000)
	if n := b.Session.Status().Neurons[0]; n.RealTimeRate > 20 {
		t.Errorf("got %g blinks a second in slow motion, want about 9", n.RealTimeRate)
	}
}

func TestRatesGoOnAfterTwoBillionSpikes(t *testing.T) { // a month's spikes: too many for an int of 32 bits
	b := sessiontest.New(t)
	b.Session.SetMarks(math.MaxInt32 - 70)
	b.Run(t, 2000)
	if rate := b.Session.Status().Neurons[0].Rate; math.Abs(rate-71.94) > 0.01 {
		t.Errorf("got %g Hz, want 71.94", rate)
	}
}

func TestPinsEndLowAfterEveryEnd(t *testing.T) {
	t.Parallel()
	high := func(b *sessiontest.Bench) bool { return b.Board.Outputs["led"].(board.Pulsing).High() }
	for _, tt := range []struct {
		name string
		end  func(b *sessiontest.Bench, cancel func()) neuron.Observer // ends the run while the pin is high
		want string
	}{
		{"a signal", func(b *sessiontest.Bench, cancel func()) neuron.Observer {
			return sessiontest.Each(func(neuron.Tick) {
				if high(b) {
					cancel()
				}
			})
		}, "context canceled"},
		{"a panic in an observer", func(b *sessiontest.Bench, _ func()) neuron.Observer {
			return sessiontest.Each(func(neuron.Tick) {
				if high(b) {
					panic("an observer's own")
				}
			})
		}, "panic in the loop: an observer's own"},
		{"a panic in a driver", func(b *sessiontest.Bench, _ func()) neuron.Observer {
			return sessiontest.Each(func(neuron.Tick) {
				if high(b) {
					b.Loop.Cells[0].Inputs[0] = nil
					b.Loop.Cells[0].Outputs = append(b.Loop.Cells[0].Outputs, nil)
				}
			})
		}, "panic in the loop: runtime error: invalid memory address or nil pointer dereference"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := sessiontest.New(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b.Observe(tt.end(b, cancel))
			_, err := session.Live(ctx, b.Loop, func() { _ = b.Board.Rest() }, func(ctx context.Context) error {
				<-ctx.Done()
				return nil
			})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if b.Virtual.Pin("GPIO17").Level() != gpio.Low {
				t.Error("got GPIO17 high after the loop's end, want low")
			}
		})
	}
}

func TestTicksAreTheRestOfTheDuration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		duration, start time.Duration // of the run; of the leg, 0 for the first
		want            int64
	}{
		{0, 0, 0},
		{0, 12 * time.Second, 0},
		{5 * time.Second, 0, 5000},
		{5 * time.Second, 12 * time.Second, 3000},
		{5 * time.Second, 15 * time.Second, 1},
		{5 * time.Second, 20 * time.Second, 1},
	} {
		if got := session.TicksOf(tt.duration, &neuron.Loop{Start: tt.start, Tick: ms}); got != tt.want {
			t.Errorf("%v, a leg that starts at %v: got %d ticks, want %d", tt.duration, tt.start, got, tt.want)
		}
	}
}

func TestPanicOfAShowWaitsForTheLoop(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	left := false // written by the loop, read without a lock: the race detector sees whether the loop was waited for
	defer func() {
		if p := recover(); p != "a show's own" || !left {
			t.Errorf("got panic %v, the loop ran: %v; want the show's, after the loop", p, left)
		}
	}()
	b.Loop.Ready = func() error { left = true; return nil }
	_, _ = session.Live(t.Context(), b.Loop, func() {}, func(context.Context) error { panic("a show's own") })
}

func TestLoopDoesNotAllocate(t *testing.T) {
	b := sessiontest.New(t)
	b.Loop.Ticks = 1
	few := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	b.Loop.Ticks = 2000
	many := testing.AllocsPerRun(3, func() { b.Loop.Run(context.Background()) })
	if few != many {
		t.Errorf("got %g allocations in 2000 ticks with knob, pulse and monitor, and %g in one; want the same", many, few)
	}
}

func TestEachChipOfTheFamilyDrivesTheNeuron(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{"mcp3001", "mcp3002", "mcp3004", "mcp3008", "mcp3201", "mcp3202", "mcp3204", "mcp3208", "mcp3301", "mcp3302", "mcp3304"} {
		full := part.MCP3xxx{Model: driver}.FullScale()
		for _, code := range []int{0, full * 2 / 5, full} {
			b := sessiontest.New(t, "input.second.driver="+driver, "input.second.port=SPI0.1", "neuron.n1.input=second", "output.led.width=2 ms")
			b.Virtual.Knobs["second"].SetCode(code)
			b.Run(t, 1000)
			current := 5 * (float64(code) / float64(full))
			if diff := cmp.Diff(predictedEdges(b.Config.Neurons[0].Params.(neuron.LIF), current, 10_000, 2*ms), b.Virtual.Pin("GPIO17").Edges()); diff != "" {
				t.Errorf("%s, code %d: edges of GPIO17 (-predicted +recorded):\n%s", driver, code, diff)
			}
			b.Board.Close()
		}
	}
}

func TestSmoothingCalmsANoisyKnob(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "input.knob.median=5", "input.knob.average=200")
	b.Virtual.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(20, 1)
	b.Virtual.Knobs["knob"].SetCode(409)
	lowest, highest := math.Inf(1), math.Inf(-1)
	b.Observe(sessiontest.Each(func(tick neuron.Tick) {
		if tick.Due > 300 {
			lowest, highest = min(lowest, b.Loop.Cells[0].Current), max(highest, b.Loop.Cells[0].Current)
		}
	}))
	b.Run(t, 3000)
	if code := 5. / 1023; lowest < 5*(409./1023)-5*code || highest > 5*(409./1023)+5*code {
		t.Errorf("got currents from %g to %g nA, want them within 5 codes of %g", lowest, highest, 5*(409./1023))
	}
}

func TestMembraneNoiseIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	spikes := func(seed string) []sim.Edge {
		b := sessiontest.New(t, "neuron.n1.sigma=5 mV", "neuron.n1.seed="+seed, "output.led.width=1 ms")
		b.Virtual.Knobs["knob"].SetCode(286) // 14 mV: below the rheobase
		b.Run(t, 2000)
		s := b.Session.Summary()
		if s.Spiked[0].Prediction.Exists() {
			t.Errorf("got %+v, want no prediction of noise", s.Spiked[0])
		}
		var out bytes.Buffer
		if err := summary.Text(&out, s, false); err != nil || !strings.Contains(out.String(), "\nno prediction: the membrane has noise\n") {
			t.Errorf("got %v and\n%s", err, out.String())
		}
		return b.Virtual.Pin("GPIO17").Edges()
	}
	one, again, other := spikes("1"), spikes("1"), spikes("2")
	if diff := cmp.Diff(one, again); diff != "" || len(one) < 100 {
		t.Errorf("got %d edges, and the second time (-first +second):\n%s", len(one), diff)
	}
	if cmp.Equal(one, other) {
		t.Error("got the same spikes from another seed")
	}
}

// A hanging transfer blocks the part, not the loop.
func TestLoopDoesNotWaitForAHangingPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		realTime := clock.New()
		b := sessiontest.With(t, realTime, session.Options{RealTime: realTime})
		b.Loop.Ready = nil // the thread stays in the time of the test
		b.Loop.Ticks = 2000
		b.Observe(sessiontest.At{500: func() { b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: time.Minute}) }})
		end, err := b.Loop.Run(t.Context())
		if err != nil || end.Due != 2000 || end.Skipped != 0 || end.Lateness() > 50*ms {
			t.Errorf("got %v, %d ticks, %d skipped, the last %v late; want 2000, none skipped, less than %v late", err, end.Due, end.Skipped, end.Lateness(), 50*ms)
		}
		if r := b.Board.Inputs["knob"].Reading(); r.State != board.Lost || r.Current != 0 {
			t.Errorf("got %+v, want the knob lost", r)
		}
		b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{})
		time.Sleep(time.Minute) // of the bubble: the transfer returns
	})
}

func TestMissingRightsNameTheUnitInAServiceOnly(t *testing.T) {
	t.Parallel()
	for service, want := range map[bool]string{true: "", false: doctor.Remedy(board.OnPi())} {
		realTime := clock.New()
		b := sessiontest.With(t, realTime, session.Options{RealTime: realTime, Service: service}, "loop.realtime=off")
		done := make(chan error)
		go func() { done <- errors.Join(b.Loop.Ready(), realTime.Leave()) }() // its thread ends with the goroutine
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if g := b.Session.Status().Grant; g.Remedy != want {
			t.Errorf("service %v: got the remedy %q, want %q", service, g.Remedy, want)
		}
	}
}

func TestStopCountsOnceAmongTheWakeUps(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	b.Observe(sessiontest.At{100: func() { b.Clock.Sleep(50*ms + ms/2) }})
	b.Run(t, 1000)
	r := b.Session.Summary().Times
	if r.Late.N != 1000 || r.Wake.N != 951 || r.Late.Max < 49_000 || r.Wake.Max < 49_000 || r.Wake.P99 > 0 || r.Late.P99 < 39_000 {
		t.Errorf("got %d ticks, late %v, and %d wake-ups, late %v; want 1000 with 50 late ones, and 951 with one",
			r.Late.N, r.Late, r.Wake.N, r.Wake)
	}
}

// reloaded runs a bench for 1 s in all, and reloads another configuration after 100 ms.
func reloaded(t *testing.T, sets ...string) (*sessiontest.Bench, *session.Summary) {
	t.Helper()
	cfg, err := config.Load("", append([]string{"loop.speed=1"}, sets...), part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	var until *session.Summary
	b := sessiontest.With(t, clock.New(), session.Options{Traced: true, Duration: time.Second, Reloaded: func(s *session.Summary) { until = s }})
	if err := b.Session.Fault("leg to GND loose"); err != nil {
		t.Fatal(err)
	}
	var end *session.Summary
	ended := make(chan error)
	go func() {
		var err error
		end, err = b.Session.Run(t.Context(), session.Unseen)
		ended <- err
	}()
	time.Sleep(100 * ms) // of the bubble
	if err := b.Session.Reload(cfg); err != nil {
		t.Error(err)
	}
	if st := b.Session.Status(); st.Reloads != 1 || st.File != cfg || st.Config != cfg || until == nil || until.Reloads != 0 || until.Tick.Due != 100 {
		t.Errorf("got %+v after a reload, and a summary of %+v; want the new configuration, and 100 ticks before", st, until)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := b.Session.Reload(cfg); err != session.ErrOver {
		t.Errorf("got %v from a reload after the end, want %v", err, session.ErrOver)
	}
	return b, end
}

// A new part of a reload gets the present fault. The duration counts for the whole run.
func TestReloadKeepsTheFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, end := reloaded(t, "input.second.driver=mcp3008", "input.second.channel=3", "neuron.n2.input=second")
		if got := b.Virtual.Knobs["second"].Fault(); got != sim.GroundOff || end.Fault != "leg to GND loose" {
			t.Errorf("got %v at the new knob and the fault %q, want GroundOff and the one before", got, end.Fault)
		}
		if end.Tick.Due != 900 || end.Reloads != 1 || len(end.Spiked) != 2 {
			t.Errorf("got %d ticks, %d reloads and %+v; want 900 since the reload, of two neurons", end.Tick.Due, end.Reloads, end.Spiked)
		}
	})
}

// After a failed reload everything stays as it was.
func TestFailedReloadChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Load("", []string{"input.knob.port=SPI5.0"}, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		b := sessiontest.With(t, clock.New(), session.Options{Duration: time.Second})
		ended := make(chan *session.Summary)
		go func() {
			end, err := b.Session.Run(t.Context(), session.Unseen)
			if err != nil {
				t.Error(err)
			}
			ended <- end
		}()
		time.Sleep(100 * ms) // of the bubble
		if err := b.Session.Reload(cfg); err == nil || !strings.HasPrefix(err.Error(), "input knob: ") {
			t.Errorf("got %v, want the input that the virtual Pi has no port for", err)
		}
		if end := <-ended; end.Tick.Due != 1000 || end.Reloads != 0 || end.Config != b.Config || end.Spiked[0].Spikes != 71 {
			t.Errorf("got %d ticks, %d reloads and %+v; want 1000 of the first configuration", end.Tick.Due, end.Reloads, end.Spiked)
		}
	})
}

// The time before the first reading is no change of the current, and its spikes count.
func TestPredictionBeginsWithTheFirstReading(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		sets   []string
		after  time.Duration // when the part is there
		reason string
	}{
		{"at once", nil, 0, ""},
		{"after 40 ms", nil, 40 * ms, ""},
		{"after the input was lost", nil, 700 * ms, ""},
		{"a pacemaker", []string{"neuron.n1.e_l=-50 mV"}, 40 * ms, ""},
		{"never", nil, time.Hour, "an input gave no reading"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := sessiontest.On(t, clock.New(), append([]string{"input.slow.driver=ads1115", "neuron.n1.input=slow"}, tt.sets...)...)
				defer b.Board.Close()
				if tt.after > 0 {
					b.Virtual.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.EIO})
					time.AfterFunc(tt.after, func() { b.Virtual.I2C(1).SetFaults(sim.I2CFaults{}) })
				}
				b.Loop.Ticks = 2000
				if _, err := b.Loop.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				s := b.Session.Summary()
				n := s.Spiked[0]
				if n.Prediction.Reason != tt.reason {
					t.Fatalf("got %q, want %q", n.Prediction.Reason, tt.reason)
				}
				if tt.reason == "" && (n.Prediction.Spikes != n.Spikes || n.Spikes < 50) {
					t.Errorf("got %d spikes predicted, %d counted, want the same, at least 50", n.Prediction.Spikes, n.Spikes)
				}
			})
		})
	}
}

// A loop without a tick for longer than the watchdog's time is stalled, and so is one before its first tick. A reload is no stall.
func TestStalled(t *testing.T) {
	b := sessiontest.With(t, new(neuron.VirtualClock), session.Options{Quiet: 3 * time.Second})
	pass := func(d time.Duration) {
		t.Helper()
		now := b.Clock.Now()
		if _, err := b.Clock.SleepUntil(t.Context(), now, now+d); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, want string) {
		t.Helper()
		if got, shown := b.Session.Stalled(), b.Session.Status().Stalled; got != want || shown != want {
			t.Errorf("%s: got %q and a status with %q, want %q", when, got, shown, want)
		}
	}
	pass(200 * time.Millisecond)
	check("before the first tick", "no tick for 0.2 s")
	b.Run(t, 1000)
	check("running", "")
	pass(2900 * time.Millisecond)
	check("just quiet", "")
	pass(300 * time.Millisecond)
	check("after 3.2 s", "no tick for 3.2 s")
	b.Session.SetQuiet(5 * time.Second)
	check("with 5 s of quiet", "")
	pass(2 * time.Second)
	check("with it, after 5.2 s", "no tick for 5.2 s")
	b.Session.SetQuiet(10 * time.Second)
	if err := b.Session.Follow(b.Config); err != nil {
		t.Fatal(err)
	}
	check("after a reload", "")
	pass(5 * time.Second)
	check("5 s after a reload", "no tick for 10.2 s")
}
