package session_test

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/hw/clock"
)

// A light runs through eight boards over a broker on loopback: in order, no spike late, and each hop takes the delay. The grids of two
// boards add less than a step to a hop, and an error of the clock offset adds itself.
func TestRunningLightOfEightBoards(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: boards in real time: too slow under qemu and with the race detector")
	}
	t.Parallel()
	const (
		boards, laps = 8, 2
		delay        = 500 * time.Millisecond
		step         = 100 * time.Microsecond
	)
	h, clk := hub(t), ahead{clock.New(), 0}
	dial := func(o *session.Options) {
		o.Class.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", h.Addr())
		}
	}
	var ring []*seat
	name := func(k int) string { return fmt.Sprintf("board%d", (k+boards)%boards) }
	for k := range boards {
		text := fmt.Sprintf("[neuron.n1]\n[synapse.before]\nfrom = \"%s/n1\"\nto = \"n1\"\nkind = \"delta\"\nweight = \"16 mV\"\ndelay = \"500 ms\"\n", name(k-1))
		if k == 0 {
			text += "[input.start]\ndriver = \"edge\"\npin = \"GPIO22\"\ndead = \"300 ms\"\n[synapse.start]\nfrom = \"start\"\nto = \"n1\"\nkind = \"delta\"\nweight = \"16 mV\"\n"
		}
		ring = append(ring, sit(t, h, name(k), text, clk, dial))
	}
	for k, s := range ring {
		until(t, "the clock of "+name(k-1), func() bool { return s.remote(name(k - 1)).Measured })
	}
	if err := ring[0].Tap("start"); err != nil {
		t.Fatal(err)
	}
	until(t, "two laps", func() bool { return len(ring[0].fired()) > laps })
	var all [boards][]fired
	offset := make([]time.Duration, boards)
	sum := time.Duration(0)
	for k, s := range ring {
		all[k] = s.fired()
		r := s.remote(name(k - 1))
		if offset[k] = r.Offset; r.Late != 0 || r.LostSteps != 0 || r.LostSpikes != 0 || r.Dropped != 0 || len(all[k]) < laps {
			t.Fatalf("%s: got %d spikes and %+v, want %d and none late or lost", name(k), len(all[k]), r, laps)
		}
		sum += r.Offset
	}
	was := all[0][0]
	for hop := 1; hop <= boards*laps; hop++ {
		k := hop % boards
		is := all[k][hop/boards]
		wrong := is.at - was.at - delay + offset[k]
		// On a loaded machine the offset of then was another one: half the longest round trip wrong.
		if trip := ring[k].remote(name(k - 1)).RoundTrip; wrong.Abs() > step+trip+20*time.Millisecond {
			t.Errorf("hop %d, to %s: got %s more than the delay, want within %s", hop, name(k), wrong, step+trip+20*time.Millisecond)
		}
		was = is
	}
	for lap := range laps {
		t.Logf("lap %d: %s, 8 delays, 8 offsets (%s) and %s", lap+1, all[0][lap+1].at-all[0][lap].at, sum, all[0][lap+1].at-all[0][lap].at-boards*delay+sum)
	}
}
