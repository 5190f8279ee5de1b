package sim_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/sim"
)

// withMCP4725 returns a chip at 0x60 and its open bus.
func withMCP4725(t *testing.T) (*sim.MCP4725, i2c.Bus) {
	t.Helper()
	pi, chip := sim.New(nil), sim.NewMCP4725()
	pi.I2C(1).Plug(0x60, chip)
	bus, err := pi.OpenI2C("I2C1")
	if err != nil {
		t.Fatal(err)
	}
	return chip, bus
}

// The commands of DS22039D, section 6.1, and the answer of section 6.2, written by hand.
func TestMCP4725Commands(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write []byte
		read  []byte
		mV    float64
	}{
		{"as delivered", nil, []byte{0xc0, 0x80, 0x00, 0x08, 0x00}, 1650},
		{"fast mode", []byte{0x04, 0x00}, []byte{0xc0, 0x40, 0x00, 0x08, 0x00}, 825},
		{"fast mode, full scale", []byte{0x0f, 0xff}, []byte{0xc0, 0xff, 0xf0, 0x08, 0x00}, 3300.0 * 4095 / 4096},
		{"fast mode twice", []byte{0x0f, 0xff, 0x00, 0x10}, []byte{0xc0, 0x01, 0x00, 0x08, 0x00}, 3300.0 * 16 / 4096},
		{"fast mode, power-down to 100 kOhm", []byte{0x2f, 0xff}, []byte{0xc4, 0xff, 0xf0, 0x08, 0x00}, 0},
		{"half a command", []byte{0x0f}, []byte{0xc0, 0x80, 0x00, 0x08, 0x00}, 1650},
		{"DAC register", []byte{0x40, 0xab, 0xcf}, []byte{0xc0, 0xab, 0xc0, 0x08, 0x00}, 3300.0 * 0xabc / 4096},
		{"DAC register twice", []byte{0x40, 0xab, 0xcf, 0x40, 0x40, 0x00}, []byte{0xc0, 0x40, 0x00, 0x08, 0x00}, 825},
		{"DAC register, power-down to 500 kOhm", []byte{0x46, 0xab, 0xc0}, []byte{0xc6, 0xab, 0xc0, 0x08, 0x00}, 0},
		{"DAC register and EEPROM: busy", []byte{0x62, 0x40, 0x00}, []byte{0x42, 0x40, 0x00, 0x24, 0x00}, 0},
		{"reserved commands", []byte{0x80, 0xff, 0xff, 0xe0, 0xff, 0xff}, []byte{0xc0, 0x80, 0x00, 0x08, 0x00}, 1650},
	} {
		chip, bus := withMCP4725(t)
		got := make([]byte, 5)
		if err := bus.Tx(0x60, tt.write, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.read, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if v := chip.Voltage(); v != physic.ElectricPotential(tt.mV*1e6)*physic.NanoVolt {
			t.Errorf("%s: got %s, want %g mV", tt.name, v, tt.mV)
		}
	}
}

// During a write to the EEPROM the chip acknowledges commands and ignores them (section 6.1.3).
func TestMCP4725IsBusyDuringAWriteToItsEEPROM(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip, bus := withMCP4725(t)
		for _, tt := range []struct {
			after time.Duration
			want  int
		}{{0, 0x400}, {49 * time.Millisecond, 0x400}, {time.Millisecond, 0xfff}} {
			if tt.after == 0 {
				if err := bus.Tx(0x60, []byte{0x60, 0x40, 0x00}, nil); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(tt.after)
			if err := bus.Tx(0x60, []byte{0x0f, 0xff}, nil); err != nil || chip.Code() != tt.want {
				t.Errorf("after %v more: got %v and code %#x, want %#x", tt.after, err, chip.Code(), tt.want)
			}
		}
		if code, writes := chip.EEPROM(); code != 0x400 || writes != 1 {
			t.Errorf("got the EEPROM at %#x after %d writes, want 0x400 after 1", code, writes)
		}
		if n := chip.Updates(); n != 2 {
			t.Errorf("got %d updates, want 2", n)
		}
	})
}

