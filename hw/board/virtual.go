package board

import (
	"fmt"
	"strconv"
	"strings"

	"hillock/config"
	"hillock/hw/sim"
)

// RestingKnob is where the knobs of a virtual Pi stand before anybody turns them.
const RestingKnob = 0.4

// Virtual is a virtual Pi that is wired as a configuration says, with a knob for each of its inputs.
type Virtual struct {
	*sim.Pi
	Knobs map[string]*sim.Knob    // by input
	Ports map[string]*sim.Port    // by name, those with a chip
	Chips map[string]*sim.MCP3xxx // by port
}

// NewVirtual wires a virtual Pi and puts it into periph's registries, from which Open takes its parts. Close takes it
// out again. A nil clock is the wall's.
func NewVirtual(cfg *config.Config, c sim.Clock) (*Virtual, error) {
	v := &Virtual{Pi: sim.New(c), Knobs: map[string]*sim.Knob{}, Ports: map[string]*sim.Port{}, Chips: map[string]*sim.MCP3xxx{}}
	if err := v.Wire(cfg); err != nil {
		return nil, err
	}
	if err := v.Register(); err != nil {
		return nil, err
	}
	return v, nil
}

// Wire adds the chips and knobs of a configuration that are not there yet.
func (v *Virtual) Wire(cfg *config.Config) error {
	for _, in := range cfg.Inputs {
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
			port.Plug(chip)
			v.Chips[in.Port], v.Ports[in.Port] = chip, port
		}
		if knob := chip.Knob(in.Channel); v.Knobs[in.Name] != knob {
			v.Knobs[in.Name] = knob
			knob.Set(RestingKnob)
		}
	}
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
