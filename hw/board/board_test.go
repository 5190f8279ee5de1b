package board_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/hw/sim"
)

const ms = time.Millisecond

// clock is a clock for tests: only Sleep and the test advance it.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Duration    { return time.Duration(c.now.Load()) }
func (c *clock) Sleep(d time.Duration) { c.now.Add(int64(d)) }

func open(t *testing.T, sets ...string) (*board.Virtual, *board.Board) {
	t.Helper()
	return openOn(t, new(clock), sets...)
}

func openOn(t *testing.T, c sim.Clock, sets ...string) (*board.Virtual, *board.Board) {
	t.Helper()
	cfg := load(t, sets...)
	v, err := board.NewVirtual(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(cfg, v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return v, b
}

func load(t testing.TB, sets ...string) *config.Config {
	t.Helper()
	cfg, err := config.Load("", sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func Example() {
	cfg := config.Default(part.Kinds())
	pi, err := board.NewVirtual(cfg, nil) // on a Pi: board.Real()
	if err != nil {
		panic(err)
	}
	b, err := board.Open(cfg, pi)
	if err != nil {
		panic(err)
	}
	defer b.Close()

	pi.Knobs["knob"].Set(1)
	fmt.Println(b.Inputs["knob"].Current(0), "nA")
	r := b.Inputs["knob"].Reading()
	fmt.Println(r.Raw, r.Position, r.State)
	// Output:
	// 5 nA
	// 1023 1 ok
}

func TestCurrentIsLowPlusSpanTimesPosition(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		current string
		code    int
		want    float64
	}{
		{`["0 nA", "5 nA"]`, 0, 0},
		{`["0 nA", "5 nA"]`, 1023, 5},
		{`["0 nA", "5 nA"]`, 409, 5 * (409. / 1023)},
		{`["-2 nA", "2 nA"]`, 0, -2},
		{`["-2 nA", "2 nA"]`, 1023, 2},
		{`["3 nA", "1 nA"]`, 1023, 1}, // a reversed knob
	} {
		v, b := open(t, "input.knob.current="+tt.current)
		v.Knobs["knob"].SetCode(tt.code)
		if got := b.Inputs["knob"].Current(ms); got != tt.want {
			t.Errorf("%s at code %d: got %v nA, want %v", tt.current, tt.code, got, tt.want)
		}
		b.Close()
	}
}

func TestDifferentialKnob(t *testing.T) {
	t.Parallel()
	v, b := open(t, "input.knob.differential=[2, 3]")
	v.Knobs["knob"].SetCode(1023)
	if got := b.Inputs["knob"].Current(ms); got != 5 {
		t.Errorf("got %v nA with IN+ at the top and IN- at ground, want 5", got)
	}
}

func TestFailedKnobHoldsThenIsLostThenReturns(t *testing.T) {
	t.Parallel()
	v, b := open(t)
	port, k := v.Ports["SPI0.0"], b.Inputs["knob"]
	good := k.Current(0)
	port.SetFaults(sim.Faults{Err: syscall.EIO})
	for _, at := range []time.Duration{1 * ms, 499 * ms} {
		if got := k.Current(at); got != good || k.Reading().State != board.Holding {
			t.Errorf("at %v: got %v nA, %v; want %v held", at, got, k.Reading().State, good)
		}
	}
	if got := k.Current(500 * ms); got != 0 || k.Reading().State != board.Lost || k.Reading().Current != 0 {
		t.Errorf("at stale_after: got %v nA, %+v; want 0, lost", got, k.Reading())
	}
	if r := k.Reading(); r.Failed != 3 || r.Raw != 409 || !errors.Is(r.Fault, syscall.EIO) {
		t.Errorf("got %+v, want 3 failed reads, the last good code 409, and why", r)
	}
	k.Current(501 * ms) // reopened in vain
	port.SetFaults(sim.Faults{})
	if got := k.Current(900 * ms); got != 0 {
		t.Errorf("got %v nA before it may be opened again, want 0", got)
	}
	if got := k.Current(1001 * ms); got != good || k.Reading().State != board.OK || k.Reading().Fault != nil {
		t.Errorf("got %v nA, %+v after the fault; want %v, ok", got, k.Reading(), good)
	}
}

func TestKnobsOnOneChipReopenTogether(t *testing.T) {
	t.Parallel()
	v, b := open(t, "input.second.driver=mcp3008", "input.second.channel=1", "input.second.stale_after=100 ms")
	port, first, second := v.Ports["SPI0.0"], b.Inputs["knob"], b.Inputs["second"]
	v.Knobs["second"].SetCode(1023)
	first.Current(0)
	second.Current(0)
	port.SetFaults(sim.Faults{MISO: sim.Open})
	for at := ms; at < 1500*ms; at += ms {
		first.Current(at)
		second.Current(at)
		if at == 300*ms && (first.Reading().State != board.Holding || second.Reading().State != board.Lost) {
			t.Errorf("got %v and %v after 300 ms, want the one with the shorter stale_after lost", first.Reading().State, second.Reading().State)
		}
	}
	port.SetFaults(sim.Faults{})
	for at := 1500 * ms; at < 2100*ms; at += ms {
		first.Current(at)
		second.Current(at)
	}
	if a, c := first.Reading(), second.Reading(); a.State != board.OK || c.State != board.OK || a.Raw != 409 || c.Raw != 1023 {
		t.Errorf("got %+v and %+v after the fault, want both ok", a, c)
	}
}

// noPorts is a Pi without the device nodes of its ports.
type noPorts struct {
	board.Pi
	lost error // nil while they exist
}

func (p *noPorts) OpenSPI(port string) (spi.PortCloser, error) {
	if p.lost != nil {
		return nil, p.lost
	}
	return p.Pi.OpenSPI(port)
}

func TestLostPortReturns(t *testing.T) {
	t.Parallel()
	cfg := load(t)
	v, err := board.NewVirtual(cfg, new(clock))
	if err != nil {
		t.Fatal(err)
	}
	pi := &noPorts{Pi: v}
	b, err := board.Open(cfg, pi)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	k := b.Inputs["knob"]
	k.Current(0)
	v.Ports["SPI0.0"].SetFaults(sim.Faults{Err: syscall.ENODEV})
	k.Current(600 * ms)
	pi.lost = errors.New("the port is gone")
	k.Current(700 * ms)
	k.Current(1200 * ms)
	if r := k.Reading(); r.State != board.Lost || fmt.Sprint(r.Fault) != "mcp3008 on SPI0.0: the port is gone" {
		t.Errorf("got %+v, want it lost for want of a port", r)
	}
	pi.lost = nil
	v.Ports["SPI0.0"].SetFaults(sim.Faults{})
	if k.Current(1800 * ms); k.Reading().State != board.OK {
		t.Errorf("got %+v, want ok", k.Reading())
	}
}

func TestHangingKnobHoldsThenIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openOn(t, nil, "input.second.driver=mcp3008", "input.second.channel=1")
		k, second := b.Inputs["knob"].(*board.Knob), b.Inputs["second"]
		good := k.Current(0)
		second.Current(0)
		v.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: time.Second})
		mended := make(chan bool)
		go func() { mended <- k.Mend(1 * ms) }()
		synctest.Wait()
		const late = "mcp3008 on SPI0.0: no answer in time: a transfer hangs or is slow"
		for _, at := range []time.Duration{2 * ms, 499 * ms} {
			if got := k.Hold(at); got != good || k.Reading().State != board.Holding || fmt.Sprint(k.Reading().Fault) != late {
				t.Errorf("at %v: got %v nA, %+v; want %v held", at, got, k.Reading(), good)
			}
			if got := second.Current(at); got != good || fmt.Sprint(second.Reading().Fault) != late {
				t.Errorf("at %v: got %v nA, %+v from the chip's other knob; want it held, too", at, got, second.Reading())
			}
		}
		if got := k.Hold(500 * ms); got != 0 || k.Reading().State != board.Lost || k.Reading().Failed != 1 {
			t.Errorf("got %v nA, %+v after stale_after; want 0, lost, one failed read", got, k.Reading())
		}
		// The answer is as old as its request: good, but too late for this tick.
		if !<-mended {
			t.Error("got no answer, want the one that took a second")
		}
		if got := k.Hold(1001 * ms); got != 0 || k.Reading().State != board.Lost {
			t.Errorf("got %v nA, %+v with an answer that took a second; want 0, lost", got, k.Reading())
		}
		v.Ports["SPI0.0"].SetFaults(sim.Faults{})
		if got := k.Current(1500 * ms); got != good || k.Reading().State != board.OK || k.Reading().Fault != nil {
			t.Errorf("got %v nA, %+v afterwards; want %v, ok", got, k.Reading(), good)
		}
	})
}

