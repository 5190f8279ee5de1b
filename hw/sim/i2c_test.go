package sim_test

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// memory is an I2C chip with 4 bytes: a write begins with the address, and reads continue from there.
type memory struct {
	bytes [4]byte
	at    byte
	first bool
}

func (m *memory) String() string                { return "memory" }
func (m *memory) Start(_ time.Duration, _ bool) { m.first = true }

func (m *memory) Write(b byte) bool {
	if m.first {
		m.at, m.first = b, false
		return m.at < 4
	}
	if m.at == 4 {
		return false
	}
	m.bytes[m.at] = b
	m.at++
	return true
}

func (m *memory) Read() byte {
	b := m.bytes[m.at%4]
	m.at++
	return b
}

func openI2C(t testing.TB, pi *sim.Pi) i2c.BusCloser {
	t.Helper()
	b, err := pi.I2C(1).Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestI2C(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	pi.I2C(1).Plug(0x50, &memory{})
	b := openI2C(t, pi)
	r := make([]byte, 2)
	for _, tt := range []struct {
		name string
		tx   func() error
		want []byte // in r
		err  string
		is   error
	}{
		{"write", func() error { return b.Tx(0x50, []byte{1, 0xaa, 0xbb, 0xcc}, nil) }, []byte{9, 9}, "", nil},
		{"write, then read", func() error { return b.Tx(0x50, []byte{2}, r) }, []byte{0xbb, 0xcc}, "", nil},
		{"read on", func() error { return b.Tx(0x50, nil, r) }, []byte{0x00, 0xaa}, "", nil},
		{"no chip", func() error { return b.Tx(0x51, []byte{2}, r) }, []byte{9, 9}, "sim: I2C1: tx: no chip answers at 0x51: remote I/O error", sim.ErrNAK},
		{"not acknowledged", func() error { return b.Tx(0x50, []byte{3, 1, 2}, r) }, []byte{9, 9}, "sim: I2C1: tx: memory at 0x50 does not acknowledge byte 3, 0x02: remote I/O error", sim.ErrNAK},
		{"nothing", func() error { return b.Tx(0x51, nil, nil) }, []byte{9, 9}, "", nil},
		{"address too high", func() error { return b.Tx(0x80, []byte{2}, nil) }, []byte{9, 9}, "sim: I2C1: tx: address must be from 0x00 to 0x7f, got 0x80", nil},
		{"too long", func() error { return b.Tx(0x50, make([]byte, 8193), nil) }, []byte{9, 9}, "sim: I2C1: tx: at most 8192 bytes, got 8193", nil},
		{"slow", func() error { return b.SetSpeed(physic.Hertz) }, []byte{9, 9}, "sim: I2C1: set speed: clock must be from 1kHz to 100MHz, got 1Hz", nil},
		{"fast", func() error { return b.SetSpeed(400 * physic.KiloHertz) }, []byte{9, 9}, "", nil},
		{"SDA low", func() error {
			pi.I2C(1).SetFaults(sim.I2CFaults{SDALow: true})
			return b.Tx(0x51, []byte{2}, r) // any address
		}, []byte{0, 0}, "", nil},
		{"error", func() error {
			pi.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.ETIMEDOUT})
			return b.Tx(0x50, []byte{2}, r)
		}, []byte{9, 9}, "sim: I2C1: tx: " + syscall.ETIMEDOUT.Error(), syscall.ETIMEDOUT},
		{"mended", func() error { pi.I2C(1).SetFaults(sim.I2CFaults{}); return b.Tx(0x50, []byte{2}, r) }, []byte{0xbb, 1}, "", nil}, // 1: the byte before the one not acknowledged
		{"unplugged", func() error { pi.I2C(1).Unplug(0x50); return b.Tx(0x50, []byte{2}, r) }, []byte{9, 9}, "sim: I2C1: tx: no chip answers at 0x50: remote I/O error", sim.ErrNAK},
		{"closed", func() error { return b.Close() }, []byte{9, 9}, "", nil},
		{"closed twice", func() error { return b.Close() }, []byte{9, 9}, "sim: I2C1: close: file already closed", fs.ErrClosed},
		{"after it", func() error { return b.Tx(0x50, []byte{2}, r) }, []byte{9, 9}, "sim: I2C1: tx: file already closed", fs.ErrClosed},
		{"speed after it", func() error { return b.SetSpeed(physic.MegaHertz) }, []byte{9, 9}, "sim: I2C1: set speed: file already closed", fs.ErrClosed},
	} {
		r[0], r[1] = 9, 9
		err := tt.tx()
		if got := text(err); got != tt.err || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: got %q, want %q wrapping %v", tt.name, got, tt.err, tt.is)
		}
		if diff := cmp.Diff(tt.want, r); diff != "" {
			t.Errorf("%s: read (-want +got):\n%s", tt.name, diff)
		}
	}
	p := b.(i2c.Pins)
	if p.SDA() != pi.Pin("GPIO2") || p.SCL() != pi.Pin("GPIO3") {
		t.Errorf("got pins %s and %s, want GPIO2 and GPIO3", p.SDA(), p.SCL())
	}
	for _, n := range []int{-1, 0, 2} {
		want := fmt.Sprintf(`sim: no bus "I2C%d": the virtual Pi has I2C1`, n)
		if got := panics(func() { pi.I2C(n) }); got != want {
			t.Errorf("got %v, want a panic %q", got, want)
		}
	}
}

