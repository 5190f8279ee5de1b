package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"rsc.io/qr"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/trace"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

// newWebBench is a run that the web shows.
func newWebBench(t *testing.T, sets ...string) (*bench, *onWeb) {
	t.Helper()
	b := newBench(t, sets...)
	return b, newOnWeb(b.leg())
}

// What is changed on the page holds from the next tick on, is in the configuration that it gives, and is gone after a reset.
func TestTheWebChangesTheNeuron(t *testing.T) {
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
	b.loop.Observers = append(b.loop.Observers, at{
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
	b.run(t, 4000)
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
	want := []web.Finding{{Check: "MISO open", Result: "-", Seen: "the doctor looks"}}
	if diff := cmp.Diff(want, st.Doctor); diff != "" || st.Fault != "MISO open" || st.Inputs[0].State != "lost" || st.Steps != 1000*10+2000*5+1000*10 {
		t.Errorf("got fault %q, input %+v, %d steps (-want +got of the findings):\n%s", st.Fault, st.Inputs[0], st.Steps, diff)
	}
}

// A wire that is out moves what is measured, not the knob: the status has both.
func TestStatusHasTheKnobBesideTheMeasurement(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t, "input.tone.driver=wave", "input.tone.shape=constant", "input.tone.mean=1 nA", `neuron.n1.input=["knob", "tone"]`)
	if _, err := w.Turn("knob", 0.75); err != nil {
		t.Fatal(err)
	}
	if err := w.Fault("leg to 3V3 loose"); err != nil {
		t.Fatal(err)
	}
	b.run(t, 100)
	st := w.Status()
	if in := st.Inputs[0]; in.State != "ok" || in.Position != 0 || in.Knob == nil || *in.Knob != 0.75 {
		t.Errorf("got %+v, want the knob at 0.75 and a measured position of 0", in)
	}
	if in := st.Inputs[1]; in.Knob != nil {
		t.Errorf("got a knob at %g for a wave, want none", *in.Knob)
	}
	real := newOnWeb(&leg{view: &view{cfg: b.cfg, board: b.board, monitor: b.view.monitor}, loop: b.loop})
	if in := real.Status().Inputs[0]; in.Knob != nil {
		t.Errorf("got a knob at %g for a real one, want none", *in.Knob)
	}
}

// A loop that makes no tick for longer than the watchdog allows stands still, as does one before its first tick. A reload does not.
func TestStalled(t *testing.T) {
	b, w := newWebBench(t)
	pass := func(d time.Duration) {
		t.Helper()
		if err := b.clock.SleepUntil(t.Context(), b.clock.Now()+d); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, want string) {
		t.Helper()
		if got, shown := w.Stalled(), w.Status().Stalled; got != want || shown != want {
			t.Errorf("%s: got %q and a status with %q, want %q", when, got, shown, want)
		}
	}
	pass(200 * time.Millisecond)
	check("before the first tick", "no tick for 0.2 s")
	b.run(t, 1000)
	check("running", "")
	pass(2900 * time.Millisecond)
	check("just quiet", "")
	pass(300 * time.Millisecond)
	check("after 3.2 s", "no tick for 3.2 s")
	t.Setenv("WATCHDOG_USEC", "5000000")
	check("with a watchdog of 5 s", "")
	pass(2 * time.Second)
	check("with it, after 5.2 s", "no tick for 5.2 s")
	t.Setenv("WATCHDOG_USEC", "10000000")
	next := &leg{view: &view{cfg: b.cfg, board: b.board, virtual: b.virtual, wires: b.view.wires}, loop: b.loop}
	if err := w.follow(next, func() error { next.monitor = newMonitor(b.loop); return nil }); err != nil {
		t.Fatal(err)
	}
	check("after a reload", "")
	pass(5 * time.Second)
	check("5 s after a reload", "no tick for 10.2 s")
}

// Beside a loop that has the real parts no doctor can look at them: the page tells what the run reads.
func TestTheWebTellsWhatARunReads(t *testing.T) {
	t.Parallel()
	b, _ := newWebBench(t, "input.second.driver=mcp3008", "input.second.port=SPI0.1", "neuron.n1.input=[\"knob\", \"second\"]")
	w := newOnWeb(&leg{view: &view{cfg: b.cfg, board: b.board, monitor: b.view.monitor}, loop: b.loop})
	b.virtual.Ports["SPI0.0"].SetFaults(sim.Faults{MISO: sim.Open})
	b.virtual.Knobs["second"].Set(0)
	b.run(t, 1000)
	want := []web.Finding{
		{Check: "knob", Result: "failed", Seen: b.board.Inputs["knob"].Reading().Fault.Error(),
			Means: "it does not answer: the current is 0 nA until it does", Do: "hillock doctor finds the wire, when the run has ended"},
		{Check: "second", Result: "not possible here", Seen: "reads 0", Means: "the knob's end, or a wire", Do: "turn it up to see, or run hillock doctor"},
	}
	if st := w.Status(); st.Fault != "none" || !cmp.Equal(want, st.Doctor) {
		t.Errorf("got the fault %q and (-want +got):\n%s", st.Fault, cmp.Diff(want, st.Doctor))
	}
}

func TestTheWebIsRefused(t *testing.T) {
	t.Parallel()
	turn := func(w *onWeb, input string) error { _, err := w.Turn(input, 0.5); return err }
	type refusal struct {
		err  error
		want string
	}
	check := func(t *testing.T, w *onWeb, refusals func() []refusal) {
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
				{w.Set("n1", "v_reset", -55), "neuron n1: v_reset: must be below v_t, -55 mV, got -55 mV"},
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
		b, _ := newWebBench(t)
		w := newOnWeb(&leg{view: &view{cfg: b.cfg, board: b.board, monitor: b.view.monitor}, loop: b.loop})
		check(t, w, func() []refusal {
			return []refusal{
				{turn(w, "knob"), "turn: the knob is on the desk: turn it there"},
				{w.Fault("none"), "fault: the wires are on the desk: pull one out there"},
			}
		})
	})
	t.Run("with a current that nobody turns", func(t *testing.T) {
		_, w := newWebBench(t, "input.tone.driver=wave", "input.tone.shape=sine", "input.tone.amplitude=1 nA", "input.tone.frequency=10 Hz", "neuron.n1.input=tone")
		check(t, w, func() []refusal {
			return []refusal{
				{w.Set("", "speed", 0.5), "speed: the current of input tone is made for the file's speed: change it there"},
				{turn(w, "tone"), `turn: no input with a knob is called "tone"`},
			}
		})
	})
}

