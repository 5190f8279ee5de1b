// Package smoketest runs the smoke tests of periph (periph.io/x/cmd/periph-smoketest) on the virtual Pi, with twins of the chips
// on the periph-tester board. It is a module of its own: hillock does not need periph.io/x/cmd.
package smoketest

import (
	"errors"
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"hillock/hw/sim"
	"periph.io/x/cmd/periph-smoketest/gpiosmoketest"
	"periph.io/x/cmd/periph-smoketest/i2csmoketest"
	"periph.io/x/cmd/periph-smoketest/spismoketest"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
)

// smoke runs a smoke test with its arguments.
func smoke(test interface {
	Run(f *flag.FlagSet, args []string) error
}, args ...string) error {
	return test.Run(flag.NewFlagSet("smoke", flag.ContinueOnError), args)
}

// bitTime is the duration of a transfer: the smoke tests ask a chip again and again until it is ready.
const bitTime = 100 * time.Microsecond

// onPi runs a test in a bubble of synctest with a registered virtual Pi: a wire from GPIO17 to GPIO27, a DS2483 and an EEPROM on I2C1,
// an EEPROM on SPI0.0, and GPIO22 as their write protection.
func onPi(t *testing.T, test func(t *testing.T, pi *sim.Pi)) {
	synctest.Test(t, func(t *testing.T) {
		pi := sim.New(nil)
		if err := errors.Join(pi.Connect("GPIO17", "GPIO27"), pi.Register()); err != nil {
			t.Fatal(err)
		}
		defer pi.Close()
		protect := pi.Pin("GPIO22")
		pi.I2C(1).Plug(0x18, &ds2483{})
		pi.I2C(1).Plug(0x50, &m24c08{protect: protect})
		pi.I2C(1).SetFaults(sim.I2CFaults{Delay: bitTime})
		pi.SPI(0, 0).Plug(&m95080{protect: protect, now: protect.Clock().Now})
		pi.SPI(0, 0).SetFaults(sim.Faults{Delay: bitTime})
		test(t, pi)
	})
}

// The smoke test wants Halt to leave a running WaitForEdge alone, because of issue 323 of the driver for sysfs. The
// virtual Pi and periph's driver gpioioctl end the wait. The test stops there.
func TestGPIOStopsAtIssue323(t *testing.T) {
	onPi(t, func(t *testing.T, _ *sim.Pi) {
		err := smoke(&gpiosmoketest.SmokeTest{}, "-pin1", "GPIO17", "-pin2", "GPIO27")
		if want := "unexpected success; https://github.com/google/periph/issues/323"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
}

// busyPin is a pin with issue 323: Halt does nothing during a wait.
type busyPin struct{ *sim.Pin }

func (p busyPin) Name() string { return p.Pin.Name() + " of sysfs" }
func (busyPin) Halt() error    { return nil }

// With that issue, all other steps pass.
func TestGPIO(t *testing.T) {
	onPi(t, func(t *testing.T, pi *sim.Pi) {
		for _, name := range []string{"GPIO17", "GPIO27"} {
			p := busyPin{pi.Pin(name)}
			if err := gpioreg.Register(p); err != nil {
				t.Fatal(err)
			}
			defer gpioreg.Unregister(p.Name())
		}
		if err := smoke(&gpiosmoketest.SmokeTest{}, "-pin1", "GPIO17 of sysfs", "-pin2", "GPIO27 of sysfs"); err != nil {
			t.Error(err)
		}
	})
}

func TestI2C(t *testing.T) {
	onPi(t, func(t *testing.T, _ *sim.Pi) {
		for _, seed := range []string{"1", "2", "3"} {
			if err := smoke(&i2csmoketest.SmokeTest{}, "-bus", "I2C1", "-wc", "GPIO22", "-seed", seed); err != nil {
				t.Error(err)
			}
		}
	})
}

// The smoke test wants an error of a transfer without a place for the answer. SPI has no acknowledgement, and periph's driver
// for Linux returns none either. The test stops there.
func TestSPIStopsAtTheMissingError(t *testing.T) {
	onPi(t, func(t *testing.T, _ *sim.Pi) {
		err := smoke(&spismoketest.SmokeTest{}, "-spi", "SPI0.0", "-wp", "GPIO22", "-seed", "1")
		if want := "eeprom: write with write-control disabled didn't return an error"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
}

// strict is a port. It refuses a transfer without a place for the answer.
type strict struct{ spi.PortCloser }

func (s strict) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	c, err := s.PortCloser.Connect(f, mode, bits)
	return strictConn{c}, err
}

type strictConn struct{ spi.Conn }

func (c strictConn) Tx(w, r []byte) error {
	if len(r) == 0 {
		return errors.New("no place for the answer")
	}
	return c.Conn.Tx(w, r)
}

// With that error, all other steps pass.
func TestSPI(t *testing.T) {
	onPi(t, func(t *testing.T, pi *sim.Pi) {
		open := func() (spi.PortCloser, error) {
			p, err := pi.OpenSPI("SPI0.0")
			return strict{p}, err
		}
		if err := spireg.Register("strict", nil, -1, open); err != nil {
			t.Fatal(err)
		}
		defer spireg.Unregister("strict")
		for _, seed := range []string{"1", "2", "3"} {
			if err := smoke(&spismoketest.SmokeTest{}, "-spi", "strict", "-wp", "GPIO22", "-seed", seed); err != nil {
				t.Error(err)
			}
		}
		if pi.Pin("GPIO22").Level() != gpio.Low {
			t.Error("the test did not reach the write protection")
		}
	})
}
