package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/web"
)

// TestAttackSoak attacks a running hillock in random ways for HILLOCK_TEST_ATTACK_SOAK. Each second it reloads the file and
// injects another fault. At the end hillock has no more descriptors, goroutines and memory than at the beginning.
func TestAttackSoak(t *testing.T) {
	duration, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_ATTACK_SOAK"))
	if err != nil {
		t.Skip("SKIPPED: a soak with attacks, reloads and faults: enable with HILLOCK_TEST_ATTACK_SOAK=10m")
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	m := newManager(t)
	t.Setenv("NOTIFY_SOCKET", m.path)
	file := eightNeurons(t)
	v := startVictim(t, file)
	m.wait(t, "READY=1$")
	m.SetReadDeadline(time.Time{})
	go io.Copy(io.Discard, m) // it ends with the test's socket
	calm := v.calm(t)
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	var others sync.WaitGroup
	others.Go(func() { v.faults(ctx, rand.New(rand.NewPCG(seed, 1))) })
	reloads := 0
	others.Go(func() {
		for every := time.NewTicker(time.Second); ; reloads++ {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
				v.cmd.Process.Signal(syscall.SIGHUP)
			}
		}
	})
	kinds := map[string]int{}
	for all := attacks(); ctx.Err() == nil; {
		a := all[random.IntN(len(all))]
		kinds[a.name]++
		if said, err := attacker(t, a.name, v.url, 5*time.Second).Output(); err != nil {
			t.Errorf("%s: %v\n%s", a.name, err, said)
		}
	}
	others.Wait()
	after := v.calm(t)
	t.Logf("%v, %d reloads, attacks %v", duration, reloads, kinds)
	t.Logf("descriptors %d and %d, goroutines %g and %g, heap %.1f and %.1f MB, %.1f MB at most", calm.descriptors, after.descriptors,
		calm.goroutines, after.goroutines, calm.heap/1e6, after.heap/1e6, float64(v.peak(t))/1e3)
	if after.descriptors > calm.descriptors || after.goroutines > calm.goroutines+1 || after.heap > 1.1*calm.heap+1e6 || v.peak(t) > maxMemory {
		t.Errorf("got more descriptors, goroutines or memory than before, or more than %d kB", maxMemory)
	}
	v.stop(t)
}

// rest are the resources of a hillock without clients.
type rest struct {
	descriptors      int
	goroutines, heap float64
}

// calm reloads the victim and returns its smallest use of resources in the following ten seconds.
func (v *victim) calm(t *testing.T) rest {
	t.Helper()
	for fromElsewhere(t, v.url)["hillock_clients"] > 0 {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(20 * time.Second) // idle connections end
	v.cmd.Process.Signal(syscall.SIGHUP)
	r := rest{math.MaxInt, math.Inf(1), math.Inf(1)}
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(100 * time.Millisecond) {
		m := fromElsewhere(t, v.url)
		if m["hillock_steps_total"] > 20_000 {
			r.heap = min(r.heap, m["go_gc_heap_live_bytes"])
		}
		r.goroutines = min(r.goroutines, m["go_goroutines"])
		r.descriptors = min(r.descriptors, v.descriptors(t))
	}
	return r
}

// faults injects another fault each second, and none at the end.
func (v *victim) faults(ctx context.Context, random *rand.Rand) {
	names := fault.Names()
	for every := time.NewTicker(time.Second); ctx.Err() == nil; {
		_ = v.fault(names[random.IntN(len(names))]) // fails during some attacks
		select {
		case <-ctx.Done():
		case <-every.C:
		}
	}
	for v.fault(names[0]) != nil {
	}
}

// fault injects a fault and waits for it in the status.
func (v *victim) fault(name string) error {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	conn, _, err := websocket.Dial(ctx, v.url+"/ws", &websocket.DialOptions{HTTPClient: elsewhere(), Subprotocols: []string{web.Protocol}})
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	if err := conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"fault","name":%q}`, name)); err != nil {
		return err
	}
	for {
		var st web.Status
		if _, text, err := conn.Read(ctx); err != nil {
			return err
		} else if json.Unmarshal(text, &st) == nil && st.Type == "status" && st.Fault == name {
			return nil
		}
	}
}
