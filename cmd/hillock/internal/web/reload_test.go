package web

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// The test reloads 3,000 times (300 with -short) beside 50 slow clients and changes of parameters. No goroutine may wait for another
// one's lock for ever. A slow client keeps few records.
func TestReloadsBesideSlowClients(t *testing.T) {
	// With a deadlock on a mutex the bubble's time stands still, and its timeouts never come: the timer outside ends the test.
	stuck := time.AfterFunc(5*time.Minute, func() { panic("the server is deadlocked, or this machine is very slow") })
	defer stuck.Stop()
	reloads := 3000
	if testing.Short() {
		reloads = 300
	}
	inBubble(t, serve.Options{Clients: 51}, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		for range 50 {
			conn := w.dial(t)
			go func() {
				defer conn.CloseNow()
				for every := time.NewTicker(frameTime); ; {
					if _, _, err := conn.Read(ctx); err != nil {
						return
					}
					select {
					case <-ctx.Done():
						return
					case <-every.C:
					}
				}
			}()
		}
		v := w.view(t)
		go func() {
			for k := 0; ; k++ {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Second / 50):
				}
				if err := v.conn.Write(ctx, 1, fmt.Appendf(nil, `{"type":"set","neuron":"n1","key":"tau_m","value":%d}`, 1+k%100)); err != nil {
					return
				}
			}
		}()
		for range reloads {
			w.begin()
			w.server.Follow()
			time.Sleep(frameTime)
		}
		stop()
		time.Sleep(time.Second)
		synctest.Wait()
		v.mu.Lock()
		last := v.hellos[len(v.hellos)-1]
		v.mu.Unlock()
		if int(last.Run) != reloads {
			t.Errorf("got a hello of run %d last, want that of run %d", last.Run, reloads)
		}
	})
}

// Many reloads beside a client without reads leave it maxParts records. All steps of the other records count as missed.
func TestFarBehindKeepsFewRecords(t *testing.T) {
	tap := neuron.NewTap(1, 1<<10)
	record := func() part {
		return part{record: trace.NewRecord(tap, []trace.Window{{Width: 1, Silence: 1000, DT: 1}})}
	}
	c := new(client)
	c.begin(record(), 1)
	frames := func() (last told) {
		for _, m := range c.frames(&press{made: map[cut]frame{}}, nil) {
			last = decode(m.bytes)
		}
		return last
	}
	run := func(steps int) {
		for range steps {
			tap.Step(neuron.Sample{})
		}
	}
	run(10)
	frames()
	for range 4 { // 5 more steps of the first record, 100 of each other record
		run(5)
		c.parts[len(c.parts)-1].record.Look(func(int64, int64, []trace.Cell) {})
		tap = neuron.NewTap(1, 1<<10)
		c.follow(record())
		run(95)
	}
	if len(c.parts) != maxParts {
		t.Errorf("got %d records, want %d", len(c.parts), maxParts)
	}
	if got, want := c.missed, int64(5+100); got != want {
		t.Errorf("got %d steps missed, want %d: those of two parts", got, want)
	}
	if got := frames().missed; got != 105 {
		t.Errorf("got a frame with %d steps missed, want 105", got)
	}
}
