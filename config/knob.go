package config

import (
	"fmt"
	"math"
	"strings"
	"time"

	"hillock/neuron"
)

// input decodes one [input.NAME].
func (d *decoder) input(p *part, l Loop) Input {
	in := Input{Name: p.name, Driver: p.driver("input"), Minus: -1}
	switch in.Driver {
	case "ads1115":
		p.ads1115(&in, l)
		return in
	case "rc":
		p.rc(&in, l)
		return in
	case "wave":
		p.wave(&in)
		return in
	case "file":
		in.Recorded, _ = p.given("file", "must be the name of a file with a header time_ms,current_na", "current.csv")
		in.Repeat = p.yes("repeat")
		in.Low, in.High = -neuron.MaxCurrent, neuron.MaxCurrent // whatever is in it
		return in
	}
	in.Port = "SPI0.0"
	chip := adcOf(in.Driver)
	if n := p.value("port", textKind, portRule); n != nil {
		port, problem := parsePort(n.text)
		if problem != nil {
			p.wrong("port", *problem)
		}
		in.Port = port
	}
	in.Channel, in.Minus = p.channels(chip)
	if strings.HasPrefix(chip.driver, "mcp33") { // DS21697F and DS21700D, page 1
		p.warn("driver", Problem{Rule: "is a chip that Microchip tests from 4.5 V on, and hangs on the Pi's 3V3", Hint: "the mcp3201, 3204 and 3208 are tested from 2.7 V on"})
	}
	in.Clock = p.clock(chip)
	in.VRef = p.float("v_ref", voltage("3.3 V", 0), 3.3)
	if !p.isBad("v_ref") && !(in.VRef >= chip.vRef && in.VRef <= 5.5) { // V_REF is at most V_DD, and that 2.7 V to 5.5 V
		p.wrong("v_ref", Problem{Rule: "must be between " + formatFloat(chip.vRef) + " V and 5.5 V"})
	}
	p.knob(&in, l, chip.full())
	return in
}

// channels are IN+ and IN-, the latter -1 for a single-ended input.
func (p *part) channels(chip adc) (plus, minus int) {
	last := chip.channels - 1
	rule := fmt.Sprintf("must be a whole number between 0 and %d", last)
	if n := p.value("channel", wholeKind, rule); n != nil && last > 0 {
		if p.has("differential") {
			p.wrong("channel", Problem{Rule: "must not be given together with differential", Hint: "differential names both channels"})
		}
		v, ok := n.number()
		if !ok || v < 0 || v > last {
			p.wrong("channel", Problem{Rule: rule, Hint: chip.wider(v)})
		}
		plus = v
	}
	rule = "must be two channels such as [0, 1]"
	n := p.value("differential", listKind, rule)
	if n == nil || last == 0 {
		return plus, -1
	}
	if len(n.items) != 2 {
		p.wrong("differential", Problem{Rule: rule})
		return plus, -1
	}
	a, ok := n.items[0].number()
	b, ok2 := n.items[1].number()
	// DS21295D, table 5-1 for the MCP3004 and table 5-2 for the MCP3008, and so for the others: neighbours only.
	if !ok || !ok2 || a < 0 || a > last || a^1 != b {
		p.wrong("differential", Problem{Rule: "must be one of the pairs " + chip.pairs() + ", in either order"})
	}
	return a, b
}

