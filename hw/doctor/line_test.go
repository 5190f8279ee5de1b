package doctor_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

// TestLinesNameTheSameWires checks that the doctor finds a wire in a hole from GPIO22 up without a way past the kernel.
func TestLinesNameTheSameWires(t *testing.T) {
	t.Parallel()
	way := func(v *board.Virtual) doctor.Pi { return registerless{v} }
	for _, name := range []string{"CE0 one row too high", "MOSI in a wrong hole", "MISO in a wrong hole"} {
		f := wireFaults()[slices.IndexFunc(wireFaults(), func(f fault) bool { return f.name == name })]
		breaks := f.breaks
		f.breaks = func(v *board.Virtual) {
			breaks(v)
			lastChannel(v, 700) // a chip with DIN high answers with this channel
		}
		if diff := cmp.Diff(f.examine(t), f.examineWith(t, way)); diff != "" {
			t.Errorf("%s (-registers +lines):\n%s", name, diff)
		}
	}
}

func TestSearchLeavesOtherPinsAlone(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		hole  string
		setUp func(v *board.Virtual, b *doctor.Bench)
		way   func(v *board.Virtual) doctor.Pi
	}{
		"reserved":                  {"GPIO25", func(_ *board.Virtual, b *doctor.Bench) { b.Reserved = map[string]bool{"GPIO25": true} }, func(v *board.Virtual) doctor.Pi { return v }},
		"reserved, without a way":   {"GPIO25", func(_ *board.Virtual, b *doctor.Bench) { b.Reserved = map[string]bool{"GPIO25": true} }, func(v *board.Virtual) doctor.Pi { return registerless{v} }},
		"of a bus, without a way":   {"GPIO21", func(*board.Virtual, *doctor.Bench) {}, func(v *board.Virtual) doctor.Pi { return registerless{v} }},
		"with an unreadable pull":   {"GPIO25", func(v *board.Virtual, _ *doctor.Bench) { pullUp(t, v, "GPIO25") }, func(v *board.Virtual) doctor.Pi { return unreadable{v} }},
		"pulled up, without a way":  {"GPIO25", func(v *board.Virtual, _ *doctor.Bench) { pullUp(t, v, "GPIO25") }, func(v *board.Virtual) doctor.Pi { return registerless{v} }},
		"of another, without a way": {"GPIO25", func(_ *board.Virtual, b *doctor.Bench) { b.Held = map[string]string{"GPIO25": "gpiomon"} }, func(v *board.Virtual) doctor.Pi { return registerless{v} }},
	} {
		found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
			spi(sim.Faults{DOUT: sim.Hole(f.hole)})(v)
			f.setUp(v, b)
			b.Pi = f.way(v)
		})
		if x := found[0]; x.Check != "SPI0.0" || x.Result != doctor.Failed || x.Seen == "the chip drives "+f.hole {
			t.Errorf("%s: got %+v, want no finding about %s", name, x, f.hole)
		}
	}
}

// unreadable is a virtual Pi with write-only pulls, as a Pi up to 3.
type unreadable struct{ *board.Virtual }

func (p unreadable) DirectPin(name string) (gpio.PinIO, bool) {
	direct, ok := p.Virtual.DirectPin(name)
	return pullless{direct, direct.(pin.PinFunc)}, ok
}

type pullless struct {
	gpio.PinIO
	pin.PinFunc
}

func (pullless) Pull() gpio.Pull    { return gpio.PullNoChange }
func (p pullless) Function() string { return string(p.Func()) }

func pullUp(t *testing.T, v *board.Virtual, name string) {
	t.Helper()
	p := v.Pin(name)
	function := p.Func()
	if err := p.In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	if function == "SPI0_MISO" {
		if err := p.SetFunc(function); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPullsOfTheBootStay checks that the doctor leaves unreadable pulls, such as those of gpio=25=pu in config.txt.
func TestPullsOfTheBootStay(t *testing.T) {
	t.Parallel()
	for _, way := range []func(*board.Virtual) doctor.Pi{
		func(v *board.Virtual) doctor.Pi { return unreadable{v} },
		func(v *board.Virtual) doctor.Pi { return registerless{v} },
	} {
		for _, f := range []fault{
			{name: "DOUT loose", breaks: spi(sim.Faults{DOUT: sim.Loose})},
			{name: "back wire loose", back: map[string]string{"led": "GPIO27"}},
			{name: "capacitor off", config: bare, breaks: offCapacitor(sim.PinOff)},
		} {
			synctest.Test(t, func(t *testing.T) {
				v, b := f.wire(t)
				b.Pi = way(v)
				for _, name := range []string{"GPIO9", "GPIO17", "GPIO25", "GPIO27"} {
					pullUp(t, v, name)
				}
				before := state(v)
				_ = slices.Collect(b.Wires(t.Context()))
				if diff := cmp.Diff(before, state(v)); diff != "" {
					t.Errorf("%s, %T (-before +after):\n%s", f.name, b.Pi, diff)
				}
			})
		}
	}
}

// TestMuteChipHasOneVerdict checks that a chip with CS low gets the same finding at the first run, with its one answer, and later.
func TestMuteChipHasOneVerdict(t *testing.T) {
	t.Parallel()
	var all [][]doctor.Finding
	synctest.Test(t, func(t *testing.T) {
		v, b := fault{breaks: spi(sim.Faults{CS: sim.ToGND})}.wire(t)
		b.Pi = registerless{v}
		for range 2 {
			all = append(all, slices.Collect(b.Wires(t.Context())))
		}
	})
	if diff := cmp.Diff(all[0], all[1]); diff != "" || all[0][0].Result != doctor.Failed {
		t.Errorf("got %+v, and later (-first +second):\n%s", all[0], diff)
	}
}

// TestDINHighIsNoKnobAtItsEnd checks a chip with DIN high and a code of 0 at its last channel: it answers every request with 0.
func TestDINHighIsNoKnobAtItsEnd(t *testing.T) {
	t.Parallel()
	found := fault{breaks: func(v *board.Virtual) {
		lastChannel(v, 0)
		spi(sim.Faults{DIN: sim.To3V3})(v)
	}}.examine(t)
	want := doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "the chip answers without a request",
		Means: "DIN is always high: MOSI (GPIO10, header pin 19) is not connected to DIN (chip pin 11)",
		Do:    "move the wire of DIN to GPIO10 (header pin 19); it may be at 3V3"}
	if diff := cmp.Diff(want, found[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func lastChannel(v *board.Virtual, code int) {
	k := v.Parts["SPI0.0"].(*sim.MCP3xxx).Knob(7)
	k.SetFault(sim.KnobGood)
	k.SetCode(code)
}
