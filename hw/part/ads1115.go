package part

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/ads1x15"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// ADS1115 is a knob on a channel of this analog-to-digital converter on I2C.
type ADS1115 struct {
	Bus     string // "I2C1"
	Address int    // 0x48 to 0x4b
	Channel int
	VRef    float64 // V, at the knob's upper end
	config.Knob
}

func ads1115Kind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "ads1115",
		Keys: slices.Concat(keys(config.Text, "bus"), keys(config.Whole, "address", "channel"), keys(config.Text, "v_ref"), config.KnobKeys()),
		Decode: func(t *config.Table) config.InputPart {
			a := decodeADS1115(t)
			a.Knob = t.Knob(a.FullScale())
			return a
		},
	}
}

// decodeADS1115 decodes the chip and the channel of an input.
func decodeADS1115(t *config.Table) ADS1115 {
	return ADS1115{
		Bus:     t.Bus("bus", "I2C1"),
		Address: t.Whole("address", 0x48, 0x48, 0x4b), // SBAS444D, table 4: the wire of ADDR selects it
		Channel: t.Whole("channel", 0, 0, 3),
		VRef:    t.Volts("v_ref", "3.3 V", 3.3, config.Limits{Low: 0.1, High: 5.5, Words: "0.1 V and 5.5 V"}),
	}
}

// String returns "ads1115 on I2C1 at 0x48".
func (a ADS1115) String() string { return fmt.Sprintf("ads1115 on %s at %#x", a.Bus, a.Address) }

// FullScale implements board.Turned. It returns the code of the voltage at the knob's upper end, in the smallest range that
// includes this voltage: SBAS444D, table 3.
func (a ADS1115) FullScale() int {
	for _, full := range []float64{0.256, 0.512, 1.024, 2.048, 4.096, 6.144} {
		if a.VRef <= full {
			return min(int(math.Round(a.VRef/full*32768)), 32767)
		}
	}
	return 32767
}

// Print implements config.Part.
func (a ADS1115) Print(p *config.Printer) {
	p.Text("bus", a.Bus)
	p.Hex("address", a.Address)
	p.Whole("channel", a.Channel)
	p.Quantity("v_ref", a.VRef, "V")
	p.Knob(a.Knob)
}

// Claims implements config.Part. Several inputs may read its channels, and in different ranges.
func (a ADS1115) Claims() []config.Claim {
	return []config.Claim{{Key: "address", Default: "0x48", Hint: "the wire of ADDR selects 0x48 to 0x4b", Port: a.Bus, Address: a.Address, Shared: true}}
}

// adsSensor is a sensor on a channel of the chip: a knob, or the part that embeds one.
type adsSensor interface {
	adc() ADS1115
	wire(k *wiring.Kit, channel wiring.End, use string) // adds the sensor at its channel
}

func (a ADS1115) adc() ADS1115 { return a }

func (ADS1115) wire(k *wiring.Kit, channel wiring.End, use string) { k.Knob(channel, use) }

// Wires implements wiring.Wired: the usual module with this chip, and the knobs on its channels. SBAS444D, table 4, has the
// wire of ADDR.
func (a ADS1115) Wires(k *wiring.Kit, uses []wiring.Use) {
	for _, u := range uses {
		if sensor, _ := u.Part.(adsSensor); !k.On3V3(u.Name, sensor.adc().VRef) {
			return
		}
	}
	pins := []string{"VDD", "GND", "SCL", "SDA", "ADDR", "ALRT", "A0", "A1", "A2", "A3"}
	ref := k.Module("input."+uses[0].Name, a.Bus, a.Address, "ADS1115", pins...)
	if ref == "" {
		return
	}
	leg := func(name string) wiring.End { return wiring.End{Part: ref, Pin: slices.Index(pins, name) + 1} }
	note := fmt.Sprintf("address %#x", a.Address)
	switch signals := config.PortPins(a.Bus); a.Address {
	case 0x48:
		k.ToGround(leg("ADDR"), note)
	case 0x49:
		k.ToSupply(leg("ADDR"), note)
	case 0x4a:
		k.ToHeader(wiring.Wire{From: leg("ADDR"), Signal: "SDA", Bus: a.Bus, Note: note + ", in SDA's row"}, signals["SDA"])
	case 0x4b:
		k.ToHeader(wiring.Wire{From: leg("ADDR"), Signal: "SCL", Bus: a.Bus, Note: note + ", in SCL's row"}, signals["SCL"])
	}
	for channel := range 4 {
		var on adsSensor
		reads := func(u wiring.Use) string {
			sensor, _ := u.Part.(adsSensor)
			if sensor.adc().Channel != channel {
				return ""
			}
			on = sensor
			return u.Name
		}
		if use := wiring.Names(uses, reads); use != "" {
			on.wire(k, leg("A"+strconv.Itoa(channel)), use)
		}
	}
}