// --web takes its address after an equals sign, --web-addr after a space too; every other argument is FILE.
func TestWebAddress(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("my.toml", config.Default(part.Kinds()).TOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, addr, file string }{
		{"", "", ""},
		{"my.toml", "", "my.toml"},
		{":9090", "", ":9090"},
		{"--web", webAddr, ""},
		{"--web=:8080", ":8080", ""},
		{"--web=[::1]:8080", "[::1]:8080", ""},
		{"--web my.toml", webAddr, "my.toml"},
		{"my.toml --web", webAddr, "my.toml"},
		{"my.toml --web=localhost:8080", "localhost:8080", "my.toml"},
		{"--web=:8080 :9090", ":8080", ":9090"},
		{"--web-addr :8080", ":8080", ""},
		{"--web-addr=:8080 my.toml", ":8080", "my.toml"},
		{"my.toml --web-addr :8080 --web", ":8080", "my.toml"},
		{"--web --web-addr :8080 my.toml", ":8080", "my.toml"},
	} {
		var f runFlags
		cmd := f.command()
		if err := cmd.ParseFlags(strings.Fields(tt.args)); err != nil {
			t.Fatal(err)
		}
		args := cmd.Flags().Args()
		if err := errors.Join(cmd.ValidateArgs(args), f.web.check(cmd)); err != nil {
			t.Errorf("%s: got %v, want no error", tt.args, err)
		}
		if file := strings.Join(args, " "); f.web.addr != tt.addr || file != tt.file {
			t.Errorf("%s: got address %q and file %q, want %q and %q", tt.args, f.web.addr, file, tt.addr, tt.file)
		}
	}
	out, errOut, err := hillock(t.Context(), "run", "--hw", "sim", "--duration", "5ms", "--web-addr", "127.0.0.1:0", "my.toml")
	if err != nil || !strings.HasPrefix(errOut, "look at http://127.0.0.1:") || !strings.Contains(errOut, "my.toml") {
		t.Errorf("got %v, %q and %q, want the file's run on the web", err, out, errOut)
	}
	for _, tt := range []struct{ args, want string }{
		{"--web=:8080 ", "toml\n:8"},
		{"--web-addr :8080 ", "toml\n:8"},
		{"--web-addr ", "127.0.0.1:8080\n:8080\n:4"},
		{"--web=", "127.0.0.1:8080\n:8080\n:4"},
	} {
		args := append([]string{"__complete", "run"}, strings.Split(tt.args, " ")...)
		if words, _, _ := hillock(t.Context(), args...); !strings.Contains(words, tt.want) {
			t.Errorf("%s: got the completion %q, want %q", tt.args, words, tt.want)
		}
	}
}

