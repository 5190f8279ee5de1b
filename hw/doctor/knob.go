package doctor

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/board"
)

// survey is what the channels of a chip say while nobody turns anything.
type survey []channel

// channel is what one says.
type channel struct {
	codes  []int
	before []int // the code of the channel that was read right before each
}

// looks is how often a channel is read for a survey, and between two lies lookEvery: long enough for the hum of the mains.
const (
	looks     = 128
	lookEvery = time.Millisecond
)

// look reads n channels in turns of changing order.
func (b *Bench) look(n int, read func(int) (int, error)) (survey, error) {
	s := make(survey, n)
	last := -1
	for round := range looks {
		stride := 2*(round%n) + 1 // odd: of two, four or eight channels none is left out
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
		if err := b.pause(lookEvery); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// median is the middle code.
func (c channel) median() int { return slices.Sorted(slices.Values(c.codes))[len(c.codes)/2] }

// spread is how far the codes lie apart.
func (c channel) spread() int { return slices.Max(c.codes) - slices.Min(c.codes) }

// follows is by how much of a count the code goes with one count of the code before: 0 for an input that something drives,
// about a half for one that floats, whose little charge is mixed with the converter's own.
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

// wanders is how far the code moves from one look to the next, as a part of how far it moves in all: 1/3 for noise, less
// for what drifts or is being turned.
func (c channel) wanders() float64 {
	sum := 0.0
	for i := 1; i < len(c.codes); i++ {
		sum += math.Abs(float64(c.codes[i] - c.codes[i-1]))
	}
	return sum / float64(len(c.codes)-1) / float64(max(c.spread(), 1))
}

// quiet is the spread of a good wire, with the noise of 3 counts of 1024 to either side twice over.
func quiet(full int) int { return max(full*12/1023, 12) }

// OnChannel is the part of an input on a channel of a chip.
type OnChannel interface {
	board.Turned
	// Channels are the one that is read, and the one that is subtracted, -1 for none.
	Channels() (plus, minus int)
}

// Chip is a chip with channels that answers.
type Chip struct {
	Inputs    []config.Input // on it, whose parts are OnChannel
	Channels  int
	Read      func(channel int) (code int, err error)
	Place     func(channel int) string // in words
	Reference string                   // its pin in words, "" where the reference is inside
}

// Channels checks what is on the channels of a chip, for each of its inputs.
func (b *Bench) Channels(c Chip, yield func(Finding) bool) bool {
	port, _ := config.Place(c.Inputs[0].Part)
	s, err := b.look(c.Channels, c.Read)
	if err != nil {
		return yield(Finding{Check: port, Result: Failed, Seen: err.Error(), Means: "the chip answered a moment ago: a loose contact", Do: "push in its wires"})
	}
	for i, in := range c.Inputs {
		part, ok := in.Part.(OnChannel)
		if !ok {
			continue
		}
		k := &knob{Bench: b, Chip: c, in: in, s: s, ends: part.Calibration().Ends, deadZone: part.Calibration().DeadZone, full: part.FullScale()}
		k.plus, k.minus = part.Channels()
		if i == 0 && k.noReference() {
			return yield(Finding{Check: port, Result: Failed, Seen: fmt.Sprintf("every channel reads %d, its highest code", k.full),
				Means: fmt.Sprintf("the reference of the chip, %s, is loose", c.Reference), Do: "wire it to 3V3, beside VDD"})
		}
		if !yield(k.still()) {
			return false
		}
	}
	return true
}

// noReference reports whether all channels read the highest code, as those of a chip without its reference do.
func (k *knob) noReference() bool {
	return k.Reference != "" && k.Chip.Channels > 2 && !slices.ContainsFunc(k.s, func(c channel) bool { return slices.Min(c.codes) < k.full })
}

// knob is an input on a channel of a chip.
type knob struct {
	*Bench
	Chip
	in          config.Input
	plus, minus int // its channels
	ends        [2]int
	deadZone    int
	s           survey
	full        int // the highest code
}

// still says how the knob is while nobody turns it, and then has it turned if somebody is there.
func (k *knob) still() Finding {
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
			f.Result, f.Seen = NotPossible, fmt.Sprintf("%s moves from %d to %d", k.Place(ch), slices.Min(c.codes), slices.Max(c.codes))
			f.Means, f.Do = "somebody turns it", "leave it alone, and run doctor again"
			return f
		default:
			f.Seen = fmt.Sprintf("%s is noisy: its codes lie %d apart", k.Place(ch), c.spread())
			f.Means = "the middle leg is loose, a wire picks something up, or the knob is worn"
			f.Do = fmt.Sprintf("push in the middle leg; take short wires, 100 nF from %s to GND, or average = 100 at the input", k.Place(ch))
			return f
		}
	}
	c := k.s[k.plus]
	f.Result, f.Seen = Passed, fmt.Sprintf("%s is steady at %d, within %d", k.Place(k.plus), c.median(), c.spread())
	if k.Hand != nil {
		return k.turned(f)
	}
	if k.beyond(c.median(), c.median()) {
		return k.outside(f)
	}
	if end := k.atEnd(c.median()); end != "" {
		f.Result = NotPossible
		f.Means = fmt.Sprintf("the knob is turned all the way, or %s", end)
		f.Do = "turn it to the middle, and run doctor again"
	}
	return f
}

// floats tells whether nothing drives an input: it goes with the channel before.
func (k *knob) floats(c channel) bool { return c.follows() > 0.25 }

