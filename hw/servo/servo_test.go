package servo_test

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hillock/hw/servo"
)

const ms = time.Millisecond

// channel records the pulses, and fails on demand.
type channel struct {
	mu     sync.Mutex
	widths []time.Duration // 0: off
	fail   error
}

func (c *channel) set(width time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return c.fail
	}
	c.widths = append(c.widths, width)
	return nil
}

func (c *channel) Pulse(width time.Duration) error { return c.set(width) }
func (c *channel) Off() error                      { return c.set(0) }
func (c *channel) String() string                  { return "channel" }

func (c *channel) breaks(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

// latest returns the latest pulse and the number of writes.
func (c *channel) latest() (time.Duration, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.widths[len(c.widths)-1], len(c.widths)
}

// opts maps 0 to 100 Hz to 0 to 180 degrees and 1 ms to 2 ms, in real time.
func opts() servo.Opts {
	return servo.Opts{Rate: [2]float64{0, 100}, Angle: [2]float64{0, 180}, Pulse: [2]time.Duration{ms, 2 * ms}, Window: 500 * ms, DT: ms / 10, Speed: 1}
}

// train runs ticks of 1 ms with a spike each every steps of dt, and returns the width after each tick.
func train(s *servo.Servo, o servo.Opts, from, ticks int, every float64) (widths []time.Duration) {
	perTick := o.Speed * float64(ms) / float64(o.DT)
	for k := from; k < from+ticks; k++ {
		now := time.Duration(k) * ms
		s.Tick(now)
		for step := int64(math.Ceil(float64(k) * perTick)); step < int64(math.Ceil(float64(k+1)*perTick)); step++ {
			if every > 0 && math.Mod(float64(step), every) < 1 {
				s.Spike(step, now)
			}
		}
		widths = append(widths, s.Width())
	}
	return widths
}

// TestSteadyTrainHasASteadyAngle compares angles with rates by hand. A train of n Hz has an angle of 1.8 n degrees, and a pulse of
// 1 ms + 10 us n.
func TestSteadyTrainHasASteadyAngle(t *testing.T) {
	t.Parallel()
	slow := opts()
	slow.Speed, slow.Window = 0.1, 250*ms
	reversed := opts()
	reversed.Angle, reversed.Rate = [2]float64{180, 90}, [2]float64{20, 60}
	for _, tt := range []struct {
		name  string
		opts  servo.Opts
		every float64 // steps of 0.1 ms
		want  time.Duration
	}{
		{"50 Hz", opts(), 200, 1500 * time.Microsecond},
		{"71.9 Hz", opts(), 139, 1719 * time.Microsecond},
		{"8 Hz", opts(), 1250, 1080 * time.Microsecond},
		{"a rate above the range", opts(), 50, 2 * ms},
		{"no spikes", opts(), 0, ms},
		{"10 times slower than real time", slow, 200, 1500 * time.Microsecond},
		{"reversed: 40 Hz is between 180 and 90 degrees", reversed, 250, 1750 * time.Microsecond},
		{"reversed: below the range", reversed, 1000, 2 * ms},
	} {
		s := servo.New(&channel{}, tt.opts)
		ticks := int(float64(3*tt.opts.Window/ms) / tt.opts.Speed)
		for i, width := range train(s, tt.opts, 0, ticks, tt.every)[ticks/2:] {
			if (width - tt.want).Abs() > 12*time.Microsecond { // 2 degrees
				t.Errorf("%s: tick %d: got pulses of %v, want %v", tt.name, i, width, tt.want)
				break
			}
		}
		if err := s.Halt(); err != nil {
			t.Error(err)
		}
	}
}

// TestAngleFallsAfterTheLastSpike stops a train of 50 Hz: after a pause of x the rate is at most 1/x.
func TestAngleFallsAfterTheLastSpike(t *testing.T) {
	t.Parallel()
	o := opts()
	s := servo.New(&channel{}, o)
	defer s.Halt()
	train(s, o, 0, 1000, 200)
	before := s.Width()
	for i, width := range train(s, o, 1000, 600, 0) {
		if width > before {
			t.Fatalf("%d ms after the train: got pulses of %v after %v, want no longer ones", i, width, before)
		}
		before = width
	}
	if before != ms {
		t.Errorf("got pulses of %v after a silent window, want 1ms", before)
	}
}

func TestServoWritesBesideTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{}
		s := servo.New(c, opts())
		time.Sleep(30 * ms)
		if width, writes := c.latest(); width != ms || writes != 1 {
			t.Errorf("at first: got pulses of %v in %d writes, want 1ms in one", width, writes)
		}
		time.Sleep(time.Second)
		if _, writes := c.latest(); writes < 2 || writes > 4 {
			t.Errorf("after a second without a change: got %d writes, want 2 to 4", writes)
		}
		train(s, opts(), 0, 1000, 200)
		time.Sleep(25 * ms)
		if width, _ := c.latest(); (width - 1500*time.Microsecond).Abs() > 12*time.Microsecond {
			t.Errorf("at 50 Hz: got pulses of %v", width)
		}
		c.breaks(errors.New("no chip answers"))
		time.Sleep(time.Second)
		if got := fmt.Sprint(s.Fault()); got != "no chip answers" || s.Failed() == 0 {
			t.Errorf("got %s and %d failures", got, s.Failed())
		}
		c.breaks(nil)
		time.Sleep(time.Second)
		if s.Fault() != nil {
			t.Errorf("got %v from a chip that answers again", s.Fault())
		}
		if err := s.Halt(); err != nil {
			t.Error(err)
		}
		if width, _ := c.latest(); width != 0 {
			t.Errorf("after Halt: got pulses of %v, want none", width)
		}
	})
}

func TestActMovesToBothEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{}
		s := servo.New(c, opts())
		defer s.Halt()
		var seen []time.Duration
		pause := func(d time.Duration) error {
			time.Sleep(d)
			width, _ := c.latest()
			seen = append(seen, width)
			return nil
		}
		if err := s.Act(pause); err != nil || fmt.Sprint(seen) != "[1ms 2ms 1ms]" {
			t.Errorf("got %v and %v", err, seen)
		}
		stop := errors.New("stop")
		if err := s.Act(func(time.Duration) error { return stop }); err != stop || s.Width() != ms {
			t.Errorf("got %v, and pulses of %v after it", err, s.Width())
		}
	})
}

func TestChangeTakesOtherOptions(t *testing.T) {
	t.Parallel()
	s := servo.New(&channel{}, opts())
	defer s.Halt()
	train(s, opts(), 0, 1000, 200)
	o := opts()
	o.Angle = [2]float64{90, 0}
	if s.Change(o); s.Width() != 1500*time.Microsecond {
		t.Errorf("got pulses of %v before a spike, want 1.5ms", s.Width())
	}
	train(s, o, 1000, 1000, 200)
	if got := s.Width(); (got - 1250*time.Microsecond).Abs() > 12*time.Microsecond {
		t.Errorf("got pulses of %v at 50 Hz, want 1.25ms", got)
	}
}

func TestTicksDoNotAllocate(t *testing.T) {
	s := servo.New(&channel{}, opts())
	defer s.Halt()
	step := int64(0)
	if n := testing.AllocsPerRun(1000, func() {
		step += 10
		s.Tick(time.Duration(step) * ms / 10)
		s.Spike(step, time.Duration(step)*ms/10)
	}); n > 0 {
		t.Errorf("got %g allocations a tick, want none", n)
	}
}
