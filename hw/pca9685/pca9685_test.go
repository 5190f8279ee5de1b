package pca9685_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"

	"hillock/hw/pca9685"
	"hillock/hw/sim"
)

const address = 0x40

func tx(w []byte, r ...byte) i2ctest.IO { return i2ctest.IO{Addr: address, W: w, R: r} }

// wakes are the bytes of NewI2C on a chip after power-up: MODE1 is 0x11 (table 5). 50 Hz: round(25 MHz / (4096 * 50 Hz)) - 1 = 121
// (section 7.3.5, equation 1).
func wakes() []i2ctest.IO {
	return []i2ctest.IO{
		tx([]byte{0x00}, 0x11), tx([]byte{0xfe}, 0x1e),
		tx([]byte{0x00, 0x31}), tx([]byte{0xfe, 121}), tx([]byte{0x01, 0x04}), tx([]byte{0x00, 0x21}),
		tx([]byte{0x00}, 0x21), tx([]byte{0xfe}, 121),
	}
}

// TestBytesOnTheBus has a pulse of 1.5 ms on channel 3: 1.5 ms * 25 MHz / 122 = 307 steps, 0x133. A pulse then finds the chip awake.
func TestBytesOnTheBus(t *testing.T) {
	awake := []i2ctest.IO{tx([]byte{0x00}, 0x21), tx([]byte{0xfe}, 121)}
	bus := &i2ctest.Playback{Ops: slices.Concat(wakes(),
		awake, []i2ctest.IO{tx([]byte{0x12, 0, 0, 0x33, 0x01})},
		awake, []i2ctest.IO{tx([]byte{0x42, 0, 0, 0xff, 0x0f})},
		[]i2ctest.IO{tx([]byte{0x15, 0x10}), tx([]byte{0x45, 0x10})})}
	d, err := pca9685.NewI2C(bus, address, 50*physic.Hertz)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Period(), 19988480*time.Nanosecond; got != want {
		t.Errorf("got a period of %v, want %v", got, want)
	}
	if err := errors.Join(d.Pulse(3, 1500*time.Microsecond), d.Pulse(15, d.Period()-5*time.Microsecond), d.Halt()); err != nil {
		t.Error(err)
	}
	if err := bus.Close(); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{d.Pulse(16, time.Millisecond), "pca9685: channel must be from 0 to 15, got 16"},
		{d.Off(-1), "pca9685: channel must be from 0 to 15, got -1"},
		{d.Pulse(0, 0), "pca9685: width must be more than 0 and less than 19.98848ms, got 0s"},
		{d.Pulse(0, 20*time.Millisecond), "pca9685: width must be more than 0 and less than 19.98848ms, got 20ms"},
	} {
		if got := fmt.Sprint(tt.err); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestAwakeChipStaysAsItIs opens a chip in use by another program, at the same frequency.
func TestAwakeChipStaysAsItIs(t *testing.T) {
	bus := &i2ctest.Playback{Ops: []i2ctest.IO{tx([]byte{0x00}, 0x21), tx([]byte{0xfe}, 121)}}
	if _, err := pca9685.NewI2C(bus, address, 50*physic.Hertz); err != nil {
		t.Error(err)
	}
	if err := bus.Close(); err != nil {
		t.Error(err)
	}
}

// TestOtherFrequencyRestartsTheOtherChannels changes the frequency of a running chip: RESTART reads 1 (section 7.3.1.1).
func TestOtherFrequencyRestartsTheOtherChannels(t *testing.T) {
	bus := &i2ctest.Playback{Ops: []i2ctest.IO{
		tx([]byte{0x00}, 0x20), tx([]byte{0xfe}, 30),
		tx([]byte{0x00, 0x30}), tx([]byte{0xfe, 121}), tx([]byte{0x01, 0x04}), tx([]byte{0x00, 0x20}),
		tx([]byte{0x00}, 0xa0), tx([]byte{0x00, 0xa0}), tx([]byte{0xfe}, 121),
	}}
	if _, err := pca9685.NewI2C(bus, address, 50*physic.Hertz); err != nil {
		t.Error(err)
	}
	if err := bus.Close(); err != nil {
		t.Error(err)
	}
}

func TestOtherChipsAreRefused(t *testing.T) {
	for want, ops := range map[string][]i2ctest.IO{
		"pca9685: another chip answers: MODE1 reads 0x39": {tx([]byte{0x00}, 0x39)}, // an INA219 at 0x40 after power-up
		"pca9685: another chip answers: PRE_SCALE reads 0x00 after 0x79": {tx([]byte{0x00}, 0), tx([]byte{0xfe}, 0),
			tx([]byte{0x00, 0x30}), tx([]byte{0xfe, 121}), tx([]byte{0x01, 0x04}), tx([]byte{0x00, 0x20}), tx([]byte{0x00}, 0), tx([]byte{0xfe}, 0)},
	} {
		_, err := pca9685.NewI2C(&i2ctest.Playback{Ops: ops}, address, 50*physic.Hertz)
		if fmt.Sprint(err) != want || !errors.Is(err, pca9685.ErrOtherChip) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, f := range []physic.Frequency{0, 20 * physic.Hertz, 2 * physic.KiloHertz} {
		want := fmt.Sprintf("pca9685: frequency must be from 24Hz to 1526Hz, got %s", f)
		if _, err := pca9685.NewI2C(&i2ctest.Playback{}, address, f); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestTwoUsersOfOneChip runs against the virtual chip, bit by bit: each user has its own channels, and a chip that lost its supply
// wakes again.
func TestTwoUsersOfOneChip(t *testing.T) {
	pi, chip := sim.New(nil), sim.NewPCA9685()
	pi.I2C(1).Plug(address, chip)
	var users [2]*pca9685.Dev
	for i := range users {
		bus, err := pi.I2C(1).Open()
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		if users[i], err = pca9685.NewI2C(bus, address, 50*physic.Hertz); err != nil {
			t.Fatal(err)
		}
		if err := users[i].Pulse(5*i, time.Duration(1+i)*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	near := func(channel int, want time.Duration) {
		t.Helper()
		if got := chip.Pulse(channel); (got - want).Abs() > 3*time.Microsecond { // a step is 4.88 us
			t.Errorf("channel %d: got pulses of %v, want %v", channel, got, want)
		}
	}
	near(0, time.Millisecond)
	near(5, 2*time.Millisecond)
	chip.PowerUp()
	near(0, 0)
	if err := users[1].Pulse(5, 1500*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	near(0, 0)
	near(5, 1500*time.Microsecond)
	if err := users[0].Pulse(0, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := users[1].Halt(); err != nil {
		t.Fatal(err)
	}
	near(0, time.Millisecond)
	near(5, 0)
}