// floating is the verdict on an input that floats: the wiper may be at a channel that nobody reads.
func (k *knob) floating(f Finding, ch int) Finding {
	c := k.s[ch]
	f.Seen = fmt.Sprintf("%s floats: from %d to %d, as the channel read before it", k.Place(ch), slices.Min(c.codes), slices.Max(c.codes))
	f.Means, f.Do = "nothing is wired to it: the knob's middle leg is loose", "wire the middle leg to "+k.Place(ch)
	var steady []string
	for other, c := range k.s {
		if c.spread() <= quiet(k.full) && !k.reads(other) {
			steady = append(steady, k.Place(other))
		}
	}
	if len(steady) == 1 {
		f.Seen += fmt.Sprintf("; %s is steady", steady[0])
		f.Means = "the knob's middle leg is at " + steady[0]
		f.Do = "put it to " + k.Place(ch)
	}
	return f
}

// reads tells whether an input of the configuration reads a channel of this chip.
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

// beyond reports whether codes from low to high go further outside of the configured ends than a calibrated knob does: by more
// than an eighth of all codes.
func (k *knob) beyond(low, high int) bool {
	return low < k.ends[0]-k.full/8 || high > k.ends[1]+k.full/8
}

// outside is the verdict on a knob whose ends are those of another chip, or of another knob.
func (k *knob) outside(f Finding) Finding {
	f.Result = Failed
	f.Means = fmt.Sprintf("this is far outside of ends = [%d, %d]: the current is at its limit for a part of the turn", k.ends[0], k.ends[1])
	f.Do = fmt.Sprintf("remove ends from input.%s for all codes of the chip, or run hillock calibrate %[1]s FILE", k.in.Name)
	return f
}

// atEnd is what is loose if nobody has turned the knob to its end, "" where it is not there.
func (k *knob) atEnd(code int) string {
	switch near := max(k.full/256, 2); {
	case code <= near:
		return "its leg to 3V3 is loose, or its middle leg is at GND"
	case code >= k.full-near:
		return "its leg to GND is loose, or its middle leg is at 3V3"
	}
	return ""
}

// turned has the knob turned, and says whether the channel goes with it, and to the ends. f is how it was while still.
func (k *knob) turned(f Finding) Finding {
	low, high, between, err := k.watch()
	if err != nil {
		f.Result, f.Means, f.Do = NotPossible, err.Error(), "run doctor again"
		return f
	}
	moves := func(ch int) bool { return high[ch]-low[ch] > k.full/4 }
	ch := k.plus
	if !moves(ch) {
		f.Result = Failed
		f.Seen = fmt.Sprintf("%s stays at %d while the knob turns", k.Place(ch), k.s[ch].median())
		var moved []string
		for other := range k.Chip.Channels {
			if moves(other) && !k.floats(k.s[other]) {
				moved = append(moved, k.Place(other))
			}
		}
		end := k.atEnd(k.s[ch].median())
		switch {
		case len(moved) > 0:
			f.Seen += ", and " + strings.Join(moved, " and ") + " moves"
			f.Means, f.Do = "its middle leg is at "+moved[0], "put it to "+k.Place(ch)
		case end != "":
			f.Means, f.Do = end, fmt.Sprintf("push in its outer legs, one to 3V3 and one to GND, and the middle one to %s", k.Place(ch))
		default:
			f.Means, f.Do = "it was not turned, or its outer legs are on one rail", "put one of them to 3V3 and one to GND, and turn it while doctor watches"
		}
		return f
	}
	f.Seen = fmt.Sprintf("%s goes from %d to %d", k.Place(ch), low[ch], high[ch])
	if !between[ch] {
		f.Result = Failed
		f.Seen = fmt.Sprintf("%s jumps from %d to %d, with nothing between", k.Place(ch), low[ch], high[ch])
		f.Means, f.Do = "the middle leg touches the rails by turns", "look at the middle leg"
		if k.Reference != "" {
			f.Means = "the reference of the chip is loose, or " + f.Means
			f.Do = fmt.Sprintf("look at VREF (%s), which goes to 3V3, and at the middle leg", k.Reference)
		}
		return f
	}
	if k.beyond(low[ch], high[ch]) {
		return k.outside(f)
	}
	slack := k.full/50 + k.deadZone
	if low[ch] > k.ends[0]+slack || high[ch] < k.ends[1]-slack {
		f.Result = Failed
		f.Means = fmt.Sprintf("it does not reach its ends, %d and %d", k.ends[0], k.ends[1])
		f.Do = fmt.Sprintf("turn it all the way; if that is all, hillock calibrate %s FILE", k.in.Name)
	}
	return f
}

// watch reads all channels while the knob is turned, and gives the lowest and the highest code of each, and whether it was
// ever well between the two ends.
func (k *knob) watch() (low, high []int, between []bool, err error) {
	low, high, between = make([]int, k.Chip.Channels), make([]int, k.Chip.Channels), make([]bool, k.Chip.Channels)
	for ch := range k.Chip.Channels {
		low[ch], high[ch] = math.MaxInt, 0
	}
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(k.ctx)
	defer func() { // nobody turns it any more afterwards, also where a read fails
		stop()
		for range done {
		}
	}()
	go func() {
		defer close(done)
		done <- turn(ctx, k.Hand, k.in)
	}()
	for {
		for ch := range k.Chip.Channels {
			code, err := k.Read(ch)
			if err != nil {
				return nil, nil, nil, err
			}
			low[ch], high[ch] = min(low[ch], code), max(high[ch], code)
			between[ch] = between[ch] || code > k.full/16 && code < k.full-k.full/16
		}
		select {
		case err := <-done:
			return low, high, between, err
		case <-k.ctx.Done():
			return nil, nil, nil, k.ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// turn has a knob turned. A panic is an error: it would end the program, as it is on another goroutine than the check.
func turn(ctx context.Context, h Hand, in config.Input) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h.Turn(ctx, in)
}
