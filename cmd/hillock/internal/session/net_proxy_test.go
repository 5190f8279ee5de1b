package session_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/hw/clock"
)

// proxy is a bad network between a board and its broker, on loopback: each segment takes 5 to 200 ms, in order as with TCP, and one
// segment of 200 ends its connection.
type proxy struct {
	net.Listener
	to   string
	mu   sync.Mutex
	rnd  *rand.Rand // guarded by mu
	good bool       // no cuts, no delays
	cuts int
}

func newProxy(t *testing.T, to string, seed uint64) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, to: to, rnd: rand.New(rand.NewPCG(seed, 19))}
	var joined sync.WaitGroup
	joined.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			joined.Go(func() { p.carry(t.Context(), in) })
		}
	})
	t.Cleanup(func() { l.Close(); joined.Wait() })
	return p
}

// dial is for class.Options.
func (p *proxy) dial(o *session.Options) {
	o.Class.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", p.Addr().String())
	}
}

// carry carries a connection in both directions.
func (p *proxy) carry(ctx context.Context, in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer out.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { in.Close(); out.Close() })()
	var both sync.WaitGroup
	both.Go(func() { p.pump(ctx, cancel, out, in) })
	both.Go(func() { p.pump(ctx, cancel, in, out) })
	both.Wait()
}

// segment is bytes with the time of their arrival.
type segment struct {
	due   time.Time
	bytes []byte
}

// pump carries one direction.
func (p *proxy) pump(ctx context.Context, cancel func(), to io.Writer, from io.Reader) {
	defer cancel()
	queue := make(chan segment, 1<<12)
	var done sync.WaitGroup
	defer done.Wait()
	defer close(queue)
	done.Go(func() {
		defer cancel()
		for s := range queue {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(s.due)):
			}
			if _, err := to.Write(s.bytes); err != nil {
				return
			}
		}
	})
	for buf := make([]byte, 1<<16); ; {
		n, err := from.Read(buf)
		wait, cut := p.fate()
		if err != nil || cut {
			return
		}
		select {
		case queue <- segment{time.Now().Add(wait), append([]byte(nil), buf[:n]...)}:
		case <-ctx.Done():
			return
		}
	}
}

// fate returns the delay of the next segment, and whether its connection ends instead.
func (p *proxy) fate() (wait time.Duration, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.good {
		return 0, false
	}
	wait = 5*time.Millisecond + time.Duration(p.rnd.Int64N(int64(195*time.Millisecond)))
	if cut = p.rnd.IntN(200) == 0; cut {
		p.cuts++
	}
	return wait, cut
}

// set makes the network good or bad.
func (p *proxy) set(good bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.good = good
}

// broken returns the number of ended connections.
func (p *proxy) broken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// On a network with delays of 5 to 200 ms and with lost connections, each spike of another board is in time, late, or in a gap of a
// known length. Those in time act at their times, so in their order.
func TestBadNetworkLosesNoSpikeUnseen(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: boards in real time: too slow under qemu and with the race detector")
	}
	t.Parallel()
	const delay = 300 * time.Millisecond
	h, clk := hub(t), ahead{clock.New(), 0}
	far, near := newProxy(t, h.Addr(), 1), newProxy(t, h.Addr(), 2)
	far.set(true)
	near.set(true)
	ida := sit(t, h, "ida", receiver("300 ms"), clk, near.dial)
	mara := sit(t, h, "mara", "[input.knob]\ndriver = \"mcp3008\"\ncurrent = [\"0 nA\", \"3 nA\"]\n[neuron.n1]\ninput = \"knob\"\n", clk, far.dial)
	until(t, "the clock of mara", func() bool { return ida.remote("mara").Measured })
	turn := func(position float64) {
		t.Helper()
		if _, err := mara.Turn("knob", position); err != nil {
			t.Fatal(err)
		}
	}
	turn(0.8)
	until(t, "the first spike", func() bool { return ida.remote("mara").Spikes > 0 })
	far.set(false)
	near.set(false)
	until(t, "spikes late, in time and lost", func() bool {
		r := ida.remote("mara")
		return r.Late >= 5 && r.Spikes-r.Late >= 5 && r.Gaps >= 2 && far.broken()+near.broken() >= 3
	})
	far.set(true)
	near.set(true)
	was := ida.remote("mara").Spikes
	until(t, "a good network", func() bool {
		n := ida.Status().Net
		return n.Connected() && n.Boards[0].Online && n.Boards[0].Spikes > was+20
	})
	turn(0)
	sent := -1
	until(t, "the end of the spikes", func() bool { // the last batch, and its effect
		n, r := len(mara.fired()), ida.remote("mara")
		same := n == sent && r.Spikes == was
		sent, was = n, r.Spikes
		time.Sleep(2 * delay)
		return same
	})
	r := ida.remote("mara")
	mara.end()
	ida.end()
	all, got := mara.fired(), ida.fired()
	shortest, longest := int64(1<<62), int64(0)
	for i := 2; i < len(all)-1; i++ { // not while the knob turns
		interval := all[i+1].step - all[i].step
		shortest, longest = min(shortest, interval), max(longest, interval)
	}
	lost := int64(len(all)) - r.Spikes
	silent := all[2].step // a gap can be there too
	if least, most := (r.LostSteps-silent)/longest-r.Gaps, r.LostSteps/shortest+r.Gaps; lost < least || lost > most || r.Dropped != 0 {
		t.Errorf("got %d spikes of %d and %+v, want %d to %d lost", r.Spikes, len(all), r, least, most)
	}
	inTime, k := int64(0), 0
	for _, s := range all {
		for k < len(got) && got[k].at < s.at+delay-time.Millisecond {
			k++
		}
		if k < len(got) && got[k].at < s.at+delay+time.Millisecond {
			inTime++
		}
	}
	if inTime < r.Spikes-r.Late {
		t.Errorf("got %d spikes at their time, want at least the %d in time", inTime, r.Spikes-r.Late)
	}
	t.Logf("%d sent: %d in time, %d late, %d lost in %d gaps of %s; %d connections cut; offset %s, round trip %s",
		len(all), r.Spikes-r.Late, r.Late, lost, r.Gaps, r.Lost, far.broken()+near.broken(), r.Offset, r.RoundTrip)
}
