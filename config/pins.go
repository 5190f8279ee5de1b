package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Header returns the 40-pin header of every Raspberry Pi since the B+, position 1 first. Numbers are GPIO pins.
// https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#gpio
func Header() [40]string {
	return [40]string{
		"3V3", "5V", "2", "5V", "3", "GND", "4", "14", "GND", "15",
		"17", "18", "27", "GND", "22", "23", "3V3", "24", "10", "GND",
		"9", "25", "11", "8", "GND", "7", "0", "1", "5", "GND",
		"6", "12", "13", "GND", "19", "16", "26", "20", "GND", "21",
	}
}

// Position returns the header position of a pin such as "GPIO17", from 1, or 0.
func Position(pin string) int {
	at := Header()
	return slices.Index(at[:], strings.TrimPrefix(pin, "GPIO")) + 1
}

// maxGPIO is the last GPIO pin of the header: it has GPIO0 to GPIO27.
const maxGPIO = 27

const pinRule = `must be a pin such as "GPIO17" or "P1_11"`

// parsePin returns the GPIO name of a pin.
func parsePin(s string) (string, *Problem) {
	wrong := func(rule, hint string) (string, *Problem) { return "", &Problem{Rule: rule, Hint: hint} }
	if position, ok := strings.CutPrefix(s, "P1_"); ok {
		n, ok := smallNumber(position)
		if !ok || n < 1 || n > 40 {
			return wrong(pinRule, "the header has the positions P1_1 to P1_40")
		}
		at := Header()[n-1]
		if _, ok := smallNumber(at); !ok {
			return wrong("must be a GPIO pin", "position "+position+" of the header is "+at)
		}
		return "GPIO" + at, nil
	}
	if pin, ok := strings.CutPrefix(s, "GPIO"); ok {
		n, ok := smallNumber(pin)
		if !ok || n > maxGPIO {
			return wrong(pinRule, "the header has GPIO0 to GPIO27")
		}
		return s, nil
	}
	if n, ok := smallNumber(s); ok && n <= 40 {
		hint := fmt.Sprintf(`write "GPIO%d", or "P1_%d" for the header position`, n, n)
		return wrong(pinRule, hint)
	}
	if upper := strings.ToUpper(s); upper != s {
		if pin, p := parsePin(upper); p == nil {
			return wrong(pinRule, "did you mean "+pin+"?")
		}
	}
	return wrong(pinRule, "")
}

// Pin decodes a required pin and returns its GPIO name, or "" for a bad one.
func (t *Table) Pin(key, example string) string {
	if n := t.node.index[key]; n != nil && n.kind == Whole {
		_, problem := parsePin(n.text) // always a problem: a number is no name
		t.Wrong(key, *problem)
		return ""
	}
	s, ok := t.Given(key, pinRule, example)
	if !ok {
		return ""
	}
	pin, problem := parsePin(s)
	if problem != nil {
		t.Wrong(key, *problem)
	}
	return pin
}

// Pins decodes a required list of pins and returns their names, separated by blanks. The owner is for messages: "the
// LEDs".
func (t *Table) Pins(key, owner string) string {
	const example = `["GPIO5", "GPIO6"]`
	const rule = "must be a list of pins such as " + example
	if !t.Has(key) {
		t.Wrong(key, Problem{Rule: "must be given", Hint: "add " + key + " = " + example + " with the pins of " + owner})
		return ""
	}
	n := t.value(key, List, rule)
	if n == nil {
		return ""
	}
	var all []string
	for _, item := range n.items {
		pin, problem := parsePin(item.text)
		switch {
		case item.kind != Text:
			t.Wrong(key, Problem{Rule: rule})
			return ""
		case problem != nil:
			problem.Got = item.raw
			t.Wrong(key, *problem)
			return ""
		case slices.Contains(all, pin):
			t.Wrong(key, Problem{Rule: "must name each pin once", Hint: pin + " appears twice"})
			return ""
		}
		all = append(all, pin)
	}
	if len(all) == 0 {
		t.Wrong(key, Problem{Rule: rule})
	}
	return strings.Join(all, " ")
}

// Port decodes an SPI port and returns periph's name, SPI<bus>.<chip select>, or "" for a bad one.
func (t *Table) Port(key, byDefault string) string {
	return t.onBus(key, byDefault, portRule, parsePort)
}

// Bus decodes an I2C bus and returns periph's name, I2C<number>, or "" for a bad one.
func (t *Table) Bus(key, byDefault string) string { return t.onBus(key, byDefault, busRule, parseBus) }

func (t *Table) onBus(key, byDefault, rule string, parse func(string) (string, *Problem)) string {
	n := t.value(key, Text, rule)
	if n == nil {
		return byDefault
	}
	name, problem := parse(n.text)
	if problem != nil {
		t.Wrong(key, *problem)
	}
	return name
}

// smallNumber reads a number of one or two digits without leading zeros.
func smallNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n < 100 && strconv.Itoa(n) == s
}

const portRule = `must be an SPI port such as "SPI0.0"`

