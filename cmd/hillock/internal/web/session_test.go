package web_test

import (
	"context"
	"fmt"
	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/trace"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/hw/wiring"
	"hillock/neuron"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

// newWebBench returns a run and its Run for the server.
func newWebBench(t *testing.T, sets ...string) (*sessiontest.Bench, web.Run) {
	t.Helper()
	b := sessiontest.New(t, sets...)
	return b, web.Of(b.Session, "test")
}

// A change on the page takes effect with the next tick and is in the downloaded configuration. A reset undoes it.
func TestChangesOfTheNeuron(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t)
	file := string(w.TOML())
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var rates []float64
	look := func() {
		rates = append(rates, readable.Round(w.Status().Neurons[0].Rate), readable.Round(*w.Status().Neurons[0].Predicted))
	}
	b.Observe(sessiontest.At{
		1000: func() {
			look()
			do(w.Set("n1", "tau_m", 20))
			do(w.Set("n1", "t_ref", 5))
			do(w.Set("", "speed", 0.5))
			if h := w.Hello(); h.Neurons[0].Params["tau_m"] != 20 || h.Neurons[0].Params["t_ref"] != 5 || h.Loop.Speed != 0.5 || h.Neurons[0].Curve[100].I != 5 {
				t.Errorf("got a hello %+v, want it changed", h)
			}
			for _, want := range []string{`tau_m = "20 ms"`, `t_ref = "5 ms"`, "speed = 0.5"} {
				if toml := string(w.TOML()); !strings.Contains(toml, want) {
					t.Errorf("got no %s in\n%s", want, toml)
				}
			}
		},
		3000: func() {
			look()
			do(w.Reset())
			if _, err := w.Turn("knob", 0); err != nil {
				t.Error(err)
			}
			do(w.Fault("MISO open"))
		},
	})
	b.Run(t, 4000)
	p := neuron.Default()
	slow := p
	slow.TauM, slow.TRef = 20, 5
	st := w.Status()
	if st.Neurons[0].I != 0 {
		t.Errorf("got %g nA from a knob without MISO, want 0", st.Neurons[0].I)
	}
	two := 5 * (409. / 1023)
	if diff := cmp.Diff([]float64{readable.Round(p.DiscreteRate(two)), readable.Round(p.DiscreteRate(two)), readable.Round(slow.DiscreteRate(two)), readable.Round(slow.DiscreteRate(two))}, rates); diff != "" {
		t.Errorf("rates and predicted ones, before and after (-want +got):\n%s", diff)
	}
	if got := string(w.TOML()); got != file {
		t.Errorf("after a reset (-file +got):\n%s", cmp.Diff(file, got))
	}
	want := []web.Finding{{Check: "MISO open", Result: "-", Seen: "checking the wires"}}
	if diff := cmp.Diff(want, st.Doctor); diff != "" || st.Fault != "MISO open" || st.Inputs[0].State != "lost" || st.Steps != 1000*10+2000*5+1000*10 {
		t.Errorf("got fault %q, input %+v, %d steps (-want +got of the findings):\n%s", st.Fault, st.Inputs[0], st.Steps, diff)
	}
}

func TestStatusHasTheIntervals(t *testing.T) {
	b, w := newWebBench(t)
	b.Run(t, 1000)
	if n := w.Status().Neurons[0]; n.ISI != 13.9 || n.Intervals != (web.Intervals{N: 70, MeanMs: 13.9}) {
		t.Errorf("got a latest interval of %g ms, %+v; want 70 of 13.9 ms and a CV of 0", n.ISI, n.Intervals)
	}
}

