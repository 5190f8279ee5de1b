package part

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/physic"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/dac"
	"hillock/hw/doctor"
	"hillock/hw/mcp4725"
	"hillock/hw/mcp49xx"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// MCP4725 is a digital-to-analog converter on I2C. It shows the membrane as a voltage.
type MCP4725 struct {
	Bus       string  // "I2C1"
	Address   int     // 0x60 to 0x67
	Low, High float64 // V at 0 V and at full scale, mV
}

// MCP49xx is a channel of a digital-to-analog converter on SPI. It shows the membrane as a voltage.
type MCP49xx struct {
	Model     string // "mcp4921" or "mcp4922"
	Port      string // "SPI0.1"
	Channel   int    // 0 is VOUTA, 1 is VOUTB
	Clock     int64  // SPI clock, Hz
	Low, High float64
}

// The default range of V, mV: that of the default neuron with a margin.
const lowestV, highestV = -80, -50

func mcp4725Kind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "mcp4725",
		Keys: slices.Concat(keys(config.Text, "bus"), keys(config.Whole, "address"), keys(config.List, "range"), keys(config.Text, "neuron")),
		Decode: func(t *config.Table) config.Part {
			o := MCP4725{Bus: t.Bus("bus", "I2C1"), Address: t.Whole("address", mcp4725.Address, mcp4725.Address, mcp4725.LastAddress)}
			o.Low, o.High = t.Millivolts("range", lowestV, highestV)
			return o
		},
	}
}

func mcp49xxKind(name string) config.Kind[config.Part] {
	channels, all := MCP49xx{Model: name}.model().Channels(), keys(config.Text, "port", "clock")
	if channels > 1 {
		all = append(all, keys(config.Whole, "channel")...)
	}
	return config.Kind[config.Part]{
		Name: name,
		Keys: slices.Concat(all, keys(config.List, "range"), keys(config.Text, "neuron")),
		Decode: func(t *config.Table) config.Part {
			o := MCP49xx{Model: name, Port: t.Port("port", "SPI0.1"), Clock: decodeDACClock(t)}
			if channels > 1 {
				o.Channel = t.Whole("channel", 0, 0, channels-1)
			}
			o.Low, o.High = t.Millivolts("range", lowestV, highestV)
			return o
		},
	}
}

// dacClock is the default SPI clock, Hz. The driver of a Pi up to 4 polls the two bytes from 600 kHz on: mcp3xxx.DefaultOpts.
const dacClock = int64(jumpers / physic.Hertz)

// decodeDACClock returns the SPI clock in whole Hz.
func decodeDACClock(t *config.Table) int64 {
	const lowest, highest = 100e3, float64(mcp49xx.MaxClock / physic.Hertz)
	hz := t.Hertz("clock", "4 MHz", float64(dacClock), config.Limits{Low: lowest, High: highest, Words: "100 kHz and 20 MHz"})
	if hz != float64(int64(hz)) {
		t.Wrong("clock", config.Problem{Rule: "must be a whole number of Hz"})
	}
	return int64(hz)
}

// Print implements config.Part.
func (o MCP4725) Print(p *config.Printer) {
	p.Text("bus", o.Bus)
	p.Hex("address", o.Address)
	p.Quantities("range", "mV", o.Low, o.High)
	p.Neuron()
}

// Print implements config.Part.
func (o MCP49xx) Print(p *config.Printer) {
	p.Text("port", o.Port)
	if o.model().Channels() > 1 {
		p.Whole("channel", o.Channel)
	}
	p.Hertz("clock", o.Clock)
	p.Quantities("range", "mV", o.Low, o.High)
	p.Neuron()
}

// Claims implements config.Part.
func (o MCP4725) Claims() []config.Claim {
	return []config.Claim{{Key: "address", Default: "0x60", Hint: "an MCP4725 has 0x60 to 0x67", Port: o.Bus, Address: o.Address}}
}

// Claims implements config.Part. Outputs on one port are channels of one chip, with one clock.
func (o MCP49xx) Claims() []config.Claim {
	return []config.Claim{{
		Key: "port", Default: `"SPI0.1"`, Port: o.Port, Shared: o.model().Channels() > 1,
		Chip:    []config.Setting{{Key: "clock", Value: o.Clock, Default: strconv.Quote(config.FormatFrequency(dacClock))}},
		Channel: config.Setting{Key: "channel", Value: o.Channel, Default: "0"},
	}}
}

func (o MCP49xx) model() mcp49xx.Model {
	if o.Model == "mcp4922" {
		return mcp49xx.MCP4922
	}
	return mcp49xx.MCP4921
}

// String returns "mcp4725 on I2C1 at 0x60".
func (o MCP4725) String() string { return fmt.Sprintf("mcp4725 on %s at %#x", o.Bus, o.Address) }

