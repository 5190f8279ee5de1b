package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

const ms = time.Millisecond

// bench is a whole run on the virtual Pi: config, wire, driver, loop, pin. Its clock is a virtual one, or in a synctest
// bubble the wall's.
type bench struct {
	cfg     *config.Config
	clock   benchClock
	virtual *board.Virtual
	board   *board.Board
	loop    *neuron.Loop
	view    *view
}

type benchClock interface {
	neuron.Clock
	sim.Clock
}

func newBench(t testing.TB, sets ...string) *bench {
	t.Helper()
	return newBenchOn(t, new(neuron.VirtualClock), sets...)
}

func newBenchOn(t testing.TB, c benchClock, sets ...string) *bench {
	t.Helper()
	cfg, err := config.Load("", append([]string{"loop.speed=1", "output.led.width=5 ms"}, sets...), part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{cfg: cfg, clock: c}
	if b.virtual, err = board.NewVirtual(cfg, b.clock); err != nil {
		t.Fatal(err)
	}
	if b.board, err = board.Open(cfg, b.virtual); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.board.Close() })
	if b.loop, err = assemble(cfg, b.board, b.clock); err != nil {
		t.Fatal(err)
	}
	m := newMonitor(b.loop)
	b.loop.Observers = append(b.loop.Observers, m)
	w := &wires{virtual: b.virtual, ask: waits}
	t.Cleanup(w.end)
	b.view = &view{cfg: cfg, board: b.board, virtual: b.virtual, wires: w, monitor: m, where: "the virtual Pi"}
	b.view.recordSteps(b.loop)
	return b
}

// leg is the first leg of a run on the bench.
func (b *bench) leg() *leg {
	return &leg{view: b.view, loop: b.loop, outputs: &outputs{board: b.board}}
}

// shown is a large screen of the run as it is now.
func (b *bench) shown() string { return frameOf(newScreen(b.view, nil), 200, 60) }

// frameOf is a screen of that size, without its colours.
func frameOf(s *screen, width, height int) string {
	s.Update(tea.WindowSizeMsg{Width: width, Height: height})
	s.Update(frame{})
	return ansi.Strip(s.View().Content)
}

// at is an observer that does something after ticks.
type at map[int64]func()

func (a at) Tick(t neuron.Tick) {
	if do := a[t.Due]; do != nil {
		do()
	}
}

