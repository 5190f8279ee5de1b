package terminal

import (
	"bytes"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/summary"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/sim"
	"hillock/neuron"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
)

// screenOf returns a large frame of the run.
func screenOf(b *sessiontest.Bench) string { return frameOf(newScreen(b.Session, nil, nil), 200, 60) }

// frameOf returns a frame of that size, without its colours.
func frameOf(s *screen, width, height int) string {
	s.Update(tea.WindowSizeMsg{Width: width, Height: height})
	s.Update(frame{})
	return ansi.Strip(s.View().Content)
}

func TestSpikesDuringAPulseMakeItLonger(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "output.led.width=20 ms")
	b.Run(t, 2000)
	s := b.Session.Summary()
	if s.Spiked[0].Spikes != 143 || s.Pulsed[0].Pulses != 1 || s.Pulsed[0].Merged != 142 {
		t.Errorf("got %d spikes, %+v; want 143, 1 pulse and 142 merged", s.Spiked[0].Spikes, s.Pulsed[0])
	}
	shown := screenOf(b)
	if want := "led stays lit: its pulses of 20 ms run together, one comes every 13.9 ms"; !strings.Contains(shown, want) {
		t.Errorf("got on the screen\n%s\nwant %q", shown, want)
	}
	var out bytes.Buffer
	if err := summary.Text(&out, s, false); err != nil {
		t.Fatal(err)
	}
	if want := "led        1 pulse on GPIO17; 142 spikes came during a pulse of 20 ms and made it longer\n"; !strings.Contains(out.String(), want) {
		t.Errorf("got summary %s, want in it %s", out.String(), want)
	}
}

func TestFaultsOfAKnobAreShownAndRecover(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		faults  sim.Faults
		text    string  // in the status during the fault
		current float64 // at the end of the fault
		skips   bool
	}{
		{"MISO open", sim.Faults{MISO: sim.Open}, "mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD", 0, false},
		{"MISO shorted", sim.Faults{MISO: sim.Shorted}, "", 0, false},
		{"I/O error", sim.Faults{Err: syscall.EIO}, "input/output error", 0, false},
		{"slow transfer", sim.Faults{Delay: 3 * ms}, "", 5 * (409. / 1023), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := sessiontest.New(t)
			port, knob := b.Virtual.Ports["SPI0.0"], b.Board.Inputs["knob"]
			var during, after board.Reading
			var shown, shownAfter string
			b.Observe(sessiontest.At{
				500: func() { port.SetFaults(tt.faults) },
				900: func() {
					if tt.text != "" && knob.Reading().State != board.Holding {
						t.Errorf("got %v 400 ms into the fault, want %v", knob.Reading().State, board.Holding)
					}
					if tt.text != "" && b.Loop.Cells[0].Current != 5*(409./1023) {
						t.Errorf("got %g nA while holding, want the last good current", b.Loop.Cells[0].Current)
					}
				},
				2400: func() {
					during, shown = knob.Reading(), screenOf(b)
					port.SetFaults(sim.Faults{})
				},
				4000: func() { after, shownAfter = knob.Reading(), screenOf(b) },
			})
			b.Run(t, 5000)

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
			if tt.name == "MISO shorted" && !strings.Contains(shown, "reads 0: the knob is at its end, or a wire is loose: turn the knob up, or end the run and run 'hillock doctor'") {
				t.Errorf("got on the screen\n%s\nwant the note on a reading of 0", shown)
			}
			if skipped := b.Session.Summary().Tick.Skipped; (skipped > 0) != tt.skips || tt.skips && !strings.Contains(shown, "skipped ") {
				t.Errorf("got %d ticks skipped, shown as\n%s", skipped, shown)
			}
			if after.State != board.OK || after.Fault != nil || after.Raw != 409 || strings.Contains(shownAfter, "mcp3008 on") {
				t.Errorf("got %+v after the fault, shown as\n%s\nwant it ok", after, shownAfter)
			}
			if end := b.Session.Summary(); end.Tick.Due != 5000 || end.Spiked[0].Spikes < 200 {
				t.Errorf("got %d ticks and %d spikes, want the neuron to continue", end.Tick.Due, end.Spiked[0].Spikes)
			}
			if err := b.Board.Close(); err != nil {
				t.Fatal(err)
			}
			if b.Virtual.Pin("GPIO17").Level() != gpio.Low {
				t.Error("got GPIO17 high at the end, want low")
			}
		})
	}
}

func TestHangingTransferDoesNotStopTheNeuron(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := sessiontest.On(t, clock.New())
		b.Loop.Patience = 25 * ms
		port, knob := b.Virtual.Ports["SPI0.0"], b.Board.Inputs["knob"]
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
		b.Observe(sessiontest.Each(func(tick neuron.Tick) {
			currents = append(currents, b.Loop.Cells[0].Current)
			worst = max(worst, tick.Began+tick.Ran-tick.Deadline)
			if state, current := at(tick.Due); state >= 0 && (knob.Reading().State != state || currents[tick.Due-1] != current) {
				t.Errorf("tick %d: got %v, %g nA; want %v, %g", tick.Due, knob.Reading().State, currents[tick.Due-1], state, current)
			}
			switch tick.Due {
			case 500:
				port.SetFaults(sim.Faults{Delay: time.Second})
			case 2000:
				shown = screenOf(b)
			case 2500:
				port.SetFaults(sim.Faults{})
			}
		}))
		b.Run(t, 5000)
		if want := "mcp3008 on SPI0.0: no answer in time: a transfer hangs or is slow"; !strings.Contains(shown, want) {
			t.Errorf("got on the screen\n%s\nwant %q", shown, want)
		}
		end := b.Session.Summary().Tick
		if end.Due != 5000 || end.Skipped != 0 || end.Steps != 50_000 || worst >= 50*ms+ms {
			t.Errorf("got %+v, a tick that ended %v late; want every tick and step, none later than %v", end, worst, 50*ms)
		}
		n, err := neuron.New(b.Config.Neurons[0].Params)
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
		if got := b.Loop.Cells[0].Spikes; got != spikes || b.Board.Outputs["led"].(board.Pulsing).Pulses() != spikes {
			t.Errorf("got %d spikes, %d pulses; want %d, those of the currents", got, b.Board.Outputs["led"].(board.Pulsing).Pulses(), spikes)
		}
	})
}