// A pulled wire changes the measured position and not the knob: the status has both.
func TestStatusHasTheKnobBesideTheMeasurement(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t, "input.tone.driver=wave", "input.tone.shape=constant", "input.tone.mean=1 nA", `neuron.n1.input=["knob", "tone"]`)
	if _, err := w.Turn("knob", 0.75); err != nil {
		t.Fatal(err)
	}
	if err := w.Fault("leg to 3V3 loose"); err != nil {
		t.Fatal(err)
	}
	b.Run(t, 100)
	st := w.Status()
	if in := st.Inputs[0]; in.State != "ok" || in.Position != 0 || in.Knob == nil || *in.Knob != 0.75 {
		t.Errorf("got %+v, want the knob at 0.75 and a measured position of 0", in)
	}
	if in := st.Inputs[1]; in.Knob != nil {
		t.Errorf("got a knob at %g for a wave, want none", *in.Knob)
	}
	real := sessiontest.Real(t)
	if in := web.Of(real.Session, "test").Status().Inputs[0]; in.Knob != nil {
		t.Errorf("got a knob at %g for a real one, want none", *in.Knob)
	}
}

// The doctor cannot check real parts during a run: the page shows the run's own readings.
func TestStatusHasTheFaultsOfTheRun(t *testing.T) {
	t.Parallel()
	b := sessiontest.Real(t, "input.second.driver=mcp3008", "input.second.port=SPI0.1", "neuron.n1.input=[\"knob\", \"second\"]")
	w := web.Of(b.Session, "test")
	b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{MISO: sim.Open})
	b.Virtual.Knobs["second"].Set(0)
	b.Run(t, 1000)
	want := []web.Finding{
		{Check: "knob", Result: "failed", Seen: b.Board.Inputs["knob"].Reading().Fault.Error(),
			Means: "the part does not answer: the current is 0 nA until it answers", Do: "to find the wire, end the run and run 'hillock doctor'"},
		{Check: "second", Result: "warning", Seen: "reads 0", Means: "the knob is at its end, or a wire is loose", Do: "turn the knob up, or end the run and run 'hillock doctor'"},
	}
	if st := w.Status(); st.Fault != "none" || !cmp.Equal(want, st.Doctor) {
		t.Errorf("got the fault %q and (-want +got):\n%s", st.Fault, cmp.Diff(want, st.Doctor))
	}
}

func TestRefusedChanges(t *testing.T) {
	t.Parallel()
	turn := func(w web.Run, input string) error { _, err := w.Turn(input, 0.5); return err }
	type refusal struct {
		err  error
		want string
	}
	check := func(t *testing.T, w web.Run, refusals func() []refusal) {
		t.Helper()
		before := w.Hello()
		for _, r := range refusals() {
			if r.err == nil || r.err.Error() != r.want {
				t.Errorf("got %v, want %s", r.err, r.want)
			}
		}
		if diff := cmp.Diff(before, w.Hello()); diff != "" {
			t.Errorf("something was changed:\n%s", diff)
		}
	}
	t.Run("on the virtual Pi", func(t *testing.T) {
		_, w := newWebBench(t)
		check(t, w, func() []refusal {
			return []refusal{
				{w.Set("n1", "v_reset", -55), "neuron n1: v_reset: must be below v_t (-55 mV), got -55 mV"},
				{w.Set("n1", "sigma", -1), "neuron n1: sigma: must be at least 0 mV, got -1 mV"},
				{w.Set("n1", "seed", 1), `set: a neuron has no "seed"`},
				{w.Set("n2", "tau_m", 1), `set: no neuron is called "n2"`},
				{w.Set("", "speed", 1e7), "speed: must be from 1e-9 to 1e6, got 1e+07"},
				{turn(w, "led"), `turn: no input with a knob is called "led"`},
				{w.Fault("fire"), `fault: the virtual Pi has no fault "fire"`},
			}
		})
	})
	t.Run("on a real one", func(t *testing.T) {
		w := web.Of(sessiontest.Real(t).Session, "test")
		check(t, w, func() []refusal {
			return []refusal{
				{turn(w, "knob"), "turn: the knob is a real one: turn it by hand"},
				{w.Fault("none"), "fault: the wires are real ones: pull one out by hand"},
			}
		})
	})
	t.Run("with a current without a knob", func(t *testing.T) {
		_, w := newWebBench(t, "input.tone.driver=wave", "input.tone.shape=sine", "input.tone.amplitude=1 nA", "input.tone.frequency=10 Hz", "neuron.n1.input=tone")
		check(t, w, func() []refusal {
			return []refusal{
				{w.Set("", "speed", 0.5), "speed: input tone plays its current at the file's speed: change speed in the file"},
				{turn(w, "tone"), `turn: no input with a knob is called "tone"`},
			}
		})
	})
}

