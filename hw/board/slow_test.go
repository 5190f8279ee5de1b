package board_test

import (
	"math"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
	"hillock/hw/sim"
)

var slow = map[string][]string{
	"rc":      {"input.knob.driver=rc", "input.knob.pin=GPIO4"},
	"ads1115": {"input.knob.driver=ads1115", "input.knob.channel=2"},
}

// openSlow opens the built-in configuration with another part for its knob, in a synctest bubble.
func openSlow(t *testing.T, driver string, sets ...string) (*board.Virtual, *board.Board) {
	t.Helper()
	cfg := loadText(t, strings.NewReplacer("port = ", "#", "channel = 0 ", "#", "clock = ", "#", "v_ref = ", "#", "median = ", "#", "ends = [0, 1023]", "#",
		"dead_zone = ", "#", `driver = "mcp3008"`, `driver = "`+driver+`"`).Replace(defaultText()), append(slow[driver], sets...)...)
	v, err := board.NewVirtual(cfg, nil)
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

// ticks reads an input each millisecond for a while and returns the last current.
func ticks(in board.Input, from, to time.Duration) (current float64) {
	for now := from; now < to; now += ms {
		time.Sleep(ms)
		current = in.Current(now)
	}
	return current
}

func TestSlowInputsFollowTheirKnobs(t *testing.T) {
	t.Parallel()
	for driver := range slow {
		for _, position := range []float64{0, 0.1, 0.5, 0.9, 1} {
			synctest.Test(t, func(t *testing.T) {
				v, b := openSlow(t, driver)
				in := b.Inputs["knob"]
				if r := in.Reading(); r.State == board.OK {
					t.Errorf("%s: got %+v before it has answered", driver, r)
				}
				v.Knobs["knob"].Set(position)
				got := ticks(in, 0, 400*ms)
				r := in.Reading()
				if math.Abs(got-5*position) > 0.03*5 || math.Abs(r.Position-position) > 0.03 || r.State != board.OK || r.Fault != nil || r.Failed != 0 {
					t.Errorf("%s at %g: got %g nA, %+v; want %g nA", driver, position, got, r, 5*position)
				}
				b.Close()
				if driver == "rc" && v.Pin("GPIO4").Func() == gpio.OUT_LOW {
					t.Error("rc: got the pin left an output")
				}
			})
		}
	}
}

func TestFailedSlowInputsRecover(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, driver, says string
		breaks, mends      func(v *board.Virtual)
	}{
		{"no chip", "ads1115", "ads1115 on I2C1 at 0x48: ", func(v *board.Virtual) { v.I2C(1).Unplug(0x48) }, func(v *board.Virtual) { v.I2C(1).Plug(0x48, v.Parts["I2C1 0x48"].(*sim.ADS1115)) }},
		{"an I/O error", "ads1115", "input/output error", func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.EIO}) }, func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{}) }},
		{"a transfer that hangs", "ads1115", "ads1115 on I2C1 at 0x48: no answer in time: a transfer hangs or is slow",
			func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{Delay: 5 * time.Second}) }, func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{}) }},
		{"the knob's wire", "rc", "never high", func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(sim.KnobOff) }, func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(sim.RCGood) }},
		{"the capacitor's wire", "rc", "high at once", func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(sim.CapacitorOff) }, func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(sim.RCGood) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, b := openSlow(t, tt.driver)
				v.Knobs["knob"].Set(0.5)
				in := b.Inputs["knob"]
				ticks(in, 0, 400*ms)
				tt.breaks(v)
				if got := ticks(in, 400*ms, 2000*ms); got != 0 || in.Reading().State != board.Lost || !strings.Contains(in.Reading().Fault.Error(), tt.says) {
					t.Errorf("got %g nA, %+v; want it lost, 0, and %q", got, in.Reading(), tt.says)
				}
				tt.mends(v)
				if got := ticks(in, 2000*ms, 12*time.Second); math.Abs(got-2.5) > 0.15 || in.Reading().State != board.OK || in.Reading().Fault != nil {
					t.Errorf("got %g nA, %+v; want 2.5 again", got, in.Reading())
				}
			})
		})
	}
}

func TestKnobsOnOneADS1115StayApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openSlow(t, "ads1115", "input.b.driver=ads1115", "input.b.channel=0", "input.c.driver=ads1115", "input.c.channel=1")
		want := map[string]float64{"knob": 0.9, "b": 0.1, "c": 0.5}
		for name, position := range want {
			v.Knobs[name].Set(position)
		}
		for now := time.Duration(0); now < 2*time.Second; now += ms {
			time.Sleep(ms)
			for name, position := range want {
				b.Inputs[name].Current(now)
				// The first answers are older than the positions.
				if r := b.Inputs[name].Reading(); now > 100*ms && r.State == board.OK && math.Abs(r.Position-position) > 0.01 {
					t.Fatalf("%s after %v: got %+v, want it at %g", name, now, r, position)
				}
			}
		}
		for name := range want {
			if r := b.Inputs[name].Reading(); r.State != board.OK || r.Failed != 0 {
				t.Errorf("%s: got %+v, want it ok", name, r)
			}
		}
	})
}
