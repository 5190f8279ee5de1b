package rc_test

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/rc"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
)

// strict is a pin that allows what the kernel's character device allows, and nothing more.
type strict struct {
	*sim.Pin
	t      *testing.T
	output bool
	refuse string // "out" or "in"
	closed int    // number of releases
	outs   int
	reads  int
}

var errRefused = fmt.Errorf("line_request ioctl: %w", syscall.EBUSY)

func (p *strict) Out(l gpio.Level) error {
	if p.refuse == "out" {
		return errRefused
	}
	p.output = true
	p.outs++
	return p.Pin.Out(l)
}

func (p *strict) In(pull gpio.Pull, edge gpio.Edge) error {
	if pull != gpio.Float || edge != gpio.NoEdge {
		p.t.Errorf("got In(%s, %s), want it to float and no edges", pull, edge)
	}
	if p.refuse == "in" {
		return errRefused
	}
	p.output = false
	return p.Pin.In(pull, edge)
}

func (p *strict) Read() gpio.Level {
	if p.output {
		p.t.Error("got an output read back")
	}
	p.reads++
	return p.Pin.Read()
}

func (p *strict) Func() pin.Func {
	p.t.Error("got Func, want no read of the pin")
	return pin.FuncNone
}

func (p *strict) WaitForEdge(time.Duration) bool {
	p.t.Error("got WaitForEdge")
	return false
}

func (p *strict) Close() { p.closed++ }

// bench is a virtual Pi with an RC and a Dev on GPIO17.
type bench struct {
	rc  *sim.RC
	pin *strict
	dev *rc.Dev
}

func wire(t *testing.T, clock sim.Clock, parts sim.RCParts, o rc.Opts) bench {
	t.Helper()
	b := bench{rc: sim.NewRC(parts), pin: &strict{Pin: sim.New(clock).Pin("GPIO17"), t: t}}
	b.pin.Wire(b.rc)
	o.Clock = clock
	d, err := rc.New(b.pin, &o)
	if err != nil {
		t.Fatal(err)
	}
	b.dev = d
	return b
}

