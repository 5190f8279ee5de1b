package edge_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/edge"
)

const ms = time.Millisecond

// port is a request with given edges.
type port struct {
	edges  []edge.Edge
	now    time.Duration
	fail   error
	closed bool
}

func (p *port) Read(to []edge.Edge) (int, error) {
	n := copy(to, p.edges)
	p.edges = p.edges[n:]
	return n, p.fail
}
func (p *port) Now() time.Duration { return p.now }
func (p *port) Close() error       { p.closed = true; return nil }

// spikes reads the inputs, and returns their spikes in words.
func spikes(in *edge.Inputs) string {
	var all []string
	in.Read(0, func(pin int, at time.Duration, gain float64) {
		all = append(all, fmt.Sprintf("%d at %v x%g", pin, at, gain))
	})
	return strings.Join(all, ", ")
}

func TestPulsesBecomeSpikes(t *testing.T) {
	for _, tt := range []struct {
		name          string
		opts          edge.Opts
		edges         string // times in ms: + rises, - falls, ! with an edge lost before
		want          string
		ignored, lost int64
	}{
		{"rising", edge.Opts{}, "+1 +3 +!5", "0 at 1ms x1, 0 at 3ms x1, 0 at 5ms x1", 0, 1},
		{"falling", edge.Opts{Falling: true}, "-1 -3", "0 at 1ms x1, 0 at 3ms x1", 0, 0},
		{"falling with a dead time", edge.Opts{Falling: true, Dead: ms}, "-1 +2 -3 +4", "0 at 1ms x1, 0 at 3ms x1", 0, 0},
		{"a button bounces when pressed and when released", edge.Opts{Dead: 20 * ms}, "+1 -2 +3 -5 +6 -100 +101 -103 +150", "0 at 1ms x1, 0 at 150ms x1", 3, 0},
		{"dead time ends", edge.Opts{Dead: 2 * ms}, "+1 -2 +4 -5 +6", "0 at 1ms x1, 0 at 4ms x1", 1, 0},
		{"width", edge.Opts{Width: true}, "+1 -16 +20 -20.5", "0 at 16ms x15, 0 at 20.5ms x0.5", 0, 0},
		{"width of a low pulse", edge.Opts{Width: true, Falling: true}, "+1 -2 +5", "0 at 5ms x3", 0, 0},
		{"a width with a lost edge is not known", edge.Opts{Width: true}, "+1 -!9 +10 -12", "0 at 12ms x2", 0, 1},
		{"the kernel names a short pulse after its end", edge.Opts{Dead: 2 * ms}, "+1 -2 -10 +20", "0 at 1ms x1, 0 at 10ms x1, 0 at 20ms x1", 0, 0},
		{"a short pulse in the dead time", edge.Opts{Dead: 2 * ms}, "+1 -4 -5 +20", "0 at 1ms x1, 0 at 20ms x1", 1, 0},
		{"a short gap in a pulse", edge.Opts{Dead: 2 * ms}, "+1 +5 -8 +20", "0 at 1ms x1, 0 at 20ms x1", 1, 0},
		{"a line high at first", edge.Opts{Dead: 2 * ms}, "-5 +20", "0 at 20ms x1", 0, 0},
		{"width of a short pulse is not known", edge.Opts{Width: true}, "+1 -2 -10 +20 -24", "0 at 2ms x1, 0 at 24ms x4", 0, 1},
		{"a short gap counts as width", edge.Opts{Width: true}, "+1 +5 -8", "0 at 8ms x7", 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &port{now: 1000 * ms}
			for _, text := range strings.Fields(tt.edges) {
				e := edge.Edge{Rising: text[0] == '+'}
				if rest, ok := strings.CutPrefix(text[1:], "!"); ok {
					e.Lost, text = 1, text[:1]+rest
				}
				d, err := time.ParseDuration(text[1:] + "ms")
				if err != nil {
					t.Fatal(err)
				}
				e.At = 1000*ms + d
				p.edges = append(p.edges, e)
			}
			tt.opts.Pin, tt.opts.Pull = "GPIO22", gpio.PullDown
			in := edge.New(func(lines []edge.Line) (edge.Port, error) {
				both := tt.opts.Dead > 0 || tt.opts.Width // else the edges of starts alone
				want := edge.Line{Pin: "GPIO22", Rising: both || !tt.opts.Falling, Falling: both || tt.opts.Falling, Pull: gpio.PullDown}
				if diff := cmp.Diff([]edge.Line{want}, lines); diff != "" {
					t.Error(diff)
				}
				return p, nil
			}, tt.opts)
			in.On(func() time.Duration { return 0 }) // the port's clock is a second ahead
			if got := spikes(in); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := in.Counts(0); got != (edge.Counts{Ignored: tt.ignored, Lost: tt.lost}) {
				t.Errorf("got %+v", got)
			}
			if err := errors.Join(in.Close(), in.Close()); err != nil || !p.closed {
				t.Errorf("got %v, closed %v", err, p.closed)
			}
		})
	}
}

