package rc_test

import (
	"testing"
	"time"

	"hillock/hw/rc"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

func TestOpts(t *testing.T) {
	ms := func(a, b float64) [2]time.Duration {
		return [2]time.Duration{time.Duration(a * 1e6), time.Duration(b * 1e6)}
	}
	for _, tt := range []struct {
		opts rc.Opts
		want string
	}{
		{rc.Opts{}, ""},
		{rc.DefaultOpts, ""},
		{rc.Opts{Ends: ms(1, 3)}, ""},
		{rc.Opts{Charges: 99, Threshold: 2 * physic.Volt, Discharge: 207 * physic.Ohm}, ""},
		{rc.Opts{Threshold: 800 * physic.MilliVolt, Series: 3 * physic.KiloOhm, Ends: ms(1, 500)}, ""},
		{rc.Opts{Knob: -1}, "rc: knob, series and capacitor must be more than 0, got -1nΩ, 2.200kΩ and 1µF"},
		{rc.Opts{Series: -1}, "rc: knob, series and capacitor must be more than 0, got 10kΩ, -1nΩ and 1µF"},
		{rc.Opts{Capacitor: -1}, "rc: knob, series and capacitor must be more than 0, got 10kΩ, 2.200kΩ and -1pF"},
		{rc.Opts{Discharge: 206 * physic.Ohm}, "rc: discharge must be 207Ω or more, or more than 16 mA go into the pin, got 206Ω"},
		{rc.Opts{Threshold: 799 * physic.MilliVolt}, "rc: threshold must be from 800mV to 2V, got 799mV"},
		{rc.Opts{Threshold: 2001 * physic.MilliVolt}, "rc: threshold must be from 800mV to 2V, got 2.001V"},
		{rc.Opts{Charges: 4}, "rc: charges must be an odd number from 1 to 99, got 4"},
		{rc.Opts{Charges: 101}, "rc: charges must be an odd number from 1 to 99, got 101"},
		{rc.Opts{Charges: -1}, "rc: charges must be an odd number from 1 to 99, got -1"},
		{rc.Opts{Series: physic.KiloOhm}, "rc: discharge must leave less than half of the threshold 1.500V on the capacitor, got 818.797mV: with discharge 330Ω make series larger than 1kΩ"},
		{rc.Opts{Capacitor: 100 * physic.NanoFarad}, "rc: ends must be more than 0, 2ms or more apart, the second one larger and up to 500ms, got 103µs and 707µs: choose another capacitor"},
		{rc.Opts{Capacitor: 100 * physic.MicroFarad}, "rc: ends must be more than 0, 2ms or more apart, the second one larger and up to 500ms, got 102.602ms and 706.924ms: choose another capacitor"},
		{rc.Opts{Ends: ms(0, 5)}, "rc: ends must be more than 0, 2ms or more apart, the second one larger and up to 500ms, got 0s and 5ms: choose another capacitor"},
		{rc.Opts{Ends: ms(5, 1)}, "rc: ends must be more than 0, 2ms or more apart, the second one larger and up to 500ms, got 5ms and 1ms: choose another capacitor"},
		{rc.Opts{Ends: ms(1, 501)}, "rc: ends must be more than 0, 2ms or more apart, the second one larger and up to 500ms, got 1ms and 501ms: choose another capacitor"},
	} {
		p := sim.New(nil).Pin("GPIO17")
		d, err := rc.New(p, &tt.opts)
		if got := text(err); got != tt.want || (d == nil) != (tt.want != "") {
			t.Errorf("%+v: got %v, %q, want %q", tt.opts, d, got, tt.want)
		}
		if tt.want != "" && p.Pull() == gpio.Float {
			t.Errorf("%+v: got the pin touched", tt.opts)
		}
	}
}
