package config

import (
	"fmt"
	"slices"
	"strings"
)

// A Claim is a pin or a place on a bus, claimed by a part. A pin belongs to one part. Several parts can share a place as channels
// of one chip: their chip settings must then be equal.
type Claim struct {
	Key     string // of the pin or place in the table
	Default string // value without the key, "" for a required key
	Hint    string // the way out of a conflict

	Pin string // "GPIO17"

	Port    string    // "SPI0.0" or "I2C1"
	Address int       // on I2C; 0 on SPI
	Shared  bool      // with the other channels of the chip
	Model   Setting   // the name of the chip; the zero Setting: the driver
	Chip    []Setting // of the chip, equal for all its channels
	Channel Setting   // of this part, for a chip with one input a channel
}

// A Setting is a value of a chip or a channel, to compare parts.
type Setting struct {
	Key, Or string // the key of the value, and an alternative key
	Value   any
	Default string // value without the key, as in a file
}

// Pins returns the claimed pins of a part.
func Pins(p Part) (all []string) {
	for _, c := range p.Claims() {
		if c.Pin != "" {
			all = append(all, c.Pin)
		}
	}
	return all
}

// Place returns the bus and the address of a part, and "" without a bus.
func Place(p Part) (port string, address int) {
	for _, c := range p.Claims() {
		if c.Port != "" {
			return c.Port, c.Address
		}
	}
	return "", 0
}

// Ports returns the SPI ports and I2C buses of a configuration, each once, those of inputs first.
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

// claimant is a table with the claims of its part.
type claimant struct {
	*Table
	driver string
	claims []Claim
}

// section returns "input" or "output": no chip has both.
func (c claimant) section() string {
	section, _, _ := strings.Cut(c.path, ".")
	return section
}

// claimants returns the inputs, then the outputs, in the order of the file.
func (d *decoder) claimants(c *Config) (all []claimant) {
	for _, in := range c.Inputs {
		all = append(all, claimant{d.of("input", in.Name), in.Driver, in.Part.Claims()})
	}
	for _, out := range c.Outputs {
		all = append(all, claimant{d.of("output", out.Name), out.Driver, out.Part.Claims()})
	}
	return slices.DeleteFunc(all, func(by claimant) bool { return by.IsBad("driver") })
}

// checkClaims reports conflicts between the claims of parts.
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

// String returns "SPI0.0" or "0x3c on I2C1".
func (s spot) String() string {
	if s.address == 0 {
		return s.port
	}
	return fmt.Sprintf("%#x on %s", s.address, s.port)
}

// held is a claim with its table.
type held struct {
	claimant
	claim Claim
}

type channel struct {
	spot
	value any
}

// places are the claimed places.
type places struct {
	first    map[spot]held
	channels map[channel]string // by their tables
}

// take claims a place for a part, and reports a conflict with the first part there.
func (p places) take(by claimant, claim Claim) {
	at := spot{claim.Port, claim.Address}
	other, taken := p.first[at]
	switch {
	case !taken:
		p.first[at] = held{by, claim}
	case !claim.Shared || !other.claim.Shared || by.section() != other.section():
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
		hint := name + " uses it on " + at.String()
		if by.section() == "input" {
			hint += "; neurons may share one input"
		}
		by.taken(key, "must be a free channel", claim.Channel.Default, hint)
		return
	}
	p.channels[on] = by.path
}

// sameChip reports different chips of two parts at one place, or different settings of their chip.
func (c claimant) sameChip(claim Claim, other held, at spot) {
	rule, hint := "must be the same as in "+other.path, "both are on one chip, "+at.String()
	is, was := c.model(claim), other.model(other.claim)
	switch {
	case is.Value == was.Value || c.IsBad(is.Key) || other.IsBad(was.Key):
	case is.Key == was.Key:
		c.taken(is.Key, rule, is.Default, hint)
		return
	default:
		c.taken(is.Key, fmt.Sprintf("must be %q, the %s of %s", was.Value, was.Key, other.path), is.Default, hint)
		return
	}
	for _, s := range claim.Chip {
		i := slices.IndexFunc(other.claim.Chip, func(o Setting) bool { return o.Key == s.Key })
		if i >= 0 && other.claim.Chip[i].Value != s.Value && !c.IsBad(s.Key) && !other.IsBad(s.Key) {
			c.taken(s.Key, rule, s.Default, hint)
		}
	}
}

// model returns the name of the chip of a claim, with its key.
func (c claimant) model(claim Claim) Setting {
	if claim.Model.Key == "" {
		return Setting{Key: "driver", Value: c.driver}
	}
	return claim.Model
}

// taken reports a conflict of a key with another part, also for the default of a key left out.
func (t *Table) taken(key, rule, byDefault, hint string) {
	problem := Problem{Rule: rule, Hint: hint}
	if !t.Has(key) && byDefault != "" {
		problem.Got = byDefault + " by default"
	}
	t.Wrong(key, problem)
}

// checkPin claims a pin for a part.
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

// checkBuses compares a pin with the pins of the buses in use. An unused chip select is only a warning: the overlay decides whether
// the kernel claims it.
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
			hint := fmt.Sprintf("it is %s of %s, the bus of %s; use another pin", bus.role, name, u.by)
			keeps := func(other use) bool {
				return !strings.HasPrefix(other.port, name) || other.port < fmt.Sprint(name, ".", bus.cs)
			}
			if way := FreeSelect(pin); way != "" && !slices.ContainsFunc(uses, func(other use) bool { return !keeps(other) }) {
				hint += ", or " + way
			}
			c.Warn(key, Problem{Rule: "may belong to the kernel", Hint: hint})
		}
	}
}

func needs(port, pin string) bool {
	_, needed, ok := busPinOf(pin, port)
	return ok && needed
}
