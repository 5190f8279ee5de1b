package part

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/mcp3xxx"
)

// examination is the check of one chip.
type examination struct {
	*doctor.Bench
	part  MCP3xxx // one of the inputs on the chip; all have the same port and model
	model mcp3xxx.Model
	dev   *mcp3xxx.Dev
	lines map[string]string // the pins of its port by signal
	miso  *doctor.Pullable  // nil if the doctor cannot set its pull
	found bool              // a wire in a wrong hole
	held  bool              // MISO without a driver is high against a pull-down
	took  time.Duration     // the shortest transfer
}

// Channels implements doctor.OnChannel.
func (m MCP3xxx) Channels() (plus, minus int) { return m.Channel, m.Minus }

// Reading implements doctor.Clocked.
func (m MCP3xxx) Reading() (bytes int, clock, usual int64) {
	model, _ := mcp3xxx.ByName(m.Model)
	return model.Bytes(), m.Clock, int64(m.chip().usual())
}

// Check implements doctor.Checked. It checks the answers of the chip first, then its channels.
func (m MCP3xxx) Check(b *doctor.Bench, inputs []config.Input, yield func(doctor.Finding) bool) bool {
	chip, err := m.open(b.Pi)
	if err != nil {
		f := doctor.Finding{Check: m.Port, Result: doctor.Failed, Seen: err.Error()}
		return yield(f) && doctor.SkipInputs(inputs, m.Port+" failed", yield)
	}
	defer chip.port.Close()
	model, _ := mcp3xxx.ByName(m.Model)
	e := &examination{Bench: b, part: m, model: model, dev: chip.Dev, lines: config.PortPins(m.Port), took: patience}
	if f, lost := b.Lost(m.Port); lost {
		return yield(f) && doctor.SkipInputs(inputs, m.Port+" failed", yield)
	}
	miso, err := b.Take(e.lines["MISO"])
	if err != nil {
		return e.check(inputs, err, yield)
	}
	e.miso = miso
	more := e.check(inputs, nil, yield)
	if err := miso.Restore(); err != nil && more {
		return yield(b.Kept(m.Port, e.lines["MISO"], err))
	}
	return more
}

// check checks the chip and its inputs. unpulled is the reason if the doctor cannot set the pull of MISO.
func (e *examination) check(inputs []config.Input, unpulled error, yield func(doctor.Finding) bool) bool {
	port := e.part.Port
	f := e.answers()
	if !yield(f) {
		return false
	}
	if f.Result != doctor.Passed {
		if unpulled != nil && !e.found && !yield(doctor.WithoutPulls(port, unpulled)) {
			return false
		}
		return doctor.SkipInputs(inputs, port+" failed", yield)
	}
	if e.MISOFloats && e.miso != nil && !e.held && !yield(e.floating()) {
		return false
	}
	return e.Channels(doctor.Chip{Inputs: inputs, Channels: e.model.Channels(), Read: e.read, Place: e.place, Reference: e.part.leg("VREF")}, yield)
}

// leg returns a pin of the chip with its number: "DOUT (chip pin 12)".
func (m MCP3xxx) leg(name string) string {
	for i, n := range m.pins() {
		if n == name || strings.HasPrefix(n, name+"/") || strings.HasSuffix(n, "/"+name) {
			return fmt.Sprintf("%s (chip pin %d)", name, i+1)
		}
	}
	return name
}

// ground returns the chip's name for its ground pin.
func (m MCP3xxx) ground() string {
	if slices.Contains(m.pins(), "VSS") {
		return "VSS"
	}
	return "DGND"
}

// answer is an answer of the chip, with the pull of MISO at that time, Float if unknown.
type answer struct {
	mcp3xxx.Answer
	pull gpio.Pull
}

// rounds is the number of readings per channel: enough to find a loose contact.
const rounds = 16

// patience is the longest allowed transfer. A check makes about 500 transfers.
const patience = 50 * time.Millisecond

// attempts is the number of slow transfers in a row that make a finding. A busy machine delays single transfers.
const attempts = 3

// ask reads every channel, with the pull-down and the pull-up if the doctor can set them.
func (e *examination) ask() (all []answer, err error) {
	pulls := []gpio.Pull{gpio.Float}
	if e.miso != nil {
		pulls = []gpio.Pull{gpio.PullDown, gpio.PullUp}
	}
	for _, pull := range pulls {
		if err := e.pull(pull); err != nil {
			return nil, err
		}
		for range rounds {
			if err := e.Context().Err(); err != nil {
				return nil, err
			}
			for ch := range e.model.Channels() {
				got, err := e.transfer(ch)
				if err != nil {
					return nil, err
				}
				all = append(all, answer{got, pull})
			}
		}
	}
	return all, nil
}

// transfer reads a channel. It repeats a slow transfer, and fails if all attempts are slow.
func (e *examination) transfer(channel int) (x mcp3xxx.Answer, err error) {
	p, err := e.dev.Single(channel)
	if err != nil {
		return x, err
	}
	shortest := time.Duration(math.MaxInt64)
	for range attempts {
		if err := e.Context().Err(); err != nil {
			return x, err
		}
		began := time.Now()
		x, err = p.Examine()
		shortest = min(shortest, time.Since(began))
		if err != nil || shortest <= patience {
			break
		}
	}
	e.took = min(e.took, shortest)
	if err == nil && shortest > patience {
		err = fmt.Errorf("a transfer takes %s", config.FormatTime(shortest.Round(time.Millisecond)))
	}
	return x, err
}