// String returns "mcp4921 on SPI0.1", or "mcp4922 on SPI0.1, VOUTB".
func (o MCP49xx) String() string {
	if o.model().Channels() == 1 {
		return fmt.Sprintf("%s on %s", o.Model, o.Port)
	}
	return fmt.Sprintf("%s on %s, %s", o.Model, o.Port, o.output())
}

// output returns the name of the channel's pin: "VOUTA".
func (o MCP49xx) output() string { return "VOUT" + string(rune('A'+o.Channel)) }

// converter is an open output of a chip, with its bus or port. It implements dac.Channel.
type converter struct {
	analog.PinDAC
	io.Closer
}

// Open implements board.OutputPart. A write takes 73 us at 400 kHz and 0.29 ms at 100 kHz, and waits for the other parts on the
// bus: it runs beside the loop.
func (o MCP4725) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	return dac.NewBeside(dac.Opts{Part: o.String(), Low: o.Low, High: o.High, MaxCode: mcp4725.MaxCode, Open: func() (dac.Channel, error) {
		d, bus, err := o.open(pi)
		if err != nil {
			return nil, err
		}
		return answering{converter{d, bus}, o}, nil
	}})
}

func (o MCP4725) open(pi board.Pi) (*mcp4725.Dev, io.Closer, error) {
	bus, err := pi.OpenI2C(o.Bus)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o, err)
	}
	d, err := mcp4725.NewI2C(bus, &mcp4725.Opts{Address: uint16(o.Address)})
	if err != nil {
		return nil, nil, errors.Join(err, bus.Close())
	}
	return d, bus, nil
}

// answering is an MCP4725 with the remedy in its errors.
type answering struct {
	converter
	part MCP4725
}

// Out implements dac.Channel.
func (a answering) Out(code int32) error {
	err := a.converter.Out(code)
	if err != nil && strings.HasSuffix(err.Error(), "remote I/O error") { // periph keeps only the text of EREMOTEIO
		err = fmt.Errorf("%w: no chip answers: check SDA, pin 3, SCL, pin 5, 3V3, GND and the address", err)
	}
	return err
}

// Open implements board.OutputPart. A write takes 4 us on the wires: the loop itself writes.
func (o MCP49xx) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	return dac.NewInLoop(dac.Opts{Part: o.String(), Low: o.Low, High: o.High, MaxCode: mcp49xx.MaxCode, Open: func() (dac.Channel, error) {
		port, err := pi.OpenSPI(o.Port)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
		d, err := mcp49xx.NewSPI(port, &mcp49xx.Opts{Model: o.model(), Clock: physic.Frequency(o.Clock) * physic.Hertz})
		if err != nil {
			return nil, errors.Join(err, port.Close())
		}
		pin, err := d.Channel(o.Channel)
		if err != nil {
			return nil, errors.Join(err, port.Close())
		}
		return converter{pin, port}, nil
	}})
}

// Plug implements board.Twin.
func (o MCP4725) Plug(v *board.Virtual, name string) error {
	d, _ := v.Parts[board.OnI2C(o.Bus, o.Address)].(*sim.MCP4725)
	if d == nil {
		d = sim.NewMCP4725()
		if err := v.PlugI2C(o.Bus, o.Address, d); err != nil {
			return err
		}
	}
	v.Shows(name, func() string { return d.Voltage().String() })
	return nil
}

// Plug implements board.Twin.
func (o MCP49xx) Plug(v *board.Virtual, name string) error {
	d, _ := v.Parts[o.Port].(*sim.MCP49xx)
	if d == nil || d.String() != o.Model {
		var err error
		if d, err = sim.NewMCP49xx(o.Model); err != nil {
			return err
		}
		if err := v.PlugSPI(o.Port, d); err != nil {
			return err
		}
	}
	v.Shows(name, func() string { return d.Voltage(o.Channel).String() })
	return nil
}

// Wires implements wiring.Wired: the usual module. An odd address needs its pin A0 at 3V3, where the module has one.
func (o MCP4725) Wires(k *wiring.Kit, uses []wiring.Use) {
	pins := []string{"OUT", "GND", "SCL", "SDA", "VCC"}
	if o.Address%2 == 1 {
		pins = append(pins, "A0")
	}
	ref := k.Module("output."+uses[0].Name, o.Bus, o.Address, "MCP4725", pins...)
	if ref == "" {
		return
	}
	if o.Address%2 == 1 {
		k.ToSupply(wiring.End{Part: ref, Pin: 6}, fmt.Sprintf("address %#x; or its solder bridge", o.Address))
	}
	k.Probe(wiring.End{Part: ref, Pin: 1})
}

// pins returns the names of the chip's pins, from pin 1: DS21897B, package types on page 1.
func (o MCP49xx) pins() []string {
	if o.model().Channels() == 1 {
		return []string{"VDD", "CS", "SCK", "SDI", "LDAC", "VREFA", "AVSS", "VOUTA"}
	}
	return []string{"VDD", "NC", "CS", "SCK", "SDI", "NC", "NC", "LDAC", "SHDN", "VOUTB", "VREFB", "AVSS", "VREFA", "VOUTA"}
}