func (b *bench) run(t testing.TB, ticks int64) {
	t.Helper()
	b.loop.Ticks = ticks
	if _, err := b.loop.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// predictedEdges are the edges of a pin that pulses for width at each of the spikes that the closed form predicts.
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

func TestEachPulseIsASpikeThatTheEquationPredicts(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 146, 307, 308, 409, 584, 800, 1023} {
		t.Run(fmt.Sprint("code ", code), func(t *testing.T) {
			b := newBench(t, "output.led.width=2 ms")
			b.virtual.Knobs["knob"].SetCode(code)
			b.run(t, 3000)
			current := 5 * (float64(code) / 1023)
			p := b.cfg.Neurons[0].Params.(neuron.LIF)
			pin := b.virtual.Pin("GPIO17")
			want := predictedEdges(p, current, 30_000, 2*ms)
			if diff := cmp.Diff(want, pin.Edges()); diff != "" {
				t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
			}
			s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
			if s.Spikes != *s.PredictedSpikes || s.Outputs[0].Pulses != s.Spikes || s.ReadErrors != 0 || s.Ticks != 3000 || s.Steps != 30_000 {
				t.Errorf("got %+v, want %d spikes and pulses, 3000 ticks, 30000 steps, no read error", s, *s.PredictedSpikes)
			}
			if err := b.board.Close(); err != nil {
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
	b := newBench(t, "input.second.driver=mcp3008", "input.second.channel=3", "neuron.n0.input=second",
		"output.other.driver=pulse", "output.other.pin=P1_13", "output.other.neuron=n0", "output.other.width=2 ms", "output.led.width=2 ms")
	b.virtual.Knobs["knob"].SetCode(409)
	b.virtual.Knobs["second"].SetCode(1023)
	b.run(t, 2000)
	if a, c := b.loop.Cells[0].Name, b.loop.Cells[1].Name; a != "n0" || c != "n1" {
		t.Errorf("got cells %s, %s; want them in the order of their names", a, c)
	}
	p := neuron.Default()
	if diff := cmp.Diff(predictedEdges(p, 5, 20_000, 2*ms), b.virtual.Pin("GPIO27").Edges()); diff != "" {
		t.Errorf("edges of GPIO27 (-predicted +recorded):\n%s", diff)
	}
	if diff := cmp.Diff(predictedEdges(p, 5*(409./1023), 20_000, 2*ms), b.virtual.Pin("GPIO17").Edges()); diff != "" {
		t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
	}
}

func TestSpikesFasterThanThePulseAreOneLongPulse(t *testing.T) {
	t.Parallel()
	b := newBench(t, "output.led.width=20 ms")
	b.run(t, 2000)
	s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
	if s.Spikes != 143 || s.Outputs[0].Pulses != 1 || s.Outputs[0].Merged != 142 {
		t.Errorf("got %d spikes, %+v; want 143, 1 pulse and 142 merged", s.Spikes, s.Outputs[0])
	}
	shown := b.shown()
	if want := "led stays lit: its pulses of 20ms run together, one comes every 13.9 ms"; !strings.Contains(shown, want) {
		t.Errorf("got on the screen\n%s\nwant %q", shown, want)
	}
	var out bytes.Buffer
	if err := s.text(&out, b.cfg, b.view.faults()); err != nil {
		t.Fatal(err)
	}
	if want := "led        1 pulse on GPIO17: 142 spikes came during a pulse of 20ms and made it longer\n"; !strings.Contains(out.String(), want) {
		t.Errorf("got summary %s, want in it %s", out.String(), want)
	}
}

func TestFaultsOfAKnobAreShownAndMend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		faults  sim.Faults
		text    string  // what the status says of the part while it lasts
		current float64 // what the neuron then gets in the end
		skips   bool
	}{
		{"MISO open", sim.Faults{MISO: sim.Open}, "mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD", 0, false},
		{"MISO shorted", sim.Faults{MISO: sim.Shorted}, "", 0, false},
		{"I/O error", sim.Faults{Err: syscall.EIO}, "input/output error", 0, false},
		{"slow transfer", sim.Faults{Delay: 3 * ms}, "", 5 * (409. / 1023), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			port, knob := b.virtual.Ports["SPI0.0"], b.board.Inputs["knob"]
			var during, after board.Reading
			var shown, shownAfter string
			b.loop.Observers = append(b.loop.Observers, at{
				500: func() { port.SetFaults(tt.faults) },
				900: func() {
					if tt.text != "" && knob.Reading().State != board.Holding {
						t.Errorf("got %v 400 ms into the fault, want %v", knob.Reading().State, board.Holding)
					}
					if tt.text != "" && b.loop.Cells[0].Current != 5*(409./1023) {
						t.Errorf("got %g nA while holding, want the last good current", b.loop.Cells[0].Current)
					}
				},
				2400: func() {
					during, shown = knob.Reading(), b.shown()
					port.SetFaults(sim.Faults{})
				},
				4000: func() { after, shownAfter = knob.Reading(), b.shown() },
			})
			b.run(t, 5000)

			if tt.text != "" {
				if during.State != board.Lost || during.Fault == nil || !strings.Contains(during.Fault.Error(), tt.text) {
					t.Errorf("got %+v during the fault, want it lost with %q", during, tt.text)
				}
				if !strings.Contains(shown, tt.text) || !strings.Contains(shown, "lost") {
					t.Errorf("got on the screen\n%s\nwant %q on it", shown, tt.text)
				}
			}
			if during.Current != tt.current {
				t.Errorf("got %g nA at the end of the fault, want %g", during.Current, tt.current)
			}
			if tt.name == "MISO shorted" && !strings.Contains(shown, "reads 0: the knob's end, or a wire: turn it up to see, or run hillock doctor") {
				t.Errorf("got on the screen\n%s\nwant the note on a reading of 0", shown)
			}
			if skipped := b.view.monitor.end().tick.Skipped; (skipped > 0) != tt.skips || tt.skips && !strings.Contains(shown, "skipped ") {
				t.Errorf("got %d ticks skipped, shown as\n%s", skipped, shown)
			}
			if after.State != board.OK || after.Fault != nil || after.Raw != 409 || strings.Contains(shownAfter, "mcp3008 on") {
				t.Errorf("got %+v after the fault, shown as\n%s\nwant it ok", after, shownAfter)
			}
			if end := b.view.monitor.end(); end.tick.Due != 5000 || end.cells[0].spikes < 200 {
				t.Errorf("got %d ticks and %d spikes, want the neuron to go on", end.tick.Due, end.cells[0].spikes)
			}
			if err := b.board.Close(); err != nil {
				t.Fatal(err)
			}
			if b.virtual.Pin("GPIO17").Level() != gpio.Low {
				t.Error("got GPIO17 high at the end, want low")
			}
		})
	}
}

func TestATransferThatHangsDoesNotStopTheNeuron(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBenchOn(t, clock.New())
		b.loop.Patience = patience
		port, knob := b.virtual.Ports["SPI0.0"], b.board.Inputs["knob"]
		const good = 5 * (409. / 1023)
		at := func(due int64) (state board.State, current float64) {
			switch {
			case due > 550 && due < 1000:
				return board.Holding, good
			case due > 1050 && due < 2500: // each answer is a second old
				return board.Lost, 0
			case due <= 500 || due > 4100:
				return board.OK, good
			}
			return -1, 0 // about to change
		}
		var currents []float64
		var worst time.Duration
		var shown string
		b.loop.Observers = append(b.loop.Observers, tickFunc(func(tick neuron.Tick) {
			currents = append(currents, b.loop.Cells[0].Current)
			worst = max(worst, tick.Began+tick.Ran-tick.Deadline)
			if state, current := at(tick.Due); state >= 0 && (knob.Reading().State != state || currents[tick.Due-1] != current) {
				t.Errorf("tick %d: got %v, %g nA; want %v, %g", tick.Due, knob.Reading().State, currents[tick.Due-1], state, current)
			}
			switch tick.Due {
			case 500:
				port.SetFaults(sim.Faults{Delay: time.Second})
			case 2000:
				shown = b.shown()
			case 2500:
				port.SetFaults(sim.Faults{})
			}
		}))
		b.run(t, 5000)
		if want := "mcp3008 on SPI0.0: no answer in time: a transfer hangs or is slow"; !strings.Contains(shown, want) {
			t.Errorf("got on the screen\n%s\nwant %q", shown, want)
		}
		end := b.view.monitor.end().tick
		if end.Due != 5000 || end.Skipped != 0 || end.Steps != 50_000 || worst >= 2*patience+ms {
			t.Errorf("got %+v, a tick that ended %v late; want every tick and step, none later than %v", end, worst, 2*patience)
		}
		n, err := neuron.New(b.cfg.Neurons[0].Params)
		if err != nil {
			t.Fatal(err)
		}
		spikes := int64(0)
		for _, current := range currents {
			for range 10 {
				if n.Step(n.Drive(current)) {
					spikes++
				}
			}
		}
		if got := b.loop.Cells[0].Spikes; got != spikes || b.board.Outputs["led"].(board.Pulsing).Pulses() != spikes {
			t.Errorf("got %d spikes, %d pulses; want %d, those of the currents", got, b.board.Outputs["led"].(board.Pulsing).Pulses(), spikes)
		}
	})
}

