package config

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time such as "10 ms" in whole nanoseconds. Every Parse function for one value returns a Problem without
// a place as its error.
func ParseTime(s string) (time.Duration, error) {
	return plain(milliseconds().time(s, math.MinInt64, math.MaxInt64, "-2562047 h and 2562047 h"))
}

// ParseDuration reads the duration of a run such as "10 s", from low to high: its error names both.
func ParseDuration(s string, low, high time.Duration) (time.Duration, error) {
	d := milliseconds()
	d.example, d.usual = "10 s", "s"
	return plain(d.time(s, low, high, FormatTime(low)+" and "+FormatTime(high)))
}

// ParseMilliseconds reads a time such as "10 ms" as a number of ms, of any fineness.
func ParseMilliseconds(s string) (float64, error) { return plain(milliseconds().float(s)) }

// ParseVoltage reads a voltage such as "-70 mV" in mV.
func ParseVoltage(s string) (float64, error) { return plain(voltage("-70 mV", -3).float(s)) }

// ParseCurrent reads a current such as "2 nA" in nA.
func ParseCurrent(s string) (float64, error) { return plain(current().float(s)) }

// ParseResistance reads a resistance such as "10 MOhm" in MOhm.
func ParseResistance(s string) (float64, error) { return plain(resistance().float(s)) }

// ParseFrequency reads a frequency such as "1 MHz" in Hz.
func ParseFrequency(s string) (float64, error) { return plain(frequency().float(s)) }

// plain returns a *Problem as an error, and never a typed nil.
func plain[T any](v T, p *Problem) (T, error) {
	if p != nil {
		p.Got = strconv.Quote(p.Got)
		return v, *p
	}
	return v, nil
}

// A dimension is one kind of quantity with its units. Values are in units of 10^base of the SI unit.
type dimension struct {
	name    string // with its article, "a time"
	example string
	usual   string // the unit in hints for a missing one
	base    int
	units   []unit
}

type unit struct {
	symbol string
	exp    int   // the power of ten of the SI unit
	factor int64 // for minutes and hours; 0 is 1
}

func milliseconds() dimension {
	return dimension{"a time", "10 ms", "ms", -3, []unit{{"ps", -12, 0}, {"ns", -9, 0}, {"us", -6, 0}, {"ms", -3, 0}, {"s", 0, 0}, {"min", 0, 60}, {"h", 0, 3600}}}
}

func voltage(example string, base int) dimension {
	_, usual, _ := strings.Cut(example, " ")
	return dimension{"a voltage", example, usual, base, []unit{{"nV", -9, 0}, {"uV", -6, 0}, {"mV", -3, 0}, {"V", 0, 0}, {"kV", 3, 0}}}
}

func current() dimension {
	return dimension{"a current", "2 nA", "nA", -9, []unit{{"pA", -12, 0}, {"nA", -9, 0}, {"uA", -6, 0}, {"mA", -3, 0}, {"A", 0, 0}}}
}

func resistance() dimension {
	return dimension{"a resistance", "10 MOhm", "MOhm", 6, []unit{{"Ohm", 0, 0}, {"kOhm", 3, 0}, {"MOhm", 6, 0}, {"GOhm", 9, 0}}}
}

// ohms is resistance in Ohm, for resistors on a breadboard.
func ohms(example string) dimension {
	d := resistance()
	d.example, d.usual, d.base = example, "kOhm", 0
	return d
}

func capacitance() dimension {
	return dimension{"a capacitance", "1 uF", "uF", 0, []unit{{"pF", -12, 0}, {"nF", -9, 0}, {"uF", -6, 0}, {"mF", -3, 0}}}
}

func conductance() dimension {
	return dimension{"a conductance", "10 nS", "nS", -9, []unit{{"pS", -12, 0}, {"nS", -9, 0}, {"uS", -6, 0}, {"mS", -3, 0}}}
}

func frequency() dimension {
	return dimension{"a frequency", "1 MHz", "Hz", 0, []unit{{"Hz", 0, 0}, {"kHz", 3, 0}, {"MHz", 6, 0}, {"GHz", 9, 0}}}
}