// A pulse between two frames is on in the second frame, for every caller.
func TestShortPulsesAreSeen(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t)
	var one, other [32]int64
	led := b.Board.Outputs["led"].(board.Pulsing)
	var got []uint32
	look := func() { got = append(got, w.On(&one)) }
	look()
	led.Spike(1, 0)
	look() // begun
	look()
	led.Tick(time.Second)
	look() // over
	led.Spike(2, 2*time.Second)
	led.Tick(3 * time.Second)
	look() // both since
	look()
	got = append(got, w.On(&other), w.On(&other))
	if want := []uint32{0, 1, 1, 0, 1, 0, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Rows and strips of LEDs are lit as on the desk: in proportion to V, and completely at a spike.
func TestRowsOfLEDsAreSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, w := newWebBench(t, "output.row.driver=bar", `output.row.pins=["GPIO5", "GPIO6", "GPIO13"]`, "output.row.neuron=n1",
			"output.strip.driver=apa102", "output.strip.data=GPIO23", "output.strip.clock=GPIO24", "output.strip.leds=8", "output.strip.neuron=n1",
			"output.scope.driver=oled", "output.scope.neuron=n1")
		lamps := map[string]int{}
		for _, out := range w.Hello().Outputs {
			lamps[out.Name] = out.Lamps
		}
		if diff := cmp.Diff(map[string]int{"led": 1, "row": 3, "scope": 0, "strip": 4}, lamps); diff != "" {
			t.Error(diff)
		}
		for _, tt := range []struct {
			v     float64
			spike bool
			want  string // of strip, row and led, the lowest last
		}{{-70, false, "0000" + "000" + "0"}, {-66, false, "0001" + "001" + "0"}, {-59, false, "0111" + "011" + "0"}, {-70, true, "1111" + "111" + "0"}} {
			for _, o := range b.Board.Outputs {
				s, ok := o.(board.Leveled)
				if !ok {
					continue
				}
				s.Level(tt.v)
				if tt.spike {
					s.Spike(1, 0)
				}
			}
			time.Sleep(time.Second / 60)
			synctest.Wait()
			if got := fmt.Sprintf("%08b", w.On(new([32]int64))); got != tt.want {
				t.Errorf("%g mV: got %s, want %s", tt.v, got, tt.want)
			}
		}
	})
}

