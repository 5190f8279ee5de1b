package part

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/pca9685"
	"hillock/hw/servo"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// Servo is a servo on a channel of a PCA9685, on I2C. It shows the firing rate as an angle.
type Servo struct {
	Bus     string // "I2C1"
	Address int    // 0x40 to 0x6f
	Channel int
	Rate    [2]float64       // Hz of model time, at both angles
	Angle   [2]int           // degrees
	Pulse   [2]time.Duration // width at 0 and at 180 degrees
	Window  time.Duration    // model time of the spikes that count
	DT      time.Duration    // of the loop
	Speed   float64          // of the loop
}

func servoKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "servo",
		Keys: slices.Concat(keys(config.Text, "bus"), keys(config.Whole, "address", "channel"), keys(config.List, "rate", "angle", "pulse"),
			keys(config.Text, "window", "neuron")),
		Decode: func(t *config.Table) config.Part {
			return Servo{
				Bus:     t.Bus("bus", "I2C1"),
				Address: t.Whole("address", pca9685.DefaultAddress, pca9685.DefaultAddress, 0x6f),
				Channel: t.Whole("channel", 0, 0, pca9685.Channels-1),
				Rate:    decodeRate(t),
				Angle:   decodeAngle(t),
				Pulse:   decodePulse(t),
				Window:  t.Time("window", 500*time.Millisecond, 10*time.Millisecond, time.Minute, ""),
				DT:      t.Loop().DT,
				Speed:   t.Loop().Speed,
			}
		},
	}
}

// decodeRate decodes the firing rates at both angles, Hz.
func decodeRate(t *config.Table) [2]float64 {
	const rule = `must be two rates between 0 Hz and 10 kHz, the lower one first, such as ["0 Hz", "100 Hz"]`
	items, ok := t.List("rate", rule)
	if !ok {
		return [2]float64{0, 100}
	}
	if len(items) == 2 {
		first, _ := items[0].Text()
		second, _ := items[1].Text()
		a, wrong := config.ParseFrequency(first)
		b, wrong2 := config.ParseFrequency(second)
		if wrong == nil && wrong2 == nil && a >= 0 && a < b && b <= 10e3 {
			return [2]float64{a, b}
		}
	}
	t.Wrong("rate", config.Problem{Rule: rule})
	return [2]float64{0, 100}
}

// decodeAngle decodes the two angles, degrees.
func decodeAngle(t *config.Table) [2]int {
	const rule = "must be two different whole angles between 0 and 180, such as [0, 180]"
	items, ok := t.List("angle", rule)
	if !ok {
		return [2]int{0, 180}
	}
	if len(items) == 2 {
		a, ok := items[0].Number()
		b, ok2 := items[1].Number()
		if ok && ok2 && a != b && min(a, b) >= 0 && max(a, b) <= 180 {
			return [2]int{a, b}
		}
	}
	t.Wrong("angle", config.Problem{Rule: rule, Hint: "in degrees, without a unit; the larger one first reverses the servo"})
	return [2]int{0, 180}
}

// decodePulse decodes the widths of the pulses at 0 and at 180 degrees.
func decodePulse(t *config.Table) [2]time.Duration {
	const rule = `must be two times between 0.4 ms and 2.6 ms, the shorter one first, such as ["1 ms", "2 ms"]`
	usual := [2]time.Duration{time.Millisecond, 2 * time.Millisecond}
	items, ok := t.List("pulse", rule)
	if !ok {
		return usual
	}
	if len(items) == 2 {
		first, _ := items[0].Text()
		second, _ := items[1].Text()
		a, wrong := config.ParseTime(first)
		b, wrong2 := config.ParseTime(second)
		if wrong == nil && wrong2 == nil && a >= 400*time.Microsecond && a < b && b <= 2600*time.Microsecond {
			return [2]time.Duration{a, b}
		}
	}
	t.Wrong("pulse", config.Problem{Rule: rule, Hint: "a longer or shorter pulse can break a servo"})
	return usual
}

// Print implements config.Part.
func (o Servo) Print(p *config.Printer) {
	p.Text("bus", o.Bus)
	p.Hex("address", o.Address)
	p.Whole("channel", o.Channel)
	p.Quantities("rate", "Hz", o.Rate[0], o.Rate[1])
	p.Wholes("angle", o.Angle[0], o.Angle[1])
	p.Times("pulse", o.Pulse[0], o.Pulse[1])
	p.Time("window", o.Window)
	p.Neuron()
}

// Claims implements config.Part. Other servos may have the other channels of the chip.
func (o Servo) Claims() []config.Claim {
	return []config.Claim{{
		Key: "address", Default: "0x40", Hint: "the solder bridges A0 to A5 select 0x40 to 0x6f", Port: o.Bus, Address: o.Address, Shared: true,
		Channel: config.Setting{Key: "channel", Value: o.Channel, Default: "0"},
	}}
}

// String returns "servo on I2C1 at 0x40, channel 0".
func (o Servo) String() string {
	return fmt.Sprintf("servo on %s at %#x, channel %d", o.Bus, o.Address, o.Channel)
}

