package session_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
)

// hubVariable makes this test binary a broker with a board mara: see TestLatenessWithNet.
const hubVariable = "HILLOCK_TEST_HUB"

// TestHubProcess is the other process of TestLatenessWithNet. It ends with its standard input.
func TestHubProcess(t *testing.T) {
	if os.Getenv(hubVariable) == "" {
		t.Skip("SKIPPED: a part of TestLatenessWithNet")
	}
	b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0", Class: "9b"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sit(t, b, "mara", sender, ahead{clock.New(), 0})
	fmt.Println("hub at", b.Addr())
	bufio.NewReader(os.Stdin).ReadByte()
}

// TestLatenessWithNet compares the lateness of three neurons at 100 Hz with a class and without it: in turn, each for
// HILLOCK_TEST_LATENESS, 21 times. The broker and another board are in another process.
func TestLatenessWithNet(t *testing.T) {
	each, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_LATENESS"))
	if err != nil {
		t.Skip("SKIPPED: a measurement in real time: set HILLOCK_TEST_LATENESS=5s")
	}
	hub := exec.Command(os.Args[0], "-test.run=^TestHubProcess$")
	hub.Env = append(os.Environ(), hubVariable+"=1")
	in, err := hub.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := hub.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	defer hub.Wait()
	defer in.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "hub at ")
	if err != nil || !ok {
		t.Fatalf("got %q, %v from the hub", line, err)
	}
	var p99 [2][]float64
	for round := range 42 {
		with := round%2 == 1
		net := ""
		if with {
			net = "[net]\nbroker = \"mqtt://" + addr + "\"\nclass = \"9b\"\nboard = \"ida\"\n"
		}
		late, st, allocs := latenessInClass(t, net, each)
		t.Logf("net %5v: p50 %.1f us, p99 %.1f us, %d of %d ticks late; %.3f allocations a tick", with, late.Late.P50, late.Late.P99, late.LateTicks, late.Late.N, allocs)
		if with {
			t.Logf("%d batches sent, %d unsent; %+v", st.Net.Sent, st.Net.Unsent, st.Net.Boards)
		}
		p99[round%2] = append(p99[round%2], late.Late.P99)
	}
	without, with := middle(p99[0]), middle(p99[1])
	t.Logf("median p99: %.1f us without, %.1f us with net: %.2f times", without, with, with/without)
}

func latenessInClass(t *testing.T, net string, each time.Duration) (times session.Times, st session.Status, allocs float64) {
	t.Helper()
	text := "loop.speed = 1\n" + net + "[input.drive]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"2.4 nA\"\n"
	for i := range 3 {
		text += fmt.Sprintf("[neuron.n%[1]d]\ninput = \"drive\"\n[synapse.s%[1]d]\nfrom = \"mara/n1\"\nto = \"n%[1]d\"\nkind = \"exp\"\ntau = \"5 ms\"\nweight = \"0.1 nA\"\n", i+1)
	}
	cfg, err := config.Parse("class.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	c := clock.New()
	v, err := board.NewVirtual(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v, Virtual: v, Where: "the virtual Pi"}, session.Options{RealTime: c, Duration: each, Class: &class.Options{Version: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = s.Run(context.Background(), session.Unseen)
	runtime.ReadMemStats(&after)
	times, st = s.Times(), s.Status()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return times, st, float64(after.Mallocs-before.Mallocs) / float64(max(1, times.Late.N))
}