func (e *examination) pull(p gpio.Pull) error {
	if e.miso == nil {
		return nil
	}
	err := e.miso.Pull(p)
	time.Sleep(doctor.Settle)
	return err
}

// answers checks whether the chip answers, and looks for the wrong wire if it does not.
func (e *examination) answers() doctor.Finding {
	f := doctor.Finding{Check: e.part.Port, Result: doctor.Failed}
	all, err := e.ask()
	if err != nil {
		f.Seen, f.Means, f.Do = err.Error(), "the kernel's SPI driver fails", "read dmesg, stop other programs on this bus, and reboot"
		return f
	}
	mute := every(all[1:], answer.Zeros) // a chip with CS at ground answers the first request only
	switch {
	case !mute && every(all, answer.early) && e.talks():
		return e.unasked(f)
	case every(all, func(x answer) bool { return x.fits(e.model.Bits()) }) && !mute:
		f.Seen = fmt.Sprintf("an %s answers, and repeats each result bit for bit", strings.ToUpper(e.part.Model))
		if tick := e.Config.Loop.Tick; e.took > tick {
			f.Seen = fmt.Sprintf("each transfer takes at least %s", config.FormatTime(e.took.Round(time.Microsecond)))
			f.Means, f.Do = fmt.Sprintf("a tick of %s is too short for that: the neuron runs in slow motion", config.FormatTime(tick)), "stop other programs on this bus, or set a longer tick"
			return f
		}
		f.Result = doctor.Passed
		e.held = every(all, func(x answer) bool { return x.pull != gpio.PullDown || !x.Driven() })
		return f
	case e.noisy() && !mute && !slices.ContainsFunc(all, func(x answer) bool { return x.fits(e.model.Bits()) }) && !every(all, answer.Ones):
		f.Seen = "MISO reads noise"
		f.Means = "no chip drives MISO, and nothing pulls it on a Pi 5: a wire is loose or in the wrong hole, or the chip has no supply"
		f.Do = e.wires() + "; " + e.resistor()
		return f
	case every(all, func(x answer) bool { return e.other(x) != 0 && !x.low() }) && !mute:
		return e.another(f, all)
	case e.talks():
		return e.unasked(f)
	case every(all, answer.silent):
		f.Seen = "MISO is not driven: it follows the pull-up and the pull-down"
		f.Means = "a wire between Pi and chip is loose or in the wrong hole, or the chip has no supply"
		f.Do = e.wires()
		return e.search(f)
	case every(all, answer.Ones):
		f.Seen = "MISO stays high at every request"
		f.Means = "MISO is not driven, and its resistor pulls it up; or MISO is at 3V3"
		f.Do = e.wires()
		return e.search(f)
	case mute && e.miso != nil:
		f.Seen = "MISO stays low, even with the pull-up"
		f.Means = fmt.Sprintf("%s or the chip's CS is at ground, or the 3V3 rail has no supply", doctor.Line("MISO", e.lines["MISO"]))
		f.Do = fmt.Sprintf("check both ends of MISO and their neighbours, %s, and the wire from 3V3 (header pin 1) to the rail", e.part.leg("CS"))
		return e.search(f)
	case mute:
		f.Seen = "MISO stays low"
		f.Means = "MISO is not driven or at ground, the chip's CS is at ground, or every channel of the chip is at ground"
		f.Do = e.wires() + "; if all are good, turn the knob up and run 'hillock doctor' again"
		return e.search(f)
	}
	return e.garbled(f, all)
}

// noisy reports whether a MISO without a driver reads as noise.
func (e *examination) noisy() bool { return e.MISOFloats && e.miso == nil }

// floating returns the finding on a good chip at a MISO without a pull. The kernel's device tree for a Pi 5 turns the pull off.
func (e *examination) floating() doctor.Finding {
	return doctor.Finding{Check: e.part.Port, Result: doctor.Warning, Seen: "MISO floats while the chip is silent",
		Means: "nothing pulls MISO on a Pi 5: a chip that loses a wire reads as noise, like a turning knob", Do: e.resistor()}
}

// resistor returns the remedy for a floating MISO.
func (e *examination) resistor() string {
	return fmt.Sprintf("put 10 kOhm from %s to 3V3", doctor.Line("MISO", e.lines["MISO"]))
}

// unasked returns the finding on a chip with DIN high.
func (e *examination) unasked(f doctor.Finding) doctor.Finding {
	f.Seen = "the chip answers without a request"
	f.Means = fmt.Sprintf("DIN is always high: %s is not connected to %s", doctor.Line("MOSI", e.lines["MOSI"]), e.part.leg("DIN"))
	f.Do = fmt.Sprintf("move the wire of DIN to %s; it may be at 3V3", doctor.Spot(e.lines["MOSI"]))
	return f
}

