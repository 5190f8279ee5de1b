package buzzer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/buzzer"
)

const ms = time.Millisecond

// pin records its levels, and fails on demand.
type pin struct {
	gpio.PinIO
	levels []string
	fail   error
}

func (p *pin) Out(l gpio.Level) error {
	if p.fail != nil {
		return p.fail
	}
	p.levels = append(p.levels, l.String())
	return nil
}
func (p *pin) Halt() error  { return nil }
func (p *pin) Name() string { return "GPIO22" }

func TestSoundsFollowTheSpikes(t *testing.T) {
	click, long := buzzer.Opts{Click: ms}, buzzer.Opts{Click: 4 * ms}
	tone, low := buzzer.Opts{Click: 4 * ms, Half: ms}, buzzer.Opts{Click: 5 * ms, Half: 2 * ms}
	for _, tt := range []struct {
		name   string
		opts   buzzer.Opts
		spikes string // of each tick
		want   string // level after each tick: the pin's, and * for a sound
		counts [2]int64
	}{
		{"a click of one tick", click, "..|.....", "L L H*L L L L L", [2]int64{1, 0}},
		{"clicks in each second tick", click, "|.|.|...", "H*L H*L H*L L L", [2]int64{3, 0}},
		{"clicks in each tick", click, "|||.....", "H*H*H*L L L L L", [2]int64{3, 0}},
		{"a long click", long, "|.......", "H*H*H*H*L L L L", [2]int64{1, 0}},
		{"a spike extends a long click", long, "|.|.....", "H*H*H*H*H*H*L L", [2]int64{1, 1}},
		{"the highest tone", tone, "|.......", "H*L*H*L*L L L L", [2]int64{1, 0}},
		{"a spike extends a tone", tone, "|.|.....", "H*L*H*L*H*L*L L", [2]int64{1, 1}},
		{"a tone an octave lower, cut off in a wave", low, "|.......", "H*H*L*L*H*L L L", [2]int64{1, 0}},
		{"two spikes in a tick", click, "2.......", "H*L L L L L L L", [2]int64{1, 1}},
	} {
		gp := &pin{PinIO: gpio.INVALID}
		d, err := buzzer.New(gp, tt.opts)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for tick, spikes := range tt.spikes {
			now := time.Duration(tick) * ms
			d.Tick(now)
			for range strings.IndexRune(".|2", spikes) {
				d.Spike(0, now)
			}
			if got += gp.levels[len(gp.levels)-1][:1]; d.High() {
				got += "*"
			} else {
				got += " "
			}
		}
		if diff := cmp.Diff(tt.want, strings.TrimSpace(got)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
		if counts := [2]int64{d.Pulses(), d.Merged()}; counts != tt.counts {
			t.Errorf("%s: got %d sounds and %d merged spikes, want %v", tt.name, counts[0], counts[1], tt.counts)
		}
	}
}

// A loop runs its late ticks one after the other, with the times of the ticks.
func TestLateTicksKeepTheWaves(t *testing.T) {
	gp := &pin{PinIO: gpio.INVALID}
	d, err := buzzer.New(gp, buzzer.Opts{Click: 4 * ms, Half: ms})
	if err != nil {
		t.Fatal(err)
	}
	d.Spike(0, 0)
	for now := ms; now <= 5*ms; now += ms {
		d.Tick(now)
	}
	if got, want := strings.Join(gp.levels, " "), "Low High Low High Low"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBusyPinSoundsLater(t *testing.T) {
	gp := &pin{PinIO: gpio.INVALID, fail: errors.New("busy")}
	d, err := buzzer.New(gp, buzzer.Opts{Click: ms})
	if got, want := fmt.Sprint(err), "buzzer: GPIO22: busy"; got != want || d == nil {
		t.Fatalf("got %s and %v, want %s and a Pin", got, d, want)
	}
	d.Spike(0, 0)
	if d.High() || d.Pulses() != 0 || fmt.Sprint(d.Fault()) != "buzzer: GPIO22: busy" {
		t.Errorf("got a sound %t, %d sounds and %v", d.High(), d.Pulses(), d.Fault())
	}
	gp.fail = nil
	d.Spike(0, ms)
	if !d.High() || d.Fault() != nil {
		t.Errorf("got a sound %t and %v, want one", d.High(), d.Fault())
	}
	gp.fail = errors.New("gone")
	d.Tick(2 * ms)
	if !d.High() || d.Fault() == nil {
		t.Errorf("got a sound %t and %v, want one until the pin accepts", d.High(), d.Fault())
	}
	gp.fail = nil
	if d.Tick(3 * ms); d.High() || d.Fault() != nil {
		t.Errorf("got a sound %t and %v, want none", d.High(), d.Fault())
	}
}

func TestContinueKeepsTheSound(t *testing.T) {
	gp := &pin{PinIO: gpio.INVALID}
	d, err := buzzer.New(gp, buzzer.Opts{Click: 4 * ms, Half: ms})
	if err != nil {
		t.Fatal(err)
	}
	d.Spike(0, 0)
	d = d.Continue(buzzer.Opts{Click: ms})
	for now := ms; now <= 4*ms; now += ms {
		if d.Tick(now); d.High() != (now < 4*ms) {
			t.Errorf("at %v: got a sound %t", now, d.High())
		}
	}
	if d.Pulses() != 0 {
		t.Errorf("got %d sounds, want 0 after Continue", d.Pulses())
	}
}

func TestBadOptsAreRefused(t *testing.T) {
	for want, o := range map[string]buzzer.Opts{
		"buzzer: click must be more than 0, got 0s":   {},
		"buzzer: half must be 0 or more, got -1ms":    {Click: ms, Half: -ms},
		"buzzer: click must be more than 0, got -1ns": {Click: -1},
	} {
		if _, err := buzzer.New(&pin{PinIO: gpio.INVALID}, o); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
