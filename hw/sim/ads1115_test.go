package sim_test

import (
	"encoding/binary"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"hillock/hw/sim"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/ads1x15"
)

// ads returns an ADS1115 at 5 V, its bus and periph's driver.
func ads(t *testing.T) (*sim.ADS1115, i2c.Bus, *ads1x15.Dev) {
	t.Helper()
	pi, chip := sim.New(nil), sim.NewADS1115()
	if err := chip.SetVDD(5 * physic.Volt); err != nil {
		t.Fatal(err)
	}
	pi.I2C(1).Plug(0x48, chip)
	b := openI2C(t, pi)
	d, err := ads1x15.NewADS1115(b, &ads1x15.DefaultOpts)
	if err != nil {
		t.Fatal(err)
	}
	return chip, b, d
}

// Each input, each gain: codes from 0 V to 5 V in steps.
func TestADS1115ConvertsSingleInputs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, _, d := ads(t)
		for ch := range 4 {
			for _, scale := range []physic.ElectricPotential{6144, 4096, 2048, 1024, 512, 256} {
				pin, err := d.PinForChannel(ads1x15.Channel0+ads1x15.Channel(ch), scale*physic.MilliVolt, 860*physic.Hertz, ads1x15.SaveEnergy)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := pin.Read(); err != nil { // sets the gain for SetCode
					t.Fatal(err)
				}
				top := min(32767, int(5000*32768/scale))
				for code := 0; code <= top; code = nextCode(code, top, 37) {
					chip.Knob(ch).SetCode(code)
					want := physic.ElectricPotential(code) * scale * physic.MilliVolt / 32768
					if s, err := pin.Read(); err != nil || s.Raw != int32(code) || s.V != want {
						t.Fatalf("%s at %d mV, code %d: got %d, %s, %v, want %s", pin, scale, code, s.Raw, s.V, err, want)
					}
				}
				chip.Knob(ch).Set(0)
			}
		}
	})
}

// nextCode returns the next code of a test: in steps, and the last one.
func nextCode(code, last, step int) int {
	if code < last {
		return min(code+step, last)
	}
	return last + 1
}

// Each pair of inputs: codes from end to end in steps.
func TestADS1115ConvertsDifferences(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, _, d := ads(t)
		for _, tt := range []struct {
			channel     ads1x15.Channel
			plus, minus int
			step        int
		}{
			{ads1x15.Channel0Minus1, 0, 1, 5}, {ads1x15.Channel0Minus3, 0, 3, 37},
			{ads1x15.Channel1Minus3, 1, 3, 37}, {ads1x15.Channel2Minus3, 2, 3, 37},
		} {
			pin, err := d.PinForChannel(tt.channel, 4096*physic.MilliVolt, 860*physic.Hertz, ads1x15.BestQuality)
			if err != nil {
				t.Fatal(err)
			}
			for code := -32768; code <= 32767; code = nextCode(code, 32767, tt.step) {
				v := physic.ElectricPotential(code) * 125 * physic.MicroVolt
				chip.Knob(tt.plus).SetVoltage(max(v, 0))
				chip.Knob(tt.minus).SetVoltage(max(-v, 0))
				if s, err := pin.Read(); err != nil || s.Raw != int32(code) || s.V != v {
					t.Fatalf("%s, code %d: got %d, %s, %v, want %s", pin, code, s.Raw, s.V, err, v)
				}
			}
			chip.Knob(tt.plus).Set(0)
			chip.Knob(tt.minus).Set(0)
		}
	})
}

// A voltage beyond the range of a gain has the code at its end.
func TestADS1115StopsAtTheEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, _, d := ads(t)
		pin, err := d.PinForChannel(ads1x15.Channel0Minus1, 256*physic.MilliVolt, 8*physic.Hertz, ads1x15.BestQuality)
		if err != nil {
			t.Fatal(err)
		}
		for knob, want := range []int32{math.MaxInt16, math.MinInt16} {
			chip.Knob(knob).Set(1)
			chip.Knob(1 - knob).Set(0)
			if s, err := pin.Read(); err != nil || s.Raw != want {
				t.Errorf("knob %d at its end: got %d, %v, want %d", knob, s.Raw, err, want)
			}
		}
	})
}

func word(t *testing.T, b i2c.Bus, pointer byte) uint16 {
	t.Helper()
	r := make([]byte, 2)
	if err := b.Tx(0x48, []byte{pointer}, r); err != nil {
		t.Fatal(err)
	}
	return binary.BigEndian.Uint16(r)
}