func TestCloseDoesNotWaitForHangingChip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openOn(t, nil)
		k := b.Inputs["knob"].(*board.Knob)
		k.Current(0)
		v.Ports["SPI0.0"].SetFaults(sim.Faults{Delay: time.Minute})
		b.Outputs["led"].(board.Pulsing).Spike(1, ms)
		mended := make(chan bool)
		go func() { mended <- k.Mend(1 * ms) }()
		synctest.Wait()
		start := time.Now()
		if err := b.Close(); err != nil || time.Since(start) > 100*ms || v.Pin("GPIO17").Level() != gpio.Low {
			t.Errorf("got %v after %v, GPIO17 %v; want it low within 100 ms", err, time.Since(start), v.Pin("GPIO17").Level())
		}
		<-mended
		if k.Mend(time.Hour) {
			t.Error("got an answer after Close, want none")
		}
	})
}

func TestCloseLeavesOutputsOff(t *testing.T) {
	t.Parallel()
	v, b := open(t)
	pin := v.Pin("GPIO17")
	b.Outputs["led"].(board.Pulsing).Spike(1, ms)
	if pin.Level() != gpio.High {
		t.Fatal("got no pulse")
	}
	for range 2 {
		if err := b.Close(); err != nil {
			t.Errorf("got %v, want a Close that may come twice", err)
		}
	}
	if pin.Level() != gpio.Low {
		t.Error("got GPIO17 high after Close, want low")
	}
	again, err := board.Open(load(t), v)
	if err != nil {
		t.Fatalf("got %v, want the parts free again", err)
	}
	again.Close()
}

