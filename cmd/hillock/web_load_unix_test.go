//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/web"
)

// TestWebLoad runs the program without clients and with 200 clients, five times each in turn. HILLOCK_TEST_WEB is the duration of
// a run. Every tenth client never reads. The loop must not become later, each reading client must get every spike, and the memory
// must be free again at the end.
func TestWebLoad(t *testing.T) {
	duration, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_WEB"))
	if err != nil {
		t.Skip("SKIPPED: 200 browsers: HILLOCK_TEST_WEB=60s runs them, for ten minutes")
	}
	var ratios []float64
	for round := range 5 {
		alone, before := underLoad(t, duration, 0, nil)
		var clients []*listener
		with, after := underLoad(t, duration, 200, &clients)
		ratios = append(ratios, with.Lateness.P99/alone.Lateness.P99)
		t.Logf("round %d: lateness p50, p99, max: alone %g, %g, %g us; with clients %g, %g, %g us; p99 %.2f times", round+1,
			alone.Lateness.P50, alone.Lateness.P99, alone.Lateness.Max, with.Lateness.P50, with.Lateness.P99, with.Lateness.Max, ratios[round])
		t.Logf("heap %.1f and %.1f MB, goroutines %g and %g", before.heap/1e6, after.heap/1e6, before.goroutines, after.goroutines)
		if with.Skipped > 0 || after.heap > 1.1*before.heap+1e6 || after.goroutines > before.goroutines+1 { // one or two of them serve this request
			t.Errorf("got %g ms skipped, or more memory or goroutines than before", with.Skipped)
		}
		heardAll(t, clients)
	}
	slices.Sort(ratios)
	if ratios[2] > 1.2 {
		t.Errorf("p99 with clients is %.2f times that without, want at most 1.2 (the median; all: %.2f)", ratios[2], ratios)
	}
}

// heardAll fails unless each reading client got every spike.
func heardAll(t *testing.T, clients []*listener) {
	t.Helper()
	var all []float64
	for _, c := range clients {
		all = append(all, c.spikes...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	total := 0
	for i, c := range clients {
		if c.deaf {
			continue
		}
		var want []float64
		for _, s := range all {
			if s >= c.first && s < c.next {
				want = append(want, s)
			}
		}
		total += len(want)
		if !slices.Equal(want, c.spikes) || c.missed > 0 || c.gaps > 0 || float64(len(all)-len(want)) > 0.2*float64(len(all)) {
			t.Errorf("client %d: got %d spikes, %d gaps, %d steps missed, want %d of %d spikes and no missed step", i, len(c.spikes), c.gaps, c.missed, len(want), len(all))
		}
	}
	t.Logf("%d spikes of the loop, %d received by the clients", len(all), total)
}

// left is a program's live heap in bytes, the smallest of several collections, and its goroutines.
type left struct{ heap, goroutines float64 }

// underLoad runs the program with clients for a duration.
func underLoad(t *testing.T, duration time.Duration, clients int, all *[]*listener) (st web.Status, l left) {
	cmd := program(t, "run", "--hw", "sim", "--plain", "--web=127.0.0.1:0", "--web-clients=200", "--web-per-address=200", "--set", "loop.speed=1")
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(errOut)
	url := ""
	for url == "" && lines.Scan() {
		url, _ = strings.CutPrefix(lines.Text(), "open ")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	var joined sync.WaitGroup
	for i := range clients {
		l := &listener{deaf: i%10 == 9}
		*all = append(*all, l)
		joined.Go(func() { l.listen(t, ctx, url) })
	}
	<-ctx.Done()
	joined.Wait()
	st = statusOf(t, url) // before the collections
	const cycles = "go_gc_cycles_total_gc_cycles_total"
	m := metrics(t, url)
	for m["hillock_clients"] > 0 {
		m = metrics(t, url)
	}
	l = left{math.Inf(1), math.Inf(1)}
	for gone := m[cycles]; m[cycles] < gone+6; {
		m = metrics(t, url)      // a request makes garbage; garbage made during a collection counts as live
		if m[cycles] >= gone+3 { // a sync.Pool keeps its content for two collections
			l = left{min(l.heap, m["go_gc_heap_live_bytes"]), min(l.goroutines, m["go_goroutines"])}
		}
	}
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d clients: %.1f %% of a CPU, %d KiB at most", clients,
		100*(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Seconds()/duration.Seconds(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	return st, l
}

// statusOf returns the status of a run.
func statusOf(t *testing.T, url string) (st web.Status) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url+"/ws", &websocket.DialOptions{Subprotocols: []string{web.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	for st.Type != "status" {
		kind, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if kind == websocket.MessageText && json.Unmarshal(b, &st) != nil {
			t.Fatalf("got %s", b)
		}
	}
	return st
}

// metrics returns the metrics without labels of a run.
func metrics(t *testing.T, url string) map[string]float64 {
	t.Helper()
	r, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	m := map[string]float64{}
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			m[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return m
}

func (l *listener) listen(t *testing.T, ctx context.Context, url string) {
	conn, _, err := websocket.Dial(ctx, url+"/ws", &websocket.DialOptions{Subprotocols: []string{web.Protocol}})
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	for !l.deaf {
		kind, b, err := conn.Read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				t.Error(err)
			}
			return
		}
		if kind == websocket.MessageBinary {
			l.frame(b)
		}
	}
	<-ctx.Done()
}
