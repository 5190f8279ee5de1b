package part

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/hw/rc"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// RC is a knob without an ADC. A capacitor charges through the knob, and the charge time gives the position. Raw values are
// charge times in ns.
type RC struct {
	Pin                           string  // of the capacitor, "GPIO4"
	Resistance, Series, Discharge float64 // Ohm; of the potentiometer and of both resistors
	Capacitor                     float64 // F
	Charges                       int     // per reading, odd: the reading is their median
	config.Knob
}

func rcKind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "rc",
		Keys: slices.Concat(keys(config.Text, "pin", "resistance", "series", "discharge", "capacitor"), keys(config.Whole, "charges"),
			keys(config.List, "current"), keys(config.Text, "stale_after"), keys(config.Whole, "average"), keys(config.List, "ends")),
		Decode: decodeRC,
	}
}

// decodeRC decodes a knob with a capacitor on a pin. Its parts must have measurable charge times, as in hw/rc.
func decodeRC(t *config.Table) config.InputPart {
	anyResistor := config.Limits{Low: 100, High: 1e6, Words: "100 Ohm and 1 MOhm"}
	r := RC{
		Pin:        t.Pin("pin", "GPIO4"),
		Resistance: t.Ohms("resistance", "10 kOhm", 10e3, anyResistor),
		Series:     t.Ohms("series", "2.2 kOhm", 2200, anyResistor),
		Discharge:  t.Ohms("discharge", "330 Ohm", 330, config.Limits{Low: 207, High: 1e5, Words: "207 Ohm, for no more than 16 mA into the pin, and 100 kOhm"}),
		Capacitor:  t.Farads("capacitor", 1e-6, config.Limits{Low: 1e-9, High: 1e-4, Words: "1 nF and 100 uF"}),
		Charges:    t.Whole("charges", 5, 1, 99),
	}
	if r.Charges%2 == 0 {
		t.Wrong("charges", config.Problem{Rule: "must be odd: a reading is their median"})
	}
	r.Knob = t.SlowKnob()
	r.Ends = chargeTimes(t)
	return r
}

// chargeTimes returns the charge times at the two ends of the knob, in ns, the shorter one first. Both are 0 if they follow
// from the parts.
func chargeTimes(t *config.Table) (ends [2]int) {
	const rule = `must be two times between 1 us and 500 ms, 2 ms or more apart, the shorter one first, such as ["1.2 ms", "7.1 ms"]`
	items, ok := t.List("ends", rule)
	if !ok {
		return ends
	}
	if len(items) == 2 {
		first, _ := items[0].Text()
		second, _ := items[1].Text()
		a, wrong := config.ParseTime(first)
		b, wrong2 := config.ParseTime(second)
		if wrong == nil && wrong2 == nil && a >= time.Microsecond && b-a >= 2*time.Millisecond && b <= 500*time.Millisecond {
			return [2]int{int(a), int(b)}
		}
	}
	t.Wrong("ends", config.Problem{Rule: rule, Hint: config.EndsHint})
	return ends
}

// Print implements config.Part.
func (r RC) Print(p *config.Printer) {
	p.Text("pin", r.Pin)
	p.Quantity("resistance", r.Resistance, "Ohm")
	p.Quantity("series", r.Series, "Ohm")
	p.Quantity("discharge", r.Discharge, "Ohm")
	p.Farads("capacitor", r.Capacitor)
	p.Whole("charges", r.Charges)
	p.Quantities("current", "nA", r.Low, r.High)
	p.Time("stale_after", r.StaleAfter)
	p.Whole("average", r.Average)
	if r.Ends != [2]int{} {
		p.Times("ends", time.Duration(r.Ends[0]), time.Duration(r.Ends[1]))
	}
}

// Claims implements config.Part.
func (r RC) Claims() []config.Claim { return []config.Claim{{Key: "pin", Pin: r.Pin}} }

const largestFilm = 10e-6 // F, of film capacitors with legs for a breadboard

// Wires implements wiring.Wired; hw/rc has the circuit. The knob is a resistor: turning it right increases its resistance,
// counted from the left leg. A longer charge means a larger current.
func (r RC) Wires(k *wiring.Kit, uses []wiring.Use) {
	name := uses[0].Name
	key := "input." + name + ".pin"
	switch {
	case !k.GPIO(key, r.Pin):
		return
	case r.Pin == "GPIO2" || r.Pin == "GPIO3":
		k.Refuse(config.Problem{Key: key, Rule: "must be a pin without a pull-up resistor on the Pi", Got: strconv.Quote(r.Pin),
			Hint: "that resistor would charge the capacitor: use another pin"})
		return
	}
	k.Begin()
	knob := k.Potentiometer(r.Resistance, name)
	charge := k.Resistor(r.Series, name)
	made := "film"
	if r.Capacitor > largestFilm {
		made = "ceramic"
	}
	c := k.Add(wiring.Part{Kind: wiring.Capacitor, Model: wiring.Value(r.Capacitor, "F") + " " + made, Use: name, Pins: []string{"one leg", "other leg"}})
	discharge := k.Resistor(r.Discharge, name)
	node := wiring.End{Part: charge, Pin: 2}
	k.ToSupply(wiring.End{Part: knob, Pin: 1}, "turning right gives more")
	k.Jumper(wiring.End{Part: knob, Pin: 2}, wiring.End{Part: charge, Pin: 1})
	k.SameRow(wiring.End{Part: c, Pin: 1}, node, "in its row")
	k.ToGround(wiring.End{Part: c, Pin: 2}, "")
	k.SameRow(wiring.End{Part: discharge, Pin: 2}, node, "in the same row")
	k.ToHeader(wiring.Wire{From: wiring.End{Part: discharge, Pin: 1}, Current: 1000 * wiring.Volts3V3 / r.Discharge}, r.Pin)
}

