package sim_test

import (
	"testing"
	"time"

	"hillock/hw/sim"
)

// TestPCA9685FollowsItsDatasheet writes and reads registers as a program would.
func TestPCA9685FollowsItsDatasheet(t *testing.T) {
	pi, chip := sim.New(nil), sim.NewPCA9685()
	pi.I2C(1).Plug(0x40, chip)
	bus, err := pi.I2C(1).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	read := func(register byte) byte {
		t.Helper()
		var r [1]byte
		if err := bus.Tx(0x40, []byte{register}, r[:]); err != nil {
			t.Fatal(err)
		}
		return r[0]
	}
	for _, tt := range []struct {
		name     string
		write    []byte
		register byte
		want     byte
		pulse    time.Duration // of channel 1
	}{
		{"after power-up it sleeps", nil, 0x00, 0x11, 0},
		{"channels are off", nil, 0x0d, 0x10, 0},
		{"without AI four bytes go to one register", []byte{0x0a, 1, 2, 3, 4}, 0x0a, 4, 0},
		{"asleep it takes a prescaler", []byte{0xfe, 121}, 0xfe, 121, 0},
		{"a small prescaler is 3", []byte{0xfe, 1}, 0xfe, 3, 0},
		{"and again", []byte{0xfe, 121}, 0xfe, 121, 0},
		{"awake with AI", []byte{0x00, 0x21}, 0x00, 0x21, 0},
		{"awake it keeps its prescaler", []byte{0xfe, 30}, 0xfe, 121, 0},
		{"on at step 0, off at step 256", []byte{0x0a, 0, 0, 0, 1}, 0x0d, 1, 256 * 4880 * time.Nanosecond},
		{"on at step 4000, off at step 160 of the next period", []byte{0x0a, 0xa0, 0x0f, 0xa0, 0}, 0x0b, 0x0f, 256 * 4880 * time.Nanosecond},
		{"sleep sets RESTART", []byte{0x00, 0x31}, 0x00, 0xb1, 0},
		{"awake it waits for a restart", []byte{0x00, 0x21}, 0x00, 0xa1, 0},
		{"a 1 clears RESTART", []byte{0x00, 0xa1}, 0x00, 0x21, 256 * 4880 * time.Nanosecond},
		{"all channels", []byte{0xfa, 0, 0, 0, 2}, 0x45, 2, 512 * 4880 * time.Nanosecond},
		{"the registers for all read 0", nil, 0xfd, 0, 512 * 4880 * time.Nanosecond},
		{"full on", []byte{0x0b, 0x10}, 0x0b, 0x10, 4096 * 4880 * time.Nanosecond},
		{"full off wins", []byte{0x0d, 0x10}, 0x0d, 0x10, 0},
	} {
		if tt.write != nil {
			if err := bus.Tx(0x40, tt.write, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(tt.register); got != tt.want {
			t.Errorf("%s: register %#02x reads %#02x, want %#02x", tt.name, tt.register, got, tt.want)
		}
		if got := chip.Pulse(1); got != tt.pulse {
			t.Errorf("%s: got pulses of %v, want %v", tt.name, got, tt.pulse)
		}
	}
}
