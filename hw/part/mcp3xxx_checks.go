package part

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/mcp3xxx"
)

// examination is of a chip that is looked at.
type examination struct {
	*doctor.Bench
	part  MCP3xxx // one of those on it; what is of the chip is the same for all
	model mcp3xxx.Model
	dev   *mcp3xxx.Dev
	lines map[string]string // the pins of its port, by their roles
	miso  *doctor.Pullable  // nil where its pull cannot be set
	took  time.Duration     // by the shortest transfer
}

// Channels implements doctor.OnChannel.
func (m MCP3xxx) Channels() (plus, minus int) { return m.Channel, m.Minus }

// Check implements doctor.Checked: first whether the chip can be heard, and then what it says.
func (m MCP3xxx) Check(b *doctor.Bench, inputs []config.Input, yield func(doctor.Finding) bool) bool {
	chip, err := m.open(b.Pi)
	if err != nil {
		return yield(doctor.Finding{Check: m.Port, Result: doctor.Failed, Seen: err.Error()})
	}
	defer chip.port.Close()
	model, _ := mcp3xxx.ByName(m.Model)
	e := &examination{Bench: b, part: m, model: model, dev: chip.Dev, lines: config.PortPins(m.Port), took: patience}
	if miso, ok := b.Take(e.lines["MISO"]); ok {
		e.miso = miso
		defer miso.Restore()
	}
	f := e.heard()
	if !yield(f) {
		return false
	}
	if f.Result != doctor.Passed {
		for _, in := range inputs {
			if !yield(doctor.Finding{Check: in.Name, Result: doctor.NotPossible, Seen: "not looked at: its chip is not heard well"}) {
				return false
			}
		}
		return true
	}
	return b.Channels(doctor.Chip{Inputs: inputs, Channels: model.Channels(), Read: e.read, Place: e.place, Reference: m.leg("VREF")}, yield)
}

// leg is a pin of the chip, in words: "DOUT, chip pin 12".
func (m MCP3xxx) leg(name string) string {
	for i, n := range m.pins() {
		if n == name || strings.HasPrefix(n, name+"/") || strings.HasSuffix(n, "/"+name) {
			return fmt.Sprintf("%s, chip pin %d", name, i+1)
		}
	}
	return name
}

// ground is what the chip calls its ground.
func (m MCP3xxx) ground() string {
	if slices.Contains(m.pins(), "VSS") {
		return "VSS"
	}
	return "DGND"
}

// An answer is one with the pull of MISO under which it came, Float where that is not known.
type answer struct {
	mcp3xxx.Answer
	pull gpio.Pull
}

// rounds is how often each channel is asked, so that a loose contact shows.
const rounds = 16

// patience is how long a transfer may take: some 500 of them are made.
const patience = 50 * time.Millisecond

// ask asks every channel, under both pulls where they can be set.
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
				p, err := e.dev.Single(ch)
				if err != nil {
					return nil, err
				}
				began := time.Now()
				got, err := p.Examine()
				took := time.Since(began)
				if e.took = min(e.took, took); err == nil && took > patience {
					err = fmt.Errorf("a transfer takes %v", took.Round(time.Millisecond))
				}
				if err != nil {
					return nil, err
				}
				all = append(all, answer{got, pull})
			}
		}
	}
	return all, nil
}

func (e *examination) pull(p gpio.Pull) error {
	if e.miso == nil {
		return nil
	}
	err := e.miso.Pull(p)
	time.Sleep(doctor.Settle)
	return err
}

// heard says whether the chip answers, and if not, which wire it is.
func (e *examination) heard() doctor.Finding {
	f := doctor.Finding{Check: e.part.Port, Result: doctor.Failed}
	all, err := e.ask()
	if err != nil {
		f.Seen, f.Means, f.Do = err.Error(), "the kernel's driver of the bus does not do it", "look into dmesg, end what else uses the bus, and reboot"
		return f
	}
	switch {
	case every(all, func(x answer) bool { return x.fits(e.model.Bits()) }) && !every(all, answer.Zeros):
		f.Seen = fmt.Sprintf("an %s answers, and repeats each result bit for bit", strings.ToUpper(e.part.Model))
		if tick := e.Config.Loop.Tick; e.took > tick {
			f.Seen = fmt.Sprintf("each transfer takes %v or more", e.took.Round(time.Microsecond))
			f.Means, f.Do = fmt.Sprintf("a tick of %v has no time for it: the neuron runs in slow motion", tick), "end what else uses the bus, or set a longer tick"
			return f
		}
		f.Result = doctor.Passed
		return f
	case every(all, func(x answer) bool { return e.other(x) != 0 && !x.low() }) && !every(all, answer.Zeros):
		return e.another(f, all)
	case e.talks():
		f.Seen = "the chip answers before it is asked"
		f.Means = fmt.Sprintf("DIN is high all the time: MOSI (%s) is not at %s", doctor.Spot(e.lines["MOSI"]), e.part.leg("DIN"))
		f.Do = "put that wire in its place; it may be in 3V3"
		return f
	case every(all, answer.silent):
		return e.nobody(f)
	case every(all, answer.Ones):
		f.Seen = "MISO stays high, whatever is asked"
		f.Means = "nobody drives it, and the resistor there pulls it up; or it is at 3V3"
		f.Do = e.look()
		return e.search(f)
	case every(all[1:], answer.Zeros) && e.miso != nil: // one that is always selected answers once
		f.Seen = "MISO stays low, even against a pull-up"
		f.Means = fmt.Sprintf("MISO (%s) or the chip's CS is at ground, or the 3V3 rail has no supply", doctor.Spot(e.lines["MISO"]))
		f.Do = fmt.Sprintf("look at both ends of MISO and at what is beside them, at %s, and at the wire from 3V3, header pin 1, to the rail", e.part.leg("CS"))
		return e.search(f)
	case every(all[1:], answer.Zeros):
		f.Seen = "MISO stays low, whatever is asked"
		f.Means = "nobody drives it, or it is at ground; or every input of the chip is"
		f.Do = e.look() + "; if they are good, turn the knob up and run doctor again"
		return e.search(f)
	}
	return e.garbled(f, all)
}