// A pin in use elsewhere does not stop the others. It is requested again until it is free.
func TestRefusedPinsAreRequestedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy atomic.Bool
		busy.Store(true)
		ports := map[string]*port{}
		in := edge.New(func(lines []edge.Line) (edge.Port, error) {
			var pins []string
			for _, l := range lines {
				pins = append(pins, l.Pin)
			}
			if busy.Load() && slices.Contains(pins, "GPIO23") {
				return nil, fmt.Errorf("GPIO23: %w", syscall.EBUSY)
			}
			p := &port{edges: []edge.Edge{{Line: len(lines) - 1, At: 1, Rising: true}}}
			ports[strings.Join(pins, " ")] = p
			return p, nil
		}, edge.Opts{Pin: "GPIO22"}, edge.Opts{Pin: "GPIO23"}, edge.Opts{Pin: "GPIO24"})
		in.On(func() time.Duration { return 0 })
		if got, want := spikes(in), "0 at 1ns x1, 2 at 1ns x1"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := in.Fault(1); !errors.Is(err, syscall.EBUSY) || in.Fault(0) != nil {
			t.Errorf("got %v, %v", err, in.Fault(0))
		}
		later := func() string {
			time.Sleep(time.Second)
			synctest.Wait()
			return spikes(in)
		}
		if got := later(); got != "" {
			t.Errorf("still busy: got %s", got)
		}
		busy.Store(false)
		if got := later() + later(); got != "1 at 1ns x1" || in.Fault(1) != nil {
			t.Errorf("free: got %s, %v", got, in.Fault(1))
		}
		ports["GPIO24"].fail = syscall.ENODEV
		if got := later(); got != "" || !errors.Is(in.Fault(2), syscall.ENODEV) || !ports["GPIO24"].closed {
			t.Errorf("a failed port: got %s, %v", got, in.Fault(2))
		}
		if got := later() + later(); got != "2 at 1ns x1" || in.Fault(2) != nil {
			t.Errorf("requested again: got %s, %v", got, in.Fault(2))
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A machine that was suspended has another offset between its clocks; a busy one has not.
func TestOffsetFollowsASuspendedMachine(t *testing.T) {
	p, now := &port{}, time.Duration(0)
	in := edge.New(func([]edge.Line) (edge.Port, error) { return p, nil }, edge.Opts{Pin: "GPIO22"})
	in.On(func() time.Duration { now += 1000; return now })
	for _, tt := range []struct {
		ahead, want time.Duration
	}{{0, 5 * ms}, {100 * time.Microsecond, 5 * ms}, {-time.Second, 1005 * ms}} {
		now += 2 * time.Second
		p.now = now + tt.ahead
		var got time.Duration
		p.edges = []edge.Edge{{At: p.now + 5*ms - tt.ahead, Rising: true}}
		if tt.ahead < -ms {
			p.edges[0].At = p.now + 5*ms
		}
		base := now
		in.Read(now, func(_ int, at time.Duration, _ float64) { got = at })
		if diff := got - base - 5*ms; diff.Abs() > 5*time.Microsecond {
			t.Errorf("ahead by %v: got a spike %v after now, want 5 ms", tt.ahead, got-base)
		}
	}
	_ = in.Close()
}

// A busy machine can stop the program between the readings of two clocks. A later, quicker pair of readings is better.
func TestOffsetImproves(t *testing.T) {
	p, now, reading := &port{}, time.Duration(0), 1800*time.Microsecond
	in := edge.New(func([]edge.Line) (edge.Port, error) { return p, nil }, edge.Opts{Pin: "GPIO22"})
	in.On(func() time.Duration {
		now += reading
		p.now = now // the same clock, read at once
		return now
	})
	for _, tt := range []struct{ reading, want time.Duration }{
		{1800 * time.Microsecond, 900 * time.Microsecond},
		{time.Microsecond, 500},
		{1800 * time.Microsecond, 500}, // not worse again
		{100, 50},
	} {
		now, reading = now+2*time.Second, tt.reading
		at := now
		p.edges = []edge.Edge{{At: at, Rising: true}}
		in.Read(now, func(_ int, got time.Duration, _ float64) {
			if got-at != tt.want {
				t.Errorf("readings of %v: got a spike %v after its edge, want %v", tt.reading, got-at, tt.want)
			}
		})
	}
	_ = in.Close()
}

func TestReadDoesNotAllocate(t *testing.T) {
	p := &port{}
	in := edge.New(func([]edge.Line) (edge.Port, error) { return p, nil }, edge.Opts{Pin: "GPIO22"})
	in.On(func() time.Duration { return 0 })
	two, n := []edge.Edge{{Rising: true}, {}}, 0
	add := func(int, time.Duration, float64) { n++ }
	if allocs := testing.AllocsPerRun(1000, func() {
		p.edges = two
		in.Read(0, add)
	}); allocs != 0 || n != 1001 {
		t.Errorf("got %g allocations, %d spikes", allocs, n)
	}
	_ = in.Close()
}
