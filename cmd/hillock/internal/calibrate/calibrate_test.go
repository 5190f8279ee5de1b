package calibrate

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/cmd/hillock/internal/prompt"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// hand turns a knob at each Enter.
type hand struct {
	turns []func()
}

func (h *hand) Read(b []byte) (int, error) {
	if len(h.turns) == 0 {
		return 0, io.EOF
	}
	h.turns[0]()
	h.turns = h.turns[1:]
	return copy(b, "\n"), nil
}

func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCalibrate(t *testing.T) {
	for _, tt := range []struct {
		name     string
		down, up int // the codes
		noise    int
		faults   sim.Faults
		ends     [2]int
		dead     int
		err      string
		says     string
	}{
		{"plain", 4, 1019, 0, sim.Faults{}, [2]int{4, 1019}, 0, "", "turn knob all the way down, then press Enter down: code 4, steady within 0\n"},
		{"noisy", 12, 1000, 3, sim.Faults{}, [2]int{12, 1000}, 3, "", ""},
		{"outer legs swapped", 1019, 4, 0, sim.Faults{}, [2]int{4, 1019}, 0, "", "swap its outer legs, or the two values of current"},
		{"does not turn", 500, 510, 0, sim.Faults{}, [2]int{}, 0, "the ends are 500 and 510, of 1023: turn the knob all the way, or check its outer legs, 3V3 and GND", ""},
		{"never still", 12, 1000, 40, sim.Faults{}, [2]int{}, 0, "not still for a second within 20 s: check for a loose wire, and take your hand off the knob", ""},
		{"no chip", 12, 1000, 0, sim.Faults{MISO: sim.Open}, [2]int{}, 0, "mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				virtual, knob := open(t)
				virtual.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(tt.noise, 1)
				virtual.Ports["SPI0.0"].SetFaults(tt.faults)
				turned := virtual.Knobs["knob"]
				h := &hand{turns: []func(){func() { turned.SetCode(tt.down) }, func() { turned.SetCode(tt.up) }}}
				var out strings.Builder
				ends, dead, err := measure(t.Context(), h, &out, knob)
				if told(err) != tt.err || tt.err == "" && (ends != tt.ends || dead != tt.dead) || !strings.Contains(out.String(), tt.says) {
					t.Errorf("got ends %v, dead zone %d, %v and\n%s\nwant %v, %d, %q and %q", ends, dead, err, out.String(), tt.ends, tt.dead, tt.err, tt.says)
				}
			})
		})
	}
}

func TestSecondCalibrationKeepsTheFirstOldFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.toml")
	before := "# mine\n[input.knob]\ndriver = \"mcp3008\" # the chip\n[neuron.n1]\ninput = \"knob\"\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if first, err := rewrite(file, "input.knob", [][2]string{{"ends", "[1, 2]"}, {"dead_zone", "0"}}); err != nil || !first {
		t.Fatalf("got %v and first %v, want the first time", err, first)
	}
	if first, err := rewrite(file, "input.knob", [][2]string{{"ends", "[12, 1000]"}, {"dead_zone", "3"}}); err != nil || first {
		t.Fatalf("got %v and first %v, want the second time", err, first)
	}
	want := "# mine\n[input.knob]\ndriver = \"mcp3008\" # the chip\nends = [12, 1000]\ndead_zone = 3\n[neuron.n1]\ninput = \"knob\"\n"
	for name, want := range map[string]string{file: want, file + ".old": before} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: got %v and\n%s\nwant\n%s", name, err, got, want)
		}
	}
	if _, err := rewrite(file, "input.none", [][2]string{{"ends", "[12, 1000]"}}); told(err) != file+": no table [input.none] in the file: add ends = [12, 1000] by hand" {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("got %v and\n%s\nwant the file as it was", err, got)
	}
}

func TestMissingEnterIsAnError(t *testing.T) {
	c := &calibration{Knob: Knob{Config: config.Input{Name: "knob"}}, keys: prompt.NewKeys(t.Context(), strings.NewReader("no end")), Printer: &readable.Printer{W: io.Discard}}
	if err := c.turn("down"); told(err) != "no Enter key: standard input has ended" {
		t.Errorf("got %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	waits, _ := io.Pipe()
	c.keys = prompt.NewKeys(stopped, waits)
	if err := c.turn("down"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// TestKnobAtARailHasACaution checks that a person reads of the short before turning the knob.
func TestKnobAtARailHasACaution(t *testing.T) {
	for code, want := range map[int]string{
		0:    "knob reads code 0: check that the middle leg is not at GND: the knob would short 3V3 to GND\nturn knob",
		1023: "knob reads code 1023: check that the middle leg is not at 3V3: the knob would short 3V3 to GND\nturn knob",
		400:  "turn knob",
	} {
		synctest.Test(t, func(t *testing.T) {
			virtual, knob := open(t)
			virtual.Knobs["knob"].SetCode(code)
			var out strings.Builder
			if _, _, err := measure(t.Context(), &hand{}, &out, knob); err == nil || !strings.HasPrefix(out.String(), want) {
				t.Errorf("got %v and %q, want %q at its begin", err, out.String(), want)
			}
		})
	}
}

// On the virtual Pi the knob turns by itself.
func TestCalibrateOnTheVirtualPi(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		virtual, knob := open(t)
		knob.Virtual = virtual.Knobs["knob"]
		if ends, dead, err := measure(t.Context(), strings.NewReader(""), io.Discard, knob); err != nil || ends != [2]int{0, 1023} || dead != 0 {
			t.Errorf("got %v, %d, %v, want the chip's ends", ends, dead, err)
		}
	})
}

// open returns a virtual Pi with the built-in kit, and its knob.
func open(t *testing.T) (*board.Virtual, Knob) {
	t.Helper()
	cfg := config.Default(part.Kinds())
	virtual, err := board.NewVirtual(cfg, clock.New())
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.Open(cfg, virtual)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return virtual, Knob{Config: cfg.Inputs[0], Input: b.Inputs["knob"]}
}
