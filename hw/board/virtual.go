package board

import (
	"fmt"
	"sync/atomic"

	"hillock/config"
	"hillock/hw/sim"
)

// RestingKnob is the first position of the knobs of a virtual Pi.
const RestingKnob = 0.4

// Twin is a part with a model for the virtual Pi.
type Twin interface {
	// Plug wires the part of the input or output called name, unless the same part is already there.
	Plug(v *Virtual, name string) error
}

// Virtual is a virtual Pi with the wires of a configuration, and a knob for each input.
type Virtual struct {
	*sim.Pi
	Knobs map[string]*sim.Knob // by input
	Ports map[string]*sim.Port // by name, the ports with the chip of an input
	Parts map[string]any       // the wired parts: by port "SPI0.0", by bus and address "I2C1 0x48", or by pin "GPIO4"

	Jumpers map[string]Jumper      // by spike input with a wire from an output of the same file
	Buttons map[string]*sim.Button // by spike input without a wire

	moved map[string]string        // by spike input: the pin of its wire's end, in a wrong hole, "" for a loose wire
	looks map[string]func() string // by output, the picture of a part with more than pins
	dark  atomic.Pointer[func(output string) bool]
}

// SetDark sets the outputs whose LEDs are dark, because of a wire. The levels of their pins stay visible to programs.
func (v *Virtual) SetDark(dark func(output string) bool) { v.dark.Store(&dark) }

// NewVirtual wires a virtual Pi for the parts of a configuration. A nil clock is real time.
func NewVirtual(cfg *config.Config, c sim.Clock) (*Virtual, error) {
	return newVirtual(cfg, sim.New(c))
}

// Beside wires another virtual Pi on the same desk: sim.Join puts wires between the two.
func (v *Virtual) Beside(cfg *config.Config) (*Virtual, error) { return newVirtual(cfg, v.Pi.Beside()) }

func newVirtual(cfg *config.Config, pi *sim.Pi) (*Virtual, error) {
	v := &Virtual{Pi: pi, Knobs: map[string]*sim.Knob{}, Ports: map[string]*sim.Port{}, Parts: map[string]any{},
		Jumpers: map[string]Jumper{}, Buttons: map[string]*sim.Button{}, looks: map[string]func() string{}}
	if err := v.Wire(cfg); err != nil {
		return nil, err
	}
	return v, nil
}

// Wire adds the missing parts of a configuration, and its wires between pins.
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
	return v.wireEdges(cfg)
}

// PlugSPI plugs a chip into a port.
func (v *Virtual) PlugSPI(port string, chip sim.Chip) error {
	p, err := v.Port(port)
	if err != nil {
		return err
	}
	p.Plug(chip)
	v.Ports[port], v.Parts[port] = p, chip
	return nil
}

// OnI2C returns the key in Parts of a place on a bus.
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

// Turns registers the knob of an input. A new knob is at RestingKnob.
func (v *Virtual) Turns(input string, knob *sim.Knob) { v.Lights(input, knob, nil) }

// Lights is Turns for a light sensor in place of the potentiometer.
func (v *Virtual) Lights(input string, knob *sim.Knob, sensor *sim.LDR) {
	knob.SetLDR(sensor)
	if v.Knobs[input] != knob {
		v.Knobs[input] = knob
		knob.SetFault(sim.KnobGood)
		knob.Set(RestingKnob)
	}
}

// Shows registers the picture of an output with more than pins. looks returns another text after each change of the
// picture.
func (v *Virtual) Shows(output string, looks func() string) { v.looks[output] = looks }
