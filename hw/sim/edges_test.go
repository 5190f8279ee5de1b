package sim_test

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/edge"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
)

// edges requests lines of a Pi until the end of the test.
func edges(t *testing.T, pi *sim.Pi, lines ...edge.Line) edge.Port {
	t.Helper()
	port, err := pi.OpenEdges(lines)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	return port
}

// rising is a line for rising edges with a pull-down.
func rising(pin string) edge.Line { return edge.Line{Pin: pin, Rising: true, Pull: gpio.PullDown} }

func TestEdgesOfARequestComeInOrder(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	pi := sim.New(clock)
	out, button := pi.Pin("GPIO17"), pi.Pin("GPIO22")
	if err := errors.Join(out.Out(gpio.High), pi.Connect("GPIO17", "GPIO27")); err != nil {
		t.Fatal(err)
	}
	port := edges(t, pi, edge.Line{Pin: "GPIO22", Falling: true, Pull: gpio.PullUp}, edge.Line{Pin: "P1_13", Rising: true, Falling: true})
	if pi.Pin("GPIO22").Pull() != gpio.PullUp || button.Level() != gpio.High {
		t.Errorf("got pull %s, level %s, want the requested pull-up", button.Pull(), button.Level())
	}
	for _, do := range []func(){
		func() { out.Out(gpio.Low) }, func() { button.Drive(gpio.Low) }, func() { button.Release() }, func() { out.Out(gpio.High) },
		func() { button.Drive(gpio.Low) },
	} {
		clock.now += time.Millisecond
		do()
	}
	ms := time.Millisecond
	want := []edge.Edge{{Line: 1, At: 1 * ms}, {Line: 0, At: 2 * ms}, {Line: 1, At: 4 * ms, Rising: true}, {Line: 0, At: 5 * ms}}
	var got []edge.Edge
	to := make([]edge.Edge, 3)
	for range 3 {
		n, err := port.Read(to)
		if err != nil {
			t.Error(err)
		}
		got = append(got, to[:n]...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if port.Now() != clock.now {
		t.Errorf("got %s, want the Pi's clock", port.Now())
	}
}

func TestFullBufferDropsTheOldestEdges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lines, room int }{{1, 16}, {2, 32}, {3, 64}, {4, 64}, {5, 128}} {
		clock := new(stopwatch)
		pi := sim.New(clock)
		var lines []edge.Line
		for _, pin := range []string{"GPIO17", "GPIO22", "GPIO27", "GPIO23", "GPIO24"}[:tt.lines] {
			lines = append(lines, rising(pin))
		}
		port, pin := edges(t, pi, lines...), pi.Pin("GPIO17")
		to := make([]edge.Edge, tt.room+1)
		for _, extra := range []int{0, 1, 5, 1000, 0} {
			start := clock.now
			for range tt.room + extra {
				clock.now++
				pin.Drive(gpio.High)
				pin.Release()
			}
			first, err := port.Read(to[:1])
			n, err2 := port.Read(to[1:])
			if n += first; n != tt.room || err != nil || err2 != nil {
				t.Fatalf("%d lines, %d edges more: got %d, %v, %v", tt.lines, extra, n, err, err2)
			}
			for i, e := range to[:n] {
				want := edge.Edge{Line: 0, At: start + time.Duration(extra+i+1), Rising: true}
				if i == 0 {
					want.Lost = int64(extra)
				}
				if e != want {
					t.Fatalf("%d lines, %d edges more: got %v at %d, want %v", tt.lines, extra, e, i, want)
				}
			}
		}
	}
}

// A line without later edges in the buffer has its loss at its next edge.
func TestLossBelongsToItsLine(t *testing.T) {
	t.Parallel()
	pi := sim.New(new(stopwatch))
	port := edges(t, pi, rising("GPIO17"), rising("GPIO22"))
	press := func(name string, times int) {
		for range times {
			pi.Pin(name).Drive(gpio.High)
			pi.Pin(name).Release()
		}
	}
	var lost []int64
	read := func() {
		to := make([]edge.Edge, 100)
		n, err := port.Read(to)
		if err != nil {
			t.Error(err)
		}
		for _, e := range to[:n] {
			if e.Lost != 0 {
				lost = append(lost, int64(e.Line), e.Lost)
			}
		}
	}
	press("GPIO17", 3)
	press("GPIO22", 34) // drops 3 of GPIO17 and 2 of its own
	read()
	press("GPIO22", 1)
	press("GPIO17", 2)
	read()
	if diff := cmp.Diff([]int64{1, 2, 0, 3}, lost); diff != "" {
		t.Errorf("line and loss (-want +got):\n%s", diff)
	}
}

