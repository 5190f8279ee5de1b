package part

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
)

// MCP3xxx is a knob on a channel of one of Microchip's analog-to-digital converters on SPI.
type MCP3xxx struct {
	Model   string // "mcp3008"
	Port    string // "SPI0.0"
	Channel int    // IN+ in differential mode
	Minus   int    // IN- in differential mode, -1 for single-ended
	Clock   int64  // SPI clock, Hz
	VRef    float64
	config.Knob
}

// mcpModel is the data of one chip of the family.
type mcpModel struct {
	driver     string
	channels   int
	bits       int     // of a result without its sign: codes go to 1<<bits - 1
	lowest     float64 // SPI clock, Hz: below it the sample leaks away
	at3V, at5V float64 // the highest SPI clock at a supply of 2.7 V and of 5 V, Hz
	vRef       float64 // the lowest, V
	tested5V   bool    // Microchip tests it from 4.5 V on only
}

// mcpModels returns the chips, the most common one first. Datasheets DS21295 (MCP3004, 3008), DS21294 (3002), DS21293
// (3001), DS21298 (3204, 3208), DS21034 (3202), DS21290 (3201), DS21697 (3302, 3304), DS21700 (3301): electrical
// characteristics. On a chip with two channels, V_REF is the supply.
func mcpModels() []mcpModel {
	return []mcpModel{
		{"mcp3008", 8, 10, 10e3, 1.35e6, 3.6e6, 0.25, false},
		{"mcp3004", 4, 10, 10e3, 1.35e6, 3.6e6, 0.25, false},
		{"mcp3002", 2, 10, 14e3, 1.2e6, 3.2e6, 2.7, false},
		{"mcp3001", 1, 10, 14e3, 1.05e6, 2.8e6, 0.25, false},
		{"mcp3208", 8, 12, 10e3, 1e6, 2e6, 0.25, false},
		{"mcp3204", 4, 12, 10e3, 1e6, 2e6, 0.25, false},
		{"mcp3202", 2, 12, 10e3, 0.9e6, 1.8e6, 2.7, false},
		{"mcp3201", 1, 12, 10e3, 0.8e6, 1.6e6, 0.25, false},
		{"mcp3304", 8, 12, 105e3, 1.05e6, 2.1e6, 0.4, true}, // and a sign
		{"mcp3302", 4, 12, 105e3, 1.05e6, 2.1e6, 0.4, true},
		{"mcp3301", 1, 12, 85e3, 0.85e6, 1.7e6, 0.4, true},
	}
}

// chip returns the data of the part's chip.
func (m MCP3xxx) chip() mcpModel {
	all := mcpModels()
	return all[max(0, slices.IndexFunc(all, func(c mcpModel) bool { return c.driver == m.Model }))]
}

func mcp3xxxKinds() (all []config.Kind[config.InputPart]) {
	for _, chip := range mcpModels() {
		all = append(all, config.Kind[config.InputPart]{Name: chip.driver, Keys: chip.keys(), Decode: chip.decode})
	}
	return all
}

func (c mcpModel) keys() []config.Key {
	all := keys(config.Text, "port")
	if c.channels > 1 {
		all = slices.Concat(all, keys(config.Whole, "channel"), keys(config.List, "differential"))
	}
	return slices.Concat(all, keys(config.Text, "clock", "v_ref"), config.KnobKeys())
}

// full returns the code at the knob's upper end.
func (c mcpModel) full() int { return 1<<c.bits - 1 }

// usual returns the default SPI clock, Hz. From 1.2 MHz on, the driver of a Pi up to 4 polls the 3 bytes of a transfer:
// mcp3xxx.DefaultOpts.
func (c mcpModel) usual() float64 {
	if c.at3V < 1.25e6 {
		return min(1e6, c.at3V)
	}
	return 1.25e6
}

func (c mcpModel) decode(t *config.Table) config.InputPart {
	m := c.decodeChip(t, "driver")
	m.Knob = t.Knob(c.full())
	return m
}

// decodeChip decodes the chip and the channel of an input. key is the key of the chip's name.
func (c mcpModel) decodeChip(t *config.Table, key string) MCP3xxx {
	m := MCP3xxx{Model: c.driver, Port: t.Port("port", "SPI0.0")}
	m.Channel, m.Minus = c.decodeChannels(t, key)
	if c.tested5V { // DS21697F and DS21700D, page 1
		t.Warn(key, config.Problem{Rule: "is tested by Microchip from 4.5 V on, but runs on the Pi's 3V3", Hint: "the mcp3201, mcp3204 and mcp3208 are tested from 2.7 V on"})
	}
	m.Clock = c.decodeClock(t)
	// V_REF is at most V_DD, and V_DD is 2.7 V to 5.5 V.
	m.VRef = t.Volts("v_ref", "3.3 V", 3.3, config.Limits{Low: c.vRef, High: 5.5, Words: fmt.Sprintf("%g V and 5.5 V", c.vRef)})
	return m
}

