package doctor

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/i2c"

	"hillock/config"
)

// expected is a part with its address.
type expected struct {
	address int
	part    string // "input knob (ads1115)"
	setting string // the key of its address
	others  []int  // all addresses of its kind
	how     string // how to choose one of them
}

// buses checks each I2C bus: first the answering addresses, then the parts at these addresses.
func (b *Bench) buses(yield func(Finding) bool) bool {
	for _, name := range b.Config.Ports() {
		if !strings.HasPrefix(name, "I2C") {
			continue
		}
		b.begin(name)
		bus, err := b.Pi.OpenI2C(name)
		if err != nil {
			f := Finding{Check: name, Result: Failed, Seen: err.Error()} // with the remedy
			if !yield(f) || !SkipInputs(b.on(name), name+" failed", yield) {
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

// The first and the last address that is not reserved: I2C-bus specification UM10204, section 3.1.12.
const firstAddress, lastAddress = 0x08, 0x77

// scan reads a byte from each address and returns the addresses with an acknowledge. A read changes nothing in a chip.
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

// nak reports whether an error means "no acknowledge": EREMOTEIO from a Pi's controllers, ENXIO from others. It compares the
// text, because periph keeps nothing else.
func nak(err error) bool {
	return strings.HasSuffix(err.Error(), "remote I/O error") || strings.HasSuffix(err.Error(), "no such device or address")
}

// on returns the inputs on a bus.
func (b *Bench) on(bus string) []config.Input {
	return slices.DeleteFunc(slices.Clone(b.Config.Inputs), func(in config.Input) bool {
		port, _ := config.Place(in.Part)
		return port != bus
	})
}

// parts returns the configured parts on a bus.
func (b *Bench) parts(bus string) (all []expected) {
	for _, inputs := range together(b.Config.Inputs) {
		all = append(all, expect(bus, inputs[0].Driver, "input", inputs[0].Name, inputs[0].Part)...)
	}
	for _, out := range b.Config.Outputs {
		all = append(all, expect(bus, out.Driver, "output", out.Name, out.Part)...)
	}
	return all
}

// expect returns the addresses of one part on a bus.
func expect(bus, driver, section, name string, part config.Part) (all []expected) {
	for _, c := range part.Claims() {
		if c.Port != bus {
			continue
		}
		e := expected{address: c.Address, part: fmt.Sprintf("%s %s (%s)", section, name, driver), setting: section + "." + name + "." + c.Key}
		if a, ok := part.(Addressed); ok {
			e.others, e.how = a.Addresses()
		}
		all = append(all, e)
	}
	return all
}

// addresses compares the answering addresses of a bus with the configuration. Then it checks the answering parts.
func (b *Bench) addresses(bus string, answers []int, err error, yield func(Finding) bool) bool {
	f := Finding{Check: bus, Result: Failed}
	lines := config.PortPins(bus)
	sda := Line("SDA", lines["SDA"])
	wires := fmt.Sprintf("%s, %s, 3V3 and GND", sda, Line("SCL", lines["SCL"]))
	switch {
	case err != nil:
		f.Seen, f.Means = err.Error(), "the bus hangs: a part holds SDA or SCL low, or the two wires are swapped"
		f.Do = "check " + wires + " at each part; unplug the parts one by one"
	case len(answers) > lastAddress/2:
		f.Seen, f.Means = "every address answers", sda+" is at ground"
		f.Do = "check the SDA wire and its neighbours; unplug the parts one by one"
	case len(answers) == 0:
		f.Seen, f.Means = "no address answers", "a wire of the bus is loose, SDA and SCL are swapped, or the parts have no supply"
		f.Do = "check " + wires
	default:
		f.Result, f.Seen = Passed, "answers at "+list(answers)
	}
	if !yield(f) {
		return false
	}
	if f.Result == Failed {
		return SkipInputs(b.on(bus), bus+" failed", yield)
	}
	for _, e := range b.parts(bus) {
		at := func(port string, address int) bool { return port == bus && address == e.address }
		if slices.Contains(answers, e.address) {
			if !b.check(at, yield) {
				return false
			}
			continue
		}
		silent := slices.DeleteFunc(b.on(bus), func(in config.Input) bool { return !at(config.Place(in.Part)) })
		if !yield(b.missing(e, bus, answers, wires)) || !SkipInputs(silent, fmt.Sprintf("nothing answers at %#x", e.address), yield) {
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

// missing returns the finding on a silent part on a bus with answers. An answer at another address of the same kind may be
// that part.
func (b *Bench) missing(e expected, bus string, answers []int, wires string) Finding {
	f := Finding{Check: bus, Result: Failed, Seen: fmt.Sprintf("nothing answers at %#x, the address of %s", e.address, e.part),
		Means: "its wires are loose, or it has no supply", Do: "check its " + wires}
	for _, a := range answers {
		if slices.Contains(e.others, a) && !slices.ContainsFunc(b.parts(bus), func(other expected) bool { return other.address == a }) {
			f.Means = fmt.Sprintf("it answers at %#x: %s", a, e.how)
			f.Do = fmt.Sprintf("change its address, or set %s = %#x", e.setting, a)
		}
	}
	return f
}
