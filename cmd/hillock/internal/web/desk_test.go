package web

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	hw "hillock/hw/part"
	"hillock/hw/wiring"
	"hillock/hw/wiring/breadboard"
)

// deskOf returns the breadboard of a configuration, "" for the built-in one.
func deskOf(t *testing.T, file string) *desk {
	t.Helper()
	cfg, err := config.Load(file, nil, hw.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	kit, err := wiring.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(cfg, kit)
	if d == nil {
		t.Fatalf("%s: got no breadboard", file)
	}
	return d
}

// wireTo returns the wire at a header pin.
func (d *desk) wireTo(t *testing.T, pin string) string {
	t.Helper()
	for _, w := range d.board.Wires {
		if w.From.ID() == pin {
			return w.ID
		}
	}
	t.Fatalf("no wire at %s", pin)
	return ""
}

func TestMovedWiresMakeFaults(t *testing.T) {
	t.Parallel()
	d := deskOf(t, "")
	to := func(pin, hole string) breadboard.Move {
		return breadboard.Move{Wire: d.wireTo(t, pin), From: true, Hole: hole}
	}
	for _, tt := range []struct {
		moves []breadboard.Move
		want  string
	}{
		{nil, ""},
		{[]breadboard.Move{to("header-24", "")}, "CS loose"},
		{[]breadboard.Move{to("header-24", "header-22")}, "CS in GPIO25"},
		{[]breadboard.Move{to("header-24", "header-17")}, "CS in 3V3"},
		{[]breadboard.Move{to("header-21", "header-19"), to("header-19", "header-21")}, "MOSI in GPIO9 + MISO in GPIO10"},
		{[]breadboard.Move{to("header-11", "header-13")}, "LED led in GPIO27"},
		{[]breadboard.Move{to("header-11", ""), to("header-23", "")}, "LED led loose + SCLK loose"},
		{[]breadboard.Move{to("header-1", "")}, "VDD loose + VREF loose + leg to 3V3 loose"},
		{[]breadboard.Move{to("header-6", "")}, "VDD loose + leg to GND loose"},
	} {
		wires, err := d.board.Moved(tt.moves...)
		if err != nil {
			t.Fatal(err)
		}
		got := d.faults(wires)
		slices.Sort(got)
		want := strings.Split(tt.want, " + ")
		slices.Sort(want)
		if strings.Join(got, " + ") != strings.Join(want, " + ") {
			t.Errorf("%v: got %q, want %q", tt.moves, got, tt.want)
		}
		for _, name := range got {
			if f, ok := fault.Named(name); !ok || f.Check(d.cfg) != nil {
				t.Errorf("%s: %v, %v", name, ok, f.Check(d.cfg))
			}
		}
	}
	for _, bad := range []struct {
		move breadboard.Move
		want string
	}{
		{breadboard.Move{Wire: "w99"}, `no wire is called "w99"`},
		{breadboard.Move{Wire: "w1", Hole: "z1"}, `no hole is called "z1"`},
		{breadboard.Move{Wire: "w1", Hole: "e7"}, "hole e7: must be free, has a leg of IC1"},
	} {
		if _, err := d.board.Moved(bad.move); err == nil || err.Error() != bad.want {
			t.Errorf("%+v: got %v, want %s", bad.move, err, bad.want)
		}
	}
}

// The jumper wire from an output's row to an edge input has faults of its own.
func TestMovedJumpersMakeFaults(t *testing.T) {
	t.Parallel()
	d := deskOf(t, "../../../../deploy/examples/wire.toml")
	var input, end string
	for _, in := range d.cfg.Inputs {
		if _, pin := d.jumper(in); pin.Pin != 0 {
			input, end = in.Name, fmt.Sprint("header-", pin.Pin)
		}
	}
	wire := d.wireTo(t, end)
	for hole, want := range map[string]string{"": "jumper " + input + " loose", "header-37": "jumper " + input + " in GPIO26"} {
		wires, err := d.board.Moved(breadboard.Move{Wire: wire, From: true, Hole: hole})
		if err != nil {
			t.Fatal(err)
		}
		got := d.faults(wires)
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q: got %q, want %s", hole, got, want)
		}
		if f, ok := fault.Named(want); !ok || f.Check(d.cfg) != nil {
			t.Errorf("%s: %v, %v", want, ok, f.Check(d.cfg))
		}
	}
}

// The board of each example has no fault, and a wire with a fault for each LED and for each hidden fault: a class tries the wires.
func TestBreadboardsOfExamplesAreGood(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../../deploy/examples/*.toml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		d := deskOf(t, file)
		if got := d.faults(d.board.Wires); len(got) != 0 {
			t.Errorf("%s: got %q, want no fault", file, got)
		}
		loose, tried := 0, []string{fault.None}
		for _, w := range d.wires {
			tried = append(tried, strings.Split(w.Fault, " + ")...)
			if strings.HasPrefix(w.Fault, "LED ") {
				loose++
			}
		}
		leds := 0
		for _, out := range d.cfg.Outputs {
			if parts.IsLED(out) {
				leds++
			}
		}
		if loose < leds {
			t.Errorf("%s: got %d wires of LEDs, want at least %d", file, loose, leds)
		}
		for seed := range uint64(200) {
			if f := fault.Hidden(d.cfg, 1, rand.New(rand.NewPCG(seed, 0))); !slices.Contains(tried, f.Name) {
				t.Fatalf("%s: got no wire with the hidden fault %s", file, f.Name)
			}
		}
	}
}
