package board_test

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/board"
	"hillock/hw/sim"
)

var showSets = []string{
	`output.row.driver=bar`, `output.row.pins=["GPIO5", "GPIO6", "GPIO13", "GPIO26"]`, "output.row.neuron=n1",
	"output.strip.driver=apa102", "output.strip.data=GPIO23", "output.strip.clock=GPIO24", "output.strip.leds=4", "output.strip.neuron=n1",
	"output.scope.driver=oled", "output.scope.neuron=n1",
}

func lit(v *board.Virtual) (n int) {
	for _, pin := range []string{"GPIO5", "GPIO6", "GPIO13", "GPIO26"} {
		if v.Pin(pin).Level() == gpio.High {
			n++
		}
	}
	return n
}

// shows are the outputs that show the membrane.
func shows(b *board.Board) map[string]board.Leveled {
	all := map[string]board.Leveled{}
	for name, o := range b.Outputs {
		if s, ok := o.(board.Leveled); ok {
			all[name] = s
		}
	}
	return all
}

// points returns the number of lit points of a picture.
func points(p *image.Gray) (n int) {
	for _, v := range p.Pix {
		if v > 0 {
			n++
		}
	}
	return n
}

func TestShowsFollowTheMembraneAndEndDark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openOn(t, nil, showSets...)
		for _, s := range shows(b) {
			s.Level(-60) // two thirds of the range: the fourth of five parts
		}
		time.Sleep(200 * ms)
		if n := lit(v); n != 3 {
			t.Errorf("got %d of four LEDs lit at -60 mV, want 3", n)
		}
		for _, s := range shows(b) {
			s.Spike(1, 200*ms)
			s.Level(-70)
		}
		time.Sleep(30 * ms)
		if n := lit(v); n != 4 {
			t.Errorf("got %d of four LEDs lit at a spike, want all", n)
		}
		time.Sleep(200 * ms)
		if n := lit(v); n != 0 {
			t.Errorf("got %d of four LEDs lit at -70 mV, want none", n)
		}
		if n := points(v.Parts["I2C1 0x3c"].(*sim.SSD1306).Picture()); n == 0 {
			t.Error("got a dark display, want a scope")
		}
		if n := len(v.Pin("GPIO24").Edges()); n < 300 {
			t.Errorf("got %d edges of the strip's clock, want pictures", n)
		}
		for name, s := range shows(b) {
			if s.Fault() != nil || s.Failed() != 0 {
				t.Errorf("%s: got %v", name, s.Fault())
			}
			s.Level(-56)
		}
		time.Sleep(200 * ms)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if n := lit(v); n != 0 || v.Pin("GPIO23").Level() != gpio.Low || v.Pin("GPIO24").Level() != gpio.Low || points(v.Parts["I2C1 0x3c"].(*sim.SSD1306).Picture()) != 0 {
			t.Errorf("got %d LEDs lit, %d points, GPIO23 %v, GPIO24 %v at the end; want all dark", n, points(v.Parts["I2C1 0x3c"].(*sim.SSD1306).Picture()), v.Pin("GPIO23").Level(), v.Pin("GPIO24").Level())
		}
	})
}

// stripOnPins is a virtual Pi with a strip on GPIO23 and GPIO24.
type stripOnPins struct {
	*board.Virtual
	strip *sim.APA102
}

func (v stripOnPins) OpenPin(name string) (gpio.PinIO, error) {
	if name == "GPIO24" {
		return clockOf{v.Pin(name), v}, nil
	}
	return v.Virtual.OpenPin(name)
}

type clockOf struct {
	*sim.Pin
	v stripOnPins
}

func (c clockOf) Out(l gpio.Level) error {
	if l != c.Level() {
		c.v.strip.SCLK(l, c.v.Pin("GPIO23").Level())
	}
	return c.Pin.Out(l)
}

