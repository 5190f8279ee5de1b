package doctor_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
	periphspi "periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

const rebindSPI0 = "run 'cd /sys/bus/platform/drivers/spi-bcm2835 && echo 3f204000.spi | sudo tee unbind bind'"

func TestRebindNamesDriverAndDevice(t *testing.T) {
	t.Parallel()
	h := doctor.MadeHost(t, 1000, nil, nil)
	for name, to := range map[string]string{
		"/sys/class/spi_master/spi0/device":             "../../../3f204000.spi",
		"/sys/bus/platform/devices/3f204000.spi/driver": "../../../../bus/platform/drivers/spi-bcm2835",
		"/sys/bus/i2c/devices/i2c-1":                    "../../../devices/platform/soc/3f804000.i2c/i2c-1",
		"/sys/bus/platform/devices/3f804000.i2c/driver": "../../../../bus/platform/drivers/i2c-bcm2835",
	} {
		if err := os.MkdirAll(filepath.Dir(h.Path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, h.Path(name)); err != nil {
			t.Fatal(err)
		}
	}
	for bus, want := range map[string]string{
		"SPI0": rebindSPI0,
		"I2C1": "run 'cd /sys/bus/platform/drivers/i2c-bcm2835 && echo 3f804000.i2c | sudo tee unbind bind'",
		"SPI1": "reboot", "I2C3": "reboot",
	} {
		if got := h.Rebind(bus); got != want {
			t.Errorf("%s: got %q, want %q", bus, got, want)
		}
	}
}

func TestLostPinHasItsRemedy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pin, seen, means string
		set              func(*sim.Pin) error
	}{
		{"GPIO9", "GPIO9 (header pin 21) is a plain input", "SPI0 has lost its MISO", func(p *sim.Pin) error { return p.In(gpio.PullDown, gpio.NoEdge) }},
		{"GPIO11", "GPIO11 (header pin 23) is a plain output", "SPI0 has lost its SCLK", func(p *sim.Pin) error { return p.Out(gpio.Low) }},
	} {
		for _, remedy := range []string{"reboot", rebindSPI0} {
			found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
				if err := tt.set(v.Pin(tt.pin)); err != nil {
					t.Fatal(err)
				}
				if remedy != "reboot" {
					b.Rebind = func(bus string) string { return map[string]string{"SPI0": remedy}[bus] }
				}
			})
			want := doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: tt.seen, Means: tt.means, Do: remedy}
			if diff := cmp.Diff(want, found[0]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.pin, diff)
			}
		}
	}
}

// oneWay is a virtual Pi with a limit: MISO returns to its bus a few times only.
type oneWay struct {
	*board.Virtual
	left *int // number of returns
}

func (p oneWay) DirectPin(name string) (gpio.PinIO, bool) {
	direct, ok := p.Virtual.DirectPin(name)
	return stuck{direct, direct.(pin.PinFunc), p.left}, ok
}

type stuck struct {
	gpio.PinIO
	pin.PinFunc
	left *int
}

func (p stuck) Function() string { return string(p.Func()) }

func (p stuck) SetFunc(f pin.Func) error {
	if *p.left--; *p.left < 0 {
		return errors.New("pinctrl set: exit status 1")
	}
	return p.PinFunc.SetFunc(f)
}

func TestPinThatStaysAwayIsAFinding(t *testing.T) {
	t.Parallel()
	found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
		left := 2 // with the pull-down and the pull-up
		b.Pi, b.Rebind = oneWay{v, &left}, func(string) string { return rebindSPI0 }
	})
	want := doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "GPIO9 (header pin 21) is not back at SPI0: pinctrl set: exit status 1",
		Means: "this check used the pin, and could not return it to its bus", Do: rebindSPI0}
	for _, f := range found {
		if f == want {
			return
		}
	}
	t.Errorf("got %+v, want in it %+v", found, want)
}

const resistor = "put 10 kOhm from MISO (GPIO9, header pin 21) to 3V3"

// resisting is a virtual Pi with a resistor from MISO to 3V3, stronger than its pulls.
type resisting struct{ *board.Virtual }

func (p resisting) DirectPin(name string) (gpio.PinIO, bool) {
	direct, ok := p.Virtual.DirectPin(name)
	return up{direct, direct.(pin.PinFunc)}, ok
}

type up struct {
	gpio.PinIO
	pin.PinFunc
}

func (p up) Function() string                     { return string(p.Func()) }
func (p up) In(_ gpio.Pull, edge gpio.Edge) error { return p.PinIO.In(gpio.PullUp, edge) }

// TestFloatingMISOIsAWarning checks a good chip on a Pi without a pull at MISO.
func TestFloatingMISOIsAWarning(t *testing.T) {
	t.Parallel()
	warning := doctor.Finding{Check: "SPI0.0", Result: doctor.Warning, Seen: "MISO floats while the chip is silent",
		Means: "nothing pulls MISO on a Pi 5: a chip that loses a wire reads as noise, like a turning knob", Do: resistor}
	for _, tt := range []struct {
		name   string
		floats bool
		way    func(*board.Virtual) doctor.Pi
		warns  bool
	}{
		{"Pi 5", true, func(v *board.Virtual) doctor.Pi { return v }, true},
		{"Pi 5 with the resistor", true, func(v *board.Virtual) doctor.Pi { return resisting{v} }, false},
		{"Pi 5 without pinctrl", true, func(v *board.Virtual) doctor.Pi { return registerless{v} }, false},
		{"Pi 4", false, func(v *board.Virtual) doctor.Pi { return v }, false},
	} {
		found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) { b.Pi, b.MISOFloats = tt.way(v), tt.floats })
		if got := found[1] == warning; found[0].Result != doctor.Passed || got != tt.warns {
			t.Errorf("%s: got %+v, want %v: %+v", tt.name, found, tt.warns, warning)
		}
	}
}

// noise is a virtual Pi with noise at MISO, and no way past the kernel.
type noise struct{ registerless }

func (p noise) OpenSPI(name string) (periphspi.PortCloser, error) {
	port, err := p.registerless.OpenSPI(name)
	return noisyPort{port}, err
}

type noisyPort struct{ periphspi.PortCloser }

func (p noisyPort) Connect(f physic.Frequency, mode periphspi.Mode, bits int) (periphspi.Conn, error) {
	c, err := p.PortCloser.Connect(f, mode, bits)
	return noisyConn{c, rand.New(rand.NewPCG(5, 12))}, err
}

type noisyConn struct {
	periphspi.Conn
	rng *rand.Rand
}

func (c noisyConn) TxPackets(packets []periphspi.Packet) error {
	for _, p := range packets {
		for i := range p.R {
			p.R[i] = byte(c.rng.Uint32())
		}
	}
	return nil
}

func TestNoiseIsNoKnob(t *testing.T) {
	t.Parallel()
	found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) { b.Pi, b.MISOFloats = noise{registerless{v}}, true })
	want := doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "MISO reads noise",
		Means: "no chip drives MISO, and nothing pulls it on a Pi 5: a wire is loose or in the wrong hole, or the chip has no supply",
		Do: "check header to chip pin: CE0 (GPIO8) 24 to CS 10, SCLK (GPIO11) 23 to CLK 13, MOSI (GPIO10) 19 to DIN 11, MISO (GPIO9) 21 to DOUT 12, " +
			"3V3 to VDD 16, GND to DGND 9; check the notch; " + resistor}
	if diff := cmp.Diff(want, found[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
