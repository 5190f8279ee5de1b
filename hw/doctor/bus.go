package doctor

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/i2c"

	"hillock/config"
)

// expected is a part that should answer at an address.
type expected struct {
	address int
	part    string // "ads1115 of knob"
	setting string // the key of its address
	others  []int  // the addresses that its kind can have
	how     string // what makes it another one
}

// buses checks each I2C bus: which addresses answer, and which should; and then what the parts there say.
func (b *Bench) buses(yield func(Finding) bool) bool {
	for _, name := range b.Config.Ports() {
		if !strings.HasPrefix(name, "I2C") {
			continue
		}
		bus, err := b.Pi.OpenI2C(name)
		if err != nil {
			if !yield(Finding{Check: name, Result: Failed, Seen: err.Error(), Means: "the bus is not there", Do: "sudo hillock setup"}) {
				return false
			}
			continue
		}
		answers, err := scan(bus)
		_ = bus.Close() // nothing was set up
		if !b.addresses(name, answers, err, yield) {
			return false
		}
	}
	return true
}

// The addresses that are not reserved; I2C-bus specification UM10204, section 3.1.12.
const firstAddress, lastAddress = 0x08, 0x77

// scan reads a byte from each address, which writes nothing anywhere, and gives those that acknowledge.
func scan(bus i2c.Bus) (answers []int, err error) {
	for a := firstAddress; a <= lastAddress; a++ {
		switch failed := bus.Tx(uint16(a), nil, make([]byte, 1)); {
		case failed == nil:
			answers = append(answers, a)
		case !nak(failed):
			return answers, failed
		}
	}
	return answers, nil
}

// nak tells that nobody acknowledged, from the text that is all that periph keeps: EREMOTEIO of a Pi's controllers, ENXIO
// of others.
func nak(err error) bool {
	return strings.HasSuffix(err.Error(), "remote I/O error") || strings.HasSuffix(err.Error(), "no such device or address")
}

// parts are what should be on a bus.
func (b *Bench) parts(bus string) (all []expected) {
	for _, inputs := range together(b.Config.Inputs) {
		all = append(all, expect(bus, inputs[0].Driver, "input", inputs[0].Name, inputs[0].Part)...)
	}
	for _, out := range b.Config.Outputs {
		all = append(all, expect(bus, out.Driver, "output", out.Name, out.Part)...)
	}
	return all
}

// expect is what should be on a bus of one part.
func expect(bus, driver, section, name string, part config.Part) (all []expected) {
	for _, c := range part.Claims() {
		if c.Port != bus {
			continue
		}
		e := expected{address: c.Address, part: driver + " of " + name, setting: section + "." + name + "." + c.Key}
		if a, ok := part.(Addressed); ok {
			e.others, e.how = a.Addresses()
		}
		all = append(all, e)
	}
	return all
}

// addresses holds what answers on a bus against what should, and then looks at the parts that do.
func (b *Bench) addresses(bus string, answers []int, err error, yield func(Finding) bool) bool {
	f := Finding{Check: bus, Result: Failed}
	lines := config.PortPins(bus)
	wires := fmt.Sprintf("SDA (%s), SCL (%s), 3V3 and GND", Spot(lines["SDA"]), Spot(lines["SCL"]))
	switch {
	case err != nil:
		f.Seen, f.Means = err.Error(), "the bus hangs: SDA or SCL is held low, or the two are swapped"
		f.Do = "look at " + wires + " at each part, and take the parts off one by one"
		return yield(f)
	case len(answers) > lastAddress/2:
		f.Seen, f.Means = "every address answers", fmt.Sprintf("SDA (%s) is at ground", Spot(lines["SDA"]))
		f.Do = "look at that wire and at what is beside it; take the parts off one by one"
		return yield(f)
	case len(answers) == 0:
		f.Seen, f.Means = "nobody answers", "a wire of the bus is loose, SDA and SCL are swapped, or the parts have no supply"
		f.Do = "look at " + wires
		return yield(f)
	}
	f.Result, f.Seen = Passed, "there are answers at "+list(answers)
	if !yield(f) {
		return false
	}
	for _, e := range b.parts(bus) {
		if !slices.Contains(answers, e.address) {
			if !yield(b.missing(e, bus, answers, wires)) {
				return false
			}
			continue
		}
		at := func(port string, address int) bool { return port == bus && address == e.address }
		if !b.check(at, yield) {
			return false
		}
	}
	return true
}

func list(addresses []int) string {
	var all []string
	for _, a := range addresses {
		all = append(all, fmt.Sprintf("%#x", a))
	}
	return strings.Join(all, ", ")
}

// missing is the verdict on a part that does not answer while others do: one at an address of its kind may be it.
func (b *Bench) missing(e expected, bus string, answers []int, wires string) Finding {
	f := Finding{Check: bus, Result: Failed, Seen: fmt.Sprintf("nobody answers at %#x, where the %s should", e.address, e.part),
		Means: "its wires are loose, or it has no supply", Do: "look at its " + wires}
	for _, a := range answers {
		if slices.Contains(e.others, a) && !slices.ContainsFunc(b.parts(bus), func(other expected) bool { return other.address == a }) {
			f.Means = fmt.Sprintf("the one at %#x is it: %s", a, e.how)
			f.Do = fmt.Sprintf("change that, or set %s = %#x", e.setting, a)
		}
	}
	return f
}
