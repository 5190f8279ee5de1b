package part

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/bar"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// APA102 is a strip of these LEDs, such as a Blinkt!. It shows the membrane.
type APA102 struct {
	Port        string   // "SPI1.0"; "" for a strip on pins
	Data, Clock string   // pins; "" for a strip on a port
	LEDs        int      // the number of LEDs
	Color       [3]uint8 // of the level: red, green, blue
	Brightness  int      // 1 to 255
}

func apa102Kind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "apa102",
		Keys: slices.Concat(keys(config.Text, "port", "data", "clock"), keys(config.Whole, "leds"), keys(config.Text, "color"), keys(config.Whole, "brightness"),
			keys(config.Text, "neuron")),
		Decode: func(t *config.Table) config.Part {
			o := APA102{
				LEDs:       t.Whole("leds", 8, 1, 900),
				Color:      decodeColor(t),
				Brightness: t.Whole("brightness", 24, 1, 255),
			}
			if bright, ok := o.tooBright(); ok && !t.IsBad("leds") && !t.IsBad("brightness") {
				t.Warn("leds", bright)
			}
			switch {
			case t.Has("port"):
			case !t.Has("data") && !t.Has("clock"):
				t.Wrong("data", config.Problem{Rule: "must be given", Hint: `add data = "GPIO23" and clock = "GPIO24", or port = "SPI0.1"`})
				return o
			default:
				o.Data, o.Clock = t.Pin("data", "GPIO23"), t.Pin("clock", "GPIO24")
				return o
			}
			o.Port = t.Port("port", "")
			for _, key := range []string{"data", "clock"} {
				if t.Has(key) {
					t.Wrong(key, config.Problem{Rule: "must not be given together with port", Hint: "the bus of the port has pins for data and clock"})
				}
			}
			return o
		},
	}
}

// decodeColor decodes a colour as in web pages.
func decodeColor(t *config.Table) (rgb [3]uint8) {
	const rule = `must be a colour such as "#00ff00"`
	text, ok := t.Text("color", rule)
	if !ok {
		return [3]uint8{0, 255, 0}
	}
	v, err := strconv.ParseUint(text[min(1, len(text)):], 16, 24)
	if err != nil || len(text) != 7 || text[0] != '#' {
		t.Wrong("color", config.Problem{Rule: rule, Hint: "two digits each for red, green and blue"})
		return rgb
	}
	return [3]uint8{uint8(v >> 16), uint8(v >> 8), uint8(v)}
}

// Print implements config.Part.
func (o APA102) Print(p *config.Printer) {
	if o.Port != "" {
		p.Text("port", o.Port)
	} else {
		p.Text("data", o.Data)
		p.Text("clock", o.Clock)
	}
	p.Whole("leds", o.LEDs)
	p.Text("color", fmt.Sprintf("#%02x%02x%02x", o.Color[0], o.Color[1], o.Color[2]))
	p.Whole("brightness", o.Brightness)
	p.Neuron()
}

// Claims implements config.Part.
func (o APA102) Claims() []config.Claim {
	if o.Port != "" {
		return []config.Claim{{Key: "port", Port: o.Port}}
	}
	return []config.Claim{{Key: "data", Pin: o.Data}, {Key: "clock", Pin: o.Clock}}
}

const (
	perLED = 60.0   // mA, of a white APA102 at full brightness: 20 for each colour
	max5V  = 1000.0 // mA, through the thin wires of breadboards
)

// most returns the current of the whole strip in white, in mA.
func (o APA102) most() float64 { return perLED * float64(o.LEDs) * float64(o.Brightness) / 255 }

// tooBright returns the problem of a strip that takes too much from the 5V pin, or false.
func (o APA102) tooBright() (p config.Problem, ok bool) {
	return config.Problem{Rule: fmt.Sprintf("must take at most %g mA from the 5V pin", max5V),
		Got:  fmt.Sprintf("%d of %g mA x brightness %d/255, %.0f mA", o.LEDs, perLED, o.Brightness, o.most()),
		Hint: "lower brightness, use fewer LEDs, or use a supply of its own"}, !(o.most() <= max5V)
}