// ads1115Channel is an open channel of the chip.
type ads1115Channel struct {
	part ADS1115
	bus  i2c.BusCloser
	pin  ads1x15.PinADC
}

// OpenSensor implements board.BesideLoop: a conversion takes longer than a tick.
func (a ADS1115) OpenSensor(pi board.Pi) (board.Sensor, error) {
	bus, err := pi.OpenI2C(a.Bus)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a, err)
	}
	dev, err := ads1x15.NewADS1115(bus, &ads1x15.Opts{I2cAddress: uint16(a.Address)})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", a, err), bus.Close())
	}
	// The smallest range for the knob's upper end, and the fastest conversion: 1.2 ms, SBAS444D, table 8.
	volts := physic.ElectricPotential(a.VRef * float64(physic.Volt))
	pin, err := dev.PinForChannel(ads1x15.Channel(int(ads1x15.Channel0)+a.Channel), volts, 860*physic.Hertz, ads1x15.SaveEnergy)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", a, err), bus.Close())
	}
	return &ads1115Channel{a, bus, pin}, nil
}

// Raw implements board.Sensor.
func (c *ads1115Channel) Raw() (int32, error) {
	s, err := c.pin.Read()
	if err != nil {
		err = fmt.Errorf("%s: %w", c.part, err)
		if strings.HasSuffix(err.Error(), "remote I/O error") { // periph keeps only the text of EREMOTEIO
			err = fmt.Errorf("%w: no chip answers: check SDA, pin 3, SCL, pin 5, 3V3, GND and the wire of ADDR", err)
		}
		return 0, err
	}
	return s.Raw, nil
}

// End implements board.Sensor.
func (c *ads1115Channel) End() error { return errors.Join(c.pin.Halt(), c.bus.Close()) }

// Plug implements board.Twin.
func (a ADS1115) Plug(v *board.Virtual, name string) error {
	knob, err := a.plug(v)
	if err == nil {
		v.Turns(name, knob)
	}
	return err
}

// plug plugs the chip, and returns the knob of the channel.
func (a ADS1115) plug(v *board.Virtual) (*sim.Knob, error) {
	chip, _ := v.Parts[board.OnI2C(a.Bus, a.Address)].(*sim.ADS1115)
	if chip == nil {
		chip = sim.NewADS1115()
		if err := v.PlugI2C(a.Bus, a.Address, chip); err != nil {
			return nil, err
		}
	}
	return chip.Knob(a.Channel), nil
}

// Addresses implements doctor.Addressed.
func (ADS1115) Addresses() (all []int, how string) {
	return []int{0x48, 0x49, 0x4a, 0x4b}, "its pin ADDR goes to GND for 0x48, VDD for 0x49, SDA for 0x4a, SCL for 0x4b"
}

// Channels implements doctor.OnChannel.
func (a ADS1115) Channels() (plus, minus int) { return a.Channel, -1 }

// Check implements doctor.Checked. It checks the channels of the converter.
func (a ADS1115) Check(b *doctor.Bench, inputs []config.Input, yield func(doctor.Finding) bool) bool {
	const channels = 4
	var parts []board.Sensor
	defer func() {
		for _, p := range parts {
			_ = p.End() // the check is over
		}
	}()
	for a.Channel = range channels {
		p, err := a.OpenSensor(b.Pi)
		if err != nil {
			f := doctor.Finding{Check: a.Bus, Result: doctor.Failed, Seen: err.Error(), Means: "the chip answered a moment ago: a contact is loose", Do: "push in its wires"}
			return yield(f) && doctor.SkipInputs(inputs, a.Bus+" failed", yield)
		}
		parts = append(parts, p)
	}
	read := func(ch int) (int, error) {
		raw, err := parts[ch].Raw()
		return int(raw), err
	}
	return b.Channels(doctor.Chip{Inputs: inputs, Channels: channels, Read: read, Place: func(ch int) string { return fmt.Sprintf("A%d", ch) }}, yield)
}

// Where returns the channel: "I2C1, A0".
func (a ADS1115) Where() string { return fmt.Sprintf("%s, A%d", a.Bus, a.Channel) }
