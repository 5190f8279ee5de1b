package web

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// pipes is a listener without a network, for a synctest bubble.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	ended  chan struct{}
	dialed atomic.Int32
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.ended) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// addressed is a connection with a remote address.
type addressed struct {
	net.Conn
	from net.Addr
}

func (a addressed) RemoteAddr() net.Addr { return a.from }

// dial connects from a new address.
func (p *pipes) dial() (net.Conn, error) {
	n := p.dialed.Add(1)
	return p.dialFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}))
}

func (p *pipes) dialFrom(ip netip.Addr) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- addressed{there, net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, 1))}:
		return here, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

// fake is a run of a real loop with one neuron. It records the changes.
type fake struct {
	mu       sync.Mutex
	record   *trace.Record
	loop     *neuron.Loop
	position float64
	hand     int // turns of the knob
	changes  []string
	hold     func()    // called by TOML
	seen     []float64 // steps of the spikes, from the loop
	on       uint32
	stalled  string
}

// bubbleClock is the clock of a bubble.
type bubbleClock struct{ start time.Time }

func (c bubbleClock) Now() time.Duration { return time.Since(c.start) }
func (c bubbleClock) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	select {
	case <-ctx.Done():
	case <-time.After(t - now):
	}
	return c.Now(), ctx.Err()
}

type constant float64

func (c constant) Current(time.Duration) float64 { return float64(c) }

func newFake() *fake {
	f := &fake{position: 0.4}
	f.begin()
	return f
}

// begin starts over with a new loop and a new tap.
func (f *fake) begin() {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		panic(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	tap := neuron.NewTap(1, 1<<14)
	f.record = trace.NewRecord(tap, []trace.Window{trace.NewWindow(0.1, neuron.Default())})
	f.loop = &neuron.Loop{Clock: bubbleClock{time.Now()}, Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1,
		Cells:     []*neuron.Cell{{Name: "n1", Neuron: n, Inputs: []neuron.Input{constant(2)}}},
		Observers: []neuron.Observer{tap, f}}
}

func (f *fake) Tick(neuron.Tick) {}
func (f *fake) Step(s neuron.Sample) {
	if s.Spiked {
		f.seen = append(f.seen, float64(s.Step))
	}
}

// run runs the loop for a number of ticks.
func (f *fake) run(t *testing.T, ticks int64) {
	t.Helper()
	f.loop.Ticks = ticks
	if _, err := f.loop.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (f *fake) Hello() Hello {
	return Hello{Version: "test", Where: `a <b>"virtual"</b> Pi`, Loop: Loop{DT: 0.1, Tick: 1, Speed: 1},
		Neurons: []Neuron{{Name: "n1", Sliders: []Slider{{Key: "tau_m", Low: 1, High: 100}}}}, Network: Network{Exists: true, Synapses: []Synapse{{Name: "a", Sliders: []Slider{{Key: "weight", Low: -20, High: 20}}}}}, Sliders: []Slider{{Key: "speed", Low: 0.001, High: 10}}}
}

func (f *fake) Status() Status {
	return Status{Steps: 42, T: 0.0042, Skipped: 1500, Neurons: []NeuronStatus{{Name: "n1", V: -60, I: 2, Rate: 72, RealTimeHz: 7.2, Predicted: new(72.5), Spikes: 7, Intervals: Intervals{N: 6, MeanMs: 13.9, CV: 0.25}}, {Name: "n2", NoPrediction: "the membrane has noise"}},
		Inputs: []InputStatus{{Name: "knob", Fault: "no chip"}}, Outputs: []OutputStatus{{Name: "led"}}, Lateness: Lateness{1, 30, 100}}
}

func (f *fake) Record() *trace.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.record
}
func (f *fake) On(*[32]int64) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on
}
func (f *fake) Ticks(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	for i := range bounds {
		atMost = append(atMost, uint64(i))
	}
	return atMost, 40, 2 * time.Millisecond
}
func (f *fake) Stalled() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stalled
}
func (f *fake) TOML() []byte {
	f.mu.Lock()
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		hold()
	}
	return []byte("[loop]\n")
}

