package part

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/i2c"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/oled"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// OLED is a display of 128 x 64 points with an SSD1306, on I2C. It shows the membrane like an oscilloscope.
type OLED struct {
	Bus     string        // "I2C1"
	Address int           // 0x3c or 0x3d
	Span    time.Duration // real time, from left to right
}

func oledKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "oled",
		Keys: slices.Concat(keys(config.Text, "bus"), keys(config.Whole, "address"), keys(config.Text, "span", "neuron")),
		Decode: func(t *config.Table) config.Part {
			return OLED{
				Bus:     t.Bus("bus", "I2C1"),
				Address: t.Whole("address", 0x3c, 0x3c, 0x3d),
				Span:    t.Time("span", time.Duration(float64(200*time.Millisecond)/t.Loop().Speed), 10*time.Millisecond, time.Hour, ""),
			}
		},
	}
}

// Print implements config.Part.
func (o OLED) Print(p *config.Printer) {
	p.Text("bus", o.Bus)
	p.Hex("address", o.Address)
	p.Time("span", o.Span)
	p.Neuron()
}

// Claims implements config.Part.
func (o OLED) Claims() []config.Claim {
	return []config.Claim{{Key: "address", Default: "0x3c", Hint: "a display has 0x3c or 0x3d", Port: o.Bus, Address: o.Address}}
}

// Wires implements wiring.Wired.
func (o OLED) Wires(k *wiring.Kit, uses []wiring.Use) {
	k.Module("output."+uses[0].Name, o.Bus, o.Address, "SSD1306", "GND", "VCC", "SCL", "SDA")
}

// screen is an open display.
type screen struct {
	*oled.Dev
	bus i2c.BusCloser
}

// Open implements board.OutputPart.
func (o OLED) Open(pi board.Pi, shown board.Shown) (board.Output, error) {
	bus, err := pi.OpenI2C(o.Bus)
	if err != nil {
		return nil, fmt.Errorf("oled on %s: %w", o.Bus, err)
	}
	d, err := oled.NewSSD1306(bus, uint16(o.Address), oled.Opts{Low: shown.Low, High: shown.High, Span: o.Span, DT: shown.DT, Speed: shown.Speed})
	if err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	return &screen{d, bus}, nil
}

// Close implements board.Output.
func (s *screen) Close() error { return halt(s.Dev, s.bus.Close) }

// Plug implements board.Twin.
func (o OLED) Plug(v *board.Virtual, name string) error {
	d, _ := v.Parts[board.OnI2C(o.Bus, o.Address)].(*sim.SSD1306)
	if d == nil {
		d = sim.NewSSD1306()
		if err := v.PlugI2C(o.Bus, o.Address, d); err != nil {
			return err
		}
	}
	v.Shows(name, func() string { return string(d.Picture().Pix) })
	return nil
}

// Addresses implements doctor.Addressed.
func (OLED) Addresses() (all []int, how string) {
	return []int{0x3c, 0x3d}, "a solder bridge on its back selects the address"
}

// Called implements doctor.Seen.
func (OLED) Called() string { return "display" }

// Dark implements doctor.Seen.
func (OLED) Dark() (means, do string) {
	return "it has no supply, or it is another kind of display", "check its 3V3; use an SSD1306 with 128 x 64 points"
}
