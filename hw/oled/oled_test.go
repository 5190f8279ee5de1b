package oled_test

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/devices/v3/ssd1306/image1bit"

	"hillock/hw/frames"
	"hillock/hw/oled"
)

const ms = time.Millisecond

// opts are for a default neuron, 10 times slower than real time.
var opts = oled.Opts{Low: -70, High: -55, DT: 100 * time.Microsecond, Speed: 0.1}

// display is a display that keeps its latest picture. It can fail and hang.
type display struct {
	mu    sync.Mutex
	shown *image1bit.VerticalLSB // nil: dark
	lines int                    // number of new full lines
	fail  error
	hangs time.Duration
}

func (d *display) String() string          { return "display" }
func (d *display) ColorModel() color.Model { return image1bit.BitModel }
func (d *display) Bounds() image.Rectangle { return image.Rect(0, 0, oled.Width, oled.Height) }

func (d *display) Draw(_ image.Rectangle, src image.Image, _ image.Point) error {
	if err := d.wait(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	next := *src.(*image1bit.VerticalLSB)
	next.Pix = append([]byte(nil), next.Pix...)
	for x := range oled.Width {
		if full(&next, x) && (d.shown == nil || !full(d.shown, x)) {
			d.lines++
		}
	}
	d.shown = &next
	return nil
}

func (d *display) Halt() error {
	if err := d.wait(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = nil
	return nil
}

func (d *display) wait() error {
	d.mu.Lock()
	hangs, fail := d.hangs, d.fail
	d.mu.Unlock()
	time.Sleep(hangs)
	return fail
}

func (d *display) set(hangs time.Duration, fail error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hangs, d.fail = hangs, fail
}

func (d *display) picture() *image1bit.VerticalLSB {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shown
}

// full reports whether a column is lit from below the rate to the bottom.
func full(img *image1bit.VerticalLSB, x int) bool {
	for y := 13; y < oled.Height; y++ {
		if !img.BitAt(x, y) {
			return false
		}
	}
	return true
}

// text returns a picture as rows of blocks, two rows of pixels in each.
func text(img *image1bit.VerticalLSB) string {
	if img == nil {
		return "dark\n"
	}
	blocks := map[[2]image1bit.Bit]rune{{false, false}: ' ', {true, false}: '▀', {false, true}: '▄', {true, true}: '█'}
	var s strings.Builder
	for y := 0; y < oled.Height; y += 2 {
		var line strings.Builder
		for x := range oled.Width {
			line.WriteRune(blocks[[2]image1bit.Bit{img.BitAt(x, y), img.BitAt(x, y+1)}])
		}
		s.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return s.String()
}

// loop is a default neuron with a step of 0.1 ms in each tick of 1 ms.
type loop struct {
	v      float64 // mV
	steps  int64
	spikes int64
}

func newLoop() *loop { return &loop{v: -70} }

func (l *loop) tick(d *oled.Dev, current float64) {
	now := time.Duration(l.steps) * ms
	d.Tick(now)
	l.steps++
	l.v += (-70 - l.v + float64(10*current)) * 0.1 / 10
	if l.v >= -55 {
		l.v = -70
		l.spikes++
		d.Spike(l.steps, now)
	}
	d.Level(l.v)
}

func Example() {
	screen := new(display) // on a Pi: oled.NewSSD1306(bus, oled.Address, ...)
	d, err := oled.New(screen, oled.Opts{Low: -70, High: -55, DT: 100 * time.Microsecond})
	if err != nil {
		panic(err)
	}
	d.Tick(0) // the loop's side
	d.Spike(138, 0)
	d.Level(-70)
	for screen.picture() == nil || !full(screen.picture(), 0) {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("a line at a spike")
	fmt.Println(d.Halt(), screen.picture() == nil)
	// Output:
	// a line at a spike
	// <nil> true
}

var update = flag.Bool("update", false, "write the golden pictures")

// The last picture of a run against a golden one. Check the files that -update writes.
func TestPicturesAreGolden(t *testing.T) {
	for _, tt := range []struct {
		name    string
		current func(step int64) float64 // nA
		ticks   int
	}{
		{"rest", func(int64) float64 { return 0 }, 700},
		{"below_threshold", func(int64) float64 { return 1.4 }, 1200},
		{"firing", func(int64) float64 { return 2 }, 1500},
		{"second_sweep", func(int64) float64 { return 2 }, 2700},
		{"slower_and_slower", func(step int64) float64 { return 5 - 3.45*float64(step)/1990 }, 1990},
		{"silent", func(step int64) float64 {
			if step < 800 {
				return 2
			}
			return -1
		}, 1900},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				screen := new(display)
				d, err := oled.New(screen, opts)
				if err != nil {
					t.Fatal(err)
				}
				l := newLoop()
				d.Level(l.v)
				for range tt.ticks {
					l.tick(d, tt.current(l.steps))
					time.Sleep(ms)
				}
				time.Sleep(60 * ms)
				got := text(screen.picture())
				if err := d.Halt(); err != nil {
					t.Error(err)
				}
				file := "testdata/" + tt.name + ".txt"
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s:\n%s\ngot:\n%s", file, diff, got)
				}
			})
		})
	}
}

