package doctor

import (
	"fmt"
	"strings"
)

// Lit is the part of a light sensor on a channel: the sensor lies between 3V3 and the channel, a resistor between the channel and
// ground.
type Lit interface {
	OnChannel
	Ohms(code float64) float64 // resistance of the sensor at a code
}

// light is the check of a light sensor on a channel of a chip.
type light struct {
	*knob
	part Lit
}

// check checks the sensor in a steady light, and then in darkness and in bright light, if a person makes them.
func (l light) check() Finding {
	f := Finding{Check: l.in.Name, Result: Failed}
	c, place := l.s[l.plus], l.Place(l.plus)
	switch flicker := l.full / 8; { // of a lamp at the mains
	case c.spread() <= quiet(l.full):
	case l.floats(c):
		return l.floating(f, l.plus)
	case c.spread() <= flicker:
	case c.wanders() < 1./8:
		f.Result, f.Seen = Skipped, fmt.Sprintf("not checked: %s moves with the light", place)
		f.Means, f.Do = "a hand or a shadow moves over the light sensor", "keep the light steady, and run 'hillock doctor' again"
		return f
	default:
		f.Seen = fmt.Sprintf("%s is noisy: its codes vary by %d", place, c.spread())
		f.Means = "a contact is loose, or a lamp flickers"
		f.Do = fmt.Sprintf("push in the light sensor and its resistor; use daylight, or set average = 20 in input.%s", l.in.Name)
		return f
	}
	f.Seen = fmt.Sprintf("%s reads %d, steady within %d", place, c.median(), c.spread())
	near := max(l.full/256, 2)
	if c.median() >= l.full-near { // a sensor keeps more than 100 Ohm in the sun
		f.Means = "the resistor from the light sensor to GND is missing, or its row is at 3V3: it is bright for ever"
		f.Do = fmt.Sprintf("put the resistor between GND and the row of the light sensor and %s", place)
		return f
	}
	if l.Hand != nil {
		return l.lit(f)
	}
	if f.Result = Passed; c.median() <= near {
		f.Result, f.Means = Warning, "it is dark, or the light sensor or its wire to 3V3 is loose"
		f.Do = "light the sensor, check its legs, and run 'hillock doctor' again"
	}
	return f
}

// dark is the code of a sensor without light or without its wire to 3V3.
func (l light) dark(code int) bool { return code <= max(l.full/256, 2) }

// lit checks that the channel follows the light. f is the finding at rest.
func (l light) lit(f Finding) Finding {
	all, err := l.watch("")
	if err != nil {
		f.Result, f.Seen, f.Do = Skipped, f.Seen+"; not lit: "+err.Error(), "run 'hillock doctor' again"
		return f
	}
	const factor = 2 // between the resistances in a hand's shadow and under a lamp
	times := func(low, high int) float64 {
		return l.part.Ohms(float64(max(low, 1))) / l.part.Ohms(float64(min(high, l.full-1)))
	}
	moves := func(ch int) bool { return times(all[ch].low, all[ch].high) >= factor }
	place, rest, s := l.Place(l.plus), l.s[l.plus].median(), all[l.plus]
	switch moved := l.moved(moves); {
	case !moves(l.plus) && len(moved) > 0:
		f.Seen = fmt.Sprintf("%s stays at %d while the light changes; %s moves", place, rest, strings.Join(moved, " and "))
		f.Means, f.Do = "the wire of the light sensor is at "+moved[0], "move it to "+place
	case !moves(l.plus) && l.dark(rest):
		f.Seen = fmt.Sprintf("%s stays at %d while the light changes", place, rest)
		f.Means = "the light sensor or its wire to 3V3 is loose: it is dark for ever"
		f.Do = fmt.Sprintf("put one leg of the light sensor to 3V3, the other into the row of the resistor and %s", place)
	case !moves(l.plus):
		f.Seen = fmt.Sprintf("%s stays at %d while the light changes", place, rest)
		f.Means = "the sensor was neither covered nor lit, or it is no light sensor"
		f.Do = "cover the sensor with a hand and light it with a lamp when 'hillock doctor' asks"
	case s.fell && times(rest, s.high) > 1.5 && times(s.low, rest) > 1.5:
		f.Seen = fmt.Sprintf("%s falls from %d to %d as the light gets brighter", place, s.high, s.low)
		f.Means, f.Do = "the light sensor and its resistor are swapped", "put the light sensor to 3V3, and the resistor to GND"
	default:
		f.Result, f.Seen = Passed, fmt.Sprintf("%s goes from %d to %d", place, s.low, s.high)
	}
	return f
}

// floating returns the finding on a floating channel.
func (l light) floating(f Finding, ch int) Finding {
	f = l.knob.floating(f, ch)
	place := l.Place(ch)
	f.Means = "nothing is connected to it: its wire to the light sensor is loose"
	f.Do = "connect the row of the light sensor and its resistor to " + place
	if steady := l.steady(); len(steady) == 1 {
		f.Means, f.Do = "the wire of the light sensor is at "+steady[0], "move it to "+place
	}
	return f
}
