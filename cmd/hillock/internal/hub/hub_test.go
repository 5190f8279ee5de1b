package hub

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/wall"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// deadline fails a broken program alone.
const deadline = 30 * time.Second

// console takes what a program prints, and finds a text in it.
type console struct {
	mu    sync.Mutex // guards the rest
	all   bytes.Buffer
	grown chan struct{}
}

func newConsole() *console { return &console{grown: make(chan struct{}, 1)} }

// Write implements io.Writer.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case c.grown <- struct{}{}:
	default:
	}
	return c.all.Write(p)
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all.String()
}

// find waits for a text and returns its first group.
func (c *console) find(ctx context.Context, t *testing.T, pattern string) string {
	t.Helper()
	for {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(c.String()); found != nil {
			return found[1]
		}
		select {
		case <-c.grown:
		case <-ctx.Done():
			t.Fatalf("no %q in:\n%s", pattern, c)
		}
	}
}

// start runs a program until the test or its stop ends it, and returns what it prints.
func start(t *testing.T, run func(ctx context.Context, to io.Writer) error) (c *console, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	c = newConsole()
	go func() { ended <- run(ctx, c) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(deadline):
			t.Errorf("no end after its context. Printed:\n%s", c)
		}
	})
	t.Cleanup(stop)
	return c, stop
}

// passage passes connections to an address, until it is cut.
type passage struct {
	l     net.Listener
	to    string
	serve sync.WaitGroup

	mu    sync.Mutex // guards the rest
	open  bool
	conns []net.Conn
}

func newPassage(t *testing.T, to string) *passage {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &passage{l: l, to: to, open: true}
	p.serve.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.pass(conn)
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.set(false)
		p.serve.Wait()
	})
	return p
}

// pass passes a connection in the background, unless the passage is cut.
func (p *passage) pass(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	far, err := net.Dial("tcp", p.to)
	if err != nil || !p.open {
		conn.Close()
		if err == nil {
			far.Close()
		}
		return
	}
	p.conns = append(p.conns, conn, far)
	for _, way := range [][2]net.Conn{{conn, far}, {far, conn}} {
		p.serve.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // until the end
			way[0].Close()
			way[1].Close()
		})
	}
}

// set opens or cuts the passage.
func (p *passage) set(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = open
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// viewer is a browser at a wall.
type viewer struct {
	*websocket.Conn
	ctx context.Context

	broker       string // state of the connection, as the wall says it
	gaps, spikes int    // of all frames so far
	statuses     int
	refusal      string            // the latest error
	names        map[string]string // shown names, and so on: the teacher's setup
	muted        []string
	frozen       bool
	boards       map[uint16]string // state of each board
}

func view(ctx context.Context, t *testing.T, addr string) *viewer {
	t.Helper()
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/ws", &websocket.DialOptions{Subprotocols: []string{wall.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() })
	return &viewer{Conn: conn, ctx: ctx, boards: map[uint16]string{}}
}

// until reads messages until a condition holds.
func (v *viewer) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for !ok() {
		kind, m, err := v.Read(v.ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v; broker: %s, %d spikes, %d gaps", what, err, v.broker, v.spikes, v.gaps)
		}
		if kind == websocket.MessageBinary {
			v.frame(m)
			continue
		}
		var s struct {
			Type, Broker, Message string
			Frozen                bool
			Names                 map[string]string
			Muted                 []string
			IDs                   []uint16
			Boards                []struct {
				ID    uint16
				State string
			}
		}
		if err := json.Unmarshal(m, &s); err != nil {
			t.Fatal(err)
		}
		switch s.Type {
		case "status":
			v.broker, v.statuses = s.Broker, v.statuses+1
		case "error":
			v.refusal = s.Message
		case "setup":
			v.names, v.muted, v.frozen = s.Names, s.Muted, s.Frozen
		case "boards":
			for _, b := range s.Boards {
				v.boards[b.ID] = b.State
			}
			maps.DeleteFunc(v.boards, func(id uint16, _ string) bool { return !slices.Contains(s.IDs, id) })
		}
	}
}

// frame counts the gaps and spikes of a frame.
func (v *viewer) frame(m []byte) {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(m[at:])) }
	gaps := u16(13)
	v.gaps += gaps
	at := 15 + 6*gaps
	boards := u16(at)
	at += 2
	for range boards {
		n := u16(at + 2)
		v.spikes += n
		at += 4 + 3*n
	}
}