// Registers after power-up (section 9.6) and the bit OS. For each data rate, the result comes after one period and not
// before.
func TestADS1115HasTheRegistersOfTheDatasheet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, b, _ := ads(t)
		for pointer, want := range []uint16{0x0000, 0x8583, 0x8000, 0x7fff} {
			if got := word(t, b, byte(pointer)); got != want {
				t.Errorf("register %d: got %#04x, want %#04x", pointer, got, want)
			}
		}
		for rate, hertz := range []time.Duration{8, 16, 32, 64, 128, 250, 475, 860} {
			before := word(t, b, 0)
			after := uint16(1000 * (rate + 1))
			chip.Knob(0).SetVoltage(physic.ElectricPotential(after) * 125 * physic.MicroVolt)
			if err := b.Tx(0x48, []byte{1, 0xc3, byte(rate<<5 | 3)}, nil); err != nil { // OS, AIN0, 4.096 V, single
				t.Fatal(err)
			}
			chip.Knob(0).Set(0) // too late for this conversion
			time.Sleep(time.Second/hertz - 1)
			if got, config := word(t, b, 0), word(t, b, 1); got != before || config>>15 != 0 {
				t.Errorf("%d Hz, before the end: got %d, configuration %#04x, want %d and OS low", hertz, got, config, before)
			}
			// OS has no effect during a conversion.
			if err := b.Tx(0x48, []byte{1, 0xc3, byte(rate<<5 | 3)}, nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Nanosecond)
			if got, config := word(t, b, 0), word(t, b, 1); got != after || config != 0xc303|uint16(rate<<5) {
				t.Errorf("%d Hz, at the end: got %d, configuration %#04x, want %d and OS high", hertz, got, config, after)
			}
		}
		// The thresholds take a write, the result does not.
		for pointer, want := range map[byte]uint16{0: 8000, 2: 0x1234, 3: 0x1234} {
			if err := b.Tx(0x48, []byte{pointer, 0x12, 0x34}, nil); err != nil {
				t.Fatal(err)
			}
			if got := word(t, b, pointer); got != want {
				t.Errorf("register %d: got %#04x, want %#04x", pointer, got, want)
			}
		}
	})
}

// In continuous mode the register follows the input each period, until a single conversion is started.
func TestADS1115ConvertsContinuously(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, b, _ := ads(t)
		if err := b.Tx(0x48, []byte{1, 0x42, 0x03}, nil); err != nil { // AIN0, 4.096 V, continuous, 8 Hz
			t.Fatal(err)
		}
		const period = time.Second / 8
		for i, want := range []uint16{0, 700, 800, 800, 900} {
			if i > 0 {
				chip.Knob(0).SetCode(int(want))
				time.Sleep(period)
			}
			if got := word(t, b, 0); got != want {
				t.Errorf("after %d periods: got %d, want %d", i, got, want)
			}
		}
		chip.Knob(0).SetCode(950)
		time.Sleep(period - 1)
		if got, config := word(t, b, 0), word(t, b, 1); got != 900 || config != 0x4203 {
			t.Errorf("within a period: got %d, configuration %#04x, want 900 and 0x4203", got, config)
		}
	})
}

func TestADS1115Knob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chip, _, d := ads(t)
		chip.SetNoise(3, 1)
		pin, err := d.PinForChannel(ads1x15.Channel2, 6144*physic.MilliVolt, 860*physic.Hertz, ads1x15.SaveEnergy)
		if err != nil {
			t.Fatal(err)
		}
		chip.Knob(2).SetVoltage(3750 * physic.MilliVolt) // 20000 steps of 187.5 uV each
		seen := map[int32]bool{}
		for range 200 {
			s, err := pin.Read()
			if err != nil {
				t.Fatal(err)
			}
			seen[s.Raw] = true
		}
		if len(seen) != 7 || !seen[19997] || !seen[20003] {
			t.Errorf("got codes %v, want 19997 to 20003", seen)
		}
		for _, ch := range []int{-1, 4} {
			if k := chip.Knob(ch); k != nil {
				t.Errorf("input %d: got a knob, want none", ch)
			}
		}
		for _, v := range []physic.ElectricPotential{1999 * physic.MilliVolt, 6 * physic.Volt} {
			want := "sim: ads1115: vdd must be from 2V to 5.500V, got " + v.String()
			if got := text(chip.SetVDD(v)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}