// Without a fault a tick uses what the knob says in it, also where ticks are late.
func TestNoValueIsOlderThanItsTick(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	knob, late := b.virtual.Knobs["knob"], 0
	code := func(now time.Duration) int { return int(now/ms) % 1024 } // turned once a millisecond
	knob.SetCode(code(ms))
	b.loop.Observers = append(b.loop.Observers, tickFunc(func(tick neuron.Tick) {
		if want := 5 * (float64(code(tick.Began)) / 1023); b.loop.Cells[0].Current != want {
			t.Errorf("tick %d, %v late: got %g nA, want %g, those of its own moment", tick.Due, tick.Lateness(), b.loop.Cells[0].Current, want)
		}
		if tick.Lateness() > 0 {
			late++
		}
		if tick.Due%100 == 0 {
			b.clock.Sleep(20*ms + ms/2) // the machine is busy
		}
		knob.SetCode(code(max(b.clock.Now(), tick.Deadline+ms)))
	}))
	b.run(t, 2000)
	if late < 300 {
		t.Errorf("got %d late ticks, want those of twenty stops", late)
	}
}

// tickFunc is an observer that is told of the tick.
type tickFunc func(neuron.Tick)

func (f tickFunc) Tick(t neuron.Tick) { f(t) }

func TestBlinksAreMeasuredOnTheWall(t *testing.T) {
	t.Parallel()
	b := newBench(t, "loop.speed=0.5")
	b.run(t, 4000)
	b.view.monitor.read(&b.view.now)
	c := b.view.now.cells[0]
	rate, blinks := c.rate(b.view.now.tick.Steps, b.cfg.Loop.DT), c.blinks(b.view.now.tick.Began)
	if math.Abs(rate-71.94) > 0.01 || math.Abs(blinks-35.97) > 0.2 {
		t.Errorf("got %g Hz and %g on the wall, want 71.94 and half of it", rate, blinks)
	}
	b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: 4 * ms}) // four times slower
	b.run(t, 4000)
	b.view.monitor.read(&b.view.now)
	if c := b.view.now.cells[0]; c.blinks(b.view.now.tick.Began) > 20 {
		t.Errorf("got %g blinks a second in slow motion, want about 9", c.blinks(b.view.now.tick.Began))
	}
}