func (b bench) read(t *testing.T, position float64) analog.Sample {
	t.Helper()
	b.rc.Set(position)
	s, err := b.dev.Read()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// calibrate measures the ends.
func (b bench) calibrate(t *testing.T) [2]time.Duration {
	t.Helper()
	return [2]time.Duration{time.Duration(b.read(t, 0).Raw), time.Duration(b.read(t, 1).Raw)}
}

// late returns a clock with wake-ups up to 100 us late.
func late(seed uint64) sim.Clock { return sim.NewLateClock(0, 100*time.Microsecond, seed) }

// Positions are accurate with parts at the ends of their tolerance, calibrated at both ends, with wake-ups up to 100 us
// late. There are 100 Reads at each position. The log has the table of errors.
func TestPositionsAreAccurate(t *testing.T) {
	reads := 100
	if testing.Short() {
		reads = 25
	}
	for _, tt := range []struct {
		name  string
		parts sim.RCParts
	}{
		{"nominal", sim.RCParts{}},
		{"threshold 1.2 V", sim.RCParts{Threshold: 1200 * physic.MilliVolt}},
		{"threshold 1.8 V", sim.RCParts{Threshold: 1800 * physic.MilliVolt}},
		{"parts 20 % low, 1.2 V", sim.RCParts{Knob: 8 * physic.KiloOhm, Capacitor: 800 * physic.NanoFarad, Threshold: 1200 * physic.MilliVolt}},
		{"parts 20 % high, 1.8 V", sim.RCParts{Knob: 12 * physic.KiloOhm, Capacitor: 1200 * physic.NanoFarad, Threshold: 1800 * physic.MilliVolt}},
		{"5 mV of noise", sim.RCParts{Noise: 5 * physic.MilliVolt, Seed: 1}},
	} {
		b := wire(t, late(99), tt.parts, rc.Opts{})
		ends := b.calibrate(t)
		t.Logf("%s: ends %v, error in %% of full scale", tt.name, ends)
		t.Log("position   median    worst")
		for i := range 21 {
			position := float64(i) / 20
			var miss []float64
			b := wire(t, late(uint64(i)), tt.parts, rc.Opts{Ends: ends})
			for range reads {
				miss = append(miss, 100*(b.dev.Position(b.read(t, position))-position))
			}
			slices.Sort(miss)
			median, worst := miss[reads/2], max(-miss[0], miss[reads-1])
			t.Logf("%8.2f %+8.2f %8.2f", position, median, worst)
			if max(median, -median) > 1 || worst > 3 {
				t.Errorf("%s: at %.2f: got errors with median %.2f and worst %.2f %%, want up to 1 and 3", tt.name, position, median, worst)
			}
		}
	}
}

// Nominal parts need no calibration: the circuit of hw/sim and the equation of this package agree.
func TestNominalPartsNeedNoCalibration(t *testing.T) {
	for _, tt := range []rc.Opts{
		{},
		{Threshold: 1200 * physic.MilliVolt},
		{Knob: 100 * physic.KiloOhm, Capacitor: 220 * physic.NanoFarad, Threshold: 1800 * physic.MilliVolt},
		{Series: 4700 * physic.Ohm, Discharge: 470 * physic.Ohm, Charges: 1},
	} {
		b := wire(t, sim.NewLateClock(0, 0, 1), sim.RCParts{
			Knob: tt.Knob, Series: tt.Series, Discharge: tt.Discharge, Capacitor: tt.Capacitor, Threshold: tt.Threshold,
		}, tt)
		low, high := b.dev.Range()
		for i, position := range []float64{0, 0.25, 0.5, 0.75, 1} {
			s := b.read(t, position)
			if got := b.dev.Position(s); max(got-position, position-got) > 0.01 || s.V != 0 {
				t.Errorf("%+v: got %g from %v of %v to %v, want %g", tt, got, s, low, high, position)
			}
			if i == 0 && b.dev.Position(analog.Sample{Raw: s.Raw / 2}) != 0 || i == 4 && b.dev.Position(analog.Sample{Raw: 2 * s.Raw}) != 1 {
				t.Errorf("%+v: got a position beyond the ends", tt)
			}
		}
	}
}

// A pull left on by gpio.Float bends the line, as the package comment warns.
func TestPullBendsTheLine(t *testing.T) {
	for _, pull := range []gpio.Pull{gpio.PullUp, gpio.PullDown} {
		clock := sim.NewLateClock(0, 0, 1)
		circuit, p := sim.NewRC(sim.RCParts{}), sim.New(clock).Pin("GPIO17")
		p.Wire(circuit)
		d, err := rc.New(pulled{p, pull}, &rc.Opts{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		b := bench{rc: circuit, dev: d}
		ends, half := b.calibrate(t), time.Duration(b.read(t, 0.5).Raw)
		got := float64(half-ends[0]) / float64(ends[1]-ends[0])
		t.Logf("%s: ends %v, %.3f at 0.5", pull, ends, got)
		if bent := max(got-0.5, 0.5-got); bent < 0.01 {
			t.Errorf("%s: got %g at 0.5, want it off by more than 0.01", pull, got)
		}
	}
}

// pulled is a pin like those of periph's gpioioctl: Float leaves the pull on.
type pulled struct {
	*sim.Pin
	pull gpio.Pull
}

func (p pulled) In(pull gpio.Pull, edge gpio.Edge) error { return p.Pin.In(p.pull, edge) }

// stalling is a clock with one stall of its program, at the nth call of Now.
type stalling struct {
	sim.Clock
	calls, at int
	stall     time.Duration
}

func (c *stalling) Now() time.Duration {
	if c.calls++; c.calls == c.at {
		c.Clock.Sleep(c.stall)
	}
	return c.Clock.Now()
}

// A stall at any place leaves a Read right, also between a poll and the clock: the interval of the charge is too wide.
func TestStallsDoNotBendAResult(t *testing.T) {
	const position = 0.3
	for _, stall := range []time.Duration{300 * time.Microsecond, 2 * time.Millisecond, 50 * time.Millisecond} {
		at, worst := 1, 0.0
		for done := false; !done; at++ {
			clock := &stalling{Clock: sim.NewLateClock(0, 0, uint64(at)), at: at, stall: stall}
			b := wire(t, clock, sim.RCParts{}, rc.Opts{Charges: 1})
			got := b.dev.Position(b.read(t, position))
			worst = max(worst, got-position, position-got)
			done = clock.calls < at
		}
		t.Logf("%v, at each of %d calls: worst error %.2f %%", stall, at, 100*worst)
		if worst > 0.03 {
			t.Errorf("%v: got an error of %.4f, want up to 0.03", stall, worst)
		}
	}
}

// Read follows a knob that turns between and within Reads at once.
func TestReadFollowsTheKnob(t *testing.T) {
	b := wire(t, late(1), sim.RCParts{}, rc.Opts{})
	for _, position := range []float64{1, 0, 0.5, 0.1, 0.9} {
		if got := b.dev.Position(b.read(t, position)); max(got-position, position-got) > 0.03 {
			t.Errorf("got %g, want %g", got, position)
		}
	}
}

// A knob at rest takes one charge per time, polled only near its end.
func TestKnobAtRestIsPolledSeldom(t *testing.T) {
	b := wire(t, late(1), sim.RCParts{}, rc.Opts{})
	b.read(t, 0.8)
	b.pin.outs, b.pin.reads = 0, 0
	b.read(t, 0.8)
	if b.pin.outs != 5 || b.pin.reads > 50 {
		t.Errorf("got %d charges and %d polls, want 5 and up to 50", b.pin.outs, b.pin.reads)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Each fault has its error. After the repair, Read is right again.
func TestEachFaultHasItsError(t *testing.T) {
	const (
		never = "rc on GPIO17: never high within 21.2 ms: check the wires of the knob, to 3V3 and to the pin, and the capacitor for a short"
		once  = "rc on GPIO17: high at once, after 7 us: check the capacitor's wires to the resistors and GND, and that nothing else holds the pin"
	)
	for _, tt := range []struct {
		name   string
		unplug func(bench)
		mend   func(bench)
		is     error
		want   string
	}{
		{"knob off", func(b bench) { b.rc.SetFault(sim.KnobOff) }, nil, rc.ErrNeverHigh, never},
		{"capacitor shorted", func(b bench) { b.rc.SetFault(sim.CapacitorShorted) }, nil, rc.ErrNeverHigh, never},
		{"pin off", func(b bench) { b.rc.SetFault(sim.PinOff) }, nil, rc.ErrNeverHigh, never},
		{"held low", func(b bench) { b.pin.Drive(gpio.Low) }, func(b bench) { b.pin.Release() }, rc.ErrNeverHigh, never},
		{"capacitor off", func(b bench) { b.rc.SetFault(sim.CapacitorOff) }, nil, rc.ErrAtOnce, once},
		{"held high", func(b bench) { b.pin.Drive(gpio.High) }, func(b bench) { b.pin.Release() }, rc.ErrAtOnce, once},
		{"no output", func(b bench) { b.pin.refuse = "out" }, func(b bench) { b.pin.refuse = "" }, syscall.EBUSY,
			"rc on GPIO17: line_request ioctl: device or resource busy"},
		{"no input", func(b bench) { b.pin.refuse = "in" }, func(b bench) { b.pin.refuse = "" }, syscall.EBUSY,
			"rc on GPIO17: line_request ioctl: device or resource busy"},
	} {
		b := wire(t, sim.NewLateClock(0, 0, 1), sim.RCParts{}, rc.Opts{})
		b.read(t, 0.5)
		tt.unplug(b)
		s, err := b.dev.Read()
		if text(err) != tt.want || !errors.Is(err, tt.is) || s != (analog.Sample{}) {
			t.Errorf("%s: got %v, %q, want %q", tt.name, s, text(err), tt.want)
		}
		if released := b.pin.closed == 1; released != (tt.is == syscall.EBUSY) {
			t.Errorf("%s: the pin was released %d times", tt.name, b.pin.closed)
		}
		if b.rc.SetFault(sim.RCGood); tt.mend != nil {
			tt.mend(b)
		}
		if got := b.dev.Position(b.read(t, 0.5)); max(got-0.5, 0.5-got) > 0.03 {
			t.Errorf("%s: got %g after the repair, want 0.5", tt.name, got)
		}
	}
}

// Wake-ups 1 ms late, as of Go's timers, end in an error within bounded time.
func TestLateWakeUpsAreReported(t *testing.T) {
	clock := sim.NewLateClock(time.Millisecond, 0, 1)
	b := wire(t, clock, sim.RCParts{}, rc.Opts{})
	b.rc.Set(0.5)
	began := clock.Now()
	_, err := b.dev.Read()
	want := "rc on GPIO17: polled too late: only 0 of 15 charges were timed to 378 us, need 5: stop other programs, or use a larger capacitor"
	if got := text(err); got != want || !errors.Is(err, rc.ErrLate) {
		t.Errorf("got %q, want %q", got, want)
	}
	if took := clock.Now() - began; took > 200*time.Millisecond {
		t.Errorf("got an answer after %v, want 200ms", took)
	}
}

func TestNewMakesAFloatingInput(t *testing.T) {
	p := &strict{Pin: sim.New(nil).Pin("GPIO17"), t: t}
	d, err := rc.New(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(d, " ", d.Name(), " ", d.Number(), " ", d.Function()); got != "rc{GPIO17} GPIO17 17 ADC" {
		t.Errorf("got %s", got)
	}
	low, high := d.Range()
	if diff := cmp.Diff([]analog.Sample{{Raw: 1026}, {Raw: 7069}}, []analog.Sample{{Raw: low.Raw / 1000}, {Raw: high.Raw / 1000}}); diff != "" {
		t.Errorf("range in us (-want +got):\n%s", diff)
	}
	if p.Pull() != gpio.Float || p.Pin.Func() != gpio.IN_LOW || p.closed != 0 {
		t.Errorf("got %s, %s, released %d times, want a held floating input", p.Pull(), p.Pin.Func(), p.closed)
	}
	if err := d.Halt(); err != nil || p.Pull() != gpio.Float || p.Pin.Func() != gpio.IN_LOW || p.closed != 1 {
		t.Errorf("after Halt: got %v, %s, %s, released %d times, want a floating input, released", err, p.Pull(), p.Pin.Func(), p.closed)
	}

	p.refuse = "in"
	d, err = rc.New(p, nil)
	if want := "rc on GPIO17: line_request ioctl: device or resource busy"; text(err) != want || d == nil || p.closed != 2 {
		t.Errorf("got %v, %q, released %d times, want %q and a Dev", d, text(err), p.closed-1, want)
	}
}

// With the real clock, a pin held high is reported.
func TestRealClock(t *testing.T) {
	p := &strict{Pin: sim.New(nil).Pin("GPIO17"), t: t}
	p.Drive(gpio.High)
	d, err := rc.New(p, &rc.Opts{Charges: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read(); !errors.Is(err, rc.ErrAtOnce) && !errors.Is(err, rc.ErrLate) {
		t.Errorf("got %v, want %v, or %v on a busy machine", err, rc.ErrAtOnce, rc.ErrLate)
	}
}

// At any position and any lateness up to 100 us, Read errs by at most half of the widest interval plus the bend of the
// equation.
func FuzzRead(f *testing.F) {
	f.Add(uint16(0), uint8(0), uint8(100), uint64(1))
	f.Add(uint16(65535), uint8(100), uint8(0), uint64(2))
	f.Add(uint16(30000), uint8(50), uint8(50), uint64(3))
	f.Fuzz(func(t *testing.T, turn uint16, latency, spread uint8, seed uint64) {
		least := min(latency, 100)
		most := max(least, min(spread, 100))
		clock := sim.NewLateClock(time.Duration(least)*time.Microsecond, time.Duration(most-least)*time.Microsecond, seed)
		b := wire(t, clock, sim.RCParts{}, rc.Opts{})
		position := float64(turn) / 65535
		if got := b.dev.Position(b.read(t, position)); max(got-position, position-got) > 1./32+0.002 {
			t.Errorf("got %g, want %g", got, position)
		}
	})
}

func TestReadAllocatesNothing(t *testing.T) {
	b := wire(t, late(1), sim.RCParts{}, rc.Opts{})
	b.read(t, 0.5)
	if n := testing.AllocsPerRun(100, func() { b.read(t, 0.5) }); n != 0 {
		t.Errorf("got %g allocations per Read, want 0", n)
	}
}
