package sim_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// shifter is an 8-bit shift register as a Chip: each byte returns the byte before it.
type shifter struct {
	bits byte
	out  gpio.Level
}

func (r *shifter) String() string                        { return "shifter" }
func (r *shifter) CS(bool)                               { r.out = r.bits&0x80 != 0 }
func (r *shifter) DOUT() (gpio.Level, bool)              { return r.out, true }
func (r *shifter) ClockRange() (lo, hi physic.Frequency) { return 0, 0 }
func (r *shifter) SCLK(level gpio.Level, din gpio.Level) {
	if level == gpio.Low {
		r.out = r.bits&0x80 != 0
		return
	}
	r.bits <<= 1
	if din {
		r.bits |= 1
	}
}

func TestChipOfTheTest(t *testing.T) {
	t.Parallel()
	for _, mode := range []spi.Mode{spi.Mode0, spi.Mode3, spi.Mode0 | spi.LSBFirst, spi.Mode3 | spi.LSBFirst} {
		pi := sim.New(nil)
		pi.SPI(1, 1).Plug(&shifter{})
		c := connect(t, pi.SPI(1, 1), physic.GigaHertz, mode)
		b := []byte{0x12, 0xa5, 0xff, 0x01}
		if err := c.Tx(b, b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]byte{0, 0x12, 0xa5, 0xff}, b); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}

// The chip answers packets as it answers one packet with all their bytes. The driver then still reads the knob.
func FuzzPackets(f *testing.F) {
	f.Add([]byte{1, 0x80, 0, 0, 0, 0}, uint8(0), uint16(700), uint8(2))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, uint8(3), uint16(1023), uint8(1))
	f.Add([]byte{0, 0, 0, 0x60, 0, 0, 0, 0}, uint8(0x12), uint16(1), uint8(7))
	f.Fuzz(func(t *testing.T, w []byte, mode uint8, code uint16, size uint8) {
		if len(w) == 0 || len(w) > 4096 {
			return
		}
		pi, chip := sim.Kit(nil)
		chip.Knob(0).SetCode(int(code % 1024))
		m := spi.Mode(mode) & (spi.Mode3 | spi.NoCS | spi.LSBFirst)
		c := connect(t, pi.SPI(0, 0), physic.MegaHertz, m)
		whole, parts := make([]byte, len(w)), make([]byte, len(w))
		if err := c.Tx(w, whole); err != nil {
			t.Fatal(err)
		}
		var packets []spi.Packet
		for i := 0; i < len(w); i += int(size) + 1 {
			end := min(i+int(size)+1, len(w))
			packets = append(packets, spi.Packet{W: w[i:end], R: parts[i:end], KeepCS: end < len(w)})
		}
		if err := c.TxPackets(packets); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole, parts) {
			t.Errorf("%s, % x: got % x in one packet, % x in %d", m, w, whole, parts, len(packets))
		}
		if s, err := adc(t, pi.SPI(0, 0), nil, 0).Read(); err != nil || s.Raw != int32(code%1024) {
			t.Errorf("after % x: got %d, %v, want %d", w, s.Raw, err, code%1024)
		}
	})
}