func TestWebFlags(t *testing.T) {
	t.Parallel()
	noFile := func(name string) string {
		_, err := os.Open(name)
		return fmt.Sprintf("%v: `hillock config init %s` writes one", err, name)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--web="}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got ""`},
		{[]string{"--web=8080"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "8080"`},
		{[]string{"--web=127.0.0.1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "127.0.0.1"`},
		{[]string{"--web=127.0.0.1:-1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "127.0.0.1:-1"`},
		{[]string{"--web=localhost:http"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "localhost:http"`},
		{[]string{"--web=:65536"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got ":65536"`},
		{[]string{"--web=::1"}, `--web: must be an address such as 127.0.0.1:8080 or :8080, got "::1"`},
		{[]string{"--web-addr", "my.toml"}, `--web-addr: must be an address such as 127.0.0.1:8080 or :8080, got "my.toml"`},
		{[]string{"--web-addr", "", "--web"}, `--web-addr: must be an address such as 127.0.0.1:8080 or :8080, got ""`},
		{[]string{"--web=:8080", "--web-addr", ":9090"}, "--web=:8080, --web-addr: cannot be given together: choose one"},
		{[]string{"--web", ":8080"}, ":8080: an address does not follow --web after a space: write --web=:8080 or --web-addr :8080 (see 'hillock run --help')"},
		{[]string{"my.toml", "--web", "[::1]:8080"}, "[::1]:8080: an address does not follow --web after a space: write --web=[::1]:8080 or --web-addr [::1]:8080 (see 'hillock run --help')"},
		{[]string{"--web", "8080"}, noFile("8080")},
		{[]string{"--web", "my.toml", "other.toml"}, "accepts at most 1 arg(s), received 2 (see 'hillock run --help')"},
		{[]string{"--web=:8080", ":9090"}, noFile(":9090")},
		{[]string{"--web", "my.toml"}, noFile("my.toml")},
		{[]string{"--web", "my:toml"}, noFile("my:toml")},
		{[]string{":9090"}, noFile(":9090")},
		{[]string{"--web-addr", ":8080", ":9090"}, noFile(":9090")},
		{[]string{"--web-token=12345678"}, "--web-token: goes with --web"},
		{[]string{"--web", "--web-token=1234567"}, "--web-token: must have 8 to 256 bytes, got 7"},
		{[]string{"--web", "--web-clients=0"}, "--web-clients: must be at least 1, got 0"},
		{[]string{"--web", "--web-per-address=0"}, "--web-per-address: must be at least 1, got 0"},
		{[]string{"--web-per-address=9"}, "--web-per-address: goes with --web"},
	} {
		cmd := newRoot()
		cmd.SetArgs(append([]string{"run", "--hw", "sim"}, tt.args...))
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		if err := cmd.Execute(); err == nil || err.Error() != tt.want || usage.Status(err) != 2 {
			t.Errorf("%q: got %v and status %d, want %s and 2", tt.args, err, usage.Status(err), tt.want)
		}
	}
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for _, p := range []*webPage{
		{urls: urlsOf(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})},
		{urls: urlsOf(&net.TCPAddr{IP: net.ParseIP("192.168.1.5"), Port: 80}), token: "KNOBANDLED"},
		{urls: urlsOf(&net.TCPAddr{IP: net.ParseIP("fd00::5"), Port: 80}), token: "as given"},
	} {
		p.announce(&b, false)
	}
	want := "look at http://127.0.0.1:8080\n" +
		"look at http://192.168.1.5:80\ntoken to make changes: KNOBANDLED\n" +
		"look at http://[fd00::5]:80\ntoken to make changes: as given\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Each module of a code is where the terminal shows it, with a margin of four.
func TestQR(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode("http://192.168.1.5:8080", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	lines := drawQR(code.Black, code.Size)
	for y := range 2 * len(lines) {
		line := []rune(strings.TrimSuffix(strings.TrimPrefix(lines[y/2], "\x1b[38;5;16;48;5;231m"), "\x1b[0m"))
		if len(line) != code.Size+8 {
			t.Fatalf("line %d: got %d columns, want %d", y/2, len(line), code.Size+8)
		}
		for x, r := range line {
			black := r == '█' || r == '▀' && y%2 == 0 || r == '▄' && y%2 == 1
			if want := code.Black(x-4, y-4); black != want {
				t.Fatalf("module %d, %d: got black %t, want %t", x-4, y-4, black, want)
			}
		}
	}
}

// A pulse that began and ended between two frames is on in the second one, for each who looks.
func TestTheWebSeesShortPulses(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t)
	var one, other [32]int64
	led := b.board.Outputs["led"].(board.Pulsing)
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

// The rows and strips of LEDs that the page draws are lit as those on the desk: the lowest part of them for V, all at a spike.
func TestTheWebSeesRowsOfLEDs(t *testing.T) {
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
			for _, o := range b.board.Outputs {
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

// A recorded current has the range of its file on both scopes, and a configuration that is taken elsewhere finds the file.
func TestARecordedCurrentOnTheWeb(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("../../deploy/examples/recorded.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	virtual, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(cfg, virtual)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { b.Close() }()
	loop, err := assemble(cfg, b, new(neuron.VirtualClock))
	if err != nil {
		t.Fatal(err)
	}
	v := &view{cfg: cfg, board: b, monitor: newMonitor(loop)}
	w := newOnWeb(&leg{view: v, loop: loop})
	h := w.Hello()
	low, high := v.currents(cfg.Neurons[0])
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
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = board.Open(cfg, virtual); err != nil {
		t.Fatal(err)
	}
}

// The rates that were seen of a neuron are not those of the neuron that it becomes.
func TestTheWebForgetsTheRatesOfOtherParameters(t *testing.T) {
	t.Parallel()
	for _, change := range []struct {
		name string
		do   func(*onWeb) error
	}{
		{"a slider", func(w *onWeb) error { return w.Set("n1", "tau_m", 20) }},
		{"a reset", (*onWeb).Reset},
	} {
		t.Run(change.name, func(t *testing.T) {
			b, w := newWebBench(t)
			points := func() (n int) {
				w.Record().Look(func(_, _ int64, cells []trace.Cell) { n = len(cells[0].Rates.Points()) })
				return n
			}
			before, after := 0, 0
			b.loop.Observers = append(b.loop.Observers, at{1500: func() {
				before = points()
				if err := change.do(w); err != nil {
					t.Error(err)
				}
				after = points()
			}})
			b.run(t, 1600)
			if before == 0 || after != 0 {
				t.Errorf("got %d rates before and %d after, want some and none", before, after)
			}
		})
	}
}
