package pulse_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/pulse"
)

const ms = time.Millisecond

// pin writes down each level that it is given, and fails on demand as gpioioctl's does.
type pin struct {
	gpio.PinIO
	levels []string
	fail   error
	closed int
}

func (p *pin) Out(l gpio.Level) error {
	if p.fail != nil {
		return p.fail
	}
	p.levels = append(p.levels, l.String())
	return nil
}
func (p *pin) Halt() error { p.levels = append(p.levels, "halt"); return nil }
func (p *pin) Close()      { p.closed++ }

func (p *pin) Name() string { return "GPIO17" }

func newPin() *pin { return &pin{PinIO: gpio.INVALID} }

func Example() {
	p, err := pulse.New(newPin(), 20*time.Millisecond) // on a Pi: gpioreg.ByName("GPIO17")
	if err != nil {
		panic(err)
	}
	defer p.Halt()
	for now := time.Duration(0); now <= 30*time.Millisecond; now += 10 * time.Millisecond {
		p.Tick(now)
		if now == 0 {
			p.Spike(138, now)
		}
		fmt.Println(now, p.High())
	}
	// Output:
	// 0s true
	// 10ms true
	// 20ms false
	// 30ms false
}

func TestPulses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spikes []int // ms
		want   []string
		pulses int64
	}{
		{"one", []int{5}, []string{"0 Low", "5 High", "25 Low", "60 Low", "60 halt"}, 1},
		{"a spike during a pulse extends it", []int{5, 15}, []string{"0 Low", "5 High", "35 Low", "60 Low", "60 halt"}, 1},
		{"one as the last ends is a pulse of its own", []int{5, 25}, []string{"0 Low", "5 High", "25 Low", "25 High", "45 Low", "60 Low", "60 halt"}, 2},
		{"two in a tick are one pulse", []int{5, 5}, []string{"0 Low", "5 High", "25 Low", "60 Low", "60 halt"}, 1},
		{"the end cuts a pulse short", []int{55}, []string{"0 Low", "55 High", "60 Low", "60 halt"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gp := newPin()
			p, err := pulse.New(gp, 20*ms)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			note := func(now int) {
				for _, l := range gp.levels {
					got = append(got, fmt.Sprint(now, " ", l))
				}
				gp.levels = nil
			}
			note(0)
			for now := 1; now <= 60; now++ {
				p.Tick(time.Duration(now) * ms)
				for _, s := range tt.spikes {
					if s == now {
						p.Spike(1, time.Duration(now)*ms)
					}
				}
				note(now)
			}
			if err := p.Halt(); err != nil {
				t.Fatal(err)
			}
			note(60)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if p.Pulses() != tt.pulses {
				t.Errorf("got %d pulses, want %d", p.Pulses(), tt.pulses)
			}
		})
	}
}

func TestAPinThatRefusesIsClosedAndTriedAgain(t *testing.T) {
	gp := newPin()
	p, err := pulse.New(gp, 20*ms)
	if err != nil {
		t.Fatal(err)
	}
	gp.fail = errors.New("input/output error")
	p.Spike(1, 10*ms)
	if got, want := fmt.Sprint(p.Fault()), "pulse: GPIO17: input/output error"; got != want {
		t.Errorf("got fault %s, want %s", got, want)
	}
	if p.High() || p.Pulses() != 0 || p.Failed() != 1 || gp.closed != 1 {
		t.Errorf("got high %v, %d pulses, %d failures, closed %d times; want false, 0, 1, 1", p.High(), p.Pulses(), p.Failed(), gp.closed)
	}
	gp.fail = nil
	p.Spike(2, 20*ms)
	if p.Fault() != nil || !p.High() || p.Pulses() != 1 {
		t.Errorf("got fault %v, high %v, %d pulses after the pin came back; want nil, true, 1", p.Fault(), p.High(), p.Pulses())
	}
	gp.fail = errors.New("input/output error")
	p.Tick(40 * ms) // the pulse is over, the pin does not take it
	p.Tick(41 * ms)
	if !p.High() || p.Failed() != 3 {
		t.Errorf("got high %v after %d failures, want true after 3", p.High(), p.Failed())
	}
	gp.fail = nil
	p.Tick(42 * ms)
	if p.High() || p.Fault() != nil {
		t.Errorf("got high %v, fault %v; want false, nil", p.High(), p.Fault())
	}
}

func TestNewRefuses(t *testing.T) {
	gp := newPin()
	if _, err := pulse.New(gp, 0); err == nil || err.Error() != "pulse: width must be more than 0, got 0s" {
		t.Errorf("got %v", err)
	}
	gp.fail = errors.New("device or resource busy")
	if _, err := pulse.New(gp, ms); !errors.Is(err, gp.fail) || err.Error() != "pulse: GPIO17: device or resource busy" {
		t.Errorf("got %v", err)
	}
}

// silent takes any level.
type silent struct{ gpio.PinIO }

func (silent) Out(gpio.Level) error { return nil }

func TestNoAllocation(t *testing.T) {
	p, err := pulse.New(silent{gpio.INVALID}, 2*ms)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Duration(0)
	if n := testing.AllocsPerRun(100, func() {
		now += 3 * ms
		p.Tick(now)
		p.Spike(1, now)
	}); n != 0 {
		t.Errorf("got %g allocations a pulse, want 0", n)
	}
}
