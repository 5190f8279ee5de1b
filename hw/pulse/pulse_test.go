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

// pin records its levels, and fails on demand like gpioioctl's pin.
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
	p, err := pulse.New(newPin(), pulse.Opts{Width: 20 * time.Millisecond}) // on a Pi: gpioreg.ByName("GPIO17")
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

func TestPulsesFollowTheSpikes(t *testing.T) {
	once, low := pulse.Opts{Width: 20 * ms}, pulse.Opts{Width: 20 * ms, Invert: true}
	third := pulse.Opts{Width: 20 * ms, Every: 3}
	for _, tt := range []struct {
		name   string
		opts   pulse.Opts
		spikes []int // ms
		want   []string
		counts [2]int64 // pulses, merged
	}{
		{"one", once, []int{5}, []string{"0 Low", "5 High", "25 Low", "60 Low", "60 halt"}, [2]int64{1, 0}},
		{"a spike during a pulse extends it", once, []int{5, 15}, []string{"0 Low", "5 High", "35 Low", "60 Low", "60 halt"}, [2]int64{1, 1}},
		{"a spike at the end of a pulse starts a new one", once, []int{5, 25}, []string{"0 Low", "5 High", "25 Low", "25 High", "45 Low", "60 Low", "60 halt"}, [2]int64{2, 0}},
		{"two spikes in a tick are one pulse", once, []int{5, 5}, []string{"0 Low", "5 High", "25 Low", "60 Low", "60 halt"}, [2]int64{1, 1}},
		{"Halt cuts a pulse short", once, []int{55}, []string{"0 Low", "55 High", "60 Low", "60 halt"}, [2]int64{1, 0}},
		{"every third: the third and the sixth", third, []int{5, 6, 7, 8, 30, 31, 32}, []string{"0 Low", "7 High", "27 Low", "31 High", "51 Low", "60 Low", "60 halt"}, [2]int64{2, 0}},
		{"every third: only the sixth extends the pulse", third, []int{5, 6, 7, 8, 9, 10}, []string{"0 Low", "7 High", "30 Low", "60 Low", "60 halt"}, [2]int64{1, 1}},
		{"every third of two: none", third, []int{5, 6}, []string{"0 Low", "60 Low", "60 halt"}, [2]int64{0, 0}},
		{"every one", pulse.Opts{Width: 20 * ms, Every: 1}, []int{5}, []string{"0 Low", "5 High", "25 Low", "60 Low", "60 halt"}, [2]int64{1, 0}},
		{"inverted: rests high, and ends high", low, []int{5, 50}, []string{"0 High", "5 Low", "25 High", "50 Low", "60 High", "60 halt"}, [2]int64{2, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gp := newPin()
			p, err := pulse.New(gp, tt.opts)
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
			if diff := cmp.Diff(tt.counts, [2]int64{p.Pulses(), p.Merged()}); diff != "" {
				t.Errorf("pulses, merged: %s", diff)
			}
		})
	}
}

// A pulse from 10 to 30 ms; another Pin replaces it at 15 ms; spikes at 40 and 41 ms.
func TestContinueKeepsThePulse(t *testing.T) {
	for _, tt := range []struct {
		name     string
		from, to pulse.Opts
		want     []string
		counts   [2]int64
	}{
		{"another width", pulse.Opts{Width: 20 * ms}, pulse.Opts{Width: 5 * ms},
			[]string{"0 Low", "10 High", "30 Low", "40 High", "46 Low"}, [2]int64{1, 1}},
		{"the count to the n-th starts at 0", pulse.Opts{Width: 20 * ms}, pulse.Opts{Width: 5 * ms, Every: 2},
			[]string{"0 Low", "10 High", "30 Low", "41 High", "46 Low"}, [2]int64{1, 0}},
		{"inverted as before", pulse.Opts{Width: 20 * ms, Invert: true}, pulse.Opts{Width: 5 * ms, Invert: true},
			[]string{"0 High", "10 Low", "30 High", "40 Low", "46 High"}, [2]int64{1, 1}},
		{"inverted later: the current pulse continues", pulse.Opts{Width: 20 * ms}, pulse.Opts{Width: 5 * ms, Invert: true},
			[]string{"0 Low", "10 High", "15 Low", "30 High", "40 Low", "46 High"}, [2]int64{1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gp := newPin()
			p, err := pulse.New(gp, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for now := range 60 {
				p.Tick(time.Duration(now) * ms)
				switch now {
				case 10, 40, 41:
					p.Spike(1, time.Duration(now)*ms)
				case 15:
					p = p.Continue(tt.to)
				}
				for _, l := range gp.levels {
					got = append(got, fmt.Sprint(now, " ", l))
				}
				gp.levels = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.counts, [2]int64{p.Pulses(), p.Merged()}); diff != "" {
				t.Errorf("pulses, merged: %s", diff)
			}
		})
	}
}

func TestRefusedPinIsReleasedAndTriedAgain(t *testing.T) {
	gp := newPin()
	p, err := pulse.New(gp, pulse.Opts{Width: 20 * ms})
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
	p.Tick(40 * ms) // the pulse is over, but the pin refuses
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

func TestNewChecksTheOptions(t *testing.T) {
	gp := newPin()
	if _, err := pulse.New(gp, pulse.Opts{}); err == nil || err.Error() != "pulse: width must be more than 0, got 0s" {
		t.Errorf("got %v", err)
	}
	if _, err := pulse.New(gp, pulse.Opts{Width: ms, Every: -2}); err == nil || err.Error() != "pulse: every must be 1 or more, got -2" {
		t.Errorf("got %v", err)
	}
	gp.fail = errors.New("device or resource busy")
	if _, err := pulse.New(gp, pulse.Opts{Width: ms}); !errors.Is(err, gp.fail) || err.Error() != "pulse: GPIO17: device or resource busy" {
		t.Errorf("got %v", err)
	}
}

// silent accepts any level.
type silent struct{ gpio.PinIO }

func (silent) Out(gpio.Level) error { return nil }

func TestNoAllocation(t *testing.T) {
	p, err := pulse.New(silent{gpio.INVALID}, pulse.Opts{Width: 2 * ms})
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
