package part

import (
	"fmt"
	"slices"

	"periph.io/x/conn/v3/i2c"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// MCP3021 is a knob on this analog-to-digital converter on I2C: 10 bits, one channel, and its supply as its reference.
type MCP3021 struct {
	Bus     string // "I2C1"
	Address int    // 0x48 to 0x4f (DS21805B, section 5.2): the chip is sold with each
	config.Knob
}

func mcp3021Kind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "mcp3021",
		Keys: slices.Concat(keys(config.Text, "bus"), keys(config.Whole, "address"), config.KnobKeys()),
		Decode: func(t *config.Table) config.InputPart {
			m := MCP3021{Bus: t.Bus("bus", "I2C1"), Address: t.Whole("address", 0x4d, 0x48, 0x4f)}
			m.Knob = t.Knob(m.FullScale())
			return m
		},
	}
}

// FullScale implements board.Turned.
func (MCP3021) FullScale() int { return 1023 }

// String is "mcp3021 on I2C1 at 0x4d".
func (m MCP3021) String() string { return fmt.Sprintf("mcp3021 on %s at %#x", m.Bus, m.Address) }

// Print implements config.Part.
func (m MCP3021) Print(p *config.Printer) {
	p.Text("bus", m.Bus)
	p.Hex("address", m.Address)
	p.Knob(m.Knob)
}

// Claims implements config.Part: the address is for this input alone.
func (m MCP3021) Claims() []config.Claim {
	return []config.Claim{{Key: "address", Default: "0x4d", Hint: "take a chip with another address", Port: m.Bus, Address: m.Address}}
}

// OpenSensor implements board.BesideLoop: a transfer on I2C takes long beside a tick.
func (m MCP3021) OpenSensor(pi board.Pi) (board.Sensor, error) {
	bus, err := pi.OpenI2C(m.Bus)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m, err)
	}
	return mcp3021Chip{m, bus}, nil
}

// mcp3021Chip is an open chip.
type mcp3021Chip struct {
	part MCP3021
	bus  i2c.BusCloser
}

// Raw implements board.Sensor. The chip sends four zeros, ten bits, and two bits without a meaning (DS21805B, section 5.3.2).
func (c mcp3021Chip) Raw() (int32, error) {
	var r [2]byte
	if err := c.bus.Tx(uint16(c.part.Address), nil, r[:]); err != nil {
		return 0, fmt.Errorf("%s: %w", c.part, err)
	}
	return (int32(r[0])<<8 | int32(r[1])) >> 2 & 0x3ff, nil
}

// End implements board.Sensor.
func (c mcp3021Chip) End() error { return c.bus.Close() }

// Plug implements board.Twin: it puts the chip on a virtual Pi, with a knob for the screen.
func (m MCP3021) Plug(v *board.Virtual, name string) error {
	if v.Parts[board.OnI2C(m.Bus, m.Address)] != nil {
		return nil
	}
	chip := sim.NewMCP3021()
	v.Turns(name, chip.Knob())
	return v.PlugI2C(m.Bus, m.Address, chip)
}

// Wires implements wiring.Wired.
func (m MCP3021) Wires(k *wiring.Kit, uses []wiring.Use) {
	pins := []string{"VDD", "VSS", "AIN", "SDA", "SCL"}
	if chip := k.Module("input."+uses[0].Name, m.Bus, m.Address, "MCP3021", pins...); chip != "" {
		k.Knob(wiring.End{Part: chip, Pin: 3}, uses[0].Name)
	}
}

// Where is the part on the board, in words.
func (m MCP3021) Where() string { return fmt.Sprintf("%s, %#x", m.Bus, m.Address) }