// A recorded current has the range of its file on both scopes. A configuration saved elsewhere still finds the file.
func TestRecordedCurrent(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("../../../../deploy/examples/recorded.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{Traced: true})
	w := web.Of(b.Session, "test")
	h := w.Hello()
	low, high := b.Session.Status().Neurons[0].Low, b.Session.Status().Neurons[0].High
	if in, curve := h.Inputs[0], h.Neurons[0].Curve; in.Low != 0 || !(in.High > 1 && in.High < 10) || low != in.Low || high != in.High || curve[0].I != low || curve[100].I != high {
		t.Errorf("got an input from %g to %g nA, on the terminal from %g to %g, a curve from %g to %g", in.Low, in.High, low, high, curve[0].I, curve[100].I)
	}
	elsewhere := filepath.Join(t.TempDir(), "my.toml")
	if err := os.WriteFile(elsewhere, w.TOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	if cfg, err = config.Load(elsewhere, nil, part.Kinds()); err != nil {
		t.Fatal(err)
	}
	sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{})
}

// A change of parameters forgets the measured rates.
func TestRatesOfOtherParametersAreForgotten(t *testing.T) {
	t.Parallel()
	for _, change := range []struct {
		name string
		do   func(web.Run) error
	}{
		{"a slider", func(w web.Run) error { return w.Set("n1", "tau_m", 20) }},
		{"a reset", web.Run.Reset},
	} {
		t.Run(change.name, func(t *testing.T) {
			b, w := newWebBench(t)
			points := func() (n int) {
				w.Record().Look(func(_, _ int64, cells []trace.Cell) { n = len(cells[0].Rates.Points()) })
				return n
			}
			before, after := 0, 0
			b.Observe(sessiontest.At{1500: func() {
				before = points()
				if err := change.do(w); err != nil {
					t.Error(err)
				}
				after = points()
			}})
			b.Run(t, 1600)
			if before == 0 || after != 0 {
				t.Errorf("got %d rates before and %d after, want some and none", before, after)
			}
		})
	}
}

// The faults are those of the configured parts: an ADS1115 has only the faults of its knob.
func TestFaultsOfConfiguredParts(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("../../../../deploy/examples/ads1115.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{})
	w := web.Of(b.Session, "test")
	want := []string{"none", "middle leg loose", "leg to 3V3 loose", "leg to GND loose", "LED loose"}
	if got := w.Hello().Faults; !slices.Equal(got, want) {
		t.Errorf("got the faults %q on the page, want %q", got, want)
	}
	for _, fault := range append(want[1:], want[0]) {
		if b.Session.StepFault(1); w.Status().Fault != fault {
			t.Errorf("got %q after x, want %q", w.Status().Fault, fault)
		}
	}
	if err := w.Fault("VREF loose"); err == nil || err.Error() != `fault: "VREF loose" needs an MCP3xxx, and the configuration has none` {
		t.Errorf("got %v for a wire that is not there", err)
	}
}

// The doctor checks a wire pulled out on the page, beside the run. Its finding comes at once, and goes when the wire is back. The
// check ends then too.
func TestDoctorChecksAPulledWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		found := make(chan string, 10)
		b := sessiontest.With(t, new(neuron.VirtualClock), session.Options{Doctor: func(ctx context.Context, f fault.Fault, cfg *config.Config, each func(doctor.Finding)) error {
			return fault.Consult(ctx, f, cfg, func(f doctor.Finding) {
				each(f)
				if f.Result == doctor.Failed {
					found <- f.Check
				}
			})
		}})
		w := web.Of(b.Session, "test")
		if err := w.Fault("VREF loose"); err != nil {
			t.Fatal(err)
		}
		if got := <-found; got != "SPI0.0" {
			t.Errorf("got a finding on %s, want SPI0.0", got)
		}
		want := []web.Finding{{Check: "SPI0.0", Result: "failed", Seen: "every channel reads 1023, the highest code",
			Means: "the chip's reference voltage is missing: VREF (chip pin 15) is loose", Do: "connect VREF (chip pin 15) to 3V3, beside VDD"}}
		if diff := cmp.Diff(want, w.Status().Doctor); diff != "" || w.Status().Fault != "VREF loose" {
			t.Errorf("got the fault %q and findings (-want +got):\n%s", w.Status().Fault, diff)
		}
		if got := b.Virtual.Knobs["knob"].Position(); got != board.RestingKnob {
			t.Errorf("got the run's knob at %g, want it where it was: the doctor turns one of its own", got)
		}
		if err := w.Fault("none"); err != nil {
			t.Fatal(err)
		}
		if st := w.Status(); len(st.Doctor) != 0 || st.Fault != "none" {
			t.Errorf("got the fault %q and %v after it was mended, want none", st.Fault, st.Doctor)
		}
		start := time.Now()
		b.Session.Close()
		synctest.Wait()
		if took := time.Since(start); took > 100*ms {
			t.Errorf("got the doctor gone after %v, want at once", took)
		}
	})
}