// Wires implements wiring.Wired. The strip runs on 5 V, and accepts the 3.3 V of the pins.
func (o APA102) Wires(k *wiring.Kit, uses []wiring.Use) {
	name := uses[0].Name
	where := "output." + name
	clock, data, ok := o.lines(k, where)
	if !ok {
		return
	}
	if bright, ok := o.tooBright(); ok {
		bright.Key = where + ".leds"
		k.Refuse(bright)
		return
	}
	k.Begin()
	ref := k.Add(wiring.Part{Kind: wiring.Module, Model: "APA102 x " + strconv.Itoa(o.LEDs), Use: name, Pins: []string{"5V", "GND", "CLK", "DATA"}})
	leg := func(pin int) wiring.End { return wiring.End{Part: ref, Pin: pin} }
	k.ToHeader(wiring.Wire{From: leg(1), Bus: "5V", Note: fmt.Sprintf("for its LEDs: up to %.0f mA, %d x %g mA x brightness %d/255", o.most(), o.LEDs, perLED, o.Brightness)}, "5V")
	k.ToGround(leg(2), "")
	note := ""
	if o.Data == "GPIO23" && o.Clock == "GPIO24" && o.LEDs == 8 {
		note = "a Blinkt! covers the whole header but uses only these four pins"
	}
	clock.From, data.From, data.Note = leg(3), leg(4), note
	k.ToHeader(clock, o.pin("SCLK", o.Clock))
	k.ToHeader(data, o.pin("MOSI", o.Data))
}

// lines returns the wires of the clock and the data. where names the output for the error.
func (o APA102) lines(k *wiring.Kit, where string) (clock, data wiring.Wire, ok bool) {
	if o.Port == "" {
		dataOK, clockOK := k.GPIO(where+".data", o.Data), k.GPIO(where+".clock", o.Clock)
		return clock, data, dataOK && clockOK
	}
	if config.PortPins(o.Port) == nil {
		k.Refuse(config.Problem{Key: where + ".port", Rule: "must be on the header of every Pi", Got: o.Port, Hint: "use SPI1.0 or SPI0.1"})
		return clock, data, false
	}
	bus, _, _ := strings.Cut(o.Port, ".")
	return wiring.Wire{Signal: "SCLK", Bus: bus}, wiring.Wire{Signal: "MOSI", Bus: bus}, true
}

// pin returns the pin of a signal of the bus, or the pin of the configuration for a strip on pins.
func (o APA102) pin(signal, configured string) string {
	if o.Port == "" {
		return configured
	}
	return cmp.Or(config.PortPins(o.Port)[signal], signal+" of "+o.Port)
}

// Open implements board.OutputPart.
func (o APA102) Open(pi board.Pi, shown board.Shown) (board.Output, error) {
	port, err := o.open(pi)
	if err != nil {
		return nil, err
	}
	level := color.NRGBA{R: o.Color[0], G: o.Color[1], B: o.Color[2], A: 255}
	b, err := bar.NewAPA102(port, bar.Strip{LEDs: o.LEDs, Color: level, Brightness: uint8(o.Brightness)}, bar.Opts{Low: shown.Low, High: shown.High})
	if err != nil {
		return nil, errors.Join(err, port.Close())
	}
	return &row{b, port}, nil
}

// jumpers is the highest clock that jumper wires pass on well: bar.NewAPA102.
const jumpers = 4 * physic.MegaHertz

func (o APA102) open(pi board.Pi) (spi.PortCloser, error) {
	if o.Port == "" {
		lines, err := openGroup(pi, o.Clock, o.Data)
		if err != nil {
			return nil, err
		}
		return bar.Wires(lines), nil
	}
	port, err := pi.OpenSPI(o.Port)
	if err != nil {
		return nil, fmt.Errorf("apa102 on %s: %w", o.Port, err)
	}
	if err := port.LimitSpeed(jumpers); err != nil {
		return nil, errors.Join(fmt.Errorf("apa102 on %s: %w", o.Port, err), port.Close())
	}
	return port, nil
}

// Plug implements board.Twin. On pins, the levels are all that the virtual Pi shows.
func (o APA102) Plug(v *board.Virtual, name string) error {
	if o.Port == "" {
		return nil
	}
	strip, _ := v.Parts[o.Port].(*sim.APA102)
	if strip == nil || len(strip.LEDs()) != o.LEDs {
		port, err := v.Port(o.Port)
		if err != nil {
			return err
		}
		strip = sim.NewAPA102(o.LEDs)
		port.Plug(strip)
		v.Parts[o.Port] = strip
		delete(v.Ports, o.Port) // faults are for the chips of knobs
	}
	v.Shows(name, func() string { return fmt.Sprint(strip.LEDs()) })
	return nil
}

// Called implements doctor.Seen.
func (APA102) Called() string { return "strip" }

// Dark implements doctor.Seen.
func (o APA102) Dark() (means, do string) {
	return "data and clock are swapped, or the strip has no 5V",
		fmt.Sprintf("check %s, %s, 5V and GND", doctor.Line("data", o.pin("MOSI", o.Data)), doctor.Line("clock", o.pin("SCLK", o.Clock)))
}

// Lamps returns the number of LEDs on the page: at most four, for the whole strip.
func (o APA102) Lamps() int { return min(o.LEDs, 4) }
