package dac_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"hillock/hw/dac"
	"hillock/hw/frames"
	"hillock/hw/mcp4725"
	"hillock/hw/sim"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

// chip is a channel that keeps its codes. It can fail and hang.
type chip struct {
	mu      sync.Mutex
	codes   []int32
	opened  int
	closed  int
	fail    error
	refuses error // of an opening
	hangs   time.Duration
}

func (c *chip) Out(code int32) error {
	c.mu.Lock()
	hangs, fail := c.hangs, c.fail
	c.mu.Unlock()
	time.Sleep(hangs)
	if fail != nil {
		return fail
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes = append(c.codes, code)
	return nil
}

func (c *chip) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed++
	return nil
}

func (c *chip) open() (dac.Channel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuses != nil {
		return nil, c.refuses
	}
	c.opened++
	return c, nil
}

func (c *chip) set(hangs time.Duration, fail, refuses error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hangs, c.fail, c.refuses = hangs, fail, refuses
}

func (c *chip) opts() dac.Opts {
	return dac.Opts{Part: "dac", Low: -80, High: -50, MaxCode: 4095, Open: c.open}
}

// shown is an output of either kind.
type shown interface {
	Tick(now time.Duration)
	Spike(step int64, now time.Duration)
	Level(v float64)
	Lit() (code, most int)
	Fault() error
	Failed() int64
	Close() error
}

// both runs a test on an output beside the loop and on one in it, in a bubble. tick is a tick at the given number of ms.
func both(t *testing.T, test func(t *testing.T, c *chip, d shown, tick func(at int, v float64, spike bool))) {
	t.Helper()
	for _, kind := range []string{"beside", "in the loop"} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &chip{}
				var d shown
				var err error
				write := func() bool { return false }
				if kind == "beside" {
					d, err = dac.NewBeside(c.opts())
				} else {
					in, failed := dac.NewInLoop(c.opts())
					d, err, write = in, failed, in.Write
				}
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				test(t, c, d, func(at int, v float64, spike bool) {
					time.Sleep(time.Duration(at)*ms - time.Since(start))
					d.Tick(time.Duration(at) * ms)
					if spike {
						d.Spike(int64(10*at), time.Duration(at)*ms)
					}
					d.Level(v)
					write()
					synctest.Wait()
				})
			})
		})
	}
}

func TestCodesOfVoltages(t *testing.T) {
	o := dac.Opts{Low: -80, High: -50, MaxCode: 4095}
	for v, want := range map[float64]int32{-80: 0, -50: 4095, -65: 2048, -70: 1365, -55: 3413, -90: 0, 30: 4095, -79.996337: 0, -79.996336: 1,
		math.Inf(1): 4095, math.Inf(-1): 0} {
		if got := o.Code(v); got != want {
			t.Errorf("%g mV: got %d, want %d", v, got, want)
		}
	}
	if got := o.Code(math.NaN()); got != 0 {
		t.Errorf("NaN: got %d, want 0", got)
	}
}

func TestSpikeIsFullScaleForOneTick(t *testing.T) {
	both(t, func(t *testing.T, c *chip, d shown, tick func(int, float64, bool)) {
		tick(1, -70, false)
		tick(2, -56, false)
		tick(3, -70, true)
		tick(4, -69, false)
		if code, most := d.Lit(); code != 1502 || most != 4095 {
			t.Errorf("got %d of %d, want 1502 of 4095", code, most)
		}
		if err := errors.Join(d.Close(), d.Fault(), d.Close()); err != nil || d.Failed() != 0 {
			t.Error(err)
		}
		if diff := cmp.Diff([]int32{1365, 3276, 4095, 1502, 0}, c.codes); diff != "" {
			t.Error(diff)
		}
		if code, _ := d.Lit(); code != 0 || c.opened != 1 || c.closed != 1 {
			t.Errorf("got code %d, %d openings and %d closings; want 0, 1 and 1", code, c.opened, c.closed)
		}
	})
}

