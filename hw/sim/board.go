package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"
)

// gpios is the number of GPIOs on the header: GPIO0 to GPIO27.
const gpios = 28

// positions returns the pin on the 40-pin header for each GPIO. periph calls the header P1.
func positions() [gpios]int {
	return [gpios]int{
		27, 28, 3, 5, 7, 29, 31, 26, 24, 21, // GPIO0 to GPIO9
		19, 23, 32, 33, 8, 10, 36, 11, 12, 35, // GPIO10 to GPIO19
		38, 40, 15, 16, 18, 22, 37, 13, // GPIO20 to GPIO27
	}
}

// alternates returns the modelled bus function of each GPIO, in periph's names for the BCM283x.
func alternates() [gpios]pin.Func {
	return [gpios]pin.Func{
		2: "I2C1_SDA", 3: "I2C1_SCL",
		7: "SPI0_CS1", 8: "SPI0_CS0", 9: "SPI0_MISO", 10: "SPI0_MOSI", 11: "SPI0_CLK",
		14: "UART0_TX", 15: "UART0_RX",
		16: "SPI1_CS2", 17: "SPI1_CS1", 18: "SPI1_CS0", 19: "SPI1_MISO", 20: "SPI1_MOSI", 21: "SPI1_CLK",
	}
}

// newPins returns the pins after power-up: inputs, GPIO0 to GPIO8 with pull-ups and the others with pull-downs (BCM2835
// ARM Peripherals, table 6-31). SPI0 is in its function, as after raspi-config.
func newPins() []*Pin {
	pos, alt := positions(), alternates()
	pins := make([]*Pin, len(pos))
	for n := range pins {
		pull := gpio.PullDown
		if n <= 8 {
			pull = gpio.PullUp
		}
		p := newPin(n, pull, alt[n])
		p.aliases = []string{fmt.Sprint(n), fmt.Sprintf("P1_%d", pos[n])}
		if alt[n] != pin.FuncNone {
			p.aliases = append(p.aliases, string(alt[n]))
		}
		p.special = strings.HasPrefix(string(alt[n]), "SPI0_")
		pins[n] = p
	}
	return pins
}

// newPorts returns SPI0 with two chip selects and SPI1 with three. The ports of a bus share its wires.
func newPorts(p *Pi) []*Port {
	var ports []*Port
	for number, selects := range []int{2, 3} {
		b := &bus{rng: rand.New(rand.NewPCG(1, 0))}
		for cs := range selects {
			wire := func(line string) *Pin { return p.Pin(fmt.Sprintf("SPI%d_%s", number, line)) }
			ports = append(ports, &Port{
				name: fmt.Sprintf("SPI%d.%d", number, cs), number: number, cs: cs, clock: p.clock, bus: b,
				clk: wire("CLK"), mosi: wire("MOSI"), miso: wire("MISO"), csPin: wire(fmt.Sprintf("CS%d", cs)), pi: p,
			})
		}
	}
	return ports
}

// newI2C returns I2C1, the bus on the header.
func newI2C(p *Pi) *I2C {
	return &I2C{number: 1, clock: p.clock, sda: p.Pin("I2C1_SDA"), scl: p.Pin("I2C1_SCL"), chips: map[uint16]I2CChip{}}
}