func (f *fake) Turn(input string, position float64) (float64, error) {
	if input != "knob" {
		return 0, fmt.Errorf("turn: no input with a knob is called %q", input)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.position
	f.position = position
	f.hand++
	return was, nil
}

// Knob returns the knob's position.
func (f *fake) Knob() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.position
}

func (f *fake) change(text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = append(f.changes, text)
	return nil
}

func (f *fake) Set(neuron, key string, value float64) error {
	if neuron != "n1" && neuron != "synapse.a" && key != "speed" {
		return fmt.Errorf("set: no neuron is called %q", neuron)
	}
	return f.change(fmt.Sprintf("%s.%s=%g", neuron, key, value))
}
func (f *fake) Reset() error           { return f.change("reset") }
func (f *fake) Hide(wires int) error   { return f.change(fmt.Sprintf("hide %d", wires)) }
func (f *fake) Try(name string) error  { return f.change("try " + name) }
func (f *fake) Reveal() error          { return f.change("reveal") }
func (f *fake) Tap(input string) error { return f.change("tap " + input) }
func (f *fake) Move(m MovedWire) error { return f.change(fmt.Sprint("move ", m)) }
func (f *fake) Breadboard() []byte     { return []byte("<svg/>") }
func (f *fake) Fault(name string) error {
	if name != "MISO open" {
		return errors.New("fault: the virtual Pi has no such fault")
	}
	return f.change("fault " + name)
}

// touched returns all changes.
func (f *fake) touched() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.changes
	if f.hand > 0 {
		all = append(all, fmt.Sprintf("turned to %g", f.position))
	}
	return all
}

// world is a server in a bubble, with its run.
type world struct {
	*fake
	server *Server
	pipes  *pipes
	http   *http.Client
	stop   context.CancelFunc
	ended  chan error
}

// inBubble runs a test against a server in a bubble.
func inBubble(t *testing.T, o serve.Options, test func(*testing.T, *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{fake: newFake(), pipes: newPipes(), ended: make(chan error, 1)}
		w.server = New(w.fake, o)
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return w.pipes.dial() }}
		w.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		ctx, stop := context.WithCancel(t.Context())
		w.stop = stop
		go func() { w.ended <- w.server.Serve(ctx, w.pipes) }()
		synctest.Wait()
		test(t, w)
		stop()
		if err := <-w.ended; err != nil {
			t.Errorf("Serve: got %v, want nil", err)
		}
		transport.CloseIdleConnections()
		time.Sleep(time.Second) // net/http keeps a closed connection for 500 ms
	})
}

// viewer is a client. It keeps all messages.
type viewer struct {
	conn *websocket.Conn
	done chan struct{}
	mu   sync.Mutex
	heard
}

// heard are the messages to a viewer.
type heard struct {
	hellos []Hello
	errors []string
	status []Status
	rates  []Rates
	frames []told
	ended  error
}

func (v *viewer) now() heard {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.heard
}

// told is a decoded frame.
type told struct {
	cells, columns  int
	first, per      float64
	missed, on, run uint32
	values          [][5]float32
	spikes          [][]float64
	sources         [][]float64
	inner           [][4]float32 // of cells with inner currents
	rasters         [][]dot
}

// dot is a spike in the raster of a population.
type dot struct {
	step float64
	row  int
}