// sit joins mara to a class at a broker, with one neuron. It has a spike in each batch until it leaves, at the latest with the test.
func sit(t *testing.T, broker string) (leave func()) {
	t.Helper()
	text := fmt.Sprintf("loop.speed = 1\n[net]\nbroker = %q\nclass = \"9b\"\nboard = \"mara\"\nlink = \"wifi\"\n", broker) +
		"[input.drive]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"2 nA\"\n[neuron.n1]\ninput = \"drive\"\n"
	cfg, err := config.Parse("mara.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b, err := class.Join(cfg, class.Options{Clock: running(time.Now()), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	b.Begin(cfg, nil, nil)
	out := b.Output(&neuron.Cell{Name: "n1", Count: 1})
	ended := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		ticks := time.NewTicker(cfg.Net.Batch)
		defer ticks.Stop()
		at := neuron.Tick{}
		perBatch := int64(cfg.Net.Batch / time.Millisecond)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			for range perBatch { // ticks of 1 ms and ten steps
				if at.Due%perBatch == 0 {
					out.Spike(at.Steps+4, at.Deadline)
				}
				at.Due, at.Steps, at.Deadline = at.Due+1, at.Steps+10, at.Deadline+time.Millisecond
				b.Tick(at)
			}
		}
	}()
	leave = sync.OnceFunc(func() {
		stop()
		<-ended
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(leave)
	return leave
}

// running is a clock since a time.
type running time.Time

// Now implements the clock of a board.
func (r running) Now() time.Duration { return time.Since(time.Time(r)) }

// On a wall for the room the first address is that of this computer: there the page has the join code.
func TestWallForTheRoomHasAnAddressHere(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	printed, end := start(t, func(ctx context.Context, to io.Writer) error {
		s := show(to)
		s.Addr = ":0"
		return Run(ctx, Options{Listen: "127.0.0.1:0", Show: s})
	})
	printed.find(ctx, t, `open http://(127\.0\.0\.1:\d+)`)
	end()
}

// A hub carries the spikes of a board to its own wall without a gap. A second wall loses its connection to the same broker: it
// connects again, and shows the lost batches as a gap.
func TestWallOfHubShowsTheClass(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	printed, endHub := start(t, func(ctx context.Context, to io.Writer) error {
		return Run(ctx, Options{Listen: "127.0.0.1:0", Show: show(to)})
	})
	broker := printed.find(ctx, t, `--broker mqtt://(127\.0\.0\.1:\d+)\n`)
	own := view(ctx, t, printed.find(ctx, t, `open http://(127\.0\.0\.1:\d+)`))
	sit(t, "mqtt://"+broker)
	own.until(t, "spikes on the hub's wall", func() bool { return own.broker == "connected" && own.spikes > 0 })

	way := newPassage(t, broker)
	printed, endWall := start(t, func(ctx context.Context, to io.Writer) error {
		s := show(to)
		if err := s.Join(&config.Config{Net: config.Net{Broker: "mqtt://" + way.l.Addr().String(), Class: s.Class}}, &class.Options{}); err != nil {
			return err
		}
		return wall.Run(ctx, s)
	})
	second := view(ctx, t, printed.find(ctx, t, `open http://(127\.0\.0\.1:\d+)`))
	second.until(t, "spikes on the second wall", func() bool { return second.broker == "connected" && second.spikes > 0 })
	if second.gaps != 0 {
		t.Errorf("got %d gaps before the cut, want none", second.gaps)
	}
	way.set(false)
	second.until(t, "the lost connection", func() bool { return second.broker != "connected" })
	before := own.spikes
	own.until(t, "further batches", func() bool { return own.spikes >= before+3 })
	way.set(true)
	second.until(t, "the connection", func() bool { return second.broker == "connected" })
	after := second.spikes
	second.until(t, "the gap, and spikes after it", func() bool { return second.gaps > 0 && second.spikes > after })
	if second.gaps != 1 || own.gaps != 0 {
		t.Errorf("got %d gaps on the second wall and %d on the hub's, want 1 and 0", second.gaps, own.gaps)
	}
	endWall()
	endHub()
}

// show returns the wall of 9b on a free port.
func show(to io.Writer) wall.Show {
	s := wall.Show{Addr: "127.0.0.1:0", Err: to}
	s.Class, s.Clients, s.PerAddress = "9b", 10, 10
	return s
}