// decodeChannels returns IN+ and IN-. IN- is -1 for a single-ended input.
func (c mcpModel) decodeChannels(t *config.Table, key string) (plus, minus int) {
	if c.channels == 1 {
		return 0, -1
	}
	last := c.channels - 1
	if t.Has("channel") {
		if t.Has("differential") {
			t.Wrong("channel", config.Problem{Rule: "must not be given together with differential", Hint: "differential names both channels"})
		}
		plus = t.Whole("channel", 0, 0, last, func(channel int) string { return c.wider(channel, key) })
	}
	const rule = "must be two channels such as [0, 1]"
	pair, ok := t.List("differential", rule)
	if !ok {
		return plus, -1
	}
	if len(pair) != 2 {
		t.Wrong("differential", config.Problem{Rule: rule})
		return plus, -1
	}
	a, ok := pair[0].Number()
	b, ok2 := pair[1].Number()
	// DS21295D, table 5-1 (MCP3004) and table 5-2 (MCP3008), and so for the others: neighbours only.
	if !ok || !ok2 || a < 0 || a > last || a^1 != b {
		t.Wrong("differential", config.Problem{Rule: "must be one of the pairs " + c.pairs() + ", in either order"})
	}
	return a, b
}

// pairs returns the differential pairs of a chip.
func (c mcpModel) pairs() string {
	var all []string
	for i := 0; i < c.channels; i += 2 {
		all = append(all, fmt.Sprintf("%d-%d", i, i+1))
	}
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// wider names a chip of the same series with this channel, and its key.
func (c mcpModel) wider(channel int, key string) string {
	for _, other := range mcpModels() {
		if other.driver[:5] == c.driver[:5] && channel >= c.channels && channel < other.channels {
			return fmt.Sprintf("the chip with %d channels is %s = %q", other.channels, key, other.driver)
		}
	}
	return ""
}

// decodeClock returns the SPI clock in whole Hz.
func (c mcpModel) decodeClock(t *config.Table) int64 {
	lowest, at3V, at5V := config.FormatFrequency(int64(c.lowest)), config.FormatFrequency(int64(c.at3V)), config.FormatFrequency(int64(c.at5V))
	hz := t.Hertz("clock", "1 MHz", c.usual(), config.Limits{Low: c.lowest, High: c.at5V, Words: lowest + " and " + at5V})
	switch {
	case t.IsBad("clock"):
	case hz != float64(int64(hz)):
		t.Wrong("clock", config.Problem{Rule: "must be a whole number of Hz"})
	case hz > c.at3V:
		t.Warn("clock", config.Problem{Rule: "is above " + at3V + ", the chip's limit at 2.7 V", Hint: at5V + " needs 5 V: set " + at3V + " or less at 3.3 V"})
	}
	return int64(hz)
}

// Print implements config.Part.
func (m MCP3xxx) Print(p *config.Printer) {
	p.Text("port", m.Port)
	switch {
	case m.Minus >= 0:
		p.Wholes("differential", m.Channel, m.Minus)
	case m.chip().channels > 1:
		p.Whole("channel", m.Channel)
	}
	p.Hertz("clock", m.Clock)
	p.Quantity("v_ref", m.VRef, "V")
	p.Knob(m.Knob)
}

// Claims implements config.Part. Inputs on one port are channels of one chip, with one clock and one reference.
func (m MCP3xxx) Claims() []config.Claim {
	return []config.Claim{{
		Key: "port", Port: m.Port, Shared: true,
		Chip: []config.Setting{
			{Key: "clock", Value: m.Clock, Default: strconv.Quote(config.FormatFrequency(int64(m.chip().usual())))},
			{Key: "v_ref", Value: m.VRef, Default: `"3.3 V"`},
		},
		Channel: config.Setting{Key: "channel", Or: "differential", Value: [2]int{m.Channel, m.Minus}, Default: "0"},
	}}
}

// String returns "mcp3008 on SPI0.0".
func (m MCP3xxx) String() string { return m.Model + " on " + m.Port }

// FullScale implements board.Turned.
func (m MCP3xxx) FullScale() int { return m.chip().full() }

// mcp3xxxChip is an open chip.
type mcp3xxxChip struct {
	*mcp3xxx.Dev
	port spi.PortCloser
}

// OpenChip implements board.OnChip.
func (m MCP3xxx) OpenChip(pi board.Pi) (board.Chip, error) {
	c, err := m.open(pi)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (m MCP3xxx) open(pi board.Pi) (*mcp3xxxChip, error) {
	port, err := pi.OpenSPI(m.Port)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m, err)
	}
	model, ok := mcp3xxx.ByName(m.Model)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%s: no such chip", m), port.Close())
	}
	dev, err := mcp3xxx.NewSPI(port, &mcp3xxx.Opts{
		Model: model,
		VRef:  physic.ElectricPotential(m.VRef * float64(physic.Volt)),
		Clock: physic.Frequency(m.Clock) * physic.Hertz,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", m, err), port.Close())
	}
	return &mcp3xxxChip{dev, port}, nil
}