func TestStripOnAPortShowsTheSamePictures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := load(t, append(slices.Clone(showSets), "output.other.driver=apa102", "output.other.port=SPI1.0", "output.other.leds=4", "output.other.neuron=n1")...)
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		onPins, onPort := sim.NewAPA102(4), v.Parts["SPI1.0"].(*sim.APA102)
		b, err := board.Open(cfg, stripOnPins{v, onPins})
		if err != nil {
			t.Fatal(err)
		}
		dark, green := color.NRGBA{A: 255}, color.NRGBA{G: 24, A: 255}
		for _, tt := range []struct {
			level float64
			want  []color.NRGBA
		}{
			{-60, []color.NRGBA{green, green, green, dark}},
			{-70, []color.NRGBA{dark, dark, dark, dark}},
			{-56, []color.NRGBA{green, green, green, green}},
		} {
			for _, s := range shows(b) {
				s.Level(tt.level)
			}
			time.Sleep(200 * ms)
			for place, strip := range map[string]*sim.APA102{"pins": onPins, "port": onPort} {
				if diff := cmp.Diff(tt.want, strip.LEDs()); diff != "" {
					t.Errorf("%g mV on %s: -want +got\n%s", tt.level, place, diff)
				}
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		off := color.NRGBA{A: 8} // the lowest brightness
		for place, strip := range map[string]*sim.APA102{"pins": onPins, "port": onPort} {
			if diff := cmp.Diff([]color.NRGBA{off, off, off, off}, strip.LEDs()); diff != "" {
				t.Errorf("at the end on %s: -want +got\n%s", place, diff)
			}
		}
	})
}

func TestFailedShowsRecover(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openOn(t, nil, showSets...)
		time.Sleep(200 * ms)
		v.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.EIO})
		v.Pin("GPIO6").SetFault(syscall.EBUSY)
		for i := range 20 {
			for _, s := range shows(b) {
				s.Tick(time.Duration(i) * 100 * ms)
				s.Level(-56 - float64(i))
			}
			time.Sleep(100 * ms)
		}
		for name, says := range map[string]string{"scope": "input/output error", "row": "device or resource busy"} {
			if err := b.Outputs[name].Fault(); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: got %v, want %q", name, err, says)
			}
		}
		v.I2C(1).SetFaults(sim.I2CFaults{})
		v.Pin("GPIO6").SetFault(nil)
		for i := range 20 {
			for _, s := range shows(b) {
				s.Tick(time.Duration(20+i) * 100 * ms)
				s.Level(-56 - float64(i%3))
			}
			time.Sleep(100 * ms)
		}
		for name, s := range shows(b) {
			if s.Fault() != nil {
				t.Errorf("%s: got %v when all is well again", name, s.Fault())
			}
		}
	})
}

func TestChangeKeepsShowsOrRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, b := openOn(t, nil, showSets...)
		next, err := b.Change(load(t, append([]string{"output.led.width=5 ms"}, showSets...)...))
		if err != nil {
			t.Fatal(err)
		}
		row := b.Outputs["row"].(board.Leveled)
		if err := next.Succeed(b); err != nil || next.Outputs["row"].(board.Leveled) != row {
			t.Errorf("got %v and another row, want the same", err)
		}
		row.Level(-56)
		time.Sleep(100 * ms)
		if lit(v) != 4 {
			t.Errorf("got %d LEDs lit, want the row to continue", lit(v))
		}
		changed := append(append([]string{}, showSets...), `output.row.pins=["GPIO5", "GPIO6"]`)
		if _, err := next.Change(load(t, changed...)); err == nil || err.Error() != "output row: its pins or bus are in use by output row: restart hillock to change them" {
			t.Errorf("got %v, want a refusal until a restart", err)
		}
		time.Sleep(100 * ms)
		if lit(v) != 4 {
			t.Errorf("got %d LEDs lit, want the row to continue", lit(v))
		}
		without, err := next.Change(load(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := without.Succeed(next); err != nil || lit(v) != 0 || len(shows(without)) != 0 {
			t.Errorf("got %v, %d LEDs lit, %d shows; want them gone and dark", err, lit(v), len(shows(without)))
		}
		without.Close()
	})
}

func TestOffTurnsShowsDark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := load(t, showSets...)
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		v.Pin("GPIO6").Out(gpio.High) // as a killed program leaves it
		for _, out := range cfg.Outputs {
			if err := board.Off(out, cfg, v); err != nil {
				t.Errorf("%s: %v", out.Name, err)
			}
		}
		if lit(v) != 0 {
			t.Error("got an LED lit")
		}
	})
}