// pairs are the channels of a chip that can be taken against each other.
func (a adc) pairs() string {
	var all []string
	for i := 0; i < a.channels; i += 2 {
		all = append(all, fmt.Sprintf("%d-%d", i, i+1))
	}
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// wider is a chip of the same kind that has a channel.
func (a adc) wider(channel int) string {
	for _, other := range adcs() {
		if other.driver[:5] == a.driver[:5] && channel >= a.channels && channel < other.channels {
			return fmt.Sprintf("the chip with %d channels is driver = %q", other.channels, other.driver)
		}
	}
	return ""
}

// clock is the SPI clock in whole Hz.
func (p *part) clock(chip adc) int64 {
	hz := p.float("clock", frequency(), chip.clock())
	switch {
	case p.isBad("clock"):
	case !(hz >= chip.lowest && hz <= chip.at5V):
		p.wrong("clock", Problem{Rule: "must be between " + formatFrequency(int64(chip.lowest)) + " and " + formatFrequency(int64(chip.at5V))})
	case hz != math.Trunc(hz):
		p.wrong("clock", Problem{Rule: "must be a whole number of Hz"})
	default:
		if hz > chip.at3V {
			low, high := formatFrequency(int64(chip.at3V)), formatFrequency(int64(chip.at5V))
			p.warn("clock", Problem{Rule: "is above " + low + ", for which the chip is rated at 2.7 V", Hint: high + " needs 5 V, take " + low + " or less at 3.3 V"})
		}
		return int64(hz)
	}
	return 0
}

// knob decodes what every input has that a hand turns; full is its raw value at the upper end.
func (p *part) knob(in *Input, l Loop, full int) {
	in.Low, in.High = p.current()
	in.StaleAfter = p.tickOrMore(l, "stale_after", 500*time.Millisecond, time.Minute)
	in.Median = p.whole("median", 1, 1, MaxMedian)
	if in.Median%2 == 0 {
		p.wrong("median", Problem{Rule: "must be odd, so that there is one in the middle"})
	}
	in.Average = p.whole("average", 1, 1, MaxAverage)
	in.Ends = p.ends(full)
	in.DeadZone = p.whole("dead_zone", 0, 0, full/4)
	if !p.isBad("ends") && !p.isBad("dead_zone") && in.Ends[1]-in.Ends[0] <= 2*in.DeadZone {
		key := "ends"
		if p.has("dead_zone") {
			key = "dead_zone"
		}
		p.wrong(key, Problem{Rule: fmt.Sprintf("must leave something between the ends %d and %d, less %d at each", in.Ends[0], in.Ends[1], in.DeadZone)})
	}
	if !p.isBad("ends") && 2*(in.Ends[1]-in.Ends[0]) < full {
		p.warn("ends", Problem{Rule: fmt.Sprintf("covers less than half of the chip's codes, 0 to %d", full),
			Hint: "leave ends out for all of them, or measure them with 'hillock calibrate'"})
	}
}

// whole is a whole number from low to high.
func (p *part) whole(key string, byDefault, low, high int) int {
	rule := fmt.Sprintf("must be a whole number between %d and %d", low, high)
	n := p.value(key, wholeKind, rule)
	if n == nil {
		return byDefault
	}
	v, ok := n.number()
	if !ok || v < low || v > high {
		p.wrong(key, Problem{Rule: rule})
		return byDefault
	}
	return v
}

// ends are the raw values at the two ends of the knob, the lower one first: current has what belongs to which.
func (p *part) ends(full int) [2]int {
	rule := fmt.Sprintf("must be two whole numbers between 0 and %d, the smaller one first, such as [0, %[1]d]", full)
	n := p.value("ends", listKind, rule)
	if n == nil {
		return [2]int{0, full}
	}
	var ends [2]int
	if len(n.items) == 2 {
		a, ok := n.items[0].number()
		b, ok2 := n.items[1].number()
		if ok && ok2 && 0 <= a && a < b && b <= full {
			return [2]int{a, b}
		}
	}
	p.wrong("ends", Problem{Rule: rule, Hint: "'hillock calibrate' measures them"})
	return ends
}

// current is the current at the two ends of the knob, nA.
func (p *part) current() (low, high float64) {
	const rule = `must be two currents such as ["0 nA", "5 nA"]`
	n := p.value("current", listKind, rule)
	if n == nil {
		return 0, 5
	}
	if len(n.items) != 2 {
		p.wrong("current", Problem{Rule: rule})
		return 0, 5
	}
	var ends [2]float64
	for i, item := range n.items {
		v, problem := item.current()
		if problem != nil {
			problem.Key, problem.Got = p.path+".current", item.raw
			p.bad = append(p.bad, "current")
			p.problems.add(item.at, *problem)
		}
		ends[i] = v
	}
	if !p.isBad("current") && ends[0] == ends[1] {
		p.wrong("current", Problem{Rule: "must be two different currents", Hint: "the knob would do nothing"})
	}
	return ends[0], ends[1]
}

// current is a current in nA that stands in a list.
func (n *node) current() (float64, *Problem) {
	d := current()
	if n.kind&(textKind|wholeKind|floatKind) == 0 {
		return 0, &Problem{Rule: d.rule()}
	}
	v, problem := d.float(n.text)
	if problem == nil && !(math.Abs(v) <= neuron.MaxCurrent) {
		problem = &Problem{Rule: fmt.Sprintf("must be between -%s nA and %[1]s nA", formatFloat(neuron.MaxCurrent))}
	}
	return v, problem
}

// ads1115 decodes a knob on an ADS1115.
func (p *part) ads1115(in *Input, l Loop) {
	in.Port = p.bus()
	// SBAS444D, table 4: what ADDR is wired to.
	in.Address = p.whole("address", 0x48, 0x48, 0x4b)
	in.Channel = p.whole("channel", 0, 0, 3)
	in.VRef = p.float("v_ref", voltage("3.3 V", 0), 3.3)
	if !p.isBad("v_ref") && !(in.VRef >= 0.1 && in.VRef <= 5.5) {
		p.wrong("v_ref", Problem{Rule: "must be between 0.1 V and 5.5 V"})
	}
	if p.isBad("v_ref") {
		in.VRef = 3.3
	}
	p.knob(in, l, ads1115Full(in.VRef))
}

// rc decodes a knob with a capacitor on a pin. Its parts have to give charge times that can be measured: hw/rc says so too.
func (p *part) rc(in *Input, l Loop) {
	in.Pin = p.pin("pin", "GPIO4")
	in.RC = RC{
		Knob:      p.between("resistance", ohms("10 kOhm"), 10e3, 100, 1e6, "100 Ohm and 1 MOhm"),
		Series:    p.between("series", ohms("2.2 kOhm"), 2200, 100, 1e6, "100 Ohm and 1 MOhm"),
		Discharge: p.between("discharge", ohms("330 Ohm"), 330, 207, 1e5, "207 Ohm, for no more than 16 mA into the pin, and 100 kOhm"),
		Capacitor: p.between("capacitor", capacitance(), 1e-6, 1e-9, 1e-4, "1 nF and 100 uF"),
		Charges:   p.whole("charges", 5, 1, 99),
	}
	if in.RC.Charges%2 == 0 {
		p.wrong("charges", Problem{Rule: "must be odd, so that there is one in the middle"})
	}
	in.Low, in.High = p.current()
	in.StaleAfter = p.tickOrMore(l, "stale_after", 500*time.Millisecond, time.Minute)
	in.Median, in.Average = 1, p.whole("average", 1, 1, MaxAverage)
	in.Ends = p.timeEnds()
}

// between is a value with a unit from low to high.
func (p *part) between(key string, d dimension, byDefault, low, high float64, rule string) float64 {
	v := p.float(key, d, byDefault)
	if p.isBad(key) {
		return byDefault
	}
	if !(v >= low && v <= high) {
		p.wrong(key, Problem{Rule: "must be between " + rule})
		return byDefault
	}
	return v
}

// timeEnds are the charge times at the two ends of the knob, in ns, the shorter one first; both 0 where they follow from the
// parts.
func (p *part) timeEnds() (ends [2]int) {
	const rule = `must be two times between 1 us and 500 ms, 2 ms or more apart, the shorter one first, such as ["1.2 ms", "7.1 ms"]`
	n := p.value("ends", listKind, rule)
	if n == nil {
		return ends
	}
	if len(n.items) == 2 {
		a, wrong := parseDuration(n.items[0].text)
		b, wrong2 := parseDuration(n.items[1].text)
		if wrong == nil && wrong2 == nil && a >= time.Microsecond && b-a >= 2*time.Millisecond && b <= 500*time.Millisecond {
			return [2]int{int(a), int(b)}
		}
	}
	p.wrong("ends", Problem{Rule: rule, Hint: "'hillock calibrate' measures them"})
	return ends
}
