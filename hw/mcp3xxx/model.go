package mcp3xxx

import (
	"fmt"
	"strings"

	"periph.io/x/conn/v3/physic"
)

// Model is a member of the family.
type Model uint8

// The supported models.
const (
	MCP3008 Model = iota
	MCP3004
	MCP3002
	MCP3001
	MCP3208
	MCP3204
	MCP3202
	MCP3201
	MCP3304
	MCP3302
	MCP3301
)

// Models returns all supported models.
func Models() []Model {
	return []Model{
		MCP3001, MCP3002, MCP3004, MCP3008,
		MCP3201, MCP3202, MCP3204, MCP3208,
		MCP3301, MCP3302, MCP3304,
	}
}

// ByName returns the model with a name in any case, such as "mcp3008", or false.
func ByName(name string) (Model, bool) {
	for _, m := range Models() {
		if strings.EqualFold(name, m.String()) {
			return m, true
		}
	}
	return 0, false
}

// facts are the properties of a model. Those but the lowest clock are from section 1.0 of its datasheet.
type facts struct {
	name     string
	channels int
	bits     int // of the result, sign included
	// The highest clock at a supply of 2.7 V and of 5 V, in kHz. Later datasheets of the MCP33xx state 5 V only, and a
	// supply from 4.5 V; DS21700B and DS21697B state both.
	at27, at50 int64
	// Below this clock, in kHz, the sample leaks away before the conversion (section 6.2, MCP33xx: 5.2.1).
	lowest int64
}

// facts returns the zero value for an unknown model.
func (m Model) facts() facts {
	switch m {
	case MCP3001:
		return facts{"MCP3001", 1, 10, 1050, 2800, 14}
	case MCP3002:
		return facts{"MCP3002", 2, 10, 1200, 3200, 14}
	case MCP3004:
		return facts{"MCP3004", 4, 10, 1350, 3600, 10}
	case MCP3008:
		return facts{"MCP3008", 8, 10, 1350, 3600, 10}
	case MCP3201:
		return facts{"MCP3201", 1, 12, 800, 1600, 10}
	case MCP3202:
		return facts{"MCP3202", 2, 12, 900, 1800, 10}
	case MCP3204:
		return facts{"MCP3204", 4, 12, 1000, 2000, 10}
	case MCP3208:
		return facts{"MCP3208", 8, 12, 1000, 2000, 10}
	case MCP3301:
		return facts{"MCP3301", 1, 13, 850, 1700, 85}
	case MCP3302:
		return facts{"MCP3302", 4, 13, 1050, 2100, 105}
	case MCP3304:
		return facts{"MCP3304", 8, 13, 1050, 2100, 105}
	}
	return facts{}
}

// String returns the name on the chip.
func (m Model) String() string {
	if n := m.facts().name; n != "" {
		return n
	}
	return fmt.Sprintf("Model(%d)", uint8(m))
}

// Channels returns the number of analog inputs. A chip with one input measures between its pins IN+ and IN-.
func (m Model) Channels() int {
	return m.facts().channels
}

// Bytes returns the number of bytes of a reading.
func (m Model) Bytes() int { return newFrame(m.facts()).size }

// Bits returns the length of a result: 10, 12, or 13 with a sign.
func (m Model) Bits() int {
	return m.facts().bits
}

// Signed reports whether a differential result may be negative: on chips with 13 bits.
func (m Model) Signed() bool {
	return m.Bits() == 13
}

// ClockRange returns the lowest clock, and the highest clock at a supply of 2.7 V and of 5 V.
func (m Model) ClockRange() (lowest, at27, at50 physic.Frequency) {
	f := m.facts()
	return physic.Frequency(f.lowest) * physic.KiloHertz, physic.Frequency(f.at27) * physic.KiloHertz,
		physic.Frequency(f.at50) * physic.KiloHertz
}

// steps returns the number of codes from ground to V_ref: 1024 or 4096.
func (m Model) steps() int {
	if m.Signed() {
		return 1 << (m.Bits() - 1)
	}
	return 1 << m.Bits()
}

// minVRef returns the lowest voltage at VREF (section 1.0). Chips with two channels use their supply as VREF.
func (m Model) minVRef() physic.ElectricPotential {
	switch {
	case m.Channels() == 2:
		return 2700 * physic.MilliVolt
	case m.Signed():
		return 400 * physic.MilliVolt
	}
	return 250 * physic.MilliVolt
}
