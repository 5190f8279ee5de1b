package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// rcBench returns a clock for the test, an RC and its pin.
func rcBench(parts sim.RCParts) (*stopwatch, *sim.RC, *sim.Pin) {
	clock, c := new(stopwatch), sim.NewRC(parts)
	p := sim.New(clock).Pin("GPIO17")
	p.Wire(c)
	return clock, c, p
}

// until moves the clock by 1 us until the pin has a level. It returns the time, or -1 after 100 ms.
func until(clock *stopwatch, p *sim.Pin, l gpio.Level) time.Duration {
	for began := clock.now; clock.now-began < 100*time.Millisecond; clock.now += time.Microsecond {
		if p.Read() == l {
			return clock.now - began
		}
	}
	return -1
}

// seconds returns the time from v to the threshold on the way to end, with a time constant: the closed form.
func seconds(tau, v, threshold, end float64) float64 { return tau * math.Log((end-v)/(end-threshold)) }

// The pin's effect on the capacitor against the closed forms, with pulls of 50 kOhm.
func TestRCFollowsTheClosedForms(t *testing.T) {
	t.Parallel()
	const r, rd, c, vcc, vth, pull = 12200., 330., 1e-6, 3.3, 1.5, 50e3
	rest := vcc * rd / (rd + r) // while the pin is low
	// With a pull, the input reads the capacitor through Discharge: another voltage reaches the threshold.
	up := (vth - vcc*rd/(rd+pull)) * (rd + pull) / pull
	down := vth * (rd + pull) / pull
	parallel := r * (rd + pull) / (r + rd + pull)
	high := vcc * (rd + pull) / (r + rd + pull) // final voltage with the pull-down
	for _, tt := range []struct {
		name string
		pull gpio.Pull
		want float64
	}{
		{"floating", gpio.Float, seconds(r*c, rest, vth, vcc)},
		{"pulled up", gpio.PullUp, seconds(parallel*c, rest, up, vcc)},
		{"pulled down", gpio.PullDown, seconds(parallel*c, rest, down, high)},
	} {
		clock, circuit, p := rcBench(sim.RCParts{})
		circuit.Set(1)
		p.Out(gpio.Low)
		clock.now += 20 * time.Millisecond
		p.In(tt.pull, gpio.NoEdge)
		if got := until(clock, p, gpio.High).Seconds(); math.Abs(got-tt.want) > 2e-6 {
			t.Errorf("%s: got high after %g s, want %g", tt.name, got, tt.want)
		}
	}

	// Discharge from full: the pin must be low long enough.
	clock, circuit, p := rcBench(sim.RCParts{})
	circuit.Set(1)
	p.In(gpio.Float, gpio.NoEdge)
	clock.now += time.Second
	tau := r * rd / (r + rd) * c
	want := seconds(tau, vcc, vth, rest)
	for _, tt := range []struct {
		low  time.Duration
		want gpio.Level
	}{
		{time.Duration((want - 2e-6) * 1e9), gpio.High},
		{time.Duration((want + 2e-6) * 1e9), gpio.Low},
	} {
		p.In(gpio.Float, gpio.NoEdge)
		clock.now += time.Second
		p.Out(gpio.Low)
		clock.now += tt.low
		p.In(gpio.Float, gpio.NoEdge)
		if got := p.Read(); got != tt.want {
			t.Errorf("low for %v: got %s, want %s", tt.low, got, tt.want)
		}
	}
	// Charge by an output, without the knob.
	circuit.SetFault(sim.KnobOff)
	p.Out(gpio.Low)
	clock.now += time.Second
	p.Out(gpio.High)
	clock.now += time.Duration((seconds(rd*c, 0, vth, vcc) + 2e-6) * 1e9)
	if p.In(gpio.Float, gpio.NoEdge); p.Read() != gpio.High {
		t.Error("put out high: got Low")
	}
}

// The charge time depends on each of the parts.
func TestRCUsesEachPart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		parts    sim.RCParts
		position float64
		want     float64
	}{
		{sim.RCParts{}, 0, seconds(2.2e-3, 3.3*330/2530, 1.5, 3.3)},
		{sim.RCParts{}, 0.5, seconds(7.2e-3, 3.3*330/7530, 1.5, 3.3)},
		{sim.RCParts{Knob: 20 * physic.KiloOhm}, 0.5, seconds(12.2e-3, 3.3*330/12530, 1.5, 3.3)},
		{sim.RCParts{Series: 4700 * physic.Ohm}, 0, seconds(4.7e-3, 3.3*330/5030, 1.5, 3.3)},
		{sim.RCParts{Discharge: 470 * physic.Ohm}, 0, seconds(2.2e-3, 3.3*470/2670, 1.5, 3.3)},
		{sim.RCParts{Capacitor: 2200 * physic.NanoFarad}, 1, seconds(26.84e-3, 3.3*330/12530, 1.5, 3.3)},
		{sim.RCParts{Threshold: 1200 * physic.MilliVolt}, 1, seconds(12.2e-3, 3.3*330/12530, 1.2, 3.3)},
	} {
		clock, c, p := rcBench(tt.parts)
		c.Set(tt.position)
		if c.Position() != tt.position {
			t.Errorf("got position %g, want %g", c.Position(), tt.position)
		}
		p.Out(gpio.Low)
		clock.now += time.Second
		p.In(gpio.Float, gpio.NoEdge)
		if got := until(clock, p, gpio.High).Seconds(); math.Abs(got-tt.want) > 2e-6 {
			t.Errorf("%+v at %g: got high after %g s, want %g", tt.parts, tt.position, got, tt.want)
		}
	}
}