func (w *world) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "http://localhost/ws", &websocket.DialOptions{HTTPClient: w.http, Subprotocols: []string{Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	return conn
}

// view connects a client and waits for its hello.
func (w *world) view(t *testing.T) *viewer {
	t.Helper()
	v := &viewer{conn: w.dial(t), done: make(chan struct{})}
	go v.listen()
	synctest.Wait()
	if h := v.now().hellos; len(h) != 1 || h[0].Type != "hello" {
		t.Fatalf("got %d hellos, want one at first", len(h))
	}
	return v
}

func (v *viewer) listen() {
	defer close(v.done)
	for {
		kind, b, err := v.conn.Read(context.Background())
		v.mu.Lock()
		switch {
		case err != nil:
			v.ended = err
			v.mu.Unlock()
			return
		case kind == websocket.MessageBinary:
			v.frames = append(v.frames, decode(b))
		default:
			v.text(b)
		}
		v.mu.Unlock()
	}
}

func (v *viewer) text(b []byte) {
	var kind struct{ Type, Message string }
	if err := json.Unmarshal(b, &kind); err != nil {
		panic(err)
	}
	var err error
	switch kind.Type {
	case "hello":
		v.hellos = append(v.hellos, Hello{})
		err = json.Unmarshal(b, &v.hellos[len(v.hellos)-1])
	case "status":
		v.status = append(v.status, Status{})
		err = json.Unmarshal(b, &v.status[len(v.status)-1])
	case "rates":
		v.rates = append(v.rates, Rates{})
		err = json.Unmarshal(b, &v.rates[len(v.rates)-1])
	case "error":
		v.errors = append(v.errors, kind.Message)
	default:
		err = fmt.Errorf("a message of type %q", kind.Type)
	}
	if err != nil {
		panic(err)
	}
}

// say sends a text and waits for all goroutines.
func (v *viewer) say(t *testing.T, text string) {
	t.Helper()
	if err := v.conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// unread is the unread rest of a frame.
type unread []byte

func (b *unread) u8() int        { v := (*b)[0]; *b = (*b)[1:]; return int(v) }
func (b *unread) u16() int       { v := binary.LittleEndian.Uint16(*b); *b = (*b)[2:]; return int(v) }
func (b *unread) u32() uint32    { v := binary.LittleEndian.Uint32(*b); *b = (*b)[4:]; return v }
func (b *unread) float() float32 { return math.Float32frombits(b.u32()) }
func (b *unread) double() float64 {
	low := uint64(b.u32())
	return math.Float64frombits(low | uint64(b.u32())<<32)
}

func decode(raw []byte) told {
	b := unread(raw)
	if v := b.u8(); v != 2 {
		panic(fmt.Sprintf("a frame of version %d", v))
	}
	f := told{cells: b.u8(), columns: b.u16(), first: b.double(), per: b.double(), missed: b.u32(), on: b.u32(), run: b.u32()}
	sources := b.u8()
	flags := make([]int, f.cells)
	for i := range flags {
		flags[i] = b.u8()
	}
	for range f.columns {
		for i := range f.cells {
			f.values = append(f.values, [5]float32{b.float(), b.float(), b.float(), b.float(), b.float()})
			if flags[i]&1 != 0 {
				f.inner = append(f.inner, [4]float32{b.float(), b.float(), b.float(), b.float()})
			}
		}
	}
	trains := func(n int) (all [][]float64) {
		for range n {
			spikes := make([]float64, b.u32())
			for i := range spikes {
				spikes[i] = b.double()
			}
			all = append(all, spikes)
		}
		return all
	}
	f.spikes, f.sources = trains(f.cells), trains(sources)
	for i := range flags {
		if flags[i]&2 == 0 {
			continue
		}
		r := make([]dot, b.u32())
		for k := range r {
			r[k] = dot{f.first + float64(b.u32()), b.u16()}
		}
		f.rasters = append(f.rasters, r)
	}
	if len(b) != 0 {
		panic(fmt.Sprintf("%d bytes after a frame", len(b)))
	}
	return f
}

// all returns a viewer's spikes, and its columns one after the other. A frame replaces earlier spikes of its steps.
func (v *viewer) all() (spikes []float64, columns [][5]float32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	run, begin := uint32(0), 0
	for _, f := range v.frames {
		if f.run != run {
			run, begin = f.run, len(spikes)
		}
		if f.columns > 0 {
			spikes = append(spikes[:begin], slices.DeleteFunc(spikes[begin:], func(s float64) bool { return s >= f.first && s < f.first+float64(f.columns)*f.per })...)
		}
		spikes = append(spikes, f.spikes[0]...)
		columns = append(columns, f.values...)
	}
	return spikes, columns
}
