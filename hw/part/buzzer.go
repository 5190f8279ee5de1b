package part

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/buzzer"
	"hillock/hw/doctor"
	"hillock/hw/wiring"
)

// Buzzer is a piezo disc on a pin with a sound at each spike.
type Buzzer struct {
	Pin   string        // "GPIO22"
	Click time.Duration // length of the sound, real time, whole ticks
	Tone  float64       // Hz; 0 for a click without a tone
	Half  time.Duration // half a wave of the tone, whole ticks
}

func buzzerKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name:   "buzzer",
		Keys:   slices.Concat(keys(config.Text, "pin", "neuron", "click", "tone")),
		Decode: decodeBuzzer,
	}
}

// decodeBuzzer decodes a buzzer. The loop changes pins at ticks alone: it would have to wait for a shorter sound.
func decodeBuzzer(t *config.Table) config.Part {
	tick := t.Loop().Tick
	o := Buzzer{Pin: t.Pin("pin", "GPIO22"), Click: t.Time("click", max(time.Millisecond.Truncate(tick), tick), 0, time.Minute, "")}
	if !t.IsBad("click") && (o.Click < tick || o.Click%tick != 0) {
		t.Wrong("click", config.Problem{Rule: "must be whole ticks of " + config.FormatTime(tick),
			Hint: fmt.Sprintf("write %q, or set a shorter tick in [loop]", config.FormatTime(max(o.Click.Round(tick), tick)))})
	}
	if !t.Has("tone") {
		return o
	}
	highest := 0.5 / tick.Seconds()
	o.Tone = t.Hertz("tone", "500 Hz", 0, config.Limits{Low: 0.1, High: highest, Words: fmt.Sprintf("0.1 Hz and %s, a wave of two ticks", hertz(highest))})
	if o.Tone > 0 { // a bad one is 0
		ticks := max(math.Round(highest/o.Tone), 1)
		o.Half = time.Duration(ticks) * tick
		if plays := highest / ticks; math.Abs(plays-o.Tone) > 0.03*o.Tone { // half a semitone
			t.Warn("tone", config.Problem{Rule: fmt.Sprintf("sounds at %s: half a wave takes whole ticks of %s", hertz(plays), config.FormatTime(tick)), Hint: "set a shorter tick in [loop]"})
		}
	}
	return o
}

// hertz formats a frequency to four digits.
func hertz(v float64) string { return fmt.Sprintf("%.4g Hz", v) }

// Print implements config.Part.
func (o Buzzer) Print(p *config.Printer) {
	p.Text("pin", o.Pin)
	p.Neuron()
	p.Time("click", o.Click)
	if o.Tone > 0 {
		p.Quantity("tone", o.Tone, "Hz")
	}
}

// Claims implements config.Part.
func (o Buzzer) Claims() []config.Claim { return []config.Claim{{Key: "pin", Pin: o.Pin}} }

// Wires implements wiring.Wired.
func (o Buzzer) Wires(k *wiring.Kit, uses []wiring.Use) {
	k.Piezo("output."+uses[0].Name+".pin", o.Pin, uses[0].Name)
}

// sounds is an open pin. It implements board.Pulsing.
type sounds struct{ *buzzer.Pin }

// Close implements board.Output.
func (s sounds) Close() error { return s.Halt() }

// Open implements board.OutputPart.
func (o Buzzer) Open(pi board.Pi, _ board.Shown) (board.Output, error) {
	p, err := pi.OpenPin(o.Pin)
	if err != nil {
		return nil, err
	}
	d, err := buzzer.New(p, buzzer.Opts{Click: o.Click, Half: o.Half})
	if err != nil && !isBusy(err) {
		return nil, err
	}
	return sounds{d}, nil
}

// Succeeds implements board.Successor. A line of the kernel cannot be requested twice.
func (o Buzzer) Succeeds(old config.Part) bool {
	other, ok := old.(Buzzer)
	return ok && other.Pin == o.Pin
}

// TakeOver implements board.Successor. A sound under way continues.
func (o Buzzer) TakeOver(old board.Output) board.Output {
	return sounds{old.(sounds).Continue(buzzer.Opts{Click: o.Click, Half: o.Half})}
}

// Called implements doctor.Seen.
func (Buzzer) Called() string { return "buzzer" }

// Shows implements doctor.Showing.
func (Buzzer) Shows() (notice, should string) { return "listen to", "click four times" }

// Dark implements doctor.Seen.
func (o Buzzer) Dark() (means, do string) {
	return "a wire of the piezo disc is loose, or it is a buzzer with electronics of its own",
		fmt.Sprintf("connect %s to the resistor; the resistor to one leg of the disc; the other leg to GND; use a bare disc", doctor.Spot(o.Pin))
}

// Lamps returns the number of lamps on the page.
func (Buzzer) Lamps() int { return 1 }

// AtRest describes the pin at rest.
func (o Buzzer) AtRest() string { return o.Pin + " is low" }
