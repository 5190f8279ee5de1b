package web

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// Frames have the loop's own steps at any time base.
func TestFramesAreTheLoopsSteps(t *testing.T) {
	for _, per := range []int{1, 7, 10, 10_000} {
		t.Run(fmt.Sprint(per, " steps to a column"), func(t *testing.T) {
			inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
				var want []trace.Bucket
				w.loop.Observers = append(w.loop.Observers, stepper(func(s neuron.Sample) {
					if (s.Step-1)%int64(per) == 0 {
						want = append(want, trace.Bucket{})
					}
					want[len(want)-1].Add(s.Step, neuron.Moment{V: s.V, Current: float32(s.Current), Spiked: s.Spiked})
				}))
				v := w.view(t)
				v.say(t, fmt.Sprintf(`{"type":"view","per_column":%d,"columns":0,"end":0}`, per))
				w.run(t, 6000)
				time.Sleep(time.Second)
				synctest.Wait()
				spikes, columns := v.all()
				whole := 60_000 / per
				if len(columns) != whole {
					t.Fatalf("got %d columns, want %d", len(columns), whole)
				}
				for i, got := range columns {
					b := want[i]
					if c := [5]float32{b.VMin, b.VMax, b.VLast, b.IMin, b.IMax}; got != c {
						t.Fatalf("column %d: got %v, want %v", i, got, c)
					}
				}
				var complete []float64
				for _, s := range w.seen {
					if s <= float64(whole*per) {
						complete = append(complete, s)
					}
				}
				if diff := cmp.Diff(complete, spikes); diff != "" || len(spikes) < 400 {
					t.Errorf("%d spikes (-loop +client):\n%s", len(spikes), diff)
				}
				next := 1.0
				for i, f := range v.now().frames {
					if f.first != next || f.per != float64(per) || f.missed != 0 {
						t.Fatalf("frame %d: got %d columns of %g steps from step %g on, %d missed, want them from %g on", i, f.columns, f.per, f.first, f.missed, next)
					}
					next += float64(f.columns * per)
				}
			})
		})
	}
}

type stepper func(neuron.Sample)

func (stepper) Tick(neuron.Tick)       {}
func (f stepper) Step(s neuron.Sample) { f(s) }

// A new time base or a new loop with a new tap loses no step, although a column ends early.
func TestChangesOfViewAndTapLoseNothing(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		v := w.view(t)
		v.say(t, `{"type":"view","per_column":10000,"columns":0,"end":0}`)
		w.run(t, 1234)
		time.Sleep(time.Second)
		v.say(t, `{"type":"view","per_column":3,"columns":0,"end":0}`)
		time.Sleep(time.Second)
		first := w.seen
		w.seen = nil
		w.begin()
		w.server.Follow()
		w.run(t, 1000)
		time.Sleep(time.Second)
		synctest.Wait()
		spikes, _ := v.all()
		if diff := cmp.Diff(append(first, w.seen...), spikes); diff != "" || len(first) < 80 || len(w.seen) < 60 {
			t.Errorf("spikes (-loop +client):\n%s", diff)
		}
		if len(v.now().hellos) != 2 {
			t.Errorf("got %d hellos, want another with another loop", len(v.now().hellos))
		}
	})
}

// A late client and a new time base get the past too, up to the present or to a requested step.
func TestPast(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.run(t, 4000)
		}()
		time.Sleep(2 * time.Second)
		v := w.view(t)
		for _, tt := range []struct {
			columns, end int
			first        float64 // of the first frame
			n            int     // its columns, without those of the last 100 ms
		}{{100, 0, 15_001, 100}, {0, 0, 25_001, 0}, {65_536, 0, 1, 600}, {20, 5000, 4001, 20}} {
			before := len(v.now().frames)
			v.say(t, fmt.Sprintf(`{"type":"view","per_column":50,"columns":%d,"end":%d}`, tt.columns, tt.end))
			time.Sleep(500 * time.Millisecond)
			synctest.Wait()
			name := fmt.Sprintf("%d columns before step %d", tt.columns, tt.end)
			frames := v.now().frames[before:]
			if f := frames[0]; math.Abs(f.first-tt.first) > 500 || f.columns < tt.n || f.columns > tt.n+20 {
				t.Errorf("%s: got %d from step %g on, want %d from %g on", name, f.columns, f.first, tt.n, tt.first)
			}
			for i, f := range frames {
				if i == 1 && tt.end > 0 {
					if f.first < 30_000 {
						t.Errorf("%s: got step %g after that, want now", name, f.first)
					}
				} else if i > 0 && f.first != frames[i-1].first+float64(50*frames[i-1].columns) {
					t.Errorf("%s: got step %g after %d columns from %g on", name, f.first, frames[i-1].columns, frames[i-1].first)
				}
			}
		}
		<-ended // the loop makes no more steps
		for _, f := range v.now().frames {
			var want []float64
			for _, s := range w.seen {
				if s >= f.first && s < f.first+float64(f.columns)*f.per {
					want = append(want, s)
				}
			}
			if !slices.Equal(want, f.spikes[0]) {
				t.Errorf("%d columns from step %g on: got the spikes %g, want %g", f.columns, f.first, f.spikes[0], want)
			}
		}
	})
}

