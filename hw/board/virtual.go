package board

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"hillock/config"
	"hillock/hw/sim"
)

// RestingKnob is where the knobs of a virtual Pi stand before anybody turns them.
const RestingKnob = 0.4

// Twin is a part that can be wired to a virtual Pi.
type Twin interface {
	// Plug wires the part of an input or output of that name, unless the same part is there already.
	Plug(v *Virtual, name string) error
}

// Virtual is a virtual Pi that is wired as a configuration says, with a knob for each of its inputs.
type Virtual struct {
	*sim.Pi
	Knobs map[string]*sim.Knob // by input, those that a hand turns
	Ports map[string]*sim.Port // by name, those with a chip
	Parts map[string]any       // what is wired: by port "SPI0.0", by bus and address "I2C1 0x48", or by pin "GPIO4"

	looks map[string]func() string // by output, what a person sees of those that are more than pins
	dark  atomic.Bool
}

// SetDark loosens the wires of all LEDs, or puts them back: their pins are what they are, and nobody sees them.
func (v *Virtual) SetDark(dark bool) { v.dark.Store(dark) }

// NewVirtual wires a virtual Pi, on which Open opens the parts of the configuration. A nil clock is the wall's.
func NewVirtual(cfg *config.Config, c sim.Clock) (*Virtual, error) {
	v := &Virtual{Pi: sim.New(c), Knobs: map[string]*sim.Knob{}, Ports: map[string]*sim.Port{}, Parts: map[string]any{}, looks: map[string]func() string{}}
	if err := v.Wire(cfg); err != nil {
		return nil, err
	}
	return v, nil
}

// Wire adds the parts of a configuration that are not there yet.
func (v *Virtual) Wire(cfg *config.Config) error {
	for _, in := range cfg.Inputs {
		if twin, ok := in.Part.(Twin); ok {
			if err := twin.Plug(v, in.Name); err != nil {
				return fmt.Errorf("input %s: %w", in.Name, err)
			}
		}
	}
	for _, out := range cfg.Outputs {
		if twin, ok := out.Part.(Twin); ok {
			if err := twin.Plug(v, out.Name); err != nil {
				return fmt.Errorf("output %s: %w", out.Name, err)
			}
		}
	}
	return nil
}

// PlugSPI plugs a chip into a port.
func (v *Virtual) PlugSPI(port string, chip sim.Chip) error {
	p := v.port(port)
	if p == nil {
		return fmt.Errorf("the virtual Pi has no port %s: it has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2", port)
	}
	p.Plug(chip)
	v.Ports[port], v.Parts[port] = p, chip
	return nil
}

// OnI2C is what Parts calls a place on a bus.
func OnI2C(bus string, address int) string { return fmt.Sprintf("%s %#x", bus, address) }

// PlugI2C plugs a chip into a bus.
func (v *Virtual) PlugI2C(bus string, address int, chip sim.I2CChip) error {
	if b := v.I2C(1); bus == b.String() {
		b.Plug(uint16(address), chip)
		v.Parts[OnI2C(bus, address)] = chip
		return nil
	}
	return fmt.Errorf("the virtual Pi has no bus %s: it has I2C1", bus)
}

// WirePin wires a circuit to a pin.
func (v *Virtual) WirePin(pin string, circuit sim.Circuit) {
	v.Pin(pin).Wire(circuit)
	v.Parts[pin] = circuit
}

// Turns gives an input its knob, which rests until somebody turns it.
func (v *Virtual) Turns(input string, knob *sim.Knob) {
	if v.Knobs[input] != knob {
		v.Knobs[input] = knob
		knob.SetFault(sim.KnobGood)
		knob.Set(RestingKnob)
	}
}

// Shows says what a person sees of an output that is more than pins: looks gives something else whenever that has changed.
func (v *Virtual) Shows(output string, looks func() string) { v.looks[output] = looks }

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
