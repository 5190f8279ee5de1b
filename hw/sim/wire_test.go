package sim_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// join connects pairs of pins.
func join(t *testing.T, pi *sim.Pi, pairs ...[2]string) {
	t.Helper()
	for _, p := range pairs {
		if err := pi.Connect(p[0], p[1]); err != nil {
			t.Fatal(err)
		}
	}
}

// GPIO17, GPIO22 and GPIO27 are on one wire. After each step all of them have the same level.
func TestWiredPinsHaveOneLevel(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	a, b, c := pi.Pin("GPIO17"), pi.Pin("GPIO22"), pi.Pin("GPIO27")
	join(t, pi, [2]string{"GPIO27", "GPIO17"}, [2]string{"P1_13", "GPIO22"}, [2]string{"GPIO22", "GPIO27"})
	in := func(p *sim.Pin, pull gpio.Pull) func() error { return func() error { return p.In(pull, gpio.NoEdge) } }
	out := func(p *sim.Pin, l gpio.Level) func() error { return func() error { return p.Out(l) } }
	drive := func(p *sim.Pin, l gpio.Level) func() error { return func() error { p.Drive(l); return nil } }
	release := func(p *sim.Pin) func() error { return func() error { p.Release(); return nil } }
	for _, step := range []struct {
		name string
		do   func() error
		want gpio.Level
	}{
		{"two pull-downs", in(a, gpio.Float), gpio.Low},
		{"a pull-up against a pull-down: undefined", in(b, gpio.PullUp), gpio.Low},
		{"two pull-ups against a pull-down", in(a, gpio.PullUp), gpio.High},
		{"driven low", drive(c, gpio.Low), gpio.Low},
		{"driven high on another pin too", drive(a, gpio.High), gpio.Low},
		{"both high", drive(c, gpio.High), gpio.High},
		{"the other one low", drive(a, gpio.Low), gpio.Low},
		{"the low one released", release(a), gpio.High},
		{"an output against the outside", out(b, gpio.Low), gpio.Low},
		{"a second output of the same level", out(c, gpio.Low), gpio.Low},
		{"the first an input again", in(b, gpio.PullUp), gpio.Low},
		{"the second high", out(c, gpio.High), gpio.High},
		{"an input again", in(c, gpio.PullDown), gpio.High},
		{"released", release(c), gpio.High},
		{"one pull-down", func() error { return errors.Join(in(a, gpio.Float)(), in(b, gpio.Float)()) }, gpio.Low},
	} {
		if err := step.do(); err != nil {
			t.Errorf("%s: got %v", step.name, err)
		}
		for _, p := range []*sim.Pin{a, b, c} {
			if p.Level() != step.want || p.Read() != step.want {
				t.Errorf("%s: got %s %s, want %s", step.name, p, p.Level(), step.want)
			}
		}
	}
	if got := pi.Pin("GPIO23").Edges(); got != nil {
		t.Errorf("a pin beside the wire: got %v, want no edges", got)
	}
}

// Every pin on a wire records each edge. Only the pin of the cause names the program or the outside.
func TestEdgesOnAWireNameTheirCause(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	a, b := pi.Pin("GPIO17"), pi.Pin("GPIO27")
	must := func(err error) {
		t.Helper()
		clock.now += time.Second
		if err != nil {
			t.Error(err)
		}
	}
	must(a.Out(gpio.High))
	must(pi.Connect("GPIO17", "GPIO27"))
	must(a.Out(gpio.Low))
	must(a.In(gpio.PullDown, gpio.NoEdge))
	b.Drive(gpio.High)
	must(nil)
	must(pi.Disconnect("GPIO27", "GPIO17"))
	s := time.Second
	want := []sim.Edge{{0, true, sim.ByProgram}, {2 * s, false, sim.ByProgram}, {4 * s, true, sim.ByWire}, {5 * s, false, sim.ByWire}}
	if diff := cmp.Diff(want, a.Edges()); diff != "" {
		t.Errorf("GPIO17 (-want +got):\n%s", diff)
	}
	want = []sim.Edge{{1 * s, true, sim.ByWire}, {2 * s, false, sim.ByWire}, {4 * s, true, sim.ByOutside}}
	if diff := cmp.Diff(want, b.Edges()); diff != "" {
		t.Errorf("GPIO27 (-want +got):\n%s", diff)
	}
	for d, want := range map[sim.Driver]string{sim.ByProgram: "program", sim.ByOutside: "outside", sim.ByWire: "wire", 7: "Driver(7)"} {
		if d.String() != want {
			t.Errorf("got %s, want %s", d, want)
		}
	}
}

