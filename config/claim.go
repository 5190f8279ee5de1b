package config

import (
	"fmt"
	"slices"
	"strings"
)

// A Claim is what a part takes of a Pi: a pin, which is for it alone, or a place on a bus. Parts at one place are channels of
// one chip, and have alike what is the chip's; where one of them does not share it, the place is for it alone.
type Claim struct {
	Key     string // that names it
	Default string // its value where it is not given, "" where it has to be
	Hint    string // the way out where another part has the place

	Pin string // "GPIO17"

	Port    string    // "SPI0.0" or "I2C1"
	Address int       // there, 0 on SPI
	Shared  bool      // with the other channels of the chip
	Chip    []Setting // what is the chip's, and alike for all channels
	Channel Setting   // which channel it is, where each is for one input
}

// A Setting is a value that parts of one chip are compared by.
type Setting struct {
	Key, Or string // the key of the value, and another one that takes its place
	Value   any
	Default string // where it is not given, as the file would have it
}

// Pins are the pins that a part claims.
func Pins(p Part) (all []string) {
	for _, c := range p.Claims() {
		if c.Pin != "" {
			all = append(all, c.Pin)
		}
	}
	return all
}

// Place is where a part is on a bus; port is "" where it is on none.
func Place(p Part) (port string, address int) {
	for _, c := range p.Claims() {
		if c.Port != "" {
			return c.Port, c.Address
		}
	}
	return "", 0
}

// Ports are the SPI ports and I2C buses of a configuration, each once: those of inputs first.
func (c *Config) Ports() (all []string) {
	add := func(p Part) {
		if port, _ := Place(p); port != "" && !slices.Contains(all, port) {
			all = append(all, port)
		}
	}
	for _, in := range c.Inputs {
		add(in.Part)
	}
	for _, out := range c.Outputs {
		add(out.Part)
	}
	return all
}

// claimant is a table with what its part claims.
type claimant struct {
	*Table
	driver string
	claims []Claim
}

// claimants are the inputs, and then the outputs, in the order of the file.
func (d *decoder) claimants(c *Config) (all []claimant) {
	for _, in := range c.Inputs {
		all = append(all, claimant{d.of("input", in.Name), in.Driver, in.Part.Claims()})
	}
	for _, out := range c.Outputs {
		all = append(all, claimant{d.of("output", out.Name), out.Driver, out.Part.Claims()})
	}
	return all
}

// checkClaims finds what two parts claim.
func (d *decoder) checkClaims(c *Config) {
	all := d.claimants(c)
	pins, places := map[string]string{}, places{first: map[spot]held{}, channels: map[channel]string{}}
	for _, by := range all {
		for _, claim := range by.claims {
			if claim.Pin != "" {
				by.checkPin(claim, pins, all)
			}
			if claim.Port != "" && !by.IsBad(claim.Key) {
				places.take(by, claim)
			}
		}
	}
}

// A spot is a place on a bus.
type spot struct {
	port    string
	address int
}

// String is "SPI0.0" or "0x3c on I2C1".
func (s spot) String() string {
	if s.address == 0 {
		return s.port
	}
	return fmt.Sprintf("%#x on %s", s.address, s.port)
}

// held is a claim with who has it.
type held struct {
	claimant
	claim Claim
}

type channel struct {
	spot
	value any
}

// places are those that are taken.
type places struct {
	first    map[spot]held
	channels map[channel]string // by their tables
}

// take takes a place for a part, if it can share it with whoever has it.
func (p places) take(by claimant, claim Claim) {
	at := spot{claim.Port, claim.Address}
	other, taken := p.first[at]
	switch {
	case !taken:
		p.first[at] = held{by, claim}
	case !claim.Shared || !other.claim.Shared:
		hint := other.path + " uses " + at.String()
		if claim.Hint != "" {
			hint += "; " + claim.Hint
		}
		by.taken(claim.Key, "must be a free "+claim.Key, claim.Default, hint)
		return
	default:
		by.sameChip(claim, other, at)
	}
	key := claim.Channel.Key
	if key == "" || by.IsBad(key) || by.IsBad(claim.Channel.Or) {
		return
	}
	on := channel{at, claim.Channel.Value}
	if name, ok := p.channels[on]; ok {
		if by.Has(claim.Channel.Or) {
			key = claim.Channel.Or
		}
		by.taken(key, "must be a free channel", claim.Channel.Default, name+" uses it on "+at.String()+"; neurons may share one input")
		return
	}
	p.channels[on] = by.path
}

// sameChip holds a part against another one at its place: they are on one chip.
func (c claimant) sameChip(claim Claim, other held, at spot) {
	rule, hint := "must be the same as in "+other.path, "both are on one chip, "+at.String()
	if c.driver != other.driver && !c.IsBad("driver") && !other.IsBad("driver") {
		c.taken("driver", rule, "", hint)
	}
	for _, s := range claim.Chip {
		i := slices.IndexFunc(other.claim.Chip, func(o Setting) bool { return o.Key == s.Key })
		if i >= 0 && other.claim.Chip[i].Value != s.Value && !c.IsBad(s.Key) && !other.IsBad(s.Key) {
			c.taken(s.Key, rule, s.Default, hint)
		}
	}
}

// taken reports a key that does not go with another part, also where it is not given.
func (t *Table) taken(key, rule, byDefault, hint string) {
	problem := Problem{Rule: rule, Hint: hint}
	if !t.Has(key) && byDefault != "" {
		problem.Got = byDefault + " by default"
	}
	t.Wrong(key, problem)
}

// checkPin takes a pin for a part.
func (c claimant) checkPin(claim Claim, pins map[string]string, all []claimant) {
	if name, ok := pins[claim.Pin]; ok {
		c.Wrong(claim.Key, Problem{Rule: "must be a free pin", Hint: name + " uses " + claim.Pin})
		return
	}
	pins[claim.Pin] = c.path
	c.checkBuses(claim.Key, claim.Pin, all)
	if claim.Pin == "GPIO0" || claim.Pin == "GPIO1" {
		c.Warn(claim.Key, Problem{Rule: "is reserved for the EEPROM of an add-on board", Hint: "use GPIO2 to GPIO27"})
	}
}

// checkBuses holds a pin against the buses in use. A chip select that no input uses is only a warning, as the overlay in use
// decides whether the kernel claims it.
func (c claimant) checkBuses(key, pin string, all []claimant) {
	type use struct{ port, by string }
	var uses []use
	for _, other := range all {
		for _, claim := range other.claims {
			if claim.Port != "" {
				uses = append(uses, use{claim.Port, other.path})
			}
		}
	}
	warned := false
	for _, u := range uses {
		bus, needed, ok := busPinOf(pin, u.port)
		switch {
		case !ok:
		case needed:
			c.Wrong(key, Problem{Rule: "must be a free pin", Hint: fmt.Sprintf("%s uses %s as %s of %s", u.by, pin, bus.role, u.port)})
			return
		case !warned && !slices.ContainsFunc(uses, func(other use) bool { return needs(other.port, pin) }):
			warned = true
			name, _, _ := strings.Cut(u.port, ".")
			c.Warn(key, Problem{
				Rule: "may belong to the kernel",
				Hint: fmt.Sprintf("it is %s of %s, the bus of %s; use another pin, or an overlay without %[1]s", bus.role, name, u.by),
			})
		}
	}
}

func needs(port, pin string) bool {
	_, needed, ok := busPinOf(pin, port)
	return ok && needed
}
