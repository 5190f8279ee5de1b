package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/board"
)

// survey is the readings of all channels of a chip, with every knob at rest.
type survey []channel

// channel is the readings of one channel.
type channel struct {
	codes  []int
	before []int // before[i] is the code of another channel, read right before codes[i]
}

// A survey has this number of readings per channel, and this pause after each round: together, several periods of mains hum.
const (
	readings  = 128
	readEvery = time.Millisecond
)

// survey reads n channels in rounds. The order of the channels changes from round to round.
func (b *Bench) survey(n int, read func(int) (int, error)) (survey, error) {
	s := make(survey, n)
	last := -1
	for round := range readings {
		stride := 2*(round%n) + 1 // odd, so that a round reads each of two, four or eight channels
		for i := range n {
			ch := (i*stride + round) % n
			code, err := read(ch)
			if err != nil {
				return nil, err
			}
			if last >= 0 {
				s[ch].codes, s[ch].before = append(s[ch].codes, code), append(s[ch].before, last)
			}
			last = code
		}
		if err := b.pause(readEvery); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (c channel) median() int { return slices.Sorted(slices.Values(c.codes))[len(c.codes)/2] }

// spread returns the highest minus the lowest code.
func (c channel) spread() int { return slices.Max(c.codes) - slices.Min(c.codes) }

// follows returns the slope of the codes over the codes of the channel read before: 0 for a driven input, about 0.5 for a
// floating one. The sampling capacitor still holds charge of the channel before, and a floating input cannot replace it.
func (c channel) follows() float64 {
	mean := func(v []int) float64 {
		sum := 0
		for _, x := range v {
			sum += x
		}
		return float64(sum) / float64(len(v))
	}
	x, y := mean(c.before), mean(c.codes)
	var xy, xx float64
	for i := range c.codes {
		xy += (float64(c.before[i]) - x) * (float64(c.codes[i]) - y)
		xx += (float64(c.before[i]) - x) * (float64(c.before[i]) - x)
	}
	if xx == 0 {
		return 0
	}
	return xy / xx
}

// wanders returns the mean step between two readings, as a fraction of the spread: 1/3 for noise, less for a drift or a
// turning knob.
func (c channel) wanders() float64 {
	sum := 0.0
	for i := 1; i < len(c.codes); i++ {
		sum += math.Abs(float64(c.codes[i] - c.codes[i-1]))
	}
	return sum / float64(len(c.codes)-1) / float64(max(c.spread(), 1))
}

// quiet returns the largest spread of a good wire: twice the noise of 3 codes of 1024 to either side.
func quiet(full int) int { return max(full*12/1023, 12) }

// OnChannel is the part of an input on a channel of a chip.
type OnChannel interface {
	board.Turned
	// Channels returns the channel to read and the channel to subtract, -1 for none.
	Channels() (plus, minus int)
}

// Chip is an answering analog-to-digital converter.
type Chip struct {
	Inputs    []config.Input // on it; their parts are OnChannel
	Channels  int
	Read      func(channel int) (code int, err error)
	Place     func(channel int) string // "CH0 (chip pin 1)"
	Reference string                   // "VREF (chip pin 15)", "" if the reference is inside the chip
}

// Channels checks each input of a chip on its channels.
func (b *Bench) Channels(c Chip, yield func(Finding) bool) bool {
	port, _ := config.Place(c.Inputs[0].Part)
	s, err := b.survey(c.Channels, c.Read)
	if err != nil {
		return yield(Finding{Check: port, Result: Failed, Seen: err.Error(), Means: "the chip answered a moment ago: a contact is loose", Do: "push in its wires"}) &&
			SkipInputs(c.Inputs, port+" failed", yield)
	}
	for i, in := range c.Inputs {
		part, ok := in.Part.(OnChannel)
		if !ok {
			continue
		}
		k := &knob{Bench: b, Chip: c, in: in, s: s, ends: part.Calibration().Ends, deadZone: part.Calibration().DeadZone, full: part.FullScale()}
		k.plus, k.minus = part.Channels()
		if i == 0 && k.noReference() {
			return yield(Finding{Check: port, Result: Failed, Seen: fmt.Sprintf("every channel reads %d, the highest code", k.full),
				Means: fmt.Sprintf("the chip's reference voltage is missing: %s is loose", c.Reference), Do: fmt.Sprintf("connect %s to 3V3, beside VDD", c.Reference)}) &&
				SkipInputs(c.Inputs, "the chip has no reference voltage", yield)
		}
		f, untried := Finding{}, "not turned: only a person can turn the knob"
		if lit, ok := part.(Lit); ok {
			f, untried = light{k, lit}.check(), "not lit: only a person can cover the light sensor"
		} else {
			f = k.check()
		}
		if !yield(f) {
			return false
		}
		if f.Result == Passed && b.Hand == nil && !yield(Finding{Check: in.Name, Result: Skipped, Seen: untried, Do: onTerminal}) {
			return false
		}
	}
	return true
}

// onTerminal is the remedy if there is no person to ask.
const onTerminal = "run 'hillock doctor' in a terminal, without --json"

// noReference reports whether all channels read the highest code, the sign of a missing reference voltage.
func (k *knob) noReference() bool {
	return k.Reference != "" && k.Chip.Channels > 2 && !slices.ContainsFunc(k.s, func(c channel) bool { return slices.Min(c.codes) < k.full })
}

// knob is an input on a channel of a chip.
type knob struct {
	*Bench
	Chip
	in          config.Input
	plus, minus int // its channels, minus is -1 for none
	ends        [2]int
	deadZone    int
	s           survey
	full        int // the highest code
}

// check checks the knob at rest, and then while a person turns it, if there is one.
func (k *knob) check() Finding {
	f := Finding{Check: k.in.Name, Result: Failed}
	for _, ch := range []int{k.plus, k.minus} {
		if ch < 0 || ch >= k.Chip.Channels {
			continue
		}
		switch c := k.s[ch]; {
		case c.spread() <= quiet(k.full):
		case k.floats(c):
			return k.floating(f, ch)
		case c.wanders() < 1./8:
			f.Result, f.Seen = Skipped, fmt.Sprintf("not checked: %s moves from %d to %d", k.Place(ch), slices.Min(c.codes), slices.Max(c.codes))
			f.Means, f.Do = "a hand is turning the knob", "leave the knob alone, and run 'hillock doctor' again"
			return f
		default:
			f.Seen = fmt.Sprintf("%s is noisy: its codes vary by %d", k.Place(ch), c.spread())
			f.Means = "the middle leg is loose, a wire picks up noise, or the knob is worn"
			f.Do = fmt.Sprintf("push in the middle leg; use short wires, add 100 nF from %s to GND, or set average = 100 in input.%s", k.Place(ch), k.in.Name)
			return f
		}
	}
	c := k.s[k.plus]
	f.Result, f.Seen = Passed, fmt.Sprintf("%s reads %d, steady within %d", k.Place(k.plus), c.median(), c.spread())
	if k.Hand != nil {
		return k.turned(f)
	}
	if k.beyond(c.median(), c.median()) {
		return k.outside(f)
	}
	if end := k.atEnd(c.median()); end != "" {
		f.Result = Warning
		f.Means = fmt.Sprintf("the knob is at its end, or %s", end)
		f.Do = "check the middle leg, turn the knob to the middle, and run 'hillock doctor' again"
	}
	return f
}

// floats reports whether a channel is not driven.
func (k *knob) floats(c channel) bool { return c.follows() > 0.25 }

// floating returns the finding on a floating channel. The knob's wiper may be at a channel without an input.
func (k *knob) floating(f Finding, ch int) Finding {
	c := k.s[ch]
	f.Seen = fmt.Sprintf("%s floats between %d and %d: it follows the channel read before it", k.Place(ch), slices.Min(c.codes), slices.Max(c.codes))
	f.Means, f.Do = "nothing is connected to it: the knob's middle leg is loose", "connect the middle leg to "+k.Place(ch)
	if steady := k.steady(); len(steady) == 1 {
		f.Seen += fmt.Sprintf("; %s is steady", steady[0])
		f.Means = "the knob's middle leg is at " + steady[0]
		f.Do = "move it to " + k.Place(ch)
	}
	return f
}

// steady returns the driven channels without an input.
func (k *knob) steady() (places []string) {
	for ch, c := range k.s {
		if c.spread() <= quiet(k.full) && !k.reads(ch) {
			places = append(places, k.Place(ch))
		}
	}
	return places
}

// reads reports whether an input of this chip uses a channel.
func (k *knob) reads(ch int) bool {
	return slices.ContainsFunc(k.Inputs, func(in config.Input) bool {
		part, ok := in.Part.(OnChannel)
		if !ok {
			return false
		}
		plus, minus := part.Channels()
		return plus == ch || minus == ch
	})
}

// beyond reports whether codes from low to high lie far outside the configured ends: by more than an eighth of all codes. A
// calibrated knob stays closer.
func (k *knob) beyond(low, high int) bool {
	return low < k.ends[0]-k.full/8 || high > k.ends[1]+k.full/8
}

// outside returns the finding on a knob with the ends of another chip or another knob.
func (k *knob) outside(f Finding) Finding {
	f.Result = Failed
	f.Means = fmt.Sprintf("this is far outside ends = [%d, %d]: the current stays at its limit for a part of the turn", k.ends[0], k.ends[1])
	f.Do = fmt.Sprintf("remove ends from input.%s to use all codes, or run 'hillock calibrate %[1]s FILE'", k.in.Name)
	return f
}

// atEnd returns the cause of a code at an end of the range while the knob is elsewhere. It returns "" for other codes.
func (k *knob) atEnd(code int) string {
	switch near := max(k.full/256, 2); {
	case code <= near:
		return "its 3V3 leg is loose, or its middle leg is at GND"
	case code >= k.full-near:
		return "its GND leg is loose, or its middle leg is at 3V3"
	}
	return ""
}

// caution returns what to check before the knob turns, "" for nothing. A middle leg on a rail shorts 3V3 to GND at the other end
// of the turn.
func (k *knob) caution() string {
	code := k.s[k.plus].median()
	if k.atEnd(code) == "" {
		return ""
	}
	rail := "GND"
	if code > k.full/2 {
		rail = "3V3"
	}
	return fmt.Sprintf("%s reads %d: check that the middle leg is not at %s: the knob would short 3V3 to GND", k.Place(k.plus), code, rail)
}

// turned checks that the channel follows the knob to both ends while the hand turns it. f is the finding at rest.
func (k *knob) turned(f Finding) Finding {
	all, err := k.watch(k.caution())
	if err != nil {
		f.Result, f.Seen, f.Do = Skipped, f.Seen+"; not turned: "+err.Error(), "run 'hillock doctor' again"
		return f
	}
	moves := func(ch int) bool { return all[ch].high-all[ch].low > k.full/4 }
	ch := k.plus
	if !moves(ch) {
		f.Result = Failed
		f.Seen = fmt.Sprintf("%s stays at %d while the knob turns", k.Place(ch), k.s[ch].median())
		moved := k.moved(moves)
		end := k.atEnd(k.s[ch].median())
		switch {
		case len(moved) > 0:
			f.Seen += "; " + strings.Join(moved, " and ") + " moves"
			f.Means, f.Do = "the knob's middle leg is at "+moved[0], "move it to "+k.Place(ch)
		case end != "":
			f.Means, f.Do = end, fmt.Sprintf("push in the knob's outer legs, one to 3V3 and one to GND, and the middle leg to %s", k.Place(ch))
		default:
			f.Means = "the knob was not turned, or both outer legs are on one rail"
			f.Do = "connect one outer leg to 3V3 and the other to GND; turn the knob when 'hillock doctor' asks"
		}
		return f
	}
	f.Seen = fmt.Sprintf("%s goes from %d to %d", k.Place(ch), all[ch].low, all[ch].high)
	if !all[ch].between {
		f.Result = Failed
		f.Seen = fmt.Sprintf("%s jumps between %d and %d, with no code in between", k.Place(ch), all[ch].low, all[ch].high)
		f.Means, f.Do = "the middle leg touches one rail and then the other", "check the middle leg"
		if k.Reference != "" {
			f.Means = "the chip's reference voltage is missing, or " + f.Means
			f.Do = fmt.Sprintf("check the wire from %s to 3V3, and the middle leg", k.Reference)
		}
		return f
	}
	if k.beyond(all[ch].low, all[ch].high) {
		return k.outside(f)
	}
	slack := k.full/50 + k.deadZone
	if all[ch].low > k.ends[0]+slack || all[ch].high < k.ends[1]-slack {
		f.Result = Failed
		f.Means = fmt.Sprintf("the knob does not reach its ends, %d and %d", k.ends[0], k.ends[1])
		f.Do = fmt.Sprintf("turn the knob all the way; if this is its range, run 'hillock calibrate %s FILE'", k.in.Name)
	}
	return f
}