// String returns "rc on GPIO4".
func (r RC) String() string { return "rc on " + r.Pin }

// Where returns the pin.
func (r RC) Where() string { return r.Pin }

// Raw formats a charge time.
func (RC) Raw(ns int) string { return fmt.Sprintf("%.3f ms", float64(ns)/1e6) }

// Measured returns the key for measured charge times, rounded to a part in 100 to 1000 of their distance. There is no dead
// zone: a reading is the median of several charges already.
func (RC) Measured(ns [2]int) [][2]string {
	unit := time.Microsecond
	for 1000*unit <= time.Duration(ns[1]-ns[0]) {
		unit *= 10
	}
	end := func(ns int) string { return config.FormatTime(max(unit, time.Duration(ns).Round(unit))) }
	return [][2]string{{"ends", fmt.Sprintf("[%q, %q]", end(ns[0]), end(ns[1]))}}
}

// FullScale implements board.Turned. It is 0: the value follows from the parts.
func (RC) FullScale() int { return 0 }

// capacitor is an open knob without an ADC.
type capacitor struct{ *rc.Dev }

// unpulled is a pin with a pull to turn off before it floats.
type unpulled interface{ Unpull() error }

// timed is a pin with its own clock for charge times.
type timed interface{ Clock() sim.Clock }

// OpenSensor implements board.BesideLoop.
func (r RC) OpenSensor(pi board.Pi) (board.Sensor, error) {
	p, err := pi.OpenPin(r.Pin)
	if err != nil {
		return nil, err
	}
	if u, ok := p.(unpulled); ok {
		if err := u.Unpull(); err != nil {
			return nil, err
		}
	}
	dev, err := rc.New(p, &rc.Opts{
		Knob:      physic.ElectricResistance(r.Resistance * float64(physic.Ohm)),
		Series:    physic.ElectricResistance(r.Series * float64(physic.Ohm)),
		Discharge: physic.ElectricResistance(r.Discharge * float64(physic.Ohm)),
		Capacitor: physic.ElectricalCapacitance(r.Capacitor * float64(physic.Farad)),
		Charges:   r.Charges,
		Ends:      [2]time.Duration{time.Duration(r.Ends[0]), time.Duration(r.Ends[1])},
		Clock:     clockOf(p),
	})
	if dev == nil {
		return nil, err
	}
	if err != nil {
		return nil, errors.Join(err, dev.Halt())
	}
	return capacitor{dev}, nil
}

// clockOf returns the clock of a pin, or nil for real time: package rc has a better clock for that.
func clockOf(p gpio.PinIO) rc.Clock {
	t, ok := p.(timed)
	if !ok {
		return nil
	}
	if _, ok := t.Clock().(*clock.Real); ok {
		return nil
	}
	return t.Clock()
}

// Raw implements board.Sensor.
func (c capacitor) Raw() (int32, error) {
	s, err := c.Read()
	return s.Raw, err
}

// Ends returns the charge times at the knob's ends, in ns, from its parts.
func (c capacitor) Ends() [2]int {
	low, high := c.Range()
	return [2]int{int(low.Raw), int(high.Raw)}
}

// End implements board.Sensor.
func (c capacitor) End() error { return c.Halt() }

// Plug implements board.Twin.
func (r RC) Plug(v *board.Virtual, name string) error {
	c, _ := v.Parts[r.Pin].(*sim.RC)
	if c == nil {
		c = sim.NewRC(sim.RCParts{
			Knob: physic.ElectricResistance(r.Resistance * float64(physic.Ohm)), Series: physic.ElectricResistance(r.Series * float64(physic.Ohm)),
			Discharge: physic.ElectricResistance(r.Discharge * float64(physic.Ohm)), Capacitor: physic.ElectricalCapacitance(r.Capacitor * float64(physic.Farad)),
		})
		v.WirePin(r.Pin, c)
	}
	v.Turns(name, c.Knob())
	return nil
}

