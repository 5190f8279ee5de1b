package broker

import (
	"fmt"
	"runtime"
	"testing"
)

// An idle client costs little: 250 of them fit into a small Pi.
func TestIdleClientIsSmall(t *testing.T) {
	w := open(t, nil)
	const clients = 200
	var a, b runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&a)
	for i := range clients {
		c := w.join(t, fmt.Sprintf("9b:b%d", i))
		c.subscribe(fmt.Sprintf("hillock/1/9b/b%d/spikes", i+1), fmt.Sprintf("hillock/1/9b/+/ask/b%d", i))
	}
	runtime.GC()
	runtime.ReadMemStats(&b)
	each := (b.HeapAlloc + b.StackInuse - a.HeapAlloc - a.StackInuse) / clients
	t.Logf("%d bytes for each client, the test's own side included", each)
	if each > 64<<10 {
		t.Errorf("got %d bytes for each client, want at most 64 KiB", each)
	}
}
