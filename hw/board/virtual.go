package board

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"hillock/config"
	"hillock/hw/sim"
)

// RestingKnob is where the knobs of a virtual Pi stand before anybody turns them.
const RestingKnob = 0.4

// Virtual is a virtual Pi that is wired as a configuration says, with a knob for each of its inputs.
type Virtual struct {
	*sim.Pi
	Knobs map[string]*sim.Knob    // by input, those that a hand turns
	Ports map[string]*sim.Port    // by name, those with a chip
	Chips map[string]*sim.MCP3xxx // by port

	Capacitors map[string]*sim.RC   // by pin
	ADS1115s   map[int]*sim.ADS1115 // by address
	Displays   map[int]*sim.SSD1306 // by address

	dark atomic.Bool
}

// SetDark loosens the wires of all LEDs, or puts them back: their pins are what they are, and nobody sees them.
func (v *Virtual) SetDark(dark bool) { v.dark.Store(dark) }

// NewVirtual wires a virtual Pi, on which Open opens the parts of the configuration. A nil clock is the wall's.
func NewVirtual(cfg *config.Config, c sim.Clock) (*Virtual, error) {
	v := &Virtual{Pi: sim.New(c), Knobs: map[string]*sim.Knob{}, Ports: map[string]*sim.Port{}, Chips: map[string]*sim.MCP3xxx{},
		Capacitors: map[string]*sim.RC{}, ADS1115s: map[int]*sim.ADS1115{}, Displays: map[int]*sim.SSD1306{}}
	if err := v.Wire(cfg); err != nil {
		return nil, err
	}
	return v, nil
}

// Wire adds the chips and knobs of a configuration that are not there yet.
func (v *Virtual) Wire(cfg *config.Config) error {
	for _, in := range cfg.Inputs {
		switch in.Driver {
		case "wave", "file": // there is nothing to wire
			continue
		case "rc", "ads1115":
			if err := v.wireSlow(in); err != nil {
				return err
			}
			continue
		}
		chip := v.Chips[in.Port]
		if chip == nil || chip.Knob(in.Channel) == nil { // an mcp3004 has no channel 4
			port := v.port(in.Port)
			if port == nil {
				return fmt.Errorf("input %s: the virtual Pi has no port %s: it has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2", in.Name, in.Port)
			}
			var err error
			if chip, err = sim.NewMCP3xxx(in.Driver); err != nil {
				return fmt.Errorf("input %s: %w", in.Name, err)
			}
			for ch := 0; chip.Knob(ch) != nil && !strings.HasSuffix(in.Driver, "1"); ch++ {
				chip.Knob(ch).SetFault(sim.WiperOff) // until something is wired to it; a single channel has IN- at ground
			}
			port.Plug(chip)
			v.Chips[in.Port], v.Ports[in.Port] = chip, port
		}
		v.turn(in, chip.Knob(in.Channel))
		if in.Minus >= 0 {
			chip.Knob(in.Minus).SetFault(sim.KnobGood)
		}
	}
	for _, out := range cfg.Outputs {
		if out.Bus == "" || v.Displays[out.Address] != nil {
			continue
		}
		if out.Bus != "I2C1" {
			return fmt.Errorf("output %s: the virtual Pi has no bus %s: it has I2C1", out.Name, out.Bus)
		}
		v.Displays[out.Address] = sim.NewSSD1306()
		v.I2C(1).Plug(uint16(out.Address), v.Displays[out.Address])
	}
	return nil
}

// turn gives an input its knob, which rests until somebody turns it.
func (v *Virtual) turn(in config.Input, knob *sim.Knob) {
	if v.Knobs[in.Name] != knob {
		v.Knobs[in.Name] = knob
		knob.SetFault(sim.KnobGood)
		knob.Set(RestingKnob)
	}
}

// wireSlow puts what a slow input wants onto the virtual Pi.
func (v *Virtual) wireSlow(in config.Input) error {
	if in.Driver == "rc" {
		c := v.Capacitors[in.Pin]
		if c == nil {
			c = sim.NewRC(sim.RCParts{
				Knob: physic.ElectricResistance(in.RC.Knob * float64(physic.Ohm)), Series: physic.ElectricResistance(in.RC.Series * float64(physic.Ohm)),
				Discharge: physic.ElectricResistance(in.RC.Discharge * float64(physic.Ohm)), Capacitor: physic.ElectricalCapacitance(in.RC.Capacitor * float64(physic.Farad)),
			})
			v.Capacitors[in.Pin] = c
			v.Pin(in.Pin).Wire(c)
		}
		v.turn(in, c.Knob())
		return nil
	}
	bus := v.I2C(1)
	if in.Port != "I2C1" {
		return fmt.Errorf("input %s: the virtual Pi has no bus %s: it has I2C1", in.Name, in.Port)
	}
	chip := v.ADS1115s[in.Address]
	if chip == nil {
		chip = sim.NewADS1115()
		v.ADS1115s[in.Address] = chip
		bus.Plug(uint16(in.Address), chip)
	}
	v.turn(in, chip.Knob(in.Channel))
	return nil
}

// port is the virtual Pi's port of a name like SPI0.1, nil where it has none.
func (v *Virtual) port(name string) *sim.Port {
	bus, cs, _ := strings.Cut(strings.TrimPrefix(name, "SPI"), ".")
	b, err := strconv.Atoi(bus)
	if err != nil {
		return nil
	}
	c, err := strconv.Atoi(cs)
	if err != nil {
		return nil
	}
	return v.SPI(b, c)
}

// Join puts a wire from one pin to another that only listens: it sees the level of the first.
func (v *Virtual) Join(from, to string) { v.Pin(to).Wire(joined{v.Pin(from)}) }

type joined struct{ from *sim.Pin }

// Level implements sim.Circuit.
func (j joined) Level(_ time.Duration, l gpio.Level, ohms float64) gpio.Level {
	if ohms == 0 {
		return l
	}
	return j.from.Level()
}