// Overwritten steps leave a gap and are counted.
func TestMissedStepsLeaveAGap(t *testing.T) {
	tap := neuron.NewTap(1, 16)
	c := new(client)
	c.begin(part{record: trace.NewRecord(tap, []trace.Window{{Width: 1, Silence: 1000, DT: 1}})}, 4)
	var got []told
	take := func() {
		for _, m := range c.frames(&press{made: map[cut]frame{}}, nil) {
			got = append(got, decode(m.bytes))
		}
	}
	step := int64(0)
	run := func(steps int) {
		for range steps {
			step++
			tap.Step(neuron.Sample{V: float64(step), Spiked: step%5 == 0, Current: 1})
		}
	}
	run(6)
	take()
	run(24) // the tap holds 15 to 30, and may be overwriting the oldest
	take()
	run(2)
	take()
	nan := float32(math.NaN())
	gap := [5]float32{nan, nan, nan, nan, nan}
	want := []told{
		{cells: 1, columns: 1, first: 1, per: 4, values: [][5]float32{{1, 4, 4, 1, 1}}, spikes: [][]float64{{}}},
		{cells: 1, columns: 6, first: 5, per: 4, missed: 9, values: [][5]float32{{5, 6, 6, 1, 1}, gap, {16, 16, 16, 1, 1}, {17, 20, 20, 1, 1}, {21, 24, 24, 1, 1}, {25, 28, 28, 1, 1}},
			spikes: [][]float64{{5, 20, 25}}},
		{cells: 1, columns: 1, first: 29, per: 4, missed: 9, values: [][5]float32{{29, 32, 32, 1, 1}}, spikes: [][]float64{{30}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(told{}), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}

// A client without reads is dropped, and the others miss no step.
func TestClientWithoutReadsIsDropped(t *testing.T) {
	inBubble(t, serve.Options{Clients: 3}, func(t *testing.T, w *world) {
		deaf := w.dial(t)
		defer deaf.CloseNow()
		v := w.view(t)
		other := w.view(t)
		w.run(t, 10_000)
		synctest.Wait()
		if n := w.server.Count(); n != 2 {
			t.Errorf("got %d clients after 10 s, want the two that read", n)
		}
		for _, v := range []*viewer{v, other} {
			time.Sleep(time.Second)
			synctest.Wait()
			if spikes, _ := v.all(); !cmp.Equal(spikes, w.seen) || len(spikes) < 700 {
				t.Errorf("got %d spikes, want the %d of the loop", len(spikes), len(w.seen))
			}
		}
		if st := v.now().status[len(v.now().status)-1]; st.Clients != 2 || st.Missed != 0 {
			t.Errorf("got status %+v, want 2 clients, nothing missed", st)
		}
	})
}

// A slow client gets one hello for many changes.
func TestSlowClientGetsTheLatestHello(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		behind := &viewer{conn: w.dial(t), done: make(chan struct{})}
		v := w.view(t)
		for range 50 {
			v.say(t, `{"type":"reset"}`)
		}
		go behind.listen()
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if got, all := len(behind.now().hellos), len(v.now().hellos); got != 2 || all != 51 {
			t.Errorf("got %d hellos for the slow client and %d for the other one, want the first and the latest, and 51", got, all)
		}
	})
}

// A client without answers to pings is dropped, although it takes bytes.
func TestClientWithoutPongsIsDropped(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		conn, err := w.pipes.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go fmt.Fprint(conn, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: hillock.1\r\n\r\n")
		taken := make(chan struct{})
		go func() {
			defer close(taken)
			for b := make([]byte, 4096); ; {
				if _, err := conn.Read(b); err != nil {
					return
				}
			}
		}()
		synctest.Wait()
		if n := w.server.Count(); n != 1 {
			t.Fatalf("got %d clients, want 1", n)
		}
		began := time.Now()
		<-taken
		if took := time.Since(began).Round(time.Second); took != 2*serve.PingTime {
			t.Errorf("dropped after %v, want %v", took, 2*serve.PingTime)
		}
	})
}
