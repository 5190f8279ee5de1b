package doctor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/mcp3xxx"
)

// adc is a chip that is looked at.
type adc struct {
	*Bench
	in     config.Input // one of its inputs; what is of the chip is the same for all
	inputs []config.Input
	model  mcp3xxx.Model
	dev    *mcp3xxx.Dev
	lines  map[string]string // the pins of its port, by their roles
	miso   *free             // nil where its pull cannot be set
	took   time.Duration     // by the shortest transfer
}

// chips checks each MCP3xxx: first that it can be heard, and then what it says.
func (b *Bench) chips(yield func(Finding) bool) bool {
	for _, inputs := range byPort(b.Config.Inputs, isChip) {
		if !b.chip(inputs, yield) {
			return false
		}
	}
	return true
}

func (b *Bench) chip(inputs []config.Input, yield func(Finding) bool) bool {
	in := inputs[0]
	dev, port, err := board.OpenChip(in, b.Pi)
	if err != nil {
		return yield(Finding{Check: in.Port, Result: Failed, Seen: err.Error()})
	}
	defer port.Close()
	model, _ := mcp3xxx.ByName(in.Driver)
	a := &adc{Bench: b, in: in, inputs: inputs, model: model, dev: dev, lines: config.PortPins(in.Port), took: patience}
	if miso, ok := b.take(a.lines["MISO"]); ok {
		a.miso = miso
		defer miso.restore()
	}
	f := a.heard()
	if !yield(f) {
		return false
	}
	if f.Result != Passed {
		for _, in := range inputs {
			if !yield(Finding{Check: in.Name, Result: NotPossible, Seen: "not looked at: its chip is not heard well"}) {
				return false
			}
		}
		return true
	}
	return b.inputs(inputs, a.read, a.place, model.Channels(), yield)
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
func (a *adc) ask() (all []answer, err error) {
	pulls := []gpio.Pull{gpio.Float}
	if a.miso != nil {
		pulls = []gpio.Pull{gpio.PullDown, gpio.PullUp}
	}
	for _, pull := range pulls {
		if err := a.pull(pull); err != nil {
			return nil, err
		}
		for range rounds {
			if err := a.ctx.Err(); err != nil {
				return nil, err
			}
			for ch := range a.model.Channels() {
				p, err := a.dev.Single(ch)
				if err != nil {
					return nil, err
				}
				began := time.Now()
				got, err := p.Examine()
				took := time.Since(began)
				if a.took = min(a.took, took); err == nil && took > patience {
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

func (a *adc) pull(p gpio.Pull) error {
	if a.miso == nil {
		return nil
	}
	err := a.miso.pull(p)
	time.Sleep(settle)
	return err
}

// heard says whether the chip answers, and if not, which wire it is.
func (a *adc) heard() Finding {
	f := Finding{Check: a.in.Port, Result: Failed}
	all, err := a.ask()
	if err != nil {
		f.Seen, f.Means, f.Do = err.Error(), "the kernel's driver of the bus does not do it", "look into dmesg, end what else uses the bus, and reboot"
		return f
	}
	switch {
	case every(all, func(x answer) bool { return x.fits(a.model.Bits()) }) && !every(all, answer.Zeros):
		f.Seen = fmt.Sprintf("an %s answers, and repeats each result bit for bit", strings.ToUpper(a.in.Driver))
		if tick := a.Config.Loop.Tick; a.took > tick {
			f.Seen = fmt.Sprintf("each transfer takes %v or more", a.took.Round(time.Microsecond))
			f.Means, f.Do = fmt.Sprintf("a tick of %v has no time for it: the neuron runs in slow motion", tick), "end what else uses the bus, or set a longer tick"
			return f
		}
		f.Result = Passed
		return f
	case every(all, func(x answer) bool { return a.other(x) != 0 && !x.low() }) && !every(all, answer.Zeros):
		return a.another(f, all)
	case a.talks():
		f.Seen = "the chip answers before it is asked"
		f.Means = fmt.Sprintf("DIN is high all the time: MOSI (%s) is not at %s", spot(a.lines["MOSI"]), leg(a.in.Driver, "DIN"))
		f.Do = "put that wire in its place; it may be in 3V3"
		return f
	case every(all, answer.silent):
		return a.nobody(f)
	case every(all, answer.Ones):
		f.Seen = "MISO stays high, whatever is asked"
		f.Means = "nobody drives it, and the resistor there pulls it up; or it is at 3V3"
		f.Do = a.look()
		return a.search(f)
	case every(all[1:], answer.Zeros) && a.miso != nil: // one that is always selected answers once
		f.Seen = "MISO stays low, even against a pull-up"
		f.Means = fmt.Sprintf("MISO (%s) or the chip's CS is at ground, or the 3V3 rail has no supply", spot(a.lines["MISO"]))
		f.Do = fmt.Sprintf("look at both ends of MISO and at what is beside them, at %s, and at the wire from 3V3, header pin 1, to the rail", leg(a.in.Driver, "CS"))
		return a.search(f)
	case every(all[1:], answer.Zeros):
		f.Seen = "MISO stays low, whatever is asked"
		f.Means = "nobody drives it, or it is at ground; or every input of the chip is"
		f.Do = a.look() + "; if they are good, turn the knob up and run doctor again"
		return a.search(f)
	}
	return a.garbled(f, all)
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
func (a *adc) other(x answer) int {
	for _, n := range []int{10, 12, 13} {
		if n != a.model.Bits() && x.Repeats(n) {
			return n
		}
	}
	return 0
}

// another is the verdict on a chip of another length than the configuration has it.
func (a *adc) another(f Finding, all []answer) Finding {
	lengths := map[int]int{}
	for _, x := range all {
		if !x.Repeats(a.model.Bits()) {
			lengths[a.other(x)]++
		}
	}
	bits := a.model.Bits()
	for n, times := range lengths {
		if times > lengths[bits] {
			bits = n
		}
	}
	f.Seen = fmt.Sprintf("each result has %d bits", bits)
	for _, m := range mcp3xxx.Models() {
		if m.Bits() == bits && m.Channels() == a.model.Channels() {
			f.Means = fmt.Sprintf("the chip is an %s, and the configuration says %s", m, a.in.Driver)
			f.Do = fmt.Sprintf("read what is printed on it, and set driver = %q", strings.ToLower(m.String()))
			return f
		}
	}
	f.Means, f.Do = "the chip is none of "+a.in.Driver, "read what is printed on it, and set driver"
	return f
}

// talks tells whether the chip answers without a start bit, which it hears where its input is high.
func (a *adc) talks() bool {
	if a.model.Channels() == 1 { // which has no input
		return false
	}
	x, err := a.dev.Listen()
	return err == nil && !x.Ones() && !x.Zeros()
}

// nobody is the verdict where MISO follows its pull.
func (a *adc) nobody(f Finding) Finding {
	f.Seen = "nobody drives MISO: it follows the Pi's pull, up and down"
	f.Means = "a wire between the Pi and the chip is loose or in the wrong hole, or the chip has no supply"
	f.Do = a.look()
	return a.search(f)
}

// look names the wires without which a chip is silent.
func (a *adc) look() string {
	d := a.in.Driver
	wires := []string{}
	for _, w := range [][2]string{{"CE" + a.in.Port[len(a.in.Port)-1:], "CS"}, {"SCLK", "CLK"}, {"MOSI", "DIN"}, {"MISO", "DOUT"}} {
		if w[1] != "DIN" || a.model.Channels() > 1 {
			wires = append(wires, fmt.Sprintf("%s (%s) at %s", w[0], spot(a.lines[w[0]]), leg(d, w[1])))
		}
	}
	return fmt.Sprintf("look at %s; 3V3 at %s; GND at %s; and at the notch of the chip", strings.Join(wires, "; "), leg(d, "VDD"), leg(d, ground(d)))
}

// garbled is the verdict on a chip of which not every bit comes over.
func (a *adc) garbled(f Finding, all []answer) Finding {
	bad := 0
	for _, x := range all {
		if !x.fits(a.model.Bits()) {
			bad++
		}
	}
	f.Seen = fmt.Sprintf("%d of %d results are not repeated bit for bit", bad, len(all))
	f.Means = fmt.Sprintf("bits are lost on the way: a loose contact, or wires too long for a clock of %g MHz", float64(a.in.Clock)/1e6)
	f.Do = fmt.Sprintf("push in MISO (%s) at %s and SCLK (%s) at %s, take shorter wires, or set clock = \"100 kHz\"",
		spot(a.lines["MISO"]), leg(a.in.Driver, "DOUT"), spot(a.lines["SCLK"]), leg(a.in.Driver, "CLK"))
	return f
}

// read is the code of a channel.
func (a *adc) read(channel int) (int, error) {
	p, err := a.dev.Single(channel)
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
func (a *adc) place(channel int) string {
	if a.model.Channels() == 1 {
		return leg(a.in.Driver, "IN+")
	}
	return leg(a.in.Driver, fmt.Sprintf("CH%d", channel))
}