// An edge over a wire ends a wait at its time. So does connecting the wire.
func TestWaitForEdgeOverAWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		out, in := pi.Pin("GPIO17"), pi.Pin("GPIO27")
		if err := in.In(gpio.PullDown, gpio.RisingEdge); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		wait := func(at time.Duration, name string, do func() error) {
			t.Helper()
			time.AfterFunc(at-time.Since(start), func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
			if !in.WaitForEdge(time.Hour) || time.Since(start) != at {
				t.Errorf("%s: got no edge or one after %s, want one after %s", name, time.Since(start), at)
			}
		}
		if err := out.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		wait(1*time.Second, "the wire", func() error { return pi.Connect("GPIO17", "GPIO27") })
		wait(2*time.Second, "the output", func() error { return errors.Join(out.Out(gpio.Low), out.Out(gpio.High)) })
		if err := out.Out(gpio.Low); err != nil || in.WaitForEdge(time.Second) {
			t.Errorf("got %v or a falling edge, want none", err)
		}
	})
}

func TestShortCircuitIsRefused(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	a, b := pi.Pin("GPIO17"), pi.Pin("GPIO27")
	if err := errors.Join(a.Out(gpio.High), b.Out(gpio.Low)); err != nil {
		t.Fatal(err)
	}
	join(t, pi, [2]string{"GPIO27", "GPIO22"})
	for _, tt := range []struct {
		do   func() error
		want string
	}{
		{
			func() error { return pi.Connect("GPIO17", "GPIO22") },
			"sim: connect GPIO17 and GPIO22: short circuit: GPIO17 drives it high and GPIO27 drives it low: make one of them an input",
		},
		{
			func() error { return pi.Pin("GPIO22").Out(gpio.High) },
			"sim: GPIO22: out high: short circuit: GPIO27 drives the wire low: make one of them an input",
		},
	} {
		if err := tt.do(); text(err) != tt.want || !errors.Is(err, sim.ErrShort) {
			t.Errorf("got %q, want %q", text(err), tt.want)
		}
	}
	if a.Level() != gpio.High || b.Level() != gpio.Low || pi.Pin("GPIO22").Func() != gpio.IN_LOW {
		t.Errorf("got %s, %s, %s after errors, want nothing changed", a.Level(), b.Level(), pi.Pin("GPIO22").Func())
	}
	if err := errors.Join(b.In(gpio.PullDown, gpio.NoEdge), pi.Connect("GPIO17", "GPIO22")); err != nil || b.Level() != gpio.High {
		t.Errorf("one an input: got %v, %s, want High", err, b.Level())
	}
}

func TestConnectErrors(t *testing.T) {
	t.Parallel()
	const pins = "the virtual Pi has GPIO0 to GPIO27: use a name like GPIO17, 17, P1_11 or SPI0_MOSI"
	pi := sim.New(nil)
	join(t, pi, [2]string{"GPIO5", "GPIO6"}, [2]string{"GPIO6", "GPIO5"}) // one wire
	for _, tt := range []struct {
		do   func(a, b string) error
		a, b string
		want string
	}{
		{pi.Connect, "GPIO99", "GPIO27", `sim: connect GPIO99 and GPIO27: no pin "GPIO99": ` + pins},
		{pi.Connect, "GPIO17", "GPIO99", `sim: connect GPIO17 and GPIO99: no pin "GPIO99": ` + pins},
		{pi.Connect, "GPIO17", "P1_11", "sim: connect GPIO17 and P1_11: both are GPIO17: use two pins"},
		{pi.Disconnect, "GPIO17", "GPIO99", `sim: disconnect GPIO17 and GPIO99: no pin "GPIO99": ` + pins},
		{pi.Disconnect, "GPIO17", "GPIO27", "sim: disconnect GPIO17 and GPIO27: there is no wire between them"},
		{pi.Disconnect, "GPIO5", "GPIO6", ""},
		{pi.Disconnect, "GPIO5", "GPIO6", "sim: disconnect GPIO5 and GPIO6: there is no wire between them"},
	} {
		if got := text(tt.do(tt.a, tt.b)); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// Every pin on a wire reads the circuit of one of them.
func TestCircuitOverAWire(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	pi.Pin("GPIO17").Wire(sim.NewRC(sim.RCParts{}))
	join(t, pi, [2]string{"GPIO17", "GPIO27"})
	in := pi.Pin("GPIO27")
	for _, p := range []*sim.Pin{in, pi.Pin("GPIO17")} {
		if err := p.In(gpio.Float, gpio.NoEdge); err != nil {
			t.Fatal(err)
		}
	}
	// 2.2 kOhm and 1 uF reach 1.5 V of 3.3 V after 1.334 ms.
	for _, tt := range []struct {
		at   time.Duration
		want gpio.Level
	}{{0, gpio.Low}, {1330 * time.Microsecond, gpio.Low}, {1340 * time.Microsecond, gpio.High}} {
		clock.now = tt.at
		if got := in.Read(); got != tt.want {
			t.Errorf("after %s: got %s, want %s", tt.at, got, tt.want)
		}
	}
}
