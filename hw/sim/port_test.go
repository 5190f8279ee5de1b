package sim_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// connect opens a port and connects to it.
func connect(t testing.TB, p *sim.Port, f physic.Frequency, mode spi.Mode) spi.Conn {
	t.Helper()
	port, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := port.Connect(f, mode, 8)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// adc returns the driver's pin for a channel of the chip in a port.
func adc(t testing.TB, p *sim.Port, o *mcp3xxx.Opts, channel int) *mcp3xxx.Pin {
	t.Helper()
	port, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp3xxx.NewSPI(port, o)
	if err != nil {
		t.Fatal(err)
	}
	pin, err := d.Single(channel)
	if err != nil {
		t.Fatal(err)
	}
	return pin
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// The chip works in modes 0 and 3. In modes 1 and 2 one side samples while the other changes: everything comes one bit
// late. The code is halved, and the master reads the pull on MISO at the null bit.
func TestWrongModeIsOneBitLate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode spi.Mode
		pull gpio.Pull
		want string
	}{
		{spi.Mode0, gpio.PullDown, "00000000 00000010 11001110"},
		{spi.Mode3, gpio.PullDown, "00000000 00000010 11001110"},
		{spi.Mode1, gpio.PullDown, "00000000 00000001 01100111"},
		{spi.Mode2, gpio.PullDown, "00000000 00000001 01100111"},
		{spi.Mode0, gpio.PullUp, "11111111 11111010 11001110"},
		{spi.Mode3, gpio.PullUp, "11111111 11111010 11001110"},
		{spi.Mode1, gpio.PullUp, "11111111 11111101 01100111"},
		{spi.Mode2, gpio.PullUp, "11111111 11111101 01100111"},
		// Without chip select the chip stays idle.
		{spi.Mode0 | spi.NoCS, gpio.PullDown, "00000000 00000000 00000000"},
		{spi.Mode0 | spi.NoCS, gpio.PullUp, "11111111 11111111 11111111"},
	} {
		pi, chip := sim.Kit(nil)
		chip.Knob(0).SetCode(figureCode)
		if err := pi.Pin("SPI0_MISO").In(tt.pull, gpio.NoEdge); err != nil {
			t.Fatal(err)
		}
		c := connect(t, pi.SPI(0, 0), physic.MegaHertz, tt.mode)
		b := []byte{0x01, 0x80, 0x00}
		for range 2 { // the second transfer after the first
			if err := c.Tx([]byte{0x01, 0x80, 0x00}, b); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%08b %08b %08b", b[0], b[1], b[2]); got != tt.want {
				t.Errorf("%s, %s: got %s, want %s", tt.mode, tt.pull, got, tt.want)
			}
		}
	}
}

func TestLSBFirst(t *testing.T) {
	t.Parallel()
	pi, chip := sim.Kit(nil)
	chip.Knob(0).SetCode(figureCode)
	c := connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0|spi.LSBFirst)
	b := []byte{bits.Reverse8(0x01), bits.Reverse8(0x80), 0}
	if err := c.Tx(b, b); err != nil { // in place
		t.Fatal(err)
	}
	if diff := cmp.Diff([]byte{0, bits.Reverse8(figureCode >> 8), bits.Reverse8(figureCode & 0xff)}, b); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	const mode = spi.Mode0
	for _, tt := range []struct {
		f    physic.Frequency
		mode spi.Mode
		bits int
		want string
	}{
		{physic.MegaHertz, mode, 8, ""},
		{100 * physic.Hertz, spi.Mode3 | spi.NoCS | spi.LSBFirst, 8, ""},
		{0, mode, 8, "sim: SPI1.2: connect: clock must be from 100Hz to 1GHz, got 0Hz"},
		{2 * physic.GigaHertz, mode, 8, "sim: SPI1.2: connect: clock must be from 100Hz to 1GHz, got 2GHz"},
		{physic.MegaHertz, 0x40, 8, "sim: SPI1.2: connect: unknown mode Mode0|0x40"},
		{physic.MegaHertz, spi.HalfDuplex, 8, "sim: SPI1.2: connect: half duplex (3-wire) is not modelled"},
		{physic.MegaHertz, mode, 9, "sim: SPI1.2: connect: words of 9 bits are not modelled: use 8"},
	} {
		port, err := sim.New(nil).SPI(1, 2).Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := port.Connect(tt.f, tt.mode, tt.bits); text(err) != tt.want {
			t.Errorf("got %q, want %q", text(err), tt.want)
		}
	}
}