// every tells whether all answers are such.
func every(all []answer, such func(answer) bool) bool {
	for _, x := range all {
		if !such(x) {
			return false
		}
	}
	return true
}

// fits tells whether an answer is a chip's of a length. Before the null bit no chip drives MISO: zeros under a pull-up are
// not one's, and under a pull-down they may be of a code of 0, or of nobody.
func (x answer) fits(length int) bool { return x.Repeats(length) && !x.low() }

// low tells whether MISO stayed low against a pull-up.
func (x answer) low() bool { return x.pull == gpio.PullUp && x.Zeros() }

// silent tells whether nothing but the pull was heard.
func (x answer) silent() bool {
	return x.pull == gpio.PullUp && x.Ones() || x.pull == gpio.PullDown && x.Zeros()
}

// other is another length that an answer has, or 0.
func (e *examination) other(x answer) int {
	for _, n := range []int{10, 12, 13} {
		if n != e.model.Bits() && x.Repeats(n) {
			return n
		}
	}
	return 0
}

// another is the verdict on a chip of another length than the configuration has it.
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
			f.Means = fmt.Sprintf("the chip is an %s, and the configuration says %s", m, e.part.Model)
			f.Do = fmt.Sprintf("read what is printed on it, and set driver = %q", strings.ToLower(m.String()))
			return f
		}
	}
	f.Means, f.Do = "the chip is none of "+e.part.Model, "read what is printed on it, and set driver"
	return f
}

// talks tells whether the chip answers without a start bit, which it hears where its input is high.
func (e *examination) talks() bool {
	if e.model.Channels() == 1 { // which has no input
		return false
	}
	x, err := e.dev.Listen()
	return err == nil && !x.Ones() && !x.Zeros()
}

// nobody is the verdict where MISO follows its pull.
func (e *examination) nobody(f doctor.Finding) doctor.Finding {
	f.Seen = "nobody drives MISO: it follows the Pi's pull, up and down"
	f.Means = "a wire between the Pi and the chip is loose or in the wrong hole, or the chip has no supply"
	f.Do = e.look()
	return e.search(f)
}

// look names the wires without which a chip is silent.
func (e *examination) look() string {
	wires := []string{}
	for _, w := range [][2]string{{e.part.selects(), "CS"}, {"SCLK", "CLK"}, {"MOSI", "DIN"}, {"MISO", "DOUT"}} {
		if w[1] != "DIN" || e.model.Channels() > 1 {
			wires = append(wires, fmt.Sprintf("%s (%s) at %s", w[0], doctor.Spot(e.lines[w[0]]), e.part.leg(w[1])))
		}
	}
	return fmt.Sprintf("look at %s; 3V3 at %s; GND at %s; and at the notch of the chip", strings.Join(wires, "; "), e.part.leg("VDD"), e.part.leg(e.part.ground()))
}

// garbled is the verdict on a chip of which not every bit comes over.
func (e *examination) garbled(f doctor.Finding, all []answer) doctor.Finding {
	bad := 0
	for _, x := range all {
		if !x.fits(e.model.Bits()) {
			bad++
		}
	}
	f.Seen = fmt.Sprintf("%d of %d results are not repeated bit for bit", bad, len(all))
	f.Means = fmt.Sprintf("bits are lost on the way: a loose contact, or wires too long for a clock of %g MHz", float64(e.part.Clock)/1e6)
	f.Do = fmt.Sprintf("push in MISO (%s) at %s and SCLK (%s) at %s, take shorter wires, or set clock = \"100 kHz\"",
		doctor.Spot(e.lines["MISO"]), e.part.leg("DOUT"), doctor.Spot(e.lines["SCLK"]), e.part.leg("CLK"))
	return f
}

// read is the code of a channel.
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

// place is a channel in words.
func (e *examination) place(channel int) string {
	if e.model.Channels() == 1 {
		return e.part.leg("IN+")
	}
	return e.part.leg(fmt.Sprintf("CH%d", channel))
}