// A failed chip is closed, and opened again after half a second, also if its port refuses at first.
func TestFailedChipIsOpenedAgain(t *testing.T) {
	both(t, func(t *testing.T, c *chip, d shown, tick func(int, float64, bool)) {
		tick(1, -70, false)
		c.set(0, errors.New("remote I/O error"), nil)
		tick(2, -69, false)
		tick(3, -68, false)
		if got := fmt.Sprint(d.Fault()); got != "remote I/O error" || d.Failed() != 1 || c.closed != 1 {
			t.Errorf("got %s, %d failures, %d closings; want one failure", got, d.Failed(), c.closed)
		}
		c.set(0, nil, errors.New("no such file"))
		tick(600, -68, false)
		tick(601, -68, false)
		if got := fmt.Sprint(d.Fault()); got != "no such file" || d.Failed() != 2 {
			t.Errorf("got %s, %d failures; want the refusal", got, d.Failed())
		}
		c.set(0, nil, nil)
		tick(1200, -68, false)
		tick(1201, -65, false)
		if err := d.Fault(); err != nil || c.opened != 2 {
			t.Errorf("got %v and %d openings, want it back", err, c.opened)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if got, want := slices.Compact(c.codes), []int32{1365, 1638, 2048, 0}; !slices.Equal(got, want) {
			t.Errorf("got the codes %d, want %d", got, want)
		}
	})
}

func TestCloseSetsAFailedChipTo0(t *testing.T) {
	gone := errors.New("remote I/O error")
	for _, tt := range []struct {
		name  string
		never bool  // written
		fail  error // during Close
		want  string
	}{
		{"back in time", false, nil, "<nil>"},
		{"still gone", false, gone, "set it to 0: remote I/O error"},
		{"never there", true, gone, "<nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			both(t, func(t *testing.T, c *chip, d shown, tick func(int, float64, bool)) {
				if !tt.never {
					tick(1, -70, false)
				}
				c.set(0, gone, nil)
				tick(2, -70, false)
				c.set(0, tt.fail, nil)
				if got := fmt.Sprint(d.Close()); got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
				if tt.fail == nil && c.codes[len(c.codes)-1] != 0 || c.opened != c.closed {
					t.Errorf("got the codes %d, %d openings, %d closings; want it at 0 and closed", c.codes, c.opened, c.closed)
				}
			})
		})
	}
}

// While a write hangs for 10 s, no other method blocks. The fault is visible after 1 s. The chip ends at 0.
func TestHangingWriteBlocksNothingElse(t *testing.T) {
	for _, kind := range []string{"beside", "in the loop"} {
		synctest.Test(t, func(t *testing.T) {
			c := &chip{hangs: 10 * time.Second}
			var d shown
			write := func() {}
			if kind == "beside" {
				b, err := dac.NewBeside(c.opts())
				if err != nil {
					t.Fatal(err)
				}
				d = b
			} else {
				in, err := dac.NewInLoop(c.opts())
				if err != nil {
					t.Fatal(err)
				}
				d, write = in, func() { in.Write() }
			}
			start := time.Now()
			d.Level(-70)
			go write() // the loop has gone on without it
			synctest.Wait()
			for range 100 {
				d.Tick(time.Since(start))
				d.Level(-60)
				write()
			}
			if time.Since(start) != 0 || d.Fault() != nil {
				t.Errorf("%s: got %v after %v, want no wait and no fault yet", kind, d.Fault(), time.Since(start))
			}
			time.Sleep(frames.Patience + ms)
			if got, want := fmt.Sprint(d.Fault()), "dac: a transfer hangs"; got != want {
				t.Errorf("%s: got %s, want %s", kind, got, want)
			}
			began := time.Now()
			if err := d.Close(); err != nil || time.Since(began) != frames.Patience {
				t.Errorf("%s: got %v from Close after %v, want nil after %v", kind, err, time.Since(began), frames.Patience)
			}
			c.set(0, nil, nil)
			time.Sleep(10 * time.Second)
			write()
			synctest.Wait()
			if want := []int32{1365, 0}; !slices.Equal(c.codes, want) || c.closed != 1 {
				t.Errorf("%s: got the codes %d and %d closings, want %d and the chip closed once", kind, c.codes, c.closed, want)
			}
		})
	}
}

// delayed is the part of the duration of a transfer on an MCP4725: 29 bits with start, acknowledges and stop.
func delayed(clock physic.Frequency) time.Duration { return 29 * clock.Period() }

