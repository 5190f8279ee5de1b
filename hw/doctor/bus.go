package doctor

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/i2c"

	"hillock/config"
	"hillock/hw/board"
)

// expected is a part that should answer at an address.
type expected struct {
	address int
	part    string // "ads1115 of knob"
	setting string // the key of its address
	others  []int  // the addresses that its kind can have
	how     string // what makes it another one
}

// bus checks each I2C bus: which addresses answer, and which should; and then what the converters there say.
func (b *Bench) bus(yield func(Finding) bool) bool {
	for _, name := range Ports(b.Config) {
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
	for _, in := range b.Config.Inputs {
		if in.Port == bus && !slices.ContainsFunc(all, func(e expected) bool { return e.address == in.Address }) {
			all = append(all, expected{in.Address, in.Driver + " of " + in.Name, "input." + in.Name + ".address",
				[]int{0x48, 0x49, 0x4a, 0x4b}, "its pin ADDR is at GND for 0x48, at VDD for 0x49, at SDA for 0x4a, at SCL for 0x4b"})
		}
	}
	for _, out := range b.Config.Outputs {
		if out.Bus == bus {
			all = append(all, expected{out.Address, out.Driver + " of " + out.Name, "output." + out.Name + ".address",
				[]int{0x3c, 0x3d}, "a solder bridge on its back chooses it"})
		}
	}
	return all
}

// addresses holds what answers on a bus against what should, and then looks at the converters that do.
func (b *Bench) addresses(bus string, answers []int, err error, yield func(Finding) bool) bool {
	f := Finding{Check: bus, Result: Failed}
	lines := config.PortPins(bus)
	wires := fmt.Sprintf("SDA (%s), SCL (%s), 3V3 and GND", spot(lines["SDA"]), spot(lines["SCL"]))
	switch {
	case err != nil:
		f.Seen, f.Means = err.Error(), "the bus hangs: SDA or SCL is held low, or the two are swapped"
		f.Do = "look at " + wires + " at each part, and take the parts off one by one"
		return yield(f)
	case len(answers) > lastAddress/2:
		f.Seen, f.Means = "every address answers", fmt.Sprintf("SDA (%s) is at ground", spot(lines["SDA"]))
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
		if strings.HasPrefix(e.part, "ads1115") && !b.ads1115(bus, e.address, yield) {
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

// ads1115 checks what is on the channels of a converter.
func (b *Bench) ads1115(bus string, address int, yield func(Finding) bool) bool {
	var inputs []config.Input
	for _, in := range b.Config.Inputs {
		if in.Port == bus && in.Address == address {
			inputs = append(inputs, in)
		}
	}
	const channels = 4
	var parts []board.Sensor
	defer func() {
		for _, p := range parts {
			_ = p.End() // it has been read, or is given up
		}
	}()
	for ch := range channels {
		in := inputs[0]
		in.Channel = ch
		p, err := board.OpenSensor(in, b.Pi)
		if err != nil {
			return yield(Finding{Check: bus, Result: Failed, Seen: err.Error(), Means: "it answered a moment ago: a loose contact", Do: "push in its wires"})
		}
		parts = append(parts, p)
	}
	read := func(ch int) (int, error) {
		raw, err := parts[ch].Raw()
		return int(raw), err
	}
	return b.inputs(inputs, read, func(ch int) string { return fmt.Sprintf("A%d", ch) }, channels, yield)
}