func TestRatesGoOnAfterTwoBillionSpikes(t *testing.T) { // which come in a month, and do not fit an int of 32 bits
	b := newBench(t)
	b.view.monitor.own.cells[0].marks = math.MaxInt32 - 70
	b.run(t, 2000)
	b.view.monitor.read(&b.view.now)
	if rate := b.view.now.cells[0].rate(b.view.now.tick.Steps, b.cfg.Loop.DT); math.Abs(rate-71.94) > 0.01 {
		t.Errorf("got %g Hz, want 71.94", rate)
	}
}

func TestNoiseIsShown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.virtual.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(20, 1)
	b.run(t, 2000)
	if r := b.board.Inputs["knob"].Reading(); r.Spread < 30 || r.Spread > 40 {
		t.Errorf("got a spread of %d codes, want 30 to 40 for noise of 20", r.Spread)
	}
	if shown := b.shown(); !strings.Contains(shown, " ±") {
		t.Errorf("got on the screen\n%s\nwant the noise", shown)
	}
	if s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor); s.PredictedHz != nil {
		t.Errorf("got a prediction of %g Hz for a current that changed, want none", *s.PredictedHz)
	}
}

func TestAPinThatFailsIsShownAndMends(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pin := b.virtual.Pin("GPIO17")
	var shown string
	b.loop.Observers = append(b.loop.Observers, at{
		500:  func() { pin.SetFault(syscall.EIO) },
		1000: func() { shown = b.shown(); pin.SetFault(nil) },
	})
	b.run(t, 2000)
	if want := "led refused: pulse: GPIO17: "; !strings.Contains(shown, want) {
		t.Errorf("got on the screen\n%s\nwant %q", shown, want)
	}
	s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
	if o := s.Outputs[0]; s.Spikes != 143 || o.Failed == 0 || o.Pulses < 100 || o.Pulses > 110 {
		t.Errorf("got %d spikes, %+v; want 143 spikes and the pulses of 1.5 s of the 2", s.Spikes, o)
	}
}

func TestPinsEndLowHoweverTheRunEnds(t *testing.T) {
	t.Parallel()
	high := func(b *bench) bool { return b.board.Outputs["led"].(board.Pulsing).High() }
	for _, tt := range []struct {
		name string
		end  func(b *bench, cancel func()) neuron.Observer // ends the run while the pin is high
		want string
	}{
		{"a signal", func(b *bench, cancel func()) neuron.Observer {
			return onTick(func() {
				if high(b) {
					cancel()
				}
			})
		}, "context canceled"},
		{"a panic in an observer", func(b *bench, _ func()) neuron.Observer {
			return onTick(func() {
				if high(b) {
					panic("an observer's own")
				}
			})
		}, "panic in the loop: an observer's own"},
		{"a panic in a driver", func(b *bench, _ func()) neuron.Observer {
			return onTick(func() {
				if high(b) {
					b.loop.Cells[0].Inputs[0] = nil
					b.loop.Cells[0].Outputs = append(b.loop.Cells[0].Outputs, nil)
				}
			})
		}, "panic in the loop: runtime error: invalid memory address or nil pointer dereference"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b.loop.Observers = append(b.loop.Observers, tt.end(b, cancel))
			_, err := live(ctx, b.loop, func() { _ = b.board.Rest() }, nil, func(ctx context.Context, _ *cobra.Command) error {
				<-ctx.Done()
				return nil
			})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if b.virtual.Pin("GPIO17").Level() != gpio.Low {
				t.Error("got GPIO17 high after the loop's end, want low")
			}
		})
	}
}