func TestSecondConnectAndUseAfterClose(t *testing.T) {
	t.Parallel()
	pi, _ := sim.Kit(nil)
	port, err := pi.SPI(0, 0).Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = port.Connect(physic.MegaHertz, spi.Mode0, 8); text(err) != "sim: SPI0.0: connect: already connected: open the port again for a second connection" {
		t.Errorf("second Connect: got %q", text(err))
	}
	other := connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0)
	if err := port.Close(); err != nil {
		t.Fatal(err)
	}
	_, again := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	for op, err := range map[string]error{
		"close":       port.Close(),
		"connect":     again,
		"limit speed": port.LimitSpeed(physic.MegaHertz),
		"tx":          c.Tx([]byte{0}, nil),
		"tx packets":  c.TxPackets([]spi.Packet{{W: []byte{0}}}),
	} {
		if want := "sim: SPI0.0: " + op + ": file already closed"; text(err) != want || !errors.Is(err, fs.ErrClosed) {
			t.Errorf("got %q, want %q wrapping fs.ErrClosed", text(err), want)
		}
	}
	if err := other.Tx([]byte{0}, nil); err != nil {
		t.Errorf("another opening: got %v, want no error", err)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	pi, _ := sim.Kit(nil)
	c := connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0)
	full := make([]byte, 4096)
	for _, tt := range []struct {
		name string
		tx   func() error
		want string
	}{
		{"nothing", func() error { return c.Tx(nil, nil) }, "sim: SPI0.0: tx: nothing to send and nothing to read"},
		{"unequal", func() error { return c.Tx(full[:3], full[:2]) }, "sim: SPI0.0: tx: w and r must have the same length, got 3 and 2 bytes"},
		{"full", func() error { return c.Tx(full, full) }, ""},
		{"too many", func() error { return c.Tx(make([]byte, 4097), nil) }, "sim: SPI0.0: tx: at most 4096 bytes, got 4097"},
		{"no packets", func() error { return c.TxPackets(nil) }, "sim: SPI0.0: tx packets: nothing to send and nothing to read"},
		{"empty packet", func() error { return c.TxPackets([]spi.Packet{{}, {W: full[:1]}}) }, ""},
		{"8 bits", func() error { return c.TxPackets([]spi.Packet{{W: full[:1], BitsPerWord: 8}}) }, ""},
		{"9 bits", func() error { return c.TxPackets([]spi.Packet{{W: full[:1], BitsPerWord: 9}}) }, "sim: SPI0.0: tx packets: words of 9 bits are not modelled: use 8"},
		{"too many in all", func() error { return c.TxPackets([]spi.Packet{{W: full}, {R: full[:1]}}) }, "sim: SPI0.0: tx packets: at most 4096 bytes, got 4097"},
	} {
		if got := text(tt.tx()); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := c.(conn.Limits).MaxTxSize(); got != 4096 {
		t.Errorf("got size %d, want 4096", got)
	}
	if got := c.Duplex(); got != conn.Full {
		t.Errorf("got %s, want %s", got, conn.Full)
	}
}

// With only r, MOSI is low. With only w, the bits on MISO are lost.
func TestTransferInOneDirection(t *testing.T) {
	t.Parallel()
	pi, chip := sim.Kit(nil)
	chip.Knob(0).SetCode(figureCode)
	c := connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0)
	r := []byte{9, 9, 9}
	if err := c.Tx(nil, r); err != nil || !bytes.Equal(r, make([]byte, 3)) {
		t.Errorf("read without a start bit: got % x, %v, want zeros", r, err)
	}
	if err := c.TxPackets([]spi.Packet{{W: []byte{1, 0x80}, KeepCS: true}, {R: r[:1]}}); err != nil || r[0] != figureCode&0xff {
		t.Errorf("write, then read: got %#x, %v, want %#x", r[0], err, figureCode&0xff)
	}
}

func TestKeepCS(t *testing.T) {
	t.Parallel()
	pi, chip := sim.Kit(nil)
	chip.Knob(0).SetCode(figureCode)
	second := sim.NewMCP3008()
	pi.SPI(0, 1).Plug(second)
	c := connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0)
	other := connect(t, pi.SPI(0, 1), physic.MegaHertz, spi.Mode0)
	packets := func(last []byte, keep ...bool) []spi.Packet {
		return []spi.Packet{{W: []byte{1}, KeepCS: keep[0]}, {W: []byte{0x80}, KeepCS: keep[1]}, {R: last, KeepCS: keep[2]}}
	}
	const low = figureCode & 0xff
	b := make([]byte, 1)
	tx := func(name string, want byte, do func() error) {
		t.Helper()
		b[0] = 0x55
		if err := do(); err != nil || b[0] != want {
			t.Errorf("%s: got %08b, %v, want %08b", name, b[0], err, want)
		}
	}
	rest := func() error { return c.Tx(nil, b) }
	tx("kept", low, func() error { return c.TxPackets(packets(b, true, true, false)) })
	tx("let go", 0, rest)
	// 0x80 is now a start bit and the difference CH0-CH1. The answer is one clock off the byte.
	tx("a blip after the first", figureCode>>1&0xff, func() error { return c.TxPackets(packets(b, false, true, false)) })
	tx("kept at the end", low, func() error { return c.TxPackets(packets(b, true, true, true)) })
	tx("goes on with the LSB-first data", 0b11100110, rest) // B1 to B8; this Tx releases CS
	tx("let go again", 0, rest)

	c.TxPackets(packets(b, true, true, true))
	if err := other.Tx([]byte{0}, nil); err != nil {
		t.Fatal(err)
	}
	if got := level(chip); got != "z" {
		t.Errorf("another chip selected: got %s from the first, want z", got)
	}
	tx("another chip selected meanwhile", 0, rest)

	c.TxPackets(packets(b, true, true, true))
	pi.SPI(0, 0).Plug(chip)
	tx("plugged in again", 0, rest)

	c.TxPackets(packets(b, true, true, true))
	connect(t, pi.SPI(0, 0), physic.MegaHertz, spi.Mode0)
	tx("opened again", 0, rest)
}

func TestClockLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		vdd, connect, limit string
		want                string
	}{
		{"3.3V", "1.936MHz", "", ""},
		{"3.3V", "2MHz", "", "sim: SPI0.0: tx: mcp3008 needs a clock of at most 1.937MHz, got 2MHz: lower it in Connect or LimitSpeed"},
		{"3.3V", "2MHz", "1MHz", ""},
		{"3.3V", "1MHz", "2MHz", ""},
		{"3.3V", "10kHz", "", ""},
		{"3.3V", "9.999kHz", "", "sim: SPI0.0: tx: mcp3008 needs a clock of at least 10kHz, got 9.999kHz: raise it in Connect or LimitSpeed"},
		{"3.3V", "1MHz", "5kHz", "sim: SPI0.0: tx: mcp3008 needs a clock of at least 10kHz, got 5kHz: raise it in Connect or LimitSpeed"},
		{"5V", "3.6MHz", "", ""},
		{"5V", "3.601MHz", "", "sim: SPI0.0: tx: mcp3008 needs a clock of at most 3.600MHz, got 3.601MHz: lower it in Connect or LimitSpeed"},
		{"2.7V", "1.351MHz", "", "sim: SPI0.0: tx: mcp3008 needs a clock of at most 1.350MHz, got 1.351MHz: lower it in Connect or LimitSpeed"},
	} {
		pi, chip := sim.Kit(nil)
		var v physic.ElectricPotential
		var f, limit physic.Frequency
		if err := errors.Join(v.Set(tt.vdd), f.Set(tt.connect), chip.SetVDD(v)); err != nil {
			t.Fatal(err)
		}
		port, err := pi.SPI(0, 0).Open()
		if err != nil {
			t.Fatal(err)
		}
		if tt.limit != "" {
			if err := errors.Join(limit.Set(tt.limit), port.LimitSpeed(limit)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := port.Connect(f, spi.Mode0, 8)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(c.Tx([]byte{1, 0x80, 0}, nil)); got != tt.want {
			t.Errorf("%s, connect %s, limit %s: got %q, want %q", tt.vdd, tt.connect, tt.limit, got, tt.want)
		}
	}
	port, err := sim.New(nil).SPI(0, 0).Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := text(port.LimitSpeed(0)), "sim: SPI0.0: limit speed: clock must be from 100Hz to 1GHz, got 0Hz"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c := connect(t, sim.New(nil).SPI(0, 0), physic.GigaHertz, spi.Mode0)
	if err := c.Tx([]byte{0}, nil); err != nil {
		t.Errorf("no chip, no limit: got %v", err)
	}
}

func TestPortPins(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	for _, tt := range []struct {
		bus, cs int
		mode    spi.Mode
		want    string
	}{
		{0, 0, 0, "SPI0.0 GPIO11 GPIO10 GPIO9 GPIO8"},
		{0, 1, 0, "SPI0.1 GPIO11 GPIO10 GPIO9 GPIO7"},
		{1, 0, 0, "SPI1.0 GPIO21 GPIO20 GPIO19 GPIO18"},
		{1, 1, 0, "SPI1.1 GPIO21 GPIO20 GPIO19 GPIO17"},
		{1, 2, spi.NoCS, "SPI1.2 GPIO21 GPIO20 GPIO19 INVALID"},
	} {
		c := connect(t, pi.SPI(tt.bus, tt.cs), physic.MegaHertz, tt.mode)
		p := c.(spi.Pins)
		if got := fmt.Sprint(c, " ", p.CLK(), " ", p.MOSI(), " ", p.MISO(), " ", p.CS()); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	for _, cs := range [][2]int{{0, 2}, {1, 3}, {2, 0}, {-1, 0}, {0, -1}} {
		want := fmt.Sprintf(`sim: no port "SPI%d.%d": the virtual Pi has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2`, cs[0], cs[1])
		if got := panics(func() { pi.SPI(cs[0], cs[1]) }); got != want {
			t.Errorf("got %v, want a panic %q", got, want)
		}
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	pi, chip := sim.Kit(nil)
	chip.SetNoise(2, 1)
	pin := adc(t, pi.SPI(0, 0), nil, 0)
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := pin.Read(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("got %g allocations per Read, want 0", n)
	}
}

func BenchmarkRead(b *testing.B) {
	pi, _ := sim.Kit(nil)
	pin := adc(b, pi.SPI(0, 0), nil, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pin.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