func TestFailedOpenNamesThePartAndClosesTheRest(t *testing.T) {
	t.Parallel()
	cfg := load(t, "output.other.driver=pulse", "output.other.pin=GPIO27", "output.other.neuron=n1")
	if _, err := board.Open(cfg, board.Host{}); err == nil || !strings.HasPrefix(err.Error(), "output led: GPIO17: ") {
		t.Errorf("got %v without a Pi, want the part and what to do", err)
	}
	v, err := board.NewVirtual(cfg, new(clock))
	if err != nil {
		t.Fatal(err)
	}
	v.Pin("GPIO27").SetFault(syscall.EIO)
	_, err = board.Open(cfg, v)
	if want := "output other: pulse: GPIO27: "; err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v, want %s... and why", err, want)
	}
	if v.Pin("GPIO17").Level() != gpio.Low {
		t.Error("got GPIO17 high, want low")
	}
}

func TestBusyPinIsUsedOnceFree(t *testing.T) {
	t.Parallel()
	cfg := load(t)
	v, err := board.NewVirtual(cfg, new(clock))
	if err != nil {
		t.Fatal(err)
	}
	pin := v.Pin("GPIO17")
	pin.SetFault(syscall.EBUSY)
	b, err := board.Open(cfg, v)
	if err != nil {
		t.Fatalf("got %v, want the neuron to continue without the pin", err)
	}
	led := b.Outputs["led"].(board.Pulsing)
	led.Spike(1, ms)
	if got, want := fmt.Sprint(led.Fault()), "pulse: GPIO17: sim: GPIO17: out: device or resource busy"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := b.Close(); err != nil {
		t.Errorf("got %v, want a Close that leaves the other's pin alone", err)
	}
	if b, err = board.Open(cfg, v); err != nil {
		t.Fatal(err)
	}
	pin.SetFault(nil)
	led = b.Outputs["led"].(board.Pulsing)
	if led.Spike(2, 2*ms); led.Fault() != nil || pin.Level() != gpio.High || led.Pulses() != 1 {
		t.Errorf("got %v, %v, %d pulses when it is free; want its first pulse", led.Fault(), pin.Level(), led.Pulses())
	}
	if err := b.Close(); err != nil || pin.Level() != gpio.Low {
		t.Errorf("got %v, %v; want it low", err, pin.Level())
	}
}

func TestNoAllocationPerRead(t *testing.T) {
	_, b := open(t)
	now := time.Duration(0)
	if n := testing.AllocsPerRun(1000, func() {
		now += ms
		b.Inputs["knob"].Current(now)
	}); n != 0 {
		t.Errorf("got %g allocations a read, want 0", n)
	}
}

func BenchmarkCurrent(b *testing.B) {
	cfg := load(b)
	v, err := board.NewVirtual(cfg, new(clock))
	if err != nil {
		b.Fatal(err)
	}
	bd, err := board.Open(cfg, v)
	if err != nil {
		b.Fatal(err)
	}
	defer bd.Close()
	b.ReportAllocs()
	for b.Loop() {
		bd.Inputs["knob"].Current(ms)
	}
}

func defaultText() string { return string(config.DefaultTOML()) }

func loadText(t testing.TB, text string, sets ...string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("", []byte(text), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestReopenedKnobForgetsOldReadings(t *testing.T) {
	v, b := open(t, "input.knob.median=5", "input.knob.average=10")
	k, knob := b.Inputs["knob"], v.Knobs["knob"]
	knob.SetCode(1023)
	for at := time.Duration(0); at < 20*ms; at += ms {
		k.Current(at)
	}
	v.Ports["SPI0.0"].SetFaults(sim.Faults{Err: syscall.EIO})
	k.Current(20 * ms)
	if k.Current(600 * ms); k.Reading().State != board.Lost {
		t.Fatalf("got %+v, want it lost", k.Reading())
	}
	v.Ports["SPI0.0"].SetFaults(sim.Faults{})
	knob.SetCode(0)
	if got := k.Current(1200 * ms); got != 0 || k.Reading().State != board.OK {
		t.Errorf("got %g nA, %+v in the first tick afterwards; want 0 nA, ok", got, k.Reading())
	}
}
