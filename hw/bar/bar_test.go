package bar_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/bar"
	"hillock/hw/line"
	"hillock/hw/sim"
)

const ms = time.Millisecond

var membrane = bar.Opts{Low: -70, High: -55, Flash: 40 * ms, Period: 20 * ms}

// Four LEDs with V a little above the middle.
func Example() {
	pi := sim.New(nil)
	var leds []*line.Line
	for _, name := range []string{"GPIO5", "GPIO6", "GPIO13", "GPIO19"} {
		l, err := line.New("bar", pi.Pin(name), false) // on a Pi: gpioreg.ByName(name)
		if err != nil {
			panic(err)
		}
		leds = append(leds, l)
	}
	b, err := bar.New(leds, bar.Opts{Low: -70, High: -55})
	if err != nil {
		panic(err)
	}
	b.Level(-62) // called by the loop at each tick
	for pi.Pin("GPIO6").Level() == gpio.Low {
		time.Sleep(time.Millisecond)
	}
	fmt.Println(pi.Pin("GPIO5").Level(), pi.Pin("GPIO6").Level(), pi.Pin("GPIO13").Level(), pi.Pin("GPIO19").Level())
	fmt.Println(b.Halt(), pi.Pin("GPIO5").Level())
	// Output:
	// High High Low Low
	// <nil> Low
}

// row is four LEDs on a virtual Pi.
type row struct {
	*sim.Pi
	lines []*line.Line
}

func names() []string { return []string{"GPIO5", "GPIO6", "GPIO13", "GPIO19"} }

func newRow(t *testing.T, invert bool) row {
	t.Helper()
	r := row{Pi: sim.New(nil)}
	for _, name := range names() {
		l, err := line.New("bar", r.Pin(name), invert)
		if err != nil {
			t.Fatal(err)
		}
		r.lines = append(r.lines, l)
	}
	return r
}

// String returns a # for each high pin.
func (r row) String() string {
	var s strings.Builder
	for _, name := range names() {
		if r.Pin(name).Level() {
			s.WriteByte('#')
		} else {
			s.WriteByte('.')
		}
	}
	return s.String()
}

func TestLitLEDsFollowTheLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRow(t, false)
		b, err := bar.New(r.lines, membrane)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			v    float64
			want string
		}{
			{-70, "...."}, {-67.1, "...."}, {-67, "#..."}, {-64.1, "#..."}, {-64, "##.."}, {-61, "###."}, {-58.1, "###."},
			{-58, "####"}, {-55, "####"}, {-90, "...."}, {40, "####"},
			{math.NaN(), "...."}, {math.Inf(1), "####"}, {math.Inf(-1), "...."},
		} {
			b.Level(tt.v)
			time.Sleep(20 * ms)
			synctest.Wait()
			if got := r.String(); got != tt.want {
				t.Errorf("%g mV: got %s, want %s", tt.v, got, tt.want)
			}
			if lit, leds := b.Lit(); lit != strings.Count(tt.want, "#") || leds != 4 {
				t.Errorf("%g mV: got %d of %d lit, want %s", tt.v, lit, leds, tt.want)
			}
		}
		if b.Level(-58); b.Halt() != nil || r.String() != "...." {
			t.Errorf("got %s after Halt, want it dark", r)
		}
		if lit, _ := b.Lit(); lit != 0 {
			t.Errorf("got %d lit after Halt", lit)
		}
	})
}