// The wanted kit is copied by hand from the table of 'hillock wiring'.
func TestKitOnThePage(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t)
	chip := func(pin int) web.End { return web.End{Part: "IC1", Pin: pin} }
	pin := func(part string, pin int) web.End { return web.End{Part: part, Pin: pin} }
	header := func(pin int) web.End { return web.End{Part: "header", Pin: pin} }
	supply, ground := web.End{Part: "3V3 rail"}, web.End{Part: "GND rail"}
	const red, black, orange, green, blue, violet, yellow, light = "#d01010", "#000000", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#ddcc20", "#56b4e9"
	two := []string{"one end", "other end"}
	want := web.Kit{
		Parts: []web.Part{
			{Ref: "IC1", Kind: "chip", Model: "MCP3008", Group: 1, Label: "SPI0.0", Pins: []string{"CH0", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7",
				"DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}},
			{Ref: "P1", Kind: "knob", Model: "10 kOhm", Pins: []string{"left leg", "middle leg", "right leg"}, Group: 1, Label: "knob", Input: "knob"},
			{Ref: "C1", Kind: "capacitor", Model: "100 nF", Pins: []string{"one leg", "other leg"}, Group: 2, Label: "SPI0.0"},
			{Ref: "R1", Kind: "resistor", Model: "10 kOhm", Pins: two, Group: 3, Label: "SPI0"},
			{Ref: "R2", Kind: "resistor", Model: "330 Ohm", Pins: two, Group: 4, Label: "led"},
			{Ref: "D1", Kind: "led", Pins: []string{"anode, long leg", "cathode, short leg"}, Group: 4, Label: "led", Output: "led"},
		},
		Wires: []web.Wire{
			{From: supply, To: header(1), Color: red, Name: "3V3 rail to 3V3"},
			{From: ground, To: header(6), Color: black, Name: "GND rail to GND"},
			{From: chip(16), To: supply, Color: red, Name: "VDD of IC1 to 3V3 rail", Fault: "VDD loose"},
			{From: chip(15), To: supply, Color: red, Name: "VREF of IC1 to 3V3 rail", Fault: "VREF loose"},
			{From: chip(14), To: ground, Color: black, Name: "AGND of IC1 to GND rail"},
			{From: chip(13), To: header(23), Color: orange, Name: "CLK of IC1 to SCLK", Fault: "SCLK loose"},
			{From: chip(12), To: header(21), Color: green, Name: "DOUT of IC1 to MISO", Fault: "MISO open"},
			{From: chip(11), To: header(19), Color: blue, Name: "DIN of IC1 to MOSI", Fault: "MOSI loose"},
			{From: chip(10), To: header(24), Color: violet, Name: "CS/SHDN of IC1 to CE0", Fault: "CS loose"},
			{From: chip(9), To: ground, Color: black, Name: "DGND of IC1 to GND rail"},
			{From: pin("P1", 2), To: chip(1), Color: yellow, Name: "middle leg of knob to CH0 of IC1", Fault: "middle leg loose"},
			{From: pin("P1", 3), To: supply, Color: red, Name: "right leg of knob to 3V3 rail", Fault: "leg to 3V3 loose"},
			{From: pin("P1", 1), To: ground, Color: black, Name: "left leg of knob to GND rail", Fault: "leg to GND loose"},
			{From: pin("C1", 1), To: supply, Color: red, Name: "one leg of C1 to 3V3 rail"},
			{From: pin("C1", 2), To: ground, Color: black, Name: "other leg of C1 to GND rail"},
			{From: pin("R1", 1), To: header(21), Color: green, Name: "one end of R1 to MISO"},
			{From: pin("R1", 2), To: supply, Color: red, Name: "other end of R1 to 3V3 rail"},
			{From: pin("R2", 1), To: header(11), Color: light, Name: "one end of R2 to GPIO17", Fault: "LED loose"},
			{From: pin("D1", 1), To: pin("R2", 2), Name: "anode of D1 to other end of R2"},
			{From: pin("D1", 2), To: ground, Color: black, Name: "cathode of D1 to GND rail"},
		},
		Header: map[int]string{1: "3V3", 6: "GND", 11: "GPIO17", 19: "MOSI", 21: "MISO", 23: "SCLK", 24: "CE0"},
	}
	h := w.Hello()
	if diff := cmp.Diff(want, h.Kit); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wire := range h.Kit.Wires {
		if wire.Fault != "" && !slices.Contains(h.Faults, wire.Fault) {
			t.Errorf("wire %s: the virtual Pi has no fault %q", wire.Name, wire.Fault)
		}
	}
}

// The kit names the input of each knob, the output of each part and the faults of its wires.
func TestNamesInTheKit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, toml string
		want       []string // input of a knob, output of a part, fault of a wire
	}{
		{"a knob with a capacitor has other faults", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n", []string{"P1 turns knob"}},
		{"a module", "[input.knob]\ndriver = 'ads1115'\n", []string{"P1 turns knob",
			"middle leg of knob to A0 of M1: middle leg loose", "right leg of knob to 3V3 rail: leg to 3V3 loose", "left leg of knob to GND rail: leg to GND loose"}},
		{"two of a chip without VREF", "[input.knob]\ndriver = 'mcp3002'\ndifferential = [1, 0]\n", []string{"P2 turns knob",
			"VDD/VREF of IC1 to 3V3 rail: VDD loose", "CLK of IC1 to SCLK: SCLK loose", "DOUT of IC1 to MISO: MISO open", "DIN of IC1 to MOSI: MOSI loose",
			"CS/SHDN of IC1 to CE0: CS loose",
			"middle leg of -knob to CH0 of IC1: middle leg loose", "right leg of -knob to 3V3 rail: leg to 3V3 loose", "left leg of -knob to GND rail: leg to GND loose",
			"middle leg of knob to CH1 of IC1: middle leg loose", "right leg of knob to 3V3 rail: leg to 3V3 loose", "left leg of knob to GND rail: leg to GND loose"}},
		{"an input without a part", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n[input.tone]\ndriver = 'wave'\nshape = 'sine'\namplitude = '1 nA'\nfrequency = '1 Hz'\n",
			[]string{"P1 turns knob", "input tone turns tone"}},
		{"outputs", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n[output.row]\ndriver = 'bar'\npins = ['GPIO5', 'GPIO6']\nneuron = 'n1'\n" +
			"[output.strip]\ndriver = 'apa102'\nneuron = 'n1'\ndata = 'GPIO23'\nclock = 'GPIO24'\n[output.scope]\ndriver = 'oled'\nneuron = 'n1'\n[output.led]\ndriver = 'pulse'\npin = 'GPIO17'\nneuron = 'n1'\n",
			[]string{"P1 turns knob", "D1 shows led", "D2 shows row", "D3 shows row", "M1 shows scope", "M2 shows strip", "one end of R3 to GPIO17: LED loose"}},
		{"a kit that has no wiring", "[input.knob]\ndriver = 'rc'\npin = 'GPIO2'\n[output.led]\ndriver = 'pulse'\npin = 'GPIO17'\nneuron = 'n1'\n",
			[]string{"output led shows led", "input knob turns knob"}},
	} {
		cfg, err := config.Parse("kit.toml", []byte(tt.toml+"[neuron.n1]\ninput = 'knob'\n"), nil, part.Kinds())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		kit, _ := wiring.New(cfg) // nil for a kit without wiring
		got := web.OnPage(cfg, cfg.Inputs, kit)
		var names []string
		for _, p := range got.Parts {
			if p.Input != "" {
				names = append(names, p.Ref+" turns "+p.Input)
			}
			if p.Output != "" {
				names = append(names, p.Ref+" shows "+p.Output)
			}
		}
		for _, w := range got.Wires {
			if w.Fault != "" {
				names = append(names, fmt.Sprintf("%s: %s", w.Name, w.Fault))
			}
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