func (d dimension) rule() string { return "must be " + d.name + " such as " + strconv.Quote(d.example) }

// float parses s in units of 10^base. It scales the decimal digits and rounds once, in ParseFloat: "10 ms", "0.01 s" and
// "10000 us" are the same bits.
func (d dimension) float(s string) (float64, *Problem) {
	n, p := d.parse(s)
	if p != nil {
		return 0, p
	}
	v, err := strconv.ParseFloat(n.digits.String()+"e"+strconv.Itoa(n.exp), 64)
	if err != nil {
		return 0, &Problem{Rule: d.rule(), Got: s, Hint: "the number is too large"}
	}
	if v == 0 && n.digits.Sign() != 0 {
		return 0, &Problem{Rule: d.rule(), Got: s, Hint: "the number is too small, write 0 or a larger one"}
	}
	return v, nil
}

// time parses s in whole nanoseconds between low and high. The limits in words, "1 ms and 1 s", are for the Problem.
func (d dimension) time(s string, low, high time.Duration, limits string) (time.Duration, *Problem) {
	d.base = -9
	n, p := d.parse(s)
	if number, err := strconv.ParseFloat(s, 64); err == nil && number == 0 && low > 0 {
		return 0, &Problem{Rule: "must be between " + limits, Got: s} // no unit helps
	}
	if p != nil {
		return 0, p
	}
	v, ten := n.digits, big.NewInt(10)
	shift := new(big.Int).Exp(ten, big.NewInt(int64(max(n.exp, -n.exp))), nil)
	if n.exp >= 0 {
		v.Mul(v, shift)
	} else {
		var rest big.Int
		v.QuoRem(v, shift, &rest)
		if rest.Sign() != 0 {
			return 0, &Problem{Rule: "must be a whole number of nanoseconds", Got: s}
		}
	}
	if v.Cmp(big.NewInt(int64(low))) < 0 || v.Cmp(big.NewInt(int64(high))) > 0 {
		return 0, &Problem{Rule: "must be between " + limits, Got: s}
	}
	return time.Duration(v.Int64()), nil
}

// number is digits * 10^exp, exactly.
type number struct {
	digits *big.Int
	exp    int
}

// parse splits s into its number and its unit. Limits on the length keep the exact arithmetic fast for any text.
func (d dimension) parse(s string) (number, *Problem) {
	const maxLength, maxExponent = 100, 400
	wrong := func(hint string) (number, *Problem) { return number{}, &Problem{Rule: d.rule(), Got: s, Hint: hint} }
	if len(s) > maxLength {
		return wrong("the text is too long")
	}
	text := strings.TrimSpace(s)
	digits, exp, rest := scanNumber(text)
	if digits == "" {
		if strings.HasPrefix(text, "\u2212") {
			return wrong(`use the plain minus sign "-"`)
		}
		return wrong("")
	}
	symbol := strings.TrimSpace(rest)
	u, ok := d.unit(symbol)
	if !ok {
		return wrong(d.hint(text[:len(text)-len(rest)], symbol))
	}
	if max(exp, -exp) > maxExponent {
		return wrong("the exponent is too large")
	}
	mantissa, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return wrong("")
	}
	mantissa.Mul(mantissa, big.NewInt(max(u.factor, 1)))
	return number{mantissa, exp + u.exp - d.base}, nil
}

// scanNumber splits s after a leading decimal number. It returns the digits with their sign and without the point, and the
// exponent. Without a number there are no digits.
func scanNumber(s string) (digits string, exp int, rest string) {
	run := func(i int) int {
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i
	}
	start := 0
	if s != "" && (s[0] == '+' || s[0] == '-') {
		start = 1
	}
	end := run(start)
	digits = s[:end]
	if end < len(s) && s[end] == '.' {
		fraction := end + 1
		end = run(fraction)
		digits += s[fraction:end]
		exp = fraction - end
	}
	if len(digits) == start {
		return "", 0, s
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		first := end + 1
		if first < len(s) && (s[first] == '+' || s[first] == '-') {
			first++
		}
		if last := run(first); last > first {
			// Out of range Atoi returns the nearest int: large enough to be refused.
			e, _ := strconv.Atoi(s[end+1 : last])
			exp, end = min(max(e, -1e6), 1e6)+exp, last
		}
	}
	return digits, exp, s[end:]
}