func TestMCP4725FaultAndSupply(t *testing.T) {
	chip, _ := withMCP4725(t)
	if err := chip.SetVDD(5 * physic.Volt); err != nil || chip.Voltage() != 2500*physic.MilliVolt {
		t.Errorf("got %v and %s at 5 V, want 2.5 V", err, chip.Voltage())
	}
	if got, want := fmt.Sprint(chip.SetVDD(physic.Volt)), "sim: mcp4725: vdd must be from 2.700V to 5.500V, got 1V"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	chip.SetFault(sim.NoOutput)
	if chip.Voltage() != 0 || chip.Code() != 2048 {
		t.Errorf("VOUT loose: got %s and code %d, want 0 V and 2048", chip.Voltage(), chip.Code())
	}
}

// withMCP49xx returns a chip in SPI0.1 with its connection.
func withMCP49xx(t *testing.T, model string) (*sim.Port, *sim.MCP49xx, spi.Conn) {
	t.Helper()
	pi := sim.New(nil)
	chip, err := sim.NewMCP49xx(model)
	if err != nil {
		t.Fatal(err)
	}
	pi.SPI(0, 1).Plug(chip)
	return pi.SPI(0, 1), chip, connect(t, pi.SPI(0, 1), 4*physic.MegaHertz, spi.Mode0)
}

// The words of DS21897B, section 5.2 and register 5-1, written by hand.
func TestMCP49xxWords(t *testing.T) {
	for _, tt := range []struct {
		name  string
		model string
		write []byte
		want  [2]float64 // mV at A and B
	}{
		{"as after power-up", "mcp4922", []byte{0x00}, [2]float64{0, 0}},
		{"channel A", "mcp4922", []byte{0x34, 0x00}, [2]float64{825, 0}},
		{"channel B", "mcp4922", []byte{0xb8, 0x00}, [2]float64{0, 1650}},
		{"a gain of 2", "mcp4922", []byte{0x14, 0x00}, [2]float64{1650, 0}},
		{"a gain of 2 above the supply", "mcp4922", []byte{0x1c, 0x00}, [2]float64{3300, 0}},
		{"buffered", "mcp4922", []byte{0x74, 0x00}, [2]float64{825, 0}},
		{"shut down", "mcp4922", []byte{0x24, 0x00}, [2]float64{0, 0}},
		{"more than 16 clocks", "mcp4922", []byte{0x34, 0x00, 0xbf, 0xff}, [2]float64{825, 0}},
		{"fewer than 16 clocks", "mcp4922", []byte{0x34}, [2]float64{0, 0}},
		{"one channel", "mcp4921", []byte{0x34, 0x00}, [2]float64{825, 0}},
		{"one channel, a word for the other", "mcp4921", []byte{0xb4, 0x00}, [2]float64{0, 0}},
	} {
		_, chip, c := withMCP49xx(t, tt.model)
		if err := c.Tx(tt.write, nil); err != nil {
			t.Fatal(err)
		}
		for channel := range chip.Channels() {
			if got, want := chip.Voltage(channel), physic.ElectricPotential(tt.want[channel])*physic.MilliVolt; got != want {
				t.Errorf("%s: got %s at channel %d, want %s", tt.name, got, channel, want)
			}
		}
	}
}

