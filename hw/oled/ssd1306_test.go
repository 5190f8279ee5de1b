package oled_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/ssd1306/image1bit"

	"hillock/hw/oled"
)

// module is an SSD1306 on its own bus, with the commands of the driver, in page addressing mode (sections 10.1.1,
// 10.1.2 and 10.1.13). While it fails it has no power: it is dark and forgets its mode.
type module struct {
	mu     sync.Mutex
	at     uint16
	fail   error
	on     bool
	paged  bool // page addressing mode
	ram    [8][oled.Width]byte
	page   int
	column int
	wrong  []string
}

func (m *module) String() string                  { return "I2C1" }
func (m *module) SetSpeed(physic.Frequency) error { return nil }

func (m *module) Tx(addr uint16, w, r []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if addr != m.at || len(r) > 0 {
		return errors.New("remote I/O error")
	}
	switch c := w[1:]; {
	case w[0] == 0x40 && m.paged:
		for _, b := range c {
			m.ram[m.page][m.column] = b
			m.column++
		}
	case w[0] == 0x00 && len(c) == 3 && c[0]>>3 == 0xB0>>3:
		m.page, m.column = int(c[0]&7), int(c[1]&15|c[2]&15<<4)
	case w[0] == 0x00 && len(c) == 2 && c[0] == 0x20:
		m.paged = c[1] == 0x02
	case w[0] == 0x00 && len(c) == 1 && c[0] == 0xAE:
		m.on = false
	case w[0] == 0x00 && len(c) > 20 && c[0] == 0xAE: // set up
		m.on = c[len(c)-1] == 0xAF
	default:
		m.wrong = append(m.wrong, fmt.Sprintf("% x", w))
	}
	return nil
}

// unplug takes the module off the bus with an error; nil puts it back.
func (m *module) unplug(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.on, m.paged = err, false, false
	m.ram = [8][oled.Width]byte{}
}

func (m *module) picture() *image1bit.VerticalLSB {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on {
		return nil
	}
	img := image1bit.NewVerticalLSB(new(display).Bounds())
	for page := range m.ram {
		copy(img.Pix[page*oled.Width:], m.ram[page][:])
	}
	return img
}

// The driver sends parts of pictures. They must add up to the same picture as on a display that takes whole pictures.
func TestPartsAddUpToThePicture(t *testing.T) {
	for _, address := range []uint16{oled.Address, oled.AddressSA0} {
		synctest.Test(t, func(t *testing.T) {
			m, screen := &module{at: address}, new(display)
			on, err := oled.NewSSD1306(m, address, opts)
			if err != nil {
				t.Fatal(err)
			}
			want, err := oled.New(screen, opts)
			if err != nil {
				t.Fatal(err)
			}
			a, b := newLoop(), newLoop()
			time.Sleep(ms / 2) // no tick falls on a picture
			for k := range 2700 {
				a.tick(on, 2)
				b.tick(want, 2)
				switch k {
				case 700:
					m.unplug(errors.New("remote I/O error"))
				case 900:
					if got, want := fmt.Sprint(on.Fault()), fmt.Sprintf("oled: ssd1306 at 0x%X on I2C1: remote I/O error", address); got != want {
						t.Errorf("got %s, want %s", got, want)
					}
					m.unplug(nil)
				}
				time.Sleep(ms)
				if k%130 == 0 && (k < 700 || k > 960) {
					if diff := cmp.Diff(text(screen.picture()), text(m.picture())); diff != "" {
						t.Fatalf("0x%X after %d ms: %s", address, k, diff)
					}
				}
			}
			if err := errors.Join(on.Fault(), on.Halt(), want.Halt()); err != nil || m.picture() != nil {
				t.Errorf("got %v, want it dark", err)
			}
			if len(m.wrong) > 0 {
				t.Errorf("got bytes for another addressing mode: %v", m.wrong)
			}
		})
	}
}

func TestHaltTurnsAnSSD1306Off(t *testing.T) {
	gone := errors.New("remote I/O error")
	for _, tt := range []struct {
		name  string
		never bool // never on the bus
		want  string
	}{
		{"gone", false, "oled: turn it off: ssd1306 at 0x3C on I2C1: remote I/O error"},
		{"never there: nothing to turn off", true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &module{at: oled.Address}
				if tt.never {
					m.fail = gone
				}
				d, err := oled.NewSSD1306(m, oled.Address, opts)
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if got := d.Fault(); (got == nil) == tt.never {
					t.Errorf("got fault %v", got)
				}
				m.unplug(gone)
				got := ""
				if err := d.Halt(); err != nil {
					got = err.Error()
				}
				if got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

func TestNewSSD1306Refuses(t *testing.T) {
	if _, err := oled.NewSSD1306(new(module), 0x78, opts); err == nil || err.Error() != "oled: address must be 0x3C or 0x3D, got 0x78" {
		t.Errorf("got %v", err)
	}
	if _, err := oled.NewSSD1306(new(module), oled.Address, oled.Opts{}); err == nil || err.Error() != "oled: low must be less than high, got 0 mV and 0 mV" {
		t.Errorf("got %v", err)
	}
}