// Check implements doctor.Checked.
func (r RC) Check(b *doctor.Bench, inputs []config.Input, yield func(doctor.Finding) bool) bool {
	p, err := b.Take(r.Pin)
	if err == nil {
		defer p.Restore()
	}
	if err != nil || p.Slow() { // too slow for the time of a charge
		if p, err = b.TakeLine(r.Pin); err == nil {
			defer p.Restore() // before that of Take
		}
	}
	return yield(r.check(b, inputs[0].Name, p))
}

// check returns the finding. p is the pin for tests with its pulls, nil if another program holds the pin.
func (r RC) check(b *doctor.Bench, name string, p *doctor.Pullable) doctor.Finding {
	f := doctor.Finding{Check: name, Result: doctor.Failed}
	part, err := r.OpenSensor(b.Pi)
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	ends := board.Ends(r, part)
	low, high, err := math.MaxInt, 0, error(nil)
	for range 8 {
		var raw int32
		if raw, err = part.Raw(); err != nil {
			break
		}
		low, high = min(low, int(raw)), max(high, int(raw))
	}
	if err := errors.Join(err, part.End()); err != nil {
		f.Seen = err.Error()
		r.uncharged(p, &f, err)
		return f
	}
	f.Seen = fmt.Sprintf("%s charges in %s", r.Pin, about(low))
	span := ends[1] - ends[0]
	switch {
	case low > ends[1]+span/4:
		f.Means = fmt.Sprintf("this is longer than %s, the longest charge of the configured parts: the capacitor or the knob is larger", about(ends[1]))
		f.Do = fmt.Sprintf("read the values on both, and set capacitor and resistance in input.%s", name)
	case high < ends[0]-ends[0]/4:
		f.Means = fmt.Sprintf("this is shorter than %s, the shortest charge of the configured parts: the capacitor is smaller", about(ends[0]))
		f.Do = fmt.Sprintf("read the value on the capacitor, and set capacitor in input.%s", name)
	case high-low > span/8:
		f.Result, f.Seen = doctor.Skipped, fmt.Sprintf("not checked: %s charges in %s to %s", r.Pin, about(low), about(high))
		f.Means, f.Do = "a hand is turning the knob, or a contact is loose", "leave the knob alone, and run 'hillock doctor' again"
	default:
		f.Result = doctor.Passed
	}
	return f
}

// about formats a charge time, in ns, to 10 us.
func about(ns int) string {
	return config.FormatTime(time.Duration(ns).Round(10 * time.Microsecond))
}

// uncharged completes the finding on a charge without a time: of a bad capacitor, or on a busy machine. It times the rise of the
// pin with the pull-up, if possible.
func (r RC) uncharged(p *doctor.Pullable, f *doctor.Finding, err error) {
	switch {
	case errors.Is(err, rc.ErrLate):
		f.Means = "this program got the CPU too late to time a charge: the wires are not checked"
		f.Do = "stop other programs, and run 'hillock doctor' again"
		return
	case errors.Is(err, rc.ErrAtOnce):
		f.Means = "the capacitor or its wire to GND is loose, or the pin is at 3V3"
		f.Do = fmt.Sprintf("push in the capacitor's legs, one in the row of the resistors, one at GND; check the neighbours of %s", doctor.Spot(r.Pin))
		return
	case p == nil:
		f.Means = fmt.Sprintf("a wire of the knob or of %s is loose, or the capacitor is shorted", r.Pin)
		f.Do = fmt.Sprintf("check the wires of the knob and of %s, and the capacitor's legs", doctor.Spot(r.Pin))
		return
	}
	constant := time.Duration(50e3 * r.Capacitor * float64(time.Second)) // of the Pi's pulls
	switch after, ok := rises(p, constant); {
	case !ok:
		f.Means = fmt.Sprintf("the capacitor is shorted, or %s is at ground", r.Pin)
		f.Do = "check the capacitor's legs and their neighbours"
	case after < constant/10:
		f.Means = fmt.Sprintf("%s is not connected: its wire to the resistor is loose", r.Pin)
		f.Do = fmt.Sprintf("connect %s to the resistor of %g Ohm", doctor.Spot(r.Pin), r.Discharge)
	default:
		f.Means = "the capacitor gets no current: a leg of the knob, its resistor, or the wire to 3V3 is loose"
		f.Do = "push in 3V3, the knob's outer and middle legs, and the resistor between knob and capacitor"
	}
}

// rises returns the time for the pull-up to bring the pin from low to high.
func rises(p *doctor.Pullable, constant time.Duration) (time.Duration, bool) {
	if p.Pull(gpio.PullDown) != nil {
		return 0, false
	}
	time.Sleep(5 * constant)
	if p.Pull(gpio.PullUp) != nil {
		return 0, false
	}
	start := time.Now()
	for p.Read() == gpio.Low {
		if time.Since(start) > 3*constant {
			return 0, false
		}
		time.Sleep(constant / 50)
	}
	return time.Since(start), true
}
