package broker

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// CloseWriteSoon ends the sending side: a broker in the middle of a packet gets its end.
func (c *client) CloseWriteSoon() { c.Conn.(*net.TCPConn).CloseWrite() }

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// until waits for a condition.
func (w *world) until(t *testing.T, ok func() bool) {
	t.Helper()
	again, end := time.NewTicker(time.Millisecond), time.After(patience)
	defer again.Stop()
	for !ok() {
		select {
		case <-again.C:
		case <-end:
			t.Fatalf("not within %v: %+v", patience, w.Stats())
		}
	}
}

// Each attack is refused by name. After it a pair of honest clients exchanges messages without a loss, the memory is bounded, and the
// log has no secret.
func TestAttacksAreRefusedAndDisturbNoClient(t *testing.T) {
	w := open(t, func(o *Options) {
		o.limits.connectTime, o.limits.writeTime, o.limits.keepalive, o.limits.retainedBytes = 2*time.Second, time.Second, 1, 1<<20
	})
	mara := w.join(t, "9b:mara")
	wall := w.join(t, "wall-1")
	if code := wall.subscribe("hillock/1/9b/mara/spikes", "hillock/1/9b/mara/state"); code[0] != 0 || code[1] != 0 {
		t.Fatalf("SUBACK: got %v", code)
	}
	wall.ping() // the retained messages of the subscription are sent: none yet
	mara.publish("hillock/1/9b/mara/state", "online", true, 0)
	if got, want := wall.message(), "hillock/1/9b/mara/state online"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	sent := 0
	exchange := func(t *testing.T) {
		for range 20 {
			sent++
			mara.SetDeadline(time.Now().Add(patience))
			wall.SetDeadline(time.Now().Add(patience))
			mara.publish("hillock/1/9b/mara/spikes", fmt.Sprint(sent), false, 0)
			if got, want := wall.message(), fmt.Sprint("hillock/1/9b/mara/spikes ", sent); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	}
	exchange(t)
	before := heap()
	for i, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			attack := &attacker{t, w, fmt.Sprintf("127.0.1.%d", i+1), w.Stats().Refused}
			t.Run("attack", func(t *testing.T) {
				attack.T = t
				a.do(attack)
			})
			if attack.T = t; a.want != "" {
				attack.refused(a.want)
			}
			w.until(t, func() bool { return w.Stats().Clients == 2 })
			exchange(t)
		})
	}
	if grown := int64(heap()) - int64(before); grown > 32<<20 {
		t.Errorf("the heap grew by %d MiB, want at most 32", grown>>20)
	}
	if waiting := w.waiting.Load(); waiting != 0 {
		t.Errorf("got %d bytes in the outboxes after the attacks, want 0", waiting)
	}
	log := w.log.String()
	for _, secret := range []string{testCode, plainCode(testCode), "SECRET-GUESS"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %s", secret)
		}
	}
	if lines := strings.Count(log, "broker: refused"); lines == 0 || lines > 500 {
		t.Errorf("got %d lines of refusals in the log, want some and not each", lines)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
