package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"hillock/neuron"
)

// Browsers get the loop's spikes step for step, also at a time base of 20 s. The run takes two seconds or HILLOCK_TEST_WEB.
func TestBrowsersGetEverySpike(t *testing.T) {
	t.Parallel()
	duration := cmp.Or(os.Getenv("HILLOCK_TEST_WEB"), "2s")
	var spikes []float64
	f := &runFlags{observers: []neuron.Observer{stepFunc(func(s neuron.Sample) {
		if s.Spiked {
			spikes = append(spikes, float64(s.Step))
		}
	})}}
	r := startWeb(t, f, "--web=127.0.0.1:0", "--set", "loop.speed=1", "--duration", duration)
	var joined sync.WaitGroup
	clients := map[string]*listener{"of 1 step": nil, "of 1 ms": nil, "of a 600th of 20 s": nil}
	for columns, per := range map[string]string{"of 1 step": "1", "of 1 ms": "10", "of a 600th of 20 s": "333"} {
		l := new(listener)
		clients[columns] = l
		joined.Go(func() {
			conn, _, err := websocket.Dial(context.Background(), r.url+"/ws", &websocket.DialOptions{Subprotocols: []string{"hillock.1"}})
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.CloseNow()
			conn.SetReadLimit(-1)
			if err := conn.Write(context.Background(), websocket.MessageText, []byte(`{"type":"view","per_column":`+per+`,"columns":65536,"end":0}`)); err != nil {
				t.Error(err)
			}
			for {
				kind, b, err := conn.Read(context.Background())
				if err != nil {
					return // the run has ended
				}
				if kind == websocket.MessageBinary {
					l.frame(b)
				}
			}
		})
	}
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
	joined.Wait()
	for columns, l := range clients {
		want := slices.DeleteFunc(slices.Clone(spikes), func(s float64) bool { return s < l.first || s >= l.next })
		if !slices.Equal(l.spikes, want) || len(want) < 50 || l.missed > 0 || l.gaps > 0 {
			t.Errorf("columns %s: got %d spikes, %d gaps and %d steps missed, want the loop's %d of %d", columns, len(l.spikes), l.gaps, l.missed, len(want), len(spikes))
		}
		t.Logf("columns %s: %d spikes in steps %g to %g, of %d of the loop", columns, len(l.spikes), l.first, l.next-1, len(spikes))
	}
}

type stepFunc func(neuron.Sample)

func (stepFunc) Tick(neuron.Tick)       {}
func (f stepFunc) Step(s neuron.Sample) { f(s) }

// listener is a client. It keeps the spikes.
type listener struct {
	deaf        bool
	first, next float64 // received steps
	spikes      []float64
	gaps        int
	missed      uint32
}

// frame takes a frame of a single neuron.
func (l *listener) frame(b []byte) {
	le := binary.LittleEndian
	float := func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }
	n, first, per := int(le.Uint16(b[2:])), float(b[4:]), float(b[12:])
	if l.missed = le.Uint32(b[20:]); n == 0 {
		return
	}
	if l.first == 0 || first <= l.first { // the past replaces earlier frames
		l.first, l.spikes = first, nil
	} else if first != l.next {
		l.gaps++
	}
	l.next = first + float64(n)*per
	b = b[34+20*n:]
	for i := range int(le.Uint32(b)) {
		l.spikes = append(l.spikes, float(b[4+8*i:]))
	}
}