func TestNoiseIsShown(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	b.Virtual.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(20, 1)
	b.Run(t, 2000)
	if r := b.Board.Inputs["knob"].Reading(); r.Spread < 30 || r.Spread > 40 {
		t.Errorf("got a spread of %d codes, want 30 to 40 for noise of 20", r.Spread)
	}
	if shown := screenOf(b); !strings.Contains(shown, " ±") {
		t.Errorf("got on the screen\n%s\nwant the noise", shown)
	}
	if p := b.Session.Summary().Spiked[0].Prediction; p.Exists() {
		t.Errorf("got a prediction of %g Hz for a current that changed, want none", p.Hz)
	}
}

func TestFailedPinIsShownAndRecovers(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	pin := b.Virtual.Pin("GPIO17")
	var shown string
	b.Observe(sessiontest.At{
		500:  func() { pin.SetFault(syscall.EIO) },
		1000: func() { shown = screenOf(b); pin.SetFault(nil) },
	})
	b.Run(t, 2000)
	if want := "led refused: pulse: GPIO17: "; !strings.Contains(shown, want) {
		t.Errorf("got on the screen\n%s\nwant %q", shown, want)
	}
	s := b.Session.Summary()
	if o := s.Pulsed[0]; s.Spiked[0].Spikes != 143 || o.Failed == 0 || o.Pulses < 100 || o.Pulses > 110 {
		t.Errorf("got %d spikes, %+v; want 143 spikes and the pulses of 1.5 s of the 2", s.Spiked[0].Spikes, o)
	}
}

func TestEveryTenthSpikeOnAnInvertedLED(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "output.led.width=50 ms", "output.led.every=10", "output.led.invert=true")
	b.Run(t, 3000)
	s := b.Session.Summary()
	if s.Spiked[0].Spikes != 215 || s.Pulsed[0].Pulses != 21 || s.Pulsed[0].Merged != 0 {
		t.Errorf("got %d spikes, %+v; want 215, and 21 pulses, none merged", s.Spiked[0].Spikes, s.Pulsed[0])
	}
	pin := b.Virtual.Pin("GPIO17")
	up := predictedEdges(b.Config.Neurons[0].Params.(neuron.LIF), 5*(409./1023), 30_000, 2*ms)
	var want []sim.Edge
	for i := 18; i < len(up); i += 20 { // the tenth rise, the twentieth, ...
		want = append(want, sim.Edge{At: up[i].At, Level: gpio.Low}, sim.Edge{At: up[i].At + 50*ms, Level: gpio.High})
	}
	if diff := cmp.Diff(want, pin.Edges()[1:]); diff != "" || pin.Edges()[0].Level != gpio.High {
		t.Errorf("edges of GPIO17 (-predicted +recorded):\n%s", diff)
	}
	shown := screenOf(b)
	if strings.Contains(shown, "stays lit") {
		t.Errorf("got on the screen\n%s\nwant no word of merging", shown)
	}
	if err := b.Board.Close(); err != nil || pin.Level() != gpio.High {
		t.Errorf("got %v, %v; want it at rest, high", err, pin.Level())
	}
}

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

func TestOverloadIsShownWithinASecond(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "loop.tick=50 us", "loop.dt=50 us", "output.led.width=1 ms")
	b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: 180 * time.Microsecond})
	var seen time.Duration
	var text string
	b.Observe(sessiontest.Each(func(neuron.Tick) {
		if b.Session.Status().Overload.Cost > 0 && seen == 0 {
			seen = b.Clock.Now()
			text = screenOf(b)
		}
	}))
	b.Run(t, 40_000)
	if seen == 0 || seen > time.Second {
		t.Errorf("got overload seen after %v, want within a second", seen)
	}
	want := `overload: a tick costs 0.18 ms, more than its 0.05 ms: the neuron runs 3.6 times slower than asked; its reads take 0.18 ms: tick = "0.5 ms" would fit`
	if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
		t.Errorf("got on the screen\n%s\nwant %s", text, want)
	}
	if end := b.Session.Summary().Tick; end.Due != 40_000 || end.Run() == 0 || end.Skipped == 0 {
		t.Errorf("got %+v, want the neuron to continue in slow motion", end)
	}
}

func TestNotesFollowTheSpeed(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "output.led.width=20 ms")
	b.Run(t, 500)
	if shown := screenOf(b); !strings.Contains(shown, "led stays lit") {
		t.Errorf("got\n%s\nwant a word on the pulses that run together", shown)
	}
	if err := b.Session.Set("", "speed", 0.01); err != nil {
		t.Fatal(err)
	}
	if shown := screenOf(b); strings.Contains(shown, "led stays lit") {
		t.Errorf("got\n%s\nwant no word of it a hundred times slower", shown)
	}
}