func TestMCP49xxFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		chip   sim.ChipFault
		faults sim.Faults
		mV     float64
	}{
		{"good", sim.ChipGood, sim.Faults{}, 825},
		{"VDD loose", sim.NoSupply, sim.Faults{}, 0},
		{"VREF loose", sim.NoReference, sim.Faults{}, 0},
		{"LDAC loose", sim.NoLatch, sim.Faults{}, 0},
		{"VOUT loose", sim.NoOutput, sim.Faults{}, 0},
		{"CS loose", sim.ChipGood, sim.Faults{CS: sim.Loose}, 0},
		{"SCK loose", sim.ChipGood, sim.Faults{CLK: sim.Loose}, 0},
		{"SDI loose", sim.ChipGood, sim.Faults{DIN: sim.Loose}, 0},
		{"CS at ground", sim.ChipGood, sim.Faults{CS: sim.ToGND}, 0},
	} {
		port, chip, c := withMCP49xx(t, "mcp4921")
		chip.SetFault(tt.chip)
		port.SetFaults(tt.faults)
		if err := c.Tx([]byte{0x34, 0x00}, nil); err != nil {
			t.Fatal(err)
		}
		if got, want := chip.Voltage(0), physic.ElectricPotential(tt.mV)*physic.MilliVolt; got != want {
			t.Errorf("%s: got %s, want %s", tt.name, got, want)
		}
	}
}

func TestMCP49xxLimits(t *testing.T) {
	port, chip, _ := withMCP49xx(t, "MCP4921")
	c := connect(t, port, 25*physic.MegaHertz, spi.Mode0)
	_, unknown := sim.NewMCP49xx("mcp4923")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{c.Tx([]byte{0x34, 0x00}, nil), "sim: SPI0.1: tx: mcp4921 needs a clock of at most 20MHz, got 25MHz: lower it in Connect or LimitSpeed"},
		{chip.SetVDD(physic.Volt), "sim: mcp4921: vdd must be from 2.700V to 5.500V, got 1V"},
		{unknown, `sim: unknown chip "mcp4923": use mcp4921 or mcp4922`},
		{chip.SetVDD(5 * physic.Volt), "<nil>"},
	} {
		if got := fmt.Sprint(tt.err); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	if _, driven := chip.DOUT(); driven {
		t.Error("got a data output, want none")
	}
}

// After any bytes a command of fast mode sets the output, except during a write to the EEPROM.
func FuzzMCP4725(f *testing.F) {
	f.Add([]byte{0x0f, 0xff}, []byte{0x40, 0xab, 0xc0})
	f.Add([]byte{0x60, 0x40, 0x00}, []byte{0x0f})
	f.Add([]byte{0xe0, 0x01}, []byte{0x2f, 0xff, 0x40})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if len(first) == 0 || len(second) == 0 || len(first)+len(second) > 4096 {
			return
		}
		chip, bus := withMCP4725(t)
		r := make([]byte, 12)
		for _, w := range [][]byte{first, second, {0x0a, 0xbc}} {
			if err := bus.Tx(0x60, w, r); err != nil {
				t.Fatal(err)
			}
			if c := chip.Code(); c < 0 || c > 4095 || chip.Voltage() > 3300*physic.MilliVolt {
				t.Errorf("after % x: got code %d and %s", w, c, chip.Voltage())
			}
		}
		if _, writes := chip.EEPROM(); writes == 0 && (chip.Code() != 0xabc || r[1] != 0xab || r[2] != 0xc0) {
			t.Errorf("after % x and % x: got code %#x, and % x from the chip", first, second, chip.Code(), r)
		}
	})
}

// After any transfer a word sets the output, in both modes.
func FuzzMCP49xx(f *testing.F) {
	f.Add([]byte{0x3f, 0xff, 0x12}, false)
	f.Add([]byte{0xff}, true)
	f.Fuzz(func(t *testing.T, w []byte, mode3 bool) {
		if len(w) == 0 || len(w) > 4096 {
			return
		}
		port, chip, _ := withMCP49xx(t, "mcp4922")
		mode := spi.Mode0
		if mode3 {
			mode = spi.Mode3
		}
		c := connect(t, port, physic.MegaHertz, mode)
		for _, w := range [][]byte{w, {0x3a, 0xbc}, {0xb1, 0x23}} {
			if err := c.Tx(w, nil); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := chip.Code(0), chip.Code(1); a != 0xabc || b != 0x123 {
			t.Errorf("after % x: got the codes %#x and %#x", w, a, b)
		}
	})
}