// Wires implements wiring.Wired: the chip with a capacitor at its supply, once for both channels, and the probe at the channel.
func (o MCP49xx) Wires(k *wiring.Kit, uses []wiring.Use) {
	signals := config.PortPins(o.Port)
	if signals == nil {
		k.Refuse(config.Problem{Key: "output." + uses[0].Name + ".port", Rule: "must be on the header of every Pi", Got: o.Port, Hint: "use SPI0.1 or SPI1.0"})
		return
	}
	probe := func(chip string) {
		k.Probe(wiring.End{Part: chip, Pin: slices.Index(o.pins(), o.output()) + 1})
	}
	for _, p := range k.Parts {
		if p.Kind == wiring.Chip && p.Use == o.Port {
			probe(p.Ref)
			return
		}
	}
	k.Begin()
	ref := k.Add(wiring.Part{Kind: wiring.Chip, Model: strings.ToUpper(o.Model), Use: o.Port, Pins: o.pins()})
	bus, cs, _ := strings.Cut(o.Port, ".")
	for i, pin := range o.pins() {
		at := wiring.End{Part: ref, Pin: i + 1}
		switch pin {
		case "VDD", "VREFA", "VREFB", "SHDN":
			k.ToSupply(at, "")
		case "AVSS":
			k.ToGround(at, "")
		case "LDAC":
			k.ToGround(at, "the output follows each write")
		case "CS":
			k.ToHeader(wiring.Wire{From: at, Signal: "CE" + cs}, signals["CE"+cs])
		case "SCK":
			k.ToHeader(wiring.Wire{From: at, Signal: "SCLK", Bus: bus}, signals["SCLK"])
		case "SDI":
			k.ToHeader(wiring.Wire{From: at, Signal: "MOSI", Bus: bus}, signals["MOSI"])
		}
	}
	probe(ref)
	k.Bypass(ref, o.Port, "1 VDD")
}

// Addresses implements doctor.Addressed.
func (MCP4725) Addresses() (all []int, how string) {
	for a := mcp4725.Address; a <= mcp4725.LastAddress; a++ {
		all = append(all, a)
	}
	return all, "the chip's number and its pin A0 select the address"
}

// Ask implements doctor.Asked: the chip takes codes and reads them back.
func (o MCP4725) Ask(pi board.Pi) (seen, means, do string, err error) {
	d, bus, err := o.open(pi)
	if err != nil {
		return "", "", "", err
	}
	defer func() { err = errors.Join(err, d.Halt(), bus.Close()) }()
	for _, code := range []int32{mcp4725.MaxCode, 0x555, 0xaaa, 0} {
		if err := d.Out(code); err != nil {
			return "", "", "", err
		}
		s, err := d.Read()
		if err != nil {
			return "", "", "", err
		}
		if s.Code != int(code) || s.PowerDown != 0 {
			return fmt.Sprintf("the chip at %#x takes code %d and reads back %d", o.Address, code, s.Code), "it is no MCP4725, or a contact is loose",
				"push in SDA and SCL; give the MCP4725 another address than the other chip", nil
		}
	}
	return "", "", "", nil
}

// Called implements doctor.Seen.
func (MCP4725) Called() string { return "oscilloscope on the DAC" }

// Called implements doctor.Seen.
func (MCP49xx) Called() string { return "oscilloscope on the DAC" }

// Dark implements doctor.Seen.
func (MCP4725) Dark() (means, do string) {
	return "its OUT or the probe is loose", "connect the probe to OUT, and its ground clip to GND"
}

// Dark implements doctor.Seen. The chip has no data output: only its voltage shows a loose wire.
func (o MCP49xx) Dark() (means, do string) {
	signals, pins := config.PortPins(o.Port), o.pins()
	wire := func(signal, pin string) string {
		return fmt.Sprintf("%s to %s %d", doctor.Line(signal, signals[signal]), pin, slices.Index(pins, pin)+1)
	}
	do = fmt.Sprintf("check %s, %s, %s, 3V3 to VDD 1 and to VREF, GND to AVSS, and LDAC %d to GND", wire("CE"+o.Port[len(o.Port)-1:], "CS"),
		wire("SCLK", "SCK"), wire("MOSI", "SDI"), slices.Index(pins, "LDAC")+1)
	if o.model().Channels() > 1 {
		do += ", 3V3 to SHDN 9"
	}
	return "a wire of the chip is loose, or it has no supply, or LDAC is not at GND", do + fmt.Sprintf("; the probe to %s %d", o.output(), slices.Index(pins, o.output())+1)
}

// Latched reports whether the chip has a pin LDAC.
func (MCP4725) Latched() bool { return false }

// Latched reports whether the chip has a pin LDAC.
func (MCP49xx) Latched() bool { return true }

// AtRest describes the output at rest.
func (MCP4725) AtRest() string { return "at 0 V" }

// AtRest describes the output at rest.
func (MCP49xx) AtRest() string { return "at 0 V" }