// parsePort returns periph's name of an SPI port.
func parsePort(s string) (string, *Problem) {
	rest, ok := strings.CutPrefix(s, "SPI")
	if !ok {
		rest, ok = strings.CutPrefix(s, "/dev/spidev")
	}
	digit := func(i int) bool { return '0' <= rest[i] && rest[i] <= '9' }
	if ok && len(rest) == 3 && digit(0) && rest[1] == '.' && digit(2) {
		return onPi("SPI" + rest)
	}
	p := &Problem{Rule: portRule}
	if upper := strings.ToUpper(s); upper != s {
		if port, wrong := parsePort(upper); wrong == nil {
			p.Hint = "did you mean " + port + "?"
		}
	}
	return "", p
}

// onPi returns a port with an overlay, and a Problem for another one: setup could not turn it on.
func onPi(port string) (string, *Problem) {
	bus, cs, _ := strings.Cut(port, ".")
	n := selects(bus)
	p := &Problem{Rule: portRule}
	switch chip, _ := smallNumber(cs); {
	case chip < n:
		return port, nil
	case n == 0:
		p.Hint = "every Pi has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2"
	case n == 2:
		p.Hint = fmt.Sprintf("%s has the ports %[1]s.0 and %[1]s.1", bus)
	default:
		p.Hint = fmt.Sprintf("%s has the ports %[1]s.0 to %[1]s.%d", bus, n-1)
	}
	return "", p
}

// selects returns the largest number of chip selects with an overlay, spi0-2cs to spi6-2cs, and 0 for a bus without overlays.
// SPI2 is on Compute Modules and the Pi 5, SPI3 to SPI6 are on the Pi 4 or the Pi 5:
// https://github.com/raspberrypi/linux/blob/rpi-6.12.y/arch/arm/boot/dts/overlays/README
func selects(bus string) (n int) {
	switch bus {
	case "SPI2":
		return 3
	case "SPI3", "SPI4", "SPI5", "SPI6":
		return 2
	}
	for _, b := range busPins(bus) {
		if b.cs >= 0 {
			n++
		}
	}
	return n
}

const busRule = `must be an I2C bus such as "I2C1"`

// parseBus returns periph's name of an I2C bus.
func parseBus(s string) (string, *Problem) {
	rest, ok := strings.CutPrefix(s, "I2C")
	if !ok {
		rest, ok = strings.CutPrefix(s, "/dev/i2c-")
	}
	if _, small := smallNumber(rest); ok && small {
		return "I2C" + rest, nil
	}
	return "", &Problem{Rule: busRule}
}

// A busPin is a pin of a bus. For a chip select cs is its number, for any other pin -1.
type busPin struct {
	pin, role string
	cs        int
}

// busPins returns the header pins of a bus: BCM2835 ARM Peripherals, section 6.2, alternative functions 0 and 4, and the
// overlays spi0-2cs and spi1-3cs. It returns nil for a bus not on every Pi.
func busPins(bus string) []busPin {
	switch bus {
	case "I2C1":
		return []busPin{{"GPIO2", "SDA", -1}, {"GPIO3", "SCL", -1}}
	case "SPI0":
		return []busPin{{"GPIO9", "MISO", -1}, {"GPIO10", "MOSI", -1}, {"GPIO11", "SCLK", -1}, {"GPIO8", "CE0", 0}, {"GPIO7", "CE1", 1}}
	case "SPI1":
		return []busPin{{"GPIO19", "MISO", -1}, {"GPIO20", "MOSI", -1}, {"GPIO21", "SCLK", -1}, {"GPIO18", "CE0", 0}, {"GPIO17", "CE1", 1}, {"GPIO16", "CE2", 2}}
	}
	return nil
}

// FreeSelect returns the way to free a chip select and to keep the selects below it. It returns "" for CE0 and for pins
// outside of the buses: there is no such overlay.
func FreeSelect(pin string) string {
	for _, bus := range []string{"SPI0", "SPI1"} {
		b, _, ok := busPinOf(pin, bus)
		if !ok || b.cs < 1 {
			continue
		}
		format := "set dtoverlay=spi1-%dcs in config.txt and reboot" // in place of another overlay for the bus
		if bus == "SPI0" {
			format = "add dtoverlay=spi0-%dcs to config.txt and reboot" // dtparam=spi=on stays
		}
		return fmt.Sprintf(format, b.cs)
	}
	return ""
}

// busPinOf returns the role of a pin on the port's bus, and whether the port needs this pin.
func busPinOf(pin, port string) (b busPin, needed, ok bool) {
	bus, cs, _ := strings.Cut(port, ".")
	pins := busPins(bus)
	i := slices.IndexFunc(pins, func(b busPin) bool { return b.pin == pin })
	if i < 0 {
		return busPin{}, false, false
	}
	return pins[i], pins[i].cs < 0 || strconv.Itoa(pins[i].cs) == cs, true
}

// PortPins returns the pins of a port by role. An SPI port such as "SPI0.0" has MISO, MOSI, SCLK and one chip select, CE0 to CE2.
// An I2C bus has SDA and SCL. It returns nil for a port not on the header of every Pi.
func PortPins(port string) map[string]string {
	bus, _, selects := strings.Cut(port, ".")
	pins, complete := map[string]string{}, !selects && busPins(bus) != nil
	for _, b := range busPins(bus) {
		if _, needed, _ := busPinOf(b.pin, port); needed {
			pins[b.role] = b.pin
			complete = complete || b.cs >= 0
		}
	}
	if !complete {
		return nil
	}
	return pins
}
