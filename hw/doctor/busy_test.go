package doctor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

// busy is a chip on a busy machine: now and then a transfer takes longer.
type busy struct {
	*sim.MCP3xxx
	stops map[int]time.Duration // by transfer
	n     int
}

func (b *busy) CS(selected bool) {
	if selected {
		b.n++
		time.Sleep(b.stops[b.n])
	}
	b.MCP3xxx.CS(selected)
}

// stopping replaces the chip at SPI0.0 with one on a busy machine.
func stopping(v *board.Virtual, stops map[int]time.Duration) {
	v.SPI(0, 0).Plug(&busy{MCP3xxx: v.Parts["SPI0.0"].(*sim.MCP3xxx), stops: stops})
}

func TestSlowTransferIsNoFinding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		stops map[int]time.Duration
		want  string
	}{
		{"once", map[int]time.Duration{20: 265 * time.Millisecond}, ""},
		{"twice in a row", map[int]time.Duration{20: 265 * time.Millisecond, 21: 78 * time.Millisecond}, ""},
		{"twice apart", map[int]time.Duration{1: 55 * time.Millisecond, 100: 55 * time.Millisecond}, ""},
		{"three in a row", map[int]time.Duration{20: 300 * time.Millisecond, 21: 265 * time.Millisecond, 22: 400 * time.Millisecond}, "a transfer takes 265 ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var seen string
			for _, f := range failed(t, string(config.DefaultTOML()), func(v *board.Virtual, _ *doctor.Bench) { stopping(v, tt.stops) }) {
				seen += f.Seen
			}
			if seen != tt.want {
				t.Errorf("got %q, want %q", seen, tt.want)
			}
		})
	}
}

// The doctor stops while the virtual hand holds the knob at an end.
func TestKnobReachesItsEndsOnABusyMachine(t *testing.T) {
	t.Parallel()
	const atRest = 1280 // transfers before the hand turns the knob
	for n := range 12 {
		stops := map[int]time.Duration{}
		for i := range 6 {
			stops[atRest+500*i+40*n] = time.Duration(1+i) * 70 * time.Millisecond
		}
		synctest.Test(t, func(t *testing.T) {
			v, b := fault{hand: turns}.wire(t)
			stopping(v, stops)
			for f := range b.Wires(t.Context()) {
				if f.Result == doctor.Failed {
					t.Errorf("stops in transfers %v: got %+v, want no failed check", stops, f)
				}
			}
		})
	}
}
