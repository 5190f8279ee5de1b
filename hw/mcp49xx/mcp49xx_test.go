package mcp49xx_test

import (
	"errors"
	"fmt"
	"testing"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/conntest"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spitest"

	"hillock/hw/mcp49xx"
	"hillock/hw/sim"
)

func Example() {
	pi := sim.New(nil)
	chip, _ := sim.NewMCP49xx("mcp4922")
	pi.SPI(0, 1).Plug(chip)
	port, _ := pi.OpenSPI("SPI0.1") // on a Pi: spireg.Open("SPI0.1")
	defer port.Close()

	d, err := mcp49xx.NewSPI(port, &mcp49xx.Opts{Model: mcp49xx.MCP4922})
	if err != nil {
		panic(err)
	}
	b, err := d.Channel(1)
	if err != nil {
		panic(err)
	}
	if err := b.Out(1024); err != nil {
		panic(err)
	}
	fmt.Println(chip.Voltage(0), chip.Voltage(1))
	// Output: 0V 825mV
}

// The words of register 5-1: A/B, BUF, GA, SHDN, then D11 to D0.
func TestOutSendsOneWord(t *testing.T) {
	port := &spitest.Playback{Playback: conntest.Playback{Ops: []conntest.IO{
		{W: []byte{0x30, 0x00}}, {W: []byte{0x30, 0x01}}, {W: []byte{0x3a, 0xbc}}, {W: []byte{0x3f, 0xff}},
		{W: []byte{0xb1, 0x23}}, {W: []byte{0xb0, 0x00}},
		{W: []byte{0x30, 0x00}}, {W: []byte{0xb0, 0x00}},
	}}}
	d, err := mcp49xx.NewSPI(port, &mcp49xx.Opts{Model: mcp49xx.MCP4922})
	if err != nil {
		t.Fatal(err)
	}
	a, errA := d.Channel(0)
	b, errB := d.Channel(1)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	for _, code := range []int32{0, 1, 0xabc, 4095} {
		if err := a.Out(code); err != nil {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := errors.Join(b.Out(0x123), b.Halt(), d.Halt(), port.Close()); err != nil {
		t.Error(err)
	}
}

// Both modes of section 5.1, on the wires of the virtual Pi.
func TestEveryCodeReachesTheOutput(t *testing.T) {
	for _, model := range []mcp49xx.Model{mcp49xx.MCP4921, mcp49xx.MCP4922} {
		for _, mode := range []spi.Mode{spi.Mode0, spi.Mode3} {
			pi := sim.New(nil)
			chip, err := sim.NewMCP49xx(model.String())
			if err != nil {
				t.Fatal(err)
			}
			pi.SPI(0, 1).Plug(chip)
			port, err := pi.OpenSPI("SPI0.1")
			if err != nil {
				t.Fatal(err)
			}
			d, err := mcp49xx.NewSPI(inMode{port, mode}, &mcp49xx.Opts{Model: model, Clock: mcp49xx.MaxClock})
			if err != nil {
				t.Fatal(err)
			}
			for channel := range model.Channels() {
				p, err := d.Channel(channel)
				if err != nil {
					t.Fatal(err)
				}
				for code := range mcp49xx.MaxCode + 1 {
					err := p.Out(int32(code))
					if want := 3300 * physic.MilliVolt * physic.ElectricPotential(code) / 4096; err != nil || chip.Code(channel) != code || chip.Voltage(channel) != want {
						t.Fatalf("%s in %s, %s, code %d: got %v, %d and %s at the chip", model, mode, p.Name(), code, err, chip.Code(channel), chip.Voltage(channel))
					}
				}
				if n := chip.Updates(channel); n != mcp49xx.MaxCode+1 {
					t.Errorf("%s, %s: got %d updates, want one for each code", model, p.Name(), n)
				}
			}
			if err := d.Halt(); err != nil || chip.Voltage(0) != 0 || chip.Voltage(model.Channels()-1) != 0 {
				t.Errorf("%s: got %v, %s after Halt, want 0 V", model, err, chip.Voltage(0))
			}
		}
	}
}

// inMode is a port that connects in a mode of its own.
type inMode struct {
	spi.Port
	mode spi.Mode
}

func (p inMode) Connect(f physic.Frequency, _ spi.Mode, bits int) (spi.Conn, error) {
	return p.Port.Connect(f, p.mode, bits)
}

func TestErrorsNameTheChip(t *testing.T) {
	pi := sim.New(nil)
	pi.SPI(0, 1).SetFaults(sim.Faults{Err: errors.New("input/output error")})
	port, err := pi.OpenSPI("SPI0.1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp49xx.NewSPI(port, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Channel(0)
	if err != nil {
		t.Fatal(err)
	}
	_, wrong := d.Channel(1)
	_, again := mcp49xx.NewSPI(port, nil)
	two, err := mcp49xx.NewSPI(new(spitest.Record), &mcp49xx.Opts{Model: mcp49xx.MCP4922})
	if err != nil {
		t.Fatal(err)
	}
	_, third := two.Channel(2)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{p.Out(1), "mcp4921 on SPI0.1: sim: SPI0.1: tx: input/output error"},
		{d.Halt(), "mcp4921 on SPI0.1: sim: SPI0.1: tx: input/output error"},
		{p.Out(-1), "mcp4921 on SPI0.1, VOUTA: code must be from 0 to 4095, got -1"},
		{p.Out(4096), "mcp4921 on SPI0.1, VOUTA: code must be from 0 to 4095, got 4096"},
		{wrong, "mcp4921 on SPI0.1: channel must be 0, the only one, got 1"},
		{third, "mcp4922 on record: channel must be 0 or 1, got 2"},
		{again, "mcp4921 on SPI0.1: connect at 4MHz: sim: SPI0.1: connect: already connected: open the port again for a second connection"},
	} {
		if got := fmt.Sprint(tt.err); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestNewSPIRefuses(t *testing.T) {
	for _, tt := range []struct {
		opts mcp49xx.Opts
		want string
	}{
		{mcp49xx.Opts{Model: 2}, "mcp49xx: model must be MCP4921 or MCP4922, got Model(2)"},
		{mcp49xx.Opts{VRef: 6 * physic.Volt}, "mcp49xx: vref must be from 0V to 5.500V, got 6V"},
		{mcp49xx.Opts{VRef: -1}, "mcp49xx: vref must be from 0V to 5.500V, got -1nV"},
		{mcp49xx.Opts{Clock: 21 * physic.MegaHertz}, "mcp49xx: clock must be at most 20MHz, got 21MHz"},
	} {
		if d, err := mcp49xx.NewSPI(new(spitest.Record), &tt.opts); d != nil || err == nil || err.Error() != tt.want {
			t.Errorf("got %v, %v; want %s", d, err, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	d, err := mcp49xx.NewSPI(new(spitest.Record), &mcp49xx.Opts{Model: mcp49xx.MCP4922, VRef: 2500 * physic.MilliVolt})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Channel(1)
	if err != nil {
		t.Fatal(err)
	}
	low, high := p.Range()
	if want := (analog.Sample{Raw: 4095, V: 2500 * physic.MilliVolt * 4095 / 4096}); low != (analog.Sample{}) || high != want {
		t.Errorf("got the range %v to %v, want 0 V to %v", low, high, want)
	}
	if got, want := fmt.Sprint(p, p.Name(), p.Number(), p.Function()), "MCP4922{record}/VOUTBVOUTB1DAC"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOutDoesNotAllocate(t *testing.T) {
	pi := sim.New(nil)
	chip, err := sim.NewMCP49xx("mcp4921")
	if err != nil {
		t.Fatal(err)
	}
	pi.SPI(0, 1).Plug(chip)
	port, err := pi.OpenSPI("SPI0.1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp49xx.NewSPI(port, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Channel(0)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = p.Out(1234) }); n != 0 {
		t.Errorf("got %g allocations, want 0", n)
	}
}
