package sim_test

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"
)

func TestPowerUp(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	for n := range 28 {
		p := pi.Pin(fmt.Sprint(n))
		wantPull, wantFunc := gpio.PullDown, gpio.IN_LOW
		if n <= 8 {
			wantPull, wantFunc = gpio.PullUp, gpio.IN_HIGH
		}
		if n >= 7 && n <= 11 {
			wantFunc = []pin.Func{"SPI0_CS1", "SPI0_CS0", "SPI0_MISO", "SPI0_MOSI", "SPI0_CLK"}[n-7]
		}
		if p.Name() != fmt.Sprintf("GPIO%d", n) || p.String() != p.Name() || p.Number() != n {
			t.Errorf("pin %d: got %s, %s, %d", n, p.Name(), p, p.Number())
		}
		if p.Pull() != wantPull || p.DefaultPull() != wantPull || p.Level() != (wantPull == gpio.PullUp) {
			t.Errorf("%s: got %s, by default %s, %s, want %s", p, p.Pull(), p.DefaultPull(), p.Level(), wantPull)
		}
		if p.Func() != wantFunc || p.Function() != string(wantFunc) {
			t.Errorf("%s: got function %s, want %s", p, p.Func(), wantFunc)
		}
		if p.Edges() != nil || p.EdgeCount() != 0 {
			t.Errorf("%s: got edges %v, want none", p, p.Edges())
		}
	}
}