func TestRequestedPinsAreBusy(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	pin := pi.Pin("GPIO17")
	port := edges(t, pi, rising("GPIO17"))
	again := func(lines ...edge.Line) func() error {
		return func() error { _, err := pi.OpenEdges(lines); return err }
	}
	for _, tt := range []struct {
		do   func() error
		want string
	}{
		{func() error { return pin.Out(gpio.High) }, "sim: GPIO17: out: device or resource busy"},
		{func() error { return pin.In(gpio.PullUp, gpio.NoEdge) }, "sim: GPIO17: in: device or resource busy"},
		{func() error { return pin.SetFunc("SPI1_CS1") }, "sim: GPIO17: set function: device or resource busy"},
		{again(rising("GPIO22"), rising("P1_11")), "sim: GPIO17: edges: device or resource busy"},
		{again(rising("GPIO22"), rising("GPIO22")), "sim: GPIO22: edges: device or resource busy"},
	} {
		if err := tt.do(); text(err) != tt.want || !errors.Is(err, syscall.EBUSY) {
			t.Errorf("got %q, want %q", text(err), tt.want)
		}
	}
	if err := pi.Pin("GPIO22").Out(gpio.High); err != nil {
		t.Errorf("a line of a refused request: got %v, want a free pin", err)
	}
	pi.Pin("GPIO23").SetFault(syscall.EBUSY)
	if err := again(rising("GPIO23"))(); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("another program's pin: got %v, want EBUSY", err)
	}
	if err := errors.Join(port.Close(), pin.Out(gpio.High)); err != nil {
		t.Errorf("after Close: got %v, want a free pin", err)
	}
	for _, err := range []error{port.Close(), func() error { _, err := port.Read(nil); return err }()} {
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("after Close: got %v, want %v", err, fs.ErrClosed)
		}
	}
}

func TestBadRequestsForEdges(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	for _, tt := range []struct {
		lines []edge.Line
		want  string
	}{
		{nil, "sim: edges: want 1 to 64 lines, got 0: invalid argument"},
		{make([]edge.Line, 65), "sim: edges: want 1 to 64 lines, got 65: invalid argument"},
		{[]edge.Line{rising("GPIO99")}, `sim: edges: no pin "GPIO99": the virtual Pi has GPIO0 to GPIO27: use a name like GPIO17, 17, P1_11 or SPI0_MOSI`},
		{[]edge.Line{{Pin: "GPIO17"}}, "sim: GPIO17: edges: neither rising nor falling edges are requested"},
		{[]edge.Line{{Pin: "GPIO17", Rising: true, Pull: 4}}, "sim: GPIO17: edges: unknown pull Pull(4)"},
	} {
		if port, err := pi.OpenEdges(tt.lines); port != nil || text(err) != tt.want {
			t.Errorf("got %v, %q, want %q", port, text(err), tt.want)
		}
	}
}

func TestReadOfEdgesAllocatesNothing(t *testing.T) {
	pi := sim.New(new(stopwatch))
	out := pi.Pin("GPIO17")
	join(t, pi, [2]string{"GPIO17", "GPIO27"})
	port, to, n := edges(t, pi, rising("GPIO27")), make([]edge.Edge, 16), 0
	pi.Pin("GPIO27").Drive(gpio.Low)
	for range sim.KeptEdges { // the record of an input grows until then
		out.Out(!out.Level())
	}
	if allocs := testing.AllocsPerRun(1000, func() {
		out.Out(gpio.High)
		out.Out(gpio.Low)
		n, _ = port.Read(to)
	}); allocs != 0 || n == 0 {
		t.Errorf("got %g allocations for %d edges, want 0", allocs, n)
	}
}