// Channel implements board.Chip.
func (c *mcp3xxxChip) Channel(p config.Part) (board.Channel, error) {
	sensor, ok := p.(mcpSensor)
	if !ok {
		return nil, fmt.Errorf("%s: has no channel for %v", c, p)
	}
	m := sensor.adc()
	var pin *mcp3xxx.Pin
	var err error
	if m.Minus < 0 {
		pin, err = c.Single(m.Channel)
	} else {
		pin, err = c.Differential(m.Channel, m.Minus)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m, err)
	}
	return mcp3xxxChannel{pin, m}, nil
}

// Close implements board.Chip.
func (c *mcp3xxxChip) Close() error { return errors.Join(c.Halt(), c.port.Close()) }

// mcp3xxxChannel is an open channel.
type mcp3xxxChannel struct {
	*mcp3xxx.Pin
	part MCP3xxx
}

// Read implements board.Channel. Its errors begin with the chip's name and its port.
func (c mcp3xxxChannel) Read() (analog.Sample, error) {
	s, err := c.Pin.Read()
	if errors.Is(err, mcp3xxx.ErrNoChip) {
		err = fmt.Errorf("%s: %w: check %s, and 3V3 at VDD", c.part, mcp3xxx.ErrNoChip, c.part.silent())
	}
	return s, err
}

// silent names the wires that leave MISO without a driver if they are loose, with their header pins: the chip select of the
// port, and MISO.
func (m MCP3xxx) silent() string {
	lines := config.PortPins(m.Port)
	place := func(signal string) string {
		if at := config.Position(lines[signal]); at > 0 {
			return fmt.Sprintf("%s, pin %d", signal, at)
		}
		return signal
	}
	return place(m.selects()) + ", " + place("MISO")
}

// selects returns the signal of the port's chip select: "CE0".
func (m MCP3xxx) selects() string { return "CE" + m.Port[len(m.Port)-1:] }

// Plug implements board.Twin: the chip, and a knob on the channel.
func (m MCP3xxx) Plug(v *board.Virtual, name string) error {
	knob, err := m.plug(v)
	if err == nil {
		v.Turns(name, knob)
	}
	return err
}

// plug plugs the chip, and returns the knob of the channel. A chip without this channel is replaced by the configured one: an
// mcp3004 has no channel 4.
func (m MCP3xxx) plug(v *board.Virtual) (*sim.Knob, error) {
	chip, _ := v.Parts[m.Port].(*sim.MCP3xxx)
	if chip == nil || chip.Knob(m.Channel) == nil {
		var err error
		if chip, err = sim.NewMCP3xxx(m.Model); err != nil {
			return nil, err
		}
		for ch := 0; chip.Knob(ch) != nil && m.chip().channels > 1; ch++ {
			chip.Knob(ch).SetFault(sim.WiperOff) // until a knob is wired to it; on a chip with one channel IN- is at ground
		}
		if err := v.PlugSPI(m.Port, chip); err != nil {
			return nil, err
		}
	}
	if m.Minus >= 0 {
		chip.Knob(m.Minus).SetFault(sim.KnobGood)
	}
	return chip.Knob(m.Channel), nil
}

// Where returns the channel: "SPI0.0, CH0", or "SPI0.0, CH0-CH1" for a differential input.
func (m MCP3xxx) Where() string {
	if m.Minus >= 0 {
		return fmt.Sprintf("%s, CH%d-CH%d", m.Port, m.Channel, m.Minus)
	}
	return fmt.Sprintf("%s, CH%d", m.Port, m.Channel)
}