func TestPinByName(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	for name, want := range map[string]string{
		"GPIO17": "GPIO17", "17": "GPIO17", "P1_11": "GPIO17", "SPI1_CS1": "GPIO17",
		"P1_3": "GPIO2", "P1_40": "GPIO21", "P1_26": "GPIO7", "SPI0_MOSI": "GPIO10", "I2C1_SDA": "GPIO2", "UART0_TX": "GPIO14",
	} {
		if got := pi.Pin(name); got.Name() != want {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
	}
	for _, name := range []string{"", "GPIO99", "28", "P1_1", "gpio17", "-1"} {
		want := fmt.Sprintf("sim: no pin %q: the virtual Pi has GPIO0 to GPIO27: use a name like GPIO17, 17, P1_11 or SPI0_MOSI", name)
		if got := panics(func() { pi.Pin(name) }); got != want {
			t.Errorf("%q: got %v, want a panic %q", name, got, want)
		}
	}
}

// panics returns what f panics with, or nil.
func panics(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// Each step of the program or the outside: level and function of the pin, and its edge.
func TestEdgesNameTheirCause(t *testing.T) {
	t.Parallel()
	clock := new(stopwatch)
	p := sim.New(clock).Pin("GPIO17")
	in := func(pull gpio.Pull) func() { return func() { p.In(pull, gpio.NoEdge) } }
	out := func(l gpio.Level) func() { return func() { p.Out(l) } }
	fn := func(f pin.Func) func() { return func() { p.SetFunc(f) } }
	drive := func(l gpio.Level) func() { return func() { p.Drive(l) } }
	type drivers []sim.Driver // of one edge, or none
	none, program, outside := drivers{}, drivers{sim.ByProgram}, drivers{sim.ByOutside}
	var want []sim.Edge
	for i, step := range []struct {
		name string
		do   func()
		want gpio.Level
		edge drivers
		fn   pin.Func
	}{
		{"out low, as before", out(gpio.Low), gpio.Low, none, gpio.OUT_LOW},
		{"out high", out(gpio.High), gpio.High, program, gpio.OUT_HIGH},
		{"out high again", out(gpio.High), gpio.High, none, gpio.OUT_HIGH},
		{"driven against", drive(gpio.Low), gpio.High, none, gpio.OUT_HIGH},
		{"an input again", in(gpio.PullNoChange), gpio.Low, program, gpio.IN_LOW},
		{"driven high", drive(gpio.High), gpio.High, outside, gpio.IN_HIGH},
		{"out high, as before", out(gpio.High), gpio.High, none, gpio.OUT_HIGH},
		{"released", p.Release, gpio.High, none, gpio.OUT_HIGH},
		{"an input, pulled down", in(gpio.PullDown), gpio.Low, program, gpio.IN_LOW},
		{"pressed", drive(gpio.High), gpio.High, outside, gpio.IN_HIGH},
		{"pressed again", drive(gpio.High), gpio.High, none, gpio.IN_HIGH},
		{"released again", p.Release, gpio.Low, outside, gpio.IN_LOW},
		{"pulled up", in(gpio.PullUp), gpio.High, program, gpio.IN_HIGH},
		{"an input as before", in(gpio.PullNoChange), gpio.High, none, gpio.IN_HIGH},
		{"floating", in(gpio.Float), gpio.Low, program, gpio.IN_LOW},
		{"function high", fn(gpio.OUT_HIGH), gpio.High, program, gpio.OUT_HIGH},
		{"function low", fn(gpio.OUT_LOW), gpio.Low, program, gpio.OUT_LOW},
		{"function out", fn(gpio.OUT), gpio.Low, none, gpio.OUT_LOW},
		{"function in, pulled up", fn(gpio.IN_HIGH), gpio.High, program, gpio.IN_HIGH},
		{"function in, pulled down", fn(gpio.IN_LOW), gpio.Low, program, gpio.IN_LOW},
		{"function in", fn(gpio.IN), gpio.Low, none, gpio.IN_LOW},
		{"function float", fn(gpio.FLOAT), gpio.Low, none, gpio.IN_LOW},
		{"its bus", fn("SPI1_CS1"), gpio.Low, none, "SPI1_CS1"},
		{"its bus, in general", fn("SPI_CS"), gpio.Low, none, "SPI1_CS1"},
		{"out high from its bus", out(gpio.High), gpio.High, program, gpio.OUT_HIGH},
		{"halted", func() { p.Halt() }, gpio.High, none, gpio.OUT_HIGH},
	} {
		clock.now = time.Duration(i) * time.Millisecond
		step.do()
		if got := p.Level(); got != step.want || p.Read() != got {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
		if got := p.Func(); got != step.fn {
			t.Errorf("%s: got function %s, want %s", step.name, got, step.fn)
		}
		for _, by := range step.edge {
			want = append(want, sim.Edge{At: clock.now, Level: step.want, By: by})
		}
	}
	if diff := cmp.Diff(want, p.Edges()); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if got := p.EdgeCount(); got != uint64(len(want)) {
		t.Errorf("got %d edges, want %d", got, len(want))
	}
}

func TestEdgesAreBounded(t *testing.T) {
	clock := new(stopwatch)
	p := sim.New(clock).Pin("GPIO17")
	toggle := func() {
		clock.now++
		if err := p.Out(!p.Level()); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= 2*sim.KeptEdges+5; n++ {
		toggle()
		if n%5000 != 0 && n < sim.KeptEdges-1 || n > sim.KeptEdges+1 && n < 2*sim.KeptEdges+5 {
			continue
		}
		got := p.Edges()
		if len(got) != min(n, sim.KeptEdges) || p.EdgeCount() != uint64(n) {
			t.Fatalf("after %d edges: got %d of %d", n, len(got), p.EdgeCount())
		}
		for i, e := range got {
			at := n - len(got) + i + 1
			if want := (sim.Edge{At: time.Duration(at), Level: at%2 == 1}); e != want {
				t.Fatalf("after %d edges: got %v at %d, want %v", n, e, i, want)
			}
		}
	}
	if n := testing.AllocsPerRun(1000, toggle); n != 0 {
		t.Errorf("got %g allocations per edge, want 0", n)
	}
}

func TestPinErrors(t *testing.T) {
	t.Parallel()
	p := sim.New(nil).Pin("GPIO17")
	for _, tt := range []struct {
		fault error
		do    func() error
		want  string
	}{
		{syscall.EBUSY, func() error { return p.Out(gpio.High) }, "sim: GPIO17: out: device or resource busy"},
		{syscall.EIO, func() error { return p.Out(gpio.High) }, "sim: GPIO17: out: input/output error"},
		{syscall.EBUSY, func() error { return p.In(gpio.PullUp, gpio.NoEdge) }, "sim: GPIO17: in: device or resource busy"},
		{syscall.EBUSY, func() error { return p.SetFunc("SPI1_CS1") }, "sim: GPIO17: set function: device or resource busy"},
		{nil, func() error { return p.In(4, gpio.NoEdge) }, "sim: GPIO17: in: unknown pull Pull(4)"},
		{nil, func() error { return p.In(gpio.PullUp, 4) }, "sim: GPIO17: in: unknown edge 4"},
		{nil, func() error { return p.In(gpio.PullUp, -1) }, "sim: GPIO17: in: unknown edge -1"},
		{nil, func() error { return p.PWM(gpio.DutyHalf, 0) }, "sim: GPIO17: pwm: not modelled: use Out"},
		{nil, func() error { return p.SetFunc("I2C1_SDA") }, `sim: GPIO17: unknown function "I2C1_SDA"`},
		{nil, func() error { return p.SetFunc("") }, `sim: GPIO17: unknown function ""`},
	} {
		p.SetFault(tt.fault)
		err := tt.do()
		if text(err) != tt.want || tt.fault != nil && !errors.Is(err, tt.fault) {
			t.Errorf("got %q, want %q", text(err), tt.want)
		}
	}
	if p.Level() != gpio.Low || p.EdgeCount() != 0 || p.Func() != gpio.IN_LOW {
		t.Errorf("after errors: got %s, %d edges, %s, want nothing changed", p.Level(), p.EdgeCount(), p.Func())
	}
	if err := p.Out(gpio.High); err != nil {
		t.Errorf("without fault: got %v", err)
	}
	if diff := cmp.Diff([]pin.Func{gpio.IN, gpio.OUT, "SPI1_CS1"}, p.SupportedFuncs()); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]pin.Func{gpio.IN, gpio.OUT}, sim.New(nil).Pin("GPIO27").SupportedFuncs()); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
}

func TestInSelectsTheEdges(t *testing.T) {
	t.Parallel()
	for edge, want := range map[gpio.Edge]int{gpio.NoEdge: 0, gpio.RisingEdge: 3, gpio.FallingEdge: 2, gpio.BothEdges: 5} {
		p := sim.New(nil).Pin("GPIO27")
		if err := p.In(gpio.PullDown, edge); err != nil {
			t.Fatal(err)
		}
		for _, l := range []gpio.Level{gpio.High, gpio.High, gpio.Low, gpio.High, gpio.Low, gpio.High} {
			p.Drive(l)
		}
		got := 0
		for p.WaitForEdge(0) {
			got++
		}
		if got != want {
			t.Errorf("%s: got %d edges, want %d", edge, got, want)
		}
		for range 40 {
			p.Release()
			p.Drive(gpio.High)
		}
		for got = 0; p.WaitForEdge(time.Hour * 0); {
			got++
		}
		if edge != gpio.NoEdge && got != 16 {
			t.Errorf("%s: got %d edges waiting, want 16", edge, got)
		}
		p.Release()
		p.Drive(gpio.High)
		if err := p.In(gpio.PullDown, edge); err != nil || p.WaitForEdge(0) {
			t.Errorf("%s: got an edge before In, want none", edge)
		}
		p.Release()
		if err := p.In(gpio.PullUp, edge); err != nil || p.Level() == gpio.Low || p.WaitForEdge(0) {
			t.Errorf("%s: got %v, %s or an edge of the pull itself, want High and no edge", edge, err, p.Level())
		}
	}
}

func TestWaitForEdge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		timeout time.Duration
		after   time.Duration // time of do
		do      func(*sim.Pin)
		want    bool
		took    time.Duration
	}{
		{"an edge", time.Minute, time.Second, func(p *sim.Pin) { p.Drive(gpio.Low) }, true, time.Second},
		{"the other edge", time.Minute, time.Second, func(p *sim.Pin) { p.Drive(gpio.High) }, false, time.Minute},
		{"too late", time.Minute, time.Hour, func(p *sim.Pin) { p.Drive(gpio.Low) }, false, time.Minute},
		{"for ever", -1, 1000 * time.Hour, func(p *sim.Pin) { p.Drive(gpio.Low) }, true, 1000 * time.Hour},
		{"halted", -1, time.Second, func(p *sim.Pin) { p.Halt() }, false, time.Second},
		{"halted with a timeout", time.Minute, time.Second, func(p *sim.Pin) { p.Halt() }, false, time.Second},
		{"in", -1, time.Second, func(p *sim.Pin) { p.In(gpio.PullUp, gpio.FallingEdge) }, false, time.Second},
		{"out", -1, time.Second, func(p *sim.Pin) { p.Out(gpio.High) }, false, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := sim.New(nil).Pin("GPIO27")
				if err := p.In(gpio.PullUp, gpio.FallingEdge); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				time.AfterFunc(tt.after, func() { tt.do(p) })
				if got := p.WaitForEdge(tt.timeout); got != tt.want || time.Since(start) != tt.took {
					t.Errorf("got %t after %s, want %t after %s", got, time.Since(start), tt.want, tt.took)
				}
			})
		})
	}
}