// The virtual bus takes as long as 29 bits. At 400 kHz that is 72.5 us, at 100 kHz 290 us: each of the 10,000 ticks has its
// write. On a bus with 2.5 ms the latest value wins, each spike is written, and the loop never waits.
func TestMCP4725KeepsUpWithTicks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		delay time.Duration
		all   bool
	}{
		{"400 kHz", delayed(400 * physic.KiloHertz), true},
		{"100 kHz", delayed(100 * physic.KiloHertz), true},
		{"a display in the way", 2500 * us, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pi, twin := sim.New(nil), sim.NewMCP4725()
				pi.I2C(1).Plug(0x60, twin)
				pi.I2C(1).SetFaults(sim.I2CFaults{Delay: tt.delay})
				bus, err := pi.OpenI2C("I2C1")
				if err != nil {
					t.Fatal(err)
				}
				d, err := dac.NewBeside(dac.Opts{Part: "dac", Low: -80, High: -50, MaxCode: 4095, Open: func() (dac.Channel, error) { return open(bus) }})
				if err != nil {
					t.Fatal(err)
				}
				const ticks = 10_000
				start, late, high, was := time.Now(), 0, 0, false
				for k := range ticks {
					spike := k%50 == 24
					d.Tick(time.Since(start))
					if spike {
						d.Spike(int64(k), time.Since(start))
					}
					v := -80 + float64(k%1000)*0.02
					d.Level(v)
					if got := time.Since(start); got != time.Duration(k)*ms {
						t.Fatalf("got tick %d at %v: the loop waited", k, got)
					}
					time.Sleep(ms)
					want := int(dac.Opts{Low: -80, High: -50, MaxCode: 4095}.Code(v))
					if spike {
						want = 4095
					}
					if twin.Code() != want {
						late++
					}
					if is := twin.Code() == 4095; is != was {
						if was = is; is {
							high++
						}
					}
				}
				n := twin.Updates()
				t.Logf("%s: a transfer of %v, %d ticks, %d writes, %d ticks with another code at their end, %d of %d spikes", tt.name, tt.delay, ticks, n, late, high, ticks/50)
				if tt.all && (n != ticks || late != 0) || !tt.all && n >= ticks/2 || high != ticks/50 {
					t.Errorf("got %d writes, %d late codes and %d spikes", n, late, high)
				}
				if err := errors.Join(d.Fault(), d.Close()); err != nil || twin.Code() != 0 {
					t.Errorf("got %v and code %d at the end, want 0", err, twin.Code())
				}
			})
		})
	}
}

type onBus struct{ *mcp4725.Dev }

func (onBus) Close() error { return nil }

func open(bus i2c.Bus) (dac.Channel, error) {
	d, err := mcp4725.NewI2C(bus, nil)
	return onBus{d}, err
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		change func(*dac.Opts)
		want   string
	}{
		{func(o *dac.Opts) { o.High = -80 }, "dac: low must be less than high, got -80 mV and -80 mV"},
		{func(o *dac.Opts) { o.Low = math.NaN() }, "dac: low must be less than high, got NaN mV and -50 mV"},
		{func(o *dac.Opts) { o.High = math.Inf(1) }, "dac: low must be less than high, got -80 mV and +Inf mV"},
		{func(o *dac.Opts) { o.MaxCode = 0 }, "dac: the highest code must be at least 1, got 0"},
		{func(o *dac.Opts) { o.Open = func() (dac.Channel, error) { return nil, errors.New("no bus") } }, "no bus"},
	} {
		o := new(chip).opts()
		tt.change(&o)
		if d, err := dac.NewBeside(o); d != nil || fmt.Sprint(err) != tt.want {
			t.Errorf("got %v, %v; want %s", d, err, tt.want)
		}
		if d, err := dac.NewInLoop(o); d != nil || fmt.Sprint(err) != tt.want {
			t.Errorf("got %v, %v; want %s", d, err, tt.want)
		}
	}
}

func TestTicksDoNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chip{codes: make([]int32, 0, 10_000)}
		beside, err := dac.NewBeside(c.opts())
		if err != nil {
			t.Fatal(err)
		}
		in, err := dac.NewInLoop(c.opts())
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(1000, func() {
			beside.Tick(0)
			beside.Spike(1, 0)
			beside.Level(-60)
			in.Tick(0)
			in.Level(-60)
			in.Write()
			synctest.Wait()
		}); n != 0 {
			t.Errorf("got %g allocations a tick, want 0", n)
		}
		if err := errors.Join(beside.Close(), in.Close()); err != nil {
			t.Error(err)
		}
	})
}
