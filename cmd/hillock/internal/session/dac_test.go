package session_test

import (
	"math"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/clock"
	"hillock/hw/sim"
	"hillock/neuron"
)

var converters = []string{
	"output.slow.driver=mcp4725", "output.slow.neuron=n1",
	"output.fast.driver=mcp4922", "output.fast.neuron=n1", "output.fast.channel=1",
}

// traced is a step observer. It keeps the code of each tick: of the last V in the trace, or full scale for a spike.
type traced struct {
	code   int
	spiked bool
	each   func(code int)
}

func (s *traced) Step(sample neuron.Sample) {
	s.code = int(math.Round((sample.V + 80) / 30 * 4095))
	s.spiked = s.spiked || sample.Spiked
}

func (s *traced) Tick(neuron.Tick) {
	if s.spiked {
		s.code = 4095
	}
	s.spiked = false
	s.each(s.code)
}

// Each tick of 1 ms has its one code on both converters: that of V in the trace at the end of the tick, or full scale for a
// spike. The chips have the code of a tick before the next one ends.
func TestConvertersFollowTheTraceTickByTick(t *testing.T) {
	t.Parallel()
	for _, speed := range []string{"1", "0.1"} {
		synctest.Test(t, func(t *testing.T) {
			b := sessiontest.On(t, clock.New(), append([]string{"loop.speed=" + speed}, converters...)...)
			slow, fast := b.Virtual.Parts["I2C1 0x60"].(*sim.MCP4725), b.Virtual.Parts["SPI0.1"].(*sim.MCP49xx)
			before, full := -1, 0
			check := &traced{each: func(code int) {
				if before >= 0 && (slow.Code() != before || fast.Code(1) != before) {
					t.Errorf("speed %s: got the codes %d and %d, want %d", speed, slow.Code(), fast.Code(1), before)
				}
				if code == 4095 {
					full++
				}
				before = code
			}}
			b.Loop.Observers = append([]neuron.Observer{check}, b.Loop.Observers...) // before the converters get V
			const ticks = 3000
			b.Run(t, ticks)
			synctest.Wait()
			if s, f := slow.Code(), fast.Code(1); s != before || f != before {
				t.Errorf("speed %s: got the codes %d and %d after the run, want %d", speed, s, f, before)
			}
			if s, f := slow.Updates(), fast.Updates(1); s != ticks+1 || f != ticks { // one before the first tick
				t.Errorf("speed %s: got %d and %d writes, want one for each of the %d ticks", speed, s, f, ticks)
			}
			if spikes := b.Loop.Cells[0].Spikes; int64(full) != spikes || spikes < 20 {
				t.Errorf("speed %s: got %d ticks at full scale, want one for each of the %d spikes", speed, full, spikes)
			}
			if fast.Updates(0) != 0 {
				t.Errorf("speed %s: got %d writes to VOUTA, want none", speed, fast.Updates(0))
			}
			if err := b.Session.Close(); err != nil || slow.Voltage() != 0 || fast.Voltage(1) != 0 {
				t.Errorf("speed %s: got %v, %s and %s at the end, want 0 V", speed, err, slow.Voltage(), fast.Voltage(1))
			}
			if _, writes := slow.EEPROM(); writes != 0 {
				t.Errorf("speed %s: got %d writes to the EEPROM, want none", speed, writes)
			}
		})
	}
}

// Transfers of both converters hang for 1 s, and then fail. The loop runs all its ticks and steps in time; the outputs report, and
// recover.
func TestHangingConvertersDoNotStopTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := sessiontest.On(t, clock.New(), converters...)
		slow, fast := b.Virtual.Parts["I2C1 0x60"].(*sim.MCP4725), b.Virtual.Parts["SPI0.1"].(*sim.MCP49xx)
		b.Loop.Patience = 10100 * time.Microsecond
		at := func(f sim.Faults) func() {
			return func() {
				b.Virtual.SPI(0, 1).SetFaults(f)
				b.Virtual.I2C(1).SetFaults(sim.I2CFaults{Err: f.Err, Delay: f.Delay})
			}
		}
		faults := func(want bool) func() {
			return func() {
				for _, name := range []string{"slow", "fast"} {
					if err := b.Board.Outputs[name].Fault(); (err != nil) != want {
						t.Errorf("%s: got the fault %v, want one: %t", name, err, want)
					}
				}
			}
		}
		worst := time.Duration(0)
		b.Observe(sessiontest.Each(func(tick neuron.Tick) { worst = max(worst, tick.Lateness()) }))
		b.Observe(sessiontest.At{
			100: at(sim.Faults{Delay: 1100 * ms}), 1150: faults(true),
			1200: at(sim.Faults{Err: syscall.EIO}), 2500: faults(true),
			2600: at(sim.Faults{}), 3200: faults(false),
		})
		b.Run(t, 4000)
		if tick := b.Session.Summary().Tick; tick.Run() != 4000 || tick.Skipped != 0 || tick.Steps != 40_000 || worst >= 2*b.Loop.Patience {
			t.Errorf("got %+v, at most %v late; want 4000 ticks with 40000 steps, less than twice the patience late", tick, worst)
		}
		synctest.Wait()
		want := int(math.Round((b.Loop.Cells[0].V() + 80) / 30 * 4095))
		if s, f := slow.Code(), fast.Code(1); s != want || f != want {
			t.Errorf("got the codes %d and %d at the end, want %d", s, f, want)
		}
		if err := b.Session.Close(); err != nil {
			t.Error(err)
		}
	})
}
