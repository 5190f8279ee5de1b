package config

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// All spellings of a value are the same float64 as the literal of Go.
func TestUnitsToTheBit(t *testing.T) {
	tests := []struct {
		parse func(string) (float64, error)
		want  float64
		texts []string
	}{
		{ParseMilliseconds, 10, []string{"10 ms", "10ms", "+10 ms", "0.01 s", "10000 us", "10000 µs", "10000 μs", "1e1 ms", "1E+1 ms", "1e-2 s", "10.000 ms", "10. ms", " 10  ms ", "10\tms", "10000000 ns", "1e10 ps"}},
		{ParseMilliseconds, 0.1, []string{"0.1 ms", ".1 ms", "100 us", "0.0001 s", "00.10 ms", "100000 ns", "1e-4 s"}},
		{ParseMilliseconds, 0.3, []string{"0.3 ms", "300 us", "3e-4 s"}},
		{ParseMilliseconds, 1.1e-7, []string{"0.11 ns", "110 ps", "0.00000011 ms"}},
		{ParseMilliseconds, 90000, []string{"90 s", "1.5 min", "0.025 h"}},
		{ParseMilliseconds, 6.6, []string{"0.00011 min", "6.6 ms"}},
		{ParseMilliseconds, 0, []string{"0 ms", "-0 s", "0e5 h", "0.000 us"}},
		{ParseMilliseconds, 5e-324, []string{"5e-324 ms", "5e-327 s"}},
		{ParseMilliseconds, math.MaxFloat64, []string{"1.7976931348623157e308 ms", "1.7976931348623157e305 s"}},
		{ParseVoltage, -70, []string{"-70 mV", "-0.07 V", "-70000 uV", "-70000 µV", "-0.00007 kV", "-7e7 nV"}},
		{ParseVoltage, 3300, []string{"3.3 V", "3300 mV"}},
		{ParseVoltage, 0.7, []string{"0.7 mV", "700 uV", "0.0007 V"}},
		{ParseCurrent, 1.5, []string{"1.5 nA", "1500 pA", "0.0015 uA", "0.0015 μA", "1.5e-9 A", "0.0000015 mA"}},
		{ParseCurrent, 0.3, []string{"0.3 nA", "300 pA", "3e-10 A"}},
		{ParseResistance, 10, []string{"10 MOhm", "10 Mohm", "10 MΩ", "10 M\u2126", "10000 kOhm", "10000 kΩ", "0.01 GOhm", "1e7 Ohm", "10000000 Ω", "1e7 ohm"}},
		{ParseResistance, 0.1, []string{"0.1 MOhm", "100 kOhm", "100000 Ohm"}},
		{ParseFrequency, 1e6, []string{"1 MHz", "1000 kHz", "1000000 Hz", "0.001 GHz", "1e6 Hz"}},
		{ParseFrequency, 0.1, []string{"0.1 Hz", "0.0001 kHz"}},
	}
	for _, test := range tests {
		for _, text := range test.texts {
			got, err := test.parse(text)
			if err != nil || math.Float64bits(got) != math.Float64bits(test.want) {
				t.Errorf("%q: got %v, %v, want %v", text, got, err, test.want)
			}
		}
	}
}