// V is low. Pictures come every 20 ms from 0 on.
func TestSpikesFlash(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spikes []int // ms
		want   []string
		counts [2]int64 // flashes, merged
	}{
		{"a flash lasts from the next picture to the first after 40 ms", []int{5}, []string{"20 ####", "60 ...."}, [2]int64{1, 0}},
		{"a second spike extends it", []int{5, 45}, []string{"20 ####", "100 ...."}, [2]int64{1, 1}},
		{"three spikes in one picture are one flash", []int{5, 6, 7}, []string{"20 ####", "60 ...."}, [2]int64{1, 2}},
		{"two flashes", []int{5, 65}, []string{"20 ####", "60 ....", "80 ####", "120 ...."}, [2]int64{2, 0}},
		{"a spike at its end: lit without a gap", []int{5, 59}, []string{"20 ####", "100 ...."}, [2]int64{1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRow(t, false)
				b, err := bar.New(r.lines, membrane)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				before := r.String()
				for now := range 200 {
					for _, s := range tt.spikes {
						if s == now {
							b.Spike(1, time.Duration(now)*ms)
						}
					}
					synctest.Wait()
					if after := r.String(); after != before {
						got = append(got, fmt.Sprint(now, " ", after))
						before = after
					}
					time.Sleep(ms)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(tt.counts, [2]int64{b.Flashes(), b.Merged()}); diff != "" {
					t.Errorf("flashes, merged: %s", diff)
				}
				if err := b.Halt(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestInvertedLEDsEndDark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRow(t, true)
		b, err := bar.New(r.lines, membrane)
		if err != nil {
			t.Fatal(err)
		}
		b.Level(-64)
		time.Sleep(20 * ms)
		synctest.Wait()
		if got := r.String(); got != "..##" {
			t.Errorf("got %s, want the first two low", got)
		}
		if err := b.Halt(); err != nil || r.String() != "####" {
			t.Errorf("got %v, %s; want all high", err, r)
		}
	})
}

func TestBusyPinIsAFaultUntilItIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRow(t, false)
		b, err := bar.New(r.lines, membrane)
		if err != nil {
			t.Fatal(err)
		}
		r.Pin("GPIO6").SetFault(syscall.EBUSY)
		b.Spike(1, 0)
		time.Sleep(20 * ms)
		synctest.Wait()
		if err := b.Fault(); !errors.Is(err, syscall.EBUSY) || !strings.HasPrefix(err.Error(), "bar: GPIO6: ") || r.String() != "#.##" {
			t.Errorf("got %v, %s; want GPIO6 refused and the others lit", err, r)
		}
		r.Pin("GPIO6").SetFault(nil)
		time.Sleep(20 * ms)
		synctest.Wait()
		if err := b.Fault(); err != nil || r.String() != "####" || b.Flashes() != 1 {
			t.Errorf("got %v, %s, %d flashes; want the spike shown when it is free", err, r, b.Flashes())
		}
		r.Pin("GPIO13").SetFault(syscall.EIO)
		if err := b.Halt(); !errors.Is(err, syscall.EIO) || r.String() != "..#." {
			t.Errorf("got %v, %s; want the others dark", err, r)
		}
	})
}

func TestNewChecksTheOptions(t *testing.T) {
	r := newRow(t, false)
	for _, tt := range []struct {
		lines []*line.Line
		opts  bar.Opts
		want  string
	}{
		{nil, membrane, "bar: there must be at least one LED"},
		{r.lines, bar.Opts{}, "bar: low must be less than high, got 0 mV and 0 mV"},
		{r.lines, bar.Opts{Low: math.NaN(), High: 1}, "bar: low must be less than high, got NaN mV and 1 mV"},
		{r.lines, bar.Opts{Low: math.Inf(-1), High: 1}, "bar: low must be less than high, got -Inf mV and 1 mV"},
		{r.lines, bar.Opts{High: 1, Flash: -ms}, "bar: flash must be more than 0, got -1ms"},
		{r.lines, bar.Opts{High: 1, Period: 2 * time.Second}, "bar: period must be from 1ms to 1s, got 2s"},
	} {
		if b, err := bar.New(tt.lines, tt.opts); err == nil || err.Error() != tt.want || b != nil {
			t.Errorf("got %v, %v; want %s", b, err, tt.want)
		}
	}
}

func TestLoopDoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := bar.New(newRow(t, false).lines, membrane)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the first picture allocates; no other comes while the time stands still
		if n := testing.AllocsPerRun(1000, func() {
			b.Tick(0)
			b.Spike(1, 0)
			b.Level(-60)
		}); n != 0 {
			t.Errorf("got %g allocations a tick, want 0", n)
		}
		if err := b.Halt(); err != nil {
			t.Error(err)
		}
	})
}

// A new picture in every period allocates nothing: a garbage collection would stop the loop too.
func TestPicturesDoNotAllocate(t *testing.T) {
	for _, tt := range []struct {
		name string
		bar  func(row) (*bar.Bar, error)
	}{
		{"row", func(r row) (*bar.Bar, error) { return bar.New(r.lines, membrane) }},
		{"strip", func(r row) (*bar.Bar, error) {
			lines, err := line.NewGroup("bar", r.Pin("GPIO5"), r.Pin("GPIO6"))
			if err != nil {
				return nil, err
			}
			return bar.NewAPA102(bar.Wires(lines), bar.Strip{LEDs: 8}, membrane)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRow(t, false)
				b, err := tt.bar(r)
				if err != nil {
					t.Fatal(err)
				}
				v, edges := membrane.Low, len(r.Pin("GPIO6").Edges())
				next := func() {
					v = membrane.Low + membrane.High - v
					b.Level(v)
					time.Sleep(membrane.Period)
					synctest.Wait()
				}
				if n := testing.AllocsPerRun(100, next); n != 0 {
					t.Errorf("got %g allocations a picture, want 0", n)
				}
				if n := len(r.Pin("GPIO6").Edges()) - edges; n < 100 {
					t.Errorf("got %d edges in 100 pictures, want 100 or more", n)
				}
				if err := b.Halt(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