// unit returns the unit with a symbol. The micro sign and the Greek mu mean u. The ohm sign, the Greek omega and "ohm" mean
// Ohm.
func (d dimension) unit(symbol string) (unit, bool) {
	symbol = plainSymbol(symbol)
	if prefix, ok := strings.CutSuffix(symbol, "ohm"); ok {
		symbol = prefix + "Ohm"
	}
	i := slices.IndexFunc(d.units, func(u unit) bool { return u.symbol == symbol })
	if i < 0 {
		return unit{}, false
	}
	return d.units[i], true
}

func plainSymbol(s string) string {
	return strings.NewReplacer("\u00b5", "u", "\u03bc", "u", "\u03a9", "Ohm", "\u2126", "Ohm").Replace(s)
}

// hint returns the hint for a number with an unknown unit.
func (d dimension) hint(number, symbol string) string {
	propose := func(unit string) string { return "write " + strconv.Quote(strings.TrimSpace(number)+" "+unit) }
	if symbol == "" {
		return "the unit is missing, " + propose(d.usual)
	}
	if strings.HasPrefix(symbol, ",") {
		return "use a point, not a comma"
	}
	for _, u := range d.units {
		if strings.EqualFold(u.symbol, plainSymbol(symbol)) {
			return "case matters, " + propose(u.symbol)
		}
	}
	if d.name == "a time" && symbol == "m" {
		return "m is not a unit, " + propose("ms") + " or " + strconv.Quote(strings.TrimSpace(number)+" min")
	}
	symbols := make([]string, len(d.units))
	for i, u := range d.units {
		symbols[i] = u.symbol
	}
	return "the units are " + strings.Join(symbols, ", ")
}

// FormatTime writes d exactly, in the unit that reads well: "20 ms". ParseTime reads it back.
func FormatTime(d time.Duration) string {
	switch ns := int64(d); {
	case ns != 0 && ns%int64(time.Hour) == 0:
		return decimal(ns/int64(time.Hour), 0) + " h"
	case ns != 0 && ns%int64(time.Minute) == 0:
		return decimal(ns/int64(time.Minute), 0) + " min"
	case ns != 0 && ns%int64(time.Second) == 0 || max(ns, -ns) > int64(10*time.Second):
		return decimal(ns, 9) + " s"
	case ns%int64(100*time.Microsecond) == 0 || max(ns, -ns) > int64(time.Millisecond):
		return decimal(ns, 6) + " ms"
	default:
		return decimal(ns, 3) + " us"
	}
}

// FormatFrequency writes a whole number of Hz exactly: "1.35 MHz".
func FormatFrequency(hz int64) string {
	switch abs := max(hz, -hz); {
	case abs >= 1e6:
		return decimal(hz, 6) + " MHz"
	case abs >= 1e3:
		return decimal(hz, 3) + " kHz"
	default:
		return decimal(hz, 0) + " Hz"
	}
}

// formatFloat writes v in plain digits if they are few. It parses back to the same bits.
func formatFloat(v float64) string {
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e12) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// decimal writes n / 10^exp without trailing zeros.
func decimal(n int64, exp int) string {
	s := strconv.FormatInt(max(n, -n), 10)
	if len(s) <= exp {
		s = strings.Repeat("0", exp+1-len(s)) + s
	}
	if whole, fraction := s[:len(s)-exp], strings.TrimRight(s[len(s)-exp:], "0"); fraction != "" {
		s = whole + "." + fraction
	} else {
		s = whole
	}
	if n < 0 {
		return "-" + s
	}
	return s
}
