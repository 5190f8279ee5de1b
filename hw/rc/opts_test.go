package rc_test

import (
	"testing"
	"time"

	"hillock/hw/rc"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

func TestOptsHaveBounds(t *testing.T) {
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
		{rc.Opts{Discharge: 206 * physic.Ohm}, "rc: discharge must be at least 207Ω, to limit the pin's current to 16 mA, got 206Ω"},
		{rc.Opts{Threshold: 799 * physic.MilliVolt}, "rc: threshold must be from 800mV to 2V, got 799mV"},
		{rc.Opts{Threshold: 2001 * physic.MilliVolt}, "rc: threshold must be from 800mV to 2V, got 2.001V"},
		{rc.Opts{Charges: 4}, "rc: charges must be an odd number from 1 to 99, got 4"},
		{rc.Opts{Charges: 101}, "rc: charges must be an odd number from 1 to 99, got 101"},
		{rc.Opts{Charges: -1}, "rc: charges must be an odd number from 1 to 99, got -1"},
		{rc.Opts{Series: physic.KiloOhm}, "rc: discharge must leave less than half of the threshold 1.500V on the capacitor, got 818.797mV: with discharge 330Ω, use a series resistor above 1kΩ"},
		{rc.Opts{Capacitor: 100 * physic.NanoFarad}, "rc: ends must be more than 0, at least 2 ms apart, the second larger and at most 500 ms, got 103 us and 707 us: choose another capacitor"},
		{rc.Opts{Capacitor: 100 * physic.MicroFarad}, "rc: ends must be more than 0, at least 2 ms apart, the second larger and at most 500 ms, got 102.602 ms and 706.924 ms: choose another capacitor"},
		{rc.Opts{Ends: ms(0, 5)}, "rc: ends must be more than 0, at least 2 ms apart, the second larger and at most 500 ms, got 0 ms and 5 ms: choose another capacitor"},
		{rc.Opts{Ends: ms(5, 1)}, "rc: ends must be more than 0, at least 2 ms apart, the second larger and at most 500 ms, got 5 ms and 1 ms: choose another capacitor"},
		{rc.Opts{Ends: ms(1, 501)}, "rc: ends must be more than 0, at least 2 ms apart, the second larger and at most 500 ms, got 1 ms and 501 ms: choose another capacitor"},
	} {
		p := sim.New(nil).Pin("GPIO17")
		d, err := rc.New(p, &tt.opts)
		if got := text(err); got != tt.want || (d == nil) != (tt.want != "") {
			t.Errorf("%+v: got %v, %q, want %q", tt.opts, d, got, tt.want)
		}
		if tt.want != "" && p.Pull() == gpio.Float {
			t.Errorf("%+v: the pin changed", tt.opts)
		}
	}
}