// hands is a clock for move: Sleep blocks until then.
type hands struct {
	mu    sync.Mutex
	moved sync.Cond
	now   time.Duration
}

func (h *hands) Now() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) Sleep(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for until := h.now + d; h.now < until; {
		h.moved.Wait()
	}
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now += d
	h.moved.Broadcast()
}

// With a clock that Sleep moves, and with one that only the test moves.
func TestWaitForEdgeOnAnotherClock(t *testing.T) {
	t.Parallel()
	fast := new(stopwatch)
	p := sim.New(fast).Pin("GPIO27")
	if err := p.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		t.Fatal(err)
	}
	if p.WaitForEdge(time.Hour) || fast.now != time.Hour {
		t.Errorf("got an edge or %s, want a timeout after 1h", fast.now)
	}
	p.Drive(gpio.Low)
	if !p.WaitForEdge(time.Hour) || fast.now != time.Hour {
		t.Errorf("got no edge or %s, want the earlier edge at 1h", fast.now)
	}

	synctest.Test(t, func(t *testing.T) {
		slow := new(hands)
		slow.moved.L = &slow.mu
		p := sim.New(slow).Pin("GPIO27")
		if err := p.In(gpio.PullUp, gpio.FallingEdge); err != nil {
			t.Fatal(err)
		}
		result := make(chan bool, 1)
		wait := func() { result <- p.WaitForEdge(time.Minute) }
		go wait()
		synctest.Wait()
		p.Drive(gpio.Low)
		if !<-result {
			t.Error("got a timeout, want the edge while the clock stands still")
		}
		go wait()
		synctest.Wait()
		slow.move(time.Minute - 1)
		synctest.Wait()
		if len(result) != 0 {
			t.Error("got a result, want to wait for another nanosecond")
		}
		slow.move(1)
		if <-result {
			t.Error("got an edge, want a timeout")
		}
	})
}

func BenchmarkOut(b *testing.B) {
	p := sim.New(nil).Pin("GPIO17")
	b.ReportAllocs()
	l := gpio.Low
	for b.Loop() {
		l = !l
		if err := p.Out(l); err != nil {
			b.Fatal(err)
		}
	}
}