func TestParseTimeIsExact(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10 ms": 10 * time.Millisecond, "0.1 ms": 100 * time.Microsecond, "1 ns": 1, "1000 ps": 1, "1.5 h": 90 * time.Minute,
		"0.5 min": 30 * time.Second, "-1 s": -time.Second, "1e3 us": time.Millisecond, "0.000000001 s": 1, "0 ms": 0,
		"9223372036854775807 ns": math.MaxInt64, "-9223372036854775808 ns": math.MinInt64, "0.0000000025 h": 9 * time.Microsecond,
	} {
		got, err := ParseTime(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestUnitErrorsNameTheWayOut(t *testing.T) {
	const (
		isTime    = `must be a time such as "10 ms", got `
		isVoltage = `must be a voltage such as "-70 mV", got `
		isCurrent = `must be a current such as "2 nA", got `
		isOhm     = `must be a resistance such as "10 MOhm", got `
		isHz      = `must be a frequency such as "1 MHz", got `
	)
	asTime := func(s string) (float64, error) { d, err := ParseTime(s); return float64(d), err }
	asTick := func(s string) (float64, error) {
		d, err := ParseDuration(s, 50*time.Microsecond, time.Second)
		return float64(d), err
	}
	tests := []struct {
		parse      func(string) (float64, error)
		text, want string
	}{
		{asTime, "10 mV", isTime + `"10 mV": the units are ps, ns, us, ms, s, min, h`},
		{asTime, "10", isTime + `"10": the unit is missing, write "10 ms"`},
		{asTime, "0.5 ns", `must be a whole number of nanoseconds, got "0.5 ns"`},
		{asTime, "9223372036854775808 ns", `must be between -2562047 h and 2562047 h, got "9223372036854775808 ns"`},
		{asTime, "10000000h", `must be between -2562047 h and 2562047 h, got "10000000h"`},
		{asTime, "-1e400 s", `must be between -2562047 h and 2562047 h, got "-1e400 s"`},
		{asTick, "10h", `must be between 50 us and 1 s, got "10h"`},
		{asTick, "10000000 h", `must be between 50 us and 1 s, got "10000000 h"`},
		{asTick, "49.999 us", `must be between 50 us and 1 s, got "49.999 us"`},
		{asTick, "10", `must be a time such as "10 s", got "10": the unit is missing, write "10 s"`},
		{asTick, "10 sec", `must be a time such as "10 s", got "10 sec": the units are ps, ns, us, ms, s, min, h`},
		{asTime, "1e401 s", isTime + `"1e401 s": the exponent is too large`},
		{asTime, "10 sec", isTime + `"10 sec": the units are ps, ns, us, ms, s, min, h`},
		{ParseMilliseconds, "1 MIN", isTime + `"1 MIN": case matters, write "1 min"`},
		{ParseMilliseconds, "5 m", isTime + `"5 m": m is not a unit, write "5 ms" or "5 min"`},
		{ParseMilliseconds, "NaN ms", isTime + `"NaN ms"`},
		{ParseMilliseconds, "Inf ms", isTime + `"Inf ms"`},
		{ParseMilliseconds, "-inf", isTime + `"-inf"`},
		{ParseMilliseconds, "1e400 ms", isTime + `"1e400 ms": the number is too large`},
		{ParseMilliseconds, "1e-400 ms", isTime + `"1e-400 ms": the number is too small, write 0 or a larger one`},
		{ParseMilliseconds, "1e-99999999999 ms", isTime + `"1e-99999999999 ms": the exponent is too large`},
		{ParseMilliseconds, ".ms", isTime + `".ms"`},
		{ParseMilliseconds, "+", isTime + `"+"`},
		{ParseMilliseconds, "--1 ms", isTime + `"--1 ms"`},
		{ParseMilliseconds, "1.2.3 ms", isTime + `"1.2.3 ms": the units are ps, ns, us, ms, s, min, h`},
		{ParseMilliseconds, "１ ms", isTime + `"１ ms"`},
		{ParseVoltage, "-70", isVoltage + `"-70": the unit is missing, write "-70 mV"`},
		{ParseVoltage, "−70 mV", isVoltage + `"−70 mV": use the plain minus sign "-"`},
		{ParseVoltage, "1_000 mV", isVoltage + `"1_000 mV": the units are nV, uV, mV, V, kV`},
		{ParseVoltage, "0x10 mV", isVoltage + `"0x10 mV": the units are nV, uV, mV, V, kV`},
		{ParseCurrent, "2 ma", isCurrent + `"2 ma": case matters, write "2 mA"`},
		{ParseCurrent, "2 NA", isCurrent + `"2 NA": case matters, write "2 nA"`},
		{ParseCurrent, "2,5 nA", isCurrent + `"2,5 nA": use a point, not a comma`},
		{ParseCurrent, "2 nV", isCurrent + `"2 nV": the units are pA, nA, uA, mA, A`},
		{ParseCurrent, "", isCurrent + `""`},
		{ParseResistance, "10 mΩ", isOhm + `"10 mΩ": case matters, write "10 MOhm"`},
		{ParseResistance, "10 M", isOhm + `"10 M": the units are Ohm, kOhm, MOhm, GOhm`},
		{ParseFrequency, "1 mHz", isHz + `"1 mHz": case matters, write "1 MHz"`},
		{ParseFrequency, "50", isHz + `"50": the unit is missing, write "50 Hz"`},
		{ParseFrequency, strings.Repeat("0", 101), isHz + `"` + strings.Repeat("0", 101) + `": the text is too long`},
	}
	for _, test := range tests {
		_, err := test.parse(test.text)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestFormatTimeReadsBack(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1: "0.001 us", 1234: "1.234 us", 50 * time.Microsecond: "50 us", 100 * time.Microsecond: "0.1 ms", 999999: "999.999 us", 1030 * time.Microsecond: "1.03 ms",
		20 * time.Millisecond: "20 ms", 1500 * time.Millisecond: "1500 ms", time.Second: "1 s", 90 * time.Second: "90 s",
		time.Minute: "1 min", 2 * time.Hour: "2 h", -time.Millisecond: "-1 ms", time.Minute + 1: "60.000000001 s",
	} {
		if got := FormatTime(d); got != want {
			t.Errorf("%d ns: got %s, want %s", d, got, want)
		}
		if back, err := ParseTime(want); back != d || err != nil {
			t.Errorf("%s: got %v, %v, want %v", want, back, err, d)
		}
	}
}

func TestHeaderHasEachPin(t *testing.T) {
	seen := map[string]int{}
	for _, pin := range Header() {
		seen[pin]++
	}
	if seen["3V3"] != 2 || seen["5V"] != 2 || seen["GND"] != 8 {
		t.Errorf("got %v, want two 3V3, two 5V and eight GND", seen)
	}
	for n := range maxGPIO + 1 {
		if seen[fmt.Sprint(n)] != 1 {
			t.Errorf("GPIO%d is on the header %d times, want once", n, seen[fmt.Sprint(n)])
		}
	}
	// Positions in the wiring of the built-in file, from the drawing of the header.
	for position, want := range map[string]string{"P1_11": "GPIO17", "P1_19": "GPIO10", "P1_21": "GPIO9", "P1_23": "GPIO11", "P1_24": "GPIO8", "P1_40": "GPIO21"} {
		if got, _ := parsePin(position); got != want {
			t.Errorf("%s: got %s, want %s", position, got, want)
		}
	}
}

// Each parser returns a finite number or a Problem, and both parsers of time agree.
func FuzzParseUnits(f *testing.F) {
	for _, s := range []string{"10 ms", "-70 mV", "2 nA", "10 MΩ", "1 MHz", "1e400 s", "0.1", "1.5 h", "x", "−1 mV", "1e-7 min", ".5us"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		accepted := 0
		for _, parse := range []func(string) (float64, error){ParseMilliseconds, ParseVoltage, ParseCurrent, ParseResistance, ParseFrequency} {
			v, err := parse(s)
			var problem Problem
			switch {
			case err == nil:
				accepted++
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%q: got %v", s, v)
				}
			case !errors.As(err, &problem) || v != 0:
				t.Errorf("%q: got %v, %T, want 0 and a Problem", s, v, err)
			case strings.Contains(err.Error(), "\n"):
				t.Errorf("%q: got %q, want one line", s, err)
			}
		}
		if accepted > 1 {
			t.Errorf("%q: %d dimensions accept it, want at most one", s, accepted)
		}
		d, err := ParseTime(s)
		if err != nil {
			return
		}
		if ms, err := ParseMilliseconds(s); err != nil || math.Abs(float64(d)/1e6-ms) > 1e-9*math.Abs(ms) {
			t.Errorf("%q: got %v and %v ms, %v", s, d, ms, err)
		}
		if back, err := ParseTime(FormatTime(d)); err != nil || back != d {
			t.Errorf("%q: prints as %s and reads back as %v, %v", s, FormatTime(d), back, err)
		}
	})
}