// every reports whether such is true for all answers.
func every(all []answer, such func(answer) bool) bool {
	for _, x := range all {
		if !such(x) {
			return false
		}
	}
	return true
}

// fits reports whether a chip with results of this length, in bits, can have sent the answer. No chip drives MISO before the
// null bit: a chip never sends all zeros against a pull-up. With a pull-down, all zeros mean a code of 0 or no chip.
func (x answer) fits(length int) bool { return x.Repeats(length) && !x.low() }

// low reports whether MISO stayed low against a pull-up.
func (x answer) low() bool { return x.pull == gpio.PullUp && x.Zeros() }

// early reports whether the chip may have driven MISO before the null bit, low against a pull-up: it took a high DIN for an
// earlier start bit.
func (x answer) early() bool { return x.pull == gpio.PullDown || x.pull == gpio.PullUp && x.Driven() }

// silent reports whether MISO only followed its pull.
func (x answer) silent() bool {
	return x.pull == gpio.PullUp && x.Ones() || x.pull == gpio.PullDown && x.Zeros()
}

// other returns the length of an answer, in bits, if it differs from the configured chip's. Otherwise it returns 0.
func (e *examination) other(x answer) int {
	for _, n := range []int{10, 12, 13} {
		if n != e.model.Bits() && x.Repeats(n) {
			return n
		}
	}
	return 0
}

// another returns the finding on a chip with longer or shorter results than the configured one.
func (e *examination) another(f doctor.Finding, all []answer) doctor.Finding {
	lengths := map[int]int{}
	for _, x := range all {
		if !x.Repeats(e.model.Bits()) {
			lengths[e.other(x)]++
		}
	}
	bits := e.model.Bits()
	for n, times := range lengths {
		if times > lengths[bits] {
			bits = n
		}
	}
	f.Seen = fmt.Sprintf("each result has %d bits", bits)
	for _, m := range mcp3xxx.Models() {
		if m.Bits() == bits && m.Channels() == e.model.Channels() {
			f.Means = fmt.Sprintf("the chip is an %s, but the configuration says %s", m, e.part.Model)
			f.Do = fmt.Sprintf("read the type on the chip, and set driver = %q", strings.ToLower(m.String()))
			return f
		}
	}
	f.Means, f.Do = "the chip is no "+e.part.Model, "read the type on the chip, and set driver"
	return f
}

// talks reports whether the chip answers without a start bit from the Pi. A chip with DIN high takes that for a start bit.
func (e *examination) talks() bool {
	if e.model.Channels() == 1 || e.noisy() { // without DIN, or with an answer from noise
		return false
	}
	x, err := e.dev.Listen()
	return err == nil && !x.Ones() && !x.Zeros()
}

// wires returns the remedy for a silent chip: the wires to check, each from its header pin to its chip pin.
func (e *examination) wires() string {
	number := func(leg string) string { // "CS 10"
		return strings.NewReplacer(" (chip pin", "", ")", "").Replace(e.part.leg(leg))
	}
	text := "check header to chip pin: "
	for _, w := range [][2]string{{e.part.selects(), "CS"}, {"SCLK", "CLK"}, {"MOSI", "DIN"}, {"MISO", "DOUT"}} {
		if w[1] != "DIN" || e.model.Channels() > 1 {
			from := w[0]
			if pin := e.lines[w[0]]; config.Position(pin) > 0 {
				from += fmt.Sprintf(" (%s) %d", pin, config.Position(pin))
			}
			text += from + " to " + number(w[1]) + ", "
		}
	}
	return text + fmt.Sprintf("3V3 to %s, GND to %s; check the notch", number("VDD"), number(e.part.ground()))
}

// garbled returns the finding on a chip with wrong bits in its answers.
func (e *examination) garbled(f doctor.Finding, all []answer) doctor.Finding {
	bad := 0
	for _, x := range all {
		if !x.fits(e.model.Bits()) {
			bad++
		}
	}
	f.Seen = fmt.Sprintf("%d of %d results are not repeated bit for bit", bad, len(all))
	f.Means = fmt.Sprintf("bits are lost: a contact is loose, or the wires are too long for a clock of %g MHz", float64(e.part.Clock)/1e6)
	f.Do = fmt.Sprintf("push in %s at %s and %s at %s; use shorter wires, or set clock = \"100 kHz\"",
		doctor.Line("MISO", e.lines["MISO"]), e.part.leg("DOUT"), doctor.Line("SCLK", e.lines["SCLK"]), e.part.leg("CLK"))
	return f
}

// read returns the code of a channel.
func (e *examination) read(channel int) (int, error) {
	p, err := e.dev.Single(channel)
	if err != nil {
		return 0, err
	}
	s, err := p.Read()
	if err != nil {
		return 0, errors.Unwrap(err)
	}
	return int(s.Raw), nil
}

// place returns the pin of a channel: "CH0 (chip pin 1)".
func (e *examination) place(channel int) string {
	if e.model.Channels() == 1 {
		return e.part.leg("IN+")
	}
	return e.part.leg(fmt.Sprintf("CH%d", channel))
}