func TestI2CDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		pi.I2C(1).Plug(0x50, &memory{})
		pi.I2C(1).SetFaults(sim.I2CFaults{Delay: time.Second})
		b := openI2C(t, pi)
		start := time.Now()
		if err := b.Tx(0x50, []byte{0}, nil); err != nil || time.Since(start) != time.Second {
			t.Errorf("got %v after %s, want a transaction of 1s", err, time.Since(start))
		}
		done := make(chan error)
		go func() { done <- b.Tx(0x50, []byte{0}, nil) }()
		synctest.Wait()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, fs.ErrClosed) {
			t.Errorf("closed during the transaction: got %v, want %v", err, fs.ErrClosed)
		}
	})
}

// For the race detector: several programs on one bus, and every method for the test.
func TestI2CDoesNotRace(t *testing.T) {
	t.Parallel()
	pi := sim.New(nil)
	adc, oled := sim.NewADS1115(), sim.NewSSD1306()
	pi.I2C(1).Plug(0x48, adc)
	pi.I2C(1).Plug(0x3c, oled)
	var all sync.WaitGroup
	for _, do := range []func(b i2c.Bus, i int){
		func(b i2c.Bus, i int) { b.Tx(0x48, []byte{1, 0xc3, 0xe3}, nil) },
		func(b i2c.Bus, i int) { b.Tx(0x48, []byte{0}, make([]byte, 2)) },
		func(b i2c.Bus, i int) { b.Tx(0x3c, []byte{0x40, byte(i)}, nil) },
		func(_ i2c.Bus, i int) { oled.Picture() },
		func(_ i2c.Bus, i int) { adc.Knob(0).SetCode(i) },
		func(_ i2c.Bus, i int) { adc.SetNoise(i%3, 1) },
		func(_ i2c.Bus, i int) { adc.SetVDD(adc.VDD()) },
		func(_ i2c.Bus, i int) { pi.I2C(1).SetFaults(sim.I2CFaults{SDALow: i%2 == 0}) },
		func(_ i2c.Bus, i int) { pi.I2C(1).Unplug(0x48); pi.I2C(1).Plug(0x48, adc) },
	} {
		b := openI2C(t, pi)
		all.Go(func() {
			for i := range 200 {
				do(b, i)
			}
		})
	}
	all.Wait()
}
