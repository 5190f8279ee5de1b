package breadboard

import (
	"math"
	"strconv"
	"strings"
)

// band is a ring of a resistor.
type band struct {
	name string
	tone
}

// digits returns the colours of the digits 0 to 9, IEC 60062.
func digits() []band {
	return []band{
		{"black", rgb("", 0x111111)}, {"brown", rgb("", 0x7b4a1e)}, {"red", rgb("", 0xd01818)}, {"orange", rgb("", 0xf08000)},
		{"yellow", rgb("", 0xf5d000)}, {"green", rgb("", 0x2e8b3d)}, {"blue", rgb("", 0x1f5fbf)}, {"violet", rgb("", 0x8a3fa0)},
		{"grey", rgb("", 0x8a8a8a)}, {"white", rgb("", 0xfafafa)},
	}
}

// bands returns the rings of a resistor: two digits, zeros and gold for 5 %; three digits, zeros and brown for 1 % where two digits
// are not enough.
func bands(ohms float64) []band {
	gold, silver := band{"gold", rgb("", 0xc9a227)}, band{"silver", rgb("", 0xb8bcc0)}
	if !(ohms > 0) || math.IsInf(ohms, 0) {
		return []band{digits()[0]}
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(ohms, 'e', 2, 64), "e")
	three := strings.ReplaceAll(mantissa, ".", "")
	zeros, _ := strconv.Atoi(exponent) // no error: FormatFloat has made it
	count, last := 2, gold
	if three[2] != '0' {
		count, last = 3, digits()[1]
	}
	var all []band
	for _, digit := range three[:count] {
		all = append(all, digits()[digit-'0'])
	}
	switch zeros -= count - 1; {
	case zeros == -1:
		all = append(all, gold)
	case zeros == -2:
		all = append(all, silver)
	case 0 <= zeros && zeros <= 9:
		all = append(all, digits()[zeros])
	}
	return append(all, last)
}

// bandNames returns the names of a resistor's rings.
func bandNames(ohms float64) []string {
	var names []string
	for _, b := range bands(ohms) {
		names = append(names, b.name)
	}
	return names
}