// A loop of 1 ms beside a display with transfers of 1 s: the trace overwrites itself four times. The loop never waits,
// and every spike is in a picture.
func TestSlowDisplayNeverStopsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := new(display)
		o := opts
		o.Span = 260 * ms // does not divide 1 s: the oldest column moves from picture to picture
		d, err := oled.New(screen, o)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		screen.set(time.Second, nil)
		time.Sleep(ms / 2) // ticks between pictures
		start, l := time.Now(), newLoop()
		for k := range 5000 {
			current := 2.0
			if k >= 2100 { // the last of 15 spikes is overwritten before its picture
				current = 0
			}
			l.tick(d, current)
			if took := time.Since(start); took != time.Duration(k)*ms {
				t.Fatalf("got tick %d at %v: the loop waited", k, took)
			}
			time.Sleep(ms)
		}
		if l.spikes != 15 {
			t.Fatalf("got %d spikes, want 15", l.spikes)
		}
		// Spikes come every 138 ms. The picture at 1050 ms has the last two of seven, that at 2050 ms the last of
		// seven, and that at 3050 ms none of one. In each picture one more line stands for the overwritten spikes.
		screen.set(0, nil)
		if err := d.Halt(); err != nil || screen.picture() != nil {
			t.Errorf("got %v, want it dark", err)
		}
		if screen.lines != 3+2+1 {
			t.Errorf("got %d lines, want 6", screen.lines)
		}
	})
}

// After a failure, the next picture has the spike that the trace has overwritten twice. Later pictures do not.
func TestOverwrittenSpikeIsDrawnOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := new(display)
		d, err := oled.New(screen, oled.Opts{Low: -70, High: -55, DT: 100 * time.Microsecond, Span: 128 * ms})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		screen.set(0, errors.New("remote I/O error"))
		now := time.Duration(0)
		time.Sleep(ms / 2) // ticks between pictures
		run := func(ticks int) {
			for range ticks {
				d.Tick(now)
				if now == 10*ms {
					d.Spike(11, now)
				}
				d.Level(-70)
				now += ms
				time.Sleep(ms)
			}
		}
		lines := func() (at []int) {
			for x := range oled.Width {
				if full(screen.picture(), x) {
					at = append(at, x)
				}
			}
			return at
		}
		run(305)
		if got, want := fmt.Sprint(d.Fault()), "oled: remote I/O error"; got != want {
			t.Errorf("got fault %s, want %s", got, want)
		}
		screen.set(0, nil)
		run(50) // a picture at 350 ms, from column 226 to 349
		if diff := cmp.Diff([]int{226 % 128}, lines()); diff != "" {
			t.Errorf("the first picture after the failure: %s", diff)
		}
		run(50)
		if diff := cmp.Diff([]int(nil), lines()); diff != "" {
			t.Errorf("the next picture: %s", diff)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
	})
}

func TestHaltStopsWaitingForAHungDisplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &display{hangs: time.Minute}
		d, err := oled.New(screen, opts)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		if err := d.Halt(); !errors.Is(err, frames.ErrHangs) || time.Since(began) != frames.Patience {
			t.Errorf("got %v after %v, want an error after %v", err, time.Since(began), frames.Patience)
		}
		<-d.Ended()
		if screen.picture() != nil {
			t.Error("got a picture, want it dark when the transfer has returned")
		}
	})
}

// small is a display of another size.
type small struct{ display }

func (*small) Bounds() image.Rectangle { return image.Rect(0, 0, 128, 32) }

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		change func(*oled.Opts)
		want   string
	}{
		{func(o *oled.Opts) { o.High = -70 }, "oled: low must be less than high, got -70 mV and -70 mV"},
		{func(o *oled.Opts) { o.Low = math.NaN() }, "oled: low must be less than high, got NaN mV and -55 mV"},
		{func(o *oled.Opts) { o.Span = ms }, "oled: span must be from 10ms to 1h0m0s, got 1ms"},
		{func(o *oled.Opts) { o.DT = 0 }, "oled: dt must be more than 0, got 0s"},
		{func(o *oled.Opts) { o.Speed = -1 }, "oled: speed must be more than 0, got -1"},
		{func(o *oled.Opts) { o.Speed = math.NaN() }, "oled: speed must be more than 0, got NaN"},
		{func(o *oled.Opts) { o.Period = time.Minute }, "oled: period must be from 10ms to 10s, got 1m0s"},
	} {
		o := opts
		tt.change(&o)
		if d, err := oled.New(new(display), o); err == nil || err.Error() != tt.want || d != nil {
			t.Errorf("got %v, %v; want %s", d, err, tt.want)
		}
	}
	if _, err := oled.New(new(small), opts); err == nil || err.Error() != "oled: the display must have 128x64 pixels, got 128x32" {
		t.Errorf("got %v", err)
	}
}

func TestLoopDoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := oled.New(new(display), opts)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the first picture allocates; no other comes while the time stands still
		l := newLoop()
		if n := testing.AllocsPerRun(1000, func() { l.tick(d, 2) }); n != 0 {
			t.Errorf("got %g allocations a tick, want 0", n)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
	})
}

// blind is a display that keeps nothing.
type blind struct{ display }

func (*blind) Draw(image.Rectangle, image.Image, image.Point) error { return nil }

// Drawing allocates nothing: a garbage collection would stop the loop too. The transfers of ssd1306 allocate.
func TestDrawingDoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := oled.New(new(blind), opts)
		if err != nil {
			t.Fatal(err)
		}
		l := newLoop()
		next := func() {
			for range 50 {
				l.tick(d, 2)
			}
			time.Sleep(50 * ms)
			synctest.Wait()
		}
		if n := testing.AllocsPerRun(100, next); n != 0 {
			t.Errorf("got %g allocations a picture, want 0", n)
		}
		if n := d.Pictures(); n != 102 {
			t.Errorf("got %d pictures, want 102", n)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	s := oled.State{Rate: 72.5}
	for x := range s.Columns {
		s.Columns[x] = oled.Column{Drawn: true, High: uint8(2 * x)}
	}
	img := image1bit.NewVerticalLSB(image.Rect(0, 0, oled.Width, oled.Height))
	b.ReportAllocs()
	for b.Loop() {
		s.Draw(img)
	}
}

func BenchmarkTick(b *testing.B) {
	d, err := oled.New(new(display), opts)
	if err != nil {
		b.Fatal(err)
	}
	l := newLoop()
	for b.Loop() {
		l.tick(d, 2)
	}
	if err := d.Halt(); err != nil {
		b.Error(err)
	}
}