// Wires implements wiring.Wired: the usual module, once for all its servos, and the servo.
func (o Servo) Wires(k *wiring.Kit, uses []wiring.Use) {
	const model = "PCA9685"
	use, ref := fmt.Sprintf("%s %#x", o.Bus, o.Address), ""
	for _, p := range k.Parts {
		if p.Kind == wiring.Module && p.Model == model && p.Use == use {
			ref = p.Ref
		}
	}
	if ref == "" {
		if ref = k.Module("output."+uses[0].Name, o.Bus, o.Address, model, "GND", "OE", "SCL", "SDA", "VCC", "V+"); ref == "" {
			return
		}
	}
	k.Servo(k.Pin(ref, fmt.Sprintf("PWM%d", o.Channel)), k.Pin(ref, "V+"), k.Pin(ref, "GND"), uses[0].Name)
}

// servoFrequency is the usual rate of a servo's pulses.
const servoFrequency = 50 * physic.Hertz

// servoChannel is an open channel of a chip. It opens the chip with the first pulse: the chip may come later.
type servoChannel struct {
	part Servo
	bus  i2c.BusCloser
	chip *pca9685.Dev // nil: not open
	lost bool         // the latest pulse failed
}

// Pulse implements servo.Channel.
func (c *servoChannel) Pulse(width time.Duration) (err error) {
	if c.chip == nil {
		c.chip, err = pca9685.NewI2C(c.bus, uint16(c.part.Address), servoFrequency)
	}
	if err == nil {
		err = c.chip.Pulse(c.part.Channel, width)
	}
	if c.lost = err != nil; c.lost {
		c.chip = nil
	}
	return c.part.explain(err)
}

// Off implements servo.Channel. It leaves a chip alone that did not answer.
func (c *servoChannel) Off() (err error) {
	if c.lost {
		return nil
	}
	if c.chip == nil { // left on by a killed program
		c.chip, err = pca9685.NewI2C(c.bus, uint16(c.part.Address), servoFrequency)
	}
	if err == nil {
		err = c.chip.Off(c.part.Channel)
	}
	return c.part.explain(err)
}

func (c *servoChannel) String() string { return c.part.String() }

// explain adds the part and the remedy to an error.
func (o Servo) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pca9685.ErrOtherChip):
		return fmt.Errorf("%s: %w: change the address of one of them", o, err)
	case strings.HasSuffix(err.Error(), "remote I/O error"): // periph keeps only the text of EREMOTEIO
		return fmt.Errorf("%s: %w: no chip answers: check SDA, pin 3, SCL, pin 5, 3V3 at VCC, and GND", o, err)
	}
	return fmt.Errorf("%s: %w", o, err)
}

// arm is an open servo.
type arm struct {
	*servo.Servo
	bus i2c.BusCloser
}

// Open implements board.OutputPart.
func (o Servo) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	bus, err := pi.OpenI2C(o.Bus)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o, err)
	}
	return arm{servo.New(&servoChannel{part: o, bus: bus}, o.opts()), bus}, nil
}

func (o Servo) opts() servo.Opts {
	return servo.Opts{Rate: o.Rate, Angle: [2]float64{float64(o.Angle[0]), float64(o.Angle[1])}, Pulse: o.Pulse, Window: o.Window, DT: o.DT, Speed: o.Speed}
}

// Close implements board.Output.
func (a arm) Close() error { return halt(a.Servo, a.bus.Close) }

// Succeeds implements board.Successor. The end of the old pulses would end the new ones.
func (o Servo) Succeeds(old config.Part) bool {
	other, ok := old.(Servo)
	return ok && other.Bus == o.Bus && other.Address == o.Address && other.Channel == o.Channel
}

// TakeOver implements board.Successor.
func (o Servo) TakeOver(old board.Output) board.Output {
	a := old.(arm)
	a.Change(o.opts())
	return a
}

// Plug implements board.Twin.
func (o Servo) Plug(v *board.Virtual, name string) error {
	chip, _ := v.Parts[board.OnI2C(o.Bus, o.Address)].(*sim.PCA9685)
	if chip == nil {
		chip = sim.NewPCA9685()
		if err := v.PlugI2C(o.Bus, o.Address, chip); err != nil {
			return err
		}
	}
	v.Shows(name, func() string { return chip.Pulse(o.Channel).String() })
	return nil
}

// Addresses implements doctor.Addressed.
func (Servo) Addresses() (all []int, how string) {
	for a := pca9685.DefaultAddress; a <= 0x6f; a++ {
		all = append(all, a)
	}
	return all, "the solder bridges A0 to A5 select the address"
}

// Ask implements doctor.Asked: the chip keeps its prescaler.
func (o Servo) Ask(pi board.Pi) (seen, means, do string, err error) {
	bus, err := pi.OpenI2C(o.Bus)
	if err != nil {
		return "", "", "", err
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	if _, err = pca9685.NewI2C(bus, uint16(o.Address), servoFrequency); errors.Is(err, pca9685.ErrOtherChip) {
		return fmt.Sprintf("the chip at %#x is no PCA9685", o.Address), "another part has this address, such as an INA219",
			"change the address of one of them by its solder bridges", nil
	}
	return "", "", "", err
}

// Called implements doctor.Seen.
func (Servo) Called() string { return "servo" }

// Shows implements doctor.Showing.
func (Servo) Shows() (notice, should string) {
	return "watch", "move to one end, to the other and back"
}

// Dark implements doctor.Seen.
func (o Servo) Dark() (means, do string) {
	return "V+ has no 5 V, the plug is the wrong way round, or the servo is on another channel",
		fmt.Sprintf("check the 5 V supply at V+ with its minus at GND; plug the servo into channel %d, its brown wire at GND", o.Channel)
}

var _ doctor.Acting = arm{}