func TestRunLeavesThePinsLow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(*runFlags, *sim.Pin, context.CancelFunc)
		want    string // the error
	}{
		{"the duration is over", func(f *runFlags, _ *sim.Pin, _ context.CancelFunc) { f.duration = 50 * ms }, "<nil>"},
		{"a signal", func(f *runFlags, pin *sim.Pin, cancel context.CancelFunc) {
			go func() {
				for pin.EdgeCount() == 0 {
					runtime.Gosched()
				}
				cancel()
			}()
		}, "<nil>"},
		{"the summary cannot be written", func(f *runFlags, _ *sim.Pin, _ context.CancelFunc) {
			f.duration, f.summary = 50*ms, filepath.Join(t.TempDir(), "none", "s.json")
		}, "no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := config.Load("", []string{"loop.speed=1", "output.led.width=1 min", "input.knob.current=[\"5 nA\", \"6 nA\"]", "loop.realtime=off"}, part.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			wall := clock.New()
			virtual, err := board.NewVirtual(cfg, wall)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var f runFlags
			pin := virtual.Pin("GPIO17")
			tt.prepare(&f, pin, cancel)
			cmd := newRun()
			cmd.SetContext(ctx)
			var out strings.Builder
			cmd.SetOut(&out)
			cmd.SetErr(io.Discard)
			if err := f.runOn(cmd, nil, cfg, wall, hardware{virtual, virtual, "the virtual Pi"}); !strings.HasSuffix(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if !strings.Contains(out.String(), "on GPIO17") {
				t.Errorf("got %q, want the summary in any case", out.String())
			}
			levels := []gpio.Level{}
			for _, e := range pin.Edges() {
				levels = append(levels, e.Level)
			}
			if diff := cmp.Diff([]gpio.Level{gpio.High, gpio.Low}, levels); diff != "" {
				t.Errorf("the pin of a pulse that is longer than the run (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTicksAreWhatOtherLegsHaveLeft(t *testing.T) {
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
		f := runFlags{duration: tt.duration}
		if got := f.ticks(10*time.Second, &neuron.Loop{Start: tt.start, Tick: ms}); got != tt.want {
			t.Errorf("%v, a leg that starts at %v: got %d ticks, want %d", tt.duration, tt.start, got, tt.want)
		}
	}
}

// onTick is an observer that does the same after each tick.
type onTick func()

func (f onTick) Tick(neuron.Tick) { f() }

func TestAShowThatPanicsWaitsForTheLoop(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	left := false // written by the loop, read without a lock: the race detector sees whether the loop was waited for
	defer func() {
		if p := recover(); p != "a show's own" || !left {
			t.Errorf("got panic %v, the loop ran: %v; want the show's, after the loop", p, left)
		}
	}()
	b.loop.Ready = func() error { left = true; return nil }
	_, _ = live(t.Context(), b.loop, func() {}, nil, func(context.Context, *cobra.Command) error { panic("a show's own") })
}

func TestTheLoopDoesNotAllocate(t *testing.T) {
	b := newBench(t)
	b.loop.Ticks = 1
	few := testing.AllocsPerRun(3, func() { b.loop.Run(context.Background()) })
	b.loop.Ticks = 2000
	many := testing.AllocsPerRun(3, func() { b.loop.Run(context.Background()) })
	if few != many {
		t.Errorf("got %g allocations in 2000 ticks with knob, pulse and monitor, and %g in one; want the same", many, few)
	}
}

func TestEachChipOfTheFamilyDrivesTheNeuron(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{"mcp3001", "mcp3002", "mcp3004", "mcp3008", "mcp3201", "mcp3202", "mcp3204", "mcp3208", "mcp3301", "mcp3302", "mcp3304"} {
		full := part.MCP3xxx{Model: driver}.FullScale()
		for _, code := range []int{0, full * 2 / 5, full} {
			b := newBench(t, "input.second.driver="+driver, "input.second.port=SPI0.1", "neuron.n1.input=second", "output.led.width=2 ms")
			b.virtual.Knobs["second"].SetCode(code)
			b.run(t, 1000)
			current := 5 * (float64(code) / float64(full))
			if diff := cmp.Diff(predictedEdges(b.cfg.Neurons[0].Params.(neuron.LIF), current, 10_000, 2*ms), b.virtual.Pin("GPIO17").Edges()); diff != "" {
				t.Errorf("%s, code %d: edges of GPIO17 (-predicted +recorded):\n%s", driver, code, diff)
			}
			b.board.Close()
		}
	}
}

func TestSmoothingCalmsANoisyKnob(t *testing.T) {
	t.Parallel()
	b := newBench(t, "input.knob.median=5", "input.knob.average=200")
	b.virtual.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(20, 1)
	b.virtual.Knobs["knob"].SetCode(409)
	lowest, highest := math.Inf(1), math.Inf(-1)
	b.loop.Observers = append(b.loop.Observers, onTick(func() {
		if b.view.monitor.end().tick.Due > 300 {
			lowest, highest = min(lowest, b.loop.Cells[0].Current), max(highest, b.loop.Cells[0].Current)
		}
	}))
	b.run(t, 3000)
	if code := 5. / 1023; lowest < 5*(409./1023)-5*code || highest > 5*(409./1023)+5*code {
		t.Errorf("got currents from %g to %g nA, want them within 5 codes of %g", lowest, highest, 5*(409./1023))
	}
}

func TestMembraneNoiseIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	spikes := func(seed string) []sim.Edge {
		b := newBench(t, "neuron.n1.sigma=5 mV", "neuron.n1.seed="+seed, "output.led.width=1 ms")
		b.virtual.Knobs["knob"].SetCode(286) // 14 mV: below the rheobase
		b.run(t, 2000)
		s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
		if s.PredictedHz != nil || s.PredictedSpikes != nil {
			t.Errorf("got %+v, want no prediction of noise", s.neuronSummary)
		}
		var out bytes.Buffer
		if err := s.text(&out, b.cfg, nil); err != nil || !strings.Contains(out.String(), "\nno prediction: the membrane has noise\n") {
			t.Errorf("got %v and\n%s", err, out.String())
		}
		return b.virtual.Pin("GPIO17").Edges()
	}
	one, again, other := spikes("1"), spikes("1"), spikes("2")
	if diff := cmp.Diff(one, again); diff != "" || len(one) < 100 {
		t.Errorf("got %d edges, and the second time (-first +second):\n%s", len(one), diff)
	}
	if cmp.Equal(one, other) {
		t.Error("got the same spikes from another seed")
	}
}

func TestEveryTenthSpikeOnAnInvertedLED(t *testing.T) {
	t.Parallel()
	b := newBench(t, "output.led.width=50 ms", "output.led.every=10", "output.led.invert=true")
	b.run(t, 3000)
	s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
	if s.Spikes != 215 || s.Outputs[0].Pulses != 21 || s.Outputs[0].Merged != 0 {
		t.Errorf("got %d spikes, %+v; want 215, and 21 pulses, none merged", s.Spikes, s.Outputs[0])
	}
	pin := b.virtual.Pin("GPIO17")
	up := predictedEdges(b.cfg.Neurons[0].Params.(neuron.LIF), 5*(409./1023), 30_000, 2*ms)
	var want []sim.Edge
	for i := 18; i < len(up); i += 20 { // the tenth rise, the twentieth, ...
		want = append(want, sim.Edge{At: up[i].At, Level: gpio.Low}, sim.Edge{At: up[i].At + 50*ms, Level: gpio.High})
	}
	if diff := cmp.Diff(want, pin.Edges()[1:]); diff != "" || pin.Edges()[0].Level != gpio.High {
		t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
	}
	shown := b.shown()
	if strings.Contains(shown, "stays lit") {
		t.Errorf("got on the screen\n%s\nwant no word of merging", shown)
	}
	if err := b.board.Close(); err != nil || pin.Level() != gpio.High {
		t.Errorf("got %v, %v; want it at rest, high", err, pin.Level())
	}
}

// A transfer that hangs keeps the part waiting, and not the loop.
func TestTheLoopDoesNotWaitForAPartThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBenchOn(t, clock.New())
		b.view.onWall(b.loop, clock.New())
		b.loop.Ready = nil // the thread stays in the time of the test
		b.loop.Ticks = 2000
		b.loop.Observers = append(b.loop.Observers, at{500: func() { b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: time.Minute}) }})
		end, err := b.loop.Run(t.Context())
		if err != nil || end.Due != 2000 || end.Skipped != 0 || end.Lateness() > 2*patience {
			t.Errorf("got %v, %d ticks, %d skipped, the last %v late; want 2000, none skipped, less than %v late", err, end.Due, end.Skipped, end.Lateness(), 2*patience)
		}
		if r := b.board.Inputs["knob"].Reading(); r.State != board.Lost || r.Current != 0 {
			t.Errorf("got %+v, want the knob lost", r)
		}
		b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{})
		time.Sleep(time.Minute) // of the bubble: the transfer returns
	})
}