// Each fault after 20 ms low: the charge time without pull, with the pull-down and with the pull-up.
func TestRCFaultsChangeTheTimes(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, tt := range []struct {
		fault sim.RCFault
		name  string
		want  []time.Duration // rounded; -1: never high
	}{
		{sim.RCGood, "good", []time.Duration{4 * ms, 4 * ms, 3 * ms}},
		{sim.KnobOff, "knob off", []time.Duration{-1, -1, 30 * ms}},
		{sim.CapacitorOff, "capacitor off", []time.Duration{0, 0, 0}},
		{sim.CapacitorShorted, "capacitor shorted", []time.Duration{-1, -1, -1}},
		{sim.PinOff, "pin off", []time.Duration{-1, -1, 0}},
		{7, "RCFault(7)", []time.Duration{4 * ms, 4 * ms, 3 * ms}},
	} {
		clock, c, p := rcBench(sim.RCParts{})
		c.Set(0.5)
		c.SetFault(tt.fault)
		var got []time.Duration
		for _, pull := range []gpio.Pull{gpio.Float, gpio.PullDown, gpio.PullUp} {
			p.Out(gpio.Low)
			clock.now += 20 * ms
			p.In(pull, gpio.NoEdge)
			took := until(clock, p, gpio.High)
			if took > 0 {
				took = took.Round(ms)
			}
			got = append(got, took)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || tt.fault.String() != tt.name {
			t.Errorf("%s: (-want +got):\n%s", tt.fault, diff)
		}
	}
}

// The same seed gives the same noise. Noise of 5 mV spreads the time by 20 us, at 0.25 mV/us.
func TestRCNoise(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (times []time.Duration) {
		clock, c, p := rcBench(sim.RCParts{Noise: 5 * physic.MilliVolt, Seed: seed})
		c.Set(0.5)
		for range 20 {
			p.Out(gpio.Low)
			clock.now += 20 * time.Millisecond
			p.In(gpio.Float, gpio.NoEdge)
			times = append(times, until(clock, p, gpio.High))
		}
		return times
	}
	a := run(1)
	if diff := cmp.Diff(a, run(1)); diff != "" {
		t.Errorf("the same seed (-first +second):\n%s", diff)
	}
	if cmp.Equal(a, run(2)) {
		t.Error("got the same noise from another seed")
	}
	exact := seconds(7.2e-3, 3.3*330/7530, 1.5, 3.3)
	for _, took := range a { // the first high of many reads comes early
		if early := exact - took.Seconds(); early < 0 || early > 150e-6 {
			t.Errorf("got high after %v, want up to 150us before %g s", took, exact)
		}
	}
}

// Drive holds the capacitor's node. The record has the edges of Drive and of the program, none of the capacitor.
func TestWire(t *testing.T) {
	t.Parallel()
	clock, _, p := rcBench(sim.RCParts{})
	p.In(gpio.Float, gpio.NoEdge)
	clock.now = time.Second
	levels := fmt.Sprint(p.Level())
	p.Drive(gpio.Low)
	levels += fmt.Sprint(" ", p.Level())
	clock.now += time.Second
	p.Release()
	levels += fmt.Sprint(" ", p.Level())
	clock.now += time.Second
	levels += fmt.Sprint(" ", p.Level())
	p.Out(gpio.Low)
	clock.now += time.Second
	p.In(gpio.Float, gpio.NoEdge)
	levels += fmt.Sprint(" ", p.Level())
	p.Wire(nil)
	clock.now += time.Second
	levels += fmt.Sprint(" ", p.Level())
	if want := "High Low Low High Low Low"; levels != want {
		t.Errorf("got %s, want %s", levels, want)
	}
	if diff := cmp.Diff([]sim.Edge{{At: 1 * time.Second, Level: gpio.Low, By: sim.ByOutside}, {At: 3 * time.Second, Level: gpio.Low}}, p.Edges()); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}

func TestLateClock(t *testing.T) {
	t.Parallel()
	const latency, spread, n = 30 * time.Microsecond, 70 * time.Microsecond, 10_000
	run := func(seed uint64) (sleeps [n]time.Duration) {
		c := sim.NewLateClock(latency, spread, seed)
		for i := range sleeps {
			began := c.Now()
			c.Sleep(time.Millisecond)
			sleeps[i] = c.Now() - began
		}
		return sleeps
	}
	a := run(1)
	if a != run(1) || a == run(2) {
		t.Error("got sleeps that do not follow from the seed")
	}
	least, most, sum := time.Hour, time.Duration(0), time.Duration(0)
	for _, s := range a {
		least, most, sum = min(least, s), max(most, s), sum+s
	}
	const exact = time.Millisecond + latency + time.Microsecond // the final Now
	if mean := sum / n; least < exact || least > exact+spread/100 || most > exact+spread || most < exact+spread-spread/100 ||
		mean < exact+spread*48/100 || mean > exact+spread*52/100 {
		t.Errorf("got sleeps from %v to %v, mean %v, want %v to %v, mean in the middle", least, most, mean, exact, exact+spread)
	}
	c := sim.NewLateClock(-1, -1, 0)
	if c.Sleep(-1); c.Now() != time.Microsecond {
		t.Error("got time from less than nothing")
	}
}
